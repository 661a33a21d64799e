"""How the embedded model was taught to write small programs: the adapter that comes with the house, made again.

    pip install -e ".[train,embedded]"
    softhouse models pull qwen2.5-coder-1.5b
    python benchmarks/teach_programs.py qwen2.5-coder-1.5b+programs.gguf

`programs.jsonl` beside this file has requirements and programs, one a line, that were written for this and for nothing
else, by authors who saw neither the benchmark's requirements nor its references, and were told which subjects the
benchmark has, so as to leave them out. The script says how near the nearest one comes. `--more 850` learns the shortest
of `programs_more.jsonl` with them, which takes twice as long (docs/quality.md says what came of it).

What the model is asked and how its answer is begun are what the house asks (`softhouse/actions/readings.py`); only the
rest of the answer is learned. The weights are those of the GGUF, dequantised to bfloat16, so that what is learned fits
what it is added to. LoRA of rank 8 beside every matrix (arXiv:2106.09685), AdamW, one pass. On two cores with
AVX-512 it takes three quarters of an hour; the process has 11 GB then.
"""

import argparse
import math
import random
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rules import FILES, Pair

from softhouse.actions.beginnings import Way, beginning
from softhouse.actions.readings import small_model_turns
from softhouse.actions.usage import usage_forms
from softhouse.actions.write_script import WriteScript
from softhouse.bench.requirements import read_requirements
from softhouse.llm_backends.models import pull
from softhouse.training.alignment.dequantise import dequantise
from softhouse.training.export.adapter_file import write_adapter

MODEL = "qwen2.5-coder-1.5b"
RANK, LEARNING_RATE, BATCH, LONGEST, HELD = 8, 3e-4, 8, 900, 16
SHARES: dict[Way, float] = {"main": 2.0, "function": 2.0, "plain": 0.7}
"""How often a program is learned in a way in which it can be begun."""
START = 'if __name__ == "__main__":\n    main()'


class Row(NamedTuple):
    """Tokens of a prompt with the answer's beginning, and of the rest of the answer."""

    asked: list[int]
    answered: list[int]


def pairs(more: int) -> list[Pair]:
    """All of the first file, so `more` of the second, the shortest."""
    first, second = (
        [Pair.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()] for path in FILES
    )
    return first + sorted(second, key=_length)[:more]


def _length(pair: Pair) -> float:
    """Tokens, nearly: a Chinese character is one, and of a program more are characters by themselves."""
    return len(pair.text.encode()) / 3.6 + len(pair.program) / 3.2


def begun_in_ways(pair: Pair) -> dict[Way, str]:
    """The program as the continuation of each beginning that suits it.

    Functions change places so that `main`, or what it calls, comes first; their imports are the beginning's: what is
    missing is added by rule when a program is read.
    """
    imports, *functions, start = pair.program.rstrip().split("\n\n\n")
    by_name = {part[len("def ") : part.index("(")]: part for part in functions if part.startswith("def ")}
    ways: dict[Way, str] = {"plain": pair.program}
    if not imports.startswith("import ") or len(by_name) < len(functions) or start != START:
        return ways
    others = [name for name in by_name if name != "main"]
    orders: dict[Way, list[str]] = {"main": ["main", *others]}
    if others and not usage_forms(pair.text):
        orders["function"] = [*others, "main"]
    for way, order in orders.items():
        begun = beginning(pair.text, way)
        whole = "\n\n\n".join([begun.partition("\n")[0], *(by_name[name] for name in order), START]) + "\n"
        if whole.startswith(begun):
            ways[way] = whole
    return ways


def conversations(chosen: Sequence[Pair], seed: int) -> list[tuple[list[dict[str, str]], str, str]]:
    """Of each pair one: the turns, how the answer is begun, the rest of it."""
    draw = random.Random(seed)
    template = WriteScript().template()
    found = []
    for pair in chosen:
        ways = begun_in_ways(pair)
        way = max(ways, key=lambda way: draw.random() ** (1 / SHARES[way]))
        begun = beginning(pair.text, way)
        messages = [turn.model_dump() for turn in small_model_turns(pair.text, "main.py", template, way=way)]
        found.append((messages, f"```python\n{begun}", ways[way].removeprefix(begun).rstrip() + "\n```"))
    return found


