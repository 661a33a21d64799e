"""The model store (being written)."""

from collections.abc import Callable
from pathlib import Path

OnProgress = Callable[[object], None]


def find(name_or_path: str) -> Path | None:
    path = Path(name_or_path)
    if path.is_file():
        return path
    placed = Path.home() / ".local/share/softhouse/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    return placed if name_or_path == "qwen2.5-coder-1.5b" and placed.is_file() else None


def pull(name: str, on_progress: OnProgress | None = None) -> Path:
    raise NotImplementedError(name, on_progress)
