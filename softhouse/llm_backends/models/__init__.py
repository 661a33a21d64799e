"""The model store: models that the house knows by name, where their files lie, and how they come here.

>>> [model.name for model in list_models()]
['qwen2.5-coder-1.5b']
"""

from pathlib import Path

from softhouse.llm_backends.models.catalog import catalog
from softhouse.llm_backends.models.store import ModelStore, OnProgress, Progress, StoredModel, store_folder

__all__ = [
    "ModelStore",
    "OnProgress",
    "Progress",
    "StoredModel",
    "adapters_of",
    "find",
    "list_models",
    "pull",
    "store_folder",
]


def list_models() -> tuple[StoredModel, ...]:
    """Every model that the house knows by name; reads no file."""
    return ModelStore(store_folder(), catalog()).list_models()


def find(name_or_path: str) -> Path | None:
    """The file of a model, verified; None for a known model that isn't here.

    A file of the store is hashed the first time, and again whenever its size or time changed; a path is only looked at.
    Raises `UnknownModelError` for a name that the house doesn't know, and for a path where no file is.
    """
    return ModelStore(store_folder(), catalog()).find(name_or_path)


def pull(name_or_path: str, on_progress: OnProgress | None = None) -> Path:
    """The file of a model, fetched first where it isn't here; takes minutes then: call it in a thread.

    What has arrived stays when the download is cut, by an exception of `on_progress` too, and the next call goes on
    from there. Two processes may call this at once: the second waits for the first. Raises `UnknownModelError`,
    `UnavailableError` (no source has it: the line says how to place the file by hand) and `StorageError`.
    """
    return ModelStore(store_folder(), catalog()).pull(name_or_path, on_progress)


def adapters_of(name: str) -> dict[str, Path]:
    """What the house itself taught a model that it knows by `name`: LoRA adapters (GGUF), which come with the package.

    >>> list(adapters_of("qwen2.5-coder-1.5b")), adapters_of("somewhere/model.gguf")
    (['programs'], {})
    """
    files = sorted(Path(__file__).parent.glob("*+*.gguf"))
    return {path.stem.rpartition("+")[2]: path for path in files if path.stem.rpartition("+")[0] == name}
