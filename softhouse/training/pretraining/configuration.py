"""The section `[pretrain]`: every number that decides how a model learns, and why one would change it."""

from typing import Literal

from pydantic import Field, model_validator

from softhouse.llm_backends.protocol import Frozen

Precision = Literal["auto", "fp32", "bf16", "fp16"]
Optimizer = Literal["muon", "adamw"]
Device = Literal["auto", "cpu", "cuda", "mps"]


class Configuration(Frozen):
    """How a model is trained from nothing."""

    tokens: int = Field(default=20_000_000, ge=1)
    """Tokens to learn from in all; text is read again in another order when it runs out. About twenty for each
    parameter make the best of a given amount of computing (https://arxiv.org/abs/2203.15556); fewer than one shows
    hardly any grammar."""
    minutes: float | None = Field(default=None, gt=0)
    """So long at most. How many updates that are is measured once, before the training, and written down: a training
    that goes on keeps its course, on a slower day too. The measuring counts, packing and validation do not."""
    batch_tokens: int = Field(default=16_384, ge=1)
    """Tokens of one update. More make the direction of an update surer, and leave fewer updates for the same text."""
    micro_batch_tokens: int = Field(default=4_096, ge=1)
    """Tokens that are computed at once; several such make an update (gradient accumulation). Only memory and speed
    depend on it: a graphics card wants tens of thousands, a processor few enough for its cache."""
    optimizer: Optimizer = "muon"
    """What makes updates of gradients. `muon` learns more from the same tokens for about a twentieth more computing;
    `adamw` is what most published models were trained with."""
    learning_rate: float | Literal["find"] = 5e-3
    """How far an update goes, at its highest. Too low learns slowly, too high unlearns; small models bear more than
    large ones, and with `adamw` a model bears about half of what it does with `muon`. `"find"` tries rising rates for
    `find_updates` updates and takes a third of where the loss is lowest."""
    warmup: float = Field(default=0.02, ge=0, lt=1)
    """Share of the updates in which the rate rises from nothing: at first, gradients point anywhere."""
    final_share: float = Field(default=0.05, ge=0, le=1)
    """What is left of the rate at the end, after half a wave of a cosine: small steps at last settle what was
    learned."""
    weight_decay: float = Field(default=0.1, ge=0)
    """Weights of matrices shrink by this times the rate at each update, so that only what is needed stays large."""
    beta1: float = Field(default=0.9, ge=0, lt=1)
    """Adam's memory of the gradient's direction: 0.9 looks about 10 updates back."""
    beta2: float = Field(default=0.95, ge=0, lt=1)
    """Adam's memory of the gradient's size. Large models are steadier with 0.95 than with the 0.999 of old."""
    clipping: float = Field(default=1.0, gt=0)
    """A gradient that is longer is shortened to this: one odd batch can't throw the weights about."""
    gap_share: float = Field(default=0.25, ge=0, le=1)
    """`decoder`: share of the pieces of text in which the middle is moved to the end, to learn to fill gaps. It costs
    hardly anything of the ability to go on from left to right (https://arxiv.org/abs/2207.14255)."""
    hidden_share: float = Field(default=0.3, gt=0, lt=1)
    """`encoder`: share of the tokens that are hidden and to be guessed."""
    corrupted_share: float = Field(default=0.15, gt=0, lt=1)
    """`sequence_to_sequence`: share of the tokens that are taken away in short runs and to be written."""
    precision: Precision = "auto"
    """What products of matrices are computed in; weights are always fp32. `auto`: bf16 where the device has circuits
    for it, fp16 on older cards, else fp32."""
    device: Device = "auto"
    """`auto`: a graphics card where there is one."""
    threads: int | None = Field(default=None, ge=1)
    """Processor cores to use; none said: all. The same losses to the last bit need the same number."""
    compile: bool | None = None
    """Whether torch makes machine code of the model first, which takes a minute or two. None said: on cards with
    CUDA, where it pays; on processors it gains about a tenth."""
    checkpoint_every: int = Field(default=100, ge=1)
    """Updates between two states on disk, and two measurements on the validation text. A kill costs no more than
    these."""
    validation_tokens: int = Field(default=131_072, ge=1)
    """At most so many tokens of the validation text are measured each time."""
    find_updates: int = Field(default=100, ge=10)
    """Updates of the search for a learning rate."""
    scaling_sizes: tuple[float, ...] = ()
    """Sizes, as shares of the model's layers and width, such as [0.25, 0.5, 0.75], that are trained first to see how
    the loss falls with size: the scaling sweep. Empty: none."""
    scaling_tokens: int = Field(default=2_000_000, ge=1)
    """Tokens that each size of the sweep learns from."""

    @model_validator(mode="after")
    def _fits_together(self) -> "Configuration":
        if self.batch_tokens % self.micro_batch_tokens:
            raise ValueError(
                f"batch_tokens {self.batch_tokens} must be a multiple of micro_batch_tokens {self.micro_batch_tokens}"
            )
        if isinstance(self.learning_rate, float) and not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate {self.learning_rate} must lie between 0 and 1")
        if len(self.scaling_sizes) == 1:
            raise ValueError("a curve needs at least two scaling_sizes, better three")
        if len(set(self.scaling_sizes)) < len(self.scaling_sizes):
            raise ValueError("each of the scaling_sizes must differ from the others")
        if any(not 0 < size <= 1 for size in self.scaling_sizes):
            raise ValueError("scaling_sizes are shares of the model, above 0 and at most 1")
        return self
