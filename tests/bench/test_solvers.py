"""What the house hands in is what lies in its workspace; a weak model is a result, a dead server is none."""

from pathlib import Path

import pytest

from softhouse.bench.humaneval import FunctionProblem
from softhouse.bench.requirements import read_requirement
from softhouse.bench.scoring import score_function
from softhouse.bench.solvers import HouseFunction, HouseProgram, SingleProgram, read_project
from softhouse.environment.sandbox import Sandbox
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


@pytest.mark.parametrize("prefill", [True, False])
async def test_the_house_solves_a_function(prefill: bool, sandbox: Sandbox) -> None:
    """The begun answer is a body; a backend that cannot go on with one is asked for the whole function."""
    problem = FunctionProblem(
        name="test/0",
        prompt='def wanted(x):\n    """One more.\n    >>> wanted(1)\n    2\n    >>> wanted(5)\n    6\n    """\n',
        entry_point="wanted",
        hidden_tests="def check(candidate):\n    assert candidate(41) == 42\n",
    )

    def reply(request: CompletionRequest) -> str:
        assert bool(request.prefill) is prefill
        assert "41" not in "".join(message.content for message in request.messages)
        return "return x + 1\n" if request.prefill else "```python\ndef wanted(x):\n    return x + 1\n```"

    backend = ScriptedBackend(reply, capabilities=FREE.model_copy(update={"prefill": prefill}))
    solution = await HouseFunction(sandbox).solve(problem, backend, seed=0)
    score = await score_function(solution.files["candidate.py"], problem, sandbox)
    assert score.right, score.failures


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
