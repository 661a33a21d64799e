"""One command after another, each under its limits, watched until nothing of it is left (POSIX)."""

import os
import resource
import select
import sys
import time

from .census import Census

TYPE_CHECKING = False  # for type checkers: `typing` takes ten milliseconds to import
if TYPE_CHECKING:
    import signal as _signal
    from types import TracebackType

    from .request import Request, RequestLimits

if not TYPE_CHECKING:
    import _signal  # `signal` itself imports `enum`: four milliseconds of every run

LIFE_LINE = 0
WATCH_SECONDS = 0.02
"""Between two looks at memory and processes: what can be allocated in that time is the overshoot, some 50 MB."""
CHUNK = 1 << 16
OUR_SIGNALS = (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGPIPE)


class LifeLineError(SystemExit):
    """The house has gone, or has no use for this run any more."""


class Guest:
    """While entered, files are touched as the commands' own user: a hostile tree gains nothing from our rights."""

    def __init__(self, uid: int) -> None:
        self.uid = uid

    def __enter__(self) -> None:
        if self.uid:
            os.setegid(self.uid)
            os.seteuid(self.uid)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        if self.uid:
            os.seteuid(0)
            os.setegid(0)


class Runner:
    """Runs the commands of one request."""

    def __init__(self, request: "Request", work: str, python: str) -> None:
        self.guest = Guest(request["uid"])
        self._request = request
        self._limits = request["limits"]
        self._work = work
        self._python = python
        self._census = Census(request)
        self._restrict = None
        if sys.platform == "linux" and not request["own_pids"]:
            from . import restrict

            restrict.adopt_orphans()
            if request["landlock"] is not None:
                self._restrict = restrict.Restriction(request["landlock"])
        for number in OUR_SIGNALS:
            _signal.signal(number, _signal.SIG_IGN)  # a command that shares our user may send them

    def execute(self, argv: list[str], stdin: bytes) -> list[bytes]:
        """Run one command; the fields of its `Execution` in order, as text."""
        inputs, outputs, errors = os.pipe(), os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            self._become(argv, (inputs[0], outputs[1], errors[1]))
        for descriptor in (inputs[0], outputs[1], errors[1]):
            os.close(descriptor)
        watch = _Watch(self._limits, self._census, pid, {outputs[0]: bytearray(), errors[0]: bytearray()})
        watch.feed(inputs[1], stdin)
        limit = watch.until_it_ends()
        self._census.kill(pid)
        status = watch.reap()
        stdout, stderr = watch.drain()
        if not limit and status in (-_signal.SIGXCPU, -_signal.SIGKILL) and watch.spent >= self._limits["cpu_seconds"]:
            limit = "cpu"
        self._census.reap()
        return [
            b"%d" % status,
            stdout,
            stderr,
            b"1" if limit == "wall" else b"",
            b"1" if limit == "output" else b"",
            limit.encode(),
        ]

    def _become(self, argv: list[str], streams: tuple[int, int, int]) -> None:
        """In the child: drop into the limits and the walls, then turn into the command."""
        try:
            for target, stream in enumerate(streams):
                os.dup2(stream, target)
            os.chdir(self._work)
            for number in (*OUR_SIGNALS, _signal.SIGXFSZ):
                _signal.signal(number, _signal.SIG_DFL)
            if not self._request["own_pids"]:
                os.setpgid(0, 0)
            uid = self._request["uid"]
            if uid and self._restrict is not None:
                self._restrict.switch_user(uid)
            elif uid:
                os.setgroups([])
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
            self._limit()
            if self._restrict is not None:
                self._restrict.enter()
            os.closerange(3, 256)
            if argv[0] in ("python", "python3"):
                os.execve(self._python, [self._python, *argv[1:]], self._request["environment"])  # noqa: S606
            os.execvpe(argv[0], argv, self._request["environment"])  # noqa: S606 (there is no shell, on purpose)
        except OSError as error:
            os.write(2, f"{argv[0]}: {error.strerror}\n".encode(errors="replace"))
        finally:
            os._exit(127)

    def _limit(self) -> None:
        limits = self._limits
        bounds = {
            "RLIMIT_CORE": 0,
            "RLIMIT_AS": limits["memory_bytes"],
            "RLIMIT_FSIZE": limits["file_bytes"],
            "RLIMIT_NOFILE": 256,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
        }
        if self._request["task_limit"]:
            bounds["RLIMIT_NPROC"] = self._request["task_limit"]
        for name, bound in bounds.items():
            if hasattr(resource, name):
                _lower(getattr(resource, name), bound, bound)
        _lower(resource.RLIMIT_CPU, limits["cpu_seconds"], limits["cpu_seconds"] + 1)


