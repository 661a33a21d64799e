"""One function: what the docstring shows decides, and agreement where it shows nothing."""

import pytest

from softhouse.actions.function_examples import Example, further_calls, read_examples
from softhouse.actions.solve_function import solve_function
from softhouse.environment.sandbox import Command, Execution, open_sandbox
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


async def test_a_candidate_that_ends_the_process_has_no_vote() -> None:
    def reply(request: CompletionRequest) -> str:
        return "import os; os._exit(0)" if request.temperature == 0 else "return 2 * x"

    found = await solve_function(PROMPT, "double", ScriptedBackend(reply, capabilities=SMALL), open_sandbox(), 0)
    assert found.code.rstrip().endswith("return 2 * x")


async def test_the_fake_sandbox_serves_as_well() -> None:
    from softhouse.testing.sandbox import FakeSandbox

    def nothing(command: Command, files: object) -> Execution:
        return Execution(exit_code=0, stdout="", stderr="")

    backend = ScriptedBackend(lambda request: "return 1", capabilities=SMALL)
    found = await solve_function(PROMPT, "double", backend, FakeSandbox(nothing), 0)
    assert (found.passed, found.samples) == (0, 16)
