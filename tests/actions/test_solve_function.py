"""One function: what the docstring shows decides, and agreement where it shows nothing."""

from softhouse.actions.function_examples import further_calls, read_examples
from softhouse.actions.solve_function import solve_function
from softhouse.environment.sandbox import Command, Execution, open_sandbox
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.testing import ScriptedBackend

PROMPT = 'def double(x: int) -> int:\n    """Twice x.\n    >>> double(2)\n    4\n    double(3) == 6\n    """\n'


def test_examples_are_read_in_several_forms() -> None:
    assert [(e.call, e.expected) for e in read_examples(PROMPT, "double")] == [("double(2)", "4"), ("double(3)", "6")]
    assert read_examples("def f(x):\n    '''Like f(x) for any x, or f(2).'''\n", "f") == ()


def test_further_calls_keep_the_types() -> None:
    assert "double(-2)" in further_calls(read_examples(PROMPT, "double"), "double")


async def test_a_candidate_that_fails_an_example_is_passed_over() -> None:
    replies = ["return x + 2", "return x ** 2", "return x * 2", "return x + x"]
    backend = ScriptedBackend(lambda request: replies[(request.seed or 0) % 4])
    found = await solve_function(PROMPT, "double", backend.complete, open_sandbox(), 0)
    assert found.code.rstrip().endswith(("return x * 2", "return x + x"))
    assert (found.passed, found.examples, found.samples) == (2, 2, 4)


async def test_two_that_pass_and_agree_end_the_sampling() -> None:
    backend = ScriptedBackend(lambda request: "return 2 * x")
    found = await solve_function(PROMPT, "double", backend.complete, open_sandbox(), 0)
    assert found.samples == len(backend.requests) == 2


async def test_a_candidate_that_ends_the_process_has_no_vote() -> None:
    def reply(request: CompletionRequest) -> str:
        return "import os; os._exit(0)" if request.temperature == 0 else "return 2 * x"

    found = await solve_function(PROMPT, "double", ScriptedBackend(reply).complete, open_sandbox(), 0)
    assert found.code.rstrip().endswith("return 2 * x")


async def test_the_fake_sandbox_serves_as_well() -> None:
    from softhouse.testing.sandbox import FakeSandbox

    def nothing(command: Command, files: object) -> Execution:
        return Execution(exit_code=0, stdout="", stderr="")

    backend = ScriptedBackend(lambda request: "return 1")
    found = await solve_function(PROMPT, "double", backend.complete, FakeSandbox(nothing), 0)
    assert (found.passed, found.samples) == (0, 8)
