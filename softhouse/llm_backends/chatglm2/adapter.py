"""What `softhouse tune` writes beside a model: a folder with a small change of it and a pointer to the model itself."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from softhouse.errors import MissingExtraError, UnknownModelError
from softhouse.llm_backends.chatglm2.prefix import PREFIX_FILE, load_prefix
from softhouse.llm_backends.torch_model import load_model

MANIFEST_FILE = "manifest.json"
LORA_FILE = "adapter_model.safetensors"


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


def load_adapted(adapter: Adapter, device: str | None = None) -> Any:
    """The changed model, ready to generate; what LoRA learned is added to the weights in memory."""
    model = load_model(adapter.base, device)
    if adapter.kind == "prefix":
        load_prefix(model, adapter.folder / PREFIX_FILE)
        return model
    try:
        import peft
    except ImportError as error:
        raise MissingExtraError("local", f"chatglm2:{adapter.folder}") from error
    merged = peft.PeftModel.from_pretrained(model, adapter.folder).merge_and_unload()
    merged.train(mode=False)
    return merged
