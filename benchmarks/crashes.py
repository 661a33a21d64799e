"""Runs that are killed and resumed: is anything lost, paid for twice, or different in the end?

    python benchmarks/crashes.py                                    every event and commit of a run, ten random times
    python benchmarks/crashes.py --points 6 --random 1              a few of them: what the tests run
    python benchmarks/crashes.py --model gguf:qwen2.5-coder-1.5b    three points of a run on that model

A run is killed (SIGKILL) at its Nth event, or right after its Nth commit to the journal, then resumed, and compared
with one that nobody interrupted: acts of the journal, calls that the backend saw (it appends to a file before it
answers), files, git history (its times aside). Needs fork: Linux, macOS.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from softhouse import Company
from softhouse.environment.act import to_json
from softhouse.environment.events import Event
from softhouse.environment.journal import Journal
from softhouse.environment.journal_writer import JournalWriter
from softhouse.environment.sandbox import open_sandbox
from softhouse.llm_backends.protocol import Backend, Capabilities, Completion, CompletionRequest, TokenCallback
from softhouse.llm_backends.registry import create_backend
from softhouse.runs import status
from softhouse.settings import JOURNAL, Settings
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

LINE = "Write a command line program main.py that adds its arguments up."
PRIMES = (
    "Write a command line program main.py that takes an integer and prints its prime factors in ascending order "
    "separated by spaces."
)
HOUSE_FILES = {".gitignore", "journal.db", "lock", "written"}


@dataclass(frozen=True)
class Job:
    """What is run: on a script for so many modules, or on a model."""

    modules: int = 2
    latency: float = 0.0
    model: str | None = None

    def backend(self, calls: Path) -> Backend:
        answers = ScriptedBackend(standard_house(modules=self.modules), latency=self.latency)
        return Counted(create_backend(self.model) if self.model else answers, calls)

    @property
    def line(self) -> str:
        return PRIMES if self.model else LINE


class Counted:
    """A backend that notes each request in a file before it is answered."""

    def __init__(self, backend: Backend, calls: Path) -> None:
        self._backend, self._calls = backend, calls

    @property
    def name(self) -> str:
        return self._backend.name

    @property
    def capabilities(self) -> Capabilities:
        return self._backend.capabilities

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        with self._calls.open("a") as file:
            file.write(_fingerprint(request.model_dump(mode="json")) + "\n")
        return await self._backend.complete(request, on_token)

    def count_tokens(self, text: str) -> int:
        return self._backend.count_tokens(text)

    async def aclose(self) -> None:
        await self._backend.aclose()


class Moments:
    """Counts what a run records, and kills the process at one of it."""

    def __init__(self, fatal: int | None) -> None:
        self.count = 0
        self._fatal = fatal

    def event(self, event: Event) -> None:
        del event
        self._pass()

    def watch_commits(self) -> None:
        commit = JournalWriter._commit

        def watched(writer: JournalWriter, batch: list[object]) -> None:
            commit(writer, batch)  # type: ignore[arg-type]
            self._pass()

        JournalWriter._commit = watched  # type: ignore[method-assign,assignment]

    def _pass(self) -> None:
        self.count += 1
        if self.count == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Picture:
    """A workspace as it is compared."""

    files: dict[str, str]
    """Path to SHA-256."""
    history: list[str]
    """Tree, author and subject of each commit."""
    index: str
    dirty: str
    litter: list[str]
    """What lies in `.softhouse` beside what belongs there."""


@dataclass(frozen=True)
class Survival:
    """What came of one killed run."""

    moment: str
    reached: bool
    """It was killed while it ran."""
    repeated: int = 0
    """Acts that were done and were done again, and calls of the backend for them."""
    unrecorded: int = 0
    """Calls that the backend saw and the journal did not."""
    in_flight: int = 0
    unlisted: int = 0
    """Acts in flight of which the status or the notices of the resumed run did not speak."""
    different: str = ""
    """Where the workspace is not that of a run that nobody interrupted."""
    error: str = ""

    @property
    def unharmed(self) -> bool:
        return not (self.repeated or self.unrecorded or self.unlisted or self.different or self.error)


def work(job: Job, folder: Path, fatal: int | None) -> None:
    """One process's work on the run in `folder`; writes how many moments it had to `moments`."""
    moments = Moments(fatal)
    moments.watch_commits()

    async def carry_out() -> None:
        backend = job.backend(folder / "calls")
        company = Company(model=backend, workspace=folder / "out", on_event=moments.event)
        try:
            if _settings(folder / "out") is None:
                await company.run(job.line)
            else:
                await company.resume()
        finally:
            await backend.aclose()

    asyncio.run(carry_out())
    (folder / "moments").write_text(str(moments.count))


