"""The first process inside a sandbox: lays out files, runs commands under limits, sends back what changed.

It is started as `python -I -S` with an empty environment, reads one request from its standard input (eight bytes of
length, then `marshal`: it comes from the trusted side), and writes one reply of netstrings to its standard output (to
be parsed as untrusted data). The input stays open as a life line: when it ends, everything here is killed.

Start-up is the hot path: nothing is imported here that takes a millisecond, and nothing but the standard library.
"""

import marshal
import os
import sys

from .layout import changes, lay_out, make_room, remove_tree

TYPE_CHECKING = False  # for type checkers: `typing` takes ten milliseconds to import
if TYPE_CHECKING:
    from .request import Request


def main() -> None:
    """Answer the one request on standard input."""
    request: Request = marshal.loads(_read_exactly(0, int.from_bytes(_read_exactly(0, 8), "big")))  # noqa: S302
    try:
        fields = [b"ok", *_run(request)]
    except OSError as error:
        fields = [b"error", f"{error.strerror}: {error.filename or 'the working directory'}".encode(errors="replace")]
    finally:
        if request["remove_root"]:
            remove_tree(request["root"])
    _write_all(1, b"".join(b"%d:%s," % (len(field), field) for field in fields))


def _run(request: "Request") -> list[bytes]:
    if sys.platform == "win32":
        from .portable import PortableRunner as Runner
    else:
        from .runner import Runner
    os.umask(0o022)
    work, python = make_room(request["root"], request["python"], request["uid"])
    runner = Runner(request, work, python)
    with runner.guest:
        lay_out(work, request["files"])
    fields = [b"%d" % len(request["commands"])]
    for argv, stdin in request["commands"]:
        fields += runner.execute(argv, stdin)
    with runner.guest:
        return fields + changes(work, request["files"], request["limits"]["returned_bytes"])


def _read_exactly(descriptor: int, length: int) -> bytes:
    parts = []
    while length:
        part = os.read(descriptor, min(length, 1 << 20))
        if not part:
            sys.exit(1)
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
