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
from softhouse.actions.inputs import (
    ASCII_TEXT,
    FOLDER,
    OTHER_FOLDER,
    PLAIN_TEXT,
    TABLE,
    WORDS_OF_LETTERS,
    contents,
    fixed_file,
)
from softhouse.actions.letters import are_letters
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


_IN_TURN = {
    "number": (("12", "18", "30", "45"), ("7", "3", "21", "2")),
    "index": (("2", "4", "5"), ("1", "3", "6")),
    "date": (("2024-02-28", "2024-03-15", "2024-03-20"), ("2023-12-25", "2024-01-06", "2024-01-12")),
    "time": (("10:05", "13:40"), ("23:50", "00:15")),
    "stamp": (("08:00:00", "12:30:00"), ("08:00:00", "12:30:00")),
    "binary": (("1011", "110"), ("1", "0111")),
    "text": (("hello", "helps"), ("level", "Level")),
}
"""What places of a kind are filled with, one after the other: in the first start, in the second."""
_ONCE = {
    "month": ("2024-02", "2023-11"),
    "year": ("2024", "1900"),
    "letter": ("e", "B"),
    "letters": ("vellest", "xlo"),
    "sign": (", ", "|"),
    "month number": ("2", "11"),
    "section": ("server", "client"),
    "key": ("port", "name"),
}
"""The same for kinds of which there is one place."""
_BOUNDS = ("1", "30"), ("10", "500")
_WORDS_OF_TEXT = ("dog", "the"), ("the", "Hello")
_ARGUMENT = re.compile(r"\barguments?\b|参数", re.IGNORECASE)
_ARGUMENT_BESIDE = re.compile(r"\b(?:takes?|called with|given)\b|参数|接收", re.IGNORECASE)
_MORE_THAN_A_FILE = re.compile(
    r"\b(?:takes?|gets?|given) (?:the )?(?:path of )?an? (?:\w+ ){0,2}file,? (?:and )?an? (?!file)\w+", re.IGNORECASE
)
_COMMANDS = re.compile(r"['`‘「](?:[a-z]+ [A-Z]+\b|[\u4e00-\u9fff]+ [\u4e00-\u9fff]+」|[a-z]+'(?:,| and) )")
_PLAIN_NUMBERS = re.compile(r"\breads (?:whole )?numbers from standard input|从标准输入读取整数", re.IGNORECASE)
_SIGNED = re.compile(r"non-negative|\bpositive\b|非负|正整数")
_OF_NUMBERS = re.compile(r"\b(?:numbers|integers)\b|整数|数字")
_OF_NUMBERS_IN_IT = re.compile(
    r"\b(?:sum|sums|total|totals|average|mean|median|largest|smallest|highest|lowest|maximum|minimum|numbers|numeric|adds?)\b"
    r"|求和|总和|平均|最大|最小",
    re.IGNORECASE,
)
"""Words for what can be said of a column of numbers only."""
_EACH_HOLDS = re.compile(r"\beach (?:holding|containing|with)\b")
_COMPARED = re.compile(r"\b(?:[Cc]ompares?|identical)\b")
_TAKES_AND_READS = re.compile(r"\btakes? [^.;]*?,? (?:and )?reads\b", re.IGNORECASE)
_NEW_KINDS = frozenset({"choice", "letter", "binary", "cell", "sample", "digits", "index", "month", "output"})
"""Kinds of argument that only this module knows."""
_ENDS = frozenset({"HIGH", "END", "TO", "STOP", "UPPER", "LAST"})
_BEGINS = frozenset({"LOW", "START", "FROM", "LOWER", "FIRST"})


def spoken_starts(text: str) -> tuple[Spoken, ...]:
    """Two starts, or one where both are alike; none where a place, or what is read, is not understood."""
    if (places := _places(text)) is None:
        return ()
    fed, known, named = reads_standard_input(text), contents(text), fixed_file(text)
    reads = fed or bool(named) or any(slot.kind == "file" for slot in places)
    if not places and not (reads and known):
        return ()
    second = WORDS_OF_LETTERS if are_letters(text) else ASCII_TEXT
    laid_out = known or ([PLAIN_TEXT, second] if reads else ["", ""])
    starts = (_Filling(text, places, turn, laid_out[turn % len(laid_out)], fed, named).start() for turn in (0, 1))
    return tuple({repr(start): start for start in starts if start is not None}.values())


def _places(text: str) -> tuple[Slot, ...] | None:
    """What stands on the command line; None where the words do not say all of it, or it is laid out otherwise."""
    if usage_forms(text) or talks(text):
        return None
    places = slots(text) or _worded_places(text)
    if places is None or (len(places) < 2 and _MORE_THAN_A_FILE.search(text)):
        return None
    if sum(slot.kind == "file" for slot in places) > 1 and "JSON" in text and not _EACH_HOLDS.search(text):
        return None  # which of them holds what, the words do not say
    return places


