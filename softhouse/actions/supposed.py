"""Inputs that a requirement's words speak for: a number, a text, a table, a grid, a directory. No model is asked.

>>> [case.steps[0].arguments for case in supposed_trials("… takes an integer and prints its square", "main.py")]
[('12',)]
>>> case, *_ = supposed_trials("reads a grid of '.' and '#' from a file and a number N", "main.py")
>>> case.steps[0].arguments, case.files["grid.txt"].splitlines()[0]
(('grid.txt', '3'), '##....')
"""

import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle

from softhouse.actions.arguments import StatedArgument, argument_count, stated_arguments
from softhouse.actions.beginnings import before_printing, reads_standard_input, takes_arguments
from softhouse.actions.examples import ONE_A_LINE, sample_lines
from softhouse.actions.usage import is_plain, kind_of, synopsis, usage_forms
from softhouse.environment.documents import Case, Step

PLAIN_TEXT = (
    "The quick brown fox, the lazy dog.\nHello hello WORLD 42!\n\na bb bb ccc 3.5 -7 bb\n\n\n"
    "你好 zebra well-fed dog's\n"
)
"""What a text file may hold that a model would not think of: cases mixed, numbers, repeated words, empty lines, words
with a hyphen or an apostrophe."""
_NUMBERS = "10 -2.5\n4\n1 7 4\n"
_WHOLE_NUMBERS = "10 -3\n4\n1 7 4\n"
_FOLDER = {
    "folder/a.txt": "same\n",
    "folder/B.md": "another one\n",
    "folder/README": "no ending\n",
    "folder/sub/c.txt": "same\n",
    "folder/sub/deep/d.py": "print(1)\n",
}
"""A directory with files of the same content, of several kinds, and some that lie deeper."""
_ALIKE = {
    "first.txt": "apple\nfig\napple\nkiwi\n\npear tree\n",
    "second.txt": "kiwi\napple\nplum\n",
    "third.txt": "fig\nkiwi\n",
}
"""Files with lines that all of them have, that two have, that one has, one of them twice."""
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
_PARTS_OF_NAMES = ("d", "TXT")
"""Parts of names of files, the second in the other case."""
_NUMBERS_OF_TURNS = ("12", "18", "30", "45"), ("7", "3", "21", "2")
_DATES_OF_TURNS = (
    ("2024-02-28", "2024-03-15", "2024-03-10", "2024-03-20"),
    ("2023-12-25", "2024-01-06", "2024-01-10", "2024-01-12"),
)
_TIMES_OF_TURNS = ("10:05", "13:40"), ("23:50", "00:15")
_YEARS = ("2024", "1900")
_MONTHS = ("2", "11")
_COLUMNS = ("name", "city", "age")
_CELLS = ("bob", "rome", "9"), ("ann", "oslo", "100"), ("cid", "rome", "25"), ("dan", "bern", "100")
"""Neither column in order, a number that is longer and yet larger, equal ones."""

