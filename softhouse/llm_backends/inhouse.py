"""A model that was trained here: `inhouse:PATH`.

`PATH` is the folder of a training (`softhouse train --out PATH`), a model folder, or a GGUF. Of a training it is the
model of the step that was finished last. A GGUF is run by llama.cpp, a folder by transformers; both enforce schemas.
An encoder gives embeddings.
"""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from softhouse.errors import BackendError, MissingExtraError, UnknownModelError

if TYPE_CHECKING:
    from softhouse.llm_backends.protocol import Backend

STEPS = ("export", "rlhf", "dpo", "sft", "pretrain")
"""Steps of a training that leave a model, the last one first."""
FINISHED = "manifest.json"


def create(rest: str, *, base_url: str | None = None) -> "Backend":
    """The backend for `inhouse:` + `rest`; an `Embedder` too where the model is an encoder.

    Raises `UnknownModelError`, `MissingExtraError`.
    """
    if base_url is not None:
        raise BackendError(f"inhouse:{rest} runs on this machine; leave --base-url out")
    name, path = f"inhouse:{rest}", find_model(Path(rest).expanduser())
    return _of_gguf(name, path) if path.suffix == ".gguf" else _of_folder(name, path)


def find_model(path: Path) -> Path:
    """The GGUF or the model folder that `path` stands for. Raises `UnknownModelError`."""
    if (path.is_file() and path.suffix == ".gguf") or (path / "config.json").is_file():
        return path
    finished = [step for step in STEPS if (path / step / FINISHED).is_file()]
    if not finished:
        raise UnknownModelError(
            f"{path} is no GGUF, no folder with a model, and no training that has one; "
            f"train one with: softhouse train pretrain --out {path}"
        )
    # of two that were finished at the same moment, the one that comes first in STEPS
    newest = path / max(finished, key=lambda step: (path / step / FINISHED).stat().st_mtime_ns)
    gguf = newest / "model.gguf"
    return gguf if gguf.is_file() and find_spec("xllamacpp") is not None else newest / "model"


def _of_gguf(name: str, path: Path) -> "Backend":
    if find_spec("xllamacpp") is None:
        raise MissingExtraError("embedded", name)
    from softhouse.llm_backends.gguf import GgufBackend, GgufEmbedder
    from softhouse.llm_backends.gguf_header import read_header

    return GgufEmbedder(name, path) if read_header(path).embeddings else GgufBackend(name, path)


def _of_folder(name: str, folder: Path) -> "Backend":
    from softhouse.llm_backends.text_encoder import TextEncoder, is_text_encoder
    from softhouse.llm_backends.transformers import HfConversation, TransformersBackend, require_local_extra

    require_local_extra(name)
    try:
        config = json.loads((folder / "config.json").read_bytes())
        encoder = is_text_encoder(folder)
    except (OSError, ValueError):
        raise UnknownModelError(f"{folder}/config.json can't be read; export the model again") from None
    if config.get("is_encoder_decoder"):
        raise UnknownModelError(f"{folder} is a sequence-to-sequence model: it can't be talked to; take a decoder")
    return TextEncoder(name, folder) if encoder else TransformersBackend(name, folder, HfConversation(folder))
