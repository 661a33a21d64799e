"""One skill: documents in, one document out.

>>> from softhouse.environment.document import Document
>>> from softhouse.environment.documents import SourceFile
>>> class SecurityReview(Document):
...     final = True
...     findings: tuple[str, ...]
>>> class ReviewSource(Action):
...     watches = (SourceFile,)
...     produces = (SecurityReview,)
...     prompt = "List the security problems of this file.\\n\\n{{ document.content }}"
>>> ReviewSource().skill.name
'ReviewSource'
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from softhouse.actions.prompts import template_source
from softhouse.environment.document import Document
from softhouse.environment.documents import Requirement
from softhouse.environment.graph import Skill
from softhouse.environment.message import Message

if TYPE_CHECKING:
    from softhouse.actions.context import Context


class Action:
    """What a role can do. Subclass it, say what it `watches` and `produces`, and give it a prompt.

    Without a `run` of its own, an action asks the model for the one type it produces, with `document` (what it was
    given) in the template.
    """

    watches: ClassVar[tuple[type[Document], ...]] = ()
    """The types that it takes up; any one of them starts it, unless `select` says otherwise."""
    produces: ClassVar[tuple[type[Document], ...]] = ()
    background: ClassVar[tuple[type[Document], ...]] = (Requirement,)
    """Documents that its prompts begin with, in the order in which they are made, so that prompts share a prefix."""
    prompt: ClassVar[str] = ""
    """Its template's text; where empty, the `.md.jinja` file beside its module."""
    bound: ClassVar[int | None] = None
    """How often it may answer its own consequences. Every loop of the graph needs one action with a bound."""
    max_tokens: ClassVar[int] = 4096
    """The most tokens of one completion."""

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def skill(self) -> Skill:
        """What the environment's graph has to know of it."""
        return Skill(name=self.name, watches=self.watches, produces=self.produces, bound=self.bound)

    def template(self, name: str = "") -> str:
        """The text of its template, or of its further template `name`."""
        return self.prompt if self.prompt and not name else template_source(type(self), name)

    def select(self, pending: Sequence[Message], memory: Sequence[Message]) -> Sequence[Message]:
        """Those of the `pending` messages (watched, not yet acted upon) to act upon now; empty: wait for more.

        `memory` is everything that the role received so far. The choice must depend on what the messages say and never
        on when they came, or a resumed run would go another way.
        """
        del memory
        return pending[:1]

    async def run(self, context: "Context", document: Document) -> Document | None:
        """Act upon `document`, the content of the first selected message (all of them: `context.trigger`)."""
        return await context.ask(self.produces[0], document=document)