_A_NUMBER = re.compile(
    r"\b(?:an?|one) (?:positive |whole )?(?:integer|number|width)\b|一个[^，,。；;]{0,12}(?:整数|数字)", re.IGNORECASE
)
_MAY_BE_NEGATIVE = re.compile(r"(?<!not )(?<!never )(?<!non-)\bnegative\b|(?<!非)负", re.IGNORECASE)
_RANGE = re.compile(
    r"(?:integers?|numbers?)\b[^.;]{0,12}?(?<![\d.-])(\d+)\s*(?:to|and|-|–)\s*(\d+)(?!\d|[.-]\d)"
    r"|(?<![\d.-])(\d+)\s*(?:到|至|-|~)\s*(\d+)\s*(?:之间)?的(?:整数|数字)",
    re.IGNORECASE,
)
_ODD_OR_EVEN = re.compile(r"\ban? (odd|even) (?:positive )?(?:whole )?(?:number|integer)|一个(?:正)?(奇|偶)数")
_A_TEXT = re.compile(r"\btext file\b|文本文件", re.IGNORECASE)
_OF_A_FORMAT = re.compile(
    r"\b(?:CSV|TSV|JSON|INI|XML|YAML|grid|maze|board|log)\b|\b(?:per|each|every) line\b|格式|表头|每行", re.IGNORECASE
)
"""A file that a requirement speaks so of is no mere text, and a program may well fall over one that is."""
_A_SUFFIX = re.compile(
    r"(?:\bsuch as|\blike|\bfor (?:instance|example)|\be\.g\.|如)\s*,?\s*['\"`‘“](\.?\w{1,4})['\"`’”]"
)
_A_GRID = re.compile(r"\b(?:grid|maze|board|map)\b|棋盘|网格|迷宫|地图", re.IGNORECASE)
_A_CELL = re.compile(r"['\"`‘“]([^\s\w]|[A-Za-z])['\"`’”]")
_LISTED = re.compile(r"[(（][^()（）]*[)）]")
_MARKS = re.compile(r"\b(?:lines?|rows?|picture|plan|field)\b|行|图", re.IGNORECASE)
"""What several quoted marks may stand in."""
_A_LISTED_CELL = re.compile(r"(?<![\w.#*+@-])([A-Z.#*+@-])(?![\w.#*+@-])")
_A_BOARD = re.compile(r"\bboard\b|\btic-?tac-?toe\b|棋", re.IGNORECASE)
_A_HEADER = re.compile(r"\b[A-Za-z_]+(?:,[A-Za-z_]+)+\b")
_A_LINE = re.compile(
    r"(?:\b\w*s (?:like|such as|(?:of|in) the form)|\blines?(?: (?:like|such as|(?:of|in) the form|as))?"
    r"|\b(?:per|each|every) line (?:as|like|in the form)|每行(?:形如|如|为|是))"
    r"\s*['\"`‘“]([^'\"`’”\n]{3,60})['\"`’”]",
    re.IGNORECASE,
)
_A_PAIR = re.compile(r"\b([A-Z]+[=:][A-Z]+) lines\b|\blines (?:of|with|like) ([A-Z]+[=:][A-Z]+)\b")
"""A sample line without quotes."""
_LEFT_OUT = re.compile(
    r"\b(?:lines?|rows?) without[^.;]*\b(?:left out|skipped|ignored|dropped)\b"
    r"|没有[^。；;]*的行[^。；;]*(?:略过|跳过|忽略)",
    re.IGNORECASE,
)
_NAMED_FIELDS = re.compile(r"[a-z]+\s*[^\w\s,;]\s*[a-z]+")
"""A sample line that says what its two parts are, such as `name=value`."""
_PAIRS = ("pear", "12"), ("fig tree", "a b"), ("pear", "7")
_COMMAS = re.compile(
    r"csv|\bcomma-separated\b|\b(?:cells?|columns?)\b.*\bcommas?\b|\bcommas?\b.*\b(?:cells?|columns?)\b",
    re.IGNORECASE | re.DOTALL,
)
"""What else makes a file a table."""
_QUOTED_LINES = re.compile(r"\blines\s+((?:[`'\"][^`'\"\n]{2,40}[`'\"](?:,? and |,? or |, )?){2,})", re.IGNORECASE)
_TIMES = ("08:30", "12:15", "22:30", "06:05")
_DATES = ("2024-03-01", "2023-12-31", "2024-02-29", "2024-03-01")
_NAMES = ("bob", "ann", "cid", "dan")
_AMOUNTS = ("12", "30", "30", "7"), ("9", "100", "25", "100")
_FIELDS = re.compile(r"[A-Za-z\u4e00-\u9fff]+(?:([,;，；:：=] ?| )[A-Za-z\u4e00-\u9fff]+)(?:\1[A-Za-z\u4e00-\u9fff]+)*")
_NUMERIC = re.compile(r"\b(?:numbers|integers)\b|数字|整数", re.IGNORECASE)
_WHOLE = re.compile(r"\bwhole numbers?\b|\bintegers?\b|整数", re.IGNORECASE)
_A_WORD_AND_A_NUMBER = re.compile(
    r"(?P<word>\b(?:an?|one) (?:word|name) and an? (?:whole )?(?:number|integer)\b"
    r"|(?:单词|名称|名字|姓名)和一个?(?:整数|数字))"
    r"|\ban? (?:whole )?(?:number|integer) and an? (?:word|name)\b",
    re.IGNORECASE,
)
_A_NUMBER_A_LINE = re.compile(
    r"\bline[^.;]{0,30}?\b(?:holds?|has|is|contains?)\b an? (?:whole )?(?:integer|number)\b(?! and|,)"
    r"|\ban? (?:whole )?(?:integer|number) (?:per|on (?:each|every)) line\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\b(?:with|given) only (?:the|a|an|one) \w+(?: name)?,? (?:it|main\.py|the program)\b"
    r"|只(?:给|有|传)[^。；;，,]{1,8}时",
    re.IGNORECASE,
)
_NUMBER_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "两": 2, "三": 3, "四": 4, "五": 5}
_COUNT = rf"\d|{'|'.join(_NUMBER_WORDS)}"
_ROWS_OF_NUMBERS = re.compile(
    r"\b(?:rows|lines|grid|matrix|square)\b (?:of|with) (?:\w+ )?(?:integers|numbers)\b"
    r"|\b(?:integers|numbers)\b[^.;]{0,30}?\b(?:rows? (?:per|on each) line|in rows)\b|数字(?:矩阵|方阵|网格)|整数矩阵",
    re.IGNORECASE,
)
_SIZE = re.compile(
    rf"\b({_COUNT}) (?:rows|lines) (?:of|with(?= \w+ (?:whole )?(?:numbers|integers)\b)) ({_COUNT}) "
    rf"|\b(\d)\s*[x×*]\s*(\d) (?:grid|matrix|square|board)"
    rf"|({_COUNT})\s*行\s*({_COUNT})\s*列",
    re.IGNORECASE,
)


