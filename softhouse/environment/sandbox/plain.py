"""No wall: limits, a clean environment and a private directory, for those who said in words that this will do."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from softhouse.environment.sandbox.interpreter import Interpreter, wrapper_environment
from softhouse.environment.sandbox.protocol import Limits
from softhouse.environment.sandbox.wall import SIDE, Start, start_supervisor


class Plain:
    """Runs the supervisor as an ordinary process."""

    name = "no wall"

    def __init__(self) -> None:
        self._interpreter = Interpreter.current()

    @contextmanager
    def start(self, limits: Limits) -> Iterator[Start]:
        """See `Wall.start`."""
        yield Start(
            argv=(self._interpreter.executable, *start_supervisor(str(SIDE))),
            python=self._interpreter.executable,
            environment=wrapper_environment(),
            root=os.path.realpath(tempfile.mkdtemp(prefix="softhouse-")),
            remove_root=True,
            poll_disk=True,
        )
