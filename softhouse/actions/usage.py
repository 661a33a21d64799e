"""Trials that stand in the requirement's own words: the commands that it quotes, such as 'add TEXT' and 'list'.

A quoted form is a command word, with placeholders in capitals or angle brackets. The forms are filled in and run one
after another in one directory, the first one twice, so that there is something for the others to work on.

>>> case = usage_case("Commands are 'add TEXT', 'list' and 'delete N'.", "main.py")
>>> [" ".join(step.arguments) for step in case.steps]
['add apple', 'add pear', 'list', 'delete 1', 'list']
"""

import re

from softhouse.environment.documents import Case, Step

_QUOTES = r"'([^'\n]+)'|\"([^\"\n]+)\"|`([^`\n]+)`|‘([^’\n]+)’|“([^”\n]+)”|「([^」\n]+)」"
_FORM = re.compile(r"[a-z][a-z-]*(?: (?:[A-Z][A-Z0-9_]*|<[\w -]+>))*")
_COMMANDS = re.compile(r"\b(?:sub)?commands?\b|命令|指令", re.IGNORECASE)
_MOST_FORMS = 8

_INPUT_FILE = "input.txt"
_INPUT = "pear apple\nfig\n"
_VALUES = {
    "number": ("1", "2"),
    "amount": ("30", "12"),
    "date": ("2024-03-15", "2024-04-02"),
    "file": (_INPUT_FILE, _INPUT_FILE),
    "text": ("apple", "pear"),
    "more text": ("red", "blue"),
}
_KINDS = (
    (re.compile(r"^(?:N|M|K|I|ID|NUM|NUMBER|INDEX|POSITION|LINE|INT|INTEGER|X|Y|ROW|COL)$"), "number"),
    (re.compile(r"^(?:AMOUNT|QTY|QUANTITY|COUNT|PRICE|COST|HOURS|MINUTES|SCORE|SUM|TOTAL)$"), "amount"),
    (re.compile(r"DATE|DAY"), "date"),
    (re.compile(r"FILE|PATH"), "file"),
    (re.compile(r"^(?:VALUE|PHONE|EMAIL|AUTHOR|CATEGORY|TAG|NEW|NOTE|DESCRIPTION)"), "more text"),
)


def usage_forms(text: str) -> tuple[tuple[str, ...], ...]:
    """The quoted commands of a requirement, as words; empty where it names none.

    >>> usage_forms("It prints 'yes' or 'no'.")
    ()
    """
    quoted = [next(part for part in found if part) for found in re.findall(_QUOTES, text)]
    forms = [tuple(_words(form)) for form in dict.fromkeys(quoted) if _FORM.fullmatch(form)]
    named = any(len(form) > 1 for form in forms) and _COMMANDS.search(text)
    return tuple(forms[:_MOST_FORMS]) if named else ()


def usage_case(text: str, program: str) -> Case | None:
    """The commands that a requirement quotes, filled in and run in a sensible order; None where it quotes none."""
    forms = usage_forms(text)
    if not forms:
        return None
    shows = [form for form in forms if len(form) == 1]
    first, *others = forms if len(forms[0]) > 1 else sorted(forms, key=lambda form: len(form) == 1)
    starts = [_filled(first, 0), _filled(first, 1), *(show for show in shows[:1])]
    for form in others:
        if form not in shows[:1]:
            starts += [_filled(form, 0), *(show for show in shows[:1] if form not in shows)]
    files = {_INPUT_FILE: _INPUT} if any(_INPUT_FILE in start for start in starts) else {}
    steps = tuple(Step(arguments=start, exit_code=None) for start in starts)
    return Case(name=f"the commands of the requirement, in turn ({program})", files=files, steps=steps)


def _words(form: str) -> list[str]:
    return re.findall(r"<[^>]+>|\S+", form)


def _filled(form: tuple[str, ...], turn: int) -> tuple[str, ...]:
    command, *placeholders = form
    return (command, *(_VALUES[_kind(placeholder)][turn] for placeholder in placeholders))


def _kind(placeholder: str) -> str:
    name = placeholder.strip("<>").upper()
    return next((kind for pattern, kind in _KINDS if pattern.search(name)), "text")
