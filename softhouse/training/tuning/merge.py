"""What LoRA learned, added to the weights of its model, one file of weights at a time."""

import json
import shutil
from pathlib import Path
from typing import Literal

from softhouse.errors import MissingExtraError, StorageError, UsageError
from softhouse.llm_backends.chatglm2.adapter import LoraChanges, read_adapter
from softhouse.llm_backends.chatglm2.shape import read_config
from softhouse.llm_backends.chatglm2.tokenizer import MODEL_FILE
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.tuning.methods import copy_companions
from softhouse.training.tuning.original_layout import original_of, original_tensors

Layout = Literal["native", "original"]


def merge(folder: Path, out: Path, layout: Layout = "native") -> Path:
    """The tuned model whole, in `out`: each changed matrix is `W + alpha / rank · B A`.

    In the native layout it is usable as `chatglm2:OUT`, in the original one it can be converted to a GGUF. Sums are
    made in float32 and stored as the model is. Peak memory is about one file of weights. Raises `UsageError` where
    `folder` holds nothing to merge or `out` is not empty, `StorageError` where the disk is full.
    """
    try:
        import safetensors.torch  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("local", "merging an adapter") from error
    adapter = read_adapter(folder)
    if adapter is not None and adapter.kind == "prefix":
        raise UsageError(f"{folder} holds a prefix, which is no change of weights; use it as it is: chatglm2:{folder}")
    base = folder if adapter is None else adapter.base
    if adapter is None and (layout == "native" or read_config(folder).get("model_type") != "glm"):
        raise UsageError(f"{folder} holds no adapter; a model that was tuned whole is used as it is: chatglm2:{folder}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not empty; name another folder with --out")
    changes = None if adapter is None else LoraChanges(adapter)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_weights(base, changes, out, layout)
        if layout == "native":
            copy_companions(base, out)
        else:
            shutil.copyfile(base / MODEL_FILE, out / MODEL_FILE)
            (out / "config.json").write_text(json.dumps(original_of(read_config(base))[1], indent=2) + "\n")
    except OSError as error:
        raise StorageError(
            f"{out} cannot be written ({error.strerror or error}); free the space, merge again"
        ) from None
    return out


def _write_weights(base: Path, changes: LoraChanges | None, out: Path, layout: Layout) -> None:
    from safetensors.torch import load_file, save_file

    places = dict[str, str]()
    for path in sorted(base.glob("*.safetensors")):
        tensors = load_file(path)
        if changes is not None:
            tensors = {name: changes.apply(name, weight) for name, weight in tensors.items()}
        if layout == "original":
            shape, _ = original_of(read_config(base))
            tensors = original_tensors(shape, tensors, path)
        with whole_file(out / path.name) as partial:
            save_file(tensors, partial, metadata={"format": "pt"})
        places |= dict.fromkeys(tensors, path.name)
    if changes is not None:
        changes.check_all_applied()
    if len(set(places.values())) > 1:
        index = {"metadata": {}, "weight_map": places}
        (out / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
