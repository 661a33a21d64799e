"""A role at work: its mailbox, its memory, its observe-think-act loop."""

import asyncio
from collections.abc import Sequence

from softhouse.actions.action import Action
from softhouse.actions.context import Context, StoppedError
from softhouse.actions.office import Office
from softhouse.environment.document import Document
from softhouse.environment.message import USER, Message
from softhouse.llm_backends.protocol import Backend
from softhouse.roles.role import Role


class Agent:
    """Observes messages as they arrive, thinks which actions they call for, and acts: each action in a task of its own.

    There are no rounds: independent actions run side by side, and a run is over when no task is left.
    """

    def __init__(self, role: Role, backend: Backend, office: Office, tasks: asyncio.TaskGroup) -> None:
        self.role = role
        self.backend = backend
        self.memory: list[Message] = []
        self._office = office
        self._tasks = tasks
        self._pending: dict[Action, dict[str, Message]] = {action: {} for action in role.actions}
        office.environment.connect(role.name, self.observe)

    def observe(self, message: Message) -> None:
        """Take a message into memory and start whatever it completes."""
        self.memory.append(message)
        for action, pending in self._pending.items():
            if action.skill.takes(type(message.content)):
                pending[message.id] = message
                while batch := self._think(action, pending):
                    self._tasks.create_task(self._act(action, batch), name=f"{self.role.name}.{action.name}")

    def _think(self, action: Action, pending: dict[str, Message]) -> Sequence[Message]:
        batch = tuple(action.select(tuple(pending.values()), tuple(self.memory))) if pending else ()
        for message in batch:
            pending.pop(message.id, None)
        return batch

    async def _act(self, action: Action, batch: Sequence[Message]) -> None:
        context = Context(
            role=self.role.name,
            goal=self.role.goal,
            constraints=self.role.constraints,
            action=action,
            trigger=batch,
            backend=self.backend,
            office=self._office,
        )
        if action.bound is not None and self._turns(action, batch) >= action.bound:
            context.tell("notice", detail=f"{action.name} was not done again: its bound of {action.bound} is reached")
            return
        context.tell("role-started", subject=batch[0].content.slot)
        try:
            document = self._standing(action) or await action.run(context, batch[0].content)
            if document is not None:
                await context.conclude(document)
        except StoppedError:
            pass
        except Exception as error:  # the company decides which of several errors the user hears of
            self._office.fail(error)
        finally:
            context.tell("role-finished", subject=batch[0].content.slot)

    def _standing(self, action: Action) -> Document | None:
        """What a person wrote in place of the only document that the action makes: then there is nothing to do."""
        if len(action.produces) != 1:
            return None
        pin = self._office.pins.get(action.produces[0].slug())
        return pin if isinstance(pin, action.produces[0]) else None

    def _turns(self, action: Action, batch: Sequence[Message]) -> int:
        """How often this action already acted among what led to the batch."""
        ancestry = {message.id: message for message in self._office.environment.ancestry(m.id for m in batch)}
        triggers = {
            message.causes[0]
            for message in ancestry.values()
            if message.sender in (self.role.name, USER)  # a person's word may stand in the place of what it made
            and isinstance(message.content, action.produces)
            and message.causes
            and action.skill.takes(type(ancestry[message.causes[0]].content))
        }
        return len(triggers)
