"""What a wall is: a way to start the supervisor so that it, or what it starts, is held."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from softhouse.environment.sandbox.inside.request import LandlockRules
from softhouse.environment.sandbox.protocol import Limits

SIDE = Path(__file__).parent
"""Holds the package `inside`, which is all of the house that a sandbox sees."""


def start_supervisor(side: str) -> tuple[str, ...]:
    """The interpreter's arguments that start the supervisor whose package `inside` lies in the directory `side`.

    `-I -S`: nothing but the standard library is looked at, which is also the quickest start.
    """
    return ("-I", "-S", "-c", f"import sys; sys.path.append({side!r}); from inside.supervisor import main; main()")


@dataclass(frozen=True)
class Start:
    """One start of the supervisor, and what its request has to say about where it finds itself."""

    argv: tuple[str, ...]
    python: str
    """The interpreter's path on the far side."""
    root: str = "/"
    pass_fds: tuple[int, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    """Of the wrapper itself. Empty unless it can't do without: a program inside may see it in `/proc/1/environ`."""
    uid: int = 0
    task_limit: int = 0
    own_pids: bool = False
    poll_disk: bool = False
    remove_root: bool = False
    landlock: LandlockRules | None = None


class Wall(Protocol):
    """One way to hold a program."""

    @property
    def name(self) -> str:
        """What it is, with its version."""

    def start(self, limits: Limits) -> AbstractContextManager[Start]:
        """Everything ready for one run; leaving the context frees what it took. Raises `OSError` if it can't be."""
