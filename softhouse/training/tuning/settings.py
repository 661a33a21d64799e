"""Everything that a tuning depends on beside the model and the data."""

from typing import Literal

from pydantic import Field

from softhouse.llm_backends.protocol import Frozen

Method = Literal["lora", "qlora", "ptuning2", "full"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]
LEARNING_RATES: dict[Method, float] = {"lora": 2e-4, "qlora": 2e-4, "ptuning2": 2e-2, "full": 2e-5}


class TuneSettings(Frozen):
    """What may be chosen; two tunings with the same settings, model and data are the same tuning.

    >>> TuneSettings(method="lora").rate
    0.0002
    """

    method: Method
    epochs: int = Field(default=3, ge=1)
    steps: int | None = Field(default=None, ge=1)
    """Instead of epochs: so many updates of the weights."""
    batch_tokens: int = Field(default=2048, ge=1)
    """Tokens that are computed at once: short rows are packed together, none sees another."""
    accumulation: int = Field(default=4, ge=1)
    """Packs for one update."""
    learning_rate: float | None = Field(default=None, gt=0)
    """None: the method's usual one."""
    warmup: int = Field(default=10, ge=0)
    """Updates in which the learning rate rises; from there it falls as a cosine."""
    max_length: int = Field(default=2048, ge=8)
    """Tokens of a row, prompt and answer; longer rows are left out."""
    eval_share: float = Field(default=0.0, ge=0, le=0.5)
    """This share of the rows is never learned from, only evaluated."""
    seed: int = Field(default=0, ge=0)
    rank: int = Field(default=8, ge=1)
    alpha: int | None = Field(default=None, ge=1)
    """What LoRA learned weighs alpha / rank; None: twice the rank."""
    prefix_length: int = Field(default=128, ge=1)
    checkpoint_every: int = Field(default=50, ge=1)
    """Updates between two states on disk, from which an interrupted tuning goes on."""
    precision: Precision = "auto"

    @property
    def rate(self) -> float:
        return LEARNING_RATES[self.method] if self.learning_rate is None else self.learning_rate

    @property
    def lora_alpha(self) -> int:
        return 2 * self.rank if self.alpha is None else self.alpha
