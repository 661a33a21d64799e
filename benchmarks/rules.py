"""The house's rules against programs that are right: what they find wrong, change, or lay out in vain.

    python benchmarks/rules.py                              # the files beside this one, some minutes
    python benchmarks/rules.py --about "word to look for"   # only requirements with these words, with what was found

Each line of the files has a requirement and a program that does what it says. The program goes through the trials
that the house lays out from the words alone, and then:

- `fault`: a rule finds something wrong with it, so a right reading would be passed over;
- `changed`: what rules change in a reading before it runs, or to mend it, makes it do something else;
- `refused`: a trial that follows from the words, and is no refusal, is refused: the input is wrong;
- `no input`: no trial that follows from the words is taken: readings are compared on what the model proposes alone.

A reference of the benchmark has no fault, a test sees to that; what has one here is to be read, since a few of these
programs print to standard error what a requirement only says is printed. The programs were written for this and for
teaching, and run in a child of this process without a sandbox: Linux and macOS only.
"""

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, Literal, cast

from softhouse.actions.candidates import Bench, Candidate
from softhouse.actions.context import Context, Trial
from softhouse.actions.mending import Mender
from softhouse.actions.quoted import quoted_commands
from softhouse.actions.readings import as_read
from softhouse.bench.scoring import PROGRAM
from softhouse.environment.sandbox import Command, Execution, Limits, Outcome
from softhouse.llm_backends.protocol import Frozen

FILES = tuple(
    Path(__file__).with_name(name) for name in ("programs.jsonl", "programs_more.jsonl", "programs_everyday.jsonl")
)
Kind = Literal["fault", "changed", "refused", "no input"]
_CPU_SECONDS = 3


class Pair(Frozen):
    """One line of a file."""

    text: str
    program: str
    tries: str = ""
    """A shell script that starts the program on a few inputs."""


class Desk:
    """What a `Bench` uses of a context: programs run one after the other, each start in a child of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compiled: dict[str, CodeType] = {}

    async def side_by_side(self, *work: Coroutine[Any, Any, Any]) -> list[Any]:
        return [await each for each in work]

    async def execute(self, commands: Sequence[Command], files: dict[str, str], *, limits: Limits) -> Trial:
        del limits
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            work = Path(name)
            for path, content in files.items():
                (work / path).parent.mkdir(parents=True, exist_ok=True)
                (work / path).write_text(content, encoding="utf-8")
            source = files[PROGRAM]
            if source not in self._compiled:
                self._compiled = {source: compile(source, PROGRAM, "exec")}
            executions = tuple(self._start(self._compiled[source], command, work) for command in commands)
            left = {path.relative_to(work).as_posix(): path for path in work.rglob("*") if path.is_file()}
            after = {path: read(left[path]) for path in sorted(left)}
        changed = {path: content for path, content in after.items() if files.get(path) != content}
        gone = tuple(sorted(files.keys() - after.keys()))
        return Trial(outcome=Outcome(executions=executions, files=changed, deleted=gone), isolation="")

    def _start(self, code: CodeType, command: Command, work: Path) -> Execution:
        fed, out, err = (self._folder / name for name in ("stdin", "stdout", "stderr"))
        fed.write_text(command.stdin, encoding="utf-8")
        child = os.fork()
        if not child:
            for number, path in enumerate((fed, out, err)):
                flags = os.O_RDONLY if not number else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                os.dup2(os.open(path, flags, 0o600), number)
            os._exit(run(code, ["main.py", *command.argv[2:]], work))
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        return Execution(exit_code=ended, stdout=read(out), stderr=read(err), timed_out=ended < 0)


def run(code: CodeType, argv: list[str], work: Path) -> int:
    """What a program ends with, which has this process for itself."""
    os.chdir(work)
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    sys.argv = argv
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))  # noqa: SIM115
    ended = 0
    try:
        exec(code, {"__name__": "__main__"})
    except SystemExit as error:
        ended = error.code & 255 if isinstance(error.code, int) else int(error.code is not None)
        if isinstance(error.code, str):
            sys.stderr.write(f"{error.code}\n")
    except BaseException:
        traceback.print_exc()
        ended = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return ended


def read(path: Path) -> str:
    """A file's text, whatever it is."""
    return path.read_text(encoding="utf-8", errors="replace")


async def findings(pair: Pair, desk: Desk) -> list[tuple[Kind, str]]:
    """What the rules say of a right program, and what its trials are worth."""
    text = quoted_commands(pair.text)
    bench = Bench(cast("Context", desk), text, PROGRAM)
    bench.lay_out(())
    right = await bench.tried(pair.program)
    found: list[tuple[Kind, str]] = [
        ("fault", f"{fault.command}: {fault.said}") for fault in bench.faults(right, bench.ordinary)
    ]
    starts = [start for start in bench.starts(right, bench.spoken_of) if not start.step.exit_code]
    if not any(start.succeeded for start in starts):
        found.append(("no input", ""))
    found += [
        ("refused", f"{start.command}: {start.execution.stderr.strip() or start.execution.stdout.strip()}")
        for start in starts
        if not start.succeeded
    ]
    mender = Mender(bench, len(bench.trials))
    mended = await mender.guarded(await mender.by_rule(right))
    reading = await bench.tried(as_read(pair.program, text))
    return [*found, *(("changed", said) for other in (reading, mended) for said in _changes(bench, right, other))]


def _changes(bench: Bench, right: Candidate, other: Candidate) -> Iterator[str]:
    """The first start on which another program does something else, where the right one does not fall over."""
    if other.problems:
        yield "\n".join(other.problems)
        return
    starts = bench.starts(right, len(bench.trials))
    pairs = zip(starts, bench.behaviour(right).prints, bench.behaviour(other).prints, strict=True)
    changed = ((start, one, two) for start, one, two in pairs if one is not None and one != two)
    for start, one, two in changed:
        yield f"{start.command}: {one} became {two}"
        return


async def measure(pairs: Sequence[Pair], *, told: bool) -> Counter[Kind]:
    """How many pairs have something of each kind; `told`: all of it is printed."""
    tally: Counter[Kind] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for pair in pairs:
            found = await findings(pair, desk)
            tally.update({kind for kind, _ in found})
            if told and found:
                print(pair.text, *(f"    {kind}: {said}" for kind, said in found), sep="\n", flush=True)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the house's rules on programs that are right.")
    parser.add_argument("files", nargs="*", type=Path, default=FILES, help="requirements and programs, one a line")
    parser.add_argument("--about", help="only requirements with these words (all: an empty text), with what was found")
    parser.add_argument("--every", type=int, default=1, help="only every Nth of them")
    arguments = parser.parse_args()
    lines = (line for path in arguments.files for line in read(path).splitlines())
    pairs = [Pair.model_validate_json(line) for line in lines][:: arguments.every]
    if arguments.about:
        pairs = [pair for pair in pairs if arguments.about in pair.text]
    tally = asyncio.run(measure(pairs, told=arguments.about is not None))
    print(f"{len(pairs)} right programs:", ", ".join(f"{kind} {count}" for kind, count in sorted(tally.items())))


if __name__ == "__main__":
    main()
