"""What a step of the training is: what it is given, and what it hands back.

A step is a module with a frozen `Configuration` (its table in the TOML file) and

    def run(context: StepContext, configuration: TrainingConfiguration) -> StepResult

A step that finds its inputs by looking into folders also has

    def inputs(configuration: TrainingConfiguration, out: Path) -> list[Path]

the files that it would read now, found without reading them: one more or one less, and it is done again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from softhouse.errors import UsageError
from softhouse.llm_backends.protocol import Frozen
from softhouse.training.progress import Progress

MANIFEST_FILE = "manifest.json"
Cell = str | int | float | None


class Table(Frozen):
    """Rows under named columns; floats are shown with four significant digits, None as a dash.

    >>> Table(title="Dropped", columns=("reason", "documents"), rows=(("too short", 12),)).columns
    ('reason', 'documents')
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Figure(Frozen):
    """A picture as the text of an SVG; `softhouse.training.figures` draws them."""

    title: str
    svg: str


class Section(Frozen):
    """A part of the report: a title, one paragraph of what to look at and why, and what there is to see."""

    title: str
    text: str
    parts: tuple[Table | Figure, ...] = ()


@dataclass(frozen=True)
class StepResult:
    """What a step hands back when it is done."""

    inputs: list[Path]
    """Files and folders that were read; when one changes, the step is done again. A folder stands for all in it."""
    outputs: list[Path]
    """Files and folders that were written, all inside the step's folder."""
    numbers: dict[str, float | int | str] = field(default_factory=dict)
    """The figures worth a line on the terminal and a row in the report: name with unit → value."""
    sections: list[Section] = field(default_factory=list)
    scratch: list[Path] = field(default_factory=list)
    """Files that are of use only until the step is finished: removed once its manifest is written, for a kill before
    that has to find them."""


@dataclass
class StepContext:
    """What a step may use."""

    out: Path
    """The folder of the whole training."""
    folder: Path
    """OUT/STEP; exists, and holds what an interrupted attempt left. The step writes nowhere else."""
    seed: int
    progress: Progress
    arguments: tuple[str, ...] = ()
    """Words after the step's name on the command line; only `harvest` takes some."""
    on_dependency: Callable[[str], None] = lambda _step: None
    """Told of every earlier step that was asked for, so that a change of one is seen when the step is continued."""

    def output_of(self, step: str) -> Path:
        """The folder of an earlier step that is finished; a `UsageError` that names the command where it is not."""
        if (folder := self.find_output_of(step)) is None:
            raise UsageError(
                f"this step needs the results of {step!r}, and {self.out / step} holds none that are finished; "
                f"run first: softhouse train {step} --out {self.out}"
            )
        return folder

    def find_output_of(self, step: str) -> Path | None:
        """Like `output_of`, but None where the step is not finished."""
        self.on_dependency(step)
        folder = self.out / step
        return folder if (folder / MANIFEST_FILE).is_file() else None
