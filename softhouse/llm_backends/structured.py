"""A valid value from a model, whatever it takes within reason: at most five requests, each one told what was wrong.

The rungs, best first: a JSON schema that the server enforces, one forced tool call, JSON mode, a fenced block. The
shape stands in the prompt on each: a model that is merely constrained to a schema does not know what is wanted.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

from softhouse.errors import ReplyError
from softhouse.llm_backends.protocol import Capabilities, ChatMessage, Completion, CompletionRequest
from softhouse.llm_backends.replies import UnreadableReplyError, parse_reply
from softhouse.llm_backends.schemas import enforced_schema, schema_for_prompt

T = TypeVar("T", bound=BaseModel)
Rung = Literal["schema", "tool", "json", "fence"]
Complete = Callable[[CompletionRequest], Awaitable[Completion]]

MOST_REQUESTS = 5
MOST_REPEATS = 2
"""How often a rung is asked again before the next one is tried."""
LONGEST_QUOTE = 4000
"""Characters of a refused reply that are shown to the model again."""
SHAPE_ASKED = "Answer with one JSON object of this shape"
REFUSED = "This was refused:"
"""How a model is asked for a document, and for another one; a recorded request is recognised by these words."""


@dataclass(frozen=True)
class Structured(Generic[T]):
    """A value and how it was come by."""

    value: T
    completion: Completion
    """The reply that was accepted."""
    repairs: tuple[str, ...]
    """What had to be mended in it."""
    rung: Rung
    requests: int
    """How many completions it took, recorded ones counted."""


async def complete_structured(
    complete: Complete, capabilities: Capabilities, request: CompletionRequest, result_type: type[T]
) -> Structured[T]:
    """Ask `complete` until it answers with a `result_type`.

    `request` says what is wanted, not in which format: the shape is added to its last message here; `prefill` and
    `stop` are dropped. No prompt is sent twice. Raises `ReplyError` after `MOST_REQUESTS` replies, or when the same bad
    reply comes twice in a row, and whatever `complete` raises.
    """
    rungs = _rungs(capabilities)
    rung = rungs.pop(0)
    base = CompletionRequest(
        messages=_with_shape(request.messages, result_type),
        **request.model_dump(include={"max_tokens", "temperature", "top_p", "min_p", "seed"}),
    )
    asked = _on(rung, base, result_type)
    previous: str | None = None
    repeats = cuts = 0
    for requests in range(1, MOST_REQUESTS + 1):
        completion = await complete(asked)
        try:
            if completion.finish_reason == "length":
                raise UnreadableReplyError((f"the reply was cut off at {asked.max_tokens} tokens",), cut=True)
            parsed = parse_reply(completion.text, result_type)
        except UnreadableReplyError as error:
            failure = error
        else:
            return Structured(parsed.value, completion, parsed.repairs, rung, requests)
        if completion.text.strip() == previous:
            raise ReplyError(f"{_who(completion)} gives the same wrong reply again: {failure}")
        previous = completion.text.strip()
        # Where a server enforces nothing although it says so, the next rung is the better repeat.
        if rungs and (repeats == MOST_REPEATS or (rung != "fence" and not failure.found_json and not failure.cut)):
            rung, repeats = rungs.pop(0), 0
        else:
            repeats += 1
        if failure.cut:
            cuts += 1
            base = _with_more_room(base, capabilities)
        asked = _on(rung, _told(base, completion.text, failure, cuts), result_type)
    raise ReplyError(
        f"{_who(completion)} gives no valid {result_type.__name__} in {MOST_REQUESTS} replies; the last one: {failure}"
    )


def _rungs(capabilities: Capabilities) -> list[Rung]:
    able: list[tuple[Rung, bool]] = [
        ("schema", capabilities.json_schema),
        ("tool", capabilities.tools),
        ("json", capabilities.json_mode),
        ("fence", True),
    ]
    return [rung for rung, there in able if there]


def _on(rung: Rung, request: CompletionRequest, result_type: type[BaseModel]) -> CompletionRequest:
    if rung in ("schema", "tool"):
        return request.model_copy(update={"json_schema": enforced_schema(result_type), "tool": rung == "tool"})
    return request.model_copy(update={"json_mode": rung == "json"})


def _with_shape(messages: tuple[ChatMessage, ...], result_type: type[BaseModel]) -> tuple[ChatMessage, ...]:
    return _with_note(
        messages,
        f"{SHAPE_ASKED}, and nothing else:\n```\n{schema_for_prompt(result_type)}\n```",
    )


def _with_note(messages: tuple[ChatMessage, ...], note: str) -> tuple[ChatMessage, ...]:
    """`messages` with `note` at the end of the last one: many models do not take two messages of one role in a row."""
    last = messages[-1]
    return (*messages[:-1], last.model_copy(update={"content": f"{last.content}\n\n{note}"}))


def _told(request: CompletionRequest, reply: str, failure: UnreadableReplyError, cuts: int) -> CompletionRequest:
    """`request` with the reply that was refused and why; not the ones before, so the prompt does not grow each time."""
    problems = "\n".join(f"- {problem}" for problem in failure.problems)
    if failure.cut or not reply.strip():
        words = request.max_tokens // (2 * cuts) if failure.cut else 0
        wish = f"Answer again with the whole JSON object{f', in at most {words} words' if words else ''}."
        note = f"An earlier answer to this was refused:\n{problems}\n{wish}"
        return request.model_copy(update={"messages": _with_note(request.messages, note)})
    note = f"{REFUSED}\n{problems}\nAnswer again with the whole corrected JSON object, and nothing else."
    turns = (ChatMessage.assistant(reply[:LONGEST_QUOTE]), ChatMessage.user(note))
    return request.model_copy(update={"messages": (*request.messages, *turns)})


def _with_more_room(request: CompletionRequest, capabilities: Capabilities) -> CompletionRequest:
    """`request` with twice the tokens, as far as the context allows: half of it at most goes to the reply."""
    room = max(request.max_tokens, min(2 * request.max_tokens, capabilities.context_length // 2))
    return request.model_copy(update={"max_tokens": room})


def _who(completion: Completion) -> str:
    return completion.model or "the model"
