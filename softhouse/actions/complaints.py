"""What is wrong with one output by a requirement's own words: letters, words, case, width, a header, a grid, paths.

Each rule is silent where its words are not in the requirement.

>>> complaint("counts each English letter", "a: 2\\n你: 1")
'你 is no English letter'
"""

import json
import re
from collections.abc import Sequence
from typing import Literal

from softhouse.actions.beginnings import before_printing
from softhouse.actions.letters import foreign_letter, stray_word
from softhouse.actions.values import worth


def complaint(text: str, stdout: str, *, fed: str = "", arguments: Sequence[str] = ()) -> str:
    """The first thing that is wrong with `stdout` (its case aside, see `letters.case_complaint`); empty for nothing.

    `fed`: what the program read, a file or its standard input; `arguments`: those of its command line.
    """
    if letter := foreign_letter(text, stdout):
        return f"{letter} is no English letter"
    if word := stray_word(text, stdout):
        return f"{word} is not made of letters only"
    if re.search(r"^None$", stdout, re.MULTILINE) and "None" not in text:
        return "None is printed where a value should be"
    if re.search(r"^\['[^\n]*'\]$", stdout, re.MULTILINE) and not re.search(r"\[|\bJSON\b|\bPython\b", text):
        return "a list is printed as Python writes it"
    return (
        length_complaint(text, stdout)
        or grid_complaint(text, fed, stdout)
        or header_complaint(text, fed, stdout)
        or width_complaint(text, arguments, stdout)
        or beginning_complaint(text, arguments, stdout)
        or separator_complaint(text, stdout)
        or count_complaint(text, stdout)
        or value_complaint(text, fed or " ".join(arguments), stdout)
    )


def value_complaint(text: str, expression: str, stdout: str) -> str:
    """What is wrong with the value of an expression, where a requirement has the usual rules for those.

    >>> value_complaint("an expression of +, - and * with the usual precedence", "2+3*4", "20")
    '2+3*4 is 14'
    """
    value, printed = worth(text, expression), re.findall(r"-?\d+(?:\.\d+)?", stdout)
    return f"{expression.strip()} is {value}" if value is not None and [*map(float, printed[-1:])] != [value] else ""


_RELATIVE = re.compile(
    r"\brelative to (?:that|the|this|its) (?:\w+ )?(?:directory|folder)\b|相对于?(?:该|这个|此)?(?:目录|文件夹)",
    re.IGNORECASE,
)


_NAMES_ONLY = re.compile(
    r"\bwithout (?:the|their) (?:folders?|director(?:y|ies)|paths?)\b|(?:不带|不含|不包括)(?:目录|路径)", re.IGNORECASE
)


def stated_path(text: str) -> Literal["name", "relative"] | None:
    """How files are written, where a requirement says so: by their names, or relative to the directory that is given.

    >>> stated_path("prints the names (without the folder) of all files"), stated_path("paths relative to the folder")
    ('name', 'relative')
    """
    return "name" if _NAMES_ONLY.search(text) else "relative" if _RELATIVE.search(text) else None


def path_complaint(text: str, arguments: Sequence[str], stdout: str) -> str:
    """What is wrong with a path of the output that still has the directory in it which was given.

    >>> path_complaint("prints the paths relative to the folder", ["docs"], "docs/a.txt")
    'docs/a.txt still has the directory in it'
    """
    if not stated_path(text):
        return ""
    folders = tuple(f"{argument.rstrip('/')}/" for argument in arguments)
    found = next((word for word in stdout.split() if word.startswith(folders)), "")
    return f"{found} still has the directory in it" if found else ""


_WHOLE = re.compile(r"\bwhole (?:numbers?|amounts?)\b|\bintegers?\b|整数", re.IGNORECASE)
_WITH_DECIMALS = re.compile(r"\bdecimals?\b|\baverage\b|\bmean\b|\bpercent\w*|小数|平均|百分", re.IGNORECASE)


