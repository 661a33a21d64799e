"""The standard house end to end, on a scripted model, with real git, a real journal and the real sandbox."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from softhouse import (
    Company,
    Event,
    ProductRequirements,
    Project,
    SourceFile,
    SystemDesign,
    TestReport,
    TestSuite,
    build,
)
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.replay import replay
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

LINE = "Write a command line program main.py that adds its arguments up."


async def deliver(folder: Path, modules: int = 1, broken: tuple[str, ...] = ()) -> tuple[Project, ScriptedBackend]:
    backend = ScriptedBackend(standard_house(modules=modules, broken=broken))
    return await Company(model=backend, workspace=folder).run(LINE), backend


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, check=False, capture_output=True, text=True)


async def test_a_script_takes_two_calls_and_no_design(tmp_path: Path) -> None:
    project, backend = await deliver(tmp_path / "out")
    assert project.accepted
    assert len(backend.requests) == 2
    assert [module.path for module in project.documents(SystemDesign)[0].modules] == ["main.py"]


async def test_the_delivery_is_a_repository_with_program_tests_and_documents(tmp_path: Path) -> None:
    project, _ = await deliver(tmp_path / "out", modules=3)
    folder = project.path
    for name in ("requirement", "prd", "design", "tasks", "delivery"):
        assert json.loads((folder / f"docs/{name}.json").read_text())
        assert (folder / f"docs/{name}.md").read_text().startswith("# ")
    design = (folder / "docs/design.md").read_text()
    assert "classDiagram" in design
    assert "sequenceDiagram" in design
    assert git(folder, "status", "--porcelain") == ""
    assert ".softhouse/journal.db" not in git(folder, "ls-files")
    assert (folder / ".softhouse/journal.db").is_file()
    authors = set(git(folder, "log", "--format=%an").split("\n")) - {""}
    assert authors == {"User", "Product Manager", "Architect", "Project Manager", "Engineer", "QA Engineer"}
    assert python(folder, "main.py", "4", "5").stdout == "9\n"


async def test_the_delivered_tests_run_with_the_standard_library_and_pass(tmp_path: Path) -> None:
    project, _ = await deliver(tmp_path / "out", modules=2)
    run = python(project.path, "-m", "unittest", "-v")
    assert run.returncode == 0, run.stderr
    assert "Ran 3 tests" in run.stderr


async def test_a_defect_reaches_the_engineer_and_is_mended(tmp_path: Path) -> None:
    project, _ = await deliver(tmp_path / "out", modules=2, broken=("part1.py",))
    assert project.accepted
    reports = [message.content for message in project.messages if isinstance(message.content, TestReport)]
    assert [report.accepted for report in reports] == [False, True]
    assert [defect.path for defect in reports[0].defects] == ["part1.py"]
    assert "total - 1" not in (project.path / "part1.py").read_text()


async def test_a_defect_that_nobody_mends_ends_the_loop_with_an_honest_verdict(tmp_path: Path) -> None:
    script = standard_house(modules=2, broken=("part1.py",))

    def stubborn(request: CompletionRequest) -> str:
        reply = script(request)
        return "I would not change anything." if "REPLACE" in reply else reply

    project = await Company(model=ScriptedBackend(stubborn), workspace=tmp_path / "out").run(LINE)
    assert not project.accepted
    assert project.report is not None
    assert "no edit was found" in project.report.reasons[0]
    assert project.delivery is not None
    assert project.delivery.failed


async def test_mending_that_mends_nothing_ends_at_its_bound(tmp_path: Path) -> None:
    script, edits = standard_house(modules=2, broken=("part1.py",)), 0

    def fumbling(request: CompletionRequest) -> str:
        nonlocal edits
        reply = script(request)
        if "REPLACE" not in reply:
            return reply
        edits += 1
        wrong = f"return total - {edits}"
        return f"<<<<<<< SEARCH\n    {wrong}\n=======\n    return total - {edits + 1}\n>>>>>>> REPLACE"

    project = await Company(model=ScriptedBackend(fumbling), workspace=tmp_path / "out").run(LINE)
    assert not project.accepted
    assert project.report is not None
    assert "the bound of 2 rounds of mending is reached" in project.report.reasons


async def test_a_guess_that_an_arbiter_finds_wrong_leaves_the_suite_and_the_verdict(tmp_path: Path) -> None:
    script = standard_house(modules=2)

    def miscalculating(request: CompletionRequest) -> str:
        if "A test was guessed" in request.messages[1].content:
            return json.dumps({"at_fault": "test", "reason": "1 + 2 is 3"})
        return script(request).replace(
            "self.assertEqual(part1.total([1, 2]), 3)", "self.assertEqual(part1.total([1, 2]), 4)"
        )

    project = await Company(model=ScriptedBackend(miscalculating), workspace=tmp_path / "out").run(LINE)
    assert project.accepted
    assert "tests/test_part1.py" not in project.documents(TestSuite)[-1].files
    assert not (project.path / "tests/test_part1.py").exists()
    assert (project.path / "tests/test_part2.py").exists()


async def test_a_resumed_run_asks_nothing_again_and_a_replay_is_identical(tmp_path: Path) -> None:
    project, _ = await deliver(tmp_path / "out", modules=2)
    silent = ScriptedBackend([])
    again = await Company(model=silent, workspace=project.path).resume()
    assert silent.requests == []
    assert again.files == project.files
    found = await replay(project.path)
    assert (found.identical, found.differences) == (True, ())


async def test_a_replay_notices_a_changed_byte(tmp_path: Path) -> None:
    project, _ = await deliver(tmp_path / "out")
    with (project.path / "main.py").open("a") as file:
        file.write("#")
    assert (await replay(project.path)).differences == ("main.py is different in the workspace",)


async def test_prompts_grow_linearly_with_the_modules() -> None:
    sizes = {}
    for modules in (4, 8, 16):
        backend = ScriptedBackend(standard_house(modules=modules, characters=2400))
        await Company(model=backend).run(LINE)
        sizes[modules] = sum(len(m.content) for request in backend.requests for m in request.messages)
    assert sizes[8] <= 120_000
    assert sizes[16] <= 240_000
    assert (sizes[16] - sizes[8]) < 2.2 * (sizes[8] - sizes[4])


async def test_independent_modules_and_their_tests_are_asked_for_at_the_same_time() -> None:
    under_way = most = 0
    script = standard_house(modules=8)

    async def answer(request: CompletionRequest) -> str:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        import asyncio

        for _ in range(50):  # turns of the loop, not time
            await asyncio.sleep(0)
        under_way -= 1
        return script(request)

    await Company(model=ScriptedBackend(answer)).run(LINE)
    assert most == 16


async def test_prompts_begin_with_the_same_bytes() -> None:
    backend = ScriptedBackend(standard_house(modules=4))
    await Company(model=backend).run(LINE)
    assert len({request.messages[0].content for request in backend.requests}) == 1
    users = [request.messages[1].content for request in backend.requests]
    assert all(user.startswith("# Requirement\n") for user in users)


def test_building_without_an_event_loop(tmp_path: Path) -> None:
    events: list[Event] = []
    project = build(LINE, model=ScriptedBackend(standard_house()), workspace=tmp_path / "out", on_event=events.append)
    assert project.documents(ProductRequirements)[0].entry_point == "main.py"
    assert events[0].kind == "run-started"
    assert events[-1].kind == "run-finished"
    assert [source.path for source in project.documents(SourceFile)] == ["main.py"]


async def test_documents_of_a_chinese_requirement_are_asked_for_in_chinese(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house())
    project = await Company(model=backend, workspace=tmp_path / "out").run("写一个命令行程序 main.py，把参数相加。")
    assert all("简体中文" in request.messages[0].content for request in backend.requests)
    assert (project.path / "docs/prd.md").read_text().startswith("# 产品需求")
    assert "## 运行" in (project.path / "README.md").read_text()


@pytest.mark.parametrize("text", ["", "   \n"])
async def test_an_empty_requirement_is_refused_before_anything_is_made(text: str, tmp_path: Path) -> None:
    from softhouse.errors import RequirementError

    with pytest.raises(RequirementError, match="empty"):
        await Company(model=ScriptedBackend([]), workspace=tmp_path / "out").run(text)
    assert not (tmp_path / "out").exists()
