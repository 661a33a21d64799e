"""One function: what the docstring shows decides, and agreement where it shows nothing."""

from typing import Any

import pytest

from softhouse.actions.function_examples import Example, further_calls, read_examples
from softhouse.actions.mutations import MOST_MUTANTS, mutants
from softhouse.actions.solve_function import solve_function
from softhouse.environment.sandbox import Command, Execution, Limits, open_sandbox
from softhouse.llm_backends.protocol import Capabilities, CompletionRequest
from softhouse.testing import ScriptedBackend

SMALL = Capabilities(context_length=8192, prefill=True, strength="small", local=True)
PROMPT = 'def double(x: int) -> int:\n    """Twice x.\n    >>> double(2)\n    4\n    double(3) == 6\n    """\n'


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        (">>> f(2)\n    4", [("f(2)", "4")]),
        (">>> round(f(2), 1)  # by hand\n    4.0", [("round(f(2), 1)", "4.0")]),
        (">>> f(2) == 4\n    >>> f(3) == 6", [("f(2)", "4"), ("f(3)", "6")]),
        ("f(2) ==> True\n    f(3) => false", [("f(2)", "True"), ("f(3)", "False")]),
        ("f(2) -> 1 + 3 = 4", [("f(2)", "4")]),
        ("f(2)   # returns 'db'", [("f(2)", "'db'")]),
        ("assert double_it(2) => 4", [("f(2)", "4")]),
        ("For x = 2 the output should be 4.\n    For x = [1] the result is None", [("f(2)", "4"), ("f([1])", "None")]),
        ("Example 1:\n        Input: 2\n        Output: [4]", [("f(2)", "[4]")]),
        ("Like f(x) for any x, or f(2).", []),
        ("For any x the output should be large.", []),
    ],
)
def test_examples_are_read_in_many_forms(docstring: str, expected: list[tuple[str, str]]) -> None:
    prompt = f'def f(x):\n    """Words.\n    {docstring}\n    """\n'
    assert [(example.call, example.expected) for example in read_examples(prompt, "f")] == expected


def test_arguments_are_read_by_their_names() -> None:
    prompt = 'def f(xs, k):\n    """Words.\n    Input: xs = [1, 2], k = 1\n    Output: [2]  # the larger one\n    """\n'
    assert read_examples(prompt, "f") == (Example(call="f([1, 2], 1)", expected="[2]"),)


def test_arguments_with_other_names_are_read_by_their_places() -> None:
    prompt = 'def f(xs, k):\n    """Input:\n        rows : [[1], [2]]\n        size : 1\n    Output: 3\n    """\n'
    assert read_examples(prompt, "f") == (Example(call="f([[1], [2]], 1)", expected="3"),)
    more = prompt.replace("size : 1", "size : 1\n        depth : 2")
    assert read_examples(more, "f") == ()


def test_further_calls_keep_the_types() -> None:
    assert "double(-2)" in further_calls(read_examples(PROMPT, "double"), "double")


async def test_a_candidate_that_fails_an_example_is_passed_over() -> None:
    replies = ["return x + 2", "return x ** 2", "return x * 2", "return x + x"]
    backend = ScriptedBackend(lambda request: replies[(request.seed or 0) % 4], capabilities=SMALL)
    found = await solve_function(PROMPT, "double", backend, open_sandbox(), 0)
    assert found.code.rstrip().endswith(("return x * 2", "return x + x"))
    assert (found.passed, found.examples, found.samples) == (2, 2, 4)


async def test_a_large_model_is_asked_once_where_its_answer_passes_every_example() -> None:
    backend = ScriptedBackend(lambda request: "return 2 * x")
    found = await solve_function(PROMPT, "double", backend, open_sandbox(), 0)
    assert (found.passed, found.samples) == (2, 1)


async def test_where_nothing_can_be_run_one_answer_is_all_that_is_asked_for() -> None:
    backend = ScriptedBackend(lambda request: "return 2 * x", capabilities=SMALL)
    found = await solve_function('def double(x):\n    """Twice x."""\n', "double", backend, open_sandbox(), 0)
    assert (found.examples, found.samples) == (0, 1)


async def test_two_that_pass_and_agree_end_the_sampling() -> None:
    backend = ScriptedBackend(lambda request: "return 2 * x", capabilities=SMALL)
    found = await solve_function(PROMPT, "double", backend, open_sandbox(), 0)
    assert found.samples == len(backend.requests) == 2


