"""What the house hands in is what lies in its workspace; a weak model is a result, a dead server is none."""

from pathlib import Path

import pytest

from softhouse.bench.requirements import read_requirement
from softhouse.bench.solvers import HouseProgram, SingleProgram, read_project
from softhouse.errors import UnavailableError
from softhouse.llm_backends.protocol import Completion, CompletionRequest
from softhouse.llm_backends.scripted import FREE, ScriptedBackend

REQUIREMENT = read_requirement("days_between")


async def test_the_whole_company_fails_with_a_model_that_only_talks() -> None:
    for strength in ("small", "large"):
        capabilities = FREE.model_copy(update={"strength": strength})
        backend = ScriptedBackend(lambda request: "I cannot help with that.", capabilities=capabilities)
        solution = await HouseProgram().solve(REQUIREMENT, backend, seed=0)
        assert not solution.accepted
        assert backend.requests


async def test_no_prompt_of_the_company_holds_a_check() -> None:
    def reply(request: CompletionRequest) -> str:
        shown = "\n".join(message.content for message in request.messages)
        assert "2001-01-01" not in shown
        assert "leap years" not in shown
        return "no"

    await HouseProgram().solve(REQUIREMENT, ScriptedBackend(reply), seed=0)


async def test_a_server_that_is_gone_is_no_result() -> None:
    with pytest.raises(UnavailableError, match="gone"):
        await HouseProgram().solve(REQUIREMENT, ScriptedBackend([UnavailableError("gone")] * 9), seed=0)


async def test_a_cut_reply_is_scored_and_noted() -> None:
    backend = ScriptedBackend([Completion(text="```python\nprint(1)\nprint(", finish_reason="length")])
    solution = await SingleProgram().solve(REQUIREMENT, backend, seed=0)
    assert solution.note == "the reply was cut"
    assert solution.files["main.py"].startswith("print(1)")


def test_a_project_is_read_without_its_history_and_without_what_is_no_text(tmp_path: Path) -> None:
    for path in ("main.py", "pack/part.py", ".git/config", ".softhouse/notes.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
    (tmp_path / "link.py").symlink_to("/etc/hostname")
    assert read_project(tmp_path) == {"main.py": "main.py", "pack/part.py": "pack/part.py"}
