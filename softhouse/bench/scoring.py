"""The score: a program against its black-box checks, a function against its hidden tests. All in the sandbox."""

from collections.abc import Mapping, Sequence

from softhouse.actions.cases import CASE_LIMITS, clip, command, failure
from softhouse.bench.humaneval import FunctionProblem
from softhouse.environment.documents import Case
from softhouse.environment.sandbox import Command, Limits, Sandbox
from softhouse.llm_backends.protocol import Frozen

PROGRAM = "main.py"
FUNCTION_LIMITS = Limits(wall_seconds=10)
_REACHED_THE_END = "every hidden test has passed"


class Score(Frozen):
    """How many checks held."""

    passed: int
    total: int
    failures: tuple[str, ...] = ()
    """One text for each check that did not hold: what was run, what was expected, what came."""

    @property
    def right(self) -> bool:
        """All checks hold; a program that is nearly right is wrong."""
        return self.passed == self.total


async def score_program(files: Mapping[str, str], checks: Sequence[Case], sandbox: Sandbox) -> Score:
    """Run each check on a fresh copy of the project's `files` (path to content), started as `python main.py …`."""
    if PROGRAM not in files:
        return Score(passed=0, total=len(checks), failures=(f"there is no {PROGRAM}",))
    failures = []
    for check in checks:
        commands = [command(PROGRAM, step) for step in check.steps]
        outcome = await sandbox.run(commands, files={**files, **check.files}, limits=CASE_LIMITS)
        if wrong := failure(check, outcome, PROGRAM):
            failures.append(f"{check.name}: {wrong}")
    return Score(passed=len(checks) - len(failures), total=len(checks), failures=tuple(failures))


async def score_function(
    code: str, problem: FunctionProblem, sandbox: Sandbox, *, limits: Limits = FUNCTION_LIMITS
) -> Score:
    """Run the hidden tests of `problem` on `code`, which defines the whole function.

    The prompt stands in front, for its imports and helpers; `code` then replaces the unfinished function. All of it is
    imported, not started, so what is under `if __name__ == "__main__"` does not run, as in the original harness.
    """
    program = f"{problem.prompt}\n\n{code}\n\n{problem.hidden_tests}\n\ncheck({problem.entry_point})\n"
    # A candidate that ends the process early would otherwise exit with 0 and count as right.
    start = Command(argv=("python", "-c", f"import candidate; print({_REACHED_THE_END!r})"))
    outcome = await sandbox.run([start], files={"candidate.py": program}, limits=limits)
    execution = outcome.executions[0]
    if execution.exit_code == 0 and execution.stdout.rstrip().endswith(_REACHED_THE_END):
        return Score(passed=1, total=1)
    return Score(passed=0, total=1, failures=(clip(execution.stderr, tail=True) or "it did not reach its end",))
