"""Things of this machine that no program behind a wall may get at, open to everybody but for the wall."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from softhouse.environment.sandbox.wall import SIDE


@dataclass
class Targets:
    """A directory with a canary, listening sockets, a running process that holds a secret."""

    outside: Path
    secret: str
    server: socket.socket
    process: "subprocess.Popen[bytes]"
    free_port: int
    places: tuple[str, ...]
    everybody: list[int] = field(default_factory=list)
    """What `signals.py` may signal besides those it knows: -1 only where a PID namespace makes that harmless."""

    @property
    def canary(self) -> Path:
        return self.outside / "canary"

    def facts(self) -> str:
        """What the attacker knows of all this: everything."""
        home = Path.home()
        belongings = (
            [name for name in os.listdir(home) if name not in Path(sys.base_prefix).parts] if home.is_dir() else []
        )
        return json.dumps(
            {
                "abstract": self.outside.name,
                "belongings": ["canary", "passwd", "lastlog", "log", self.outside.name, *belongings],
                "canary": str(self.canary),
                "everybody": self.everybody,
                "free_port": self.free_port,
                "home": str(home),
                "journal": str(self.outside / ".softhouse" / "journal.db"),
                "outside": str(self.outside),
                "pid": str(self.process.pid),
                "places": self.places,
                "port": self.server.getsockname()[1],
                "secret": self.secret,
                "socket": str(self.outside / "socket"),
            }
        )

    def unharmed(self) -> bool:
        """Nothing was written, cut, removed, re-dated or ended."""
        names = sorted(os.listdir(self.outside))
        if not self.canary.is_file() or not os.access(self.canary, os.R_OK):
            return False
        status = self.canary.stat()
        return (
            self.canary.read_text() == self.secret
            and status.st_mode & 0o777 == 0o666
            and status.st_mtime > 1
            and os.listxattr(self.canary) == []
            and names == [".softhouse", "canary", "socket"]
            and self.process.poll() is None
        )


PLACES = (
    "/usr/lib/breach",
    f"{sys.base_prefix}/breach",
    f"{Path.home()}/breach",
    "/breach",
    "/dev/breach",
    "/var/tmp/breach",
    "/proc/1/breach",
    "/softhouse/breach",
    "/softhouse/inside/supervisor.py",
    str(SIDE / "inside" / "supervisor.py"),
)


@contextmanager
def targets() -> Iterator[Targets]:
    """Set everything up in a directory that any user may write to."""
    outside = Path(tempfile.mkdtemp(prefix="targets-"))
    secret = secrets.token_hex(16)
    (outside / "canary").write_text(secret)
    (outside / ".softhouse").mkdir()
    (outside / ".softhouse" / "journal.db").write_text(secret)
    for path in (outside, outside / ".softhouse"):
        path.chmod(0o777)
    (outside / "canary").chmod(0o666)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_server(("127.0.0.1", 0)) as free,
        socket.socket(socket.AF_UNIX) as local,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        local.bind(str(outside / "socket"))
        (outside / "socket").chmod(0o777)
        abstract.bind("\0" + outside.name)
        for listener in (local, abstract):
            listener.listen()
        free_port = free.getsockname()[1]
        free.close()
        waits = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
        with subprocess.Popen(
            waits, stdin=subprocess.PIPE, env={"SOFTHOUSE_SECRET": secret}, start_new_session=True
        ) as process:
            try:
                yield Targets(outside, secret, server, process, free_port, PLACES)
            finally:
                process.kill()
    shutil.rmtree(outside)
