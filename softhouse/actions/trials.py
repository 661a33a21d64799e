"""Inputs to try a program on: how the model is begun for those that it proposes, and what is made of them."""

import re
from collections.abc import Iterable, Sequence

from softhouse.actions.beginnings import reads_standard_input, takes_arguments
from softhouse.actions.usage import usage_forms
from softhouse.environment.documents import Case, Step

ENOUGH_STARTS = 4
"""With fewer starts of the program in its script, the model is asked for another one."""
_FILES = re.compile(r"\b(?:files?|director(?:y|ies)|folders?)\b|文件|目录", re.IGNORECASE)


def at_first_start(cases: Iterable[Case]) -> tuple[Case, ...]:
    """`cases` and, where files are laid out that no start names, the same starts without them.

    A program's own data file is not there at the first start, and a transcript that lays one out would hide a crash.

    >>> case = Case(name="n", files={"notes.json": "[]"}, steps=(Step(arguments=("list",)),))
    >>> [found.files for found in at_first_start([case])]
    [{'notes.json': '[]'}, {}]
    """
    found: list[Case] = []
    for case in cases:
        named = " ".join(argument for step in case.steps for argument in step.arguments)
        files = {name: text for name, text in case.files.items() if name in named or _is_input(text, case.steps)}
        found += [case] if files == case.files else [case, case.model_copy(update={"files": files})]
    return tuple(found)


def without_repetition(case: Case) -> Case:
    """A case of a program that remembers nothing, with each start once.

    >>> one = Step(arguments=("1",))
    >>> len(without_repetition(Case(name="n", steps=(one, one, Step(arguments=("2",))))).steps)
    2
    """
    steps = {(step.arguments, step.stdin): step for step in case.steps}
    return case.model_copy(update={"steps": tuple(steps.values())})


def script_beginning(text: str, program: str) -> str:
    """How a script of trials is begun for a model, which else writes functions, loops and comments.

    >>> script_beginning("takes a file and prints its lines", "main.py"), script_beginning("takes two dates", "main.py")
    ('cat >', 'python main.py')
    """
    if usage_forms(text):
        return f"python {program}"
    if reads_standard_input(text):
        return f"python {program}" if takes_arguments(text) else f"python {program} <<EOF\n"
    return "cat >" if _FILES.search(text) else f"python {program}"


def _is_input(text: str, steps: Sequence[Step]) -> bool:
    return any(step.stdin == text for step in steps)


def distinct(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Of those that start the same on the same files, the first, whatever they expect."""
    known: dict[tuple[object, ...], Case] = {}
    for case in cases:
        identity = (tuple(case.files.items()), *((step.arguments, step.stdin) for step in case.steps))
        known.setdefault(identity, case)
    return tuple(known.values())
