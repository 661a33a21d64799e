"""A score counts what holds, and is not to be had by tricks."""

import pytest

from softhouse.bench.humaneval import FunctionProblem
from softhouse.bench.scoring import score_function, score_program
from softhouse.environment.documents import Case, Step
from softhouse.environment.sandbox import Limits, Sandbox

COUNTER = """
import sys, pathlib
store = pathlib.Path("count.txt")
count = int(store.read_text()) if store.exists() else 0
if sys.argv[1] == "up":
    store.write_text(str(count + 1))
else:
    print(count, "  ")
"""
CHECKS = (
    Case(name="zero", steps=(Step(arguments=("show",), stdout="0\n"),), source="user"),
    Case(
        name="two",
        steps=(Step(arguments=("up",)), Step(arguments=("up",)), Step(arguments=("show",), stdout="2\n")),
        source="user",
    ),
    Case(name="unknown", steps=(Step(arguments=("down",), exit_code=1),), source="user"),
)
PROBLEM = FunctionProblem(
    name="test/0",
    prompt='import math\n\ndef helper(x):\n    return x + 1\n\ndef wanted(x):\n    """One more."""\n',
    entry_point="wanted",
    hidden_tests="def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(math.pi) > 4\n",
)


async def test_each_check_starts_from_a_fresh_copy_and_its_steps_share_one(sandbox: Sandbox) -> None:
    score = await score_program({"main.py": COUNTER}, CHECKS, sandbox)
    assert (score.passed, score.total, score.right) == (2, 3, False)
    assert score.failures[0].startswith("unknown: ")
    assert "expected exit code 1" in score.failures[0]


async def test_modules_beside_the_program_are_laid_out_too(sandbox: Sandbox) -> None:
    files = {"main.py": "from pack.part import word\nprint(word)\n", "pack/part.py": "word = 'hi'\n"}
    assert (await score_program(files, [Case(name="hi", steps=(Step(stdout="hi"),))], sandbox)).right


async def test_without_the_program_nothing_holds(sandbox: Sandbox) -> None:
    score = await score_program({"app.py": COUNTER}, CHECKS, sandbox)
    assert (score.passed, score.failures) == (0, ("there is no main.py",))


async def test_a_program_that_does_not_start_fails_even_a_check_for_exit_code_1(sandbox: Sandbox) -> None:
    """Its exit code is 1 as well, but the other checks tell."""
    score = await score_program({"main.py": "import sys\nprint(\n"}, CHECKS, sandbox)
    assert not score.right


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("def wanted(x):\n    return helper(x)", True),
        ("def wanted(x):\n    return x", False),
        ("def wanted(x):\n    raise SystemExit(0)", False),
        ("import os\ndef wanted(x):\n    os._exit(0)", False),
        ("def wanted(x):\n    while True: pass", False),
        ("", False),
        ("def wanted(x):\n    return helper(x)\n\nif __name__ == '__main__':\n    raise ValueError", True),
    ],
    ids=["right", "wrong", "exits", "exits hard", "hangs", "empty", "does more when started"],
)
async def test_a_function_is_right_where_all_hidden_tests_pass(code: str, right: bool, sandbox: Sandbox) -> None:
    score = await score_function(code, PROBLEM, sandbox, limits=Limits(wall_seconds=1))
    assert score.right is right
    assert bool(score.failures) is not right
