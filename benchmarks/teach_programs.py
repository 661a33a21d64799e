"""How the embedded model was taught to write small programs: the adapter that comes with the house, made again.

    pip install -e ".[train,embedded]"
    softhouse models pull qwen2.5-coder-1.5b
    python benchmarks/teach_programs.py first.gguf
    python benchmarks/teach_programs.py qwen2.5-coder-1.5b+programs.gguf \
        --programs benchmarks/programs_more.jsonl --after first.gguf --rank 16 --rate 2e-4 --limit ROWS

The files beside this one have requirements and programs, one a line, that were written for this and for nothing
else, by authors who saw neither the benchmark's requirements nor its references, and were told which subjects the
benchmark has, so as to leave them out. The script says how near the nearest one comes.

What the model is asked and how its answer is begun are what the house asks (`softhouse/actions/readings.py`); only the
rest of the answer is learned; the gradient ends where the answer begins. The weights are those of the GGUF,
dequantised to bfloat16, so that what is learned fits what it is added to. LoRA beside every matrix (arXiv:2106.09685),
AdamW, one pass. On two cores with AVX-512 a row takes some five seconds; 6 GB.
"""

import argparse
import json
import math
import random
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from softhouse.actions.beginnings import Way, beginning
from softhouse.actions.readings import small_model_turns
from softhouse.actions.usage import usage_forms
from softhouse.actions.write_script import WriteScript
from softhouse.bench.requirements import read_requirements
from softhouse.llm_backends.models import pull
from softhouse.llm_backends.protocol import Frozen
from softhouse.training.alignment.dequantise import dequantise
from softhouse.training.export.adapter_file import read_adapter, write_adapter
from softhouse.training.export.gguf_file import gguf_name

MODEL = "qwen2.5-coder-1.5b"
PROGRAMS = Path(__file__).with_name("programs.jsonl")
SCALE, BATCH, LONGEST, HELD = 2, 8, 900, 16
SHARES: dict[Way, float] = {"main": 2.0, "function": 2.0, "plain": 0.7}
"""How often a program is learned in a way in which it can be begun."""
START = 'if __name__ == "__main__":\n    main()'


class Pair(Frozen):
    """What is asked, and a program that does it."""

    text: str
    program: str


class Row(NamedTuple):
    """Tokens of a prompt with the answer's beginning, and of the rest of the answer."""

    asked: list[int]
    answered: list[int]


