"""The Python that generated programs run on: the one under this process, without its site-packages."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
    "TZ": "UTC",
}
"""The same behind every wall, so that what a program does is the same too; each adds `PATH`, `HOME` and `TMPDIR`."""


@dataclass(frozen=True)
class Interpreter:
    """An interpreter and the directories that it needs."""

    executable: str
    """Its real path: never a virtual environment's link."""
    prefixes: tuple[str, ...]
    """What has to be readable besides the system's own directories; parents come before what they hold."""

    @classmethod
    def current(cls) -> "Interpreter":
        """The one that runs this process.

        >>> Path(Interpreter.current().executable).is_absolute()
        True
        """
        base = getattr(sys, "_base_executable", None) or sys.executable
        executable = os.path.realpath(base)
        wanted = {os.path.realpath(path) for path in (sys.base_prefix, sys.base_exec_prefix)}
        wanted.add(str(Path(executable).parent))
        return cls(executable, tuple(sorted(path for path in wanted if not _covered(path, wanted))))

    @property
    def passable(self) -> bool:
        """Whether any user of this machine may reach it (POSIX modes)."""
        places = {self.executable, *self.prefixes}
        return all(os.stat(parent).st_mode & 0o001 for place in places for parent in Path(place).parents)


def _covered(path: str, others: set[str]) -> bool:
    holders = {*SYSTEM, *(other for other in others if other != path)}
    return any(Path(path).is_relative_to(holder) for holder in holders)


def command_environment(root: str) -> dict[str, str]:
    """The environment of a command whose run has its directories in `root`."""
    toolbox, tmp = os.path.join(root, "toolbox", "bin"), os.path.join(root, "tmp")
    if os.name == "nt":
        return {**ENVIRONMENT, **wrapper_environment(), "USERPROFILE": tmp, "TEMP": tmp, "TMP": tmp}
    return {**ENVIRONMENT, "PATH": f"{toolbox}:/usr/bin:/bin", "HOME": tmp, "TMPDIR": tmp}


def wrapper_environment() -> dict[str, str]:
    """What an interpreter can't start without: nothing, but on Windows."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ} if os.name == "nt" else {}