def whole_complaint(text: str, given: str, stdout: str) -> str:
    """What is wrong with a whole number that is printed with a decimal, where only whole ones are spoken of and given.

    >>> whole_complaint("takes whole amounts and prints the total", "30", "30.0")
    '30.0 should be a whole number'
    """
    if not _WHOLE.search(text) or _WITH_DECIMALS.search(text) or re.search(r"\d\.\d", given):
        return ""
    found = re.search(r"(?<![\d.])-?\d+\.0(?![\d.])", stdout)
    return f"{found[0]} should be a whole number" if found else ""


_INDENTED = re.compile(
    r"\b(?:indent\w*|align\w*|right|cent(?:er|re)\w*|pad\w*|spaces?|blanks?|column|triangle|pyramid|tree|diamond|width|wide"
    r"|calendar|table|tabs?|box|shape|picture|pattern|hollow)\b|缩进|对齐|空格|居中|列|三角|金字塔|宽|日历|表格|图",
    re.IGNORECASE,
)
"""What a line may begin with a blank for."""


def indent_complaint(text: str, fed: str, stdout: str) -> str:
    """What is wrong with lines that all begin with one blank, where neither words nor input have a reason for it.

    >>> indent_complaint("prints each as 'FIRST LAST'", "Lee, Ann", " Ann Lee")
    'each line begins with a blank'
    """
    if _INDENTED.search(text) or re.search(r"^\s", fed, re.MULTILINE):
        return ""
    lines = [line for line in stdout.splitlines() if line.strip()]
    return "each line begins with a blank" if lines and all(re.match(r" \S", line) for line in lines) else ""


_SO_MANY = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_SO_MANY_LINES = re.compile(
    rf"\bprint(?:s|ing)?\b(?:(?!\beach\b)[^.;'\"]){{0,40}}(?<!least )\b({'|'.join(_SO_MANY)}) lines\b"
    r"(?! per\b| for each\b| of\b)",
    re.IGNORECASE,
)
_ANOTHER_LINE = re.compile(r"\b(?:third|fourth|fifth|last|final|further) line\b|\bbelow\b", re.IGNORECASE)


def count_complaint(text: str, stdout: str) -> str:
    """What is wrong with the number of lines of an output, where a requirement has a fixed one.

    >>> count_complaint("prints two lines: 'even: N' and 'odd: N'", "even: 3")
    'two lines are asked for'
    """
    found = _SO_MANY_LINES.findall(text[len(before_printing(text)) :])
    if (
        len(found) != 1
        or _ANOTHER_LINE.search(text)
        or not stdout.strip()
        or len(stdout.strip().splitlines()) == _SO_MANY[found[0].lower()]
    ):
        return ""
    return f"{found[0].lower()} lines are asked for"


_HEADER = re.compile(
    r"\b(?:first line|first row|header|column names)\b[^.;]{0,40}\b(?:kept|stays?|remains?|on top|at the top)\b"
    r"|\b(?:header|column names)(?: \w+){0,3} first\b"
    r"|\b(?:keep|keeping|keeps)\b[^.;]{0,30}\b(?:first line|first row|header)\b|保留(?:表头|标题行|首行|第一行)",
    re.IGNORECASE,
)


def header_complaint(text: str, fed: str, stdout: str) -> str:
    """Whether the first line of what was read is missing on top, where a requirement keeps it there.

    >>> header_complaint("sorts a CSV file with the header kept on top", "name,age\\nbob,9\\n", "bob,9\\n")
    'the first line should be name,age'
    """
    lines, shown = fed.splitlines(), stdout.splitlines()
    if len(lines) < 2 or not shown or not _HEADER.search(text) or shown[0].strip() == lines[0].strip():
        return ""
    return f"the first line should be {lines[0].strip()}"


_BY_LENGTH = re.compile(r"\b(longest|shortest)(?: \w+)? first\b", re.IGNORECASE)