@pytest.mark.parametrize("adapters", [(), ("programs",), ("verse",)])
async def test_what_eight_samples_get_wrong_is_asked_of_the_model_as_it_was_taught(adapters: tuple[str, ...]) -> None:
    able = SMALL.model_copy(update={"adapters": adapters})
    backend = ScriptedBackend(lambda request: "return 2 * x" if request.adapter else "return x", capabilities=able)
    found = await solve_function(PROMPT, "double", backend, open_sandbox(), 0)
    taught = [request.adapter for request in backend.requests]
    if "programs" in adapters:
        assert (found.passed, taught) == (2, [""] * 8 + ["programs"] * 2)
    else:
        assert (found.passed, taught) == (0, [""] * 16)


async def test_a_candidate_that_ends_the_process_has_no_vote() -> None:
    def reply(request: CompletionRequest) -> str:
        return "import os; os._exit(0)" if request.temperature == 0 else "return 2 * x"

    found = await solve_function(PROMPT, "double", ScriptedBackend(reply, capabilities=SMALL), open_sandbox(), 0)
    assert found.code.rstrip().endswith("return 2 * x")


async def test_what_was_seen_before_a_call_that_never_ends_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right function may be too slow for the further calls, which are larger than the examples."""
    monkeypatch.setattr("softhouse.actions.solve_function.LIMITS", Limits(wall_seconds=1, cpu_seconds=1))
    backend = ScriptedBackend(lambda request: "while x > 9: pass\n    return 2 * x", capabilities=SMALL)
    found = await solve_function(PROMPT, "double", backend, open_sandbox(), 0)
    assert any(int(call[len("double(") : -1]) > 9 for call in further_calls(read_examples(PROMPT, "double"), "double"))
    assert (found.passed, found.samples) == (2, 2)


async def test_the_fake_sandbox_serves_as_well() -> None:
    from softhouse.testing.sandbox import FakeSandbox

    def nothing(command: Command, files: object) -> Execution:
        return Execution(exit_code=0, stdout="", stderr="")

    backend = ScriptedBackend(lambda request: "return 1", capabilities=SMALL)
    found = await solve_function(PROMPT, "double", backend, FakeSandbox(nothing), 0)
    assert (found.passed, found.samples) == (0, 16)


LENGTH = 'def length(a, b):\n    """Of the closed interval.\n    length(1, 3) == 2\n    length(2, 2) == 0\n    {}"""\n'


async def test_one_small_change_may_make_the_best_candidate_pass_every_example() -> None:
    backend = ScriptedBackend(lambda request: "return b - a + 1", capabilities=SMALL)
    found = await solve_function(LENGTH.format("length(-1, 4) == 5\n    "), "length", backend, open_sandbox(), 0)
    assert (found.passed, found.examples) == (3, 3)
    namespace: dict[str, Any] = {}
    exec(found.code, namespace)
    assert namespace["length"](10, 17) == 7


async def test_two_examples_are_too_few_to_change_anything() -> None:
    backend = ScriptedBackend(lambda request: "return b - a + 1", capabilities=SMALL)
    found = await solve_function(LENGTH.format(""), "length", backend, open_sandbox(), 0)
    assert (found.passed, found.code.rstrip().endswith("return b - a + 1")) == (0, True)


async def test_a_mutant_that_never_ends_is_stopped() -> None:
    backend = ScriptedBackend(lambda request: "while a < b:\n        a += 1\n    return a - a + 9", capabilities=SMALL)
    found = await solve_function(LENGTH.format("length(-1, 4) == 5\n    "), "length", backend, open_sandbox(), 0)
    assert found.passed < 3


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("return x[1:n]", "return x[1:n + 1]"),
        ("return x[0]", "return x[0 + 1]"),
        ("if x < n and n: return 1", "if x <= n and n: return 1"),
        ("if x < n and n: return 1", "if not (x < n and n): return 1"),
        ("for i in range(n): print(i)", "for i in range(n + 1): print(i)"),
        ("return x // n", "return (x / n)"),
        ("return True", "return False"),
    ],
)
def test_what_a_mutant_changes(line: str, change: str) -> None:
    assert f"def f(x, n):\n    {change}\n" in mutants(f"def f(x, n):\n    {line}\n", "f")


def test_only_the_function_itself_is_changed() -> None:
    source = "def g(x):\n    return x + 1\n\n\ndef f(x):\n    return g(x)\n"
    assert all(mutant.startswith("def g(x):\n    return x + 1\n") for mutant in mutants(source, "f"))
    assert mutants("def f(:", "f") == mutants(source, "h") == ()
    assert len(mutants("def f(x):\n" + "    x = x + 1\n" * 200, "f")) == MOST_MUTANTS
