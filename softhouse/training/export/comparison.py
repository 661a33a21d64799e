"""Does llama.cpp say the same as our own file? The likeliest tokens after the beginnings of real documents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from softhouse.llm_backends.llama_server import LlamaServer, ServerOptions, start
from softhouse.training.architectures.folder import load, special_ids
from softhouse.training.architectures.generation import generate
from softhouse.training.tokenizer.tokenizer import Tokenizer

if TYPE_CHECKING:
    from softhouse.training.architectures.decoder import Decoder
    from softhouse.training.progress import Progress

PROMPT_TOKENS = 48
COMPARED_CHARACTERS = 5000
SECONDS = 600.0


@dataclass(frozen=True)
class Compared:
    """One document: its beginning, and how it goes on by our own file and by llama.cpp."""

    prompt: str
    ours: str
    theirs: str
    same_ids: bool
    """Whether both cut the document's text into the same tokens."""
    margin: float | None
    """Where the two replies part: logits between the likeliest token and the next, by our own file. Below a thousandth
    or so it is rounding that decides. None where they do not part."""

    @property
    def same_reply(self) -> bool:
        return self.margin is None


def compare(
    folder: Path, gguf: Path, texts: Iterable[str], new_tokens: int, progress: "Progress", threads: int | None = None
) -> list[Compared]:
    """Continue the beginning of each of `texts` with the model in `folder` and with `gguf`, without sampling.

    `threads`: llama.cpp's; None: as many as there are cores. Raises `RuntimeError` where llama.cpp can't load the file.
    """
    model: Decoder = load(folder)  # type: ignore[assignment]
    tokenizer, ids = Tokenizer.open(folder), special_ids(folder)
    stop = frozenset(index for index in (ids["eos_token_id"], ids["end_of_turn"]) if index is not None)
    whole = [text[:COMPARED_CHARACTERS] for text in texts if text]
    cut = [tokenizer.encode(text) for text in whole]
    if not cut:
        return []
    progress.begin("comparing with llama.cpp (documents)", len(cut))
    replies = generate(model, [row[:PROMPT_TOKENS] for row in cut], new_tokens, stop=stop)
    options = ServerOptions(context_length=PROMPT_TOKENS + new_tokens + 8, parallel=1, fine_cache=True)
    server = start(gguf, options if threads is None else replace(options, threads=threads))
    results = []
    try:
        for text, row, ours in zip(whole, cut, replies, strict=True):
            prompt = row[:PROMPT_TOKENS]
            theirs = _continued(server, prompt, new_tokens, stop)
            results.append(
                Compared(
                    prompt=tokenizer.decode(prompt),
                    ours=tokenizer.decode(ours),
                    theirs=tokenizer.decode(theirs),
                    same_ids=_cut(server, text) == row,
                    margin=None if ours == theirs else _margin(model, prompt, ours[: _parting(ours, theirs)]),
                )
            )
            progress.update(len(results))
    finally:
        server.close()
    return results


def _continued(server: LlamaServer, prompt: Sequence[int], new_tokens: int, stop: frozenset[int]) -> list[int]:
    body = {"prompt": prompt, "n_predict": new_tokens, "temperature": 0, "top_k": 1, "return_tokens": True}
    reply = server.post("/completion", {**body, "cache_prompt": False}, SECONDS)["tokens"]
    return [index for index in reply if index not in stop]


def _cut(server: LlamaServer, text: str) -> Sequence[int]:
    body = {"content": text, "add_special": False, "parse_special": False}
    ids: Sequence[int] = server.post("/tokenize", body, SECONDS)["tokens"]
    return ids


def _parting(one: Sequence[int], other: Sequence[int]) -> int:
    """The first place where two different replies differ; where one goes on, that of the other's end.

    >>> _parting([5, 6, 7], [5, 6, 8]), _parting([5], [5, 6])
    (2, 1)
    """
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _margin(model: "Decoder", prompt: Sequence[int], reply: Sequence[int]) -> float:
    import torch

    with torch.no_grad():
        logits = model(torch.tensor([[*prompt, *reply]]))[0, -1]
    best, second = logits.topk(2).values.tolist()
    return float(best - second)
