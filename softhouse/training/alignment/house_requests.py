"""How the house asks for its documents, without a run around it: to learn from, and to measure.

A request is rendered by the same templates and asked through the same code as in a run, so what is learned is what
will be asked.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from softhouse.actions.action import Action
from softhouse.actions.cases import failure
from softhouse.actions.complete_requirements import CompleteRequirements, Outline
from softhouse.actions.prompts import render, shared_template
from softhouse.actions.readings import turns
from softhouse.actions.run_tests import Judgement, RunTests
from softhouse.actions.write_design import WriteDesign
from softhouse.actions.write_requirements import Draft, WriteRequirements
from softhouse.environment.document import Document
from softhouse.environment.documents import Case, Check, ProductRequirements, Requirement, SystemDesign
from softhouse.environment.markdown import to_markdown
from softhouse.environment.sandbox import Execution, Outcome
from softhouse.llm_backends.protocol import Capabilities, ChatMessage, Completion, CompletionRequest
from softhouse.llm_backends.schemas import schema_for_prompt
from softhouse.llm_backends.structured import complete_structured
from softhouse.roles.architect import architect
from softhouse.roles.product_manager import product_manager
from softhouse.roles.qa_engineer import qa_engineer
from softhouse.roles.role import Role

Turns = tuple[ChatMessage, ...]


def sources() -> list[Path]:
    """What requests are made of: this file, the actions that ask and their prompts, what they ask with, the roles."""
    actions = [_file_of(kind) for kind in (CompleteRequirements, WriteRequirements, WriteDesign, RunTests)]
    prompts = [path.with_suffix(".md.jinja") for path in actions]
    shared = [
        _file_of(part) for part in (failure, Requirement, to_markdown, complete_structured, schema_for_prompt, turns)
    ]
    return [Path(__file__), *actions, *prompts, actions[0].with_name("house.md.jinja"), *shared, _file_of(Role).parent]


def _file_of(part: Any) -> Path:
    return Path(sys.modules[part.__module__].__file__ or "")


def outline_turns(requirement: str) -> Turns:
    """How the product manager is asked to describe a program that was built."""
    return _shaped(CompleteRequirements().turns(Requirement(text=requirement)), Outline)


def requirements_turns(requirement: str) -> Turns:
    """How the product manager is asked for the product requirements."""
    return _asked(product_manager, WriteRequirements(), [Requirement(text=requirement)], Draft)


def design_turns(requirement: str, product: ProductRequirements) -> Turns:
    """How the architect is asked for a design."""
    known: list[Document] = [Requirement(text=requirement), product]
    return _asked(architect, WriteDesign(), known, SystemDesign, scope=product.scope, entry_point=product.entry_point)


def judgement_turns(requirement: str, check: Check, content: str) -> Turns:
    """How QA is asked who is at fault for a guess that fails."""
    return _asked(qa_engineer, RunTests(), [Requirement(text=requirement)], Judgement, check=check, content=content)


def failed_check(case: Case, entry_point: str, executions: Sequence[Execution]) -> Check:
    """What the house says of a guessed case when the program's starts ended like this, and not as the case says."""
    detail = failure(case, Outcome(executions=tuple(executions)), entry_point)
    return Check(name=case.name, source="guessed", passed=False, detail=detail, suspect=entry_point)


def echo_turns(requirement: str, case: Case) -> Turns:
    """How QA is asked about a case and a program that merely prints its arguments."""
    executions = [Execution(exit_code=0, stdout=f"{list(step.arguments)}\n", stderr="") for step in case.steps]
    check = failed_check(case, "main.py", executions)
    return judgement_turns(requirement, check, "import sys\n\nprint(sys.argv[1:])\n")


def _asked(role: Role, action: Action, background: Sequence[Document], kind: type[BaseModel], **more: object) -> Turns:
    """The first request for what the action's template asks."""
    task = render(action.template(), role=role.name, goal=role.goal, constraints=role.constraints, **more)
    known = [to_markdown(document) for document in background]
    rules = ChatMessage.system(render(shared_template("house"), language="en"))
    return _shaped((rules, ChatMessage.user("\n\n".join([*known, task]))), kind)


def _shaped(messages: Turns, kind: type[BaseModel]) -> Turns:
    """The messages of the first request of `complete_structured`."""

    class Seen(Exception):  # noqa: N818
        """Carries the request out."""

    async def complete(asked: CompletionRequest) -> Completion:
        raise Seen(asked)

    try:
        # begun by hand instead of by an event loop: it never waits, and a caller may be in a loop already
        request = CompletionRequest(messages=messages)
        complete_structured(complete, Capabilities(json_schema=True), request, kind).send(None)
    except Seen as seen:
        shown: CompletionRequest = seen.args[0]
        return shown.messages
    raise AssertionError("complete_structured asks at least once")
