"""What leaves the training is what was trained: against transformers, against llama.cpp, and behind the house's roles.

    python benchmarks/training_export.py MODEL_FOLDER [--texts FOLDER] [--house]

1. Three architectures, width 192, six layers, weights as they are before training but for norms that differ: the
   largest difference between logits of our file and those of the class of transformers that it is saved as, in float32,
   with and without padding. Bar: 1e-5.
2. The decoder in MODEL_FOLDER (such as OUT/pretrain/model) as a GGUF in three precisions: of 50 beginnings of Python
   files under `--texts` (by default the package networkx), how many llama.cpp, as the house runs it, continues with the
   same 32 likeliest tokens as our own file; and of the same files, how many both cut into the same tokens. Bar: all 50.
3. `--house`: one requirement built by the house on the exported model, on both engines. Bar: it ends with a verdict.

Measured 2026-11-24, torch 2.13.0, transformers 5.23.0, xllamacpp 2026.10.11549, one core of an AMD EPYC, on the `nano`
preset's decoder of four million parameters after 30 minutes on one core:

| | |
|---|---|
| decoder, `LlamaForCausalLM` | logits differ by at most 1.2e-6, with padding 1.2e-6 |
| encoder, `ModernBertForMaskedLM` | 6.6e-7, with padding 6.6e-7 |
| sequence to sequence, `T5ForConditionalGeneration` | 5.2e-6, with padding 5.2e-6 |
| `f32` | 50 of 50 replies the same, 50 texts cut the same |
| `f16` | 49 of 50 replies the same (in the other one the two likeliest logits are 2e-4 apart), 50 texts cut the same |
| `q8_0` | 41 of 50 replies the same |
| the house | a verdict (not accepted, as it should be) after 20 s on llama.cpp, 27 s on transformers |
"""

import argparse
import asyncio
import json
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from softhouse import Company
from softhouse.training.architectures import Architecture, Configuration, build, save
from softhouse.training.export.comparison import compare
from softhouse.training.export.configuration import Precision
from softhouse.training.export.exporting import copy_model
from softhouse.training.export.gguf_file import write_gguf
from softhouse.training.progress import Silence

PROMPTS, NEW_TOKENS = 50, 32
CONTEXT = 16_384
VOCABULARY = 8192
LINE = "Write a program greet.py that prints Hello, NAME! for the name given as its argument."


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--texts", type=Path, default=Path(sysconfig.get_path("purelib")) / "networkx")
    parser.add_argument("--house", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for architecture in ("decoder", "encoder", "sequence_to_sequence"):
            against_transformers(architecture, folder / architecture, arguments.model)
        copy_model(arguments.model, folder / "model", CONTEXT)
        for precision in ("f32", "f16", "q8_0"):
            against_llama_cpp(folder / "model", folder / f"{precision}.gguf", precision, arguments.texts)
        if arguments.house:
            for engine in ("f32.gguf", "model"):
                asyncio.run(behind_the_roles(folder / engine, folder / f"house-{engine}"))


def against_transformers(architecture: Architecture, folder: Path, tokenizer: Path) -> None:
    import transformers

    torch.manual_seed(0)
    shape = Configuration(architecture=architecture, kv_heads=2 if architecture == "decoder" else None)
    model = build(shape, VOCABULARY).train(mode=False)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() == 1:  # norms that are all ones would hide a norm in the wrong place
                weight.add_(torch.randn_like(weight), alpha=0.2)
    save(model, folder, tokenizer)
    [name] = json.loads((folder / "config.json").read_text())["architectures"]
    theirs = getattr(transformers, name).from_pretrained(folder).train(mode=False)
    ids = torch.randint(40, VOCABULARY, (4, 200))
    mask = torch.ones_like(ids, dtype=torch.bool)
    mask[1, 150:], mask[2, :33] = False, False
    ours_too: dict[str, Any] = {}
    theirs_too: dict[str, Any] = {}
    seen = mask
    if architecture == "sequence_to_sequence":
        written = torch.randint(40, VOCABULARY, (4, 100))
        ours_too, theirs_too, seen = {"written": written}, {"decoder_input_ids": written}, torch.ones(4, 100).bool()
    with torch.no_grad():
        plain, expected = model(ids, **ours_too), theirs(input_ids=ids, **theirs_too).logits
        masked = model(ids, mask=mask, **ours_too)[seen]
        expected_masked = theirs(input_ids=ids, attention_mask=mask.long(), **theirs_too).logits[seen]
    print(
        f"{name}: logits of {expected.std():.1f} (standard deviation) differ by at most "
        f"{(plain - expected).abs().max():.1e}, with padding {(masked - expected_masked).abs().max():.1e}",
        flush=True,
    )


def against_llama_cpp(folder: Path, gguf: Path, precision: Precision, texts: Path) -> None:
    write_gguf(folder, gguf, precision)
    documents = [path.read_text(encoding="utf-8") for path in sorted(texts.rglob("*.py")) if path.stat().st_size > 1000]
    compared = compare(folder, gguf, documents[:PROMPTS], NEW_TOKENS, Silence())
    different = [f"{one.margin:.0e}" for one in compared if one.margin is not None]
    same = len(compared) - len(different)
    print(
        f"{gguf.name}: {gguf.stat().st_size / 1e6:.1f} MB, {same} of {len(compared)} "
        f"replies the same, {sum(one.same_ids for one in compared)} texts cut the same",
        f"(where not, the two likeliest tokens are apart by {', '.join(different)} logits)" if different else "",
        flush=True,
    )


async def behind_the_roles(model: Path, workspace: Path) -> None:
    started = time.perf_counter()
    project = await Company(model=f"inhouse:{model}", workspace=workspace).run(LINE)
    verdict = "accepted" if project.accepted else "not accepted"
    print(f"the house on {model.name}: {verdict}, {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
