"""What models said in a run, as the journal has it: what each was asked, and whether its reply was taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from softhouse.actions.code import EDIT_REFUSED
from softhouse.actions.mechanical_fixes import mechanically_fixed, without_unused_imports
from softhouse.environment.act import Act
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import ChatMessage, Completion, CompletionRequest
from softhouse.llm_backends.structured import LONGEST_QUOTE, REFUSED, SHAPE_ASKED


@dataclass(frozen=True)
class Reply:
    """One completion."""

    key: str
    """Of its act."""
    prompt: tuple[ChatMessage, ...]
    text: str
    """As the assistant's whole turn: what was begun for it in front, the closing fence at the end."""
    whole: bool
    """It was not cut."""
    structured: bool
    """A document was asked for."""

    @property
    def opening(self) -> tuple[ChatMessage, ...]:
        """The prompt without what came after a first reply."""
        return self.prompt[: next((n for n, m in enumerate(self.prompt) if m.role == "assistant"), len(self.prompt))]

    def programs(self) -> Iterator[str]:
        """The program in it, as it stands and as the house mends it before it runs; none where it holds no code."""
        code = extract_code(self.text)
        if code.strip():
            yield code.rstrip()
            yield without_unused_imports(mechanically_fixed(code)).rstrip()


def replies_of(acts: Sequence[Act]) -> list[Reply]:
    """Every completion that is done, in the order in which they were asked for."""
    return [_reply(act) for act in acts if act.kind == "completion" and act.state == "done"]


def _reply(act: Act) -> Reply:
    request = CompletionRequest.model_validate(act.request)
    completion = Completion.model_validate(act.result)
    text = request.prefill + completion.text
    fenced = request.prefill.startswith("```") and any(stop.strip() == "```" for stop in request.stop)
    return Reply(
        key=act.key,
        prompt=request.messages,
        text=f"{text.rstrip()}\n```" if fenced else text,
        whole=completion.finish_reason == "stop",
        structured=request.json_schema is not None or any(SHAPE_ASKED in m.content for m in request.messages),
    )


def refusals(replies: Sequence[Reply]) -> dict[str, Reply]:
    """Key of a refused reply → the reply that was given when it was asked again."""
    by_prompt: dict[tuple[ChatMessage, ...], list[Reply]] = {}
    for reply in replies:
        by_prompt.setdefault(reply.prompt, []).append(reply)
    found: dict[str, Reply] = {}
    for later in replies:
        if len(later.prompt) < 4 or not later.prompt[-1].content.startswith((REFUSED, EDIT_REFUSED)):
            continue
        quoted = _start(later.prompt[-2].content)
        for earlier in by_prompt.get(later.prompt[:-2], []):
            if quoted == _start(earlier.text):
                found[earlier.key] = later
    return found


def _start(reply: str) -> str:
    """As much of a reply as is quoted when the model is asked again, where the white space at its end may be gone."""
    return reply[:LONGEST_QUOTE].rstrip()