def supposed_trials(text: str, program: str) -> tuple[Case, ...]:
    """The input that `text` speaks of, in one start or two; none where its words leave it open.

    >>> [case.steps[0].arguments for case in supposed_trials("takes two dates and prints the days between", "main.py")]
    [('2024-02-28', '2024-03-15'), ('2023-12-25', '2024-01-06')]
    """
    arguments = stated_arguments(text)
    if reads_standard_input(text):
        if synopsis(text) and arguments and all(each.kind in ("number", "bound", "text") for each in arguments):
            starts = (_filled(text, arguments, turn, {}) for turn in (0, 1))
            return tuple(one_start(program, start, PLAIN_TEXT) for start in starts)
        given = bool(_A_NUMBER.search(text)) and takes_arguments(text)
        if not given and argument_count(text) and re.search(r"\bargument\b|参数", text):
            return ()  # of what kind it is, the words do not say
        fed = _grids(text) or ([PLAIN_TEXT] if given else _fed(text))
        return tuple(one_start(program, ("12",) if given else (), each) for each in fed)
    files = [each for each in arguments if each.kind in ("file", "table", "folder")]
    if words := _words_and_a_text(arguments):
        return (one_start(program, tuple(words), files=words),)
    if len(files) > 1 or (not files and any(each.kind == "column" for each in arguments)):
        return ()  # which of them holds what, the words do not say
    if any(each.kind == "suffix" for each in arguments) and not _A_SUFFIX.search(text):
        return ()  # whether the dot belongs to it, the words do not say
    laid_out = _laid_out(text, files[0]) if files else [{}]
    trials = [
        one_start(program, _filled(text, arguments, turn, each), files=each) for each in laid_out for turn in (0, 1)
    ]
    return tuple({case.name + str(case.files): case for case in trials if case.steps[0].arguments}.values())


def _words_and_a_text(arguments: Sequence[StatedArgument]) -> dict[str, str]:
    """Two files, one of words, one a line, and a text that has some of them; empty where it is not these two.

    >>> list(_words_and_a_text(stated_arguments("takes a file of words, one per line, and a text file")))
    ['words.txt', 'input.txt']
    """
    kinds = [(each.kind, each.count, bool(re.search(r"\bwords?\b|单词", each.words))) for each in arguments]
    if sorted(kinds) != [("file", 1, False), ("file", 1, True)]:
        return {}
    contents = [("words.txt", "dog\nHELLO\n") if words else ("input.txt", PLAIN_TEXT) for _, _, words in kinds]
    return dict(contents)


