"""Does llama.cpp say the same as our own file? The likeliest tokens after the beginnings of real documents."""

import http.client
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    same_reply: bool
    margin: float
    """Logits between the likeliest token and the next, where it was smallest in our own reply: below a thousandth or so
    it is rounding that decides."""


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
            theirs = [index for index in _continued(server, prompt, new_tokens) if index not in stop]
            results.append(
                Compared(
                    prompt=tokenizer.decode(prompt),
                    ours=tokenizer.decode(ours),
                    theirs=tokenizer.decode(theirs),
                    same_ids=_cut(server, text) == row,
                    same_reply=ours == theirs,
                    margin=_margin(model, prompt, ours),
                )
            )
            progress.update(len(results))
    finally:
        server.close()
    return results


def _continued(server: LlamaServer, prompt: Sequence[int], new_tokens: int) -> Sequence[int]:
    body = {"prompt": prompt, "n_predict": new_tokens, "temperature": 0, "top_k": 1, "return_tokens": True}
    reply: Sequence[int] = _post(server, "/completion", {**body, "cache_prompt": False})["tokens"]
    return reply


def _cut(server: LlamaServer, text: str) -> Sequence[int]:
    body = {"content": text, "add_special": False, "parse_special": False}
    ids: Sequence[int] = _post(server, "/tokenize", body)["tokens"]
    return ids


def _margin(model: "Decoder", prompt: Sequence[int], reply: Sequence[int]) -> float:
    import torch

    with torch.no_grad():
        logits = model(torch.tensor([[*prompt, *reply]]))[0, len(prompt) - 1 :]
    best, second = logits.topk(2, dim=-1).values.unbind(-1)
    return float((best - second).min())


def _post(server: LlamaServer, path: str, body: dict[str, Any]) -> Any:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=SECONDS)
    try:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server.key}"}
        connection.request("POST", path, json.dumps(body), headers)
        return json.load(connection.getresponse())
    finally:
        connection.close()
