"""Inputs that a requirement's words speak for: a number, a text, a table, a grid, a directory. No model is asked.

>>> [case.steps[0].arguments for case in supposed_trials("… takes an integer and prints its square", "main.py")]
[('12',)]
>>> case, *_ = supposed_trials("reads a grid of '.' and '#' from a file and a number N", "main.py")
>>> case.steps[0].arguments, case.files["grid.txt"].splitlines()[0]
(('grid.txt', '3'), '##....')
"""

import re
from collections.abc import Sequence

from softhouse.actions.arguments import StatedArgument, argument_count, stated_arguments
from softhouse.actions.beginnings import before_printing, reads_standard_input, takes_arguments
from softhouse.actions.examples import sample_lines
from softhouse.actions.inputs import FOLDER, PLAIN_TEXT, WORDS_OF_LETTERS
from softhouse.actions.letters import are_letters
from softhouse.actions.sample_input import (
    addresses,
    grids,
    leaves_lines_out,
    like_a_sample,
    number_rows,
    numbers,
    programs,
    rewritten,
    table,
)
from softhouse.actions.slots import needs_arguments
from softhouse.actions.spoken import spoken_starts
from softhouse.actions.stated import stated_exit
from softhouse.actions.usage import synopsis, usage_forms
from softhouse.actions.values import expressions, sample_suffix, values_for, worth
from softhouse.environment.documents import Case, Step

_ALIKE = {
    "first.txt": "apple\nfig\napple\nkiwi\n\npear tree\n",
    "second.txt": "kiwi\napple\nplum\n",
    "third.txt": "fig\nkiwi\n",
}
"""Files with lines that all of them have, that two have, that one has, one of them twice."""
_MARKDOWN = re.compile(r"\bMarkdown\b", re.IGNORECASE)
_A_PAGE = (
    "# First\n\nSome [words](http://a.org) and [more](b.html).\n\n## Second part\n\n"
    "- one\n- **two**\n\n```\ncode\n```\n"
)
_A_NUMBER = re.compile(
    r"\b(?:an?|one) (?:positive |whole )?(?:integer|number|width)\b|一个[^，,。；;]{0,12}(?:整数|数字)", re.IGNORECASE
)
_A_TEXT = re.compile(r"\btext file\b|文本文件", re.IGNORECASE)
_OF_A_FORMAT = re.compile(
    r"\b(?:CSV|TSV|JSON|INI|XML|YAML|grid|maze|board|log)\b|\b(?:per|each|every) line\b|格式|表头|每行", re.IGNORECASE
)
"""A file that a requirement speaks so of is no mere text, and a program may well fall over one that is."""
_COMMAS = re.compile(
    r"csv|\bcomma-separated\b|\b(?:cells?|columns?)\b.*\bcommas?\b|\bcommas?\b.*\b(?:cells?|columns?)\b",
    re.IGNORECASE | re.DOTALL,
)
"""What else makes a file a table."""
_QUOTED_LINES = re.compile(r"\blines\s+((?:[`'\"][^`'\"\n]{2,40}[`'\"](?:,? and |,? or |, )?){2,})", re.IGNORECASE)
_NUMERIC = re.compile(r"\b(?:numbers|integers)\b|数字|整数", re.IGNORECASE)
_AN_EXPRESSION = re.compile(r"\b(?:an?|one) (?:\w+ )?expression\b|一个[^，,。；;]{0,8}(?:算式|表达式)", re.IGNORECASE)
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
_COLUMN_OF_NUMBERS = re.compile(r"\b(?:average|mean|sum|total|largest|smallest|maximum|minimum)\b[^.;]{0,40}\bcolumn\b")
"""A requirement of one column, which may be all that a table has."""
_OTHER_TABLE = re.compile(r"\b(?:TSV|tabs?|semicolons?)\b|分号|制表符", re.IGNORECASE)
_ALONE = re.compile(
    r"\b(?:with|given) only (?:the|a|an|one) \w+(?: name)?,? (?:it|main\.py|the program)\b"
    r"|只(?:给|有|传)[^。；;，,]{1,8}时",
    re.IGNORECASE,
)


