"""One's own data: rows of a JSONL file, as conversations, as ids with the answers marked.

A row is `{"messages": [{"role": …, "content": …}, …]}`, or the columns of ChatGLM's own scripts
(https://github.com/THUDM/ChatGLM2-6B/tree/main/ptuning): `prompt`, `response`, and perhaps `history`, pairs of question
and answer. Of messages every answer is learned, of columns the response alone, as in those scripts.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from softhouse.errors import UsageError
from softhouse.llm_backends.chatglm2.prompt import answer_ids, prompt_ids
from softhouse.llm_backends.chatglm2.tokenizer import ChatGLMTokenizer
from softhouse.llm_backends.protocol import ChatMessage, Frozen
from softhouse.training.lines import numbered_lines

T = TypeVar("T")
_MESSAGES = TypeAdapter(tuple[ChatMessage, ...])


class Columns(Frozen):
    """What the columns of ChatGLM's scripts are called in the file at hand."""

    prompt: str = "prompt"
    response: str = "response"
    history: str = "history"


@dataclass(frozen=True)
class Row:
    """A conversation and the places of the answers in it that are learned."""

    messages: tuple[ChatMessage, ...]
    answers: tuple[int, ...]


@dataclass(frozen=True)
class Example:
    """The ids of one prompt and its answer; the loss counts those from `answer` on."""

    ids: list[int]
    answer: int


def read_rows(path: Path, columns: Columns | None = None) -> list[Row]:
    """The rows of `path`; `UsageError` with the number of the line for the first one that is wrong."""
    rows = []
    for number, line in numbered_lines(path):
        try:
            rows.append(_row(json.loads(line), columns or Columns()))
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path} line {number}: {_reason(error)}") from None
    return rows


def _row(content: Any, columns: Columns) -> Row:
    if not isinstance(content, dict):
        raise ValueError(f"a row is a JSON object, not {type(content).__name__}")
    if "messages" in content:
        messages = _MESSAGES.validate_python(content["messages"])
        answers = tuple(place for place, message in enumerate(messages) if message.role == "assistant")
        if not messages or messages[-1].role != "assistant":
            raise ValueError("messages must end with an answer, a message of the role assistant")
        if any(place == 0 or messages[place - 1].role != "user" for place in answers):
            raise ValueError("every message of the role assistant must follow one of the role user")
    else:
        messages = tuple(_turns(content, columns))
        answers = (len(messages) - 1,)
    if any(not messages[place].content.strip() for place in answers):
        raise ValueError("an answer is empty; there is nothing to learn")
    return Row(messages, answers)


def _turns(content: dict[str, Any], columns: Columns) -> Iterator[ChatMessage]:
    missing = [name for name in (columns.prompt, columns.response) if not isinstance(content.get(name), str)]
    if missing:
        there = ", ".join(map(str, content)) or "nothing"
        raise ValueError(f"neither messages nor a text in {' and '.join(missing)} (there is: {there})")
    history = content.get(columns.history) or []
    pairs = isinstance(history, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in history
    )
    if not pairs:
        raise ValueError(f"{columns.history} must be a list of pairs of question and answer")
    for question, answer in [*history, (content[columns.prompt], content[columns.response])]:
        yield ChatMessage.user(question)
        yield ChatMessage.assistant(answer)


def _reason(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"messages.{'.'.join(map(str, first['loc']))}: {first['msg']}"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    return str(error)


def examples(row: Row, tokenizer: ChatGLMTokenizer, eos_id: int) -> Iterator[Example]:
    """One example for each learned answer: exactly the ids that the model reads and writes when it is asked."""
    for place in row.answers:
        prompt = prompt_ids(tokenizer, row.messages[:place]) + answer_ids(tokenizer, "")
        answer = answer_ids(tokenizer, row.messages[place].content)[len(answer_ids(tokenizer, "")) :]
        yield Example([*prompt, *answer, eos_id], len(prompt))


def split(
    rows: Sequence[T], share: float, seed: int, alike: Callable[[T], str] | None = None
) -> tuple[list[T], list[T]]:
    """Rows to learn from and rows to evaluate, at least one of each unless `share` is 0.

    Rows of which `alike` says the same stay together, and where it says the same of all there is none to evaluate.

    >>> kept, held = split([Row((), ())] * 10, 0.2, seed=0)
    >>> len(kept), len(held)
    (8, 2)
    >>> split(["2+2?", "2+2?", "3+3?"], 0.3, seed=0, alike=str)
    (['2+2?', '2+2?'], ['3+3?'])
    """
    keys: list[str | int] = list(range(len(rows))) if alike is None else [alike(row) for row in rows]
    known = list(dict.fromkeys(keys))
    count = min(max(1, round(share * len(known))), len(known) - 1) if share else 0
    held = set(random.Random(seed).sample(known, count))  # noqa: S311
    return (
        [row for key, row in zip(keys, rows, strict=True) if key not in held],
        [row for key, row in zip(keys, rows, strict=True) if key in held],
    )