def length_complaint(text: str, stdout: str) -> str:
    """Whether words, one on each line, are not in the order of their lengths that a requirement states.

    >>> length_complaint("prints the words, longest first", "an\\nhouse\\n")
    'the lines are not in order, longest first'
    """
    words = stdout.split()
    if not (stated := _BY_LENGTH.search(text)) or len(words) != len(stdout.split("\n")) - 1:
        return ""
    lengths = [*map(len, words)]
    kept = lengths == sorted(lengths, reverse=stated[1].lower() == "longest")
    return "" if kept else f"the lines are not in order, {stated[0]}"


_WIDTH = re.compile(
    r"\blines of (?:at most|no more than|up to) (?:that many|N|WIDTH|the width)\b|每行(?:最多|不超过)", re.IGNORECASE
)


def width_complaint(text: str, arguments: Sequence[str], stdout: str) -> str:
    """A line of several words that is longer than the width that was given, where a requirement limits them.

    >>> width_complaint("prints lines of at most that many characters", ["5"], "one two three\\n")
    "the line 'one two three' is longer than 5"
    """
    widths = [int(argument) for argument in arguments if argument.isdigit()]
    if len(widths) != 1 or not widths[0] or not _WIDTH.search(text):
        return ""
    long = (line for line in stdout.splitlines() if len(line.rstrip()) > widths[0] and len(line.split()) > 1)
    return next((f"the line {line[:40]!r} is longer than {widths[0]}" for line in long), "")


_FROM_THE_GIVEN = re.compile(
    r"\b(?:starting|beginning|starts|begins) (?:with|from) (?:the )?(?:given|argument|input|number itself|original)\b"
    r"|\bincluding the (?:given|number itself)\b|从(?:给定|输入|该)的?(?:数|参数)?[^。；;，,]{0,6}开始",
    re.IGNORECASE,
)


def beginning_complaint(text: str, arguments: Sequence[str], stdout: str) -> str:
    """Whether the one number that was given is not the first that is printed, where a requirement begins with it.

    >>> beginning_complaint("prints the Collatz sequence, starting with the given number", ["6"], "3 10 5")
    'the output should begin with 6'
    """
    if len(arguments) != 1 or not arguments[0].isdigit() or not _FROM_THE_GIVEN.search(text):
        return ""
    numbers = re.findall(r"-?\d+", stdout)
    return "" if numbers and int(numbers[0]) == int(arguments[0]) else f"the output should begin with {arguments[0]}"


_BETWEEN = {
    "\n": re.compile(
        r"\bone (?:per|on each|on every|a) line\b|\beach on (?:a|its own|a separate|a new) line\b"
        r"|\bon (?:separate|their own) lines\b|每行一个|一行一个|各占一行|每个一行",
        re.IGNORECASE,
    ),
    " ": re.compile(
        r"\bseparated by (?:(?:a|one|single) )*(?:spaces?|blanks?)\b|\bspace-separated\b"
        r"|(?<![和加与])空格(?:隔开|分隔|分开)",
        re.IGNORECASE,
    ),
}
_ROWS = re.compile(
    r"(?<!command )\blines?\b|\brows?\b|\btriangle\b|\btable\b|\bgrid\b|\bmatrix\b|行|三角|表|矩阵", re.IGNORECASE
)
_QUOTED_ROW = re.compile(r"['\"`‘“](?:-?\d+|[A-Z][A-Z_]*)(?: (?:-?\d+|[A-Z][A-Z_]*))+['\"`’”]")
"""A line of several values."""
_ALIGNED = re.compile(r"\baligned\b|\bwidth\b|\bwide\b|对齐|宽", re.IGNORECASE)
_A_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?![\w:-])")


def stated_separator(text: str) -> str:
    """What a requirement has between the values that are printed; empty where it says nothing, or two things.

    >>> stated_separator("reads numbers, one per line, and prints them separated by spaces")
    ' '
    """
    after = text[len(before_printing(text)) :]
    found = [separator for separator, words in _BETWEEN.items() if words.search(after)]
    return found[0] if len(found) == 1 else ""