def _lower(which: int, soft: int, hard: int) -> None:
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(which, (soft, hard))
    except (ValueError, OSError):
        if sys.platform == "linux":
            raise  # macOS refuses RLIMIT_AS below what is already mapped; its self-test says so


class _Watch:
    """Reads what a command writes, feeds it, and looks at the clock and the census."""

    def __init__(self, limits: "RequestLimits", census: Census, pid: int, streams: dict[int, bytearray]) -> None:
        self._limits = limits
        self._census = census
        self._pid = pid
        self._streams = streams
        self._open = set(streams)
        self._status: int | None = None
        self.spent = 0.0
        """Seconds of processor that the command itself took."""
        self._input = memoryview(b"")
        self._input_to = -1
        self._poll = select.poll()
        self._poll.register(LIFE_LINE, select.POLLIN)
        for stream in streams:
            os.set_blocking(stream, False)
            self._poll.register(stream, select.POLLIN)
        self._exit = -1
        if hasattr(os, "pidfd_open"):
            try:
                self._exit = os.pidfd_open(pid)
                self._poll.register(self._exit, select.POLLIN)
            except OSError:  # an old kernel: the exit is seen at the next look
                self._exit = -1

    def feed(self, descriptor: int, data: bytes) -> None:
        """Write `data` to the command's input as it takes it, then end the input."""
        os.set_blocking(descriptor, False)
        self._input_to, self._input = descriptor, memoryview(data)
        self._poll.register(descriptor, select.POLLOUT)
        self._write()

    def until_it_ends(self) -> str:
        """Wait for the command's own end, or for the limit that it broke; returns that limit's name."""
        deadline = time.monotonic() + self._limits["wall_seconds"]
        look = time.monotonic() + WATCH_SECONDS
        while True:
            now = time.monotonic()
            for descriptor, _ in self._poll.poll(max(0, min(deadline, look) - now) * 1000 + 0.5):
                if descriptor == LIFE_LINE:
                    self._census.kill(self._pid)
                    self.reap()
                    self._census.reap()  # killed is not gone: the house is told by our end that all are
                    raise LifeLineError
                if descriptor == self._input_to:
                    self._write()
                elif descriptor in self._open:
                    self._read(descriptor)
            if any(len(kept) > self._limits["output_bytes"] for kept in self._streams.values()):
                return "output"
            if self._ended():
                return ""
            now = time.monotonic()
            if now >= deadline:
                return "wall"
            if now >= look:
                if limit := self._census.broken():
                    return limit
                look = time.monotonic() + WATCH_SECONDS

    def reap(self) -> int:
        """The command's exit code; it has ended, or was killed."""
        if self._status is None:
            self._collect(0)
        assert self._status is not None
        return self._status

    def drain(self) -> list[bytes]:
        """What it wrote on each stream, cut to the limit; closes everything."""
        for stream in list(self._open):
            while stream in self._open and self._read(stream):
                pass
        self._close_input()
        for descriptor in (*self._streams, self._exit):
            if descriptor >= 0:
                os.close(descriptor)
        return [bytes(kept[: self._limits["output_bytes"]]) for kept in self._streams.values()]

    def _ended(self) -> bool:
        if self._status is None:
            self._collect(os.WNOHANG)
        return self._status is not None

    def _collect(self, flags: int) -> None:
        pid, status, usage = os.wait4(self._pid, flags)
        if pid:
            self._status = os.waitstatus_to_exitcode(status)
            self.spent = usage.ru_utime + usage.ru_stime

    def _read(self, stream: int) -> bool:
        """Take what is there; false at the end, or where nothing more is to be had now."""
        if len(self._streams[stream]) > self._limits["output_bytes"]:
            return False
        try:
            data = os.read(stream, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._open.discard(stream)
            self._poll.unregister(stream)
        self._streams[stream] += data
        return bool(data)

    def _write(self) -> None:
        try:
            while self._input:
                self._input = self._input[os.write(self._input_to, self._input) :]
        except BlockingIOError:
            return
        except BrokenPipeError:  # it does not read its input: its own affair
            pass
        self._close_input()

    def _close_input(self) -> None:
        if self._input_to >= 0:
            self._poll.unregister(self._input_to)
            os.close(self._input_to)
            self._input_to = -1
