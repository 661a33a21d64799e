"""From the finished files to a verdict made of exit codes."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

from softhouse.actions.acceptance import ACCEPTANCE_PATH, acceptance_file, packaged
from softhouse.actions.action import Action
from softhouse.actions.cases import clip, run_case, suspect
from softhouse.actions.context import Context
from softhouse.actions.source import problems
from softhouse.actions.unit_tests import run_unit_tests, without_tests
from softhouse.environment.document import Document
from softhouse.environment.documents import (
    Check,
    Defect,
    Implementation,
    ProductRequirements,
    Requirement,
    ShippedTests,
    SourceFile,
    TestReport,
    TestSuite,
)
from softhouse.environment.message import Message
from softhouse.environment.sandbox import Command, Limits
from softhouse.llm_backends.protocol import Frozen

START_LIMITS = Limits(wall_seconds=10)


class Judgement(Frozen):
    """Which of the two is at fault, by the requirement's own words."""

    at_fault: Literal["code", "test"]
    reason: str


class RunTests(Action):
    """Start the program, run the cases and the unit tests in the sandbox; say who has to mend what.

    A failing guess is arbitrated (is the code or the guess wrong, judged against the requirement's own words?). One
    judged wrong leaves suite and verdict. Whatever else fails goes back to the engineer, `rounds` times at most.
    """

    watches: ClassVar[tuple[type[Document], ...]] = (Implementation, TestSuite)
    produces = (TestReport, ShippedTests)
    background = (Requirement, ProductRequirements)
    rounds: ClassVar[int] = 2

    def select(self, pending: Sequence[Message], memory: Sequence[Message]) -> Sequence[Message]:
        """The next implementation, as soon as the suite is there."""
        built = [message for message in pending if isinstance(message.content, Implementation)]
        suites = [message for message in memory if isinstance(message.content, TestSuite)]
        return (built[0], suites[0]) if built and suites else ()

    async def run(self, context: Context, document: Document) -> TestReport:
        built, suite = context.need(Implementation), context.need(TestSuite)
        files = {source.path: source.content for source in context.find_all(SourceFile) if source.path in built.files}
        start, isolation = await self._start(context, built, files)
        checks = [start]
        if start.passed:
            checks += await context.side_by_side(*(run_case(context, c, files, built.entry_point) for c in suite.cases))
            tests = {path: content for path, content in suite.files.items() if is_unit_test(path)}
            for found in await context.side_by_side(*(run_unit_tests(context, p, c, files) for p, c in tests.items())):
                checks += found
        if context.edited(suite):  # a person stands for it: nothing in it is a guess any more
            checks = [c.model_copy(update={"source": "user"}) if c.source == "guessed" else c for c in checks]
        upheld, wrong = await self._arbitrate(context, checks, files)
        report = self._report(context, built, upheld, isolation)
        if not report.defects:
            await context.publish(_shipped(suite, wrong, built.entry_point))
        return report

    async def _start(self, context: Context, built: Implementation, files: dict[str, str]) -> tuple[Check, str]:
        """The least that any program must do: start without falling over."""
        name = f"python {built.entry_point} starts"
        trial = await context.execute([Command(argv=("python", built.entry_point))], files, limits=START_LIMITS)
        execution = trial.outcome.executions[0]
        detail = "\n".join(line for path, content in files.items() for line in problems(path, content))
        # A program that waits for input meets the end of it here: that is no crash.
        if "Traceback (most recent call last)" in execution.stderr and "EOFError" not in execution.stderr:
            detail = clip(execution.stderr, tail=True)
        elif execution.exit_code < 0 and not execution.timed_out:
            detail = f"it is killed by signal {-execution.exit_code}"
        at_fault = suspect(detail, files, built.entry_point)
        return Check(name=name, source="property", passed=not detail, detail=detail, suspect=at_fault), trial.isolation

    async def _arbitrate(
        self, context: Context, checks: Sequence[Check], files: dict[str, str]
    ) -> tuple[list[Check], set[str]]:
        """The checks that count, failing guesses upheld or gone; and the names of those that turned out wrong."""
        failing = [check for check in checks if not check.passed and not check.binding]
        judgements = await context.side_by_side(
            *(
                context.ask(Judgement, check=check, content=files.get(check.suspect, ""), max_tokens=400)
                for check in failing
            )
        )
        verdicts = {check.name: judgement for check, judgement in zip(failing, judgements, strict=True)}
        wrong = {name for name, judgement in verdicts.items() if judgement.at_fault == "test"}
        for name in sorted(wrong):
            context.tell("notice", subject=name, detail=f"{name}: the test is wrong: {verdicts[name].reason}")
        upheld = [
            check.model_copy(update={"source": "upheld"}) if check.name in verdicts else check
            for check in checks
            if check.name not in wrong
        ]
        return upheld, wrong

    def _report(self, context: Context, built: Implementation, checks: Sequence[Check], isolation: str) -> TestReport:
        failing = [check for check in checks if not check.passed]
        reasons = [*built.notes]
        defects: tuple[Defect, ...] = ()
        if failing and built.round < self.rounds and not built.notes:
            defects = _defects(failing, built.entry_point)
        elif failing and self.rounds and not built.notes:
            reasons.append(f"the bound of {self.rounds} rounds of mending is reached")
        elif not any(check.passed and check.source != "property" for check in checks):
            reasons.append("nothing that the requirement says could be checked")
        return TestReport(
            accepted=not failing and not reasons,
            checks=tuple(checks),
            isolation=isolation,
            round=built.round,
            reasons=tuple(reasons),
            defects=defects,
        )


def is_unit_test(path: str) -> bool:
    """Whether a file of a suite is run by itself; the acceptance cases are run as data."""
    return Path(path).name.startswith("test_") and path != ACCEPTANCE_PATH


def _shipped(suite: TestSuite, wrong: set[str], entry_point: str) -> ShippedTests:
    """The suite without the guesses that turned out wrong."""
    cases = tuple(case for case in suite.cases if case.name not in wrong)
    files: dict[str, str] = {}
    for path, content in suite.files.items():
        kept = without_tests(path, content, wrong) if is_unit_test(path) else ""
        if kept:
            files[path] = kept
    if cases:
        files[ACCEPTANCE_PATH] = acceptance_file(entry_point, cases)
    return ShippedTests(files=packaged(files), cases=cases)


def _defects(failing: Sequence[Check], entry_point: str) -> tuple[Defect, ...]:
    """One defect a file. The entry point is left alone where a module's own tests fail: its cases fail with them."""
    suspects = sorted({check.suspect for check in failing})
    if len(suspects) > 1 and not any("Traceback" in c.detail for c in failing if c.suspect == entry_point):
        suspects = [path for path in suspects if path != entry_point]
    evidence = {path: [check for check in failing if check.suspect == path] for path in suspects}
    return tuple(
        Defect(path=path, evidence="\n\n".join(f"{check.name}:\n{check.detail}" for check in found))
        for path, found in evidence.items()
    )
