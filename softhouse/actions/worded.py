"""The places on a command line that a requirement lists in words: one text, two dates, a file and a letter.

>>> [slot.kind for slot in worded_slots("takes two binary numbers and prints their sum")]
['binary', 'binary']
"""

import re

from softhouse.actions.arguments import (
    GIVEN_TO,
    NUMBER_WORDS,
    argument_count,
    argument_of,
    counted,
    phrases,
    stated_arguments,
)
from softhouse.actions.beginnings import before_printing, reads_standard_input
from softhouse.actions.contents import fields, sample_of
from softhouse.actions.placeholders import choices
from softhouse.actions.slots import Slot

_HIS_PATH = re.compile(
    r"\b(?:tak(?:es?|ing)|gets?|given|reads?)\b[^.;,]{0,24}\b(?:its|the|a) (?:file )?path\b(?! of a dir)"
    r"|\bpath (?:is|as)(?: the| its)?(?: only)? argument\b|\(its path is the argument\)"
    r"|\bpath of a (?:text |log |JSON )?(?:file|picture)\b|\bfile's path\b|\btext file in place\b"
    r"|\bfile (?:\w+ )?(?:given )?as (?:an |its |the )?argument\b"
    r"|\b(?:[Tt]he|[Tt]ake) (?:path|file) (?:is|of a)[^.;,]*\b(?:argument|file)\b"
    r"|\bfile I (?:pass|give|name|hand)\b|\bname that file when\b|\bfile (?:passed|given|named) on the command line\b"
    r"|\bfile (?:in|as) (?:the|its) (?:first|only) argument\b|\bas (?:a|the|its) file argument\b"
    r"|\b(?:whose|its|the) (?:file ?name|name|path) (?:comes|(?:is )?(?:given|passed)) as (?:\w+ ){0,2}argument\b"
    r"|文件路径|文件名由命令行|命令行指定的|文件名作为?(?:命令行)?参数",
)
"""A file is all that is given."""
_ONE_OR_MORE = re.compile(
    r"\bone or more (years|dates|numbers|integers|words|names|times) as arguments\b"
    r"|跟一个或多个(日期|数字|整数|单词|年份)"
)
_GIVEN = re.compile(
    r"\b(?P<what>(?:[Tt]wo |[Tt]hree |the )?(?:[\w-]+ )?(?:texts|words|strings|numbers|integers|dates|times))"
    r" (?:are )?(?:given|passed)(?: to [\w-]+\.py)? as arguments\b|两个(?:参数)?(?P<chinese>字符串|文本|单词)"
)


def worded_slots(text: str) -> tuple[Slot, ...]:
    """The places that a requirement lists in words; none where one of them is not understood.

    >>> [slot.kind for slot in worded_slots("takes a file path and two integers A and B and prints …")]
    ['file', 'number', 'number']
    >>> [(slot.kind, slot.among) for slot in worded_slots("takes an amount and a unit (cup, tbsp or tsp) and prints …")]
    [('number', ()), ('choice', ('cup', 'tbsp', 'tsp'))]
    """
    if samples := shown_samples(text):
        return (Slot("sample", "sample", among=samples),)
    plain = re.sub(r"['\"`‘“][^'\"`’”\n]*['\"`’”]", "", text)
    plain = re.sub(r"[,，]按[^,，。]*?(?=输出|打印)", "", plain)
    plain = _OTHER_VERBS.sub("and prints", plain)
    if behind := _OF_THE_PROGRAM.search(plain):
        plain = plain[behind.start() :]
    if reads_standard_input(text):
        plain = re.sub(r",? (?:and )?reads\b[^.;]*", " and prints ", plain)
    if found_several := _several(plain, text):
        return found_several
    if more := _ONE_OR_MORE.search(plain):
        kind = argument_of((more[1] or more[2]).removesuffix("s"))
        return (Slot(more[0], kind.kind, several=True),) * 2 if kind else ()
    if given := _GIVEN.search(plain):
        what = (given["what"] or "两个" + given["chinese"]).lower()
        found = argument_of(what)
        several = counted(what) == 1
        return (Slot(what, found.kind, several=several),) * max(2, counted(what)) if found else ()
    laid_out: list[Slot] = []
    for phrase in phrases(re.sub(r"[(（][^()（）]*[)）]", "", plain)):
        if not (found_slots := _of_phrase(phrase, text)):
            laid_out = []
            break
        laid_out += found_slots
    if laid_out and not (reads_standard_input(text) and all(slot.kind == "number" for slot in laid_out)):
        return tuple(laid_out)
    if laid_out or reads_standard_input(text):
        return ()
    return (Slot("path", "file"),) if _HIS_PATH.search(plain) and not reads_standard_input(text) else ()


