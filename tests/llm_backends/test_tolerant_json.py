import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softhouse.llm_backends.tolerant_json import CutError, MalformedError, parse

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.sampled_from([None, 2]), st.booleans())
def test_right_json_is_read_as_json_reads_it(data: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    value, repairs, end = parse(text)
    assert (value, repairs, end) == (data, [], len(text))


@given(st.dictionaries(st.text(), JSON, min_size=1, max_size=4), st.data())
def test_a_beginning_is_cut_or_says_that_its_end_is_missing(data: dict[str, Any], draw: st.DataObject) -> None:
    """Between two members it looks like an object without its last brace; what is there is whole even then."""
    text = json.dumps(data)
    beginning = text[: draw.draw(st.integers(1, len(text) - 2))]
    try:
        value, repairs, _ = parse(beginning)
    except CutError:
        return
    assert repairs == ["missing last bracket"]
    assert all(data[key] == value[key] for key in value)


@pytest.mark.parametrize(
    ("text", "value", "repairs"),
    [
        ('{"a": 1 "b": [1 2]}', {"a": 1, "b": [1, 2]}, ["missing comma"]),
        ("{'a': 'it\\'s', 'b': \"it's\"}", {"a": "it's", "b": "it's"}, ["single quotes", "odd escape"]),
        ("{'a': 'it's fine'}", {"a": "it's fine"}, ["single quotes", "quote inside a string"]),
        ('{"a": (True, None, False)}', {"a": [True, None, False]}, ["Python tuple", "Python literal"]),
        ('{"a": [1, 2, "b": 3}', None, []),
        ('{"a": [1, 2}', {"a": [1, 2]}, ["missing bracket"]),
        ('{"a": "\\d+", "b": "c:\\temp"}', {"a": "\\d+", "b": "c:\temp"}, ["odd escape"]),
        ('{"a": """two\nlines"""}', {"a": "two\nlines"}, ["triple quotes"]),
        ("{a: yes, b-c: 2024-01-02}", {"a": "yes", "b-c": "2024-01-02"}, ["unquoted key", "unquoted text"]),
        ("{“a”\uff1a “x”\uff0c “b”\uff1a 2}", {"a": "x", "b": 2}, ["odd quotes", "odd colon", "odd comma"]),
        ('{"a": 1, # one\n /* two */ "b": 2 // three\n}', {"a": 1, "b": 2}, ["comment"]),
        (
            '{"a": "http://x/#y", "b": .5, "c": 1_000, "d": -2e3}',
            {"a": "http://x/#y", "b": 0.5, "c": 1000, "d": -2000.0},
            [],
        ),
        ('{"a": "\\ud83d\\ude00 \\ud83d"}', {"a": "😀 \ufffd"}, []),
        ('{"a": e9, "b": +5, "c": 5., "d": 1e3}', {"a": "e9", "b": 5, "c": 5.0, "d": 1000.0}, ["unquoted text"]),
        ('{"a": 12 ', {"a": 12}, ["missing last bracket"]),
        ('{"a": true', {"a": True}, ["missing last bracket"]),
    ],
)
def test_slips(text: str, value: object, repairs: list[str]) -> None:
    if value is None:
        with pytest.raises(MalformedError):
            parse(text)
    else:
        assert parse(text)[:2] == (value, repairs)


@pytest.mark.parametrize(
    "text",
    ['{"a": 12', '{"a": tru', '{"a": 1,', '{"a":', '{"a"', "{", '{"a": [1, 2', '{"a": {"b": 1', '{"a": "\\', "["],
)
def test_cut(text: str) -> None:
    with pytest.raises(CutError):
        parse(text)


@pytest.mark.parametrize("text", ["{x, y}", "{]", '{"a": }', '{"a": ...}', "[" * 200, "? ", '{"a": 1/2}'])
def test_no_json(text: str) -> None:
    with pytest.raises(MalformedError):
        parse(text)


def test_an_unfinished_fence_leaves_no_room_for_a_missing_brace() -> None:
    with pytest.raises(CutError):
        parse('{"a": "b"', may_lack_end=False)


def test_huge_numbers_are_no_integers_of_thousands_of_digits() -> None:
    assert parse(f'{{"a": {"9" * 5000}}}')[0] == {"a": "9" * 5000}
    assert math.isinf(parse('{"a": 1e999}')[0]["a"])
