"""File names that a model chooses: a hostile one is refused before anything is written, and the model is told why."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from softhouse import Company, TestReport
from softhouse.errors import ApprovalError
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

from .conftest import LINE

Reply = dict[str, Any]


def entry(path: str) -> Callable[[Reply], None]:
    def change(reply: Reply) -> None:
        reply["entry_point"] = path

    return change


def case_file(path: str) -> Callable[[Reply], None]:
    def change(reply: Reply) -> None:
        reply["cases"][0]["files"] = {path: "planted"}

    return change


def step_file(path: str) -> Callable[[Reply], None]:
    def change(reply: Reply) -> None:
        reply["cases"][0]["steps"][0]["files"] = {path: "planted"}

    return change


def module(*paths: str) -> Callable[[Reply], None]:
    def change(reply: Reply) -> None:
        for number, path in enumerate(paths):
            reply["modules"][number]["path"] = path
        reply["modules"][-1]["depends_on"] = [m["path"] for m in reply["modules"][:-1]]

    return change


HOSTILE: list[tuple[str, Callable[[Reply], None], str]] = [
    ("Write the product requirements", entry("../main.py"), "'..' leaves the project"),
    ("Write the product requirements", entry("/usr/bin/main.py"), "it must be relative"),
    ("Write the product requirements", entry("tests/main.py"), "tests belongs to the house"),
    ("Write the product requirements", case_file("../../.bashrc"), "'..' leaves the project"),
    ("Write the product requirements", case_file("/etc/cron.d/job"), "it must be relative"),
    ("Write the product requirements", case_file("main.py"), "main.py is the program"),
    ("Write the product requirements", step_file(".git/hooks/pre-commit"), "kept from the project's files"),
    ("Write the product requirements", step_file("C:/x"), "must not name a drive"),
    ("Design the program", module("tests/test_part1.py"), "tests belongs to the house"),
    ("Design the program", module("docs/prd.py"), "docs belongs to the house"),
    ("Design the program", module("README.md"), "README.md belongs to the house"),
    ("Design the program", module(".git/config"), "kept from the project's files"),
    ("Design the program", module(".softhouse/journal.db"), "belongs to the house"),
    ("Design the program", module("aux.py"), "name of a device"),
    ("Design the program", module("store.py", "STORE.py"), "is the same file as"),
    ("Design the program", module("app\\store.py"), "write forward slashes"),
    ("Design the program", module("a\nb.py"), "control or invisible characters"),
]


@pytest.mark.parametrize(("task", "change", "reason"), HOSTILE)
async def test_a_hostile_name_is_refused_with_its_reason_and_never_written(
    tmp_path: Path, task: str, change: Callable[[Reply], None], reason: str
) -> None:
    script, told, done = standard_house(modules=2), "", False

    def answer(request: CompletionRequest) -> str:
        nonlocal told, done
        reply = script(request)
        if task in request.messages[1].content:
            if not done:
                done, hostile = True, json.loads(reply)
                change(hostile)
                return json.dumps(hostile)
            told = request.messages[-1].content
        return reply

    out = tmp_path / "out"
    with pytest.raises(ApprovalError, match="design"):
        await Company(model=ScriptedBackend(answer), workspace=out, approve=("design",)).run(LINE)
    assert reason in told
    assert list(tmp_path.iterdir()) == [out]
    assert {path.name for path in out.iterdir()} == {".git", ".softhouse", "docs"}
    assert {path.stem for path in (out / "docs").iterdir()} == {"requirement", "prd", "design"}
    assert not (out / ".git/hooks").exists()


async def test_a_path_spelled_in_another_way_is_the_same_file(tmp_path: Path) -> None:
    script = standard_house(modules=2)

    def answer(request: CompletionRequest) -> str:
        return script(request).replace('"path": "main.py"', '"path": "./main.py"')

    project = await Company(model=ScriptedBackend(answer), workspace=tmp_path / "out").run(LINE)
    assert project.accepted
    assert "./main.py" not in project.files


async def test_a_case_cannot_put_itself_in_the_place_of_what_it_tests() -> None:
    """Its files are laid out below the project's: a module of the project is never the case's."""
    script = standard_house(modules=2, broken=("part1.py",))

    def answer(request: CompletionRequest) -> str:
        reply = script(request)
        if "Write the product requirements" in request.messages[1].content:
            draft = json.loads(reply)
            draft["cases"][0]["files"] = {"part1.py": "def total(numbers):\n    return sum(numbers)\n"}
            return json.dumps(draft)
        return "nothing to edit" if "has a problem:" in request.messages[1].content else reply

    project = await Company(model=ScriptedBackend(answer)).run(LINE)
    # the unit tests fail as well: that the delivery is refused would say nothing
    checks = [check for report in project.documents(TestReport) for check in report.checks]
    assert {check.passed for check in checks if check.name == "three numbers"} == {False}
