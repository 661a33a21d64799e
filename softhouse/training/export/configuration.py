"""The section `[export]` of a training's configuration."""

from typing import Literal

from pydantic import Field

from softhouse.llm_backends.protocol import Frozen

Precision = Literal["f32", "f16", "q8_0"]


class Configuration(Frozen):
    """What may be chosen about the files for use."""

    model: str = "newest"
    """Which model: a step's name (`rlhf`, `dpo`, `sft`, `pretrain`), the folder of any model, or `newest`: the last of
    these steps that was finished."""
    precision: Precision = "f32"
    """Of the matrices in the GGUF: `f32` says exactly what was trained, `f16` is half as large, `q8_0` a quarter."""
    context: int = Field(default=16_384, ge=16)
    """How long a text the exported decoder claims to read, where it was trained on shorter ones: the roles of the house
    write prompts of thousands of tokens. What lies beyond the trained length is read, but the less well the longer."""
    prompts: int = Field(default=50, ge=0)
    """So many beginnings of validation documents are continued by llama.cpp and by our own file, and compared."""
    new_tokens: int = Field(default=32, ge=1)
    """How far each of them is continued."""
