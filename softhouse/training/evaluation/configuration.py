"""The section `[eval]`: which models, and how much is measured."""

from pydantic import Field

from softhouse.llm_backends.protocol import Frozen


class Configuration(Frozen):
    """What is measured; a number of 0 leaves a measure out."""

    models: tuple[str, ...] = ()
    """Steps (`pretrain`, `sft`, `dpo`, `rlhf`), model folders or GGUF files, in the order of the table's columns.
    Empty: all of these steps that are finished."""
    validation_tokens: int = Field(default=131_072, ge=0)
    """At most so many tokens of the validation text are predicted: perplexity and bits per byte."""
    gaps: int = Field(default=100, ge=0)
    """Lines of Python, taken out of validation documents and to be filled in."""
    completions: int = Field(default=200, ge=0)
    """Functions of validation documents: the model sees the text up to the end of the header and writes the rest."""
    documents: int = Field(default=10, ge=0)
    """Requirements, of each of which the model is asked for two of the house's documents with no grammar to hold it."""
    functions: int = Field(default=40, ge=0, le=164)
    """Problems of HumanEval, run in the sandbox; needs the extra `bench`."""
    completion_tokens: int = Field(default=256, ge=1)
    """How long a function may become."""
    document_tokens: int = Field(default=400, ge=1)
    """How long a document may become."""
    temperature: float = Field(default=0.2, ge=0)
    """Of function completions, as where one try counts (Chen et al. 2021, arXiv 2107.03374); everything else takes the
    likeliest token."""
    top_p: float = Field(default=0.95, gt=0, le=1)
    """Only the likeliest tokens that together make this probability are drawn (as there)."""
