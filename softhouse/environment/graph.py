"""Who watches what and who produces what: a graph that is checked before anything is spent.

Nodes are document types and the actions of the seats round the table; an edge leads from a type to the actions that
watch it and from an action to the types that it produces.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from softhouse.environment.document import Document
from softhouse.environment.message import USER
from softhouse.errors import GraphError

if TYPE_CHECKING:
    import networkx

DocumentType = type[Document]


@dataclass(frozen=True)
class Skill:
    """What one action of a seat reads and writes; `bound`: how often it may answer its own consequences."""

    name: str
    watches: tuple[DocumentType, ...]
    produces: tuple[DocumentType, ...]
    bound: int | None = None

    def takes(self, document: DocumentType) -> bool:
        """Whether it is watched: the type itself or, unless it is final, a base of it."""
        if document.final:
            return document in self.watches
        return issubclass(document, self.watches)


@dataclass(frozen=True)
class Seat:
    """A place at the table: a role's name and its skills."""

    name: str
    skills: tuple[Skill, ...] = field(default=())

    def watches(self, document: DocumentType) -> bool:
        """Whether a document of this type is for this seat; a watched base takes its subtypes, but for final ones."""
        return any(skill.takes(document) for skill in self.skills)


class RoleGraph:
    """The table's seats as a networkx graph.

    >>> from softhouse.environment.documents import Delivery, Requirement
    >>> graph = RoleGraph([Seat("Clerk", (Skill("Deliver", (Requirement,), (Delivery,)),))], given=(Requirement,))
    >>> graph.check()
    >>> graph.watchers(Requirement)
    ('Clerk',)
    """

    def __init__(self, seats: Sequence[Seat], *, given: Sequence[DocumentType]) -> None:
        """`given`: the types that come from outside, from the user."""
        self.seats = tuple(seats)
        self.given = tuple(given)
        self._watchers: dict[DocumentType, tuple[str, ...]] = {}

    def watchers(self, document: DocumentType) -> tuple[str, ...]:
        """Names of the seats that get a document of this type, in the order of the seats."""
        if document not in self._watchers:
            self._watchers[document] = tuple(seat.name for seat in self.seats if seat.watches(document))
        return self._watchers[document]

    def check(self) -> None:
        """Raise a `GraphError` for the first thing that does not fit.

        Two seats of one name, a watched type that nobody produces, a produced type that nobody reads, a loop in which
        no action has a bound.
        """
        _check(self.seats, self.given)

    def as_networkx(self) -> "networkx.DiGraph[str]":
        """Nodes: `Role.Action` (kind="action", role, bound), document types (kind="document") and the user."""
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph()
        graph.add_node(USER, kind="user")
        for type_ in self._types():
            graph.add_node(type_.__name__, kind="document", final=type_.final)
        for seat in self.seats:
            for skill in seat.skills:
                graph.add_node(f"{seat.name}.{skill.name}", kind="action", role=seat.name, bound=skill.bound)
        graph.add_edges_from((USER, type_.__name__) for type_ in self.given)
        graph.add_edges_from((start, end) for start, end, _ in self.edges())
        return graph

    def edges(self) -> Iterator[tuple[str, str, Skill]]:
        """Document type to action and action to document type, each with the action's skill."""
        types = self._types()
        for seat in self.seats:
            for skill in seat.skills:
                action = f"{seat.name}.{skill.name}"
                yield from ((action, type_.__name__, skill) for type_ in skill.produces)
                yield from ((type_.__name__, action, skill) for type_ in types if skill.takes(type_))

    def _types(self) -> list[DocumentType]:
        types = {*self.given, *(t for seat in self.seats for skill in seat.skills for t in skill.produces)}
        return sorted(types, key=lambda type_: type_.__name__)


@lru_cache(maxsize=64)
def _check(seats: tuple[Seat, ...], given: tuple[DocumentType, ...]) -> None:
    """See `RoleGraph.check`; a service that hires the same roles again and again is checked once."""
    graph = RoleGraph(seats, given=given)
    names = [seat.name for seat in seats]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise GraphError(f"two roles are named {twice!r}; give each role a name of its own")
    produced = [(seat, type_) for seat in seats for skill in seat.skills for type_ in skill.produces]
    available = [*given, *(type_ for _, type_ in produced)]
    for seat in seats:
        for skill in seat.skills:
            for watched in skill.watches:
                if not any(issubclass(type_, watched) for type_ in available):
                    raise GraphError(
                        f"{seat.name} waits for a {watched.__name__}, which no role produces; "
                        f"hire a role that produces it or drop {skill.name}"
                    )
    for seat, type_ in produced:
        if not type_.final and not graph.watchers(type_):
            raise GraphError(
                f"nobody reads the {type_.__name__} of {seat.name}; let a role watch it or mark it `final = True`"
            )
    for type_ in given:
        if not graph.watchers(type_):
            raise GraphError(f"nobody reads the user's {type_.__name__}; let a role watch it")
    _check_loops(graph)


def _check_loops(roles: RoleGraph) -> None:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for start, end, skill in roles.edges():
        if skill.bound is None:
            sorter.add(end, start)
    try:
        sorter.prepare()
    except CycleError as error:
        path = " → ".join(error.args[1][1:])
        raise GraphError(f"an endless loop is possible: {path}; give one of its actions a `bound`") from None
