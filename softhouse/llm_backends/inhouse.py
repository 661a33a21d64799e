"""A model that was trained here: `inhouse:PATH`.

`PATH` is the folder of a training (`softhouse train --out PATH`), a model folder, or a GGUF. Of a training it is the
model of the step that was finished last. A GGUF is run by llama.cpp, a folder by transformers; both enforce schemas.
An encoder gives embeddings.
"""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import BackendError, MissingExtraError, UnavailableError, UnknownModelError
from softhouse.llm_backends.protocol import Usage

if TYPE_CHECKING:
    from softhouse.llm_backends.gguf import GgufBackend
    from softhouse.llm_backends.protocol import Backend, Completion, CompletionRequest, TokenCallback

TRAINED = ("rlhf", "dpo", "sft", "pretrain")
"""Steps of a training that make a model better, the last one first."""
STEPS = ("export", *TRAINED)
"""Steps of a training that leave a model."""
FINISHED = "manifest.json"
BOUNDS = ((48, 3), (12, 1))
"""Characters of a string and items of a list, for a reply that did not come to its end without bounds."""
COMMON = "[ !#-\\[\\]-~\u00a1-\u02ff\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]"
"""Characters of European languages and Chinese that stand in JSON as they are."""


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


class Unending:
    """llama.cpp with a model that may not have learned how a text ends.

    A grammar keeps its JSON right but not short: a string goes on until the reply is cut. And it lets bytes through
    that are no character, which llama.cpp itself then refuses. Such a reply is asked for again with bounds. (The engine
    of folders needs none: it counts what is left to be closed.)

    >>> backend = Unending(GgufBackend("inhouse:tiny.gguf", Path("tiny.gguf")))  # doctest: +SKIP
    """

    def __init__(self, backend: "GgufBackend") -> None:
        self._backend = backend
        self.name = backend.name
        self.capabilities = backend.capabilities
        self.count_tokens = backend.count_tokens
        self.aclose = backend.aclose

    async def complete(self, request: "CompletionRequest", on_token: "TokenCallback | None" = None) -> "Completion":
        if request.json_schema is None:
            return await self._backend.complete(request, on_token)
        completion = await self._within_bounds(request, request.json_schema)
        if on_token is not None:
            on_token(completion.text)
        return completion

    async def _within_bounds(self, request: "CompletionRequest", schema: dict[str, Any]) -> "Completion":
        spent = Usage()
        for bounds in (None, *BOUNDS):
            update = {"json_schema": bounded(schema, *bounds) if bounds else schema}
            try:
                completion = await self._backend.complete(request.model_copy(update=update))
            except UnavailableError:
                if bounds == BOUNDS[-1]:
                    raise
                continue
            spent += completion.usage
            if completion.finish_reason != "length":
                break
        return completion.model_copy(update={"usage": spent})


def bounded(schema: Any, length: int, items: int) -> Any:
    """A JSON schema with strings of at most `length` common characters and lists of at most `items` items.

    What the schema itself asks for at least stays possible.

    >>> bounded({"type": "array", "items": {"type": "string"}, "minItems": 2}, 9, 1)["maxItems"]
    2
    """
    if isinstance(schema, list):
        return [bounded(part, length, items) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: bounded(value, length, items) for key, value in schema.items()}
    if schema.get("type") == "array":
        result["maxItems"] = max(schema.get("minItems", 0), min(items, schema.get("maxItems", items)))
    if schema.get("type") == "string" and not {"enum", "const", "pattern", "format"} & schema.keys():
        least = result.pop("minLength", 0)
        most = max(least, min(length, result.pop("maxLength", length)))
        result["pattern"] = f"^{COMMON}{{{least},{most}}}$"
    return result


def _of_gguf(name: str, path: Path) -> "Backend":
    if find_spec("xllamacpp") is None:
        raise MissingExtraError("embedded", name)
    from softhouse.llm_backends.gguf import GgufBackend, GgufEmbedder
    from softhouse.llm_backends.gguf_header import read_header
    from softhouse.llm_backends.llama_server import ServerOptions

    return (
        GgufEmbedder(name, path)
        if read_header(path).embeddings
        else Unending(GgufBackend(name, path, ServerOptions(fine_cache=True)))
    )


def _of_folder(name: str, folder: Path) -> "Backend":
    from softhouse.llm_backends.text_encoder import TextEncoder, is_text_encoder
    from softhouse.llm_backends.transformers import SHORTER, HfConversation, TransformersBackend, require_local_extra

    require_local_extra(name)
    try:
        config = json.loads((folder / "config.json").read_bytes())
        encoder = is_text_encoder(folder)
    except (OSError, ValueError):
        raise UnknownModelError(f"{folder}/config.json can't be read; export the model again") from None
    if config.get("is_encoder_decoder"):
        raise UnknownModelError(f"{folder} is a sequence-to-sequence model: it can't be talked to; take a decoder")
    if encoder:
        return TextEncoder(name, folder)
    # a step of a training reads as much as it was trained on; `export` lets it read more
    training = folder.parent.parent if folder.parent.name in TRAINED else None
    remedy = f"let it read more with: softhouse train export --out {training}" if training else SHORTER
    return TransformersBackend(name, folder, HfConversation(folder), remedy=remedy)
