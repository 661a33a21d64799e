"""The table at which the roles sit: every message, what caused it, and whom it reaches."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from softhouse.environment.document import Document
from softhouse.environment.documents import Requirement
from softhouse.environment.graph import RoleGraph, Seat
from softhouse.environment.message import Message

if TYPE_CHECKING:
    import networkx

Receiver = Callable[[Message], None]
Recorder = Callable[[Message, Sequence[str]], Awaitable[bool]]
"""Makes a message durable, with the keys of the acts that led to it; False holds the message back."""
D = TypeVar("D", bound=Document)


class Environment:
    """Routes each message to those who watch its type, and remembers why it was sent.

    A message is recorded before anybody reads it, and on the disk before any act that comes of it. Publishing the same
    message again (same sender, content and causes) does nothing.
    """

    def __init__(self, seats: Sequence[Seat], *, record: Recorder | None = None) -> None:
        """Raises a `GraphError` where the seats do not fit together."""
        self.graph = RoleGraph(seats, given=(Requirement,))
        self.graph.check()
        self._record = record
        self._receivers: dict[str, Receiver] = {}
        self._messages: dict[str, Message] = {}
        self._acts: dict[str, tuple[str, ...]] = {}

    def connect(self, name: str, receive: Receiver) -> None:
        """Let the role `name` get its messages through `receive`, which must not block."""
        self._receivers[name] = receive

    async def publish(self, message: Message, *, acts: Sequence[str] = ()) -> Message:
        """Record `message`, then hand it to its readers. `acts`: the keys of the acts that led to it."""
        if message.id in self._messages:
            return self._messages[message.id]
        self._messages[message.id] = message
        self._acts[message.id] = tuple(acts)
        if self._record is not None and not await self._record(message, acts):
            return message
        for name in self.readers(message):
            if receive := self._receivers.get(name):
                receive(message)
        return message

    def readers(self, message: Message) -> tuple[str, ...]:
        """The roles that get `message`."""
        watchers = self.graph.watchers(type(message.content))
        if message.addressee is None:
            return watchers
        return tuple(name for name in watchers if name == message.addressee)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages, in the order in which they were published."""
        return tuple(self._messages.values())

    def ancestry(self, causes: Iterable[str]) -> list[Message]:
        """The messages named and all that led to them, nearest first: a walk by generations, which needs no clock."""
        found: dict[str, Message] = {}
        level = [id_ for id_ in causes if id_ in self._messages]
        while level:
            for id_ in level:
                found.setdefault(id_, self._messages[id_])
            level = [
                cause
                for id_ in dict.fromkeys(level)
                for cause in self._messages[id_].causes
                if cause in self._messages and cause not in found
            ]
        return list(found.values())

    def acts_behind(self, causes: Iterable[str]) -> tuple[str, ...]:
        """Keys of all acts that led to the messages named, sorted."""
        return tuple(sorted({key for message in self.ancestry(causes) for key in self._acts[message.id]}))

    def causes(self) -> "networkx.DiGraph[str]":
        """What caused what: nodes are message ids (sender, slot), edges lead from cause to consequence."""
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph()
        for message in self._messages.values():
            graph.add_node(message.id, sender=message.sender, slot=message.content.slot)
            graph.add_edges_from((cause, message.id) for cause in message.causes)
        return graph
