"""What a program is started with, as a requirement's words list it: files, numbers, dates, texts, in their order.

>>> [(each.kind, each.count) for each in stated_arguments("takes a CSV file and one or more column names and prints …")]
[('table', 1), ('column', 2)]
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from softhouse.actions.beginnings import before_printing
from softhouse.actions.placeholders import is_plain, kind_of
from softhouse.actions.usage import synopsis

ArgumentKind = Literal[
    "folder",
    "table",
    "file",
    "column",
    "date",
    "time",
    "year",
    "month",
    "bound",
    "suffix",
    "expression",
    "number",
    "text",
]


@dataclass(frozen=True)
class StatedArgument:
    """One argument, or several of one kind."""

    kind: ArgumentKind
    count: int
    """How many are given: one more than the fewest where more may be."""
    words: str
    """What the requirement says of it."""


_TAKEN = re.compile(
    r"(?:\b(?:tak(?:es?|ing)|accepts?|gets?|expects?|receives?|given(?! (?:as|to)\b)|reads?)\b"
    r"|接收|接受|给定|读取|参数(?:依次|分别)?[是为])(.*?)"
    r"(?:\b(?:prints?|outputs?(?! file)|writes?|shows?|finds?|answers?|tells?)\b|打印|输出|$)",
    re.IGNORECASE | re.DOTALL,
)
_OF_WHAT = re.compile(
    r"\b(?:for (?P<for>an? [^,.;]*?),? main\.py (?:should )?(?:prints?|outputs?|shows?)\b"
    r"|converts? an? [^,.;:]*?, given as (?P<given>an? [^,.;:]*))",
    re.IGNORECASE,
)
"""Other ways to say what is taken: `For a time HH:MM, main.py prints …`."""
_HOW_MANY = re.compile(
    r",? (?:as|in) (?:one|two|three|four)(?: [\w-]+)? arguments\b"
    r"|\b(?:one|two|three|four) arguments[,:]\s*(?=an?\b|the\b)",
    re.IGNORECASE,
)
"""What says nothing but how many arguments there are."""
_FURTHER = re.compile(
    r",?\s*(?:and )?(?:then )?(?:(?:all (?:the )?|any )?(?:further|other|following|remaining) arguments (?:are|being) "
    r"(?P<are>the [^.;,]*)|(?P<as>the [^.;,]*?) as (?:further|other|the remaining|the following) arguments)",
    re.IGNORECASE,
)
"""Arguments without end, behind the ones that are counted."""
_ALL_ARGUMENTS = re.compile(r"\b(?:its|all|the)(?: [\w-]+){0,2} arguments\b", re.IGNORECASE)
_NUMBERS = re.compile(r"\b(?:numbers|integers)\b|数字|整数", re.IGNORECASE)
_SENTENCE_END = re.compile(r"\.\s|[。；;]")
GIVEN_TO = re.compile(
    r"\b(?:[Hh]and|[Gg]ive|[Pp]ass|[Ff]eed|[Tt]ell) (?:main\.py|the program)\b(?= (?:an?|the|one|two|\w+'s) )"
)
_TWO_AS_ARGUMENTS = re.compile(r"\bwith (?:the |an? )?([\w -]{3,24}?) and (?:the |an? )?([\w -]{3,24}?) as arguments\b")
_IN_THE_ARGUMENTS = re.compile(r"\bthe ((?:two|three) [\w ]{3,20}?) (?:in|from|given in|given as) the arguments\b")
_FIRST = re.compile(r"\bthe first argument (?:is|being) (?P<what>(?:the|an?) [^,;.]*)", re.IGNORECASE)
_NEXT = re.compile(
    r"(?:,|,? and|,? or)\s+(?=(?:an?|the|one|its|two|three|another|optionally|several|how many)\b"
    r"(?! (?:per|on|more|after|groups|parts|letters|digits|characters)\b))"
    r"|(?:,|,? and)(?: then)?\s+(?=(?:one|two) or more\b)|(?:、|和|及|以及)(?=[一两另二三])",
    re.IGNORECASE,
)
"""What stands between two arguments."""
_STARTED_WITH = re.compile(
    r"\b(?:started|call(?:ed|ing)?|run(?:ning)?|invoked)\b[^.;]*?\bwith\b(.*)|\.py with\b(.*)",
    re.IGNORECASE | re.DOTALL,
)
_AS_ARGUMENT = re.compile(
    r",? \(?(?:(?:is |are )?(?:given|passed|supplied|named) )?(?:as|in|is|its)(?: an?| one| the| its)?"
    r"(?: (?:only|single|command[- ]line))* argument\b|\(?作为?(?:命令行)?参数",
    re.IGNORECASE,
)
_AND_GIVE_IT = re.compile(r"(?<= file)\b[^.;]*\b(?:give|pass|name)s? it$")
_ONE_ARGUMENT = re.compile(r"\b(?:an?|as|its|one|only|single|the) (?:command[- ]line )?argument\b", re.IGNORECASE)
_IN_ORDER = (
    re.compile(
        r"\b(?P<what>(?:the|an?) [^,.;:()]*?),? (?:as|in|is) (?:its|the|an?) (?P<place>first|second|third) argument",
        re.IGNORECASE,
    ),
    re.compile(
        r"\bthe (?P<place>first|second|third)(?: argument)? (?:being|is) (?P<what>(?:the|an?) [^,.;:()]*)",
        re.IGNORECASE,
    ),
    re.compile(r"第(?P<place>[一二三])个(?:参数)?[是为](?P<what>[^，,。；;]+)"),
    re.compile(
        r"\b(?P<place>first|second|third) argument[,:]?(?: is| being)?"
        r" (?P<what>(?:the|an?|any) (?!first|second|third)[^,.;:()]*)"
        r"|(?<=[,;] )(?:and )?(?:the )?(?P<next>second|third):? (?P<rest>(?:the|an?|any|how many) [^,.;:()]*)",
        re.IGNORECASE,
    ),
)
_PLACES = {"first": 1, "second": 2, "third": 3, "一": 1, "二": 2, "三": 3}
_HEAD = re.compile(r"\b(?:an?|the|one)\s+(?:(?!\b(?:an?|the|one)\b)[^,.;:()])*$", re.IGNORECASE)
"""What was last spoken of."""
_MODIFIED = re.compile(r"\b(?:with|like|in|between|from|which|that|such)\b", re.IGNORECASE)
_NAME_OF = re.compile(r"\b(?:the )?(?:(?:file ?)?names?|paths?) of (?!(?:an?|the) column)", re.IGNORECASE)
_IN_TURN = re.compile(r"参数(?:依次|分别)[是为]")
_NEXT_IN_TURN = re.compile(r"、|和|与|以及|及")
"""What stands between two arguments that are listed in turn, and so between nothing else."""
_ASIDE = re.compile(r"[(（][^()（）]*[)）]|(?:(?<![A-Za-z0-9])['\"`]|[‘“])[^'\"`’”\n]*['\"`’”]")
_KINDS: tuple[tuple[ArgumentKind, re.Pattern[str]], ...] = (
    ("column", re.compile(r"\b(?:name|title) of (?:a|the) column\b|\bcolumn(?: name)?s?\b|列名", re.IGNORECASE)),
    ("table", re.compile(r"\bCSV[- ]files?\b|\bCSV\s*文件", re.IGNORECASE)),
    ("file", re.compile(r"\b(?:[\w-]+ )?files?\b|文件", re.IGNORECASE)),
    ("folder", re.compile(r"\b(?:director(?:y|ies)|folders?)\b|目录|文件夹", re.IGNORECASE)),
    ("date", re.compile(r"\bdates?\b|日期", re.IGNORECASE)),
    ("time", re.compile(r"\btimes?\b(?= as\b|\s+HH)|\bHH:MM\b|时间", re.IGNORECASE)),
    ("year", re.compile(r"\byear\b|年份", re.IGNORECASE)),
    ("month", re.compile(r"\bmonth\b|月份", re.IGNORECASE)),
    ("expression", re.compile(r"(?<!regular )\bexpressions?\b|算式|表达式", re.IGNORECASE)),
    (
        "number",
        re.compile(
            r"\b(?:how many|integers?|numbers?|amount|width|height|weight|length|size|radius|seconds|minutes|hours|days"
            r"|percent|percentage|price|bill|tip|age|distance|speed|temperature|score|timestamp|position|integer)\b"
            r"|整数|数字|体重|身高|价格|金额|温度|年龄|秒数|分钟数|小时数|百分比|半径|边长|长度|宽度|高度|距离|速度|分数",
            re.IGNORECASE,
        ),
    ),
    (
        "text",
        re.compile(
            r"\b(?:texts?|words?|strings?|sentence|phrase|name|password|arguments)\b|文本(?!文件)|字符串|单词|句子|姓名|密码",
            re.IGNORECASE,
        ),
    ),
)
_A_QUANTITY = re.compile(r"[\u4e00-\u9fff](?:数|量)(?![字据组])")
"""A number too, where nothing else is spoken of."""
_FROM_A_FILE = re.compile(
    r"\bfrom (?:an?|the) (?:[\w-]+ )?file\b|\bthe (?:[\w-]+ )?file (?:given|named|passed)\b", re.IGNORECASE
)
_SEVERAL = re.compile(
    r"\b(?:one or more|several|multiple|any number of)\b|一个或(?:多个|更多)|若干"
    r"|^\W*(?:(?:some|any|whole) )*(?:numbers|integers|words|strings)(?= as\b| on\b|\s*$)",
    re.IGNORECASE,
)
_TWO_OR_MORE = re.compile(
    r"\b(?:two|2) or more\b|\bat least two\b|[两二2]\s*个(?:或|及|以)(?:更多|以上|上)", re.IGNORECASE
)
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBER_WORDS = {word: number for words in (_WORDS, "二三四五六") for number, word in enumerate(words, 2)} | {"两": 2}
"""Numbers that are written as words."""
_OF_A_FORM = re.compile(
    r"\b(?:directly|immediately) followed by\b|\bstring of (?!text|words|letters|digits|characters)\w", re.IGNORECASE
)
"""What not just any number, or any text, is."""
_ARE = re.compile(
    r"(?:(?<!if )(?<!when )(?<!where )(?<!unless )(?<!whether )"
    r"\b(?:its|the)(?: (?:one|two|three|only|single|command[- ]line))* argument(?P<several>s)? (?:is|are|being)"
    r"|(?:^|[.;] )argument(?P<all>s)?:) (?P<what>(?:an?|the|one|two|three)\b"
    r"(?:(?!,? and (?:the|its|a) \w+ (?:comes?|is|are|read)\b)(?:[^.;:]|\.(?=\w)|:(?=\w)))*)",
    re.IGNORECASE,
)
"""A sentence about all arguments, up to what it says of anything else."""
_COUNT = re.compile(
    r"\W*(?:exactly |the )?(?:\w+ of )?(two|three|four|five|six)\b"
    r"|(?:\W*|.*(?=[两二三四五六]个(?:命令行)?参数))([两二三四五六])\s*个",
    re.IGNORECASE,
)


def stated_arguments(text: str) -> tuple[StatedArgument, ...]:
    """The arguments that a requirement lists before it comes to the output; none where one of them is not understood.

    >>> [each.kind for each in stated_arguments("takes a time as HH:MM and a number of minutes and prints the time")]
    ['time', 'number']
    >>> [each.kind for each in stated_arguments("main.py: the arguments are a time as HH:MM and a number of minutes")]
    ['time', 'number']
    >>> stated_arguments("takes two chess squares and prints the distance")
    ()
    """
    if placeholders := synopsis(text):
        named = [_placeholder(placeholder, text) for placeholder in placeholders]
        return tuple(each for each in named if each) if None not in named else ()
    plain = _ASIDE.sub("", text)
    if "YYYY-MM-DD" in plain:
        plain = re.sub(r"\bday\b", "date", plain)
    if listed := phrases(plain):
        found = [argument_of(phrase) for phrase in listed]
        if further := _FURTHER.search(plain):
            several = argument_of(further["are"] or further["as"])
            found.append(several and replace(several, count=3))
        return tuple(each for each in found if each) if None not in found else ()
    where = _FROM_A_FILE.search(before_printing(plain))
    return (StatedArgument("file", 1, plain[: where.end()]),) if where else ()


def argument_count(text: str) -> int:
    """How many arguments a requirement lists, understood or not; 0 where it lists none, or leaves their number open.

    >>> argument_count("takes a bill, a tip in percent and a number of people and prints what each pays")
    3
    >>> argument_count("两个参数依次是体重和身高,输出 BMI")
    2
    >>> argument_count("main.py YEAR MONTH prints its days"), argument_count("converts a color given as argument")
    (2, 1)
    """
    if placeholders := synopsis(text):
        return len(placeholders)
    plain = _ASIDE.sub("", text)
    listed = phrases(plain)
    if _FURTHER.search(plain) or any(_SEVERAL.search(phrase) or _TWO_OR_MORE.search(phrase) for phrase in listed):
        return 0
    if not listed:
        return int(bool(_ONE_ARGUMENT.search(text)))
    return sum(map(counted, listed))


def counted(phrase: str) -> int:
    """How many arguments a phrase speaks of: `two dates`.

    >>> counted("four dates"), counted("a date"), counted("一个日期")
    (4, 1, 1)
    """
    found = _COUNT.match(phrase)
    return NUMBER_WORDS[(found[1] or found[2]).lower()] if found else 1


def phrases(whole: str) -> list[str]:
    """What is said of each argument that a requirement lists; nothing where it lists none."""
    plain = GIVEN_TO.sub("main.py takes", _FURTHER.sub("", _HOW_MANY.sub("", whole)))
    if in_order := _in_order(plain):
        return in_order
    if given := _IN_THE_ARGUMENTS.search(plain):
        return [given[1]]
    if first := _FIRST.search(plain):
        return [first["what"]]
    if sentence := _ARE.search(plain):
        what = before_printing(sentence["what"])
        return _NEXT.split(what) if sentence["several"] or sentence["all"] else [what]
    if as_one := _AS_ARGUMENT.search(plain):
        before = _AND_GIVE_IT.sub("", plain[: as_one.start()])
        head = _HEAD.search(before)
        return [_MODIFIED.split(head[0])[0] if head else re.split(r"[.;,:。，；：]|\btakes\b", before)[-1] or before]
    all_of_them, taken = _ALL_ARGUMENTS.search(plain), _TAKEN.search(plain)
    if all_of_them and (taken is None or all_of_them.start() < taken.start()):
        return [f"one or more {'numbers' if _NUMBERS.search(before_printing(plain)) else 'arguments'}"]
    if taken := taken or _STARTED_WITH.search(before_printing(plain)):
        listed = _SENTENCE_END.split(next(filter(None, taken.groups()), ""))[0]
        if _COUNT.match(listed):
            listed = re.split(r"(?<![HM]):|：", listed)[0]  # what each of them is
        return (_NEXT_IN_TURN if _IN_TURN.search(plain) else _NEXT).split(listed)
    if two := _TWO_AS_ARGUMENTS.search(plain):
        return [two[1], two[2]]
    if named := _OF_WHAT.search(plain):
        return [named["given"] or named["for"]]
    return []


def _in_order(plain: str) -> list[str]:
    """What is said of each argument where a requirement numbers them.

    >>> _in_order("hides the text in its second argument, the first argument being the number of rails")
    ['the number of rails', 'the text']
    >>> _in_order("the first argument is a birth date, the second any later day")
    ['a birth date', 'any later day']
    """
    said = (each.groupdict() for pattern in _IN_ORDER for each in pattern.finditer(plain))
    found = {_PLACES[(e["place"] or e.get("next", "")).lower()]: e["what"] or e.get("rest", "") for e in said}
    places = [*range(1, len(found) + 1)]
    return [found[place] for place in places] if len(found) > 1 and sorted(found) == places else []


_BOUNDS = re.compile(r"(?:FROM|TO|START|END|STOP|FIRST|LAST|LOW(?:EST)?|HIGH(?:EST)?|LOWER|UPPER|MIN|MAX)")
_STRINGS = re.compile(r"\b(?:two|both) (?:strings|words|texts)\b|两个(?:字符串|单词)", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:numbers?|positions?|integers?|counted)\b|整数|数字|位置", re.IGNORECASE)


def _placeholder(name: str, text: str) -> StatedArgument | None:
    """The argument that a synopsis names so; None for nothing that is known."""
    if _BOUNDS.fullmatch(name):
        if re.search(r"\b(?:both|two) (?:are )?dates\b|YYYY-MM-DD", text):
            return StatedArgument("date", 1, name)
        if _STRINGS.search(text):
            return StatedArgument("text", 1, name)
        return StatedArgument("bound", 1, name) if _COUNTED.search(text) else None
    if re.fullmatch(r"SUFFIX|EXT(?:ENSION)?|ENDING|后缀|扩展名", name):
        return StatedArgument("suffix", 1, name)
    if argument := argument_of(name.strip("<>").lower().replace("_", " ")):
        return argument
    kinds: dict[str, ArgumentKind] = {"number": "number", "amount": "number", "decimal": "number", "date": "date"}
    kind = kinds.get(kind_of(name)) or ("text" if is_plain(name) and kind_of(name) == "text" else None)
    return StatedArgument(kind, 1, name) if kind else None


def _places(phrase: str) -> list[tuple[int, int]]:
    """Where a phrase speaks of a kind of argument, and of which."""
    return [(found.start(), order) for order, (_, kind) in enumerate(_KINDS) if (found := kind.search(phrase))]


def argument_of(phrase: str) -> StatedArgument | None:
    """What a phrase speaks of first; None for nothing that is known."""
    if _OF_A_FORM.search(phrase):
        return None
    where = _FROM_A_FILE.search(phrase)
    whole = where[0] if where else phrase
    meant = _NAME_OF.sub("", whole)
    places = _places(meant) or _places(whole)
    if not places and not _A_QUANTITY.search(meant):
        return None
    count = 3 if _TWO_OR_MORE.search(phrase) else 2 if _SEVERAL.search(phrase) else counted(phrase)
    return StatedArgument(_KINDS[min(places)[1]][0] if places else "number", count, phrase)
