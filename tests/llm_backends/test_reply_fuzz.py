"""Whatever a model writes, the readers of replies answer or refuse; the long run is `benchmarks/fuzz_replies.py`."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from softhouse.llm_backends.code_blocks import code_blocks, extract_code
from softhouse.llm_backends.replies import UnreadableReplyError, parse_reply

from .samples import RIGHT, Product

PIECES = [
    *"{}[]()\":,'\\`#/\n ",
    "```json\n",
    "```",
    "<think>",
    "</think>",
    "null",
    "True",
    "-1.5e3",
    "...",
    "“",
    "\\u12",
]
NOISE = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A right reply in which something was cut out, put in or repeated."""
    text = f"```json\n{RIGHT}\n```" if draw(st.booleans()) else RIGHT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 10)))
        text = text[:start] + draw(st.sampled_from([*PIECES, text[start:end] * 2, ""])) + text[end:]
    return text


@settings(max_examples=400, deadline=1000)
@given(NOISE | damaged())
def test_a_reply_is_read_or_refused(text: str) -> None:
    try:
        parsed = parse_reply(text, Product)
    except UnreadableReplyError:
        return
    assert Product.model_validate_json(parsed.value.model_dump_json()) == parsed.value


@settings(max_examples=200, deadline=1000)
@given(st.text() | NOISE)
def test_noise_alone_is_never_a_product(text: str) -> None:
    with pytest.raises(UnreadableReplyError) as caught:
        parse_reply(text, Product)
    assert caught.value.problems


@settings(max_examples=200, deadline=1000)
@given(NOISE)
def test_code_ends_in_one_newline_or_is_none(text: str) -> None:
    code = extract_code(text)
    assert code == "" or (code.endswith("\n") and not code.endswith("\n\n"))
    assert sum(len(block.code) for block in code_blocks(text)) <= len(text)


@example("</think>")
@example("<think>")
@example("```")
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50) | NOISE)
def test_any_string_survives_the_journey(name: str) -> None:
    data = json.loads(RIGHT) | {"name": name}
    for text in (json.dumps(data), f"Here:\n```json\n{json.dumps(data, indent=2, ensure_ascii=False)}\n```"):
        assert parse_reply(text, Product).value.name == name
