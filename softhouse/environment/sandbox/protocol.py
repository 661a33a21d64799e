"""What a sandbox is: the place where generated code runs, and nowhere else.

>>> Command(argv=("python", "main.py", "12")).argv[0]
'python'
>>> Level.FULL > Level.PARTIAL > Level.LIMITS > Level.NONE
True
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Protocol, runtime_checkable

from pydantic import Field

from softhouse.llm_backends.protocol import Frozen

MIB = 1024 * 1024


class Limits(Frozen):
    """What one command may use; memory, processes and disk count for everything that it starts together."""

    wall_seconds: float = 10.0
    cpu_seconds: int = 10
    """Seconds of one processor, per process."""
    memory_bytes: int = 1024 * MIB
    processes: int = 64
    """Processes and threads at once."""
    output_bytes: int = MIB // 4
    """Kept of each of stdout and stderr; a command that writes more is stopped."""
    file_bytes: int = 64 * MIB
    """The longest single file."""
    disk_bytes: int = 64 * MIB
    """All files of the working directory together; the temporary directory may hold as much again."""
    returned_bytes: int = 4 * MIB
    """All changed files together that come back in the outcome."""


class Command(Frozen):
    """One program to start. `argv[0]` being `python` means the sandbox's own Python, without any site-packages."""

    argv: tuple[str, ...]
    stdin: str = ""


class Execution(Frozen):
    """How one command ended."""

    exit_code: int
    """As the program gave it; the negated signal number where a signal ended it; 127 where it could not be started."""
    stdout: str
    stderr: str
    timed_out: bool = False
    """The wall clock ended it."""
    truncated: bool = False
    """It wrote more than `Limits.output_bytes`, and was stopped."""
    limit: str = ""
    """The limit that ended it from outside: `wall`, `cpu`, `memory`, `processes`, `disk` or `output`; else empty. A
    program that is refused memory or disk and ends by itself (`MemoryError`, `OSError`) was not ended by a limit."""


class Outcome(Frozen):
    """What a run left behind."""

    executions: tuple[Execution, ...]
    """One for each command, in order."""
    files: dict[str, str] = Field(default_factory=dict)
    """Text files created or changed, relative path with forward slashes to content."""
    deleted: tuple[str, ...] = ()
    """Files that were laid out and are gone, sorted."""
    omitted: tuple[str, ...] = ()
    """Created or changed too, but not brought back: not UTF-8 text, too large, a link, a device, or a name with
    control characters; shown escaped, sorted. `.git`, `.softhouse` and `__pycache__` are not even looked into."""


class Level(IntEnum):
    """How strongly generated code is held."""

    NONE = 0
    LIMITS = 1
    """Memory, processes and environment are held; files or the network are open."""
    PARTIAL = 2
    """Files, network and environment are held; memory or processes are not bounded in every way."""
    FULL = 3


class Finding(Frozen):
    """What the self-test saw of one promise."""

    holds: bool
    how: str
    """What was tried and what came, in a few words."""


class IsolationReport(Frozen):
    """What a self-test found to hold, never what a tool's name promises."""

    wall: str
    """What was tested, such as `bubblewrap 0.11.0`; empty words for none."""
    network: Finding
    """No way out to the internet, the local network, this machine's own ports or its sockets."""
    files: Finding
    """Nothing of this machine is read but the system and its Python; nothing is written but the run's own directory."""
    environment: Finding
    """No variable of the parent is seen, not even through `/proc`."""
    memory: Finding
    """Bounded for one process and for all of them together."""
    processes: Finding
    """Their number is bounded, none outlives the run, none outside is reached."""

    @property
    def level(self) -> Level:
        """The level that the findings add up to."""
        if not self.environment.holds:
            return Level.NONE
        bounded = self.memory.holds and self.processes.holds
        if self.files.holds and self.network.holds:
            return Level.FULL if bounded else Level.PARTIAL
        return Level.LIMITS if bounded else Level.NONE

    def findings(self) -> dict[str, Finding]:
        """The five promises by name."""
        return {
            "network": self.network,
            "files": self.files,
            "environment": self.environment,
            "memory": self.memory,
            "processes": self.processes,
        }

    def describe(self) -> str:
        """One line: the level, what holds, what does not and why.

        >>> yes, no = Finding(holds=True, how=""), Finding(holds=False, how="connected to 127.0.0.1")
        >>> IsolationReport(
        ...     wall="plain process", network=no, files=yes, environment=yes, memory=yes, processes=yes
        ... ).describe()
        'limits (plain process): files, environment, memory, processes held; network open (connected to 127.0.0.1)'
        """
        held = ", ".join(name for name, finding in self.findings().items() if finding.holds)
        parts = [f"{held} held"] if held else []
        parts += [f"{name} open ({finding.how})" for name, finding in self.findings().items() if not finding.holds]
        return f"{self.level.name.lower()} ({self.wall}): {'; '.join(parts)}"


@runtime_checkable
class Sandbox(Protocol):
    """Where generated code runs."""

    @property
    def report(self) -> IsolationReport: ...

    async def run(
        self, commands: Sequence[Command], *, files: Mapping[str, str | bytes], limits: Limits | None = None
    ) -> Outcome:
        """Lay out `files` in a fresh private directory, run `commands` there one after another, remove everything.

        Files persist from one command to the next, processes do not. `files` maps relative paths to contents; what lies
        under a `.git`, `.softhouse` or `__pycache__` is left out. Every command runs, whatever became of those before.
        Raises `IsolationError` where the wall could not be put up, `WorkspaceError` for a path that leaves the
        directory or files that do not fit. Cancelling the task kills everything that was started.
        """
