"""The data of the four steps: conversations, pairs of answers, tasks with cases; one JSON object a line.

Conversations are read by `softhouse.training.tuning.data`: `{"messages": [{"role": …, "content": …}, …]}`.

>>> Preference(prompt=(ChatMessage.user("2+2?"),), chosen="4", rejected="5").chosen
'4'
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError, field_validator

from softhouse.actions.cases import normalise
from softhouse.environment.documents import Case
from softhouse.errors import UsageError
from softhouse.llm_backends.protocol import ChatMessage, Frozen
from softhouse.training.lines import numbered_lines
from softhouse.training.step import StepContext
from softhouse.training.tuning.data import Row

T = TypeVar("T", bound=Frozen)
Turns = tuple[ChatMessage, ...]


class _Prompted(Frozen):
    prompt: Turns
    """The conversation up to where the answer begins; a plain text is one message of the user."""

    @field_validator("prompt", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return [{"role": "user", "content": value}] if isinstance(value, str) else value

    @field_validator("prompt")
    @classmethod
    def _ends_with_a_question(cls, value: Turns) -> Turns:
        if not value or value[-1].role != "user":
            raise ValueError("a prompt ends with a message of the role user")
        return value


class Preference(_Prompted):
    """Two answers to one prompt, and which of them is better. A line of `preferences.jsonl`."""

    chosen: str
    rejected: str

    @field_validator("chosen", "rejected", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        # as trl's own data sets have it: a list of one message of the assistant
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            return value[0].get("content")
        return value


class ExecutableTask(_Prompted):
    """A program to write, and the cases that tell whether it is right. A line of `tasks.jsonl`."""

    cases: tuple[Case, ...]
    entry_point: str = "main.py"

    @field_validator("cases")
    @classmethod
    def _telling(cls, value: tuple[Case, ...]) -> tuple[Case, ...]:
        if len(outputs(value)) < 2:
            raise ValueError("at least two cases with different output are needed, or printing one text would pass")
        return value


Output = tuple[tuple[str, int], ...]
"""What each start of a program prints, as it is compared, and its exit code."""


def outputs(cases: Iterable[Case]) -> set[Output]:
    """What the cases tell programs apart by: the outputs that they state. Steps that leave theirs open tell nothing.

    >>> from softhouse.environment.documents import Step
    >>> stated = [Case(name="", steps=(Step(stdout=text),)) for text in ("4", "4\\n", None)]
    >>> outputs(stated)
    {(('4', 0),)}
    """
    found = (
        tuple((normalise(step.stdout), step.exit_code or 0) for step in case.steps if step.stdout is not None)
        for case in cases
    )
    return {output for output in found if output}


def read_lines(path: Path, kind: type[T]) -> list[T]:
    """The rows of `path`; `UsageError` with the number of the line for the first one that is wrong."""
    rows = []
    for number, line in numbered_lines(path):
        try:
            rows.append(kind.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise UsageError(f"{path} line {number}: {where}: {first['msg']}") from None
    return rows


def write_lines(path: Path, rows: Sequence[Frozen]) -> Path:
    """One JSON object a line, keys sorted, so that the same rows are the same bytes."""
    text = "".join(json.dumps(row.model_dump(mode="json"), ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def data_files(context: StepContext, data: Sequence[Path], harvested: str) -> list[Path]:
    """The files to read: those of the configuration, else what `harvest` wrote. Raises `UsageError`."""
    files = [path.expanduser() for path in data] or [context.output_of("harvest") / harvested]
    for path in files:
        if not path.is_file():
            raise UsageError(f"{path} is not there; correct `data` in the configuration")
    return files


class Conversation(Frozen):
    """A line of `sft.jsonl`."""

    messages: Turns


class TokenExample(Frozen):
    """Ids of one prompt and its answer. `labels` are the ids again, -100 where nothing is learned."""

    input_ids: list[int]
    labels: list[int]


def turn_ids(tokenizer: Any, turns: Sequence[dict[str, str]], *, asking: bool = False) -> list[int]:
    """Ids of a conversation; `asking`: up to where the next answer begins."""
    text = tokenizer.apply_chat_template(turns, add_generation_prompt=asking, tokenize=False)
    # the template has written the special tokens already
    return list(tokenizer.encode(text, add_special_tokens=False))


def too_long(row: str, longest: int) -> UsageError:
    """For data of which nothing is short enough; `row` is what a row is called."""
    return UsageError(
        f"every {row} is longer than {longest} tokens, which is the smaller of max_length and the model's context; "
        f"shorten them, or raise max_length"
    )


def token_examples(row: Row, tokenizer: Any) -> Iterator[TokenExample]:
    """One example for each learned answer: exactly the ids that the model reads and writes when it is asked."""
    for place in row.answers:
        prompt = turn_ids(tokenizer, [message.model_dump() for message in row.messages[:place]], asking=True)
        answer = [*tokenizer.encode(row.messages[place].content, add_special_tokens=False), tokenizer.eos_token_id]
        yield TokenExample(input_ids=prompt + answer, labels=[-100] * len(prompt) + answer)
