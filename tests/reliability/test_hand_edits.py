"""A person edits what the house wrote: it stands, it is told apart in the history, and nothing is lost by a slip."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from softhouse import Company, Event, Implementation, SourceFile, TestSuite
from softhouse.cli import main
from softhouse.environment.message import USER
from softhouse.errors import ApprovalError, WorkspaceError
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.replay import replay
from softhouse.runs import fork, status
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

from .conftest import LINE, repeated


def authors(folder: Path, path: str) -> list[str]:
    """Who committed the file, newest first."""
    log = ["git", "log", "--format=%an", "--", path]
    return subprocess.run(log, cwd=folder, check=True, capture_output=True, text=True).stdout.splitlines()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("docs/prd.json", "Print the sum", "Print the exact sum"),
        ("docs/prd.md", "Print the sum", "Print the exact sum"),
        ("docs/design.json", '"The sum."', '"The exact sum."'),
        ("part1.py", "total = sum(numbers)", "total = sum(numbers)  # exact"),
        ("README.md", "Adds its arguments up.", "Adds its arguments up, exactly."),
        ("tests/test_part1.py", "([1, 2]), 3)", "([1, 2, 0]), 3)"),
        ("tests/test_acceptance.py", "import os\n", "import os  # mine\n"),
    ],
)
async def test_an_edited_file_stands_as_the_users_in_files_history_resume_and_replay(
    tmp_path: Path, path: str, old: str, new: str
) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    change(project.path / path, old, new)
    edited = (project.path / path).read_text("utf-8")
    again = await Company(model=backend, workspace=project.path).resume()
    assert again.accepted
    assert (project.path / path).read_text("utf-8") == edited
    assert authors(project.path, path)[0] == USER
    silent = ScriptedBackend([])
    assert (await Company(model=silent, workspace=project.path).resume()).files == again.files
    assert silent.requests == []
    assert (await replay(project.path)).differences == ()


async def test_approvals_with_edits_in_both_forms_on_the_way(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    out = tmp_path / "out"
    with pytest.raises(ApprovalError, match="prd"):
        await Company(model=backend, workspace=out, approve=("prd", "design")).run(LINE)
    change(out / "docs/prd.md", "Print the sum", "Print the exact sum")
    with pytest.raises(ApprovalError, match="design"):
        await Company(model=backend, workspace=out).resume()
    change(out / "docs/design.json", '"part2.py"', '"addition.py"')
    project = await Company(model=backend, workspace=out).resume()
    assert sorted(project.documents(Implementation)[0].files) == ["addition.py", "main.py", "part1.py"]
    assert [m.sender for m in project.messages if m.content.slot in ("prd", "design")] == [USER, USER]
    assert (await replay(out)).identical


async def test_a_file_edited_while_the_run_goes_on_is_kept_told_and_taken_up_later(tmp_path: Path) -> None:
    out, script = tmp_path / "out", standard_house(modules=2, broken=("part1.py",))

    def answer(request: CompletionRequest) -> str:
        if "has a problem:" in request.messages[1].content:  # the engineer is about to write it anew
            (out / "part1.py").write_text("def total(numbers: list[int]) -> int:\n    return sum(numbers)  # mine\n")
        return script(request)

    events: list[Event] = []
    project = await Company(model=ScriptedBackend(answer), workspace=out, on_event=events.append).run(LINE)
    assert "# mine" in (out / "part1.py").read_text()
    [notice] = [event for event in events if event.kind == "notice" and event.subject == "part1.py"]
    assert notice.detail == f"part1.py was changed by hand and stays so; to go on from it: softhouse resume {out}"
    assert "# mine" not in project.files["part1.py"]
    again = await Company(model=ScriptedBackend(answer), workspace=out).resume()
    assert again.accepted
    assert "# mine" in again.files["part1.py"]


async def test_a_hand_edited_file_that_fails_is_reported_and_never_mended(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    change(project.path / "part1.py", "return total", "return total - 1")
    before = len(backend.requests)
    again = await Company(model=backend, workspace=project.path).resume()
    assert again.delivery is not None
    assert (again.accepted, again.delivery.notes) == (
        False,
        ("part1.py was edited by hand, so it was left as it is",),
    )
    asked = [request.messages[1].content for request in backend.requests[before:]]
    assert not any("has a problem:" in prompt for prompt in asked)
    assert "total - 1" in (project.path / "part1.py").read_text()


async def test_a_test_that_a_person_wrote_is_no_guess(tmp_path: Path) -> None:
    """An arbiter that finds every test wrong has no say about it, and it is not taken out of the suite."""
    script = standard_house(modules=2)

    def answer(request: CompletionRequest) -> str:
        if "A test was guessed" in request.messages[1].content:
            return json.dumps({"at_fault": "test", "reason": "no"})
        return "nothing to edit" if "has a problem:" in request.messages[1].content else script(request)

    backend = ScriptedBackend(answer)
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    change(project.path / "tests/test_part1.py", "([1, 2]), 3)", "([]), 7)")
    again = await Company(model=backend, workspace=project.path).resume()
    assert not again.accepted
    assert "([]), 7)" in again.documents(TestSuite)[-1].files["tests/test_part1.py"]
    assert "([]), 7)" in (project.path / "tests/test_part1.py").read_text()


async def test_deleted_files_come_back_and_cost_nothing(tmp_path: Path) -> None:
    project = await Company(model=ScriptedBackend(standard_house(modules=2)), workspace=tmp_path / "out").run(LINE)
    gone = {name: (project.path / name).read_bytes() for name in ("main.py", "docs/prd.md", "docs/prd.json")}
    for name in gone:
        (project.path / name).unlink()
    silent = ScriptedBackend([])
    assert (await Company(model=silent, workspace=project.path).resume()).accepted
    assert {name: (project.path / name).read_bytes() for name in gone} == gone
    assert silent.requests == []


@pytest.mark.parametrize(
    ("path", "spoil", "says"),
    [
        ("docs/prd.json", lambda text: text[:-20], "docs/prd.json"),
        ("docs/prd.json", lambda text: text.replace('"main.py"', '"../main.py"'), "'..' leaves the project"),
        ("docs/design.json", lambda text: text.replace('"part1.py"', '"docs/x.py"'), "belongs to the house"),
        ("docs/design.json", lambda text: text.replace('"depends_on": []', '"depends_on": ["none.py"]'), "none.py"),
        ("docs/tasks.json", lambda text: text.replace('"part1.py"', '"/etc/part1.py"', 1), "must be relative"),
        ("docs/prd.md", lambda text: text.replace("## ", "## Un"), "docs/prd.md"),
    ],
)
async def test_an_edit_that_says_no_document_is_one_line_and_nothing_is_lost(
    tmp_path: Path, path: str, spoil: Callable[[str], str], says: str
) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    before = status(project.path)
    page = project.path / path
    whole = page.read_text("utf-8")
    page.write_text(spoil(whole), "utf-8")
    assert page.read_text("utf-8") != whole
    with pytest.raises(WorkspaceError) as refused:
        await Company(model=ScriptedBackend([]), workspace=project.path).resume()
    assert (refused.value.exit_code, "\n" in str(refused.value)) == (2, False)
    assert says in str(refused.value)
    assert page.read_text("utf-8") == spoil(whole)
    assert status(project.path) == before
    page.write_text(whole, "utf-8")
    silent = ScriptedBackend([])
    assert (await Company(model=silent, workspace=project.path).resume()).accepted
    assert silent.requests == []


async def test_a_plan_that_a_person_wrote_is_carried_out_whatever_the_design_says(tmp_path: Path) -> None:
    script = standard_house(modules=2)

    def answer(request: CompletionRequest) -> str:
        extra = "Write `extra.py`" in request.messages[1].content
        return "```python\nWORD = 'extra'\n```" if extra else script(request)

    backend = ScriptedBackend(answer)
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    page = project.path / "docs/tasks.json"
    plan = json.loads(page.read_text())
    plan["tasks"].append({"path": "extra.py", "purpose": "One more.", "depends_on": [], "level": 0})
    page.write_text(json.dumps(plan))
    again = await Company(model=backend, workspace=project.path).resume()
    assert again.accepted
    assert (project.path / "extra.py").read_text() == "WORD = 'extra'\n"
    assert {source.path for source in again.documents(SourceFile)} == {"main.py", "part1.py", "part2.py", "extra.py"}


async def test_a_design_without_the_entry_point_still_gets_one(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    page = project.path / "docs/design.json"
    design = json.loads(page.read_text())
    design["modules"] = [module for module in design["modules"] if module["path"] != "main.py"]
    page.write_text(json.dumps(design))
    again = await Company(model=backend, workspace=project.path).resume()
    assert again.accepted
    assert (project.path / "main.py").is_file()


async def test_a_fork_keeps_whose_words_they_are_and_leaves_later_edits_behind(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    change(project.path / "docs/prd.json", "Print the sum", "Print the exact sum")
    change(project.path / "part1.py", "total = sum(numbers)", "total = sum(numbers)  # mine")
    await Company(model=backend, workspace=project.path).resume()
    await fork(project.path, tmp_path / "new", at="design")
    other = ScriptedBackend(standard_house(modules=2), name="script:other")
    forked = await Company(model=other, workspace=tmp_path / "new").resume()
    senders = {message.content.slot: message.sender for message in forked.messages}
    assert (senders["prd"], senders["design"]) == (USER, "Architect")
    assert "# mine" not in forked.files["part1.py"]
    assert (await replay(tmp_path / "new")).identical


def test_the_command_line_says_an_invalid_edit_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from softhouse.environment.journal import Journal
    from softhouse.settings import JOURNAL

    monkeypatch.chdir(tmp_path)
    script = standard_house()
    prompts = ("Write the product requirements", "Write `main.py`")
    from softhouse.llm_backends.protocol import ChatMessage

    entries = [
        {
            "match": prompt,
            "text": script(CompletionRequest(messages=(ChatMessage.system(""), ChatMessage.user(prompt)))),
        }
        for prompt in prompts
    ]
    Path("script.json").write_text(json.dumps(entries))
    words = ("new", LINE, "--workspace", "out", "--model", "script:script.json")
    assert main([*words, "--approve", "prd"]) == 5
    before = Journal.read(Path("out") / JOURNAL)
    whole = Path("out/docs/prd.json").read_text()
    Path("out/docs/prd.json").write_text("{")
    capsys.readouterr()
    assert main(["resume", "out"]) == 2
    shown = capsys.readouterr().err
    assert (shown.count("\n"), "docs/prd.json" in shown) == (1, True)
    Path("out/docs/prd.json").write_text(whole)
    assert main(["resume", "out"]) == 0
    assert repeated(before, Journal.read(Path("out") / JOURNAL)) == []
