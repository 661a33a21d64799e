"""Acceptance cases written out as a test file of the delivered project: data, one runner, standard library only."""

import pprint
from collections.abc import Sequence
from pathlib import Path

from softhouse.actions.prompts import render
from softhouse.environment.documents import Case

ACCEPTANCE_PATH = "tests/test_acceptance.py"


def packaged(files: dict[str, str]) -> dict[str, str]:
    """`files` with the mark that makes `tests` a package, so that `python -m unittest` and pytest find all of them."""
    return {"tests/__init__.py": '"""Tests of the project."""\n', **files} if files else {}


def acceptance_file(entry_point: str, cases: Sequence[Case]) -> str:
    """The text of `tests/test_acceptance.py`.

    >>> from softhouse.environment.documents import Step
    >>> text = acceptance_file("main.py", [Case(name="says hi", steps=(Step(stdout="hi"),))])
    >>> compile(text, "test_acceptance.py", "exec") is not None
    True
    """
    data = [case.model_dump(mode="python") for case in cases]
    return (
        render(
            Path(__file__).with_name("acceptance.py.jinja").read_text(encoding="utf-8"),
            entry_point=entry_point,
            cases=pprint.pformat(data, width=110, sort_dicts=False),
        )
        + "\n"
    )