def _worded_places(text: str) -> tuple[Slot, ...] | None:
    """The same, where no names behind the program's are understood."""
    fed, named = reads_standard_input(text), fixed_file(text)
    known = line_contents(text) or json_contents(text)
    rows = number_rows(text) and _OF_NUMBERS.search(text) and not grids(text)
    if rows or names_places(text) or (named and _COMMANDS.search(text)):
        return None
    if fed and not _ARGUMENT.search(text) and not _TAKES_AND_READS.search(text):
        places: tuple[Slot, ...] = ()
        laid_out_here = bool(known)
    else:
        places = worded_slots(text)
        new = any(slot.kind in _NEW_KINDS for slot in places)
        laid_out_here = bool(known or named or new or not stated_arguments(text))
    alone = not places and ((named and _ARGUMENT_BESIDE.search(text)) or (fed and _any_number(text)))
    return places if laid_out_here and not alone else None


def _any_number(text: str) -> bool:
    """Whether numbers are read of which nothing else is said: `sample_input` has some that are below zero."""
    return bool(_PLAIN_NUMBERS.search(text)) and not _SIGNED.search(text)


@dataclass
class _Filling:
    """One start under way: a value for each place, one after the other."""

    text: str
    places: Sequence[Slot]
    turn: int
    """0 for the first start, 1 for the second."""
    content: str
    """What is read; empty for nothing."""
    fed: bool
    """Whether it is read from standard input."""
    named: str
    """The file of a fixed name that is read; empty for none."""
    files: dict[str, str] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    column: str = ""
    """The column that was chosen."""

    def __post_init__(self) -> None:
        words = _WORDS_OF_TEXT if self.content in (PLAIN_TEXT, ASCII_TEXT) else _IN_TURN["text"]
        if self.named and (found := re.findall(r"(?m)^[^\W\d_]{2,}", self.content)):
            words = (found[0], "nobody"), (found[-1].upper(), found[-1])
        self._in_turn = {kind: cycle(starts[self.turn]) for kind, starts in {**_IN_TURN, "text": words}.items()}
        self._rows = [line for line in self.content.splitlines() if line]
        heading = self._rows[0] if self._rows else ""
        self._columns = heading.split(";" if ";" in heading else ",") if heading else []

    def start(self) -> Spoken | None:
        """All of it; None where a value is not known."""
        if self.named:
            self.files[self.named] = self.content
        for number, slot in enumerate(self.places):
            if slot.optional and self.turn == 0:
                continue
            if not (value := self._value(slot, number)):
                return None
            self.values.append(value)
        return Spoken(tuple(self.values), self.content if self.fed else "", self.files)

    def _value(self, slot: Slot, number: int) -> str:
        """What stands in the place of that number; empty where it is not known."""
        match slot.kind:
            case "option":
                return slot.name
            case "file":
                return self._file(slot)
            case "output":
                return "out" + (slot.name[slot.name.find(".") :] if "." in slot.name else ".txt")
            case "folder":
                other = "folder/a.txt" in self.files
                self.files |= OTHER_FOLDER if other else FOLDER
                return "other" if other else "folder"
            case "choice":
                return _choice(slot, self.places, number, self.turn)
            case "sample":
                return slot.among[self.turn % len(slot.among)]
            case "column":
                numeric = [c for c, value in zip(self._columns, self._cells(1), strict=False) if value.isdigit()]
                known = numeric if numeric and _OF_NUMBERS_IN_IT.search(self.text) else self._columns
                self.column = known[0 if self.turn else -1] if known else ""
                return self.column
            case "cell":
                place = self._columns.index(self.column) if self.column in self._columns else 0
                return self._cells(self.turn + 1)[place]
            case "field":
                return _field(slot.name, self.text, self._rows, self.turn)
            case "line":
                return self._row(number + self.turn - 1)
            case "number":
                return self._number(slot)
            case "letter":
                letter = _ONCE["letter"][self.turn]
                missing = self.fed and letter not in self.content
                return next((sign for sign in self.content if sign.strip()), "") if missing else letter
            case "letters":
                self.values = [value if value != "hello" else "level" for value in self.values]
                return _ONCE["letters"][self.turn]
            case "text":
                value = next(self._in_turn["text"])
                again = self.turn == 1 and any(each.kind == "text" for each in self.places[:number])
                return self.values[-1] if again and _COMPARED.search(self.text) else value
            case kind if kind in _ONCE:
                return _ONCE[kind][self.turn]
            case kind:
                return next(self._in_turn[kind]) if kind in self._in_turn else ""

    def _file(self, slot: Slot) -> str:
        """The name of a file, which is laid out; the second one is a little different."""
        before = len(self.files) - bool(self.named)
        several = sum(each.kind == "file" for each in self.places) > 1
        name = _file_name(slot, self.content, self.text, before if several else 0)
        same = not before or (self.turn == 1 and _COMPARED.search(self.text))
        self.files[name] = self.content if same else _changed(self.content)
        return name

    def _row(self, number: int) -> str:
        """A line of what is read, the last one where there are not so many."""
        return self._rows[min(number, len(self._rows) - 1)] if self._rows else ""

    def _cells(self, number: int) -> list[str]:
        """The values in a line of a table."""
        return re.split("[,;]", self._row(number))

    def _number(self, slot: Slot) -> str:
        """A number, a small one beside what is read."""
        small = self.content and (self.fed or len(self.places) > 1)
        usual = next(self._in_turn["index" if small else "number"])
        value = _number(slot, self.text, self.turn, usual)
        end = _end_of_a_range(slot.name, self.text)
        return _BOUNDS[self.turn][end - 1] if end else value


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
