"""A measurement asks each solver once, is paid once, and goes on where it was stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from softhouse.bench.benchmarks import Benchmark
from softhouse.bench.humaneval import FunctionProblem
from softhouse.bench.measure import Measurement, measure
from softhouse.bench.results import TaskResult
from softhouse.bench.scoring import Score
from softhouse.bench.solvers import FUNCTION, SingleFunction, Solution
from softhouse.environment.journal import Journal
from softhouse.environment.ledger import Ledger
from softhouse.errors import UnavailableError
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest
from softhouse.llm_backends.scripted import ScriptedBackend

PROBLEMS = [
    FunctionProblem(name=f"p/{number}", prompt=f"def f{number}():\n", entry_point=f"f{number}", hidden_tests="secret")
    for number in range(4)
]


@dataclass
class TwoSamples:
    """A house that draws the same request twice."""

    async def solve(self, problem: FunctionProblem, backend: Backend, seed: int) -> Solution:
        request = CompletionRequest(messages=(ChatMessage.user(f"house {problem.prompt}"),), temperature=0.8, seed=seed)
        texts = [(await backend.complete(request)).text for _ in range(2)]
        return Solution(files={FUNCTION: " then ".join(texts)}, accepted=True)


async def no_score(solution: Solution, problem: FunctionProblem) -> Score:
    return Score(passed=int("0" in problem.name), total=1)


BENCHMARK = Benchmark(
    name="test", problems=PROBLEMS, solvers={"single": SingleFunction(), "house": TwoSamples()}, score=no_score
)


@dataclass
class Bench:
    """Runs the measurement on one journal file, as one process after another would."""

    path: Path
    results: list[TaskResult] = field(default_factory=list)

    async def __call__(self, backend: Backend, jobs: int = 1, seed: int = 0) -> list[TaskResult]:
        self.results = []
        journal = await Journal.open(self.path)
        try:
            measurement = Measurement(backend, Ledger(journal), ("single", "house"), seed=seed, jobs=jobs)
            await measure(BENCHMARK, measurement, self.results.append)
        finally:
            await journal.close()
        return self.results


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "journal.db")


def numbered() -> ScriptedBackend:
    """Replies 1, 2, 3, … in code blocks."""
    count = 0

    def reply(request: CompletionRequest) -> str:
        nonlocal count
        count += 1
        return f"```python\nanswer = {count}\n```"

    return ScriptedBackend(reply)


async def test_a_problem_goes_to_all_solvers_before_the_next_one_does(bench: Bench) -> None:
    backend = numbered()
    results = await bench(backend)
    assert [(r.problem, r.solver) for r in results[:3]] == [("p/0", "single"), ("p/0", "house"), ("p/1", "single")]
    assert len(results) == 8
    assert [r.calls for r in results[:2]] == [1, 2]
    assert results[0].solution.files == {FUNCTION: "answer = 1\n"}
    assert results[1].usage.completion_tokens > results[0].usage.completion_tokens
    assert all(r.seconds is not None for r in results)


async def test_no_prompt_holds_a_hidden_test(bench: Bench) -> None:
    backend = numbered()
    await bench(backend)
    assert not any("secret" in message.content for request in backend.requests for message in request.messages)


async def test_the_baseline_is_one_greedy_prompt(bench: Bench) -> None:
    backend = numbered()
    await bench(backend)
    request = backend.requests[0]
    assert (request.temperature, len(request.messages), request.prefill) == (0.0, 1, "")
    assert request.messages[0].content.endswith("```python\ndef f0():\n```")


async def test_measured_again_it_asks_nothing(bench: Bench) -> None:
    first = await bench(numbered())
    silent = ScriptedBackend([])
    assert await bench(silent) == first
    assert silent.requests == []


async def test_another_seed_is_another_measurement(bench: Bench) -> None:
    await bench(numbered())
    backend = numbered()
    await bench(backend, seed=1)
    assert len(backend.requests) == 8  # the baseline's four greedy prompts are the same ones, and are recorded


@pytest.mark.parametrize("calls", range(1, 12))
async def test_it_goes_on_after_the_server_went_away(bench: Bench, calls: int) -> None:
    """Each call is made once over both processes, the second sample of an interrupted pair included."""
    whole = numbered()
    asked = 0

    async def until_then(request: CompletionRequest) -> str:
        nonlocal asked
        asked += 1
        if asked > calls:
            raise UnavailableError("gone")
        return (await whole.complete(request)).text

    with pytest.raises(UnavailableError):
        await bench(ScriptedBackend(until_then))
    results = await bench(whole)
    assert len(whole.requests) == 12
    expected = [[n] if n % 3 == 1 else [n, n + 1] for n in range(1, 13) if n % 3]
    shown = [[int(part) for part in r.solution.files[FUNCTION].split() if part.isdigit()] for r in results]
    assert shown == expected
    resumed = [r for r in results if r.seconds is None]
    assert len(resumed) == (1 if calls % 3 == 2 else 0)


async def test_several_jobs_give_the_same_results(bench: Bench, tmp_path: Path) -> None:
    def by_prompt(request: CompletionRequest) -> str:
        return f"```\nanswer = {len(request.messages[0].content)}\n```"

    def outcome(results: list[TaskResult]) -> list[tuple[str, str, str, int]]:
        return sorted((r.problem, r.solver, r.solution.files[FUNCTION], r.calls) for r in results)

    alone = outcome(await bench(ScriptedBackend(by_prompt)))
    together = outcome(await Bench(tmp_path / "other.db")(ScriptedBackend(by_prompt), jobs=3))
    assert together == alone


async def test_several_jobs_work_side_by_side(bench: Bench) -> None:
    at_once = 0
    most = 0

    async def count(request: CompletionRequest) -> str:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        for _ in range(20):
            await asyncio.sleep(0)
        at_once -= 1
        return "```\npass\n```"

    await bench(ScriptedBackend(count), jobs=2)
    assert most == 2


def raising(error: Exception) -> Callable[[CompletionRequest], Awaitable[str]]:
    async def reply(request: CompletionRequest) -> str:
        raise error

    return reply


async def test_an_error_of_the_backend_is_raised_as_it_is_and_recorded_as_nothing(bench: Bench) -> None:
    with pytest.raises(UnavailableError, match="gone"):
        await bench(ScriptedBackend(raising(UnavailableError("gone"))), jobs=2)
    assert bench.results == []
    assert len(await bench(numbered())) == 8


async def test_a_useless_reply_of_the_baseline_is_a_result(bench: Bench) -> None:
    results = await bench(ScriptedBackend(["I am sorry."] * 12))
    assert results[0].solution.files == {FUNCTION: ""}
