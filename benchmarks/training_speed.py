"""How many tokens one second of a processor learns from: our loop, transformers' Trainer and litgpt, side by side.

    python benchmarks/training_speed.py --litgpt-python /path/to/venv/bin/python [--rounds 3] [--precision fp32]

litgpt needs an environment of its own (`python -m venv V && V/bin/pip install litgpt==0.5.13 torch==2.13.0+cpu`);
without `--litgpt-python` it is left out. All train the preset `nano` (3.9 million parameters, 8,192 tokens, context
512, tied) with AdamW and clipping on the same batches of random tokens, eight rows of 512 each, on one thread, each
as its authors set it up: litgpt by its own `pretrain.setup` (which compiles the model), Trainer with its defaults,
ours with those of `[pretrain]`. A contender is a process; contenders take turns, `rounds` times, and the best round
of each counts, for a busy machine can only slow one down. What is counted is the processor time between two requests
for a batch, from the fourth on, which all of them make in the same way.

Measured on two cores of an AMD EPYC (avx512_bf16) that was busy with other work, torch 2.13, transformers 5.23, litgpt
0.5.13, best of two rounds, tokens a CPU second: fp32 ours 2,020, litgpt 1,845, Trainer 1,773; bf16 ours 3,762, litgpt
2,675, Trainer 2,132.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROWS, LENGTH, VOCABULARY, WARM = 8, 512, 8192, 3
SHAPE = {"layers": 6, "width": 192, "heads": 6, "kv_heads": 2, "ffn": 512, "context": LENGTH}


class Batches:
    """Random tokens; notes when each batch is asked for."""

    def __init__(self, count: int) -> None:
        import torch

        generator = torch.Generator().manual_seed(0)
        self.rows = torch.randint(0, VOCABULARY, (count, ROWS, LENGTH + 1), generator=generator)
        self.asked: list[tuple[float, float]] = []

    def __iter__(self) -> Iterator[Any]:
        for batch in self.rows:
            self.asked.append((time.process_time(), time.perf_counter()))
            yield batch

    def result(self) -> dict[str, float]:
        # between two requests, so that it does not matter whether one asks for a batch ahead of time
        last = len(self.rows) - 1
        (cpu, wall), (last_cpu, last_wall) = self.asked[WARM], self.asked[last]
        tokens = (last - WARM) * ROWS * LENGTH
        return {"tokens a CPU second": tokens / (last_cpu - cpu), "tokens a second": tokens / (last_wall - wall)}


def ours(batches: Batches, precision: str, *, compiled: bool = False) -> None:
    """`softhouse.training.pretraining.loop`."""
    import torch

    from softhouse.training.architectures import build
    from softhouse.training.architectures.configuration import Configuration as ModelConfiguration
    from softhouse.training.pretraining.configuration import Configuration
    from softhouse.training.pretraining.devices import Place
    from softhouse.training.pretraining.loop import Loop
    from softhouse.training.pretraining.objectives import NextToken

    source = iter(batches)

    class Given:
        length = LENGTH

        def rows(self, begin: int, count: int) -> Any:
            return next(source).numpy()

    tokens = ROWS * LENGTH
    settings = Configuration(
        batch_tokens=tokens, micro_batch_tokens=tokens, tokens=tokens * len(batches.rows), optimizer="adamw"
    )
    place = Place("cpu", torch.float32 if precision == "fp32" else torch.bfloat16, compiled)
    given: Any = Given()
    loop = Loop(build(ModelConfiguration(**SHAPE), VOCABULARY), settings, given, NextToken(), place)
    for number in range(1, len(batches.rows) + 1):
        loop.update(number)


def trainer(batches: Batches, precision: str) -> None:
    """`transformers.Trainer`."""
    from torch.utils.data import IterableDataset
    from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainingArguments

    class Rows(IterableDataset[dict[str, Any]]):
        def __iter__(self) -> Iterator[dict[str, Any]]:
            for batch in batches:
                for row in batch:
                    yield {"input_ids": row[:-1], "labels": row[:-1]}  # it shifts by itself

    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=SHAPE["width"],
        intermediate_size=SHAPE["ffn"],
        num_hidden_layers=SHAPE["layers"],
        num_attention_heads=SHAPE["heads"],
        num_key_value_heads=SHAPE["kv_heads"],
        max_position_embeddings=LENGTH,
        tie_word_embeddings=True,
        use_cache=False,
    )
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=ROWS,
            max_steps=len(batches.rows),
            use_cpu=True,
            bf16=precision == "bf16",
            report_to=[],
            save_strategy="no",
            logging_steps=1000,
            disable_tqdm=True,
        )
        Trainer(LlamaForCausalLM(config), arguments, train_dataset=Rows()).train()


def litgpt(batches: Batches, precision: str) -> None:
    """`litgpt pretrain`."""
    import litgpt.pretrain  # type: ignore[import-not-found]
    from litgpt import Config
    from litgpt.args import EvalArgs, TrainArgs  # type: ignore[import-not-found]
    from litgpt.data import DataModule  # type: ignore[import-not-found]
    from torch.utils.data import DataLoader, IterableDataset

    class Rows(IterableDataset[Any]):
        def __init__(self, source: Any) -> None:
            self.source = source

        def __iter__(self) -> Iterator[Any]:
            for batch in self.source:
                yield from batch

    class Data(DataModule):  # type: ignore[misc]
        def connect(self, *_: Any, **__: Any) -> None: ...

        def train_dataloader(self) -> Any:
            return DataLoader(Rows(batches), batch_size=ROWS)

        def val_dataloader(self) -> Any:
            return DataLoader(Rows(batches.rows[:1]), batch_size=ROWS)

    config = Config(
        name="nano",
        block_size=LENGTH,
        vocab_size=VOCABULARY,
        padded_vocab_size=VOCABULARY,
        n_layer=SHAPE["layers"],
        n_head=SHAPE["heads"],
        n_embd=SHAPE["width"],
        n_query_groups=SHAPE["kv_heads"],
        intermediate_size=SHAPE["ffn"],
        rotary_percentage=1.0,
        parallel_residual=False,
        bias=False,
        norm_class_name="RMSNorm",
        mlp_class_name="LLaMAMLP",
    )
    # neither measured nor possible with rows that exist in this process only
    litgpt.pretrain.save_checkpoint = lambda *_, **__: None
    with tempfile.TemporaryDirectory() as folder:
        litgpt.pretrain.setup(
            "nano",
            model_config=config,
            out_dir=Path(folder),
            precision="32-true" if precision == "fp32" else "bf16-mixed",
            data=Data(),
            train=TrainArgs(
                save_interval=None,
                log_interval=1000,
                global_batch_size=ROWS,
                micro_batch_size=ROWS,
                max_tokens=len(batches.rows) * ROWS * LENGTH,
                max_norm=1.0,
                min_lr=4e-5,
                lr_warmup_steps=2,
                tie_embeddings=True,
            ),
            eval=EvalArgs(interval=10_000, max_iters=1, initial_validation=False, final_validation=False),
            optimizer={"class_path": "torch.optim.AdamW", "init_args": {"lr": 1e-3, "weight_decay": 0.1}},
            devices=1,
            logger_name="csv",
        )


CONTENDERS: dict[str, Callable[[Batches, str], None]] = {
    "ours": ours,
    "ours, compiled": lambda batches, precision: ours(batches, precision, compiled=True),
    "trainer": trainer,
    "litgpt": litgpt,
}


def one(name: str, precision: str, updates: int) -> None:
    """In a process of its own: train, and print what was measured as the last line."""
    import torch

    torch.set_num_threads(1)
    batches = Batches(updates)
    CONTENDERS[name](batches, precision)
    print(json.dumps(batches.result()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--litgpt-python", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--updates", type=int, default=10)
    parser.add_argument("--precision", choices=["fp32", "bf16", "both"], default="both")
    parser.add_argument("--only", nargs="*", choices=list(CONTENDERS), default=list(CONTENDERS))
    parser.add_argument("--one", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one, given.precision, given.updates)
        return
    names = [name for name in given.only if name != "litgpt" or given.litgpt_python]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    for precision in ("fp32", "bf16") if given.precision == "both" else (given.precision,):
        best = dict.fromkeys(names, 0.0)
        for _ in range(given.rounds):
            for name in names:
                python = str(given.litgpt_python) if name == "litgpt" else sys.executable
                words = [python, __file__, "--one", name, "--precision", precision, "--updates", str(given.updates)]
                done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
                if done.returncode:
                    sys.exit(f"{name} failed:\n{done.stderr[-3000:]}")
                measured = json.loads(done.stdout.strip().splitlines()[-1])
                best[name] = max(best[name], measured["tokens a CPU second"])
                print(f"{precision} {name}: {measured}", file=sys.stderr, flush=True)
        for name, speed in best.items():
            print(f"{precision}  {name:15}  {speed:8,.0f} tokens a CPU second")


if __name__ == "__main__":
    main()
