"""Every reader of a model's reply against a million replies: it answers or refuses, quickly, and never takes a part.

    python benchmarks/fuzz_replies.py [--inputs 1000000] [--seed 0]

Prints one line of JSON: how many inputs were understood, refused as cut, refused as wrong, the slowest one, and how
many failed. The inputs are right replies of a known object that were damaged (cut, repeated, brackets and quotes put in
or taken out, one of the 22 usual shapes on top), beginnings of the right reply, and noise. What fails: an exception
that is none of the readers' own, a reply that takes over half a second, a beginning that passes for the whole.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from pydantic import BaseModel

from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.replies import UnreadableReplyError, parse_reply
from softhouse.testing.broken_json import BROKEN_JSON

SLOW = 0.5
PIECES = [
    *"{}[]()\":,'\\`#/\n -.0",
    "```json\n",
    "```",
    "<think>",
    "</think>",
    "null",
    "True",
    "1e9",
    "...",
    "“",
    "\\u12",
    "\x00",
]


class Feature(BaseModel):
    text: str
    must_have: bool


class Product(BaseModel):
    name: str
    ready: bool
    owner: str | None
    goals: tuple[str, ...]
    features: tuple[Feature, ...]
    team_size: int


OBJECT = {
    "name": "a small abacus",
    "ready": True,
    "owner": None,
    "goals": ["add numbers", "be quick"],
    "features": [{"text": "adds", "must_have": True}, {"text": "subtracts, too", "must_have": False}],
    "team_size": 3,
}
RIGHT = json.dumps(OBJECT)
SHAPES = tuple(BROKEN_JSON.values())


@dataclass
class Tally:
    """What came of the inputs so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_input: str = ""
    failures: list[str] = field(default_factory=list)


def damaged(chance: random.Random) -> str:
    """A right reply in one of its shapes, then hit one to six times."""
    text = chance.choice(SHAPES)(OBJECT) if chance.random() < 0.5 else RIGHT
    for _ in range(chance.randint(1, 6)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.choice((0, 1, 2, 5, 20, 100)))
        times = chance.choice((0, 1, 2, 2, 30))
        text = text[:start] + chance.choice((chance.choice(PIECES) * times, text[start:end] * times)) + text[end:]
    return text


def noise(chance: random.Random) -> str:
    unit = "".join(chance.choices(PIECES, k=chance.randint(1, 12)))
    return unit * chance.choice((1, 1, 3, 50, 500)) if chance.random() < 0.3 else unit + chance.choice(PIECES) * 3


def read(text: str, tally: Tally, *, must_refuse: bool) -> None:
    start = time.process_time()
    try:
        parse_reply(text, Product)
        outcome = "understood"
        if must_refuse:
            tally.failures.append(f"taken as whole: {text!r}")
    except UnreadableReplyError as error:
        outcome = "cut" if error.cut else "wrong"
    except Exception as error:
        outcome = "failure"
        tally.failures.append(f"{type(error).__name__}: {text!r}")
    try:
        extract_code(text)
    except Exception as error:
        tally.failures.append(f"extract_code: {type(error).__name__}: {text!r}")
    took = time.process_time() - start
    tally.outcomes[outcome] += 1
    if took > tally.slowest:
        tally.slowest, tally.slowest_input = took, text[:200]
    if took > SLOW:
        tally.failures.append(f"slow, {took:.2f} s: {text[:300]!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    tally = Tally()
    start = time.process_time()
    for number in range(options.inputs):
        if number % 10 == 0:
            read(RIGHT[: chance.randint(0, len(RIGHT) - 2)], tally, must_refuse=True)
        else:
            read(damaged(chance) if number % 3 else noise(chance), tally, must_refuse=False)
    result = {
        "inputs": options.inputs,
        "seed": options.seed,
        "outcomes": dict(tally.outcomes),
        "slowest_ms": round(tally.slowest * 1000, 1),
        "slowest_input": tally.slowest_input,
        "cpu_s": round(time.process_time() - start, 1),
        "failures": len(tally.failures),
    }
    print(json.dumps(result, ensure_ascii=False))
    for failure in tally.failures[:10]:
        print(failure[:600], file=sys.stderr)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
