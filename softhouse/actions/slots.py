"""What a program is started with, by the names in capitals that stand behind it, and by what is said of each.

>>> [(slot.name, slot.kind) for slot in slots("main.py FILE TIME reads lines 'HH:MM TITLE' and prints …")]
[('FILE', 'file'), ('TIME', 'time')]
>>> [(slot.name, slot.kind) for slot in slots("main.py FRAMES [--fps N] prints …; both must be integers")]
[('FRAMES', 'number'), ('--fps', 'option'), ('N', 'number')]
"""

import re
from dataclasses import dataclass

from softhouse.actions.contents import fields, sample_of
from softhouse.actions.placeholders import choices, kind_of
from softhouse.actions.usage import usage_forms


@dataclass(frozen=True)
class Slot:
    """One place on the command line."""

    name: str
    kind: str
    optional: bool = False
    several: bool = False
    """Whether more of the kind may follow."""
    among: tuple[str, ...] = ()
    """What it has to be one of, where a requirement says so."""


_NAME = r"[A-Z][A-Z0-9_]*(?:-[A-Z]+)*(?:\.[a-z]+)?"
_PLACES = rf"(?:\[?--?[a-z][a-z-]*(?:[ =]{_NAME})?\]?|\[{_NAME}(?: ?\.\.\.)?\]|{_NAME}(?: ?\.\.\.)?|\.\.\.)"
_START = re.compile(rf"\b[\w-]+\.py ['\"`‘“]?({_PLACES}(?: {_PLACES})*)(?=$|[\s`'\"’”,，.。;:；)）])")
_LISTED = re.compile(
    r"\b(?:takes?|gets?|arguments|given as|called with)(?: the)?(?: (?:two|three))?(?: \w+){0,2}"
    rf" ({_NAME}(?:, {_NAME})*,? and {_NAME})\b"
)
_ONLY = re.compile(
    r"\b([A-Z]+) (?:is|being) (?:the|its)(?: only| one| single| command[- ]line)* argument\b"
    r"|\b(?:single|only) argument,? ([A-Z]+)\b"
)
_IN_CHINESE = re.compile(r"['\"`‘“「](?:python3? )?[\w-]+\.py((?: [\u4e00-\u9fffA-Z]+\d?)+)['\"`’”」]")
_FILE = re.compile(r"(?:\w*FILE\d?|PATH\d?|LOG|IN(?:PUT)?|SOURCE|SRC|MAP|文件(?:路径|名)?|路径)(?:\.\w+)?")
_OUT = re.compile(r"(?:OUT(?:PUT)?|TARGET|DEST(?:INATION)?|COPY|DST)(?:\.\w+)?")
_FOLDER = re.compile(r"DIR(?:ECTORY)?\d?|FOLDER\d?|目录|文件夹")
_WRITES = re.compile(r"\b(?:cop(?:y|ies)|writes?|writing)\b", re.IGNORECASE)
_PAIRS = frozenset({"OLD", "NEW", "LEFT", "RIGHT", "A", "B", "FIRST", "SECOND", "ONE", "TWO", "BEFORE", "AFTER"})
_TWO_FOLDERS = re.compile(r"\btwo (?:directories|folders)\b", re.IGNORECASE)
_TWO_FILES = re.compile(r"\btwo (?:[\w-]+ ){0,2}files\b", re.IGNORECASE)
_ALL_NUMBERS = re.compile(
    r"\b(?:all|both|the)(?: (?:three|four|two))?(?: of them| arguments)? (?:are|must be|have to be|may be) (?:[\w-]+ )?"
    r"(?:integers|numbers|decimals)\b|\b(?:two|three|four) (?:[\w-]+ )?(?:integers|numbers)\b|\bneed [\w ]*integers\b"
    r"|\barguments? (?:is|are) not (?:an? )?(?:[\w-]+ )?(?:integers?|numbers?)\b",
    re.IGNORECASE,
)
_A_NUMBER_IS = (
    r"\b{0}\b(?:,? \w+)?(?: \w+)? (?:is|are|must be|has to be|being|not|be)(?: not)?(?: |$)"
    r"(?:an? |no |one |at least |below |zero|(?:less|greater|more|smaller|larger) than )?"
    r"(?:\w+ )?(?:positive |whole |non-negative )*(?:\d|zero|integer|number|below|{1})"
    r"|\b(?:number|integer)s? {0}\b|\bany {0} \w+ characters"
    r"|\b{0} (?:consecutive|most|largest|smallest|minutes|words|lines)\b"
    r"|\b(?:groups|runs|pieces|steps|multiples) of {0}\b|\b(?:more|longer|fewer) than {0}\b"
)
_BETWEEN = r"\b(?:integers|numbers)\b[^.;]{{0,20}}\bfrom (?:{0} to [A-Z]+|[A-Z]+ to {0})\b"
_AMOUNTS = re.compile(
    r"^(?:AMOUNT|SHIFT|OFFSET|TIMES|STEPS|ROUNDS|WEEKS|PEOPLE|GENERATIONS|COST|PRICE|MONTHLY|RATE|FACTOR|PERCENT|LIMIT|MAX|MIN|SIZE|STEP|START|STOP|COUNT|NUMBER|VALUE|PART|WHOLE|TOTAL"
    r"|PRINCIPAL|DAYS|HOURS|MINUTES|SECONDS|WIDTH|HEIGHT|LENGTH|PLACES|FRAMES|LOW|HIGH|YEARS?|AGE|WEIGHT|SALARY"
    r"|INCOME|DISTANCE|SPEED|ACROSS|DOWN|RIGHT|ROWS?|COLS|COLUMNS|SEED|LINE|[NMKXY])$|数值|金额|数量|整数|数字"
)


