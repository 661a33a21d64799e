"""Values for the arguments that a requirement lists, in two turns.

>>> from softhouse.actions.arguments import stated_arguments
>>> arguments = stated_arguments("takes two dates and prints the days between")
>>> values_for("takes two dates and prints the days between", arguments, 0, {})
('2024-02-28', '2024-03-15')
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from itertools import cycle

from softhouse.actions.arguments import StatedArgument, counted

_SHARED = ("apple", "fig")
"""Words that are in more than one of those files."""
_WORDS = ("hello", "Level")
_SEVERAL_TEXTS = ("hello", "helps", "hero"), ("level", "Level", "door")
"""Two of them of one length, as if one stood for the other, letter by letter; all begin alike, or none does."""
_SENTENCES = ("the cat saw The dog", "the", "dog"), ("Hello Wide World", "wide", "Hello")
"""A text of several words, and words of it."""
_SEVERAL_WORDS = re.compile(r"\b(?:texts?|sentence|phrase|full name|title)\b|句子|文本", re.IGNORECASE)
_BOUNDS = ("1", "30"), ("10", "500")
_FROM_TO = re.compile(
    r"\bfrom (?:A to B|the first to the second)\b|\bbetween (?:A and B|them|the two)\b|\bA\s*到\s*B", re.IGNORECASE
)
_EMPTY_RANGE = re.compile(
    r"\bfrom A to B\b|\bA is (?:greater|larger) than B\b|\bSTART is (?:greater|larger) than END\b"
)
_PARTS_OF_NAMES = ("d", "TXT")
"""Parts of names of files, the second in the other case."""
_NUMBERS_OF_TURNS = ("12", "18", "30", "45"), ("7", "3", "21", "2")
_DATES_OF_TURNS = (
    ("2024-02-28", "2024-03-15", "2024-03-10", "2024-03-20"),
    ("2023-12-25", "2024-01-06", "2024-01-10", "2024-01-12"),
)
_YEARS_APART = ("2000-03-15", "2024-03-14"), ("1985-12-01", "2024-11-30")
"""The second of each on the day before the year is full."""
_IN_YEARS = re.compile(
    r"\b(?:age|old|(?:birth|full|whole|completed) (?:years?|dates?))\b|周岁|年龄|多少岁|满[^，。；]{0,4}年",
    re.IGNORECASE,
)
_TIMES_OF_TURNS = ("10:05", "13:40"), ("23:50", "00:15")
_YEARS = ("2024", "1900")
_MONTHS = ("2", "11")
_MAY_BE_NEGATIVE = re.compile(r"(?<!not )(?<!never )(?<!non-)\bnegative\b|(?<!非)负", re.IGNORECASE)
_RANGE = re.compile(
    r"(?:integers?|numbers?)\b[^.;]{0,12}?(?<![\d.-])(\d+)\s*(?:to|and|-|–)\s*(\d+)(?!\d|[.-]\d)"
    r"|(?<![\d.-])(\d+)\s*(?:到|至|-|~)\s*(\d+)\s*(?:之间)?的(?:整数|数字)",
    re.IGNORECASE,
)
_ODD_OR_EVEN = re.compile(r"\ban? (odd|even) (?:positive )?(?:whole )?(?:number|integer)|一个(?:正)?(奇|偶)数")
_A_SUFFIX = re.compile(
    r"(?:\bsuch as|\blike|\bfor (?:instance|example)|\be\.g\.|如)\s*,?\s*['\"`‘“](\.?\w{1,4})['\"`’”]"
)


def values_for(text: str, arguments: Sequence[StatedArgument], turn: int, files: Mapping[str, str]) -> tuple[str, ...]:
    """Values for all arguments; there are two turns, 0 and 1, alike where nothing is to be told by a second one."""
    filled: list[str] = []
    numbers, bounds = cycle(_NUMBERS_OF_TURNS[turn]), cycle(_BOUNDS[turn])
    dates = cycle((_YEARS_APART if _IN_YEARS.search(text) else _DATES_OF_TURNS)[turn])
    times = cycle(_TIMES_OF_TURNS[turn])
    for each in arguments:
        match each.kind:
            case "folder":
                filled.append("folder")
            case "file" | "table":
                filled += files
            case "column":
                columns = next(iter(files.values())).partition("\n")[0].split(",")
                filled += [columns[-1], columns[0]][: each.count]
            case "date":
                filled += [next(dates) for _ in range(each.count)]
            case "time":
                filled += [next(times) for _ in range(each.count)]
            case "year" | "month":
                filled += [(_YEARS if each.kind == "year" else _MONTHS)[turn]] * each.count
            case "bound":
                filled.append(next(bounds))
            case "expression":
                filled += expressions(text)[turn : turn + 1]
            case "suffix":
                filled.append((sample_suffix(text) or ".txt") if turn == 0 else ".md")
            case "text":
                filled += _texts(text, arguments, each, turn, files)
            case "number" if len(arguments) == each.count == 1:
                filled.append(_within(text))
            case "number" if files:
                rows = [line.split() for line in next(iter(files.values())).splitlines()]
                called = [row[0] for row in rows if row] if turn else [*itertools.chain(*rows[:1])]
                called = called if all(map(str.isdigit, called)) else ["2", "4", "5"][: each.count]
                filled += ["3"] if each.count == 1 else called
            case "number" if each.count == 2 and (_FROM_TO.search(text) or _EMPTY_RANGE.search(text)):
                filled += _BOUNDS[turn]
            case "number":
                sign = "-" if turn and _MAY_BE_NEGATIVE.search(each.words) else ""
                filled += [f"{sign}{next(numbers)}" for _ in range(each.count)]
    return tuple(filled)


def _texts(
    text: str, arguments: Sequence[StatedArgument], argument: StatedArgument, turn: int, files: Mapping[str, str]
) -> list[str]:
    """Values for a text, or for several: words that are in the files, parts of their names, words of a text before."""
    if len(files) > 1:
        named = any(each.kind == "folder" for each in arguments) and re.search(r"\bnames?\b", text)
        known = _PARTS_OF_NAMES if named else _SHARED
        return [*known[turn:], known[0]][: argument.count]
    if files and (key := re.match(r"[A-Z][a-z]+(?=: )", next(iter(files.values())))) and "name" in argument.words:
        return [key[0] if turn == 0 else key[0].lower()]
    texts = [each for each in arguments if each.kind == "text"]
    if _SEVERAL_WORDS.search(texts[0].words):
        before = sum(each.count for each in texts[: texts.index(argument)])
        return list(_SENTENCES[turn][before : before + argument.count])
    if argument.count > 1:
        exact = counted(argument.words) == argument.count
        return list(_SEVERAL_TEXTS[turn][: argument.count if exact else argument.count + 1])
    before = texts.index(argument)
    return list(_SEVERAL_TEXTS[turn][before : before + 1]) if len(texts) > 1 else [_WORDS[turn]]


def sample_suffix(text: str) -> str:
    """The end of a file's name that a requirement shows as a sample; empty for none.

    >>> sample_suffix("files whose name ends with SUFFIX (for instance '.txt')")
    '.txt'
    """
    found = _A_SUFFIX.search(text)
    return found[1] if found else ""


_OTHER_EXPRESSIONS = re.compile(
    r"\b(?:postfix|prefix|polish|RPN|logical|boolean|true|roman|fractions?|variables?)\b|逻辑|逆波兰|前缀|后缀|变量",
    re.IGNORECASE,
)
_ADDS = re.compile(r"(?<!\w)\+(?!\w)|\barithmetic|[加减]")
_MULTIPLIES = re.compile(r"(?<![\w*])\*(?!\*)|[×乘]")
_IN_PARENTHESES = re.compile(r"\b(?:parenthes[ei]s|brackets)\b|括号", re.IGNORECASE)


def expressions(text: str) -> list[str]:
    """Two sums with the operators and parentheses that a requirement names; none where it means other expressions.

    >>> expressions("an expression of numbers, +, -, * and parentheses"), expressions("an expression with + and -")
    (['2+3*4', '(7-2)*3'], ['10-4-3', '7+2-12'])
    """
    if _OTHER_EXPRESSIONS.search(text) or not _ADDS.search(text):
        return []
    second = "(7-2)*3" if _IN_PARENTHESES.search(text) else "7-2*3"
    plain = ["2+3*4", second] if _MULTIPLIES.search(text) else ["10-4-3", "7+2-12"]
    return [re.sub(r"[-+*]", r" \g<0> ", each) if re.search(r"\bspaces?\b|空格", text) else each for each in plain]


_WORTH = {"2+3*4": 14, "(7-2)*3": 15, "7-2*3": 1, "10-4-3": 3, "7+2-12": -3}
_AS_USUAL = re.compile(
    r"\b(?:usual|normal|standard|correct|operator) (?:\w+ )?(?:precedence|order|priority|rules)\b|\bprecedence\b"
    r"|\border of operations\b|\b(?:before|binds?|stronger|tighter|higher)\b[^.;]{0,24}[+*]|先乘除|优先级",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"\b(?:no|without|ignor\w+)\b[^.;]{0,24}\b(?:precedence|priority)\b|\bleft to right\b|\bfrom the left\b|从左到右",
    re.IGNORECASE,
)


def worth(text: str, expression: str) -> int | None:
    """What an expression of `expressions` is worth by the usual rules, where a requirement has those; else None.

    >>> worth("the usual precedence of +, - and *", "2 + 3 * 4"), worth("+ and * from left to right", "2+3*4")
    (14, None)
    """
    if not _AS_USUAL.search(text) or _OTHERWISE.search(text):
        return None
    return _WORTH.get(expression.replace(" ", "").strip())


def _within(text: str) -> str:
    """A number of the range that a requirement states, if it states one.

    >>> _within("takes an integer from 1 to 9"), _within("takes an integer")
    ('3', '12')
    >>> _within("takes an odd number N")
    '5'
    """
    if odd := _ODD_OR_EVEN.search(text):
        return "5" if {odd[1], odd[2]} & {"odd", "奇"} else "6"
    bounds = [int(bound) for found in _RANGE.finditer(text) for bound in found.groups() if bound]
    return str(min(bounds[0] + 2, bounds[1])) if bounds and not bounds[0] <= 12 <= bounds[1] else "12"
