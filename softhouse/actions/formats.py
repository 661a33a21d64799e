"""Lines as a requirement shows them: `NAME: N`, `a: 3`, `H:MM`; which of them an output has to have.

>>> [format_.sample for format_ in stated_formats("prints each as 'NAME: N', an error as 'error: NAME'")]
['NAME: N']
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from softhouse.actions.sentences import QUOTES, sentences_of
from softhouse.actions.stated import NUMBER, QUOTE

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_A_DAY = re.compile("星期|周|礼拜")
_TIME = r"\b(YYYY-MM-DD(?: HH:MM)?|HH?:MM(?::SS)?)\b"
"""A format that needs no quotes."""
_FORMATS = re.compile(
    rf"(?:\bformat\b|\bform\b|格式|形式)[^'\"`‘“「\n]{{0,12}}{QUOTE}|{QUOTE}\s+lines\b|\ba line\s+{QUOTE}"
    rf"|\b(?:print|show|list|write|display|output)(?:s|ing)?\b[^'\"`.;\n]{{0,120}}?"
    r"(?<!such )(?<!occurs )(?<!stands )(?<!written )\bas\s+"
    rf"(?:{QUOTE}|{_TIME})"
    r"|\b(?:print|show|list|write|display|output)(?:s|ing)?\b[^'\"`.;\n]{0,80}?"
    r"\b(?:like|such as(?=\s*.[^'\"`\n]*?\d)(?![^'\"`]*.[^'\"`]*.(?:,| or) ['\"`]))\s+(?=.[^'\"`\n]*?[^\W\d_])"
    rf"{QUOTE}(?!\s*for\b)"
    rf"|(?:打印|输出|显示|列出)[^'\"`‘“「。；;\n]{{0,12}}{QUOTE}",
    re.IGNORECASE,
)
_OF_INPUT = re.compile(
    r"\b(?:replac|read|remov|contain|ignor|skip|input|append|consist)\w*\b[^.;'\"`]{0,30}$"
    r"|\b(?:made (?:up )?of|consist\w* of)\b[^.;]{0,60}$"
    r"|\b(?:made (?:up )?of|whose|files? (?:with|of)|ha(?:s|ve)|stores?|saves?)\b[^.;'\"`]{0,16}$",
    re.IGNORECASE,
)
"""What stands before a format of what is read, or is written to a file."""
_IS_PRINTED = re.compile(r"(?:prints?|printing|shows?|displays?|outputs?)\b|打印|输出|显示|列出", re.IGNORECASE)
"""How the words of a format begin (`match`) that is one of the output, whatever stands before them."""
_A_REFUSAL = re.compile(r"\s*(?:error|usage|invalid|unknown|bad|wrong)\b|错误|无效", re.IGNORECASE)
"""How a message begins that is printed instead of a result."""
_WITH_A_REFUSAL = re.compile(
    r"\bstandard error\b|\bstderr\b|\bexit(?:s|ing)?\b|\bexit code\b|标准错误|退出码", re.IGNORECASE
)
_PRINTED = re.compile(rf"(?:\bprints?|打印|输出)\s*{QUOTE}(?! or\b|,? or\b|或)", re.IGNORECASE)
_OPEN = re.compile(r"\b(?:[A-Z]{2,}|N)\b")
"""A word in capitals, which stands for a value."""
_LISTED = re.compile(r"(?<=\s)([^\W\d_]+)(?:, \1|(?<=[a-z]), [a-z]+)+$")
"""Several of the same at the end of a line, where there may be more and fewer: `NAME: WORD, WORD`, `A: fig, kiwi`."""
_CLOCK = {"YYYY": r"\d{4}", "HH": r"\d\d", "MM": r"\d\d", "SS": r"\d\d", "DD": r"\d\d", "H": r"(?:0|[1-9]\d*)"}
"""Parts of a time or a date: as many digits as letters, but for a single `H`, which has no leading zero."""
_QUANTITY = re.compile(r"age|amount|bytes|count|days|number|points|quantity|total|years|数量|次数|金额", re.IGNORECASE)
"""Words for what is written as a number."""
_IN_SOME_CASE = re.compile(
    r"\b(?:if|when|whenever|where|otherwise|else|or|unless|without|no|none|only|not|any|every other|on which|whose)\b"
    r"|如果|若|否则|没有|不|或|时",
    re.IGNORECASE,
)
"""Words around a format that is not that of every result."""
_NEVER = re.compile(r"(?!)")
_QUOTE_MARKS = "'\"`‘’“”「」"


@dataclass(frozen=True)
class StatedFormat:
    """A line as the requirement shows it: `a: 3`, `N. text`."""

    sample: str

    def shown_in(self, outputs: Iterable[str]) -> bool:
        """Whether some line of some output looks like it."""
        return any(self._pattern.fullmatch(line.strip()) for output in outputs for line in output.splitlines())

    def stray_line(self, output: str) -> str:
        r"""The first line that does not look like it, in an output where others do; empty for none.

        A single line that should be a time or a date has to be one.

        >>> StatedFormat("1: first line").stray_line("1: one\n2:\n3 three\n")
        '3 three'
        """
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        numbered = re.match(r"\d+([^\w\s]+) ", self.sample)  # a text stands behind it, which may be empty
        empty = re.compile(rf"\d+{re.escape(numbered[1])}") if numbered else _NEVER
        strays = [line for line in lines if not (self._pattern.fullmatch(line) or empty.fullmatch(line))]
        return strays[0] if 0 < len(strays) < len(lines) or (strays and self.is_a_time and len(lines) == 1) else ""

    @property
    def is_a_time(self) -> bool:
        """Whether nothing but a time or a date stands in it."""
        return not re.search(r"[^YMDHS:\s-]", self.sample)

    @property
    def _pattern(self) -> re.Pattern[str]:
        sample = _LISTED.sub(r"\1", self.sample)
        literal = bool(re.search(r"\d", self.sample))  # an example of a line, and not names for what stands in it
        several = r"[^\W\d_]+(?: [^\W\d_]+)+|" if literal else ""  # words of a text, of which there may be fewer
        words = re.findall(
            several
            + r"(?<![\w.])-\d+(?:\.\d+)?|"
            + r"\d+(?: \d+)+|[*#+=]{3,}|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+|\s+|.",
            sample,
        )
        capitals = bool(_OPEN.search(self.sample))  # beside words in capitals, those in small letters mean themselves
        amounts = {w for w in words if not literal and _QUANTITY.fullmatch(w) and (w.isupper() or not capitals)}
        named = bool(re.search(r"\b[A-Z]{2,}\b", self.sample))
        said = {w for w in words if named and re.fullmatch(r"[^\W\d_A-Z]{2,}", w)}
        parts = [
            NUMBER.pattern if w in amounts else re.escape(w) if w in said else _generalised(w, literal=literal)
            for w in words
        ]
        return re.compile("".join(parts) + (rf"(?:, {parts[-1]})*" if _LISTED.search(self.sample) else ""))


def stated_formats(text: str) -> tuple[StatedFormat, ...]:
    """The formats of a line that a requirement quotes.

    >>> stated_formats("one a line, in the format 'a: 3'")[0].shown_in(["b: 12"])
    True
    >>> stated_formats("For each file it prints 'NAME: N'.")[0].shown_in(["a.txt: many"])
    False
    >>> stated_formats("It prints the sizes as 'name: size'.")[0].shown_in(["notes.txt : 3"])
    False
    >>> stated_formats("prints 'NAME: VALUE' lines")[0].shown_in(["ants: -1"])
    True
    >>> stated_formats("prints lines like 'A: fig, kiwi'")[0].shown_in(["D: door"])
    True
    >>> stated_formats("prints the price with its currency, such as '2.50 EUR'.")[0].shown_in(["3.70"])
    False
    >>> stated_formats("prints tasks like '1. [ ] buy milk'")[0].shown_in(["1. [ ] pear"])
    True
    >>> (time,) = stated_formats("prints the total as H:MM")
    >>> time.shown_in(["8:05"]), time.shown_in(["08:05"]), time.stray_line("8:-5")
    (True, False, '8:-5')
    """
    shown = (
        found
        for found in _FORMATS.finditer(text)
        if _IS_PRINTED.match(found[0]) or not _OF_INPUT.search(text[: found.start()])
    )
    quoted = [next(filter(None, found.groups())) for found in shown]
    quoted += [sample for sample in _PRINTED.findall(text) if _OPEN.search(sample)]
    return tuple(
        StatedFormat(sample)
        for sample in dict.fromkeys(quoted)
        if re.search(r"[^\w\s]", sample) and sample == sample.strip() and not _of_a_refusal(text, sample)
    )


def _of_a_refusal(text: str, sample: str) -> bool:
    """Whether a quoted line is a message that goes with an exit code or to standard error, and no result.

    >>> _of_a_refusal("A missing N prints 'no line N' and exits with code 1.", "no line N")
    True
    """
    behind = re.split(r"[.;。；]|['\"`‘“「]", text[text.index(sample) + len(sample) + 1 :], maxsplit=1)[0]
    return bool(_A_REFUSAL.match(sample) or _WITH_A_REFUSAL.search(behind))


def stated_marks(text: str) -> tuple[str, str] | None:
    """The marks before what is open and what is done on a list, as in `1. [ ] buy milk`; None where none are stated.

    >>> stated_marks("prints tasks as `1. [ ] buy milk`, with `[x]` once done"), stated_marks("prints `1. buy milk`")
    (('[ ]', '[x]'), None)
    """
    done = re.search(r"\[[xX*✓✔]\]", text)
    return ("[ ]", done[0]) if done and "[ ]" in text else None


def _generalised(word: str, *, literal: bool) -> str:
    if word in _CLOCK:
        return _CLOCK[word]
    if len(word) > 2 and len(set(word)) == 1 and not word.isalnum():
        return f"{re.escape(word[0])}+"  # as many signs as there are to count
    if re.fullmatch(r"\d+(?: \d+)+", word):
        return rf"{NUMBER.pattern}(?: {NUMBER.pattern})*"
    if re.fullmatch(r"[\d,]+,\d{3}(?:\.\d+)?", word):
        return r"-?\d[\d,]*(?:\.\d+)?"
    if NUMBER.fullmatch(word) or word == "N":
        return NUMBER.pattern
    if word == "…":
        return ".*"
    if literal and re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)+", word):
        return r"\S(?:.*?\S)?"
    if literal and _CHINESE.fullmatch(word):
        return r"[\u4e00-\u9fff]+" if _A_DAY.match(word) else r"[^\W\d_]+"
    if not literal and re.fullmatch("[A-Z]", word):
        return r"\S(?:.*?\S)?"  # a cell of a grid, too
    if word.isalpha():
        return r"(?:(?:-(?=\d))?\w|-+)(?:.*?\S)?"  # dashes under a heading, or for nothing, stand for a value too
    return re.escape(word)


def missing_formats(text: str, formats: Sequence[StatedFormat], outputs: Sequence[str]) -> Iterator[StatedFormat]:
    """The formats that no output has though one should: not such as are for some results only.

    >>> text = "It prints 'N is even' or 'N is odd, next is M'."
    >>> [missing.sample for missing in missing_formats(text, stated_formats(text), ["3 is odd, next is 4"])]
    []
    """
    shown = [format_.shown_in(outputs) for format_ in formats]
    for place, format_ in enumerate(formats):
        beside = [formats[each].sample for each in (place - 1, place + 1) if 0 <= each < len(formats) and shown[each]]
        goes_with = not any(shown) or any(_are_together(text, format_.sample, other) for other in beside)
        if not shown[place] and goes_with and not _IN_SOME_CASE.search(_around(text, format_.sample)):
            yield format_


def _around(text: str, sample: str) -> str:
    """What a sentence says of a quoted line: from the quote before it, or the sentence's beginning, to the next one."""
    place = text.index(sample)
    before = re.split(rf"[{_QUOTE_MARKS}]|[.;。；]\s*", text[: place - 1])[-1]
    behind = re.split(rf"[{_QUOTE_MARKS}]|[.;。；]", text[place + len(sample) + 1 :], maxsplit=1)[0]
    return f"{before} {behind}"