def nearest(chosen: Sequence[Pair]) -> tuple[float, str]:
    """The greatest share of word triples that a pair has in common with one of the benchmark's, and the pair's text."""
    theirs = [_triples(each.text) for half in ("tune", "held") for each in read_requirements(half)]
    ours = [(_triples(pair.text), pair.text) for pair in chosen]
    return max((len(a & b) / min(len(a), len(b)), text) for a, text in ours for b in theirs)


def _triples(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+|[\u4e00-\u9fff]", text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


class Teacher:
    """A model with narrow matrices beside its own, and the rows that it learns."""

    def __init__(self, folder: Path, found: Sequence[tuple[list[dict[str, str]], str, str]], seed: int) -> None:
        import peft
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
        options = peft.LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules="all-linear", task_type="CAUSAL_LM")
        self.model: Any = peft.get_peft_model(base, options, autocast_adapter_dtype=False)
        self.rows = []
        for messages, begun, answer in found:
            asked = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            whole = [tokenizer(t, add_special_tokens=False).input_ids for t in (asked + begun, f"{answer}<|im_end|>")]
            if sum(map(len, whole)) <= LONGEST:
                self.rows.append(Row(*whole))
        self.draw = random.Random(seed)
        self.draw.shuffle(self.rows)
        self.held, self.rows = self.rows[:HELD], self.rows[HELD:]

    def loss(self, row: Row) -> Any:
        """Summed over the answer's tokens, in nats."""
        import torch

        inner = self.model.get_base_model()
        states = inner.model(input_ids=torch.tensor([row.asked + row.answered])).last_hidden_state
        logits = inner.lm_head(states[0, len(row.asked) - 1 : -1]).float()
        return torch.nn.functional.cross_entropy(logits, torch.tensor(row.answered), reduction="sum")

    def held_loss(self) -> float:
        """Nats an answer's token, of rows that are not learned."""
        import torch

        with torch.no_grad():
            total = sum(float(self.loss(row)) for row in self.held)
        return total / sum(len(row.answered) for row in self.held)

    def teach(self) -> None:
        """One pass over the rows. The narrow matrices are kept in float32 beside, since their steps are small."""
        import torch

        narrow = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        exact = [parameter.detach().float().clone().requires_grad_() for parameter in narrow]
        optimizer = torch.optim.AdamW(exact, betas=(0.9, 0.99), weight_decay=0.0)
        steps = math.ceil(len(self.rows) / BATCH)
        began = time.perf_counter()
        for step in range(steps):
            rise, fall = (step + 1) / max(1, steps // 20), 0.55 + 0.45 * math.cos(math.pi * step / steps)
            optimizer.param_groups[0]["lr"] = LEARNING_RATE * min(1.0, rise) * fall
            batch = self.rows[step * BATCH : (step + 1) * BATCH]
            tokens = sum(len(row.answered) for row in batch)
            total = 0.0
            for row in batch:
                loss = self.loss(row) / tokens
                loss.backward()
                total += loss.item()
            for kept, parameter in zip(exact, narrow, strict=True):
                kept.grad, parameter.grad = parameter.grad.float(), None
            torch.nn.utils.clip_grad_norm_(exact, 1.0)
            optimizer.step()
            with torch.no_grad():
                for kept, parameter in zip(exact, narrow, strict=True):
                    parameter.copy_(kept)
            print(f"{step + 1}/{steps}: {total:.3f} nats a token, {time.perf_counter() - began:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Teach the embedded model to write small programs.")
    parser.add_argument("out", type=Path, help="the adapter that is made (GGUF)")
    parser.add_argument("--work", type=Path, default=Path("teach"), help="folder for the dequantised model (7 GB)")
    parser.add_argument("--more", type=int, default=0, help="learn so many of programs_more.jsonl too")
    parser.add_argument("--limit", type=int, help="learn so many programs only")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chosen = pairs(arguments.more)[: arguments.limit]
    share, text = nearest(chosen)
    print(f"{len(chosen)} programs; the nearest shares {share:.0%} of its word triples with the benchmark's: {text}")
    arguments.work.mkdir(parents=True, exist_ok=True)
    folder = dequantise(pull(MODEL), arguments.work / MODEL)
    teacher = Teacher(folder, conversations(chosen, arguments.seed), arguments.seed)
    print(f"held rows before: {teacher.held_loss():.4f} nats a token")
    teacher.teach()
    print(f"held rows after: {teacher.held_loss():.4f} nats a token")
    teacher.model.save_pretrained(arguments.work / "adapter")
    write_adapter(arguments.work / "adapter", arguments.out, "qwen2")


if __name__ == "__main__":
    main()
