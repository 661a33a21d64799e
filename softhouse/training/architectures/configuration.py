"""The shape of a model: the section `[model]` of a training's configuration."""

from typing import Literal

from pydantic import Field, model_validator

from softhouse.llm_backends.protocol import Frozen

Architecture = Literal["decoder", "encoder", "sequence_to_sequence"]


class Configuration(Frozen):
    """What a model is made of; with the vocabulary's size, all that its weights' shapes depend on.

    >>> Configuration(width=192, heads=6).head_width
    32
    """

    architecture: Architecture = "decoder"
    """`decoder` writes text from left to right (Llama's shape), `encoder` reads it in both directions and gives
    embeddings (ModernBERT's), `sequence_to_sequence` reads one text and writes another (T5's)."""
    layers: int = Field(default=6, ge=1)
    """Blocks of attention and feed-forward. `sequence_to_sequence` has this many in its encoder and as many in its
    decoder."""
    width: int = Field(default=192, ge=2)
    """Numbers that stand for one token between two blocks."""
    heads: int = Field(default=6, ge=1)
    """Attention heads of a block; each looks at `width / heads` numbers, which must be even."""
    kv_heads: int | None = Field(default=None, ge=1)
    """Heads of keys and values, which groups of query heads share: fewer make a smaller cache and fewer weights at
    hardly any loss. None: as many as `heads`. Only the decoder has groups."""
    ffn: int = Field(default=512, ge=1)
    """Width of the feed-forward layer; it is gated in all three architectures, so it has three matrices of width
    times this."""
    context: int = Field(default=512, ge=8)
    """The longest text that the model is meant to read, in tokens."""
    rope_theta: float = Field(default=10_000.0, gt=1)
    """The longest wave of the rotary position embedding; longer contexts want a larger one. `sequence_to_sequence` has
    T5's learned biases for 32 ranges of distance in place of it."""
    tied: bool = True
    """Whether the matrix that reads tokens is also the one that writes them: in small models a third of all weights."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of numbers that are zeroed while training. None is needed where no text is seen more than a few times."""
    norm_eps: float = Field(default=1e-5, gt=0)
    """What is added to a variance before it divides."""

    @model_validator(mode="after")
    def _fits_together(self) -> "Configuration":
        if self.width % self.heads or self.head_width % 2:
            raise ValueError(f"width {self.width} must be an even multiple of heads {self.heads}")
        if self.heads % self.groups:
            raise ValueError(f"heads {self.heads} must be a multiple of kv_heads {self.kv_heads}")
        if self.architecture != "decoder" and self.groups != self.heads:
            raise ValueError(f"only a decoder has groups of heads; leave kv_heads out of the {self.architecture}")
        if self.architecture == "sequence_to_sequence" and not self.tied:
            raise ValueError("a sequence_to_sequence model is tied, as transformers makes every T5")
        return self

    @property
    def head_width(self) -> int:
        return self.width // self.heads

    @property
    def groups(self) -> int:
        """Heads of keys and values."""
        return self.kv_heads or self.heads
