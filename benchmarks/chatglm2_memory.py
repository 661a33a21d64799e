"""The memory plan against the measured peak of three real loads on this machine (Linux).

    python benchmarks/chatglm2_memory.py [--layers 24]

A synthetic model of medium size is written and converted; llama.cpp (q4_0, f16) and transformers (float32) each load
it in a process of their own, read a prompt that nearly fills the context, and answer. Prints one JSON object a load.
Bar: plan within 15 % of the peak resident memory.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from softhouse.llm_backends.chatglm2.backend import ChatGLMGgufBackend, open_backend
from softhouse.llm_backends.chatglm2.convert import convert
from softhouse.llm_backends.chatglm2.shape import ModelShape
from softhouse.llm_backends.chatglm2.synthetic import original_weights, sentencepiece_model, write_checkpoint
from softhouse.llm_backends.llama_server import ServerOptions
from softhouse.llm_backends.memory_plan import MIB, Need, llama_cpp_on_cpu, transformers_on_cpu
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest

CONTEXT = 2048


def medium(layers: int) -> ModelShape:
    return ModelShape(
        layers=layers, hidden=1024, heads=16, kv_heads=2, head_dim=64, ffn=3424, vocab=65024, context=CONTEXT
    )


async def load_and_answer(path: Path) -> int:
    """Peak resident bytes of whoever holds the model."""
    backend: Backend
    if path.suffix == ".gguf":
        backend = ChatGLMGgufBackend("chatglm2:medium", path, ServerOptions(context_length=CONTEXT, parallel=1))
    else:
        backend = open_backend(str(path))
    text = "word " * 4
    while backend.count_tokens(text) < CONTEXT * 0.85:
        text += "word " * 20
    await backend.complete(CompletionRequest(messages=(ChatMessage.user(text),), max_tokens=8))
    server = backend._server if isinstance(backend, ChatGLMGgufBackend) else None
    process = "self" if server is None else str(server.process.pid)
    status = Path(f"/proc/{process}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    await backend.aclose()
    return peak * 1024


def measured(path: Path) -> int:
    command = [sys.executable, __file__, "--measure", str(path)]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=24)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(asyncio.run(load_and_answer(arguments.measure)))
        return
    shape, worst = medium(arguments.layers), 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights = original_weights(shape, dtype=torch.float16)
        original = write_checkpoint(
            folder / "original", shape, weights=weights, shards=4, tokenizer=sentencepiece_model()
        )
        del weights
        loads: list[tuple[str, Path, Need]] = [
            ("llama.cpp q4_0", convert(original, folder / "q", to="gguf", quant="q4_0"),
             llama_cpp_on_cpu(shape, "q4_0", CONTEXT)),
            ("llama.cpp f16", convert(original, folder / "f", to="gguf", quant="f16"),
             llama_cpp_on_cpu(shape, "f16", CONTEXT)),
            ("transformers float32", convert(original, folder / "n"), transformers_on_cpu(shape, 2, 4, CONTEXT)),
        ]  # fmt: skip
        for title, path, need in loads:
            peak = measured(path)
            off = need.total / peak - 1
            worst = max(worst, abs(off))
            figures = {
                "load": title,
                "planned_mib": need.total // MIB,
                "measured_mib": peak // MIB,
                "off": round(off, 3),
            }
            print(json.dumps(figures), flush=True)
    sys.exit(0 if worst <= 0.15 else 1)


if __name__ == "__main__":
    main()
