"""The 22 usual ways in which a model's JSON breaks, each as a function from the object to the reply.

>>> BROKEN_JSON["trailing comma"]({"name": "abacus", "ready": True})
'{"name": "abacus", "ready": true,}'
>>> len(BROKEN_JSON)
22
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Break = Callable[[Mapping[str, Any]], str]


def _dump(data: Mapping[str, Any], indent: int | None = None) -> str:
    return json.dumps(dict(data), ensure_ascii=False, indent=indent)


def _with_text(data: Mapping[str, Any], change: Callable[[str], str]) -> str:
    """The JSON with its first string value changed as raw text, unescaped."""
    name = next(key for key, value in data.items() if isinstance(value, str))
    marked = _dump({**data, name: "\x00"})
    return marked.replace("\\u0000", change(data[name]))


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name.capitalize())


def _without_last(data: Mapping[str, Any]) -> str:
    return _dump(dict(list(data.items())[:-1]))


BROKEN_JSON: Mapping[str, Break] = {
    "fence": lambda data: f"```json\n{_dump(data, 2)}\n```",
    "fence without a tag": lambda data: f"```\n{_dump(data, 2)}\n```",
    "prose around it": lambda data: (
        f"Sure! Here is the JSON:\n\n{_dump(data)}\n\nLet me know if you need anything else."
    ),
    "missing comma": lambda data: _dump(data, 2).replace(",\n", "\n", 1),
    "trailing comma": lambda data: _dump(data)[:-1] + ",}",
    "single quotes": lambda data: _dump(data).replace('"', "'"),
    "missing last brace": lambda data: _dump(data, 2)[:-1],
    "Python literals": lambda data: repr(dict(data)),
    "a think block before": lambda data: f"<think>\nIt needs {{a name}} first.\n</think>\n\n{_dump(data)}",
    "raw line break in a string": lambda data: _with_text(data, lambda text: text.replace(" ", "\n", 1)),
    "one field missing": _without_last,
    "a field too many": lambda data: _dump({**data, "confidence": 0.9}),
    "cut short": lambda data: _dump(data)[: len(_dump(data)) * 2 // 3],
    "comments": lambda data: _dump(data, 2).replace(",\n", ",  // as asked\n", 1),
    "unquoted keys": lambda data: re.sub(r'"(\w+)":', r"\1:", _dump(data)),
    "typographic quotes": lambda data: re.sub(r'"([^"]*)"', "“\\1”", _dump(data)),
    "wrapped in a list": lambda data: f"[{_dump(data)}]",
    "wrapped in a key": lambda data: _dump({"result": dict(data)}),
    "encoded twice": lambda data: json.dumps(_dump(data)),
    "keys in another case": lambda data: _dump({_camel(key): value for key, value in data.items()}),
    "a list of one as its item": lambda data: _dump(
        {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in data.items()}
    ),
    "quotes inside a string": lambda data: _with_text(data, lambda text: text.replace(" ", ' "so to say" ', 1)),
}
"""The name of each way to what it makes of an object."""

NEEDS_ANOTHER_CALL = frozenset({"one field missing", "cut short"})
"""What nobody can know from these two is gone; a reader that accepts them guesses."""
