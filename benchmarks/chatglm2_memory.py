"""The memory plans against the measured peaks of real loads and of real tunings on this machine (Linux).

    python benchmarks/chatglm2_memory.py [--layers 24] [--tune]

A synthetic model of medium size is written and converted. llama.cpp (q4_0; q8_0 with a short and a long context; f16)
and transformers (float32) each load it in a process of their own, read a prompt, and answer. With `--tune` it is tuned
for two steps instead, by each method, again in a process of its own. Prints one JSON object a process, with plan over
peak. Bar: the plan is within 15 % of the peak resident memory.

Measured, plan over peak. 12 layers: q8_0 1.02, q8_0 with 16,384 tokens 1.01, f16 1.01. 8 layers: q4_0 1.04, float32
1.00; tuning by lora 1.08, qlora 1.12, ptuning2 1.07, full 0.99.
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
from softhouse.llm_backends.chatglm2.gguf_file import Quant
from softhouse.llm_backends.chatglm2.shape import ModelShape
from softhouse.llm_backends.chatglm2.synthetic import original_weights, sentencepiece_model, write_checkpoint
from softhouse.llm_backends.llama_server import ServerOptions
from softhouse.llm_backends.memory_plan import MIB, llama_cpp_on_cpu, transformers_on_cpu
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest
from softhouse.training.tuning.settings import Method

CONTEXT, LONG = 2048, 16384
PROMPT = 1700
"""Tokens; a longer context is only laid out."""


def medium(layers: int) -> ModelShape:
    return ModelShape(
        layers=layers, hidden=1024, heads=16, kv_heads=2, head_dim=64, ffn=3424, vocab=65024, context=LONG
    )


async def load_and_answer(path: Path, context: int) -> int:
    """Peak resident bytes of whoever holds the model."""
    backend: Backend
    if path.suffix == ".gguf":
        backend = ChatGLMGgufBackend("chatglm2:medium", path, ServerOptions(context_length=context, parallel=1))
    else:
        backend = open_backend(str(path))
    text = "word " * 4
    while backend.count_tokens(text) < PROMPT:
        text += "word " * 20
    await backend.complete(CompletionRequest(messages=(ChatMessage.user(text),), max_tokens=8))
    server = backend._servers.get("") if isinstance(backend, ChatGLMGgufBackend) else None
    peak = peak_of("self" if server is None else str(server.process.pid))
    await backend.aclose()
    return peak


def tuned(base: Path, method: Method, folder: Path) -> tuple[int, int]:
    """Bytes that were planned, and the peak."""
    from softhouse.training.tuning.job import prepare
    from softhouse.training.tuning.loop import tune
    from softhouse.training.tuning.settings import TuneSettings

    data = folder / "rows.jsonl"
    rows = [{"prompt": f"question {number}", "response": "word " * 60} for number in range(16)]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = TuneSettings(method=method, steps=2, batch_tokens=512, max_length=512, accumulation=1)
    job = prepare(f"chatglm2:{base}", data, settings, device="cpu")
    tune(job, folder / method)
    return job.plan.total, peak_of("self")


def peak_of(process: str) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def measured(*words: object) -> list[int]:
    command = [sys.executable, __file__, *map(str, words)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)  # type: ignore[no-any-return]


def told(title: str, planned: int, peak: int) -> float:
    """How far off the plan is, as a share of the peak."""
    figures = {
        "load": title,
        "planned_mib": planned // MIB,
        "measured_mib": peak // MIB,
        "ratio": round(planned / peak, 3),
    }
    print(json.dumps(figures), flush=True)
    return abs(planned / peak - 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=24)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("PATH", "CONTEXT"), help=argparse.SUPPRESS)
    parser.add_argument("--measure-tuning", nargs=3, metavar=("BASE", "METHOD", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        path, context = arguments.measure
        print(json.dumps([asyncio.run(load_and_answer(Path(path), int(context)))]))
        return
    if arguments.measure_tuning:
        base, method, folder = arguments.measure_tuning
        print(json.dumps(tuned(Path(base), method, Path(folder))))
        return
    shape = medium(arguments.layers)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights = original_weights(shape, dtype=torch.float16)
        original = write_checkpoint(
            folder / "original", shape, weights=weights, shards=4, tokenizer=sentencepiece_model()
        )
        del weights
        worst = tunings(original, folder) if arguments.tune else loads(original, shape, folder)
    sys.exit(0 if worst <= 0.15 else 1)


def loads(original: Path, shape: ModelShape, folder: Path) -> float:
    worst = 0.0
    quants: tuple[tuple[Quant, int], ...] = (("q4_0", CONTEXT), ("q8_0", CONTEXT), ("q8_0", LONG), ("f16", CONTEXT))
    for quant, context in quants:
        path = convert(original, folder / f"{quant}-{context}", to="gguf", quant=quant)
        need = llama_cpp_on_cpu(shape, quant, context)
        [peak] = measured("--measure", path, context)
        worst = max(worst, told(f"llama.cpp {quant}, context {context}", need.total, peak))
    need = transformers_on_cpu(shape, 2, 4, CONTEXT)
    [peak] = measured("--measure", convert(original, folder / "n"), CONTEXT)
    return max(worst, told("transformers float32", need.total, peak))


def tunings(original: Path, folder: Path) -> float:
    base, worst = convert(original, folder / "n"), 0.0
    for method in ("lora", "qlora", "ptuning2", "full"):
        planned, peak = measured("--measure-tuning", base, method, folder)
        worst = max(worst, told(f"tuning, {method}", planned, peak))
    return worst


if __name__ == "__main__":
    main()
