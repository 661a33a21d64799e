"""Requests for the house's documents, made up, each with a right answer: material to learn the formats from.

Four formats: the outline and the judgement, which small models are asked for, and the product requirements and the
design, which large ones write.
"""

import random
import tomllib
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, Field

from softhouse.actions.complete_requirements import Outline
from softhouse.actions.run_tests import Judgement
from softhouse.actions.write_requirements import Draft
from softhouse.environment.documents import (
    CallStep,
    Case,
    FunctionDesign,
    ModuleDesign,
    Parameter,
    ProductRequirement,
    ProductRequirements,
    Scope,
    Step,
    SystemDesign,
    UserStory,
)
from softhouse.environment.sandbox import Execution
from softhouse.llm_backends.protocol import ChatMessage, Frozen
from softhouse.training.alignment import house_requests
from softhouse.training.alignment.house_requests import (
    Turns,
    design_turns,
    failed_check,
    judgement_turns,
    outline_turns,
    requirements_turns,
)
from softhouse.training.tuning.data import Row

IDEAS = Path(__file__).with_name("house_ideas.toml")
Part = tuple[str, str, str, str]
"""A function beside the entry point: its module, its name, the type that it takes, the type that it returns."""


class Idea(Frozen):
    """A program that a user might ask for. `takes`, `prints` and `fails_when` are parts of sentences."""

    name: str
    wish: str
    """What it does, as an infinitive without `to`."""
    takes: str
    prints: str
    fails_when: str
    role: str
    reason: str
    arguments: tuple[str, ...]
    """An ordinary start of it …"""
    stdout: str | None = None
    """… and what comes out, where that is certain."""
    files: dict[str, str] = Field(default_factory=dict)
    parts: tuple[Part, ...]


def sources() -> list[Path]:
    """The files that decide what `house_rows` makes: where one changes, what was learned from it is out of date."""
    return [Path(__file__), IDEAS, *house_requests.sources()]


def ideas() -> tuple[Idea, ...]:
    """Those of `house_ideas.toml`; no requirement of `softhouse.bench` is among them: those are for measuring."""
    text = IDEAS.read_text(encoding="utf-8")
    return tuple(Idea.model_validate(idea) for idea in tomllib.loads(text)["ideas"])


def house_rows(count: int, seed: int) -> list[Row]:
    """`count` conversations, the formats in turn: one request and its answer each.

    >>> rows = house_rows(4, seed=0)
    >>> [message.role for message in rows[0].messages]
    ['system', 'user', 'assistant']
    """
    chance = random.Random(seed)  # noqa: S311
    known = ideas()
    rows: list[Row] = []
    for number in range(count):
        idea = chance.choice(known)
        turns, answer = _MAKERS[number % len(_MAKERS)](idea, requirement_line(idea, chance), chance)
        rows.append(Row((*turns, ChatMessage.assistant(answer.model_dump_json(exclude_defaults=True))), (len(turns),)))
    chance.shuffle(rows)
    return rows


def requirement_line(idea: Idea, chance: random.Random) -> str:
    """What a user would type."""
    own = idea.name.split()[0].lower()
    own = "start" if any(own == file for file, *_ in idea.parts) else own
    program = chance.choice(["main.py", "main.py", "main.py", "app.py", f"{own}.py"])
    kind = chance.choice(["command line program", "program", "small tool", "Python script", "command line tool"])
    said = chance.choice(
        [
            f"Write a {kind} {program} to {idea.wish}. It takes {idea.takes} and prints {idea.prints}.",
            f"Make a {kind} {program} that can {idea.wish}. Given {idea.takes}, it prints {idea.prints}.",
            f"I need a {kind} {program} to {idea.wish}: given {idea.takes}, print {idea.prints}.",
            f"Write a {kind} {program} that takes {idea.takes}, and prints {idea.prints}.",
            f"Write a {kind} {program} that prints {idea.prints}, from {idea.takes}, given as arguments.",
        ]
    )
    failing = chance.choice(
        ["", f" If {idea.fails_when}, it exits with code 1.", f" It exits with code 1 when {idea.fails_when}."]
    )
    shown = f" The output looks like '{idea.stdout.splitlines()[0]}'." if idea.stdout and chance.random() < 0.4 else ""
    return f"{said}{shown}{failing}"


def _entry_point(line: str) -> str:
    return next(word.rstrip(".,:") for word in line.split() if word.rstrip(".,:").endswith(".py"))


def _wish(idea: Idea, line: str) -> str:
    """What the line asks for, in short: a field is no copy of a requirement, however long that is."""
    return idea.wish if idea.wish in line else f"print {idea.prints.split(',')[0]}"


def _texts(idea: Idea, line: str) -> tuple[str, ...]:
    texts = (f"Take {idea.takes}", f"Print {idea.prints}")
    return (*texts, f"Exit with code 1 when {idea.fails_when}") if "code 1" in line else texts


