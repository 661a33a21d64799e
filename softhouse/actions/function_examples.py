"""Examples that stand in a function's docstring, and further inputs made of theirs.

Understood are doctests (`>>> f(1)` and the next line), calls with their value behind them (`f(1) == 2`, `f(1) -> 2`,
`f(1) returns 2`, `f(1) # => 2` …), and arguments by name or by position with a result behind or below them
(`Input: n = 1` and `Output: 2`; `For n = 1 the output should be 2`).

>>> read_examples("def f(x):\\n    '''Double.\\n    >>> f(2)\\n    4\\n    '''\\n", "f")
(Example(call='f(2)', expected='4'),)
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from softhouse.llm_backends.protocol import Frozen

MOST_INPUTS = 16
_ARROW = re.compile(
    r"\s*(?:#\s*)?"
    r"(?:={1,2}>|-{1,2}>|==|=|[➞→➔⇒]|:|\b(?:should\s+(?:return|be|equal|give)|returns?|gives|yields|is)\b)\s*"
)
_RESULT = re.compile(
    r"(?:outputs?|results?|answer|returned? value|returns?)\s*"
    r"(?:(?:should|will|must|would)\s+(?:be|return)\b|is\b|[:=])\s*"
    r"|should\s+return\s+",
    re.IGNORECASE,
)
_INPUT = re.compile(r"(?:input|for|given|when|if)s?\b[^\w\[({'\"-]*", re.IGNORECASE)
_WORDS = {"true": "True", "false": "False", "null": "None", "none": "None"}
_ENDS = re.compile(r"\s*(?:$|[.,;#)]|\(|\s\s|because\b|since\b|as\b|for\b|\*/)", re.IGNORECASE)
_MOST_LINES = 6
"""So many lines at most lie between the arguments and their result."""


class Example(Frozen):
    """A call and the value that the docstring gives for it, as Python writes them."""

    call: str
    """Mostly of literals; any expression where a doctest has one."""
    expected: str

    def held_by(self, result: str | None) -> bool:
        """Whether a call that gave `result`, as `repr` writes it, did what it should; None: it gave nothing."""
        if result is None or result == self.expected:
            return result is not None
        try:
            return bool(ast.literal_eval(result) == ast.literal_eval(self.expected))
        except (SyntaxError, ValueError):
            return False


def read_examples(prompt: str, name: str) -> tuple[Example, ...]:
    """The examples for the function `name`, in the order in which they stand there."""
    text = prompt[max(prompt.find(f"def {name}("), 0) :]
    lines = text.splitlines()
    found = [*_doctests(lines, name), *_calls(lines, name)]
    if not found:
        found = list(_arguments_and_results(lines, name))
    if not found and (other := _other_name(lines)):
        # The docstring calls its function by a shorter name.
        found = [Example(call=f"{name}{e.call[len(other) :]}", expected=e.expected) for e in _calls(lines, other)]
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


def _doctests(lines: Sequence[str], name: str) -> Iterator[Example]:
    for number, line in enumerate(lines):
        text = line.strip()
        if not text.startswith(">>>") or number + 1 == len(lines):
            continue
        try:
            expression = ast.unparse(ast.parse(text[3:].strip(), mode="eval"))
        except (SyntaxError, ValueError):
            continue
        below = lines[number + 1].strip()
        expected = None if below.startswith(">>>") else _literal(below)
        if f"{name}(" in expression and expected is not None:
            arguments = _arguments(expression)
            yield Example(call=_written(name, arguments) if arguments is not None else expression, expected=expected)


def _calls(lines: Sequence[str], name: str) -> Iterator[Example]:
    for line in lines:
        start = line.find(f"{name}(")
        if start < 0 or line.lstrip().startswith("def "):
            continue
        call, rest = _call(line[start:].strip(), name)
        arrow = _ARROW.match(rest)
        expected = _literal(rest[arrow.end() :]) if call and arrow else None
        if expected is not None:
            yield Example(call=call, expected=expected)


def _arguments_and_results(lines: Sequence[str], name: str) -> Iterator[Example]:
    parameters = _parameters(lines[0]) if lines else ()
    for number, line in enumerate(lines):
        start = _INPUT.search(line)
        if not parameters or not start:
            continue
        block = "\n".join([line[start.start() :], *lines[number + 1 : number + 1 + _MOST_LINES]])
        result = _RESULT.search(block, start.end() - start.start())
        if not result:
            continue
        given = block[start.end() - start.start() : result.start()]
        arguments = _named(given, parameters)
        expected = _literal(block[result.end() :].split("\n")[0])
        if arguments is not None and expected is not None:
            yield Example(call=_written(name, arguments), expected=expected)


def _named(text: str, parameters: Sequence[str]) -> list[Any] | None:
    """The parameters' values, written as `name = value` or `name: value`; a single one may come without its name.

    Where the names are others, as many values count by their places.
    """
    places = [re.search(rf"(?<!\w){re.escape(parameter)}\s*[:=]\s*", text) for parameter in parameters]
    if None in places and len(parameters) > 1:
        places = list(re.finditer(r"(?<!\w)[A-Za-z_]\w*\s*[:=]\s*(?=[^\s\w]|\d|True|False|None)", text))
        if len(places) != len(parameters):
            return None
    values = [_leading(text[place.end() :] if place else text.strip()) for place in places]
    return None if None in values else [value[0] for value in values if value is not None]


def _parameters(definition: str) -> tuple[str, ...]:
    try:
        (function,) = ast.parse(definition.strip().rstrip(":") + ": ...").body
    except (SyntaxError, ValueError):
        return ()
    return tuple(a.arg for a in function.args.args) if isinstance(function, ast.FunctionDef) else ()


def _other_name(lines: Sequence[str]) -> str | None:
    """The one name that is called with literals, again and again."""
    names = {
        found[1]
        for line in lines[1:]
        if (found := re.match(r"\s*(?:assert\s+)?([A-Za-z_]\w*)\(", line))
        and _call(line[found.start(1) :], found[1])[0]
    }
    return names.pop() if len(names) == 1 else None


def _call(text: str, name: str) -> tuple[str, str]:
    """The call of `name` that `text` begins with, its arguments being literals, and what follows it."""
    if not text.startswith(f"{name}("):
        return "", ""
    for end in (i + 1 for i, character in enumerate(text) if character == ")"):
        arguments = _arguments(text[:end])
        if arguments is not None:
            return _written(name, arguments), text[end:].strip()
    return "", ""


def _written(name: str, arguments: Sequence[Any]) -> str:
    return f"{name}({', '.join(map(repr, arguments))})"


def _arguments(call: str) -> list[Any] | None:
    """The arguments of a call, all literals; those with a keyword count by their place."""
    try:
        node = ast.parse(call, mode="eval").body
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return [ast.literal_eval(argument) for argument in (*node.args, *(k.value for k in node.keywords))]
    except (SyntaxError, ValueError):
        pass
    return None


def _literal(text: str) -> str | None:
    """The literal that `text` begins with, as `repr` writes it, where it clearly ends; of `a = b = 3` the last."""
    value = _leading(text.strip())
    if value is not None and _ENDS.match(value[1]):
        return repr(value[0])
    last = re.search(r"=\s*([^=]+)$", text.strip())
    value = _leading(last[1]) if last else None
    return repr(value[0]) if value is not None and not value[1].strip(" .") else None


def _leading(text: str) -> tuple[Any, str] | None:
    """The longest literal that `text` begins with, and what follows it."""
    word = re.match(r"[A-Za-z]+", text)
    if word:
        text = _WORDS.get(word[0].lower(), word[0]) + text[word.end() :]
    for end in range(min(len(text), 300), 0, -1):
        if text[end - 1].isspace() or text[end - 1] in ",.":  # `1.` is a float and `1,` a tuple, but not in a sentence
            continue
        try:
            return ast.literal_eval(text[:end].strip()), text[end:]
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
