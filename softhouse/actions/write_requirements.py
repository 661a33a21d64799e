"""From the user's line to the product manager's document."""

from typing import Self

from pydantic import model_validator

from softhouse.actions.action import Action
from softhouse.actions.cases import quoted
from softhouse.actions.context import Context
from softhouse.environment.document import Document
from softhouse.environment.documents import ProductRequirements, Requirement, check_case_files


class Draft(ProductRequirements):
    """What the model is asked for: the document, with what only a validator can say."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        check_case_files(self.cases, self.entry_point)
        if not self.requirements:
            raise ValueError("at least one requirement is needed")
        return self


class WriteRequirements(Action):
    """Say what the product has to do, how big it is, and how one would see that it works."""

    watches = (Requirement,)
    produces = (ProductRequirements,)

    async def run(self, context: Context, document: Document) -> ProductRequirements:
        words = context.need(Requirement).text
        draft = await context.ask(Draft)
        # A model's word for where a case comes from is worth nothing: the requirement's text decides.
        cases = [c.model_copy(update={"source": "quoted" if quoted(c, words) else "guessed"}) for c in draft.cases]
        return ProductRequirements(**{**dict(draft), "cases": tuple(cases)})
