"""Execution as the reward: does the program compile, do its cases pass, in the house's sandbox.

What a program may not do to be paid:

- read the cases: what is expected never enters the sandbox, only arguments, standard input and input files do;
- say that it passed: there is no marker and no count of its own, its output is compared outside, character by
  character, and its exit code counts only beside the output that is expected (`os._exit(0)` prints nothing);
- reach another case's run: each case runs in a fresh directory behind the sandbox's wall, with a short time and memory;
- answer blindly: the cases expect different outputs, so a program that prints the same whatever it is given passes none
  of them; nor does one that gets no stated output right (cases that state none are passed by an exit code alone), and
  one that had to be stopped is not paid for the cases after that;
- run on: an answer that was cut at the length cap is worth nothing.

The last `held_cases` of a task's cases are never paid for. They are run all the same: where the paid cases rise and
these do not, the model has learned the cases instead of the task. That is how hacking shows.
"""

import ast
import asyncio
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

from softhouse.actions.cases import command, failure, normalise
from softhouse.environment.sandbox import Limits, Sandbox
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import Frozen
from softhouse.training.alignment.rows import ExecutableTask, Output, outputs

LIMITS = Limits(wall_seconds=10, cpu_seconds=2, processes=16, disk_bytes=4 * 1024 * 1024, output_bytes=16 * 1024)
_SUSPICIOUS = re.compile(
    r"os\._exit|sys\.exit\(0\)|atexit|sys\.settrace|__import__|/proc|subprocess|inspect\.|ctypes|gc\.get_|"
    r"expected|test_?case|passed",
    re.IGNORECASE,
)
"""What an honest small program rarely says: nothing is decided by it, a person is shown where to look."""


class Verdict(Frozen):
    """What a program was found to be worth, and why."""

    reward: float
    """0 to 1."""
    compiles: bool = False
    paid: float = 0.0
    """Share of the paid cases that pass."""
    held: float | None = None
    """Share of the cases that pass among those that are never paid for; None where there are none."""
    note: str = ""
    """The first thing that was wrong."""
    suspicious: tuple[str, ...] = ()
    """Words in the program that a person should look at."""


@dataclass
class Executor:
    """Runs programs against cases; the same program against the same cases is run once."""

    sandbox: Sandbox
    compile_reward: float = 0.1
    """Paid for a program that compiles; the rest of 1 is paid for cases."""
    held_cases: int = 1
    at_once: int = 2
    """Sandboxes at the same time."""
    known: dict[tuple[str, str], Verdict] = field(default_factory=dict)

    def judge(self, answers: Sequence[tuple[str, ExecutableTask]]) -> list[Verdict]:
        """One verdict a reply (with or without a fenced block) to its task; blocks while programs run."""

        async def all_of_them() -> None:
            turns = asyncio.Semaphore(self.at_once)

            async def one(code: str, task: ExecutableTask) -> Verdict:
                async with turns:
                    return await self._run(code, task)

            new = {key: task for key, (_, task) in zip(keys, answers, strict=True) if key not in self.known}
            verdicts = await asyncio.gather(*(one(key[0], task) for key, task in new.items()))
            self.known.update(zip(new, verdicts, strict=True))

        keys = [(extract_code(answer), task.model_dump_json()) for answer, task in answers]
        asyncio.run(all_of_them())
        return [self.known[key] for key in keys]

    async def _run(self, code: str, task: ExecutableTask) -> Verdict:
        if fault := cannot_run(code):
            return Verdict(reward=0.0, note=fault)
        cases, entry_point = task.cases, task.entry_point
        passed, first = [], ""
        printed: set[Output] = set()
        for case in cases:
            # the program last: a case's files can't put themselves in its place
            files = {**case.files, entry_point: code}
            commands = [command(entry_point, step) for step in case.steps]
            outcome = await self.sandbox.run(commands, files=files, limits=LIMITS)
            wrong = failure(case, outcome, entry_point)
            passed.append(not wrong)
            printed.add(tuple((normalise(execution.stdout), execution.exit_code) for execution in outcome.executions))
            first = first or " ".join(wrong.split())[:120]
            if any(execution.exit_code < 0 or execution.limit for execution in outcome.executions):
                # stopped from outside: what it does on the other cases would cost as much time again
                passed += [False] * (len(cases) - len(passed))
                break
        right = any(outputs([case]) for case, ok in zip(cases, passed, strict=True) if ok)
        if any(passed) and (len(printed) == 1 or not right):
            passed, first = [False] * len(cases), "it prints the same whatever it is given" if right else first
        held = min(self.held_cases, len(cases) - 1)
        paid = passed[: len(cases) - held]
        share = sum(paid) / len(paid)
        return Verdict(
            reward=self.compile_reward + (1 - self.compile_reward) * share,
            compiles=True,
            paid=share,
            held=sum(passed[-held:]) / held if held else None,
            note=first,
            suspicious=tuple(sorted({found.lower() for found in _SUSPICIOUS.findall(code)})),
        )


def cannot_run(code: str) -> str:
    """Why `code` is no program; empty where it is one. What parses need not compile.

    >>> cannot_run("print(1)"), cannot_run("# nothing"), cannot_run("return 1")
    ('', 'there is no program', "it does not compile: 'return' outside function (main.py, line 1)")
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a strange escape still compiles
            tree = ast.parse(code, "main.py")
            compile(tree, "main.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"it does not compile: {' '.join(str(error).split())[:80]}"
    return "" if tree.body else "there is no program"
