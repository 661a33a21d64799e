"""Which letters an output may have, and of which case.

>>> foreign_letter("counts each English letter", "a: 2\\n你: 1"), stated_case("prints the word in capital letters")
('你', 'upper')
"""

import re
from typing import Literal

from softhouse.actions.beginnings import before_printing
from softhouse.actions.sentences import sentences_of
from softhouse.actions.stated import ROW

_ENGLISH_LETTERS = re.compile(
    r"\bEnglish letters?\b|\bletters? (?:from )?a(?:-| to )z\b|英文字母|英语字母", re.IGNORECASE
)
_OTHER_LETTER = re.compile(r"^([^\W\d_])\b[\W_]+\d+$", re.MULTILINE)


def foreign_letter(text: str, stdout: str) -> str:
    """A letter that begins a line of the output and is no English one, where a requirement is about English letters.

    >>> foreign_letter("counts each English letter", "a: 2\\n你: 1"), foreign_letter("counts the letters", "你: 1")
    ('你', '')
    """
    if not _ENGLISH_LETTERS.search(text):
        return ""
    return next((letter for letter in _OTHER_LETTER.findall(stdout) if not letter.isascii()), "")


_LETTERS_ONLY = re.compile(
    r"\bletters only\b|\bonly (?:of )?letters\b|\b(?:runs?|sequences?|groups?) of (?:the )?(?:English )?letters\b"
    r"|(?:仅|只)(?:由|包含|含)?字母|连续的?(?:英文)?字母",
    re.IGNORECASE,
)


def are_letters(text: str) -> bool:
    """Whether a requirement says that the words it is about are made of letters.

    >>> are_letters("words are runs of letters"), are_letters("words are what stands between blanks")
    (True, False)
    """
    return bool(_LETTERS_ONLY.search(text))


def stray_word(text: str, stdout: str) -> str:
    """A counted word of the output that is not made of letters, where a requirement says that words are.

    >>> stray_word("Words consist of letters only.", "dog 2\\ndog. 1"), stray_word("Words are counted.", "dog. 1")
    ('dog.', '')
    """
    if not are_letters(text):
        return ""
    rows = [ROW.fullmatch(line.strip()) for line in stdout.splitlines()]
    return next((row[1].rstrip(":： ") for row in rows if row and not row[1].rstrip(":： ").isalpha()), "")


_LOWER = re.compile(r"\blower[ -]?case\b|\bsmall (?:letters?|ones?)\b|(?<!大)小写", re.IGNORECASE)
_UPPER = re.compile(
    r"(?<!and )(?<!or )(?:\bupper[ -]?case\b|\bcapital letters\b)|\b(?:in|a) capitals?\b(?! letter)|大写", re.IGNORECASE
)
_LETTERS = re.compile(r"['\"`‘“「][^'\"`’”」\n]*?([^\W\d_]{2,})[^'\"`’”」\n]*['\"`’”」]")
"""Words in quotes, such as are printed."""


_COMPARED = re.compile(
    r"\b(?:compar\w*|ignor\w*|regardless|same|treat\w*|differ\w*|equal\w*|counts? as|counting|matter|no difference"
    r"|keep\w*|kept|preserv\w*|retain\w*|maintain\w*|unchanged|stays?|remains?"
    r"|(?:upper|lower)(?:[ -]?case)?-? (?:and|or|to) (?:upper|lower)|first|initial|begin\w*|start\w*"
    r"|capital letters? (?:and|or)|allowed|entirely|digits?|if|when"
    r"|for an? (?:small|capital|lower|upper))\b"
    r"|保持|保留|不变|忽略|不区分|比较|视为|相同|开头|首字母|如果",
    re.IGNORECASE,
)
"""A sentence about what is held to be the same, or about some of the letters, and not about all that is printed."""
_TRUTH = re.compile(
    r"(?:\bprints?|打印|输出)\s*['\"`‘“](?:true|false)['\"`’”]\s*(?:or|或(?:者)?)\s*['\"`‘“](?:true|false)['\"`’”]"
)


def stated_case(text: str) -> Literal["lower", "upper"] | None:
    """The case of the letters in the output, where a requirement speaks of one, and not of the input's.

    >>> stated_case("prints the number with lower case letters"), stated_case("takes upper case letters")
    ('lower', None)
    >>> stated_case("It prints each word once, words being the same if they are in lower case.")
    >>> stated_case("It prints how often 'a' occurs, counting capital letters too.")
    >>> stated_case("It prints the text, where a becomes 4, for small and capital letters alike.")
    >>> stated_case("It prints the line with each letter moved, keeping upper and lower case.")
    >>> stated_case("It prints 'true' or 'false'.")
    'lower'
    """
    if _TRUTH.search(text):
        return "lower"
    printing = sentences_of(text[len(before_printing(text)) :])
    after = " ".join(sentence for sentence in printing if not _COMPARED.search(sentence))
    lower, upper = bool(_LOWER.search(after)), bool(_UPPER.search(after))
    if lower == upper or (_UPPER if lower else _LOWER).search(text):
        return None
    printed = (word for word in _LETTERS.findall(after) if any(map(str.islower, word)))
    if upper and any(printed):
        return None
    return "lower" if lower else "upper"


def case_complaint(text: str, stdout: str) -> str:
    """What is wrong with the case of the letters in an output; empty for nothing.

    >>> case_complaint("prints it with lower case letters", "FF")
    'the letters are not in lower case'
    """
    case = stated_case(text)
    wrong = {"lower": str.isupper, "upper": str.islower}.get(case or "")
    return f"the letters are not in {case} case" if wrong and any(map(wrong, stdout)) else ""


_CHINESE_DAYS = re.compile(r"(星期|周|礼拜)[一二三四五六日天几]")
_ENGLISH_DAY = re.compile(r"""\bf(['"])\{(?P<shown>[\w.]+):%A\}\1|(?P<called>[\w.]+)\.strftime\((['"])%A\4\)""")


def chinese_days(source: str, text: str) -> str:
    """`source` with the Chinese name of a day of the week, where a requirement has those and the program English ones.

    >>> print(chinese_days("print(day.strftime('%A'))", "接收一个日期，输出星期几（星期一到星期日）"))
    print("星期" + "一二三四五六日"[day.weekday()])
    """
    if (stated := _CHINESE_DAYS.search(text)) is None:
        return source
    last = "天" if f"{stated[1]}天" in text else "日"

    def named(found: re.Match[str]) -> str:
        return f'"{stated[1]}" + "一二三四五六{last}"[{found["shown"] or found["called"]}.weekday()]'

    return _ENGLISH_DAY.sub(named, source)