_OTHER_VERBS = re.compile(
    r"\band (?:lists|counts|checks|compares|reports|removes|replaces|sorts|tells|draws|scales|greets|turns)\b",
    re.IGNORECASE,
)
_OF_THE_PROGRAM = re.compile(
    r"\b[\w-]+\.py\b[^.;]{0,24}?\b(?:takes?|gets?|accepts?|is called with|called with)\b|[\w-]+\.py[^。]{0,4}接收"
)
_SAMPLES = re.compile(
    r"\b(?:takes?|for|given|argument|one)\b[^.;:'\"]{0,70}?\b(?:such as|like|written as|of the form|as in)\s+"
    r"(?P<all>(?P<mark>['\"])[^'\"\n]+(?P=mark)(?:(?:, | or |, or | and )(?P=mark)[^'\"\n]+(?P=mark))*)"
)
_SAMPLES_IN_CHINESE = re.compile(r"参数是一个形如(?P<all>[「'“][^」'”]+[」'”])")


def shown_samples(text: str) -> tuple[str, ...]:
    """What a requirement shows of its one argument; none where it takes more, or reads something.

    >>> shown_samples("takes a dice notation such as '2d6+3' or '1d20' and prints …")
    ('2d6+3', '1d20')
    """
    if reads_standard_input(text) or re.search(
        r"\bfiles?\b|director|文件|目录|\band (?:an?|one|then) ", before_printing(text)
    ):
        return ()
    if re.search(r"\b(?:two|three) (?:different )?\w+|\barguments\b", before_printing(text)):
        return ()
    found = _SAMPLES.search(before_printing(GIVEN_TO.sub("main.py takes", text))) or _SAMPLES_IN_CHINESE.search(text)
    samples = re.findall(r"[「'\"“]([^」'\"”]+)[」'\"”]", found["all"]) if found else []
    return tuple(each for each in samples if not re.search(r"[A-Z]{2,}[:=]?[A-Z]|\b[a-z]x\b", each))