def _are_together(text: str, one: str, other: str) -> bool:
    """Whether two quoted lines stand beside each other, so that both are printed."""
    first, second = sorted((one, other), key=text.index)
    between = text[text.index(first) + len(first) + 1 : text.index(second) - 1]
    return bool(re.fullmatch(r"\s*(?:,|，|、)?\s*(?:and|then|and then|followed by|和|与|及)?\s*", between))


def without_other_lines(text: str, format_: StatedFormat, output: str) -> str:
    """An output without the lines for which a requirement quotes another form or a word."""
    quoted = [each for found in re.finditer(QUOTES, text) for each in found.groups() if each]
    others = [StatedFormat(each) for each in quoted if each != format_.sample and re.search(r"[^\w\s]", each)]
    words = [each.strip() for each in quoted if re.fullmatch(r"\s*[^\W\d_A-Z]{2,}(?: [^\W\d_A-Z]+)*", each)]
    return "".join(
        f"{line}\n"
        for line in output.splitlines()
        if format_.shown_in([line])
        or not (any(other.shown_in([line]) for other in others) or any(word in line for word in words))
    )


def asked_for(text: str, format_: StatedFormat) -> str:
    """The sentence of a requirement that states a format, which may have a full stop of its own."""
    return next((each.strip() for each in sentences_of(text) if format_.sample in each), "")
