"""The step `data` from end to end.

    list → documents of each unit → duplicates over all → mixture → files

Everything on the way lies in OUT/data/work, finished parts under their final names, so that a killed run goes on and
comes to the same bytes; at the end it is deleted.
"""

import filecmp
import shutil
from collections.abc import Iterator
from pathlib import Path

from softhouse.errors import UsageError
from softhouse.training.data.configuration import Configuration
from softhouse.training.data.corpus import Corpus
from softhouse.training.data.drops import write_drops
from softhouse.training.data.duplicates import find_duplicates
from softhouse.training.data.listing import Listing, Passed, Unit
from softhouse.training.data.mixture import shares
from softhouse.training.data.summary import Summary
from softhouse.training.data.unit_files import UnitFiles
from softhouse.training.data.units import Job, do_unit, tasks_of
from softhouse.training.data.workers import results
from softhouse.training.data.writing import Plan, write
from softhouse.training.step import StepContext, StepResult

DROPS_FILE = "dropped.jsonl.gz"


def run(context: StepContext, configuration: Configuration) -> StepResult:
    """Do it, going on with what an interrupted attempt left. Raises `UsageError` for sources that can't be read."""
    tasks_of(configuration)  # here and not only in the workers, so that what is missing is told at once
    work = context.folder / "work"
    passed = _list(context, configuration, work)
    _make_documents(context, configuration, work)
    summary = _write(context, configuration, work, passed)
    inputs = sorted({Path(entry.path) for unit in _units(work) for entry in unit.entries})
    shutil.rmtree(work)
    return StepResult(
        inputs=inputs,
        outputs=[*summary.written.files, context.folder / DROPS_FILE],
        numbers=summary.numbers(),
        sections=summary.sections(),
    )


def _write(context: StepContext, configuration: Configuration, work: Path, passed: dict[str, Passed]) -> Summary:
    """All that is done over the whole corpus. Its arrays lie in the work folder, and are let go at the end of this."""
    sources = [configuration.sources[unit.source].name for unit in _units(work)]
    corpus = Corpus(work / "units", len(sources))
    processes = configuration.processes
    found = find_duplicates(corpus, configuration.near_duplicates, work / "duplicates", processes, context.progress)
    plan = Plan(corpus, configuration, context.seed, found.same_as, sources)
    supplies = plan.supplies()
    wanted = shares(configuration.sources, supplies, configuration)
    context.progress.begin("files")
    written = write(plan, wanted, work / "scattered", context.folder, processes)
    if not written.train:
        raise UsageError(
            f"of {len(corpus)} documents that passed the filters none is left for training; "
            "add text to [[data.sources]] or lower validation_share in [data]"
        )
    tallies = write_drops(corpus, found, context.folder / DROPS_FILE)
    return Summary(configuration, tallies, passed, supplies, wanted, written)


def _list(context: StepContext, configuration: Configuration, work: Path) -> dict[str, Passed]:
    """Write the list of units, and begin anew if a file has changed since an interrupted attempt wrote its own."""
    context.progress.begin("listing the sources")
    work.mkdir(exist_ok=True)
    listing = Listing(configuration, context.out.resolve())
    new = work / "units.jsonl.new"
    with new.open("w", encoding="utf-8") as file:
        for unit in listing.units():
            file.write(unit.line())
            context.progress.update(unit.number)
    known = work / "units.jsonl"
    if known.is_file() and not filecmp.cmp(known, new, shallow=False):
        content = new.read_bytes()
        shutil.rmtree(work)
        work.mkdir()
        new.write_bytes(content)
    new.replace(known)
    (work / "units").mkdir(exist_ok=True)
    return listing.passed


def _units(work: Path) -> Iterator[Unit]:
    with (work / "units.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield Unit.of_line(line)


def _make_documents(context: StepContext, configuration: Configuration, work: Path) -> None:
    folder = work / "units"
    total = done = 0
    for unit in _units(work):
        size = sum(entry.size for entry in unit.entries)
        total += size
        done += size if UnitFiles(folder, unit.number).tally.is_file() else 0
    context.progress.begin("documents", total=total, completed=done)
    jobs = (
        Job(folder, configuration, unit) for unit in _units(work) if not UnitFiles(folder, unit.number).tally.is_file()
    )
    for size in results(do_unit, jobs, configuration.processes):
        done += size
        context.progress.update(done, f"{done / 1e6:,.0f} MB")