_FILES = re.compile(
    r"\b(?P<count>two or more|one or more|several|two)\b(?: \w+){0,2} (?:file paths|paths|files|pictures)\b(?!, an? )"
    r"|\b[Tt]wo [\w ]*files [^.;]*\bare given to [\w-]+\.py|\bpaths of (?P<some>several|two) "
)
_AT_LEAST = re.compile(
    r"\bat least (?P<count>two|three|four) (?:scores|numbers|integers|values|prices|words) as arguments"
    r"|参数是至少\s*(?P<figure>\d)\s*个.{0,16}?(?:分数|数字|整数)"
    r"|\b(?P<two>two) or more (?:numbers|integers) as arguments\b"
    r"|\btakes (?:the )?(?:weights|scores|prices|grades|temperatures|lengths|amounts|numbers)\b[^.;]* as arguments\b"
)
_IN_ALL = re.compile(r"([两二三四])个(?:正)?(?:整数|数字)(?!和|与)")
_TWO_OF_THEM = re.compile(r"接收([\u4e00-\u9fff]{1,5})和([\u4e00-\u9fff]{1,5}?)(?=[(（,，])")
_PASSED = re.compile(
    r"\b(?:the|an?) (?P<what>letter|word|text|number|date|integer)(?: [A-Z]+)?(?: is)? (?:passed|given)"
    r" (?:to [\w-]+\.py|on the command line)"
)
_A_NUMBER = re.compile(
    r"\b(?:takes? (?:a|an|one)|for (?:a|an|one)|argument, an?|for (?=N from)) ?(?:(?:odd|even|positive|whole) )*"
    r"(?:number|integer|N from \d+ to \d+)\b|\bthe number I (?:type|give|pass|enter)\b"
    r"|(?:跟|给程序)一个[^，。,]{0,8}整数",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    r"\b(?:exactly |first )(?P<count>\w+) digits\b|(?P<figure>\d+)\s*位(?:数字|身份证号)"
    r"|由\s*(?P<other>\d+)\s*位数字组成"
)
_OF_LETTERS = re.compile(
    r"\b(?:string|text|word) of the letters (?P<letters>(?:[A-Z], )+[A-Z](?:,? (?:and|or) [A-Z]))"
    r"|由\s*(?P<chinese>[A-Z](?:\s*[、和或]\s*[A-Z])+)\s*组成"
)
_A_DATE_IN_IT = re.compile(r"第\s*(\d+)\s*到\s*(\d+)\s*位")


def _several(plain: str, text: str) -> tuple[Slot, ...]:
    """Arguments of one kind, that a requirement speaks of together, or the one argument that it speaks of."""
    if (digits := _DIGITS.search(text)) and not reads_standard_input(text) and "hyphen" not in text:
        count = next(each for each in digits.groups() if each)
        length = int(count) if count.isdigit() else NUMBER_WORDS.get(count, 0)
        among = _digits(length, text) if length > 5 else ()
        return (Slot("digits", "sample", among=among),) if among else ()
    if letters := _OF_LETTERS.search(text):
        known = re.findall(r"[A-Z]", re.sub(r"and|or", "", letters["letters"] or letters["chinese"]))
        return (Slot("letters", "sample", among=("".join([*known, known[0]]), "".join(reversed(known)).lower())),)
    if files := _FILES.search(plain):
        return (Slot("path", "file"),) * (3 if (files["count"] or "two") != "two" else 2)
    if least := _AT_LEAST.search(text):
        count = least["count"] or least["figure"] or least["two"]
        return (Slot("number", "number"),) * (
            1 + (int(count) if (count or "").isdigit() else NUMBER_WORDS.get(count, 2))
        )
    if (together := _IN_ALL.search(text)) and not reads_standard_input(text) and "文件" not in before_printing(text):
        return (Slot("number", "number"),) * NUMBER_WORDS[together[1]]
    if (two := _TWO_OF_THEM.search(text)) and all(_A_MEASURE.search(each) for each in two.groups()):
        return tuple(Slot(each, "number") for each in two.groups())
    if passed := _PASSED.search(plain):
        kind = {"word": "text", "integer": "number"}.get(passed["what"], passed["what"])
        return (Slot(passed["what"], kind),)
    alone = not stated_arguments(text) and argument_count(text) < 2
    if alone and not reads_standard_input(text) and (one := _A_NUMBER.search(plain)):
        return (Slot(one[0], "number"),) if not re.search(r"\bfiles?\b|\btwo arguments\b", text) else ()
    return ()


def _digits(length: int, text: str) -> tuple[str, ...]:
    """Two rows of digits, of a length, with a date in the place where a requirement has one."""
    rows = ("20230512071", "20081130264")
    if "身份证" in text and not _A_DATE_IN_IT.search(text):
        return ()
    if (place := _A_DATE_IN_IT.search(text)) and int(place[2]) - int(place[1]) == 7:
        behind = length - int(place[2])
        return tuple(
            f"{'110105' * 2}"[: int(place[1]) - 1] + date + end[:behind]
            for date, end in zip(("19900521", "20240229"), ("0031", "1248"), strict=True)
        )
    return tuple((row * 2)[:length] for row in rows)


