"""Variations of inputs, to tell readings of one requirement apart: numbers at bounds that it names, odd texts, files.

They are what a tester's boundary values and equivalence classes are (Myers, *The Art of Software Testing*): no model is
asked, and nothing is said of what comes out. Readings that differ on them are not the same.

>>> case = Case(name="n", steps=(Step(arguments=("12",), exit_code=None),))
>>> [found.steps[0].arguments for found in variations("free from 50 on", [case], "main.py")][:5]
[(), ('50',), ('51',), ('49',), ('97',)]
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from softhouse.actions.inputs import OTHER_FOLDER, PLAIN_TEXT
from softhouse.actions.refused import MISSING_FILE, NOWHERE
from softhouse.actions.supposed import one_start
from softhouse.actions.trials import distinct
from softhouse.actions.usage import usage_forms
from softhouse.environment.documents import Case, Step

MOST_VARIATIONS = 12
_MOST_ALIKE = 2
"""So many starts with one number of arguments are varied: the others are much like them."""
_MOST_SHAPES = 3
_MOST_PLACES = 3
"""So many numbers of arguments, and so many arguments of a start, are varied."""
_TEXT_FILES = (".txt", ".md", ".log", ".text")
_NUMBERS = ("97", "0", "360", "1", "2", "-3", "100", "45")
"""Most of them ordinary: what right readings do with 0, 1 or less differs where the words say nothing of it."""
_DECIMALS = ("0", "0.5", "-1.5", "1000.75")
_DATES = ("2024-02-29", "2023-12-31", "2024-01-01", "1999-07-04")
_TIMES = ("00:00", "23:59", "12:30", "09:05")
_TEXTS = ("Mississippi", "Was it a car, or 2 cats I saw?", "a", "")
"""Letters again and again, marks and numbers between words, next to nothing."""
_STEMS = {"folder/photo.jpg": "a\n", "folder/photo.txt": "bb\n", "folder/old/photo.txt": "", "folder/Notes.tar.gz": ""}
_NAMED = re.compile(r"(?<![\d.:/-])(?<!code )(?<!码)(?<!码 )(?<!码为)(?<!码为 )\d{1,7}(?![\d:/]|[.-]\d)")
"""A number that is named, not that of an exit code."""


def variations(text: str, cases: Sequence[Case], program: str) -> tuple[Case, ...]:
    """Starts like those of `cases`, one thing changed at a time, and one without arguments: `MOST_VARIATIONS` at most.

    >>> case = Case(name="n", steps=(Step(arguments=("12",), exit_code=None),))
    >>> [found.steps[0].arguments for found in variations("takes a number", [case], "main.py")]
    [(), ('97',), ('0',), ('360',), ('1',), ('2',), ('-3',), ('100',), ('45',), ('abc',)]
    """
    places = [iter([one_start(program, ())]), *_places(text, cases, program)]
    return distinct(_in_turn(places))[:MOST_VARIATIONS]


def _in_turn(sources: Iterable[Iterator[Case]]) -> Iterator[Case]:
    """One of each, then one more of each."""
    left = list(sources)
    while left:
        for source in tuple(left):
            if (found := next(source, None)) is not None:
                yield found
            else:
                left.remove(source)


def _places(text: str, cases: Sequence[Case], program: str) -> Iterator[Iterator[Case]]:
    """What may be varied: each argument of a start, all of many, and its standard input."""
    alike: Counter[tuple[int, bool]] = Counter()
    for case in cases:
        for step in case.steps[:2]:
            shape = (len(step.arguments), bool(step.stdin))
            another = shape not in alike and len(alike) == _MOST_SHAPES
            if step.exit_code or another or alike[shape] == _MOST_ALIKE:
                continue
            alike[shape] += 1
            for position in range(min(len(step.arguments), _MOST_PLACES)):
                yield _varied(text, case, step, position, program)
            if len(step.arguments) >= _MOST_PLACES:
                yield _other_lists(case, step, program)
            if step.stdin:
                yield _other_input(case, step, program)


def _other_input(case: Case, step: Step, program: str) -> Iterator[Case]:
    for fed in _contents(step.stdin, plain=step.stdin == PLAIN_TEXT):
        yield one_start(program, step.arguments, fed, case.files)


def _other_lists(case: Case, step: Step, program: str) -> Iterator[Case]:
    """The arguments in another order, one less, one twice."""
    given = step.arguments
    for arguments in (given[::-1], given[:-1], (*given, given[0]), given[:1]):
        yield one_start(program, arguments, step.stdin, case.files)


def _varied(text: str, case: Case, step: Step, position: int, program: str) -> Iterator[Case]:
    argument = step.arguments[position]

    def with_argument(value: str, files: dict[str, str] | None = None) -> Case:
        arguments = (*step.arguments[:position], value, *step.arguments[position + 1 :])
        return one_start(program, arguments, step.stdin, case.files if files is None else files)

    if argument in case.files:
        yield with_argument(MISSING_FILE)
        content = case.files[argument]
        others = [other for name, other in case.files.items() if name != argument]
        for other in (*_contents(content, plain=argument.endswith(_TEXT_FILES)), *others):
            yield with_argument(argument, {**case.files, argument: other})
    elif any(name.startswith(f"{argument}/") for name in case.files):
        for folder in (_STEMS, OTHER_FOLDER):
            more = {f"{argument}/{name.partition('/')[2]}": content for name, content in folder.items()}
            yield with_argument(argument, {**case.files, **more})
    elif re.fullmatch(r"-?\d+", argument):
        for number in dict.fromkeys((*_bounds(text), *_NUMBERS, "abc")):
            yield with_argument(number)
    elif re.fullmatch(r"-?\d+\.\d+", argument):
        yield from map(with_argument, _DECIMALS)
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", argument):
        yield from map(with_argument, _DATES)
    elif re.fullmatch(r"\d\d?:\d\d", argument):
        yield from map(with_argument, _TIMES)
    elif any(argument in content for content in case.files.values()):
        yield with_argument(NOWHERE)
    elif not usage_forms(text) and not re.search(rf"(?<![\w-]){re.escape(argument)}(?![\w-])", text):  # no choice
        for value in dict.fromkeys((*_TEXTS[:2], argument.swapcase(), argument[::-1], *_TEXTS[2:])):
            yield with_argument(value)


def _bounds(text: str) -> Iterator[str]:
    """The numbers that a requirement names, and the next ones: what is decided at a bound is decided there.

    >>> list(_bounds("1 KB is 1024 B. A negative number ends with exit code 3."))
    ['1', '2', '0', '1024', '1025', '1023', '1048576']
    """
    for named in dict.fromkeys(map(int, _NAMED.findall(text))):
        yield from map(str, (named, named + 1, named - 1))
        if 100 <= named <= 5000:
            yield str(named * named)


def _contents(content: str, *, plain: bool) -> Iterator[str]:
    """Other contents of the same kind: without the last end of a line, in another order, twice, one line, none.

    >>> list(_contents("b 2\\na 1\\n", plain=False))
    ['b 2\\na 1', 'a 1\\nb 2\\n', 'b 2\\na 1\\nb 2\\na 1\\n', '', 'b 2\\n', 'b 9\\na 8\\n']
    """
    lines = content.splitlines(keepends=True)
    head = lines[: int(_has_header(lines))]
    body = [line if line.endswith("\n") else line + "\n" for line in lines[len(head) :]]
    found = [content[:-1] if content.endswith("\n") else content + "\n"]
    found += [PLAIN_TEXT] if plain else []
    found += ["".join([*head, *reversed(body)]), "".join([*head, *body, *body]), ""]
    found += ["".join([*head, *body[:1]]), "".join([*head, *(_other_digits(line) for line in body)])]
    yield from (each for each in dict.fromkeys(found) if each != content)


def _has_header(lines: Sequence[str]) -> bool:
    """Whether the first line names columns: commas, no digits, and digits below it."""
    return len(lines) > 1 and "," in lines[0] and not re.search(r"\d", lines[0]) and bool(re.search(r"\d", lines[1]))


def _other_digits(line: str) -> str:
    return re.sub(r"(?<!\d)\d(?!\d)", lambda found: str((int(found[0]) + 7) % 10), line)
