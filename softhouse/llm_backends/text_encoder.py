"""An embedding model on this machine, run by transformers: what `hf:PATH` is for an encoder.

The vectors of a text's tokens become one by their mean, unless the folder says otherwise in the files that
sentence-transformers writes (https://sbert.net/docs/sentence_transformer/usage/custom_models.html); then it is given
length 1.
"""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import BackendError, ContextLengthError, UnavailableError, UnknownModelError
from softhouse.llm_backends.protocol import (
    Capabilities,
    Completion,
    CompletionRequest,
    Embeddings,
    Price,
    TokenCallback,
    Usage,
    embeddings_only,
)
from softhouse.llm_backends.torch_model import first_line, load_model

if TYPE_CHECKING:
    import torch

TOGETHER = 16
"""Texts that are computed at once; between two batches it is seen that the asker has gone."""
POOLINGS = ("mean_tokens", "cls_token", "lasttoken")
STEPS = ("Transformer", "Pooling", "Normalize")


def is_text_encoder(folder: Path) -> bool:
    """Whether the model in `folder` has no head that writes text, or was made for embeddings.

    Raises `ValueError` where `config.json` is no JSON object.
    """
    config = json.loads((folder / "config.json").read_text("utf-8"))
    if not isinstance(config, dict):
        raise ValueError("config.json is no object")
    names = [str(name) for name in config.get("architectures") or ()]
    bare = [name.endswith(("Model", "ForMaskedLM")) and not name.endswith("LMHeadModel") for name in names]
    return (folder / "modules.json").is_file() or (bool(bare) and all(bare) and not config.get("is_encoder_decoder"))


class TextEncoder:
    """One model in this process; loaded by the first `embed`, in a thread of its own.

    >>> encoder = TextEncoder("hf:bge", Path("path/to/bge"))  # doctest: +SKIP
    """

    def __init__(self, name: str, folder: Path) -> None:
        """Raises `UnknownModelError`."""
        import transformers

        self._name, self._folder, self._pooling = name, folder, pooling_of(folder)
        try:
            files: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
            config = transformers.AutoConfig.from_pretrained(folder, **files).get_text_config()
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder, **files)
        except (OSError, ValueError, KeyError) as error:
            raise UnknownModelError(f"{folder} is not a model that transformers knows ({first_line(error)})") from None
        # Where a tokenizer has no limit of its own, it says one of 10^30.
        longest = min(getattr(config, "max_position_embeddings", None) or 512, self._tokenizer.model_max_length)
        free = Price(prompt=0.0, cached=0.0, completion=0.0)
        self._capabilities = Capabilities(context_length=longest, strength="small", parallel=1, local=True, price=free)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="softhouse-transformers")
        self._model: Any = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        raise embeddings_only(self._name)

    def count_tokens(self, text: str) -> int:
        return len(self._ids([text])[0])

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        loop = asyncio.get_running_loop()
        ids = await asyncio.to_thread(self._ids, texts)
        longest, limit = max(map(len, ids), default=0), self._capabilities.context_length
        if longest > limit:
            raise ContextLengthError(f"{self._name} reads {limit} tokens; a text has {longest}: cut it into pieces")
        vectors: list[list[float]] = []
        for start in range(0, len(ids), TOGETHER):
            vectors += await loop.run_in_executor(self._thread, self._vectors, ids[start : start + TOGETHER])
        return Embeddings(vectors, Usage(prompt_tokens=sum(map(len, ids))))

    async def aclose(self) -> None:
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        self._model = None

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        # asked about lengths, a tokenizer warns of long texts itself
        return list(self._tokenizer(list(texts), truncation=False, verbose=False)["input_ids"])

    def _vectors(self, ids: Sequence[Sequence[int]]) -> list[list[float]]:
        import torch

        try:
            if self._model is None:
                self._model = load_model(self._folder, auto_class="AutoModel")
            filled = torch.zeros(len(ids), max(map(len, ids)), dtype=torch.long, device=self._model.device)
            filled += self._tokenizer.pad_token_id or 0
            mask = torch.zeros_like(filled)
            for row, numbers in enumerate(ids):
                filled[row, : len(numbers)] = torch.tensor(numbers)
                mask[row, : len(numbers)] = 1
            with torch.inference_mode():
                states = self._model(input_ids=filled, attention_mask=mask).last_hidden_state.float()
                pooled = torch.nn.functional.normalize(pool(states, mask, self._pooling), dim=-1)
            vectors: list[list[float]] = pooled.tolist()
        except BackendError:
            raise
        except Exception as error:
            raise UnavailableError(f"{self._name}: transformers failed: {first_line(error)}") from error
        return vectors


def pooling_of(folder: Path) -> str:
    """Which of `POOLINGS` the model in `folder` was trained with; raises `UnknownModelError` for another one."""
    try:
        steps = json.loads((folder / "modules.json").read_text("utf-8"))
        kinds = {str(step["type"]).rpartition(".")[2] for step in steps}
        [path] = [step["path"] for step in steps if str(step["type"]).endswith(".Pooling")]
        chosen: dict[str, bool] = json.loads((folder / path / "config.json").read_text("utf-8"))
        wanted = {name.removeprefix("pooling_mode_") for name, on in chosen.items() if on is True} - {"include_prompt"}
    except FileNotFoundError:
        return POOLINGS[0]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnknownModelError(f"{folder}: how its vectors are made can't be read ({first_line(error)})") from None
    if kinds <= set(STEPS) and len(wanted) == 1 and wanted <= set(POOLINGS):
        return wanted.pop()
    more = ", ".join(sorted((kinds - set(STEPS)) | (wanted - set(POOLINGS)))) or "not one kind of pooling"
    raise UnknownModelError(f"{folder} makes its vectors in a way that is not known here ({more}); take another model")


def pool(states: "torch.Tensor", mask: "torch.Tensor", pooling: str) -> "torch.Tensor":
    """One vector a text: `states` (texts, tokens, width), `mask` (texts, tokens) with 1 where there is a token.

    >>> import torch
    >>> states, mask = torch.tensor([[[1.0], [3.0], [9.0]]]), torch.tensor([[1, 1, 0]])
    >>> [pool(states, mask, kind).item() for kind in POOLINGS]
    [2.0, 1.0, 3.0]
    """
    import torch

    if pooling == "mean_tokens":
        weights = mask[..., None].to(states.dtype)
        return (states * weights).sum(1) / weights.sum(1)
    rows = torch.arange(len(states), device=states.device)
    return states[rows, mask.sum(1) - 1] if pooling == "lasttoken" else states[:, 0]