def supposed_trials(text: str, program: str) -> tuple[Case, ...]:
    """The input that `text` speaks of, in one start or two; none where its words leave it open.

    >>> [case.steps[0].arguments for case in supposed_trials("takes two dates and prints the days between", "main.py")]
    [('2024-02-28', '2024-03-15'), ('2023-12-25', '2024-01-06')]
    """
    if spoken := spoken_starts(text):
        return tuple(one_start(program, start.arguments, start.stdin, start.files) for start in spoken)
    arguments = stated_arguments(text)
    if reads_standard_input(text):
        if synopsis(text) and arguments and all(each.kind in ("number", "bound", "text") for each in arguments):
            starts = (values_for(text, arguments, turn, {}) for turn in (0, 1))
            return tuple(one_start(program, start, PLAIN_TEXT) for start in starts)
        given = bool(_A_NUMBER.search(text)) and takes_arguments(text)
        if needs_arguments(text) and not given:
            return ()  # what they are, the words do not say
        if not given and argument_count(text) and re.search(r"\bargument\b|参数", text):
            return ()  # of what kind it is, the words do not say
        fed = grids(text) or ([PLAIN_TEXT] if given else _fed(text))
        return tuple(one_start(program, ("12",) if given else (), each) for each in fed)
    files = [each for each in arguments if each.kind in ("file", "table", "folder")]
    if words := _words_and_a_text(arguments):
        return (one_start(program, tuple(words), files=words),)
    if len(files) > 1 or (not files and any(each.kind == "column" for each in arguments)):
        return ()  # which of them holds what, the words do not say
    if any(each.kind == "suffix" for each in arguments) and not sample_suffix(text):
        return ()  # whether the dot belongs to it, the words do not say
    laid_out = _laid_out(text, files[0]) if files else [{}]
    trials = [
        one_start(program, values_for(text, arguments, turn, each), files=each) for each in laid_out for turn in (0, 1)
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


def is_sure(text: str, case: Case) -> bool:
    """Whether there is no doubt that the start is a right one: an expression, a table with a column of numbers.

    >>> text = "takes a CSV file and a column and prints the sum of the column"
    >>> all(is_sure(text, case) for case in supposed_trials(text, "main.py"))
    True
    """
    step, tables = case.steps[0], ("," in each or name == "column.csv" for name, each in case.files.items())
    calculated = any(worth(text, each) is not None for each in (*step.arguments, step.stdin))
    of_a_column = len(step.arguments) > 1 and bool(_COLUMN_OF_NUMBERS.search(text)) and not _OTHER_TABLE.search(text)
    return calculated or (of_a_column and any(tables))


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
    if _AN_EXPRESSION.search(before_printing(text)):
        return [f"{each}\n" for each in expressions(text)]
    if lines := sample_lines(text):
        stray = () if stated_exit(text) else ("zyxw",)
        return ["".join(f"{line}\n" for line in (*lines, *stray))]
    if rows := number_rows(text):
        return rows
    if lines := like_a_sample(text) or addresses(text):
        return ["".join(f"{line}\n" for line in lines)]
    if found := _A_WORD_AND_A_NUMBER.search(text):
        return ["pear 3\nfig 12\npear 7\n" if found["word"] else "3 pear\n12 fig\n7 pear\n"]
    if _NUMERIC.search(text) or _A_NUMBER_A_LINE.search(text):
        return [numbers(text)]
    if _A_NUMBER.search(text):
        return []
    return [PLAIN_TEXT, WORDS_OF_LETTERS] if are_letters(text) else [PLAIN_TEXT]


def rewritten_lines(text: str, program: str) -> tuple[Case, ...]:
    """Lines like the sample, with what becomes of each, where a requirement shows both with the same names.

    Where lines of another kind are left out, they are laid out at least, and must not end the program.

    >>> text = "reads names like 'LAST, FIRST' from standard input and prints each as 'FIRST LAST'."
    >>> rewritten_lines(text, "main.py")[0].steps[0].stdout
    'rome bob\\noslo ann\\nrome cid\\nbern dan'
    """
    lines, stdout = like_a_sample(text), rewritten(text)
    if not lines or usage_forms(text) or not (stdout or leaves_lines_out(text)):
        return ()
    fed, laid_out = "".join(f"{each}\n" for each in lines), not reads_standard_input(text)
    start = one_start(
        program, ("lines.txt",) if laid_out else (), "" if laid_out else fed, {"lines.txt": fed} if laid_out else {}
    )
    if not stdout:
        return (start,)
    step = start.steps[0].model_copy(update={"stdout": stdout, "exit_code": 0})
    return (start.model_copy(update={"steps": (step,), "source": "quoted"}),)


def _laid_out(text: str, file: StatedArgument) -> list[dict[str, str]]:
    """The files that a requirement speaks of, by name; one or more ways to lay them out, or none."""
    if file.kind == "folder":
        return [FOLDER]
    if file.count > 1:
        return [] if _OF_A_FORMAT.search(file.words) else [dict(tuple(_ALIKE.items())[: file.count])]
    return [{name: content} for name, content in _contents(text, file)]


def _contents(text: str, file: StatedArgument) -> list[tuple[str, str]]:
    """Names and contents for the one file that a requirement speaks of; none where nothing is known."""
    if found := grids(text):
        return [("grid.txt", grid) for grid in found]
    if file.kind == "table" or _COMMAS.search(text):
        rows = table(text)
        narrow = "".join(f"{row.rsplit(',', 1)[-1]}\n" for row in rows.splitlines())
        alone = _COLUMN_OF_NUMBERS.search(text) and "," in rows
        return [("table.csv", rows), *([("column.csv", narrow)] if alone else [])]
    if several := _QUOTED_LINES.search(text):
        return [("lines.txt", "".join(f"{line}\n" for line in lines)) for lines in programs(several[1])]
    if found := number_rows(text):
        return [("numbers.txt", each) for each in found]
    if _MARKDOWN.search(text):
        return [("page.md", _A_PAGE)]
    if lines := like_a_sample(text) or addresses(before_printing(text)):
        return [("lines.txt", "".join(f"{line}\n" for line in lines))]
    if _OF_A_FORMAT.search(before_printing(text)) and not _A_TEXT.search(file.words):
        return []
    return [("input.txt", PLAIN_TEXT)]


def one_start(program: str, arguments: tuple[str, ...], stdin: str = "", files: dict[str, str] | None = None) -> Case:
    """One start of the program whose outcome is left open."""
    name = " ".join(["python", program, *arguments])
    return Case(name=name, files=files or {}, steps=(Step(arguments=arguments, stdin=stdin, exit_code=None),))
