"""Writing to a terminal or a pipe that may go away at any time."""

import contextlib
import io
import os
import sys
from typing import Any, TextIO


def use_utf8() -> None:
    """Speak UTF-8 whatever the system's locale: requirements and documents are not all English."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace" if stream is not sys.stdin else "strict")


def say(text: str, stream: TextIO) -> None:
    """Write one line at once. A reader that has gone away (`| head`, a closed terminal) never stops the work."""
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        abandon(stream)
    except (OSError, ValueError) as error:
        abandon(stream)
        if stream is sys.stdout:  # a full disk is worth a word, a closed pipe is not
            say(f"softhouse: standard output cannot be written: {error}", sys.stderr)


class Forgiving:
    """A stream whose reader may go away: what can't be written is dropped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def flush() -> None:
    """Write out what is left, so that the interpreter has nothing to complain about when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            abandon(stream)


def abandon(stream: TextIO) -> None:
    """Send what still comes into the void: there is nobody to read it."""
    with contextlib.suppress(OSError, ValueError):
        void = os.open(os.devnull, os.O_WRONLY)
        os.dup2(void, stream.fileno())
        os.close(void)