_NOUN = re.compile(r"\b([a-z]+)(?: in [a-z ]+| of [a-z ]+)?\s*$")
_A_LETTER = re.compile(
    r"^\W*(?:and |then )?(?:an?|one|the|single)(?: single)? (?:letter|character)\b|一个字[母符]", re.IGNORECASE
)


_IN_CAPITALS = re.compile(r"\b(?:like|such as|e\.g\.|for example) ([A-Z]{3,})\b")
"""A sample of letters that mean something each."""


def _of_phrase(phrase: str, text: str) -> list[Slot]:
    """The places that one phrase speaks of."""
    phrase = re.sub(r"[\s,]+(?:and|or|then)?\s*$", "", phrase)
    if (name := re.sub(r"^\s*(?:一个|某个|(?:an?|the) )", "", phrase)) in fields(" ".join(sample_of(text))):
        return [Slot(name, "field")]
    noun = _NOUN.search(phrase)
    if noun and (among := choices(noun[1], text)):
        return [Slot(noun[1], "choice", among=among)]
    behind = text[text.find(phrase.strip()) + len(phrase.strip()) :][:24] if phrase.strip() in text else ""
    if re.search(r"\b(?:column|row|line) numbers?\b", phrase):
        return [Slot("index", "index")] * counted(phrase)
    if re.search(r"\bname of a weekday\b|\bweekday name\b", phrase):
        return [Slot("weekday", "choice", among=("Monday", "friday"))]
    if (of_settings := re.search(r"\b(section|key)\b", phrase)) and re.search(r"\bINI\b", text):
        return [Slot(phrase, of_settings[1])]
    if _A_LETTER.search(phrase):
        return [Slot("letter", "letter")]
    if re.search(r"\b(?:output|target|destination|new) file\b", phrase):
        return [Slot("OUT", "output")]
    if in_capitals := _IN_CAPITALS.search(phrase):
        return [Slot(phrase, "sample", among=(in_capitals[1], in_capitals[1][::-1]))]
    if re.search(r"\bfile paths?\b|\bpaths? (?:of|to) (?!a (?:dir|folder))", phrase) and "JSON" not in phrase:
        return [Slot("path", "file")] * counted(phrase)
    if re.search(r"\bYYYY-MM\b(?!-)", phrase + behind):
        return [Slot("month", "month")]
    if re.search(r"\bHH:MM\b(?!:)", phrase + behind):
        return [Slot("time", "time")] * counted(phrase)
    if "YYYY-MM-DD" in phrase + behind:
        return [Slot("date", "date")] * counted(phrase)
    if re.search(r"\bbinary numbers?\b", phrase):
        return [Slot("binary", "binary")] * counted(phrase)
    if re.search(r"\bvalue\b", phrase) and "column" in text:
        return [Slot("value", "cell")]
    found = argument_of(phrase)
    if found is None:
        return [Slot(phrase, "number")] if _A_MEASURE.search(phrase) else []
    kinds = {"table": "file", "bound": "number", "year": "year", "suffix": ""}
    kind = kinds.get(found.kind, found.kind)
    if not kind or (found.count > 1 and counted(phrase) == 1 and kind == "column"):
        return []
    if kind == "month":
        return [Slot("month", "month" if re.search(r"YYYY-MM(?!-)", text) else "number")]
    return [Slot(phrase.strip(), kind, several=counted(phrase) == 1)] * found.count


_A_MEASURE = re.compile(
    r"\b(?:angle|tempo|bill|salary|amount|rate|frequency|volume|area|balance|fee|height"
    r"|per (?:day|hour|week))\b|[值价额折步]",
    re.IGNORECASE,
)
