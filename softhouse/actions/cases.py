"""Acceptance cases: run against a program, and where they come from."""

import re
from collections.abc import Mapping

from softhouse.actions.context import Context
from softhouse.environment.documents import Case, Check, Step
from softhouse.environment.sandbox import Command, Execution, Limits, Outcome

CASE_LIMITS = Limits(wall_seconds=10)
COMPLAINT = re.compile(
    r"\s*(?:(?:usage|error|warning|invalid|unknown|unrecognized)\b|用法|错误|警告|无效|未知)", re.IGNORECASE
)
"""How an output begins (`match`) that is no result: the program refuses, though its exit code may not say so."""


_PYTHON_SAYS = re.compile(
    r"object (?:is not (?:subscriptable|iterable|callable)|has no attribute|has no len)|unsupported operand type"
    r"|\bname '\w+' is not defined|index out of range|indices must be (?:integers|strings)|referenced before assignment"
    r"|cannot access local variable|positional arguments? but|not enough values to unpack|too many values to unpack"
    r"|can only concatenate|object cannot be interpreted as|no attribute '\w+'"
)
"""What Python says of a mistake in a program, also where the program catches it and prints it as its own message."""


def fell_over(execution: Execution) -> bool:
    """Whether a start ended in an error of the program itself, shown as a traceback or caught and printed.

    >>> said = "Error: '_csv.reader' object is not subscriptable"
    >>> fell_over(Execution(exit_code=1, stdout="", stderr=said))
    True
    """
    return "Traceback (most recent call last)" in execution.stderr or (
        execution.exit_code != 0 and bool(_PYTHON_SAYS.search(execution.stderr))
    )


def command(entry_point: str, step: Step) -> Command:
    """How a step starts the program."""
    return Command(argv=("python", entry_point, *step.arguments), stdin=step.stdin)


async def run_case(context: Context, case: Case, files: Mapping[str, str], entry_point: str) -> Check:
    """Run one case on a fresh copy of the project and judge it by what the case states."""
    laid_out = {**case.files, **files}  # a case can't put itself in the place of what it tests
    trial = await context.execute([command(entry_point, s) for s in case.steps], laid_out, limits=CASE_LIMITS)
    detail = failure(case, trial.outcome, entry_point)
    return Check(
        name=case.name,
        source=case.source,
        passed=not detail,
        detail=detail,
        suspect=suspect(detail, files, entry_point),
    )


def failure(case: Case, outcome: Outcome, entry_point: str) -> str:
    """What went otherwise than the case says; empty where everything held."""
    for step, execution in zip(case.steps, outcome.executions, strict=False):
        if wrong := _step_failure(step, execution):
            shown = " ".join(["$ python", entry_point, *step.arguments])
            context = [f"file {name}:\n{content}" for name, content in case.files.items()]
            stdin = [f"standard input:\n{step.stdin}"] if step.stdin else []
            return "\n".join([*context, *stdin, shown, wrong])
    for name, expected in {k: v for step in case.steps for k, v in step.files.items()}.items():
        found = outcome.files.get(name, case.files.get(name))
        if found is None or normalise(found) != normalise(expected):
            return f"afterwards the file {name} should hold:\n{expected}\nit holds:\n{found}"
    if len(outcome.executions) < len(case.steps):
        return "the program was stopped before the last step"
    return ""


def _step_failure(step: Step, execution: Execution) -> str:
    got = f"exit code {execution.exit_code}, output:\n{clip(execution.stdout)}"
    if execution.stderr.strip():
        got += f"\nerror output:\n{clip(execution.stderr, tail=True)}"
    if execution.timed_out or execution.limit:
        return f"it did not end by itself ({execution.limit or 'time limit'}); {got}"
    if step.exit_code is not None and execution.exit_code != step.exit_code:
        return f"expected exit code {step.exit_code}, got {got}"
    if step.stdout is not None and normalise(execution.stdout) != normalise(step.stdout):
        return f"expected output:\n{clip(step.stdout)}\ngot {got}"
    return ""


def normalise(text: str) -> str:
    """Output as it is compared: no white space at the ends of lines, none at the end.

    >>> normalise("a  \\r\\nb\\n\\n")
    'a\\nb'
    """
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip()


def clip(text: str, limit: int = 1200, *, tail: bool = False) -> str:
    """At most `limit` characters, from the start or (where the point is at the end) from the end."""
    text = text.rstrip("\n")
    if len(text) <= limit:
        return text
    return f"[…]{text[-limit:]}" if tail else f"{text[:limit]}[…]"


def suspect(detail: str, files: Mapping[str, str], entry_point: str) -> str:
    """The file most likely at fault: the last one of the project that a traceback names, else the entry point."""
    named = [line for line in detail.splitlines() if line.lstrip().startswith("File ")]
    for line in reversed(named):
        for path in files:
            if f"/{path}" in line or f'"{path}"' in line:
                return path
    return entry_point


def quoted(case: Case, words: str) -> bool:
    """Whether everything that a case expects stands in the requirement's own words.

    >>> step = Step(arguments=("12",), stdout="2 2 3")
    >>> quoted(Case(name="twelve", steps=(step,)), "… python main.py 12 prints 2 2 3 …")
    True
    >>> quoted(Case(name="twelve", steps=(step,)), "prints the prime factors")
    False
    """
    folded = " ".join(words.split())
    for step in case.steps:
        parts = [*step.arguments, step.stdin, step.stdout or ""]
        if step.stdout is None or not step.stdout.strip() or step.files:
            return False
        if any(" ".join(part.split()) not in folded for part in parts):
            return False
    return True
