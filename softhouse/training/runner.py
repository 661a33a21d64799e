"""One step in its folder: already done, gone on with, or begun anew."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from softhouse.environment.workspace_lock import WorkspaceLock
from softhouse.errors import UsageError
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.manifest import (
    LOCK_FILE,
    SECTIONS_FILE,
    STARTED_FILE,
    Attempt,
    Manifest,
    Report,
    hash_of,
    hashes,
    named,
    read_attempt,
    read_manifest,
    results_hash,
    spelled_out,
    unchanged,
    versions,
    write_json,
)
from softhouse.training.progress import Progress, duration, shown
from softhouse.training.report import write_report
from softhouse.training.step import MANIFEST_FILE, StepContext, StepResult
from softhouse.training.steps import Step, section_class


@dataclass(frozen=True)
class Outcome:
    """What to tell the person who asked for the step."""

    manifest: Manifest
    folder: Path
    report: Path
    already_done: bool
    moved_to: Path | None
    """Where results lie that no longer fitted."""

    def text(self) -> str:
        name = self.manifest.step
        if self.already_done:
            lines = [f"{name} is already done: nothing that it depends on has changed since"]
        else:
            lines = [f"{name} done in {duration(self.manifest.seconds)}"]
        if self.moved_to is not None:
            lines.append(f"the results of another configuration or of other inputs were moved to {self.moved_to}")
        lines += [f"  {key}: {shown(value)}" for key, value in self.manifest.numbers.items()]
        return "\n".join([*lines, f"{self.folder}", f"report: {self.report}"])


def run_step(
    step: Step, configuration: TrainingConfiguration, out: Path, progress: Progress, arguments: tuple[str, ...] = ()
) -> Outcome:
    """Do `step` in OUT/STEP and write its manifest and OUT/report.html, unless it is done and nothing has changed.

    Raises `UsageError` for a configuration or a folder that can't be used and for an earlier step that is missing,
    `MissingExtraError`, `WorkspaceBusyError` where another process does the same step, and whatever the step raises.
    """
    reads = (step.name, *step.also_reads)
    run = step.load()
    configuration.check(must_have=reads)
    folder = out / step.name
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder with --out")
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        begun = Attempt(
            fingerprint=configuration.fingerprint(reads),
            seed=configuration.seed,
            arguments=tuple(map(spelled_out, arguments)),
            dependencies={},
        )
        there = read_attempt(folder)
        if there is None and (strange := sorted(path.name for path in folder.iterdir() if path.name != LOCK_FILE)):
            raise UsageError(f"{folder} holds {strange[0]}, which no step wrote; name another --out")
        moved_to = None
        if there is not None:
            begun = begun.model_copy(update={"dependencies": {n: results_hash(out, n) for n in there.dependencies}})
            done = read_manifest(folder)
            fits = there == begun and (done is None or same_inputs(step, configuration, done, out))
            if fits and done is not None and unchanged(done.outputs, out):
                return Outcome(done, folder, write_report(out), already_done=True, moved_to=None)
            if not fits and not step.keeps_folder:
                moved_to = move_aside(folder)
                begun = begun.model_copy(update={"dependencies": {}})
            (folder / MANIFEST_FILE).unlink(missing_ok=True)
        attempt = Notebook(folder, out, begun)
        context = StepContext(
            out, folder, configuration.seed, progress, arguments=arguments, on_dependency=attempt.depends_on
        )
        start = time.monotonic()
        result = run(context, configuration)
        manifest = record(step, configuration, attempt.attempt, result, out, time.monotonic() - start)
        for path in result.scratch:
            path.unlink(missing_ok=True)
    return Outcome(manifest, folder, write_report(out), already_done=False, moved_to=moved_to)


def same_inputs(step: Step, configuration: TrainingConfiguration, done: Manifest, out: Path) -> bool:
    """Whether no input came, went or changed since."""
    find = step.input_finder()
    if find is None:
        return unchanged(done.inputs, out)
    there = named(find(configuration, out), out)
    return there.keys() == done.inputs.keys() and all(hash_of(there[name]) == done.inputs[name] for name in there)


class Notebook:
    """Keeps `started.json` up to what the step has asked for."""

    def __init__(self, folder: Path, out: Path, attempt: Attempt) -> None:
        self.attempt, self._folder, self._out = attempt, folder, out
        write_json(folder / STARTED_FILE, attempt)

    def depends_on(self, step: str) -> None:
        if step not in self.attempt.dependencies:
            dependencies = self.attempt.dependencies | {step: results_hash(self._out, step)}
            self.attempt = self.attempt.model_copy(update={"dependencies": dependencies})
            write_json(self._folder / STARTED_FILE, self.attempt)


def record(
    step: Step, configuration: TrainingConfiguration, attempt: Attempt, result: StepResult, out: Path, seconds: float
) -> Manifest:
    """Write what the step has to show and, last of all, its manifest."""
    folder = out / step.name
    manifest = Manifest(
        step=step.name,
        attempt=attempt,
        configuration={
            name: configuration.section(name, section_class(name)).model_dump(mode="json")
            for name in (step.name, *step.also_reads)
        },
        inputs=hashes(result.inputs, out),
        outputs=hashes(result.outputs, out),
        numbers=result.numbers,
        versions=versions(),
        seconds=round(seconds, 3),
    )
    write_json(folder / SECTIONS_FILE, Report(sections=tuple(result.sections)))
    write_json(folder / MANIFEST_FILE, manifest)
    return manifest


def move_aside(folder: Path) -> Path:
    """Nothing that took hours is deleted for a changed key: one generation is kept beside the folder."""
    kept = folder.with_name(f"{folder.name}.previous")
    if read_manifest(kept) is not None and read_manifest(folder) is None:
        # nor for an attempt that was broken off
        kept = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for path in folder.iterdir():
        if path.name != LOCK_FILE:
            path.rename(kept / path.name)
    return kept


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """No other process does the same step meanwhile."""
    lock = WorkspaceLock(folder / LOCK_FILE)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()