def _settings(workspace: Path) -> Settings | None:
    path = workspace / JOURNAL
    return Settings.of(Journal.read(path)) if path.is_file() else None


def in_process(task: Callable[[], None], log: Path) -> int:
    """Start `task` in a process of its own; its id."""
    child = os.fork()
    if child:
        return child
    try:
        task()
    except BaseException:
        with log.open("a") as file:
            traceback.print_exc(file=file)
        os._exit(1)
    os._exit(0)


def ended(child: int) -> int:
    """Wait for a process: its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def crash(job: Job, folder: Path, reference: Picture, *, fatal: int | None = None, after: float = 0.0) -> Survival:
    """Kill the run at its moment `fatal`, or `after` seconds, resume it, and compare."""
    moment = f"moment {fatal}" if fatal else f"{after:.2f} s"
    folder.mkdir()
    child = in_process(lambda: work(job, folder, fatal), folder / "log")
    if fatal is None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    if ended(child) != -signal.SIGKILL:
        return Survival(moment, reached=False, error=_last_line(folder / "log"))
    path = folder / "out" / JOURNAL
    before = Journal.read(path) if path.is_file() else Journal()
    asked = _lines(folder / "calls")
    started = {act.key for act in before.unfinished()}
    told = len(status(folder / "out").unfinished) if _settings(folder / "out") else 0
    if ended(in_process(lambda: work(job, folder, None), folder / "log")) != 0:
        return Survival(moment, reached=True, error=_last_line(folder / "log"))
    after_ = Journal.read(path)
    notices = {e.subject for e in after_.events() if e.kind == "notice" and "billed twice" in e.detail}
    attempts = Counter(act.key for act in after_.acts())
    done = {act.key: act for act in before.acts() if act.state == "done"}
    paid = {_fingerprint(act.request) for act in done.values() if act.kind == "completion"}
    known = {_fingerprint(act.request) for act in before.acts()}
    again = [call for call in _lines(folder / "calls")[len(asked) :] if call in paid]
    return Survival(
        moment,
        reached=True,
        repeated=sum(attempts[key] > 1 for key in done if key not in started) + len(again),
        unrecorded=sum(call not in known for call in asked),
        in_flight=len(started),
        unlisted=len(started - notices) + abs(told - len(before.unfinished())),
        different=difference(reference, picture(folder / "out")),
    )


def picture(workspace: Path) -> Picture:
    """What is compared of a workspace."""
    files = {}
    for path in sorted(workspace.rglob("*")):
        name = path.relative_to(workspace)
        if path.is_file() and name.parts[0] not in (".git", ".softhouse"):
            files[name.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return Picture(
        files=files,
        history=_git(workspace, "log", "--format=%T %an: %s").splitlines(),
        index=_git(workspace, "ls-files", "--stage"),
        dirty=_git(workspace, "status", "--porcelain"),
        litter=sorted(path.name for path in (workspace / ".softhouse").iterdir() if path.name not in HOUSE_FILES),
    )


def difference(expected: Picture, found: Picture) -> str:
    """The first thing that differs; empty for none."""
    for name, value in asdict(expected).items():
        other = asdict(found)[name]
        if other == value:
            continue
        if isinstance(value, dict):
            return f"files: {min(set(value.items()) ^ set(other.items()))[0]}"
        return f"{name}: {other}"
    return ""


def _git(workspace: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=workspace, check=True, capture_output=True, text=True).stdout


def _fingerprint(request: object) -> str:
    return hashlib.sha256(to_json(request).encode()).hexdigest()


def _lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def _last_line(path: Path) -> str:
    return path.read_text().splitlines()[-1] if path.exists() else ""


def uninterrupted(job: Job, folder: Path) -> tuple[Picture, int, float]:
    """A run that nobody interrupts: its workspace, its moments, its seconds."""
    folder.mkdir()
    start = time.perf_counter()
    if ended(in_process(lambda: work(job, folder, None), folder / "log")) != 0:
        raise SystemExit(f"the uninterrupted run fails: {_last_line(folder / 'log')}")
    return picture(folder / "out"), int((folder / "moments").read_text()), time.perf_counter() - start


def spread(total: int, wanted: int | None) -> list[int]:
    """`wanted` of the moments from 1 to `total`, evenly; all of them for None."""
    if wanted is None or wanted >= total:
        return list(range(1, total + 1))
    return sorted({1 + round(number * (total - 1) / max(1, wanted - 1)) for number in range(wanted)})


def side_by_side(tasks: Sequence[Callable[[], Survival]], folder: Path, workers: int) -> Iterator[Survival]:
    """The tasks' results, each from a process of its own, at most `workers` at a time."""
    running: dict[int, Path] = {}
    for number, task in enumerate(tasks):
        if len(running) == workers:
            child, _ = os.wait()
            yield _survival(running.pop(child))
        place = folder / f"result-{number}"
        running[in_process(partial(_note, task, place), Path(f"{place}.log"))] = place
    for child, place in running.items():
        ended(child)
        yield _survival(place)


