"""The house learns from its own work: journals of finished runs as data for `sft`, `dpo` and `rlhf`.

Nothing is run and no model is asked: what a reply was worth stands in the journal, as the outcomes of the programs that
were tried and as the verdicts of the test reports.
"""

from pathlib import Path

from softhouse.errors import JournalError, UsageError
from softhouse.llm_backends.protocol import Frozen
from softhouse.settings import JOURNAL
from softhouse.training.alignment.rows import write_lines
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.harvest.journals import Crop, crop, joined
from softhouse.training.step import Section, StepContext, StepResult, Table


class Configuration(Frozen):
    """The table `[harvest]`."""

    most_pairs: int = 4
    """Pairs of a better and a worse reply to one prompt, at most."""
    keep_benchmark: bool = False
    """Whether runs on the requirements of `softhouse.bench` are harvested: whoever trains on them can't be measured
    with them any more."""


def run(context: StepContext, configuration: TrainingConfiguration) -> StepResult:
    """Read the journals of the workspaces on the command line; leaves the three files of data."""
    chosen = configuration.section("harvest", Configuration)
    if not context.arguments:
        raise UsageError("harvest needs the folders of finished runs: softhouse train harvest WORKSPACE… --out DIR")
    journals = [journal_of(Path(argument).expanduser()) for argument in context.arguments]
    benchmark = frozenset() if chosen.keep_benchmark else benchmark_lines()
    context.progress.begin("reading journals", len(journals))
    crops: list[Crop] = []
    for number, journal in enumerate(journals, start=1):
        crops.append(crop(journal, most_pairs=chosen.most_pairs, leave_out=benchmark))
        context.progress.update(number)
    whole = joined(crops)
    if not (whole.conversations or whole.preferences or whole.tasks):
        raise UsageError("these journals hold nothing to learn from: no run in them was accepted or has cases")
    outputs = [
        write_lines(context.folder / "sft.jsonl", whole.conversations),
        write_lines(context.folder / "preferences.jsonl", whole.preferences),
        write_lines(context.folder / "tasks.jsonl", whole.tasks),
    ]
    numbers: dict[str, float | int | str] = {
        "runs": len(crops),
        "accepted runs": sum(found.accepted for found in crops),
        "replies": sum(found.replies for found in crops),
        "conversations for sft": len(whole.conversations),
        "pairs for dpo and reward": len(whole.preferences),
        "tasks for rlhf": len(whole.tasks),
    }
    table = Table(
        title="What each run gave",
        columns=("run", "accepted", "replies", "conversations", "pairs", "tasks", "remark"),
        rows=tuple(
            (
                argument,
                "yes" if found.accepted else "no",
                found.replies,
                len(found.conversations),
                len(found.preferences),
                len(found.tasks),
                found.remark,
            )
            for argument, found in zip(context.arguments, crops, strict=True)
        ),
    )
    section = Section(
        title="What the house's own runs teach",
        text="A reply is worth learning where the program that it led to passed its cases, or where its document went "
        "into an accepted delivery. Runs that give no pairs had only good replies, or only bad ones.",
        parts=(table,),
    )
    return StepResult(journals, outputs, numbers, [section])


def journal_of(workspace: Path) -> Path:
    """The journal of a workspace; the path of a journal itself will do too."""
    path = workspace if workspace.is_file() else workspace / JOURNAL
    if not path.is_file():
        raise JournalError(f"{workspace} holds no run of the house (no {path.name} in it); name a run's folder")
    return path


def benchmark_lines() -> frozenset[str]:
    """The requirements that the house is measured with."""
    from softhouse.bench.requirements import read_requirements

    return frozenset(requirement.text for requirement in read_requirements())
