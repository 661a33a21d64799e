"""From the last report to the delivery: what was built, how to run it, what passed, what did not, what it cost."""

from collections.abc import Sequence
from typing import ClassVar

from softhouse.actions.action import Action
from softhouse.actions.context import Context
from softhouse.actions.prompts import render, template_source
from softhouse.environment.document import Document
from softhouse.environment.documents import (
    Delivery,
    Implementation,
    ProductRequirements,
    Readme,
    Requirement,
    TaskPlan,
    TestReport,
)
from softhouse.environment.message import Message


class Deliver(Action):
    """Write the README and close the books. All of it is known by now, so this costs no call."""

    watches: ClassVar[tuple[type[Document], ...]] = (TestReport,)
    produces = (Readme, Delivery)

    def select(self, pending: Sequence[Message], memory: Sequence[Message]) -> Sequence[Message]:
        """The last report: the one without defects to work on."""
        del memory
        return [m for m in pending if isinstance(m.content, TestReport) and not m.content.defects][:1]

    async def run(self, context: Context, document: Document) -> Delivery:
        report, built = context.need(TestReport), context.need(Implementation)
        prd = context.need(ProductRequirements)
        bill = context.office.ledger.bill(context.office.environment.acts_behind(m.id for m in context.trigger))
        delivery = Delivery(
            accepted=report.accepted,
            summary=prd.summary,
            how_to_run=f"python {built.entry_point}",
            passed=tuple(check.name for check in report.checks if check.passed),
            failed=tuple(check.name for check in report.checks if not check.passed),
            notes=report.reasons,
            prompt_tokens=bill.usage.prompt_tokens,
            completion_tokens=bill.usage.completion_tokens,
            cost=bill.cost,
        )
        readme = render(
            self.template(context.office.language),
            prd=prd,
            delivery=delivery,
            requirement=context.need(Requirement).text,
            report=report,
        )
        await context.publish(Readme(content=readme + "\n"))
        return delivery


class DeliverAfterwards(Deliver):
    """The same, once the documents are completed: the plan is the last of them, and the report led to it."""

    watches = (TaskPlan,)

    def template(self, name: str = "") -> str:
        """The same README."""
        return template_source(Deliver, name)

    def select(self, pending: Sequence[Message], memory: Sequence[Message]) -> Sequence[Message]:
        """The plan."""
        del memory
        return pending[:1]
