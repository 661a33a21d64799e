"""What was measured of a model; kept under a hash of everything that it depends on."""

from pathlib import Path

from softhouse.llm_backends.protocol import Frozen
from softhouse.training.manifest import write_json


class Sample(Frozen):
    """Something that a model wrote, and whether it was right."""

    measure: str
    prompt: str
    text: str
    right: bool


class Scores(Frozen):
    """Of one model. None: not measured, because the model can't do it, or a package is missing."""

    measured: tuple[str, ...] = ()
    """Measures that are done, whether or not they could be taken."""
    parameters: int = 0
    loss: float | None = None
    """On the validation text, in nats a token."""
    perplexity: float | None = None
    bits_per_byte: float | None = None
    gap_exact: float | None = None
    """Share of the lines that were filled in as they had been."""
    gap_similarity: float | None = None
    """Mean edit similarity to the lines as they had been."""
    syntax: float | None = None
    """Share of the function completions that parse."""
    completions: int = 0
    """How many functions were completed."""
    formats: float | None = None
    """Share of the house's documents that are valid as they stand."""
    formats_read: float | None = None
    """Share of the requests that fit into the model's context; the others count as not obeyed."""
    functions: float | None = None
    """Share of the HumanEval problems whose hidden tests pass, one try each."""
    problems: int = 0
    """How many HumanEval problems were tried."""
    samples: tuple[Sample, ...] = ()

    def write(self, path: Path) -> None:
        """Whole or not at all."""
        write_json(path, self)

    @classmethod
    def read(cls, path: Path) -> "Scores":
        """What an earlier attempt measured; nothing, where there is no file."""
        return cls.model_validate_json(path.read_bytes()) if path.exists() else cls()


class Measured(Frozen):
    """OUT/eval/scores.json: model → scores."""

    models: dict[str, Scores]
