"""What LoRA learned, added to the weights of its model, one file of weights at a time."""

import shutil
from pathlib import Path

from softhouse.errors import MissingExtraError, StorageError, UsageError
from softhouse.llm_backends.chatglm2.adapter import LoraChanges, read_adapter
from softhouse.llm_backends.chatglm2.convert import whole_file
from softhouse.training.tuning.methods import copy_companions


def merge(folder: Path, out: Path) -> Path:
    """Native weights in `out`, usable as `chatglm2:OUT`: each changed matrix is `W + alpha / rank · B A`.

    Sums are made in float32 and stored as the model is. Peak memory is about one file of weights. Raises `UsageError`
    where `folder` holds nothing to merge or `out` is not empty, `StorageError` where the disk is full.
    """
    try:
        import safetensors.torch as files
    except ImportError as error:
        raise MissingExtraError("local", "merging an adapter") from error
    adapter = read_adapter(folder)
    if adapter is None:
        raise UsageError(f"{folder} holds no adapter; a model that was tuned whole is used as it is: chatglm2:{folder}")
    if adapter.kind == "prefix":
        raise UsageError(f"{folder} holds a prefix, which is no change of weights; use it as it is: chatglm2:{folder}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not empty; name another folder with --out")
    changes = LoraChanges(adapter)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(adapter.base.glob("*.safetensors")):
            tensors = {name: changes.apply(name, weight) for name, weight in files.load_file(path).items()}
            with whole_file(out / path.name) as partial:
                files.save_file(tensors, partial, metadata={"format": "pt"})
        index = adapter.base / "model.safetensors.index.json"
        if index.is_file():
            shutil.copyfile(index, out / index.name)
        changes.check_all_applied()
        copy_companions(adapter.base, out)
    except OSError as error:
        raise StorageError(
            f"{out} cannot be written ({error.strerror or error}); free the space, merge again"
        ) from None
    return out
