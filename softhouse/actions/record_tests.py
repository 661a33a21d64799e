"""A small model's tests: the requirement's own examples, and what the program was seen to do."""

from collections.abc import Sequence
from typing import ClassVar

from softhouse.actions.acceptance import ACCEPTANCE_PATH, acceptance_file, packaged
from softhouse.actions.action import Action
from softhouse.actions.context import Context
from softhouse.actions.examples import quoted_cases
from softhouse.actions.run_tests import RunTests
from softhouse.environment.document import Document
from softhouse.environment.documents import Implementation, Requirement, TestSuite
from softhouse.environment.message import Message


class RecordTests(Action):
    """Write the suite down, which costs no call: quoted cases may fail the delivery, observed ones are regressions."""

    watches = (Implementation,)
    produces = (TestSuite,)

    async def run(self, context: Context, document: Document) -> TestSuite:
        built = context.need(Implementation)
        cases = (*quoted_cases(context.need(Requirement).text, built.entry_point), *built.cases)
        files = {ACCEPTANCE_PATH: acceptance_file(built.entry_point, cases)} if cases else {}
        return TestSuite(files=packaged(files), cases=cases)


class RunRecordedTests(RunTests):
    """Run that suite. Its failures end in the verdict: what a small model can mend, it mended while writing."""

    watches = (TestSuite,)
    rounds: ClassVar[int] = 0

    def select(self, pending: Sequence[Message], memory: Sequence[Message]) -> Sequence[Message]:
        """The suite; the implementation led to it."""
        del memory
        return pending[:1]