def slots(text: str) -> tuple[Slot, ...]:
    """The places behind the program's name, in their order; none where one of them is not understood.

    >>> [(slot.name, slot.kind) for slot in slots("main.py IN OUT copies the file IN to OUT")]
    [('IN', 'file'), ('OUT', 'output')]
    >>> slots("main.py THING OTHER prints something")
    ()
    """
    if usage_forms(text):
        return ()
    if found := _START.search(text):
        places = found[1]
    elif chinese := _IN_CHINESE.search(text):
        places = chinese[1]
    elif only := _ONLY.search(text):
        places = only[1] or only[2]
    elif listed := _LISTED.search(text):
        places = re.sub(r",? and |, ", " ", listed[1])
    else:
        return ()
    laid_out: list[Slot] = []
    for each in re.findall(r"\[[^\]]*\]|\S+", places):
        bare, optional = each.strip("[]"), each.startswith("[")
        for name in bare.split():
            several = name.endswith("...")
            name = name.rstrip(".")
            if several and not name:
                laid_out[-1:] = [Slot(laid_out[-1].name, laid_out[-1].kind, several=True)] if laid_out else []
            elif name.startswith("-"):
                laid_out.append(Slot(name, "option", optional))
            else:
                among = choices(name, text) or (choices("unit", text) if name in ("FROM", "TO") else ())
                kind = "choice" if among else _kind(name, text, places)
                laid_out.append(Slot(name, kind, optional, several, among))
    return tuple(laid_out) if all(slot.kind for slot in laid_out) else ()


def names_places(text: str) -> bool:
    """Whether a requirement writes names behind the program's, understood or not.

    >>> names_places("main.py FILE LABEL... prints …"), names_places("main.py takes a file")
    (True, False)
    """
    return bool(_written_places(text))


def needs_arguments(text: str) -> bool:
    """Whether the first of these names may not be left out.

    >>> needs_arguments("main.py WORD reads …"), needs_arguments("main.py [N] reads …"), needs_arguments("reads …")
    (True, False, False)
    """
    return _written_places(text)[:1] not in ("", "[")


