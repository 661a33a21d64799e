"""The section `[tokenizer]` of a training's configuration."""

from pydantic import Field

from softhouse.llm_backends.protocol import Frozen


class Configuration(Frozen):
    """What may be chosen about the vocabulary."""

    vocabulary: int = Field(default=16_384, ge=512, le=2**20)
    """Tokens in all: 40 special ones, one for each of the 256 bytes, the rest learned. More make shorter texts and a
    larger embedding, which in a small model is much of it."""
    megabytes: float = Field(default=200.0, gt=0)
    """So much of the training text is looked at, from its beginning (it is shuffled)."""
    min_frequency: int = Field(default=2, ge=1)
    """A pair that is seen less often is not made a token; the vocabulary is then smaller than asked for."""
    max_token_bytes: int = Field(default=32, ge=2)
    """No token is longer: else lines of dashes would become tokens of a hundred bytes."""
