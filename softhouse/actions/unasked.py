"""A label that a program prints in front of its result, though nobody asked for it: `Total: 12` for `12`.

Small models write them whatever the prompt says. A label counts as asked for where the requirement has its words with a
colon. Two labels in one output are a table that somebody may want, so they stay.

>>> source = 'print(f"Total: {12:.2f}")'
>>> found = unasked_labels(source, "prints the total with two decimals", ["Total: 12.00"])
>>> found
{'Total:': 0}
>>> without_labels(source, found)
"print(f'{12:.2f}')"

Where one result is asked for, a sentence around it is such a label too.

>>> source = 'old = sys.argv[1]\\nprint(f"Replaced {old} {count} times.")'
>>> found = unasked_labels(source, "prints how many times it did", ["Replaced a 3 times."])
>>> without_labels(source, found).splitlines()[1]
"print(f'{count}')"
>>> unasked_labels('print(f"Age: {age} years")', "prints only the age in years", ["Age: 3 years"])
{'Age: … years': 0}
"""

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from softhouse.actions.cases import COMPLAINT
from softhouse.actions.source import parsed
from softhouse.actions.stated import states_a_result

_COLON = re.compile(r"[:：]\s*")
_SENTENCE = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]+\W+[^\W\d_]{2,}|[\u4e00-\u9fff]{4,}")
"""Three words, or four Chinese characters."""
_SHOWN = re.compile(r"(?:\bprints?\b|打印|输出).*?['\"`‘“][^'\"`’”\n]{2,}['\"`’”]", re.IGNORECASE | re.DOTALL)
"""Something quoted of the output."""
_ONLY = re.compile(
    r"\bprint(?:s|ing)? (?:only|just|nothing but)\b|\b(?:bare|plain) (?:whole )?number\b|\bnothing else\b"
    r"|只(?:打印|输出)",
    re.IGNORECASE,
)
"""That the result stands alone."""
_LETTER = re.compile(r"[^\W\d_]")
_GIVEN = re.compile(r"(?:(?:int|float|str|list|map|tuple)\()*(?:\w+, )?\[?sys\.argv\b")
"""`sys.argv[1]`, `int(sys.argv[1])`, `list(map(int, sys.argv[1:]))`, but not `text.count(sys.argv[1])`."""


@dataclass(frozen=True)
class _Label:
    """A label in an argument of `print`."""

    shown: str
    """Its words as they are written, `…` for each value among them."""
    line: re.Pattern[str]
    """A line of output that begins with it and has something after it."""
    node: ast.expr
    instead: ast.expr | None
    """What is left of the argument; None for nothing."""
    sentence: bool = False
    """It stands around the result, and not before it."""

    def may_go(self, text: str) -> bool:
        """Whether what stands around a result may go where one result is asked for: a unit that is named may not."""
        unit = re.search(r"[^\W\d_]+", self.shown.rpartition("…")[2])
        return bool(":" not in self.shown or _ONLY.search(text) or not (unit and unit[0] in text))


def unasked_labels(source: str, text: str, outputs: Sequence[str]) -> dict[str, int]:
    """The labels of `source` that begin lines of `outputs` and that the requirement `text` does not have.

    Each with the place of the first output that shows it.
    """
    asked = _plain(text)
    one_result = bool(states_a_result(text) or _ONLY.search(text)) and not _SHOWN.search(text)
    by_place = {
        (label.node.lineno, label.node.col_offset): label
        for label in _labels(source)
        if not _is_asked(label.shown, asked) and ((one_result and label.may_go(text)) or not label.sentence)
    }
    labels = {label.shown: label for label in by_place.values()}
    found: dict[str, int] = {}
    for place, output in enumerate(outputs):
        lines = [line.strip() for line in output.splitlines()]
        here = [shown for shown, label in labels.items() if any(label.line.match(line) for line in lines)]
        if len(here) == 1:
            found.setdefault(here[0], place)
    return found


