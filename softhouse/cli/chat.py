"""`softhouse chat`: talk to a model, or to one role."""

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from softhouse.cli.display import open_display
from softhouse.cli.options import BaseUrl, Model
from softhouse.cli.streams import say
from softhouse.errors import BackendError, UsageError
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest

if TYPE_CHECKING:
    from softhouse.roles.role import Role

LONGEST_REPLY = 2048
"""Tokens; a quarter of the context where that is less."""


def chat(
    model: Model = None,
    base_url: BaseUrl = None,
    role: Annotated[str | None, typer.Option("--role", metavar="NAME", help="Talk to this role of the house.")] = None,
) -> int:
    """Talk to a model, or to one role. Ctrl-C stops a reply, Ctrl-D ends; without a terminal each line is a turn."""
    system = charge(find_role(role)) if role else ""
    conversation = Conversation(connect(model, base_url), system)
    interactive = sys.stdin.isatty()
    with asyncio.Runner() as runner:
        try:
            for line in lines(interactive=interactive):
                try:
                    cut = runner.run(conversation.answer(line))
                except KeyboardInterrupt:
                    say("\n(stopped)", sys.stderr)
                    continue
                except BackendError as error:
                    if not interactive:
                        raise
                    say(f"softhouse: {error}", sys.stderr)
                    continue
                say("", sys.stdout)
                if cut:
                    say("(cut: the reply reached its limit)", sys.stderr)
        finally:
            runner.run(conversation.backend.aclose())
    return 0


def connect(model: str | None, base_url: str | None) -> Backend:
    """The backend to talk to, patient with a server that is busy; its model is fetched where it is not here yet."""
    from softhouse.llm_backends.registry import create_backend
    from softhouse.llm_backends.resilience import resilient

    with open_display(json_lines=False, quiet=False) as display:
        return resilient(create_backend(model, base_url=base_url, on_progress=display.progress))


def lines(*, interactive: bool) -> Iterator[str]:
    """What the user says, line by line, up to the end of the input."""
    if interactive:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  arrows and history in `input`; not on Windows, whose console has its own
    while True:
        try:
            line = input("> ") if interactive else input()
        except EOFError:
            if interactive:
                say("", sys.stdout)
            return
        if line.strip():
            yield line


class Conversation:
    """What was said so far; the oldest turns are forgotten when the model's context is full."""

    def __init__(self, backend: Backend, system: str = "") -> None:
        self.backend = backend
        self.turns: list[ChatMessage] = []
        self._system = [ChatMessage.system(system)] if system else []
        self._max_tokens = min(LONGEST_REPLY, backend.capabilities.context_length // 4)

    async def answer(self, text: str) -> bool:
        """Stream the model's reply to standard output; returns whether it was cut at its limit.

        A turn without a whole reply (an error, Ctrl-C) leaves no trace in the conversation.
        """
        asked = ChatMessage.user(text)
        request = CompletionRequest(messages=self.fitting(asked), max_tokens=self._max_tokens)
        completion = await self.backend.complete(request, stream_piece)
        self.turns += [asked, ChatMessage.assistant(completion.text)]
        return completion.finish_reason == "length"

    def fitting(self, asked: ChatMessage) -> tuple[ChatMessage, ...]:
        """The messages to send: as many of the last turns as the context holds beside the reply."""
        room = self.backend.capabilities.context_length - self._max_tokens
        while self.turns and self._tokens([*self._system, *self.turns, asked]) > room:
            del self.turns[:2]
        return (*self._system, *self.turns, asked)

    def _tokens(self, messages: list[ChatMessage]) -> int:
        # Every chat template puts a few tokens round each message; eight are more than any of them needs.
        return sum(self.backend.count_tokens(message.content) + 8 for message in messages)


def stream_piece(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text)
        sys.stdout.flush()


def charge(role: "Role") -> str:
    """What a role is told about itself."""
    return f"You are the {role.name} of a software house. Your goal: {role.goal}\n{role.constraints}".rstrip()


def find_role(name: str) -> "Role":
    """A role of the standard house by its name or how it begins; raises a `UsageError` that lists them."""
    from softhouse.roles.staff import documents_first

    roles = documents_first()
    found = [role for role in roles if plain(role.name).startswith(plain(name))]
    if len(found) != 1:
        raise UsageError(f"no single role is called {name!r}; there are: {', '.join(role.name for role in roles)}")
    return found[0]


def plain(name: str) -> str:
    """The name without what people write in different ways.

    >>> plain("Product Manager") == plain("product-manager")
    True
    """
    return "".join(character for character in name.lower() if character.isalnum())
