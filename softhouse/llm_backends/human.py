"""A person at the terminal as the model: `human:` or `human:NAME`."""

import asyncio
import contextlib
import sys
import threading
from typing import TextIO

from softhouse.errors import BackendError
from softhouse.llm_backends.protocol import Capabilities, Completion, CompletionRequest, Price, TokenCallback, Usage
from softhouse.llm_backends.tokens import estimate_tokens


def create(rest: str, *, base_url: str | None = None) -> "HumanBackend":  # noqa: ARG001
    """The backend for `human:` or `human:NAME`. Raises `BackendError` where no terminal is attached."""
    if not (sys.stdin and sys.stdin.isatty()):
        raise BackendError("human: needs a terminal to ask at, and there is none; name another backend with --model")
    return HumanBackend(sys.stdin, sys.stderr, name=f"human:{rest}")


class HumanBackend:
    """Shows each prompt on `output` and reads the answer from `source`, up to a line with a single dot or the end."""

    def __init__(self, source: TextIO, output: TextIO, *, name: str = "human:") -> None:
        self._source = source
        self._output = output
        self._name = name
        # Two prompts at once would be read as one.
        self._turn = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<HumanBackend {self._name}>"

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(parallel=1, local=True, price=Price(prompt=0, cached=0, completion=0))

    def count_tokens(self, text: str) -> int:
        return estimate_tokens(text)

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        """Raises `BackendError` where the input ends before a word was written."""
        async with self._turn:
            for message in request.messages:
                print(f"\n--- {message.role} ---\n{message.content}", file=self._output)
            print("\n--- your answer; end it with a line that is a single dot ---", file=self._output, flush=True)
            text = await self._read()
        if on_token:
            on_token(text)
        prompt = sum(self.count_tokens(message.content) for message in request.messages)
        usage = Usage(prompt_tokens=prompt, completion_tokens=self.count_tokens(text), reported=False)
        return Completion(text=text, usage=usage, model=self._name)

    async def _read(self) -> str:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str | None] = loop.create_future()

        def deliver(text: str | None) -> None:
            if not answer.done():
                answer.set_result(text)

        def read() -> None:
            lines: list[str] = []
            ended = True
            # ValueError, OSError: the terminal is closed or gone, which is an end like any other.
            with contextlib.suppress(ValueError, OSError):
                for line in self._source:
                    if line.rstrip("\r\n") == ".":
                        ended = False
                        break
                    lines.append(line)
            # The run may have been interrupted meanwhile, its loop closed.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(deliver, None if ended and not lines else "".join(lines))

        # Not the loop's own pool: its threads are waited for at exit, and this one waits for a person.
        threading.Thread(target=read, name="human-backend", daemon=True).start()
        text = await answer
        if text is None:
            raise BackendError("nobody answers at the terminal: the input ended before a word was written")
        return text

    async def aclose(self) -> None:
        pass
