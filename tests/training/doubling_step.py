"""A step for tests that reads what the counting step wrote."""

from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.step import StepContext, StepResult
from tests.training.counting_step import Configuration

__all__ = ["Configuration", "run"]


def run(context: StepContext, configuration: TrainingConfiguration) -> StepResult:
    """Count the lines twice."""
    source = context.output_of("data") / "count.txt"
    result = context.folder / "doubled.txt"
    result.write_text(str(2 * len(source.read_text().splitlines())))
    return StepResult(inputs=[source], outputs=[result])