def separator_complaint(text: str, stdout: str) -> str:
    """Whether numbers, and nothing but numbers, are printed with something else between them than a requirement states.

    >>> separator_complaint("prints the divisors separated by spaces", "[1, 2, 3]")
    'the numbers are not separated by spaces'
    >>> separator_complaint("prints the divisors, one per line", "1 2 3")
    'the numbers are not printed one per line'
    >>> separator_complaint("a command line program that prints the divisors separated by spaces", "1\\n2")
    'the numbers are not separated by spaces'
    """
    if not (separator := stated_separator(text)) or len(_A_NUMBER.findall(stdout)) < 2:
        return ""
    if _QUOTED_ROW.search(text) if separator == "\n" else _ALIGNED.search(text):
        return ""
    if not re.fullmatch(r"[\s,;\[\](){}]*", _A_NUMBER.sub("", stdout)):
        return ""
    lines = [line.strip() for line in stdout.splitlines() if line.strip()]
    if separator == "\n":
        right = all(_A_NUMBER.fullmatch(line) for line in lines)
        return "" if right else "the numbers are not printed one per line"
    alone = len(lines) > 1 and all(_A_NUMBER.fullmatch(line) for line in lines) and not _ROWS.search(text)
    apart = all(_A_NUMBER.fullmatch(word) for line in lines for word in line.split(" "))
    return "" if apart and not alone else "the numbers are not separated by spaces"


_JSON_LINES = re.compile(
    r"\b(?:print|output|writ|turn|convert)[^.;]*\bJSON (?:object|array|value|string)s?,?"
    r" (?:per|on each|on every|on a|on its own|a) line\b"
    r"|\b(?:prints?|as|into|in|to) JSON lines\b|(?:输出|打印|转)[^。；;]*每行一个\s*JSON",
    re.IGNORECASE,
)


def json_complaint(text: str, stdout: str) -> str:
    """Whether a line is no JSON, where a requirement has some on every line.

    >>> json_complaint("prints each row as one JSON object per line", '{\\n  "a": 1\\n}')
    "the line '{' is not JSON"
    """
    if not _JSON_LINES.search(text):
        return ""
    for line in filter(None, map(str.strip, stdout.splitlines())):
        try:
            json.loads(line)
        except ValueError:
            return f"the line {line[:40]!r} is not JSON"
    return ""


_GRID_OUT = re.compile(
    r"\b(?:grid|board|map|field)\b.*\bprints? (?:it|them|the (?:\w+ )?(?:grid|board|map|field))\b"
    r"|(?:网格|棋盘|地图).*(?:打印|输出)[^。；;'“「]{0,8}(?:网格|棋盘|地图)",
    re.IGNORECASE | re.DOTALL,
)
_A_LINE_MORE = re.compile(r"\b(?:then|and|finally|followed by|last|below)\b[^.;]*\bline\b|再输出|最后", re.IGNORECASE)
_REPLACED = re.compile(r"\b(?:each|every|all) ['\"`‘“](.)['\"`’”] (?:\w+ ){0,2}?replaced\b", re.IGNORECASE)


def grid_complaint(text: str, fed: str, stdout: str) -> str:
    """What is wrong with a grid that a program read as `fed` and prints again, as far as words tell; empty for nothing.

    >>> text = "reads a grid of '*' and '.' and prints it with each '.' replaced by the number of mines"
    >>> grid_complaint(text, "*.\\n..\\n", "*1\\n1\\n"), grid_complaint(text, "*.\\n..\\n", "*1\\n1.\\n")
    ('the grid has another shape than the one that was read', "'.' is still there")
    """
    if not _GRID_OUT.search(text) or not fed.strip():
        return ""
    read, shown = fed.split(), stdout.split("\n")[:-1]
    if len({len(row) for row in read}) != 1 or len(read[0]) < 2:
        return ""  # no grid
    if _A_LINE_MORE.search(text) and len(shown) > len(read):
        shown = shown[: len(read)]
    shown = [word for line in shown for word in line.split()]
    if [len(row) for row in shown] != [len(row) for row in read]:
        return "the grid has another shape than the one that was read"
    replaced = _REPLACED.search(text)
    return f"{replaced[1]!r} is still there" if replaced and replaced[1] in stdout else ""


