"""What a run leaves: the documents, the verdict, the bill."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from softhouse.environment.document import Document
from softhouse.environment.documents import Delivery, TestReport
from softhouse.environment.ledger import Bill
from softhouse.environment.message import Message
from softhouse.errors import WorkspaceError
from softhouse.llm_backends.protocol import Usage

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Project:
    """A delivered project."""

    workspace: Path | None
    """None where the company had no workspace: then everything is in memory, see `files`."""
    messages: Sequence[Message]
    bill: Bill

    @property
    def path(self) -> Path:
        """The project's directory. Raises a `WorkspaceError` where there is none."""
        if self.workspace is None:
            raise WorkspaceError(
                "this project was built in memory; give the company a workspace, or take Project.files"
            )
        return self.workspace

    def documents(self, type_: type[D]) -> tuple[D, ...]:
        """The newest document of each slot that is of this type, in the order of the slots' first appearance."""
        newest: dict[str, D] = {}
        for message in self.messages:
            if isinstance(message.content, type_):
                newest[message.content.slot] = message.content
        return tuple(newest.values())

    @property
    def delivery(self) -> Delivery | None:
        """The last document of the standard house; None where own roles make other ones."""
        return next(iter(self.documents(Delivery)), None)

    @property
    def report(self) -> TestReport | None:
        """QA's last word."""
        return next(iter(self.documents(TestReport)), None)

    @property
    def accepted(self) -> bool:
        """Whether everything that counts was checked and held; roles that report on nothing refuse nothing."""
        return self.delivery.accepted if self.delivery else self.report is None

    @property
    def usage(self) -> Usage:
        """Tokens of all calls."""
        return self.bill.usage

    @property
    def cost(self) -> float | None:
        """US dollars of all calls; None where a price is not known."""
        return self.bill.cost

    @property
    def files(self) -> dict[str, str]:
        """The project's own files, path to content."""
        files: dict[str, str] = {}
        for document in self.documents(Document):
            files.update(document.project_files())
        return files