def first_alone(text: str, cases: Sequence[Case], program: str) -> tuple[Case, ...]:
    """A start with the first of several arguments alone, where a requirement says what that one does.

    >>> case = one_start("main.py", ("a.ini", "server", "port"), files={"a.ini": "[server]"})
    >>> [c.steps[0].arguments for c in first_alone("With only the file it prints the sections.", [case], "main.py")]
    [('a.ini',)]
    """
    if not _ALONE.search(text):
        return ()
    several = (case for case in cases if len(case.steps[0].arguments) > 1)
    return tuple(one_start(program, case.steps[0].arguments[:1], files=case.files) for case in several)[:1]


def _fed(text: str) -> list[str]:
    """What stands on standard input where nothing else is given; nothing where the words leave it open.

    >>> _fed("reads a word and a number per line"), _fed("prints the words of standard input") == [PLAIN_TEXT]
    (['pear 3\\nfig 12\\npear 7\\n'], True)
    """
    if lines := sample_lines(text):
        return ["".join(f"{line}\n" for line in (*lines, "zyxw"))]
    if rows := _number_rows(text):
        return rows
    if lines := _like_a_sample(text) or _addresses(text):
        return ["".join(f"{line}\n" for line in lines)]
    if found := _A_WORD_AND_A_NUMBER.search(text):
        return ["pear 3\nfig 12\npear 7\n" if found["word"] else "3 pear\n12 fig\n7 pear\n"]
    if _NUMERIC.search(text) or _A_NUMBER_A_LINE.search(text):
        return [_numbers(text)]
    return [] if _A_NUMBER.search(text) else [PLAIN_TEXT]


_EACH_AS = re.compile(
    r"\bprints? (?:each|every|them|it|all)(?: (?:line|one|of them|name|entry|person|row))? as "
    r"['\"`‘“]([^'\"`’”\n]+)['\"`’”]",
    re.IGNORECASE,
)
_PICKED = re.compile(r"\b(?:sort\w*|order|alphabetical\w*|only|at least|more than|once|total|sum)\b", re.IGNORECASE)
"""Words of a requirement in which not each line becomes one, in their order."""


def rewritten_lines(text: str, program: str) -> tuple[Case, ...]:
    """Lines like the sample, with what becomes of each, where a requirement shows both with the same names.

    Where lines of another kind are left out, they are laid out at least, and must not end the program.

    >>> text = "reads names like 'LAST, FIRST' from standard input and prints each as 'FIRST LAST'."
    >>> rewritten_lines(text, "main.py")[0].steps[0].stdout
    'rome bob\\noslo ann\\nrome cid\\nbern dan'
    """
    lines, line = _like_a_sample(text), _A_LINE.search(before_printing(text))
    if not lines or usage_forms(text):
        return ()
    shown = None if line is None or _PICKED.search(text) else _EACH_AS.search(text)
    stdout = "\n".join(_rewritten(line[1], shown[1], lines)) if line and shown else ""
    if not stdout and not _LEFT_OUT.search(text):
        return ()
    fed, laid_out = "".join(f"{each}\n" for each in lines), not reads_standard_input(text)
    start = one_start(
        program, ("lines.txt",) if laid_out else (), "" if laid_out else fed, {"lines.txt": fed} if laid_out else {}
    )
    if not stdout:
        return (start,)
    step = start.steps[0].model_copy(update={"stdout": stdout, "exit_code": 0})
    return (start.model_copy(update={"steps": (step,), "source": "quoted"}),)


def _rewritten(sample: str, shown: str, lines: Sequence[str]) -> list[str]:
    """`lines`, which are like `sample`, in the form of `shown`; nothing where it has names of its own."""
    names = re.findall(r"[A-Z]{2,}", sample)
    if not names or len({*names}) < len(names) or {*re.findall(r"[A-Z]{2,}", shown)} - {*names}:
        return []
    pattern = re.compile(
        "".join(f"(?P<{part}>.+?)" if part in names else re.escape(part) for part in re.split(r"([A-Z]{2,})", sample))
    )
    found = [match for line in lines if (match := pattern.fullmatch(line))]
    return [_with_values(shown, match.groupdict()) for match in found]


def _with_values(shown: str, values: Mapping[str, str]) -> str:
    return re.sub("|".join(values), lambda name: values[name[0]], shown)