def _outline(idea: Idea, line: str, chance: random.Random) -> tuple[Turns, BaseModel]:
    wish = _wish(idea, line)
    answer = Outline(
        name=idea.name,
        summary=f"A program to {wish}.",
        goals=(f"{wish.capitalize()}", "Report wrong input")[: chance.choice([1, 2])],
        requirements=_texts(idea, line),
        role=idea.role,
        wish=wish,
        reason=idea.reason,
    )
    return outline_turns(line), answer


def product_requirements(idea: Idea, line: str, scope: Scope, *, cases: bool) -> Draft:
    """The document that fits an idea."""
    step = Step(arguments=idea.arguments, stdout=idea.stdout and f"{idea.stdout}\n")
    failing = Case(name=f"when {idea.fails_when}", steps=(Step(exit_code=1, stdout=None),))
    wish = _wish(idea, line)
    known = (Case(name="an ordinary start", files=idea.files, steps=(step,)),)
    return Draft(
        name=idea.name,
        summary=f"A program to {wish}.",
        goals=(wish.capitalize(),),
        user_stories=(UserStory(role=idea.role, wish=wish, reason=idea.reason),),
        requirements=tuple(ProductRequirement(text=text) for text in _texts(idea, line)),
        scope=scope,
        entry_point=_entry_point(line),
        cases=((*known, failing) if "code 1" in line else known) if cases else (),
    )


def _requirements(idea: Idea, line: str, _: random.Random) -> tuple[Turns, BaseModel]:
    scope: Scope = "script" if len(idea.parts) < 3 else "module"
    return requirements_turns(line), product_requirements(idea, line, scope, cases=True)


def _design(idea: Idea, line: str, chance: random.Random) -> tuple[Turns, BaseModel]:
    product = ProductRequirements(**dict(product_requirements(idea, line, "module", cases=False)))
    parts = idea.parts if chance.random() < 0.5 else _in_one_module(idea.parts)
    paths = tuple(dict.fromkeys(f"{file}.py" for file, *_ in parts))
    modules = [
        ModuleDesign(
            path=path,
            purpose=f"Helps to {_wish(idea, line)}.",
            functions=tuple(
                FunctionDesign(
                    name=function,
                    parameters=(Parameter(name="value", type=taken),),
                    returns=made,
                    purpose=f"{function.replace('_', ' ').capitalize()}: {taken} to {made}.",
                )
                for file, function, taken, made in parts
                if f"{file}.py" == path
            ),
        )
        for path in paths
    ]
    entry = ModuleDesign(
        path=product.entry_point,
        purpose="Reads the arguments and prints the result.",
        depends_on=paths,
        functions=(FunctionDesign(name="main", returns="int", purpose="Start the program."),),
    )
    calls = tuple(CallStep(caller=entry.path, callee=f"{f}.py", call=f"{name}(value)") for f, name, *_ in parts)
    return design_turns(line, product), SystemDesign(overview=product.summary, modules=(*modules, entry), calls=calls)


def _in_one_module(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The same functions, so that a second one does not always mean a second module."""
    return tuple({name: (parts[0][0], name, taken, made) for _, name, taken, made in parts}.values())


def _judgement(idea: Idea, line: str, chance: random.Random) -> tuple[Turns, BaseModel]:
    program, function, expected = _entry_point(line), idea.parts[0][1], idea.stdout
    code = chance.random() < 0.5
    extra = chance.choice(["Welcome!", "Result:", "Done.", "-----", f"{idea.name} 1.0", "Please wait"])
    crash = Execution(exit_code=1, stdout="", stderr=_CRASH.format(program=program, function=function))
    if code:
        known = ["", "0", "None"] if expected is not None else []
        wrong = [Execution(exit_code=0, stdout=text, stderr="") for text in known if text != expected]
        step, ended = Step(arguments=idea.arguments, stdout=expected), chance.choice([*wrong, crash])
        reason = f"The requirement says that it prints {idea.prints}, and the program does not."
    else:
        ended = Execution(exit_code=0, stdout=expected or "", stderr="")
        if expected is None:
            step = Step(arguments=idea.arguments, exit_code=2)
            reason = "The requirement does not ask for exit code 2."
        else:
            step = Step(arguments=idea.arguments, stdout=f"{extra}\n{expected}")
            reason = f"The requirement does not ask for the line '{extra}'."
    check = failed_check(Case(name="an ordinary start", files=idea.files, steps=(step,)), program, [ended])
    content = f"import sys\n\n\ndef {function}(value):\n    return value\n\n\nprint({function}(sys.argv[1]))\n"
    return judgement_turns(line, check, content), Judgement(at_fault="code" if code else "test", reason=reason)


_CRASH = """Traceback (most recent call last):
  File "{program}", line 8, in <module>
    print({function}(sys.argv[1]))
IndexError: list index out of range
"""
_MAKERS: tuple[Callable[[Idea, str, random.Random], tuple[Turns, BaseModel]], ...] = (
    _outline,
    _judgement,
    _requirements,
    _design,
)