def _note(task: Callable[[], Survival], place: Path) -> None:
    place.write_text(json.dumps(asdict(task())))


def _survival(place: Path) -> Survival:
    if not place.exists():
        return Survival(place.name, reached=False, error=_last_line(Path(f"{place}.log")) or "the harness failed")
    return Survival(**json.loads(place.read_text()))


def measure(options: argparse.Namespace, folder: Path) -> dict[str, list[Survival]]:
    """What was survived, by the kind of run."""
    open_sandbox()  # examined once, for all the processes to come
    found: dict[str, list[Survival]] = {}

    def kill(name: str, job: Job, moments: int | None, times: int) -> None:
        place = folder / name.replace(" ", "-")
        place.mkdir()
        reference, total, seconds = uninterrupted(job, place / "reference")
        chance = random.Random(options.seed)
        later = [chance.uniform(0, 0.9 * seconds) for _ in range(times)]
        at = [] if times else spread(total, moments)
        tasks = [partial(crash, job, place / f"at-{n}", reference, fatal=n) for n in at]
        tasks += [partial(crash, job, place / f"later-{i}", reference, after=s) for i, s in enumerate(later)]
        found[name] = list(side_by_side(tasks, place, options.workers))

    if options.model:
        kill(f"at points of a run on {options.model}", Job(model=options.model), options.points or 3, 0)
        return found
    kill("at events and commits", Job(), options.points, 0)
    if options.random:
        kill("at random times, eight engineers", Job(modules=8, latency=0.5), None, options.random)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--points", type=int, help="how many moments, evenly spread (default: all)")
    parser.add_argument("--random", type=int, default=10, help="kills at random times of runs with eight engineers")
    parser.add_argument("--model", help="a backend instead of the script; then three points, unless --points is given")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="one object a killed run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crashes-") as folder:
        found = measure(options, Path(folder))
    if not options.json:
        print("| killed | runs | acts repeated | calls unrecorded | in flight | of these unlisted | different |")
        print("|---|---|---|---|---|---|---|")
    for name, survivals in found.items():
        reached = [s for s in survivals if s.reached]
        if options.json:
            for survival in survivals:
                print(json.dumps({"killed": name, **asdict(survival)}))
            continue
        sums = [sum(getattr(s, part) for s in reached) for part in ("repeated", "unrecorded", "in_flight", "unlisted")]
        figures = [len(reached), *sums, sum(bool(s.different) for s in reached)]
        print(f"| {name} | {' | '.join(map(str, figures))} |")
        for survival in survivals:
            if not survival.unharmed:
                print(survival)
    return 0 if all(s.unharmed for survivals in found.values() for s in survivals) else 1


if __name__ == "__main__":
    sys.exit(main())