_ADDRESSES = (
    (
        re.compile(r"\be-?mail addresses\b|邮箱地址|电子邮件地址", re.IGNORECASE),
        ("bob@site.org", "ann@example.com", "cid@site.org"),
    ),
    (re.compile(r"\bIP(?:v4)?[ -]addresses\b|\bIPv4\b|IP\s*地址"), ("192.168.0.1", "10.0.0.256", "1.2.3", "8.8.8.8")),
)


def _addresses(text: str) -> list[str]:
    """Addresses of the kind that a requirement reads several of.

    >>> _addresses("reads e-mail addresses")[0]
    'bob@site.org'
    """
    return next((list(lines) for kind, lines in _ADDRESSES if kind.search(text)), [])


def _like_a_sample(text: str) -> list[str]:
    """Lines like the one that a requirement shows of its input, and one of another kind where those are left out.

    >>> _like_a_sample("reads names like 'LAST, FIRST' and prints them. Lines without a comma are left out.")
    ['bob, rome', 'ann, oslo', 'zyxw', 'cid, rome', 'dan, bern']
    >>> _like_a_sample("takes a file with KEY=VALUE lines and prints …")
    ['bob=rome', 'ann=oslo', 'cid=rome', 'dan=bern']
    """
    before = before_printing(text)
    line, pair = _A_LINE.search(before), _A_PAIR.search(before)
    if not line and not pair:
        return []
    lines = _lines(line[1] if line else next(filter(None, pair.groups())) if pair else "")
    return [*lines[:2], *_of_other_kinds(text, lines), *lines[2:]]


_BLANK_ONES = re.compile(r"\b(?:blank|empty) lines?\b|空行", re.IGNORECASE)
_COMMENTS = re.compile(
    r"\b(?:lines? (?:that )?(?:starting|start|beginning|begin)s? with|以)\s*['\"`‘“]?([#;*%]|//)", re.IGNORECASE
)
_IN_DOUBLE_QUOTES = re.compile(r"\bdouble quotes\b|双引号", re.IGNORECASE)
_ONLY_THE_FIRST = re.compile(r"\bfirst ['\"`‘“]?([=:,;])")


