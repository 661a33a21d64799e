"""Examples that stand in a function's docstring, and further inputs made of theirs.

Understood are doctests (`>>> f(1)` and the next line) and lines such as `f(1) == 2`, `f(1) -> 2`, `f(1) ➞ 2`,
`f(1) => 2`, `f(1) returns 2`, `f(1) = 2`.

>>> read_examples("def f(x):\\n    '''Double.\\n    >>> f(2)\\n    4\\n    '''\\n", "f")
(Example(call='f(2)', expected='4'),)
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from softhouse.llm_backends.protocol import Frozen

MOST_INPUTS = 16
_ARROWS = ("==", "=>", "->", "➞", "→", "➔", "⇒", "returns", "should return", "=")


class Example(Frozen):
    """A call and the value that the docstring gives for it, both as Python literals."""

    call: str
    expected: str


def read_examples(prompt: str, name: str) -> tuple[Example, ...]:
    """The examples for the function `name`, in the order in which they stand there."""
    lines = prompt.splitlines()
    found = []
    for number, line in enumerate(lines):
        text = line.strip()
        if text.startswith(">>>"):
            call, rest = _call(text[3:].strip(), name)
            expected = _literal(lines[number + 1].strip()) if call and not rest and number + 1 < len(lines) else None
            expected = expected or _behind(rest)
        else:
            start = text.find(f"{name}(")
            call, rest = _call(text[start:], name) if start >= 0 and not text.startswith("def ") else ("", "")
            expected = _behind(rest)
        if call and expected is not None:
            found.append(Example(call=call, expected=expected))
    return tuple(dict.fromkeys(found))


def further_calls(examples: Sequence[Example], name: str) -> tuple[str, ...]:
    """Calls with other arguments of the same types: empty, single, doubled, reversed, zero, negative, larger.

    >>> further_calls([Example(call="f([1, 2])", expected="3")], "f")
    ('f([])', 'f([1])', 'f([2, 1])', 'f([1, 2, 1, 2])')
    """
    calls: dict[str, None] = {}
    for example in examples:
        arguments = _arguments(example.call) or []
        for position, value in enumerate(arguments):
            for other in _variations(value):
                changed = [*arguments[:position], other, *arguments[position + 1 :]]
                calls[f"{name}({', '.join(map(repr, changed))})"] = None
    for example in examples:
        calls.pop(example.call, None)
    return tuple(calls)[:MOST_INPUTS]


def _call(text: str, name: str) -> tuple[str, str]:
    """The call of `name` that `text` begins with, its arguments being literals, and what follows it."""
    if not text.startswith(f"{name}("):
        return "", ""
    for end in (i + 1 for i, character in enumerate(text) if character == ")"):
        arguments = _arguments(text[:end])
        if arguments is not None:
            return f"{name}({', '.join(map(repr, arguments))})", text[end:].strip()
    return "", ""


def _arguments(call: str) -> list[Any] | None:
    try:
        node = ast.parse(call, mode="eval").body
        if isinstance(node, ast.Call) and not node.keywords:
            return [ast.literal_eval(argument) for argument in node.args]
    except (SyntaxError, ValueError):
        pass
    return None


def _behind(rest: str) -> str | None:
    for arrow in _ARROWS:
        if rest.startswith(arrow):
            return _literal(rest[len(arrow) :].strip())
    return None


def _literal(text: str) -> str | None:
    """The longest literal that `text` begins with, as `repr` writes it."""
    for candidate in (text, text.rstrip(".;,"), text.split("#")[0].strip(), text.split("  ")[0].strip()):
        try:
            return repr(ast.literal_eval(candidate))
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
    return None


def _variations(value: Any) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (0, 1, -value, value + 1, value * 10)
        case float():
            yield from (0.0, -value, value * 10)
        case str():
            yield from ("", value[:1], value[::-1], value * 2, value.swapcase())
        case list() | tuple():
            yield from (value[:0], value[:1], value[::-1], value * 2)
        case dict():
            yield {}
