"""Starts of a program with values in all its places and with the lines that it reads, by a requirement's words.

>>> start, _ = spoken_starts("main.py WORD LETTERS prints 'possible' if the word can be put together from the letters.")
>>> start.arguments
('level', 'vellest')
>>> start, _ = spoken_starts("main.py FILE TIME reads lines 'HH:MM TITLE' and prints the title at TIME.")
>>> start.arguments, start.files["lines.txt"].splitlines()[0]
(('lines.txt', '10:05'), '08:30 bob')
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

from softhouse.actions.arguments import stated_arguments
from softhouse.actions.beginnings import reads_standard_input, talks
from softhouse.actions.contents import fields, json_contents, line_contents, sample_of
from softhouse.actions.inputs import ASCII_TEXT, FOLDER, OTHER_FOLDER, PLAIN_TEXT, TABLE, contents, fixed_file
from softhouse.actions.sample_input import grids, number_rows
from softhouse.actions.slots import Slot, names_places, slots
from softhouse.actions.usage import usage_forms
from softhouse.actions.worded import worded_slots


@dataclass(frozen=True)
class Spoken:
    """One start of a program."""

    arguments: tuple[str, ...]
    stdin: str = ""
    files: dict[str, str] = field(default_factory=dict)


_NUMBERS = ("12", "18", "30", "45"), ("7", "3", "21", "2")
_FEW = ("2", "4", "5"), ("1", "3", "6")
_BOUNDS = ("1", "30"), ("10", "500")
_DATES = ("2024-02-28", "2024-03-15", "2024-03-20"), ("2023-12-25", "2024-01-06", "2024-01-12")
_TIMES = ("10:05", "13:40"), ("23:50", "00:15")
_ARGUMENT = re.compile(r"\barguments?\b|参数", re.IGNORECASE)
_ARGUMENT_BESIDE = re.compile(r"\b(?:takes?|called with|given)\b|参数|接收", re.IGNORECASE)
_MORE_THAN_A_FILE = re.compile(
    r"\b(?:takes?|gets?|given) (?:the )?(?:path of )?an? (?:\w+ ){0,2}file,? (?:and )?an? (?!file)\w+", re.IGNORECASE
)
_COMMANDS = re.compile(r"['`‘「](?:[a-z]+ [A-Z]+\b|[\u4e00-\u9fff]+ [\u4e00-\u9fff]+」|[a-z]+'(?:,| and) )")
_PLAIN_NUMBERS = re.compile(r"\breads (?:whole )?numbers from standard input|从标准输入读取整数", re.IGNORECASE)
_SIGNED = re.compile(r"non-negative|\bpositive\b|非负|正整数")
_TAKES_AND_READS = re.compile(r"\btakes? [^.;]*?,? (?:and )?reads\b", re.IGNORECASE)
_NEW_KINDS = frozenset({"choice", "letter", "binary", "cell", "sample", "digits", "index", "month"})
"""Kinds of argument that only this module knows."""
_TEXTS = ("hello", "helps"), ("level", "Level")
_WORDS_OF_TEXT = ("dog", "the"), ("the", "Hello")
_LETTERS = ("vellest", "xlo")
_ENDS = frozenset({"HIGH", "END", "TO", "STOP", "UPPER", "LAST"})
_BEGINS = frozenset({"LOW", "START", "FROM", "LOWER", "FIRST"})


def spoken_starts(text: str) -> tuple[Spoken, ...]:
    """Two starts, or one where both are alike; none where a place, or what is read, is not understood."""
    if usage_forms(text) or talks(text):
        return ()
    fed, known, named = reads_standard_input(text), contents(text), fixed_file(text)
    places = slots(text)
    if not places and number_rows(text) and re.search(r"\b(?:numbers|integers)\b|整数|数字", text) and not grids(text):
        return ()
    if (named and not places and _COMMANDS.search(text)) or (not places and names_places(text)):
        return ()
    if not places and (not fed or _ARGUMENT.search(text) or _TAKES_AND_READS.search(text)):
        places = worded_slots(text)
        if not (
            line_contents(text) or json_contents(text) or named or any(slot.kind in _NEW_KINDS for slot in places)
        ) and stated_arguments(text):
            return ()  # these are laid out otherwise
    elif not places and not line_contents(text) and not json_contents(text):
        return ()
    if not places and named and _ARGUMENT_BESIDE.search(text):
        return ()
    if len(places) < 2 and _MORE_THAN_A_FILE.search(text):
        return ()
    several = sum(slot.kind == "file" for slot in places) > 1
    if several and "JSON" in text and not re.search(r"\beach (?:holding|containing|with)\b", text):
        return ()  # which of them holds what, the words do not say
    if fed and not places and _PLAIN_NUMBERS.search(text) and not _SIGNED.search(text):
        return ()
    reads = fed or bool(named) or any(slot.kind == "file" for slot in places)
    if not places and not (reads and known):
        return ()
    if reads and not known and not places:
        return ()
    laid_out = known or ["", ""] if not reads else known or [PLAIN_TEXT, ASCII_TEXT]
    starts = []
    for turn in (0, 1):
        content = laid_out[turn % len(laid_out)]
        if (start := _start(text, places, turn, content, named, fed=fed)) is not None:
            starts.append(start)
    return tuple({repr(start): start for start in starts}.values())


def _start(text: str, places: Sequence[Slot], turn: int, content: str, named: str, *, fed: bool) -> Spoken | None:
    """One start; None where a value is not known."""
    files: dict[str, str] = {named: content} if named else {}
    reads = bool(content)
    numbers, few = cycle(_NUMBERS[turn]), cycle(_FEW[turn])
    dates, times, texts = cycle(_DATES[turn]), cycle(_TIMES[turn]), cycle(_TEXTS[turn])
    if content in (PLAIN_TEXT, ASCII_TEXT):
        texts = cycle(_WORDS_OF_TEXT[turn])
    rows = [line for line in content.splitlines() if line]
    columns = rows[0].split(";" if ";" in rows[0] else ",") if rows else []
    chosen_column = ""
    filled: list[str] = []
    many = sum(slot.kind == "file" for slot in places)
    for number, slot in enumerate(places):
        if slot.optional and turn == 0:
            continue
        value = ""
        match slot.kind:
            case "option":
                value = slot.name
            case "file":
                name = _file_name(slot, content, text, len(files) - bool(named) if many > 1 else 0)
                first = len(files) == bool(named)
                same = turn == 1 and bool(_COMPARED.search(text))
                files[name] = content if first or same else _changed(content)
                value = name
            case "output":
                value = "out" + (slot.name[slot.name.find(".") :] if "." in slot.name else ".txt")
            case "folder":
                value = "other" if "folder/a.txt" in files else "folder"
                files |= OTHER_FOLDER if value == "other" else FOLDER
            case "choice":
                value = _choice(slot, places, number, turn)
            case "column":
                value = chosen_column = columns[-1 if turn == 0 else 0] if columns else ""
            case "cell":
                place = columns.index(chosen_column) if chosen_column in columns else 0
                value = re.split("[,;]", rows[min(turn + 1, len(rows) - 1)])[place] if rows else ""
            case "field":
                value = _field(slot.name, text, rows, turn)
            case "line":
                value = rows[min(number + turn - 1, len(rows) - 1)] if rows else ""
            case "sample":
                value = slot.among[turn % len(slot.among)]
            case "index":
                value = next(few)
            case "number":
                value = _number(slot, text, turn, next(few) if reads and (fed or len(places) > 1) else next(numbers))
                end = _end_of_a_range(slot.name, text)
                value = _BOUNDS[turn][end - 1] if end else value
            case "date":
                value = next(dates)
            case "time":
                value = next(times)
            case "stamp":
                value = ("08:00:00", "12:30:00")[len(filled) % 2]
            case "month":
                value = ("2024-02", "2023-11")[turn]
            case "year":
                value = ("2024", "1900")[turn]
            case "binary":
                value = (("1011", "110"), ("1", "0111"))[turn][number % 2]
            case "letter":
                value = ("e", "B")[turn]
                if fed and value not in content:
                    value = next((sign for sign in content if sign.strip()), "")
            case "letters":
                value = _LETTERS[turn]
                filled = [each if each != "hello" else "level" for each in filled]
            case "sign":
                value = (", ", "|")[turn]
            case "text":
                value = next(texts)
                if turn == 1 and slot.kind in [each.kind for each in places[:number]] and _COMPARED.search(text):
                    value = filled[-1]
        if not value:
            return None
        filled.append(value)
    return Spoken(tuple(filled), content if fed else "", files)


def _end_of_a_range(name: str, text: str) -> int:
    """Whether a number is the first of a range, 1, or the last, 2, or no end of one, 0.

    >>> [_end_of_a_range(name, "takes two integers A and B and prints the primes from A to B") for name in "ABC"]
    [1, 2, 0]
    """
    if not re.fullmatch(r"[A-Z]+", name):
        return 0
    last = rf"\b(?:from )?[A-Z]+ (?:to|is (?:greater|larger) than) {name}\b|[A-Z]\s*(?:大于|到)\s*{name}\b"
    first = rf"\bfrom {name} to [A-Z]+\b|\b{name} is (?:greater|larger) than [A-Z]|\b{name}\s*(?:大于|到)\s*[A-Z]"
    return 1 if name in _BEGINS or re.search(first, text) else 2 if name in _ENDS or re.search(last, text) else 0


_COMPARED = re.compile(r"\b(?:[Cc]ompares?|identical)\b")


def _file_name(slot: Slot, content: str, text: str, number: int) -> str:
    """A name for a file, with the ending that its kind has."""
    known = slot.name[slot.name.find(".") :] if re.fullmatch(r"[A-Z\d]+\.[a-z]+", slot.name) else ""
    ending = known or (".json" if content[:1] in "[{" and "JSON" in text else ".csv" if TABLE.search(text) else ".txt")
    return f"{('lines', 'more', 'third')[min(number, 2)]}{ending}"


def _changed(content: str) -> str:
    """A second file that has some lines of the first and one more, the last line of the first being left out."""
    lines = content.splitlines()
    if len(lines) > 1 and (len({*map(len, lines)}) == 1 or "," in lines[0]):
        return "".join(f"{line}\n" for line in (lines[0], *reversed(lines[1:])))
    return "".join(f"{line}\n" for line in (*lines[:2], *lines[3:-1], *(lines[1:2] if len(lines) > 1 else [])))


def _choice(slot: Slot, places: Sequence[Slot], number: int, turn: int) -> str:
    """One of what is listed; another one in a second place of the same kind."""
    before = sum(each.among == slot.among for each in places[:number])
    return slot.among[(turn + before + turn * before) % len(slot.among)]


def _field(name: str, text: str, rows: Sequence[str], turn: int) -> str:
    """A value that stands in the field of that name in one of the lines; the first field where none has the name."""
    if rows and rows[0].startswith(("{", "[")):
        return ("name", "nothing")[turn]
    samples = sample_of(text)
    names = fields(samples[0]) if samples else []
    place = names.index(name) if name in names else 0
    row = rows[(1, 2)[turn] % len(rows)] if rows else ""
    values = [value for value in re.split(r"[ ,;=]+", row) if value]
    return values[place] if place < len(values) else ""


_WITHIN = (
    r"\b{0}\b[^.;]{{0,40}}?(?:from|between|\b)\s(-?\d+) (?:to|and) (-?\d+)\b",
    r"(?:integer|number)\b[^.;]{0,12}?(?<![\d.-])(\d+)\s*(?:to|and|-)\s*(\d+)(?![\d.-])",
    r"(?<![\d.-])(\d+)\s*(?:到|至)\s*(\d+)\s*之间",
)


def _number(slot: Slot, text: str, turn: int, usual: str) -> str:
    """A number, within the range that a requirement states for it, odd or even where it has to be."""
    found = re.search(_WITHIN[0].format(re.escape(slot.name)), text) if slot.name.isupper() else None
    found = (
        found
        or re.search(_WITHIN[1], text)
        or re.search(_WITHIN[2], text)
        or re.search(r"\bfrom (-?\d+) to (-?\d+)\b", slot.name)
    )
    if found and not int(found[1]) <= int(usual) <= int(found[2]) and int(found[1]) < int(found[2]):
        return str(int(found[1]) + 2 + turn if int(found[1]) + 3 <= int(found[2]) else int(found[1]))
    if re.search(r"\bodd (?:number|integer)\b|奇数", text):
        return ("5", "7")[turn]
    return usual
