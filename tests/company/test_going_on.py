"""A run that stopped goes on: approvals, hand edits, budgets, errors of the backend, forks, undo."""

import json
from pathlib import Path

import pytest

from softhouse import Company, SourceFile
from softhouse.errors import (
    ApprovalError,
    AuthenticationError,
    BudgetError,
    GraphError,
    WorkspaceBusyError,
    WorkspaceError,
)
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.replay import replay
from softhouse.runs import fork, status, undo
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

LINE = "Write a command line program main.py that adds its arguments up."


async def test_approval_stops_before_anything_depends_on_the_document(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    with pytest.raises(ApprovalError, match="prd"):
        await Company(model=backend, workspace=tmp_path / "out", approve=("prd", "design")).run(LINE)
    assert len(backend.requests) == 1
    assert status(tmp_path / "out").state == "waiting"
    with pytest.raises(ApprovalError, match="design"):
        await Company(model=backend, workspace=tmp_path / "out").resume()
    assert len(backend.requests) == 2
    assert (await Company(model=backend, workspace=tmp_path / "out").resume()).accepted


@pytest.mark.parametrize("form", ["json", "md"])
async def test_an_edited_document_stands_and_what_depends_on_it_is_done_again(form: str, tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    with pytest.raises(ApprovalError):
        await Company(model=backend, workspace=tmp_path / "out", approve=("prd",)).run(LINE)
    page = tmp_path / f"out/docs/prd.{form}"
    page.write_text(page.read_text("utf-8").replace("Print the sum", "Print the exact sum"), "utf-8")
    project = await Company(model=backend, workspace=tmp_path / "out").resume()
    assert project.accepted
    later = [request.messages[1].content for request in backend.requests[1:]]
    assert all("Print the exact sum" in prompt for prompt in later)
    assert "exact sum" in page.read_text("utf-8")
    assert (await replay(project.path)).identical


async def test_editing_one_module_asks_only_for_its_dependents(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=4))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    before = len(backend.requests)
    page = project.path / "part2.py"
    page.write_text("def total(numbers: list[int], start: int = 0) -> int:\n    return sum(numbers, start)\n")
    again = await Company(model=backend, workspace=project.path).resume()
    asked = [request.messages[1].content for request in backend.requests[before:]]
    assert [("Write `main.py`" in prompt) for prompt in asked] == [True]
    assert "start: int" in page.read_text()
    assert {s.path: s.content for s in again.documents(SourceFile)}["part2.py"] == page.read_text()
    assert again.accepted


async def test_a_body_that_keeps_its_interface_asks_for_nothing(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=4))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    before = len(backend.requests)
    page = project.path / "part2.py"
    page.write_text(page.read_text() + "\n# A person was here.\n")
    await Company(model=backend, workspace=project.path).resume()
    assert len(backend.requests) == before
    assert "A person was here" in page.read_text()


async def test_a_budget_stops_a_run_that_a_higher_one_finishes(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    with pytest.raises(BudgetError):
        await Company(model=backend, workspace=tmp_path / "out", max_tokens=6000).run(LINE)
    assert status(tmp_path / "out").usage.total_tokens <= 6000
    assert status(tmp_path / "out").state == "stopped"
    done = len(backend.requests)
    assert (await Company(model=backend, workspace=tmp_path / "out", max_tokens=200_000).resume()).accepted
    assert len(backend.requests) == 7
    assert done < 7


async def test_a_backend_that_fails_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    script, failing = standard_house(modules=2), True

    def answer(request: CompletionRequest) -> str:
        if failing and "Write `part2.py`" in request.messages[1].content:
            raise AuthenticationError("the key is refused; set OPENAI_API_KEY")
        return script(request)

    backend = ScriptedBackend(answer)
    with pytest.raises(AuthenticationError):
        await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    asked = [request.messages[1].content for request in backend.requests]
    failing = False
    project = await Company(model=backend, workspace=tmp_path / "out").resume()
    again = [request.messages[1].content for request in backend.requests[len(asked) :]]
    paid = [prompt for prompt in asked if "Write `part2.py`" not in prompt]
    assert project.accepted
    assert not set(paid) & set(again)


async def test_a_fork_keeps_the_documents_up_to_a_point_and_asks_another_model_for_the_rest(tmp_path: Path) -> None:
    project = await Company(model=ScriptedBackend(standard_house(modules=2)), workspace=tmp_path / "out").run(LINE)
    await fork(project.path, tmp_path / "new", at="design")
    other = ScriptedBackend(standard_house(modules=2, characters=500), name="script:other")
    forked = await Company(model=other, workspace=tmp_path / "new").resume()
    assert forked.accepted
    assert sorted(s.path for s in forked.documents(SourceFile)) == ["main.py", "part1.py", "part2.py"]
    assert len(other.requests) == 5
    with pytest.raises(WorkspaceError, match="no document 'nonsense'; it has: requirement, prd"):
        await fork(project.path, tmp_path / "third", at="nonsense")


async def test_undo_takes_documents_back_and_resuming_pays_for_nothing(tmp_path: Path) -> None:
    project = await Company(model=ScriptedBackend(standard_house()), workspace=tmp_path / "out").run(LINE)
    assert set(await undo(project.path, 2)) == {"readme", "delivery"}
    assert not (project.path / "README.md").exists()
    silent = ScriptedBackend([])
    assert (await Company(model=silent, workspace=project.path).resume()).accepted
    assert (project.path / "README.md").exists()


async def test_another_requirement_does_not_overwrite_a_project(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house())
    await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    with pytest.raises(WorkspaceError, match="holds another project"):
        await Company(model=backend, workspace=tmp_path / "out").run("Write a game.")


async def test_a_workspace_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    import asyncio

    entered, leave = asyncio.Event(), asyncio.Event()
    script = standard_house()

    async def answer(request: CompletionRequest) -> str:
        entered.set()
        await leave.wait()
        return script(request)

    first = asyncio.create_task(Company(model=ScriptedBackend(answer), workspace=tmp_path / "out").run(LINE))
    await entered.wait()
    with pytest.raises(WorkspaceBusyError):
        await Company(model=ScriptedBackend([]), workspace=tmp_path / "out").run(LINE)
    assert status(tmp_path / "out").state == "running"
    leave.set()
    assert (await first).accepted


async def test_roles_that_do_not_fit_together_cost_nothing(tmp_path: Path) -> None:
    from softhouse import documents_first

    backend = ScriptedBackend([])
    roles = [role for role in documents_first() if role.name != "Architect"]
    with pytest.raises(GraphError, match="SystemDesign"):
        await Company(model=backend, roles=roles).run(LINE)
    assert backend.requests == []


async def test_the_bill_adds_up(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    found = status(project.path)
    assert sum(role.calls for role in found.roles) == found.completions == len(backend.requests)
    assert (
        sum(role.usage.total_tokens for role in found.roles) == found.usage.total_tokens == project.usage.total_tokens
    )
    assert json.loads(found.model_dump_json())["accepted"] is True
