"""What `softhouse tune` writes beside a model: a folder with a small change of it and a pointer to the model itself."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from softhouse.errors import UnknownModelError
from softhouse.llm_backends.chatglm2.prefix import PREFIX_FILE, load_prefix
from softhouse.llm_backends.torch_model import load_model

if TYPE_CHECKING:
    from torch import Tensor

MANIFEST_FILE = "manifest.json"
LORA_FILE = "adapter_model.safetensors"
LORA_CONFIG_FILE = "adapter_config.json"
LORA_PREFIX = "base_model.model."
"""In front of every name in peft's files."""


@dataclass(frozen=True)
class Adapter:
    """A change of the model in `base`."""

    folder: Path
    base: Path
    kind: Literal["lora", "prefix"]


def read_adapter(folder: Path) -> Adapter | None:
    """The adapter in `folder`, None where there is none; `UnknownModelError` where its model is gone."""
    kind: Literal["lora", "prefix"]
    if (folder / LORA_FILE).is_file():
        kind = "lora"
    elif (folder / PREFIX_FILE).is_file():
        kind = "prefix"
    else:
        return None
    manifest = folder / MANIFEST_FILE
    try:
        base = Path(json.loads(manifest.read_text(encoding="utf-8"))["base"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnknownModelError(
            f"{manifest} doesn't say which model {folder} changes ({error!r}); tune again"
        ) from None
    if not (base / "config.json").is_file():
        raise UnknownModelError(
            f"{folder} changes the model in {base}, which is not there; put it back, or correct base in {manifest}"
        )
    return Adapter(folder, base, kind)


class LoraChanges:
    """What LoRA learned, as changes of the model's matrices: `alpha / rank · B A` (https://arxiv.org/abs/2106.09685)."""

    def __init__(self, adapter: Adapter) -> None:
        """Raises `UnknownModelError` where peft's two files can't be read."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            config = json.loads((adapter.folder / LORA_CONFIG_FILE).read_text(encoding="utf-8"))
            self._scaling = config["lora_alpha"] / config["r"]
            self._halves = load_file(adapter.folder / LORA_FILE)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise UnknownModelError(f"{adapter.folder} holds no adapter that can be read ({error!r})") from None
        self._adapter = adapter

    def apply(self, name: str, weight: "Tensor") -> "Tensor":
        """`weight`, called `name` in the model, as it is or changed; summed in float32, in the precision it came in."""
        stem = f"{LORA_PREFIX}{name.removesuffix('.weight')}"
        first = self._halves.pop(f"{stem}.lora_A.weight", None)
        if first is None:
            return weight
        second = self._halves.pop(f"{stem}.lora_B.weight")
        change = second.to(weight.device).float() @ first.to(weight.device).float()
        changed: Tensor = weight.float() + self._scaling * change
        return changed.to(weight.dtype)

    def check_all_applied(self) -> None:
        """`UnknownModelError` where something was learned about a matrix that the model lacks."""
        if self._halves:
            foreign, adapter = next(iter(self._halves)), self._adapter
            raise UnknownModelError(f"{adapter.folder} changes {foreign}, which the model in {adapter.base} lacks")


def load_adapted(adapter: Adapter, device: str | None = None) -> Any:
    """The changed model, ready to generate; what LoRA learned is added to the weights in memory."""
    model = load_model(adapter.base, device)
    if adapter.kind == "prefix":
        load_prefix(model, adapter.folder / PREFIX_FILE)
        return model
    changes = LoraChanges(adapter)
    for name, parameter in model.named_parameters():
        parameter.data = changes.apply(name, parameter.data)
    changes.check_all_applied()
    return model
