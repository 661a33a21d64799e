"""What is kept on disk so that a training that was killed goes on as if nothing had happened."""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from softhouse.errors import StorageError
from softhouse.llm_backends.protocol import Frozen
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.pretraining.loop import Update
from softhouse.training.pretraining.validation import Measurement

if TYPE_CHECKING:
    from softhouse.training.pretraining.loop import Loop

STATE_FILE = "state.pt"


class Course(Frozen):
    """All updates and measurements so far; `learning_rate` is the highest, where it was looked for."""

    learning_rate: float
    updates: tuple[Update, ...] = ()
    measurements: tuple[Measurement, ...] = Field(default=())


def save(loop: "Loop", course: Course, folder: Path) -> None:
    """Weights, the optimizers' memory and the course, in one file that is there whole or not at all."""
    import torch

    state = {
        "model": loop.model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in loop.optimizers],
        "scaler": loop.scaler.state_dict(),
        "course": course.model_dump_json(),
    }
    with whole_file(folder / STATE_FILE) as partial:
        try:
            torch.save(state, partial)
        except RuntimeError as error:  # torch does not say OSError of a full disk
            reason = " ".join(str(error).split())
            raise StorageError(f"{partial} cannot be written ({reason}); make room and run again") from error


def restore(loop: "Loop", folder: Path) -> Course | None:
    """Bring `loop` to where it was saved last; None where it never was."""
    import torch

    path = folder / STATE_FILE
    if not path.is_file():
        return None
    state = torch.load(path, map_location=loop.place.device, weights_only=True)
    loop.model.load_state_dict(state["model"])
    for optimizer, kept in zip(loop.optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(kept)
    loop.scaler.load_state_dict(state["scaler"])
    return Course.model_validate_json(state["course"])
