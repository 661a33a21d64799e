"""Write the newest model for use: a folder in Hugging Face's layout, and for a decoder a GGUF for llama.cpp.

`gguf_file.py` writes the file, `comparison.py` checks that llama.cpp says what our own file says.
"""

from typing import TYPE_CHECKING

from softhouse.training.export.configuration import Configuration

if TYPE_CHECKING:
    from softhouse.training.configuration import TrainingConfiguration
    from softhouse.training.step import StepContext, StepResult

__all__ = ["Configuration", "run"]


def run(context: "StepContext", configuration: "TrainingConfiguration") -> "StepResult":
    """The step `export`: writes `model/` and, for a decoder, `model.gguf`."""
    from softhouse.training.export.exporting import run as export

    return export(context, configuration.section("export", Configuration))
