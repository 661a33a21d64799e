"""A job description."""

from dataclasses import dataclass

from softhouse.actions.action import Action
from softhouse.environment.graph import Seat
from softhouse.llm_backends.protocol import Backend


@dataclass(frozen=True)
class Role:
    """Who works here: a name, a goal, constraints and actions. What it watches and produces follows from its actions.

    >>> from softhouse.actions.action import Action
    >>> Role(name="Archivist", goal="Keep every document", actions=()).seat.name
    'Archivist'
    """

    name: str
    goal: str
    constraints: str = ""
    actions: tuple[Action, ...] = ()
    model: str | Backend | None = None
    """A backend of its own; None: the company's."""

    @property
    def seat(self) -> Seat:
        """Its place at the table."""
        return Seat(self.name, tuple(action.skill for action in self.actions))
