"""What the tasks are made of: Python documents that no model has learned from."""

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from softhouse.llm_backends.code_blocks import parsed
from softhouse.training.evaluation.configuration import Configuration
from softhouse.training.evaluation.syntax import stand_alone
from softhouse.training.tokenizer import learning


@dataclass(frozen=True)
class Gap:
    """A line without what stands after its indentation."""

    prefix: str
    middle: str
    suffix: str


@dataclass(frozen=True)
class Opening:
    """Where a function begins."""

    before: str
    """The document up to it."""
    header: str
    """From `def` to the colon and the end of that line, without the break; indented as it is there."""


@dataclass(frozen=True)
class Tasks:
    """What all models are given alike: read and drawn once, when the first of them needs it."""

    data: Path
    """The folder of the step `data`."""
    settings: Configuration
    seed: int

    @cached_property
    def texts(self) -> list[str]:
        return python_texts(self.data)

    @cached_property
    def gaps(self) -> list[Gap]:
        return gaps(self.texts, self.settings.gaps, self.seed)

    @cached_property
    def openings(self) -> list[Opening]:
        return openings(self.texts, self.settings.completions, self.seed)


def python_texts(data: Path) -> list[str]:
    """The Python documents of the validation text, in order."""
    documents = learning.documents(sorted(data.glob("validation-*.jsonl")))
    return [document["text"] for document in documents if document.get("kind") == "python"]


def openings(texts: list[str], count: int, seed: int) -> list[Opening]:
    """At most `count` functions with different headers, drawn at random, each with the text that stands before it.

    >>> openings(["class A:\\n    def area(self,\\n             x):\\n        return x\\n"], 1, seed=0)
    [Opening(before='class A:\\n', header='    def area(self,\\n             x):')]
    """
    by_header = {opening.header: opening for text in texts for opening in _openings(text)}
    found = [by_header[header] for header in sorted(by_header)]
    random.Random(seed).shuffle(found)  # noqa: S311
    return found[:count]


def _openings(text: str) -> Iterator[Opening]:
    tree = parsed(text)
    if tree is None:
        return
    lines = text.splitlines(keepends=True)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # what stands between, a comment for example, is not part of it
            for end in range(node.lineno, node.body[0].lineno):
                header = "".join(lines[node.lineno - 1 : end]).removesuffix("\n")
                if parsed(f"{stand_alone(header)}\n    pass\n") is not None:
                    yield Opening("".join(lines[: node.lineno - 1]), header)
                    break


def gaps(texts: list[str], count: int, seed: int) -> list[Gap]:
    """At most `count` lines, drawn at random, of eight characters or more.

    >>> gaps(["import os\\nx = os.getcwd()\\n"], 1, seed=0)[0].middle
    'x = os.getcwd()'
    """
    chance = random.Random(seed)  # noqa: S311
    found = []
    for _ in range(count if texts else 0):
        text = chance.choice(texts)
        lines = text.splitlines(keepends=True)
        places = [place for place, line in enumerate(lines) if len(line.strip()) >= 8]
        if not places:
            continue
        place = chance.choice(places)
        line, middle = lines[place], lines[place].strip()
        indentation, rest = line.split(middle, 1)[0], line.split(middle, 1)[1]
        found.append(Gap("".join(lines[:place]) + indentation, middle, rest + "".join(lines[place + 1 :])))
    return found
