"""A sandbox that runs nothing: what programs would have done is answered by a callable.

>>> import asyncio
>>> from softhouse.environment.sandbox import Command
>>> sandbox = FakeSandbox(lambda command, files: "3 2\\n" if command.argv[-1] == "6" else 1)
>>> outcome = asyncio.run(sandbox.run([Command(argv=("python", "main.py", "6"))], files={"main.py": "…"}))
>>> outcome.executions[0].stdout, len(sandbox.runs)
('3 2\\n', 1)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from softhouse.environment.sandbox.protocol import (
    Command,
    Execution,
    Finding,
    IsolationReport,
    Limits,
    Outcome,
)

Answer = Callable[[Command, dict[str, str]], Execution | str | int]
"""Given a command and its run's files, which it may change: the execution, or just the output, or the exit code."""


@dataclass(frozen=True)
class FakeRun:
    """One call of `FakeSandbox.run`, as it came."""

    commands: tuple[Command, ...]
    files: dict[str, str]
    limits: Limits


class FakeSandbox:
    """A `Sandbox` for tests of roles and actions; `runs` lists what it was asked to do."""

    def __init__(self, answer: Answer | None = None) -> None:
        """Without `answer` every command ends with exit code 0 and no output."""
        self._answer = answer or _succeed
        self.runs: list[FakeRun] = []
        nothing = Finding(holds=True, how="nothing is run")
        self.report = IsolationReport(
            wall="fake", network=nothing, files=nothing, environment=nothing, memory=nothing, processes=nothing
        )

    async def run(
        self, commands: Sequence[Command], *, files: Mapping[str, str | bytes], limits: Limits | None = None
    ) -> Outcome:
        """See `Sandbox.run`. Files that `answer` changes come back as the outcome's."""
        before = {path: text if isinstance(text, str) else text.decode() for path, text in files.items()}
        self.runs.append(FakeRun(tuple(commands), before, limits or Limits()))
        after = dict(before)
        executions = tuple(_execution(self._answer(command, after)) for command in commands)
        return Outcome(
            executions=executions,
            files={path: text for path, text in sorted(after.items()) if before.get(path) != text},
            deleted=tuple(sorted(set(before) - set(after))),
        )


def _succeed(command: Command, files: dict[str, str]) -> int:  # noqa: ARG001 (an `Answer`)
    return 0


def _execution(answer: Execution | str | int) -> Execution:
    if isinstance(answer, Execution):
        return answer
    if isinstance(answer, str):
        return Execution(exit_code=0, stdout=answer, stderr="")
    return Execution(exit_code=answer, stdout="", stderr="")
