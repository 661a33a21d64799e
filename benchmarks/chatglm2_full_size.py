"""A synthetic checkpoint of full ChatGLM2-6B shape, converted to GGUF and talked to on this machine.

    python benchmarks/chatglm2_full_size.py [--folder /tmp/chatglm2-full] [--quant q4_0] [--keep]

Needs 16.5 GB of disk. Writes 12.5 GB of random half-precision numbers in seven shards, as the release does, converts
them in a process of its own, and prints what was measured as one JSON object. Bars: peak memory of the conversion at
most 4 GB, minutes, a q4_0 file of 3.3 GiB ± 5 %, an answer. Everything is removed at the end unless `--keep`.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch

from softhouse.llm_backends.chatglm2.backend import open_backend
from softhouse.llm_backends.chatglm2.checkpoint import expected_tensors
from softhouse.llm_backends.chatglm2.shape import CHATGLM2_6B
from softhouse.llm_backends.chatglm2.synthetic import original_config, sentencepiece_model, widened
from softhouse.llm_backends.protocol import ChatMessage, Completion, CompletionRequest

SHARDS = 7
# Linux tells the largest resident set of a finished process in KiB
CONVERT = """
import json, resource, sys, time
from pathlib import Path
from softhouse.llm_backends.chatglm2.convert import convert
begin = time.monotonic()
path = convert(Path(sys.argv[1]), Path(sys.argv[2]), to="gguf", quant=sys.argv[3])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"path": str(path), "seconds": time.monotonic() - begin, "peak_bytes": peak}))
"""


def write_original(folder: Path) -> None:
    """Seven shards of about 1.8 GB; each is written before the next one is made."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(original_config(CHATGLM2_6B, torch_dtype="float16")))
    (folder / "tokenizer.model").write_bytes(widened(sentencepiece_model(), 64_789))
    generator = torch.Generator().manual_seed(0)
    tensors = list(expected_tensors(CHATGLM2_6B).items())
    share = CHATGLM2_6B.parameters / SHARDS
    places, shard, written, number = dict[str, str](), dict[str, torch.Tensor](), 0, 1
    for position, (name, size) in enumerate(tensors):
        noise = torch.empty(size, dtype=torch.float16).normal_(0, 0.02, generator=generator)
        shard[name] = noise + 1 if "layernorm" in name else noise
        places[name] = f"pytorch_model-{number:05d}-of-{SHARDS:05d}.bin"
        written += noise.numel()
        if written >= number * share or position == len(tensors) - 1:
            torch.save(shard, folder / places[name])
            shard, number = {}, number + 1
    index = {"metadata": {"total_size": CHATGLM2_6B.parameters * 2}, "weight_map": places}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


async def answered(path: Path) -> dict[str, Any]:
    backend = open_backend(str(path))

    async def timed(prompt: str, tokens: int) -> tuple[float, Completion]:
        begin = time.monotonic()
        request = CompletionRequest(messages=(ChatMessage.user(prompt),), max_tokens=tokens)
        completion = await backend.complete(request)
        return time.monotonic() - begin, completion

    load, _ = await timed("你好", 1)
    prompt, read = await timed("Please write a short story about a fox. " * 8, 1)
    # the prompt is in llama.cpp's cache by now
    writing, completion = await timed("Please write a short story about a fox. " * 8, 33)
    await backend.aclose()
    return {
        "load_and_first_token_seconds": round(load, 1),
        "prompt_tokens_per_second": round(read.usage.prompt_tokens / prompt, 1),
        "completion_tokens_per_second": round(completion.usage.completion_tokens / writing, 2),
        "completion_tokens": completion.usage.completion_tokens,
        "answer": completion.text[:60],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/chatglm2-full"))
    parser.add_argument("--quant", default="q4_0")
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    try:
        begin = time.monotonic()
        write_original(folder / "original")
        print(f"wrote the original in {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
        command = [sys.executable, "-c", CONVERT, str(folder / "original"), str(folder / "gguf"), arguments.quant]
        converted = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        print(f"converted: {converted}", file=sys.stderr, flush=True)
        path = Path(converted["path"])
        size = path.stat().st_size / 2**30
        answer = asyncio.run(answered(path))
        result = {
            "quant": arguments.quant,
            "convert_seconds": round(converted["seconds"]),
            "convert_peak_gb": round(converted["peak_bytes"] / 1e9, 2),
            "file_gib": round(size, 3),
            **answer,
        }
        print(json.dumps(result, ensure_ascii=False))
        if arguments.quant == "q4_0":
            ok = converted["peak_bytes"] <= 4e9 and abs(size / 3.3 - 1) <= 0.05
            sys.exit(0 if ok else 1)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