@lru_cache(maxsize=64)
def sentences(source: str) -> tuple[str, ...]:
    """The messages of several words that `source` prints just as they stand in it, on standard output.

    >>> sentences("print('The files are the same.')\\nprint('none')\\nprint('a b c', file=sys.stderr)")
    ('The files are the same.',)
    """
    alone = [call.args[0] for call in _prints(source) if len(call.args) == 1 and not call.keywords]
    texts = [each.value for each in alone if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return tuple(text.strip() for text in texts if _SENTENCE.search(text))


def without_labels(source: str, labels: Collection[str]) -> str:
    """`source` without these labels of `unasked_labels`; unchanged where they cannot be taken out."""
    cuts = [label for label in _labels(source) if label.shown in labels]
    content = source.encode()  # columns are counted in bytes
    starts = [0, *accumulate(map(len, content.splitlines(keepends=True)))]
    for label in sorted(cuts, key=lambda each: (each.node.lineno, each.node.col_offset), reverse=True):
        start = starts[label.node.lineno - 1] + label.node.col_offset
        end = starts[(label.node.end_lineno or 1) - 1] + (label.node.end_col_offset or 0)
        if label.instead is not None:
            content = content[:start] + ast.unparse(label.instead).encode() + content[end:]
        else:
            content = content[:start] + content[end:].lstrip(b" \t\n,")
    changed = content.decode()
    return changed if parsed(changed) else source


@lru_cache(maxsize=64)  # asked of the same program at every look at what it did
def _labels(source: str) -> tuple[_Label, ...]:
    labels: list[_Label | None] = []
    given = _given_names(source)
    for call in _prints(source):
        if call.args and not any(keyword.arg == "file" for keyword in call.keywords):
            first, more = call.args[0], len(call.args) > 1
            if not isinstance(first, ast.JoinedStr):
                labels.append(_of_text(first, more))
            else:
                labels += [_of_f_string(first), None if more else _around(first, given)]
    return tuple(label for label in labels if label is not None)


def _prints(source: str) -> list[ast.Call]:
    """The calls of `print`; none where it does not parse."""
    calls = (node for node in ast.walk(parsed(source) or ast.Module([], [])) if isinstance(node, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


def _of_f_string(argument: ast.JoinedStr) -> _Label | None:
    shown, pattern = "", ""
    for index, part in enumerate(argument.values):
        if not (isinstance(part, ast.Constant) and isinstance(part.value, str)):
            shown, pattern = f"{shown}…", f"{pattern}.*?"
            continue
        colon = _COLON.search(part.value)
        if colon is None:
            shown, pattern = shown + part.value, pattern + re.escape(part.value)
            continue
        before, after = part.value[: colon.end()], part.value[colon.end() :]
        rest = [*([ast.Constant(after)] if after else []), *argument.values[index + 1 :]]
        if not any(isinstance(value, ast.FormattedValue) for value in rest):
            return None
        return _label(shown + before, pattern + re.escape(before), argument, ast.JoinedStr(rest))
    return None


def _given_names(source: str) -> frozenset[str]:
    """Variables that hold arguments of the command line, as they were given."""
    assignments = (node for node in ast.walk(parsed(source) or ast.Module([], [])) if isinstance(node, ast.Assign))
    return frozenset(
        target.id
        for assignment in assignments
        if _GIVEN.match(ast.unparse(assignment.value))
        for target in assignment.targets
        if isinstance(target, ast.Name)
    )


def _around(argument: ast.JoinedStr, given: Collection[str]) -> _Label | None:
    """A sentence around one value that the program was not given."""
    results = [
        part
        for part in argument.values
        if isinstance(part, ast.FormattedValue) and ast.unparse(part.value) not in given
    ]
    words = [part.value if isinstance(part, ast.Constant) else "…" for part in argument.values]
    shown = "".join(map(str, words)).strip()
    if len(results) != 1 or len(re.findall(r"[^\W\d_]{2,}", shown)) < 2 or COMPLAINT.match(shown):
        return None
    line = re.compile(".*?".join(map(re.escape, shown.split("…"))))
    return _Label(shown, line, argument, ast.JoinedStr(list(results)), sentence=True)


def _of_text(argument: ast.expr, more: bool) -> _Label | None:
    """`print("Total:", total)`, `print("Total: {}".format(total))`, `print("Total: %d" % total)`, `"Total: " + …`."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and more:
        found = _COLON.search(argument.value)
        if found and found.end() == len(argument.value):
            return _label(argument.value, re.escape(argument.value.rstrip()), argument, None)
        return None
    inner: ast.expr | None = None
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, (ast.Add, ast.Mod)):
        inner = argument.left
        while isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add):
            inner = inner.left
    elif isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute) and argument.func.attr == "format":
        inner = argument.func.value
    if not (isinstance(inner, ast.Constant) and isinstance(inner.value, str)):
        return None
    found = _COLON.search(inner.value)
    if found is None or re.search(r"[{%]", inner.value[: found.start()]):
        return None
    before = inner.value[: found.end()]
    return _label(before, re.escape(before.rstrip()), inner, ast.Constant(inner.value[found.end() :]))


def _label(shown: str, pattern: str, node: ast.expr, instead: ast.expr | None) -> _Label | None:
    if not _LETTER.search(shown.replace("…", "")) or COMPLAINT.match(shown):
        return None
    return _Label(shown.strip(), re.compile(rf"{pattern}\s*\S"), node, instead)


def _is_asked(shown: str, asked: str) -> bool:
    """Whether a requirement, without blanks and quotes, has a label, with something in the place of each value.

    >>> _is_asked("第…排:", "格式为第1排:3"), _is_asked("Total:", "printsthetotal")
    (True, False)
    """
    return bool(re.search(r"[^:]{1,12}?".join(map(re.escape, map(_plain, shown.split("…")))), asked))


def _plain(text: str) -> str:
    """Without case, blanks, quotes and the kind of colon."""
    return re.sub(r"[\s'\"`‘’“”「」]", "", text).casefold().replace("：", ":")
