"""A step for tests: it counts to a number, and can be killed on the way there."""

import os
import signal

from softhouse.llm_backends.protocol import Frozen
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.figures import bars
from softhouse.training.step import Section, StepContext, StepResult, Table

KILL_AT = "COUNTING_KILL_AT"


class Configuration(Frozen):
    """Of the step `data`, in these tests."""

    until: int = 5
    """Where to stop."""


def run(context: StepContext, configuration: TrainingConfiguration) -> StepResult:
    """Write a line a number; an interrupted count goes on after its last line."""
    until = configuration.section("data", Configuration).until
    path = context.folder / "count.txt"
    begun = len(path.read_text().splitlines()) if path.exists() else 0
    context.progress.begin("counting", until, begun)
    with path.open("a") as file:
        for number in range(begun, until):
            if os.environ.get(KILL_AT) == str(number):
                os.kill(os.getpid(), signal.SIGKILL)
            file.write(f"{number}\n")
            file.flush()
            context.progress.update(number + 1)
    with (context.out / "visits.txt").open("a") as visits:
        visits.write(f"{begun}\n")
    table = Table(title="Counted", columns=("number", "<square>"), rows=((2, 4.0), (3, None)))
    picture = bars("Twice", {"two": 4}, x_label="of it")
    section = Section(title="A & B", text="Look whether it ends.", parts=(table, picture))
    return StepResult(
        inputs=[context.out / "input.txt"], outputs=[path], numbers={"numbers": until}, sections=[section]
    )