def _written_places(text: str) -> str:
    found = None if usage_forms(text) else _START.search(text)
    return found[1] if found else ""


def _kind(name: str, text: str, places: str) -> str:
    """The kind of what a name in capitals stands for; empty where nothing says it."""
    names = set(re.findall(_NAME, places))
    if _FOLDER.fullmatch(name):
        return "folder"
    if len(names & _PAIRS) == 2 and name in _PAIRS and (_TWO_FOLDERS.search(text) or _TWO_FILES.search(text)):
        return "folder" if _TWO_FOLDERS.search(text) else "file"
    if _OUT.fullmatch(name) and _WRITES.search(text):
        return "output"
    if _FILE.fullmatch(name) or re.search(rf"\bfile {re.escape(name)}\b", text):
        return "file"
    if (
        re.fullmatch(r"COL(?:UMN)?|列名?", name)
        and re.search(r"CSV|TSV|header|表头", text)
        and not _is_a_number(name, text)
    ):
        return "column"
    if re.search(rf"\b{re.escape(name)}\b[^.;]{{0,40}}\bHH:MM:SS\b", text):
        return "stamp"
    if re.search(rf"\b{re.escape(name)} (?:is|are)(?: not| no)? (?:a )?column|\bcolumns? {re.escape(name)}\b", text):
        return "column"
    if re.search(rf"\bcolumn\b[^.;]{{0,20}}(?:equals?|is|=) {re.escape(name)}\b", text):
        return "cell"
    if re.search(rf"\bline (?:equal to|that is|being) {re.escape(name)}\b", text):
        return "line"
    if _BETWEEN.format(re.escape(name)) and re.search(_BETWEEN.format(re.escape(name)), text):
        return "number"
    if _ALL_NUMBERS.search(text) or _is_a_number(name, text):
        return "number"
    if kind_of(name) == "time" or re.search(rf"\b{re.escape(name)}\b(?: and [A-Z]+)? \((?:HH:MM|H:MM)", text):
        return "time"
    if kind_of(name) == "date" or re.search(rf"\b{re.escape(name)}\b[^.]{{0,16}}(?:\btwo dates\b|\(YYYY-MM-DD)", text):
        return "date"
    if name == "MONTH":
        return "month" if re.search(r"YYYY-MM(?!-)", text) else "month number"
    if name == "YEAR":
        return "year"
    if name in ("SECTION", "KEY") and re.search(r"\bINI\b", text):
        return name.lower()
    if name in fields(" ".join(sample_of(text)) or "-"):
        return "field"
    looked_up = re.search(rf"\bvalues? (?:of|for) {re.escape(name)}\b|\b{re.escape(name)}'s value", text)
    if re.fullmatch(r"KEYS?|ID|键", name) or (looked_up and re.search("[=:]", " ".join(sample_of(text)))):
        return "field"
    if _AMOUNTS.search(name) or kind_of(name) in ("number", "amount", "decimal"):
        return "number"
    if re.fullmatch(r"LETTERS?\d?|CHARS?|CHARACTER|字母", name):
        return "letters" if name.endswith("S") else "letter"
    if re.fullmatch(
        r"WORDS?\d?|SECRET|GUESS|NEW|TEXT\d?|NAME|PREFIX|STRING|PHRASE|PATTERN|TITLE|QUERY|SEARCH|VALUE|关键词|文本|单词|姓名",
        name,
    ):
        return "text"
    return ""


def _is_a_number(name: str, text: str) -> bool:
    """Whether a requirement says of a name that it stands for a number.

    >>> _is_a_number("SIZE", "If SIZE is not a positive integer, exit"), _is_a_number("WORD", "If WORD is not there")
    (True, False)
    """
    return bool(re.search(_A_NUMBER_IS.format(re.escape(name), "positive"), text)) and not re.search(
        rf"\bline(?:s)? {re.escape(name)}\b|[A-Z]+ is not an? (?:directory|file)", text
    )
