"""Commands where there is no `fork` (Windows): the clock and the cap on output, and no other limit."""

import subprocess
import threading
from contextlib import nullcontext

TYPE_CHECKING = False  # for type checkers: `typing` takes ten milliseconds to import
if TYPE_CHECKING:
    from typing import IO

    from .request import Request

CHUNK = 1 << 16


class PortableRunner:
    """Runs the commands of one request with nothing but `subprocess` and threads."""

    def __init__(self, request: "Request", work: str, python: str) -> None:
        self.guest = nullcontext()
        self._environment = request["environment"]
        self._limits = request["limits"]
        self._work = work
        self._python = python

    def execute(self, argv: list[str], stdin: bytes) -> list[bytes]:
        """Run one command; the fields of its `Execution` in order, as text."""
        command = [self._python, *argv[1:]] if argv[0] in ("python", "python3") else argv
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(
                command, cwd=self._work, env=self._environment, stdin=pipe, stdout=pipe, stderr=pipe
            )
        except OSError as error:
            return [b"127", b"", f"{argv[0]}: {error.strerror}\n".encode(errors="replace"), b"", b"", b""]
        with process:
            kept = (bytearray(), bytearray())
            threads = [
                threading.Thread(target=self._read, args=(process, process.stdout, kept[0])),
                threading.Thread(target=self._read, args=(process, process.stderr, kept[1])),
                threading.Thread(target=_feed, args=(process.stdin, stdin)),
            ]
            for thread in threads:
                thread.start()
            limit = ""
            try:
                process.wait(self._limits["wall_seconds"])
            except subprocess.TimeoutExpired:
                limit = "wall"
                process.kill()
            for thread in threads:
                thread.join()
        most = self._limits["output_bytes"]
        truncated = any(len(part) > most for part in kept)
        limit = limit or ("output" if truncated else "")
        streams = [bytes(part[:most]) for part in kept]
        return [
            b"%d" % process.returncode,
            *streams,
            b"1" if limit == "wall" else b"",
            b"1" * truncated,
            limit.encode(),
        ]

    def _read(self, process: "subprocess.Popen[bytes]", stream: "IO[bytes]", kept: bytearray) -> None:
        while part := stream.read1(CHUNK):  # type: ignore[attr-defined]
            if len(kept) <= self._limits["output_bytes"]:
                kept += part
            else:
                process.kill()


def _feed(stream: "IO[bytes]", data: bytes) -> None:
    try:
        stream.write(data)
        stream.close()
    except OSError:  # it does not read its input: its own affair
        return
