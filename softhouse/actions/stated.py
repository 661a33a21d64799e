"""Properties of the output that a requirement states in words that need no model: an order, a format, decimals.

They are few and cautious: two orders in one requirement, or an order of things that are neither lines nor numbers, say
nothing.

>>> (order,) = stated_orders("prints the letters in alphabetical order")
>>> order.complaint("b: 1\\na: 2")
'the lines are not in alphabetical order'
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import ClassVar, Literal

from softhouse.actions.arguments import NUMBER_WORDS
from softhouse.actions.sentences import sentences_of

_ORDERS: tuple[tuple[Literal["alphabetical", "ascending", "descending"], re.Pattern[str]], ...] = (
    (
        "alphabetical",
        re.compile(
            r"\balphabetic(?:al(?:ly)?)?\b(?! (?:first|last|earl|small|larg))"
            r"|\blines (?:are )?sorted\b|\bsorted lines\b|\bsorted,? one per line\b"
            r"|按字母|字母顺序|字母序",
            re.IGNORECASE,
        ),
    ),
    (
        "ascending",
        re.compile(
            r"\bascending\b|\bincreasing order\b|\bsmall(?:er|est)(?: (?:one|number|value)s?)? first\b"
            r"|从小到大|升序|递增",
            re.IGNORECASE,
        ),
    ),
    (
        "descending",
        re.compile(
            r"\bdescending\b|\bdecreasing order\b|\blarg(?:er|est)(?: (?:one|number|value)s?)? first\b"
            r"|从大到小|降序|递减",
            re.IGNORECASE,
        ),
    ),
)
_WITHIN_A_LINE = re.compile(
    r"\bwhose letters\b|\b(?:joined|together|alphabet|header|columns?|one line|same line|becomes?|after the text)\b"
    r"|连在一起|表头|一行",
    re.IGNORECASE,
)
"""What is in order may be the letters of a word, or the columns."""
_TIES = re.compile(
    r"\b(?:equal(?:ly)?|same|ties?|tied|as (?:often|many))\b[^.;]{0,40}\balphabetic|相同[^。；;]{0,16}字母",
    re.IGNORECASE,
)
_OF_THE_TOP = re.compile(r"\bmost (?:frequent|common|often)\b|最(?:多|常)", re.IGNORECASE)
"""What is ranked where ties are spoken of."""
_SUMMED = re.compile(r"\b(?:last|final) line\b|\bat the end\b|\bfinally\b|最后|末行", re.IGNORECASE)
_RANKED = re.compile(
    r"\b(?:most(?: \w+){1,2}|highest|largest|biggest|greatest)\b[^.;]{0,12}\bfirst\b"
    r"|\b(?:descending|decreasing)\b|从大到小|从高到低|从多到少|降序|递减",
    re.IGNORECASE,
)
_ANOTHER_KEY = re.compile(
    r"\b(?:lowest|smallest|earliest|oldest|newest|latest|shortest|longest|fewest|least)\b[^.;]{0,20}\bfirst\b"
    r"|\bthen (?:by|in|alphabetically)\b|\b(?:and last|lastly),"
    r"|\b(?:sorted|ordered) by (?!(?:the |their )?(?:names?|titles?|keys?|words?|letters?)\b)"
    r"|按(?!照?字母|照?名称|照?姓名|照?名字|照?标题)[^。；;，,]{1,10}(?:排序|排列|从)",
    re.IGNORECASE,
)
"""Lines that are in the order of something else, and perhaps alphabetical where that is equal."""
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
ROW = re.compile(r"(.*\S)[\s:：]+(-?\d+(?:\.\d+)?)")
"""A name and its number, the number last."""
QUOTE = r"['\"`‘“「]([^'\"`’”」\n]{2,40})['\"`’”」]"
_SHORT_QUOTE = QUOTE.replace("{2,40}", "{1,20}")
_SIGNS = re.compile(r"['\"`‘“]([^\w\s'\"`’”]{2,12})['\"`’”]")
_OF_A_SAMPLE = re.compile(
    r"\b(?:such as|like|gives?|e\.g\.|example|if|when|without|no)\b[^.;]{0,24}$"
    r"|\b(?:escapes|replaced|how many|counts?|number of|every|each)\b[^.;]{0,24}$"
    r"|例如|比如|如果",
    re.IGNORECASE,
)
_IN_SOME_CASE = re.compile(r"\b(?:longer|shorter|otherwise|more than|does not fit|missing)\b|超过|否则", re.IGNORECASE)
_EXPLAINED = re.compile(r"\s*(?:is|are|means?|counts?|stands? for|表示)\b", re.IGNORECASE)
"""What stands before and behind signs that are not printed each time."""
_DECIMALS = re.compile(
    r"\b(one|two|three|four|[1-6]) (?:decimals?\b|decimal places\b)|([一两二三四1-6])\s*位小数", re.IGNORECASE
)
_DIGITS = {"one": 1, "two": 2, "three": 3, "four": 4, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True)
class StatedOrder:
    """An order that the output keeps."""

    order: Literal["alphabetical", "ascending", "descending"]

    @property
    def kind(self) -> Literal["alphabet", "other"]:
        """What a fault in it is about."""
        return "alphabet" if self.order == "alphabetical" else "other"

    def complaint(self, stdout: str) -> str:
        """What is wrong with an output; empty where it is in order, or where the order says nothing about it."""
        lines = [line.strip() for line in stdout.splitlines() if line.strip()]
        if self.order == "alphabetical":
            if any(line[:1].isspace() for line in stdout.splitlines()):
                return ""  # a tree, or a table: not its lines are in order
            return "" if _alphabetical(lines) else "the lines are not in alphabetical order"
        rows = [line.split() for line in lines]
        if not all(NUMBER.fullmatch(token) for row in rows for token in row):
            return ""
        sequences = [[row[0] for row in rows]] if all(len(row) == 1 for row in rows) else rows
        for sequence in sequences:
            numbers = [float(token) for token in sequence]
            if numbers != sorted(numbers, reverse=self.order == "descending"):
                return f"the numbers are not in {self.order} order"
        return ""


@dataclass(frozen=True)
class StatedRanking:
    """Lines that end with a number: the larger ones first."""

    ties: bool
    """Lines with equal numbers are in alphabetical order."""
    kind: ClassVar[Literal["ties"]] = "ties"
    summed: bool = False
    """The last line is none of them."""

    def complaint(self, stdout: str) -> str:
        """What is wrong with an output; empty where it is in order, or where its lines are no names with numbers."""
        rows = [ROW.fullmatch(line.strip()) for line in stdout.splitlines() if line.strip()]
        rows = rows[:-1] if self.summed else rows
        named = [(row[1], float(row[2])) for row in rows if row is not None]
        if len(named) < len(rows):
            return ""
        if any(before < after for (_, before), (_, after) in pairwise(named)):
            return "the lines with the larger numbers do not come first"
        groups = [[name for name, _ in group] for _, group in groupby(named, key=lambda row: row[1])]
        if self.ties and not all(map(_alphabetical, groups)):
            return "lines with equal numbers are not in alphabetical order"
        return ""


def _alphabetical(texts: Sequence[str]) -> bool:
    """With capitals first or without regard to case, by the whole lines or by the names in them: words leave it open.

    >>> _alphabetical(["ann: 1", "ann lee: 2"]), _alphabetical(["1. fig", "2. apple"])
    (True, False)
    """
    lines = [re.sub(r"^(?:\d+[.)]|[-*])\s*", "", text) for text in texts]
    names = [re.split(r"\s*[:：=|,]|\s+-?\d", line)[0] for line in lines]
    return any(keys == sorted(keys) for each in (lines, names) for keys in (each, _folded(each)))


def _folded(texts: Sequence[str]) -> list[str]:
    return [text.casefold() for text in texts]


def stated_orders(text: str) -> tuple[StatedOrder | StatedRanking, ...]:
    """The order that a requirement states, if it states just one, or one with another for ties.

    >>> (ranking,) = stated_orders("the three most frequent words, equally frequent ones in alphabetical order")
    >>> ranking.complaint("fig 2\\napple 2\\nkiwi 1")
    'lines with equal numbers are not in alphabetical order'
    """
    ranked, ties, summed = (bool(words.search(text)) for words in (_RANKED, _TIES, _SUMMED))
    if ties:
        return (StatedRanking(ties=True, summed=summed),) if ranked or _OF_THE_TOP.search(text) else ()
    found = [order for order, pattern in _ORDERS if pattern.search(text)]
    if len(found) > 1:
        return ()
    if found == ["alphabetical"] and (ranked or _ANOTHER_KEY.search(text) or _WITHIN_A_LINE.search(text)):
        found = []
    return (*map(StatedOrder, found), *([StatedRanking(ties=False, summed=summed)] if ranked else []))


def stated_signs(text: str) -> tuple[str, ...]:
    """Signs that a requirement quotes where it speaks of the output, so that they have to occur in it.

    >>> stated_signs("takes '--all' and prints the rows with '---' after the first one")
    ('---',)
    """
    printing = re.search(r"\bprints?\b|打印|输出", text, re.IGNORECASE)
    found = _SIGNS.finditer(text, printing.end()) if printing else ()
    shown = (
        f[1]
        for f in found
        if not (
            _OF_A_SAMPLE.search(text[: f.start()])
            or _EXPLAINED.match(text, f.end())
            or _IN_SOME_CASE.search(sentences_of(text[: f.start()])[-1])
        )
    )
    return tuple(dict.fromkeys(shown))


_RESULT = re.compile(
    r"\bprints? (?:the|its|their) (?:[\w-]+ ){0,3}?"
    r"(?:answer|average|count|date|difference|length|mean|median|number|numeral|product|result|size|sum|total|value)\b"
    r"|\bprints? how (?:many|much|often|long|far)\b"
    r"|打印(?:出)?(?:其|它的|总)?(?:和|结果|总和|总额|总数|金额|平均值|数量|个数|差|积|值)",
    re.IGNORECASE,
)
_PERHAPS_NOTHING = re.compile(
    r"\b(?:nothing|no output|per|each|every|all|lines)\b|不打印|不输出|每|所有", re.IGNORECASE
)


def states_a_result(text: str) -> bool:
    """Whether the requirement has one value printed whatever the input is, so that a success cannot be silent.

    >>> states_a_result("takes two numbers and prints the sum"), states_a_result("prints the lines that match")
    (True, False)
    """
    return bool(_RESULT.search(text)) and not _PERHAPS_NOTHING.search(text)


_A_NUMBER = re.compile(
    r"\bprints? (?:only )?(?:the|its|their) (?:[\w-]+ ){0,3}?"
    r"(?:amount|average|count|difference|length|mean|median|number|product|size|sum|total)\b(?! of each)"
    r"|\bprints? how (?:many|much)\b",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(r"\b(?:words|letters|Roman|numerals?|spelled|line numbers?)\b", re.IGNORECASE)


def states_a_number(text: str) -> bool:
    """Whether a number is printed, in digits, for some input at least.

    >>> states_a_number("prints the sum, or 'no' if there is none"), states_a_number("prints the number in words")
    (True, False)
    """
    return bool(_A_NUMBER.search(text)) and not _IN_WORDS.search(text)


_EXIT = re.compile(
    r"\b(?:exit(?:s|ing)?|fail(?:s|ing)?|end(?:s|ing)?|terminat(?:es?|ing)|return(?:s|ing)?|quits?|stops?)\b"
    r"(?:[^.;]{0,24}?\b(?:code|status)\b[^.;\w]{0,3}(?:\b(?:is|of|will be)\b )?|\s+with\s+)(?P<english>[1-9]\d*)\b"
    r"|(?:退出码|状态码|返回码)\s*(?:为|是)?\s*(?P<chinese>[1-9]\d*)",
    re.IGNORECASE,
)


def stated_exit(sentence: str) -> int | None:
    """The exit code other than 0 that a sentence states.

    >>> stated_exit("a bad date fails with code 1"), stated_exit("its exit code is 2"), stated_exit("以退出码 3 结束")
    (1, 2, 3)
    >>> stated_exit("exits with code 0")
    """
    found = _EXIT.search(sentence)
    return int(found["english"] or found["chinese"]) if found else None


_SILENCE = re.compile(
    r"\bprints? nothing(?: (?:on|to) standard output)?,? (?:and|but) exits? with (?:exit )?(?:code|status) (\d+)"
    r"|(?:不打印|不输出)[^。；;]{0,12}退出码\s*(?:为\s*)?(\d+)",
    re.IGNORECASE,
)


def stated_silence(text: str) -> int | None:
    """The exit code of a program that prints nothing, where the requirement has one.

    >>> stated_silence("If no line matches it prints nothing and exits with code 1.")
    1
    """
    found = _SILENCE.search(text)
    return int(found[1] or found[2]) if found else None


_NOTHING = re.compile(
    rf"\b(?:if|when|where) (?:there (?:is|are) (?:no|none)|no|none|nothing)\b[^.;'\"`]*"
    rf"\b(?:prints?|it prints) (?:only |just )?{_SHORT_QUOTE}"
    rf"|\bprints? (?:only |just )?{_SHORT_QUOTE} (?:if|when|where) (?:there (?:is|are) (?:no|none)|no|none|nothing)\b"
    rf"|没有[^。；;'“]*?(?:输出|打印)\s*{_SHORT_QUOTE}",
    re.IGNORECASE,
)


def stated_nothing(text: str) -> str:
    """What is printed where there is nothing else to print, where a requirement states it; empty for nothing.

    >>> stated_nothing("prints all primes, or if there are none, prints 'none'"), stated_nothing("没有时输出“无结果”。")
    ('none', '无结果')
    """
    found = _NOTHING.search(text)
    return next(filter(None, found.groups()), "") if found else ""


_AS_ADDED = re.compile(
    r"\bin the order (?:in which )?(?:they|it|items|entries) (?:were|was) (?:added|entered)\b|\binsertion order\b"
    r"|\bin (?:the )?order of (?:adding|addition|insertion|entry)\b"
    r"|按(?:照)?(?:添加|加入|录入)(?:的)?(?:先后)?(?:顺序|次序)",
    re.IGNORECASE,
)
_SORTED = re.compile(
    r"\bsorted\b(?! by (?!names?\b|titles?\b|keys?\b))|按(?:名称|姓名|名字|标题)(?:的)?(?:字母)?(?:顺序)?(?:排序|排列)",
    re.IGNORECASE,
)


def stated_listing(text: str) -> Literal["added", "sorted"] | None:
    """The order in which a program lists what was put into it, where a requirement states one.

    >>> stated_listing("'list' prints all titles sorted"), stated_listing("按添加顺序每行打印")
    ('sorted', 'added')
    """
    added, sorted_ = bool(_AS_ADDED.search(text)), bool(_SORTED.search(text))
    if added == sorted_:
        return None
    return "added" if added else "sorted"


@dataclass(frozen=True)
class StatedDecimals:
    """How many digits after the point the numbers have."""

    digits: int

    def shown_in(self, outputs: Iterable[str]) -> bool:
        """Whether some number of some output has just so many, or there is no number in them."""
        numbers = [number for output in outputs for number in NUMBER.findall(output)]
        return not numbers or any(len(number.partition(".")[2]) == self.digits for number in numbers)


def stated_decimals(text: str) -> tuple[StatedDecimals, ...]:
    """The number of decimals that a requirement states, if it states just one.

    >>> (two,) = stated_decimals("prints the mean with two decimals")
    >>> two.shown_in(["3.50"]), two.shown_in(["3.5"])
    (True, False)
    """
    words = {(english or chinese).lower() for english, chinese in _DECIMALS.findall(text)}
    digits = {_DIGITS.get(word) or int(word) for word in words}
    return tuple(map(StatedDecimals, digits)) if len(digits) == 1 else ()


_THE_TOP = re.compile(
    rf"\b[Pp]rint(?:s|ing)? (?:only )?(?:the|its|their) (?P<most>[A-Z]|{'|'.join(NUMBER_WORDS)}|\d+) "
    r"(?:(?:most|least) \w+|\w+est|best|top)\b"
    r"[^;]*?\b(?:per|each on a|each on its own|a) line\b"
)
_BELOW = re.compile(r"\b(?:last|final|further|another) line\b|\bbelow\b|\btotal\b", re.IGNORECASE)


def stated_most(text: str, arguments: Sequence[str] = ()) -> int:
    """How many lines a list of the best ones has at most, with these arguments; 0 where nothing says it.

    >>> stated_most("prints the three longest words, one per line"), stated_most("prints the longest, one per line")
    (3, 0)
    >>> stated_most("prints its three most frequent words (or fewer), one per line in lower case")
    3
    >>> stated_most("FILE N: print the N most frequent words, one per line", ["a.txt", "2"])
    2
    """
    if (found := _THE_TOP.search(text)) is None or _BELOW.search(text):
        return 0
    if not found["most"].isupper():
        return NUMBER_WORDS.get(found["most"].lower()) or int(found["most"])
    numbers = [int(argument) for argument in arguments if argument.isdecimal()]
    return numbers[0] if len(numbers) == 1 else 0