_KEPT_ORDER = re.compile(
    r"\b(?:in|keeping|keeps?) (?:the |their |its )?(?:file|input|given|original) order\b"
    r"|\bin the order (?:of the (?:file|input|lines|arguments)\b|(?:in which )?they (?:came?|stand|were given)\b)"
    r"|\bin the order (?:in which )?they (?:first )?(?:appear|occur)\b"
    r"|按(?:文件|输入|给出|出现|原)(?:中|的|先后)*顺序|顺序不变|保持原(?:来的)?顺序",
    re.IGNORECASE,
)
_ANOTHER_ORDER = re.compile(
    r"\bsort|\border(?:ed)? by\b|\balphabet|\b(?:a|de)scending\b|\breverse|\b\w+(?:est|er) first\b"
    r"|\bmost\b[^.;]*\bfirst\b"
    r"|排序|排列|从[大高多小低少长短早晚]到|并列|相同",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"[^\s:：,，;=]*[^\W\d_][^\s:：,，;=]*")


def order_complaint(text: str, given: str, stdout: str) -> str:
    """Whether lines are in another order than what they begin with has in what was `given`, which should be kept.

    >>> order_complaint("prints 'NAME: PAY' in file order", "cid 3\\nann 5\\n", "ann: 5\\ncid: 3\\n")
    'the lines are not in the order of the input'
    """
    if not _KEPT_ORDER.search(text) or _ANOTHER_ORDER.search(text):
        return ""
    words = dict.fromkeys(_FIRST_WORD.findall(given))
    places = {word: place for place, word in enumerate(words)}
    beginnings = (match[0] for line in stdout.splitlines() if (match := _FIRST_WORD.match(line)))
    found = [places[word] for word in dict.fromkeys(beginnings) if word in places]
    return "" if found == sorted(found) else "the lines are not in the order of the input"


_BLANK_LINES = re.compile(r"\b(?:blank|empty)\b|空行|空白|为空", re.IGNORECASE)
_BETWEEN_LINES = re.compile(
    r"\b(?:followed by|between|after|add\w*|insert\w*) [\w ]{0,24}\b(?:blank|empty) lines?\b"
    r"|\b(?:blank|empty) lines? (?:after|between)\b|\bdouble[- ]spaced?\b|[加插隔]\w*空\w?行",
    re.IGNORECASE,
)
_TELLING_LINES = 5
"""A text of fewer lines may well have every second one blank."""


def blank_complaint(text: str, given: Sequence[str], stdout: str) -> str:
    """Whether there are blank lines of which neither the words nor what was `given` know anything.

    >>> blank_complaint("prints all words", ["a b"], "a\\n\\nb\\n")
    'there is a blank line that nobody asked for'
    """
    if _spaced_out(stdout) and not any(map(_spaced_out, given)) and not _BETWEEN_LINES.search(text):
        return "there is a blank line after every line"
    known = _BLANK_LINES.search(text) or any(re.search(r"^\s*$", g.rstrip("\n"), re.MULTILINE) for g in given if g)
    for_each = any(stdout.count("\n") == len(g.splitlines()) for g in given)  # one may have nothing to say
    between = not known and not for_each and re.search(r"\S[^\n]*\n\n+.*\S", stdout, re.DOTALL)
    return "there is a blank line that nobody asked for" if between else ""


def _spaced_out(text: str) -> bool:
    """Whether every second line is blank, and no other: lines that were read with their ends and printed with another.

    >>> _spaced_out("a\\n\\nb\\n\\nc\\n"), _spaced_out("a\\n\\nb\\n")
    (True, False)
    """
    lines = [bool(line.strip()) for line in text.splitlines()]
    return len(lines) >= _TELLING_LINES and all(lines[::2]) and not any(lines[1::2])
