"""The shape of what the house sends into a sandbox; read by type checkers only."""

from typing import TypedDict


class RequestLimits(TypedDict):
    """`Limits`, as plain data."""

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int
    processes: int
    output_bytes: int
    file_bytes: int
    disk_bytes: int
    returned_bytes: int


class LandlockRules(TypedDict):
    """What the second wall lets a command do."""

    read: list[str]
    """Paths that may be read and executed, with everything below them."""
    write: list[str]
    """Directories, and devices, that may be written too."""
    filter: bytes
    """The seccomp program: an array of `struct sock_filter`."""
    own_pid: int
    """What stands in it for the command's own process."""
    version: int
    """Of Landlock: what of it to use."""
    through: bool
    """The interpreter lies in a directory that only root may pass: the commands' user needs the right to search."""


class Request(TypedDict):
    """One run."""

    root: str
    """The directory that holds `work` (where commands run), `tmp` and `toolbox`."""
    remove_root: bool
    python: str
    environment: dict[str, str]
    files: list[tuple[str, bytes]]
    commands: list[tuple[list[str], bytes]]
    limits: RequestLimits
    uid: int
    """The user, and group, to run the commands as; 0 where they run as the supervisor's own."""
    task_limit: int
    """What `RLIMIT_NPROC` is set to; 0 where the kernel would count tasks of others too."""
    own_pids: bool
    """The supervisor is process 1 of a PID namespace: everything else in it was started by the commands."""
    poll_disk: bool
    """The working directory is not bounded by its file system."""
    landlock: LandlockRules | None
