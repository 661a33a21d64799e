"""A small model's product requirements: completed from what was built and seen to run."""

from collections.abc import Sequence

from pydantic import Field

from softhouse.actions.action import Action
from softhouse.actions.context import Context
from softhouse.actions.prompts import render
from softhouse.actions.readings import turns
from softhouse.environment.document import Document
from softhouse.environment.documents import (
    Implementation,
    ProductRequirement,
    ProductRequirements,
    Requirement,
    TestReport,
    TestSuite,
    UserStory,
)
from softhouse.environment.message import Message
from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest, Frozen
from softhouse.llm_backends.structured import complete_structured


class Outline(Frozen):
    """What a small model is asked for: few, short fields, and few words about them: it reads them anew each time."""

    name: str = Field(max_length=40)
    summary: str = Field(description="one sentence", max_length=200)
    goals: tuple[str, ...] = Field(min_length=1, max_length=2)
    requirements: tuple[str, ...] = Field(min_length=1, max_length=5)
    role: str = Field(description="who uses it", max_length=40)
    wish: str = Field(max_length=120)
    reason: str = Field(max_length=120)


class CompleteRequirements(Action):
    """Write down what the product does, with the tested cases as its acceptance cases. One short call."""

    watches = (TestReport,)
    produces = (ProductRequirements,)
    max_tokens = 500

    def select(self, pending: Sequence[Message], memory: Sequence[Message]) -> Sequence[Message]:
        """The last report."""
        del memory
        return [m for m in pending if isinstance(m.content, TestReport) and not m.content.defects][:1]

    def turns(self, requirement: Requirement) -> tuple[ChatMessage, ...]:
        """What is asked, the shape of the answer aside."""
        return turns(requirement.text, render(self.template(), language=requirement.language))

    async def run(self, context: Context, document: Document) -> ProductRequirements:
        messages = self.turns(context.need(Requirement))
        request = CompletionRequest(messages=messages, max_tokens=self.max_tokens, seed=context.office.seed)
        capabilities = context.backend.capabilities
        outline = (await complete_structured(context.complete, capabilities, request, Outline)).value
        suite = context.find(TestSuite)
        return ProductRequirements(
            name=outline.name,
            summary=outline.summary,
            goals=outline.goals,
            user_stories=(UserStory(role=outline.role, wish=outline.wish, reason=outline.reason),),
            requirements=tuple(ProductRequirement(text=text) for text in outline.requirements),
            scope="script",
            entry_point=context.need(Implementation).entry_point,
            cases=suite.cases if suite else (),
        )