def _of_other_kinds(text: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines that are left out, comments, blank ones, quotes, a second sign: those that a requirement has a word for."""
    if _LEFT_OUT.search(text):
        yield "zyxw"
    if _BLANK_ONES.search(text):
        yield ""
    if comment := _COMMENTS.search(text):
        yield f"{comment[1]} {lines[0]}"
    first, sign, second = lines[0].partition(again[1] if (again := _ONLY_THE_FIRST.search(text)) else "=")
    if again and sign:
        yield f"two{sign}{second}{sign}{first}"
    if _IN_DOUBLE_QUOTES.search(text) and sign:
        yield f'quoted{sign}"{second}"'


def _number_rows(text: str) -> list[str]:
    """Rows of numbers, one a line, where a requirement speaks of such: of the size that it states, or of four sizes.

    >>> _number_rows("reads 2 lines of 3 numbers")[0].split()
    ['3', '3', '0', '4', '12', '5']
    """
    if not _ROWS_OF_NUMBERS.search(text) and not _SIZE.search(text):
        return []
    stated = [_NUMBER_WORDS.get(each) or int(each) for found in _SIZE.findall(text) for each in found if each]
    sizes = [tuple(stated[:2])] * 4 if stated else [(3, 3), (4, 4), (2, 3), (2, 2)]
    between = "," if re.search(r"\bcommas?\b|逗号", text, re.IGNORECASE) else " "
    return [_rows(rows, columns, turn, between) for turn, (rows, columns) in enumerate(sizes)]


def _rows(rows: int, columns: int, turn: int, between: str) -> str:
    """Rows of numbers, the fourth time all of them equal."""
    chance = random.Random(turn)  # noqa: S311
    numbers = [str(5 if turn == 3 else chance.choice((0, 0, 2, 2, 4, 4, 3, 5, 12))) for _ in range(rows * columns)]
    return "".join(f"{between.join(numbers[row * columns : (row + 1) * columns])}\n" for row in range(rows))


def _numbers(text: str) -> str:
    """Lines of numbers of the kind that `text` speaks of: several on some, unless it says that there is one on each."""
    numbers = _WHOLE_NUMBERS if _WHOLE.search(text) else _NUMBERS
    return "\n".join(numbers.split()) + "\n" if ONE_A_LINE.search(text) else numbers


def _laid_out(text: str, file: StatedArgument) -> list[dict[str, str]]:
    """The files that a requirement speaks of, by name; one or more ways to lay them out, or none."""
    if file.kind == "folder":
        return [_FOLDER]
    if file.count > 1:
        return [] if _OF_A_FORMAT.search(file.words) else [dict(tuple(_ALIKE.items())[: file.count])]
    return [{name: content} for name, content in _contents(text, file)]


def _filled(text: str, arguments: Sequence[StatedArgument], turn: int, files: Mapping[str, str]) -> tuple[str, ...]:
    """Values for all arguments; there are two turns, 0 and 1, alike where nothing is to be told by a second one."""
    filled: list[str] = []
    numbers, bounds = cycle(_NUMBERS_OF_TURNS[turn]), cycle(_BOUNDS[turn])
    dates, times = cycle(_DATES_OF_TURNS[turn]), cycle(_TIMES_OF_TURNS[turn])
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
            case "suffix":
                sample = _A_SUFFIX.search(text)
                filled.append((sample[1] if sample else ".txt") if not turn else ".md")
            case "text":
                filled += _texts(text, arguments, each, turn, files)
            case "number" if len(arguments) == each.count == 1:
                filled.append(_within(text))
            case "number" if files:
                rows = [line.split() for line in next(iter(files.values())).splitlines()]
                called = [row[0] for row in rows if row] if turn else [*itertools.chain(*rows[:1])]
                filled += ["3"] if each.count == 1 else called
            case "number" if each.count == 2 and _FROM_TO.search(text):
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
        return list(_SEVERAL_TEXTS[turn][: argument.count + 1])
    before = texts.index(argument)
    return list(_SEVERAL_TEXTS[turn][before : before + 1]) if len(texts) > 1 else [_WORDS[turn]]


def _contents(text: str, file: StatedArgument) -> list[tuple[str, str]]:
    """Names and contents for the one file that a requirement speaks of; none where nothing is known."""
    if grids := _grids(text):
        return [("grid.txt", grid) for grid in grids]
    if file.kind == "table" or _COMMAS.search(text):
        header = _A_HEADER.search(text)
        columns = header[0].split(",") if header else list(_COLUMNS)
        rows = [[*cells[: len(columns) - 1], *["x"] * (len(columns) - len(cells)), cells[-1]] for cells in _CELLS]
        return [("table.csv", "".join(f"{','.join(row)}\n" for row in [columns, *rows]))]
    if several := _QUOTED_LINES.search(text):
        return [("lines.txt", "".join(f"{line}\n" for line in lines)) for lines in _programs(several[1])]
    if grids := _number_rows(text):
        return [("numbers.txt", each) for each in grids]
    if lines := _like_a_sample(text) or _addresses(before_printing(text)):
        return [("lines.txt", "".join(f"{line}\n" for line in lines))]
    if _OF_A_FORMAT.search(before_printing(text)) and not _A_TEXT.search(file.words):
        return []
    return [("input.txt", PLAIN_TEXT)]


def _programs(quoted: str) -> list[list[str]]:
    """The lines that a requirement quotes one beside the other, as they stand there, and with one name in all of them.

    >>> _programs("`set x 5`, `add x y` and `print x`")[1]
    ['set x 5', 'add x x', 'print x']
    """
    lines = re.findall(r"[`'\"]([^`'\"\n]+)[`'\"]", quoted)
    names = re.findall(r"\b[a-z]\b", " ".join(lines))
    same = [re.sub(r"\b[a-z]\b", names[0], line) for line in lines] if names else lines
    return [lines, same] if same != lines else [lines]


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


def _lines(sample: str) -> list[str]:
    """Lines like the sample: times, dates and names filled in, words in capitals changed in one, one line twice.

    >>> _lines("HH:MM-HH:MM"), _lines("12:30 ERROR disk full")[1], _lines("NAME,YYYY-MM-DD")[1]
    (['08:30-12:15', '22:30-06:05', '08:30-12:15'], '12:30 OTHER disk full', 'ann,2023-12-31')
    >>> _lines("日期,最高气温,最低气温")[:2]
    ['2024-03-01,9,12', '2023-12-31,100,30']
    >>> _lines("姓名 分数")[:2], _lines("NAME SCORE")[:2]
    (['bob 9', 'ann 100'], ['bob 9', 'ann 100'])
    """
    times, dates, names = iter(_TIMES), iter(_DATES), iter(_NAMES)
    listed = _FIELDS.fullmatch(sample)
    fields = sample.split(listed[1]) if listed else []
    if listed and (all(map(is_plain, fields)) or all(map(str.isupper, fields))):
        columns = [_column(kind_of(field), place) for place, field in enumerate(fields)]
        return [listed[1].join(row) for row in zip(*columns, strict=True)]
    first, second = (
        re.sub(
            r"YYYY-MM-DD|HH:MM|\bNAME\b",
            lambda part: next({"HH:MM": times, "NAME": names}.get(part[0], dates)),
            sample,
        )
        for _ in range(2)
    )
    if _NAMED_FIELDS.fullmatch(sample):
        between = re.sub(r"^[a-z]+|[a-z]+$", "", sample)
        return [first, *(between.join(pair) for pair in _PAIRS)]
    if re.fullmatch(r"[A-Z][a-z]+: \w+", sample):
        return [first, "Other: a b", "Third: pear"]
    return [first, re.sub(r"\b[A-Z]{2,}\b", "OTHER", second), first]


def _column(kind: str, place: int) -> tuple[str, ...]:
    """Four values of a kind, the second and the fourth alike where names are; other ones in the next place."""
    if kind == "date":
        return _DATES
    if kind in ("number", "amount", "decimal"):
        return _AMOUNTS[place % 2]
    return tuple(cells[place % 2] for cells in _CELLS)


def _grids(text: str) -> list[str]:
    """Grids of the cells that a requirement quotes, or lists in parentheses; none for fewer than two cells.

    Letters stand in a grid once, as start and exit do; in what is called a board they are as good as any other mark.

    >>> _grids("reads a board of 3 rows, each cell one of (X, O or .)")[0].split()
    ['..O', 'XOO', '.XO']
    """
    cells = list(dict.fromkeys(_A_CELL.findall(text)))
    if not _A_GRID.search(text) and not (_MARKS.search(text) and {".", "#", "*"} & {*cells}):
        return []
    if len(cells) < 2:
        cells = list(dict.fromkeys(c for listed in _LISTED.findall(text) for c in _A_LISTED_CELL.findall(listed)))
    if len(cells) < 2:
        return []
    board = bool(_A_BOARD.search(text))
    if board and len(cells) == 2 and "." in cells:
        return [_with_few(next(cell for cell in cells if cell != "."), turn) for turn in range(4)]
    sizes = [(3, 3)] * 4 if board else [(5, 6), (4, 4), (3, 7), (6, 5)]
    return [_filled_grid(cells, rows, columns, turn, board=board) for turn, (rows, columns) in enumerate(sizes)]


def _with_few(piece: str, turn: int) -> str:
    """A board of four rows with two pieces of one kind, or three."""
    places = random.Random(turn).sample(range(16), 2 + turn % 2)  # noqa: S311
    fields = "".join(piece if place in places else "." for place in range(16))
    return "".join(f"{fields[start : start + 4]}\n" for start in range(0, 16, 4))


def _filled_grid(cells: list[str], rows: int, columns: int, turn: int, *, board: bool) -> str:
    chance = random.Random(turn)  # noqa: S311
    marks = [cell for cell in cells if board or not cell.isalpha()]
    ground = "." if "." in cells else (marks or cells)[0]
    weights = [2 if mark == ground and not board else 1 for mark in marks]
    places = chance.choices(marks or [ground], weights or None, k=rows * columns)
    letters = [] if board else [cell for cell in cells if cell.isalpha()]
    for number, letter in enumerate(letters):
        places[number * (len(places) - 1) // max(1, len(letters) - 1)] = letter
    return "".join(f"{''.join(places[row * columns : (row + 1) * columns])}\n" for row in range(rows))


def one_start(program: str, arguments: tuple[str, ...], stdin: str = "", files: dict[str, str] | None = None) -> Case:
    """One start of the program whose outcome is left open."""
    name = " ".join(["python", program, *arguments])
    return Case(name=name, files=files or {}, steps=(Step(arguments=arguments, stdin=stdin, exit_code=None),))
