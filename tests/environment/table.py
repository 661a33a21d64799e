"""A small run's messages, for the tests of this room."""

from softhouse.environment.document import Document
from softhouse.environment.documents import (
    CallStep,
    Delivery,
    ModuleDesign,
    ProductRequirement,
    ProductRequirements,
    Requirement,
    SourceFile,
    SystemDesign,
)
from softhouse.environment.message import USER, Message


def message(sender: str, content: Document, *causes: Message) -> Message:
    return Message(sender=sender, content=content, causes=tuple(cause.id for cause in causes))


def requirements(name: str = "Todo") -> ProductRequirements:
    return ProductRequirements(
        name=name,
        summary="A todo list.",
        goals=("Simple",),
        requirements=(ProductRequirement(text="add TEXT"), ProductRequirement(text="list", priority="P1")),
        scope="module",
        entry_point="main.py",
    )


def small_run(language: str = "en") -> list[Message]:
    """Requirement, product requirements, design, two source files, delivery."""
    requirement = message(USER, Requirement.model_validate({"text": "Write a todo list.", "language": language}))
    product = message("Product manager", requirements(), requirement)
    design = message(
        "Architect",
        SystemDesign(
            overview="Two files.",
            modules=(
                ModuleDesign(path="main.py", purpose="Starts.", depends_on=("app/store.py",)),
                ModuleDesign(path="app/store.py", purpose="Keeps."),
            ),
            calls=(CallStep(caller="main.py", callee="app/store.py", call="load()"),),
        ),
        product,
    )
    main = message("Engineer", SourceFile(path="main.py", content="import app.store\n"), design)
    store = message("Engineer", SourceFile(path="app/store.py", content="items = []\n"), design)
    delivery = message("Director", Delivery(accepted=True, summary="Works.", how_to_run="python main.py"), main, store)
    return [requirement, product, design, store, main, delivery]
