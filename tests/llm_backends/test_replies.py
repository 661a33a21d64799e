import json
import time

import pytest
from pydantic import BaseModel

from softhouse.llm_backends.replies import UnreadableReplyError, parse_reply
from softhouse.testing.broken_json import BROKEN_JSON, NEEDS_ANOTHER_CALL

from .samples import ANSWER, RIGHT, Product

EXPECTED = Product.model_validate(ANSWER)


def test_a_right_reply_needs_no_repair() -> None:
    parsed = parse_reply(RIGHT, Product)
    assert (parsed.value, parsed.repairs) == (EXPECTED, ())


@pytest.mark.parametrize("shape", sorted(BROKEN_JSON.keys() - NEEDS_ANOTHER_CALL))
def test_the_usual_shapes_are_understood(shape: str) -> None:
    value = parse_reply(BROKEN_JSON[shape](ANSWER), Product).value
    changed = {"raw line break in a string": "a\nsmall abacus", "quotes inside a string": 'a "so to say" small abacus'}
    assert value == EXPECTED.model_copy(update={"name": changed.get(shape, EXPECTED.name)})


def test_at_least_twenty_of_the_twenty_two_are_understood() -> None:
    def understood(text: str) -> bool:
        try:
            parse_reply(text, Product)
        except UnreadableReplyError:
            return False
        return True

    results = [understood(broken(ANSWER)) for broken in BROKEN_JSON.values()]
    assert (len(results), sum(results)) == (22, 20)


@pytest.mark.parametrize("end", range(1, len(RIGHT) - 1))
def test_a_reply_cut_anywhere_is_never_taken_as_whole(end: int) -> None:
    """But where only the last brace is missing: then nothing else is."""
    with pytest.raises(UnreadableReplyError):
        parse_reply(RIGHT[:end], Product)


class Relaxed(BaseModel):
    a: str
    b: tuple[int, ...] = ()


def test_a_default_does_not_stand_in_for_what_may_have_been_cut_off() -> None:
    assert parse_reply('{"a": "x", "b": [1]', Relaxed).value == Relaxed(a="x", b=(1,))
    assert parse_reply('{"a": "x"}', Relaxed).value == Relaxed(a="x")
    with pytest.raises(UnreadableReplyError, match="last field") as caught:
        parse_reply('{"a": "x"', Relaxed)
    assert caught.value.cut


class Inner(BaseModel):
    """Every object passes for one: the type with which a careless reader goes wrong."""

    a: int = 0


@pytest.mark.parametrize(
    "text",
    [
        '{"x": {"a": 1}, "y": "cut he',
        '{"x": {"a": 1}, "y": [1, 2',
        '```json\n{"x": {"a": 1}, "y":\n```',
        '```json\n{"a": 1',
        '{"a": [',
        '{"x": {"a": 1}, "y": ?}',
        '{"a": 1}, "b": 2}',
        '{"a": [1, 2, ...]}',
        '<think>maybe {"a": 1}, but',
        "[" * 5000,
        '{"a": ' * 5000,
    ],
)
def test_a_part_never_passes_for_the_whole(text: str) -> None:
    with pytest.raises(UnreadableReplyError):
        parse_reply(text, Inner)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ('{"name": "a sm', True),
        ("<think>Let me see", True),
        ("I would rather not.", False),
        ("", False),
        (RIGHT[:60], True),
    ],
)
def test_a_cut_reply_is_told_from_a_wrong_one(text: str, cut: bool) -> None:
    with pytest.raises(UnreadableReplyError) as caught:
        parse_reply(text, Product)
    assert caught.value.cut is cut


@pytest.mark.parametrize(
    ("change", "repair"),
    [
        ({"goals": "add numbers"}, "wrapped goals in a list"),
        ({"name": ["a small abacus"]}, "name as text"),
        ({"confidence": 1}, "dropped confidence"),
        ({"Ready": True, "ready": ...}, "renamed Ready to ready"),
        ({"team_size": "3"}, None),
    ],
)
def test_slips_are_mended_and_recorded(change: dict[str, object], repair: str | None) -> None:
    data = {key: value for key, value in {**ANSWER, **change}.items() if value is not ...}
    parsed = parse_reply(json.dumps(data), Product)
    assert parsed.value == EXPECTED
    assert parsed.repairs == ((repair,) if repair else ())


def test_what_is_wrong_is_said_field_by_field() -> None:
    with pytest.raises(UnreadableReplyError) as caught:
        parse_reply(json.dumps({**ANSWER, "team_size": "some", "features": [{"text": "adds"}]}), Product)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["features.0.must_have", "team_size"]
    assert caught.value.found_json


def test_many_mistakes_are_summed_up() -> None:
    with pytest.raises(UnreadableReplyError) as caught:
        parse_reply(json.dumps({**ANSWER, "features": [{}] * 50}), Product)
    assert len(caught.value.problems) == 11
    assert caught.value.problems[-1] == "and 90 more"


@pytest.mark.parametrize(
    "text",
    [
        f'<think>Perhaps {{"name": "x"}}?</think>{RIGHT}',
        f'Perhaps {{"name": "x"}}?\n</think>\n\n{RIGHT}',  # the template has opened the block
        f"<think>\n\n</think>\n\n```json\n{RIGHT}\n```",
        f"<think>{RIGHT}</think>",
    ],
)
def test_thinking_is_not_the_answer_unless_there_is_no_other(text: str) -> None:
    assert parse_reply(text, Product).value == EXPECTED


def test_brackets_in_prose_are_passed_over() -> None:
    text = f"As said in [1], a set {{x, y}} is meant.\n\n{RIGHT}\n\nSee [here](http://example.org)."
    assert parse_reply(text, Product).value == EXPECTED


def test_an_example_in_a_fence_does_not_hide_the_answer() -> None:
    text = f"```python\nconfig = {{'a': 1}}\n```\nSo:\n```json\n{RIGHT}\n```"
    assert parse_reply(text, Product).value == EXPECTED


@pytest.mark.parametrize(
    "unit", ['{"', '"a" ', "{", "[", '"\\', "/* ", "```\n", "<think>", "{'a': ", '[1] "', "x" * 50 + "\n"]
)
def test_time_is_linear_in_the_reply(unit: str) -> None:
    """json-repair takes 1.7 s for 4,000 times the first of these."""

    def seconds(text: str) -> float:
        start = time.process_time()
        with pytest.raises(UnreadableReplyError):
            parse_reply(text, Product)
        return time.process_time() - start

    assert seconds(unit * 20_000) < 2.0