def pairs(path: Path = PROGRAMS) -> list[Pair]:
    """All of a file, in its order."""
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Pair(text=line["text"], program=line["program"]) for line in lines]


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

    def __init__(
        self, folder: Path, found: Sequence[tuple[list[dict[str, str]], str, str]], rank: int, limit: int | None
    ) -> None:
        import peft
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.manual_seed(0)
        tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
        options = peft.LoraConfig(r=rank, lora_alpha=SCALE * rank, target_modules="all-linear", task_type="CAUSAL_LM")
        self.model: Any = peft.get_peft_model(base, options, autocast_adapter_dtype=False)
        self.narrow: dict[str, Any] = {n: each for n, each in self.model.named_parameters() if each.requires_grad}
        # kept in float32 beside, since a step is small
        self.exact = {name: each.detach().float().clone().requires_grad_() for name, each in self.narrow.items()}
        rows = []
        for messages, begun, answer in found:
            asked = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            whole = [tokenizer(t, add_special_tokens=False).input_ids for t in (asked + begun, f"{answer}<|im_end|>")]
            if sum(map(len, whole)) <= LONGEST:
                rows.append(Row(*whole))
        random.Random(0).shuffle(rows)
        self.held, self.rows = rows[:HELD], rows[HELD:][:limit]

    def go_on_from(self, adapter: Path) -> None:
        """Begin with what was learned before: its columns are the first ones, the others still add nothing."""
        import torch

        learned = read_adapter(adapter)
        with torch.no_grad():
            for name, kept in self.exact.items():
                weight, _, side = name.removeprefix("base_model.model.").partition(".lora_")
                matrix = torch.from_numpy(learned[f"{gguf_name(f'{weight}.weight')}.lora_{side[0].lower()}"])
                if side[0] == "A":
                    kept[: len(matrix)] = matrix
                else:
                    kept[:, : matrix.shape[1]] = matrix
        self._copy()

    def _copy(self) -> None:
        import torch

        with torch.no_grad():
            for name, kept in self.exact.items():
                self.narrow[name].copy_(kept)

    def loss(self, row: Row) -> Any:
        """Summed over the answer's tokens, in nats. What was asked is read without a gradient."""
        import torch
        from transformers import DynamicCache

        inner, cache = self.model.get_base_model(), DynamicCache()
        with torch.no_grad():
            inner.model(input_ids=torch.tensor([row.asked[:-1]]), past_key_values=cache, use_cache=True)
        rest = torch.tensor([row.asked[-1:] + row.answered[:-1]])
        states = inner.model(input_ids=rest, past_key_values=cache, use_cache=True).last_hidden_state
        logits = inner.lm_head(states[0]).float()
        return torch.nn.functional.cross_entropy(logits, torch.tensor(row.answered), reduction="sum")

    def held_loss(self) -> float:
        """Nats an answer's token, of rows that are not learned."""
        import torch

        with torch.no_grad():
            total = sum(float(self.loss(row)) for row in self.held)
        return total / sum(len(row.answered) for row in self.held)

    def teach(self, rate: float) -> None:
        """One pass over the rows."""
        import torch

        optimizer = torch.optim.AdamW(self.exact.values(), betas=(0.9, 0.99), weight_decay=0.0)
        steps = math.ceil(len(self.rows) / BATCH)
        began = time.perf_counter()
        for step in range(steps):
            rise, fall = (step + 1) / max(1, steps // 20), 0.55 + 0.45 * math.cos(math.pi * step / steps)
            optimizer.param_groups[0]["lr"] = rate * min(1.0, rise) * fall
            batch = self.rows[step * BATCH : (step + 1) * BATCH]
            tokens = sum(len(row.answered) for row in batch)
            total = 0.0
            for row in batch:
                loss = self.loss(row) / tokens
                loss.backward()
                total += loss.item()
            for name, kept in self.exact.items():
                kept.grad, self.narrow[name].grad = self.narrow[name].grad.float(), None
            torch.nn.utils.clip_grad_norm_(self.exact.values(), 1.0)
            optimizer.step()
            self._copy()
            print(f"{step + 1}/{steps}: {total:.3f} nats a token, {time.perf_counter() - began:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Teach the embedded model to write small programs.")
    parser.add_argument("out", type=Path, help="the adapter that is made (GGUF)")
    parser.add_argument("--programs", type=Path, default=PROGRAMS, help="the file of requirements with programs")
    parser.add_argument("--after", type=Path, help="an adapter (GGUF) to go on from")
    parser.add_argument("--work", type=Path, default=Path("teach"), help="folder for the dequantised model (7 GB)")
    parser.add_argument("--limit", type=int, help="learn so many programs only")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-4, help="how fast it learns at most")
    arguments = parser.parse_args()
    chosen = pairs(arguments.programs)
    share, text = nearest(chosen)
    print(f"{len(chosen)} programs; the nearest shares {share:.0%} of its word triples with the benchmark's: {text}")
    arguments.work.mkdir(parents=True, exist_ok=True)
    folder = dequantise(pull(MODEL), arguments.work / MODEL)
    teacher = Teacher(folder, conversations(chosen, 0), arguments.rank, arguments.limit)
    if arguments.after:
        teacher.go_on_from(arguments.after)
    print(f"held rows before: {teacher.held_loss():.4f} nats a token")
    teacher.teach(arguments.rate)
    print(f"held rows after: {teacher.held_loss():.4f} nats a token")
    teacher.model.save_pretrained(arguments.work / "adapter")
    write_adapter(arguments.work / "adapter", arguments.out, "qwen2")


if __name__ == "__main__":
    main()
