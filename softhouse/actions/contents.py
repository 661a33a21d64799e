"""Lines of a file or of standard input, by what a requirement says of a line: its fields, or one value of one kind.

>>> line_contents("reads lines 'NAME HOURS' from standard input and prints …")[0].splitlines()[:2]
['bob 90', 'ann 10']
>>> line_contents("Given dates (YYYY-MM-DD, one per line) on standard input, main.py prints …")[0].split()[:2]
['2024-03-01', '2023-12-31']
"""

import json
import re
from collections.abc import Sequence

from softhouse.actions.placeholders import kind_of

_ROWS = 5
_NUMBERS = ("90", "10", "35", "90", "8"), ("12", "30", "30", "7", "45")
"""In no order, two of them equal, one longer and yet larger; those of odd places are below those of even ones."""
_DATES = (
    ("2024-03-01", "2023-12-31", "2024-02-29", "2024-03-01", "2024-03-02"),
    ("2024-03-10", "2024-01-15", "2024-03-05", "2024-03-04", "2024-12-01"),
)
_TIMES = ("08:30", "12:15", "09:00", "22:30", "06:05"), ("10:00", "13:45", "12:30", "23:10", "07:50")
"""The second of each pair is later than the first, and some of them overlap."""
_NAMES = (
    ("bob", "ann", "cid", "bob", "dan"),
    ("rome", "oslo", "rome", "bern", "oslo"),
    ("red", "tin", "red", "oak", "ivy"),
)
_DURATIONS = ("1:05", "2:30", "4:10", "4:45", "10:02")
_ASCENDING = re.compile(r"\b(?:in )?(?:ascending|chronological|increasing) order\b|\balready sorted\b", re.IGNORECASE)
_SIGNED = re.compile(
    r"non-negative|\bpositive\b|at least [01]\b|(?<![\d.-])\d+ (?:to|and) \d+\b|\d+\s*[到至]\s*\d+"
    r"|非负|正整数|正数|\bnatural\b|\bscores?\b",
    re.IGNORECASE,
)
_DECIMALS = re.compile(r"\bdecimals? (?:numbers?|allowed)|\bnumbers?\b(?! of)|数字|小数", re.IGNORECASE)
_SKIPPED = re.compile(
    r"\b(?:blank|empty) lines?\b[^.;]{0,24}\b(?:ignor|skip|left out|drop)|\b(?:ignor|skip)\w* (?:blank|empty) lines?"
    r"|(?:空行[^。；;，,]{0,6}(?:忽略|跳过|略过)|(?:忽略|跳过|略过)空行)",
    re.IGNORECASE,
)
_QUOTE = r"['\"`‘“「](?=[^\s.,;])([^'\"`’”」\n]{3,60})['\"`’”」]"
_SAMPLE_LINE = re.compile(
    r"(?:\b(?:lines?|points|ranges|rows|entries|coordinates|times)(?: of a file)?"
    r"(?: (?:each |looks? )?(?:like|such as|as|are|is|of|with|in the form|of the form|have|has|must be|starts? with))*"
    r"|\b(?:per|each|every|of the) line (?:as|like|in the form|is|holds|has|being)"
    r"|\beach line [^.;'\"`“(]{0,90}\((?=['\"`“][^'\"`”]*\d)"
    r"|\beach line (?:has|holds|is) [^.;'\"`“]{0,60},(?= ?['\"`“][^'\"`”]*\d)"
    r"|每行(?:是|为|格式为|形如|的格式[为是]|如|一个形如)"
    rf"|格式[为是](?={_QUOTE}[^。]*行)|形如)\s*{_QUOTE}(?:,? or {_QUOTE})?(?!\s*(?:,|and\b)\s*['\"`])",
    re.IGNORECASE,
)
_BEFORE_LINES = re.compile(rf"{_QUOTE} lines\b()")
_BARE_SAMPLE = re.compile(
    r"\b[Ll]ines?(?: from \w+(?: input)?)?(?: (?:each|all|is an? \w+))?,?"
    r"(?: look)?(?: like| such as|,? e\.g\.| are| in the form| of the form) "
    r"(?P<line>[^\s'\"`,;]*\d[^\s'\"`,;]*\d|[a-zA-Z]+ ?[=:] ?[a-zA-Z]+)(?=[\s,;.)]|$)()"
)
"""A sample of a line without quotes."""
_CHINESE_FIELDS = re.compile(
    r"每行[是为包含有]{0,2}(?:一个)?(?:用|以|由)?(?:空格|逗号)(?:隔开|分隔|分开)的([\u4e00-\u9fff]{2,6})[和与]([\u4e00-\u9fff]{2,6}?)(?=[，,。；;])"
)
_TOKEN = re.compile(r"YYYY-MM-DD|HH:MM:SS|HH:MM|H:MM|MM:SS|M:SS|YYYY-MM|[A-Z][A-Z_]+\d?|\b[A-Z]\b|[\u4e00-\u9fff]+")
_LOWER = re.compile(r"\(?[a-z]+(?:(?: ?[=:;,|] ?)[a-z]+)+\)?")
_FORMATS: tuple[tuple[str, str], ...] = (
    (r"YYYY-MM-DD|\bdates?\b|日期", "date"),
    (r"\bHH:MM\b|\btimes?\b(?! (?:in|of) )|时间", "time"),
    (r"\bH?H:MM\b", "time"),
    (r"\bM?M:SS\b", "duration"),
)
_MEASURES = re.compile(
    r"^(?:VALUE|WEIGHT|HOURS|RATE|PRICE|SCORE|AMOUNT|OFFSET|YEARS?|MINUTES|SECONDS|GRAMS|DURATION|LENGTH|WIDTH|HEIGHT|STOCK"
    r"|COST|POINTS|STROKES|QUANTITY|QTY|COUNT|BYTES|STATUS|DEGREES|BALANCE|AMOUNT|AGE|SALARY|SUM|TOTAL|NUMBER|ID|POPULATION|SIZE|PERCENT|[A-Z])$"
    r"|分数|价格|单价|数量|金额|汇率|年龄|重量|成绩|气温|工资|身高|体重"
)
_OF_DAYS = re.compile(r"^(?:TIME|START|END|FROM|TO|OPENS?|CLOSES?|BEGIN|DEPARTURE|ARRIVAL|IN|OUT)$|首班|末班|时间")


def line_contents(text: str) -> list[str]:
    """One or two contents, each of several lines, where a requirement says of what kind they are; none where not.

    >>> line_contents("reads integers from standard input, one per line, and prints the largest")[1].split()
    ['2', '3', '5', '12', '40']
    """
    lines = sample_lines_of(text)
    several = [lines, lines[:2]] if lines else _matrices(text) or _of_one_kind(text) or _each_begun(text)
    if several and _SKIPPED.search(text):
        several = [[*several[0][:2], "", *several[0][2:]], *several[1:]]
    return ["".join(f"{line}\n" for line in each) for each in several]


def sample_of(text: str) -> list[str]:
    """The form of a line that a requirement quotes, or the forms of two kinds of line.

    >>> sample_of("a file with lines 'X Y'"), sample_of("lines 'in N' or 'out N' come on standard input")
    (['X Y'], ['in N', 'out N'])
    >>> sample_of("with one period per line such as 09:00-17:30"), sample_of("Lines look like key = value, and")
    (['09:00-17:30'], ['key = value'])
    """
    known = (each for pattern in (_SAMPLE_LINE, _BEFORE_LINES, _BARE_SAMPLE) for each in pattern.finditer(text))
    found = next((each for each in known if not _an_output(text, each.start())), None)
    if not found and (chinese := _CHINESE_FIELDS.search(text)):
        return [("," if "逗号" in chinese[0] else " ").join(chinese.groups())]
    return [each for each in found.groups()[-2:] if each] if found else []


_OF_THE_OUTPUT = re.compile(
    r"(?:\b(?:print|show|write|answer|output)s?\b(?! [^.;]{0,80}\bread)|\bbetween\b|打印|输出)[^.;。；]*$"
    r"|\ba (?:line )?$",
    re.IGNORECASE,
)


def _an_output(text: str, place: int) -> bool:
    """Whether what stands at `place` is printed, or marks a part of the input, rather than a line of all of it."""
    return bool(_OF_THE_OUTPUT.search(text[:place]))


def fields(sample: str) -> list[str]:
    """The names of the fields in a line's form.

    >>> fields("HH:MM-HH:MM TITLE"), fields("name=value")
    (['HH:MM', 'HH:MM', 'TITLE'], ['name', 'value'])
    """
    return re.findall(r"[a-z]+", sample) if _LOWER.fullmatch(sample) else _TOKEN.findall(sample)


def sample_lines_of(text: str) -> list[str]:
    """Five lines like the one that a requirement quotes; none where it is not one of fields that are known.

    >>> sample_lines_of("takes a file with lines 'HH:MM-HH:MM TITLE' and prints …")[:2]
    ['08:30-10:00 bob', '12:15-13:45 ann']
    >>> sample_lines_of("lines such as 'Mon 09:00-17:30'")
    ['Mon 09:00-17:30', 'Mon 08:30-10:00', 'Mon 12:15-13:45']
    """
    samples = sample_of(text)
    if not samples or (len(samples) == 1 and re.fullmatch(r"[A-Z]+", samples[0])):
        return []
    if any(not fields(sample) for sample in samples) or (len(samples) == 1 and re.search(r"\d", samples[0])):
        return _varied(samples)
    filled = [_filled(sample, text) for sample in samples]
    if not all(filled):
        return []
    lines = [filled[row % len(filled)][row] for row in range(_ROWS)]
    return sorted(lines) if _ASCENDING.search(text) else lines


def _varied(samples: Sequence[str]) -> list[str]:
    """Lines that are quoted as they are, and the first of them with other times, dates and numbers."""
    if not any(re.search(r"\d", sample) for sample in samples):
        return []

    def other(part: str, row: int, places: dict[str, int]) -> str:
        kind = "date" if "-" in part else "time" if ":" in part else "number"
        place = places[kind] = places.get(kind, -1) + 1
        return column(kind, place)[row] if kind != "number" or len(part) > 1 else str(row + 3)

    lines = [*samples]
    for row in (0, 1):
        places: dict[str, int] = {}
        pattern = r"\d{4}-\d\d-\d\d|(?<![\d:])\d\d:\d\d(?![\d:])|(?<![\w.:-])\d{1,3}(?![\w.:-])"
        parts = re.split(f"({pattern})", samples[0])
        lines.append("".join(other(part, row, places) if re.fullmatch(pattern, part) else part for part in parts))
    return list(dict.fromkeys(lines))


def _filled(sample: str, text: str) -> list[str]:
    """Five lines of a form."""
    pattern, places = re.compile(r"[a-z]+") if _LOWER.fullmatch(sample) else _TOKEN, dict[str, int]()
    columns = []
    for name in pattern.findall(sample):
        kind = field_kind(name, text)
        places[kind] = places.get(kind, -1) + 1
        columns.append(column(kind, places[kind]))
    rows = []
    for row in range(_ROWS):
        values = [each[row] for each in columns]
        between = pattern.split(sample)
        rows.append("".join(part for pair in zip(between, [*values, ""], strict=True) for part in pair))
    return rows


def column(kind: str, place: int) -> tuple[str, ...]:
    """Five values of a kind; other ones in the next place of a line.

    >>> column("number", 0)[:3], column("time", 1)[0]
    (('90', '10', '35'), '10:00')
    """
    match kind:
        case "date":
            return _DATES[place % 2]
        case "time":
            return _TIMES[place % 2]
        case "duration":
            return _DURATIONS
        case "stamp":
            return tuple(
                f"{time}:{second}"
                for time, second in zip(_TIMES[place % 2], ("00", "59", "07", "30", "15"), strict=True)
            )
        case "month":
            return tuple(date[:7] for date in _DATES[place % 2])
        case "year":
            return ("1999", "2024", "1900", "1999", "2031")
        case "number":
            return _NUMBERS[place % 2]
        case "sign":
            return ("#", "*", "+", "#", "o")
    return _NAMES[place % 3]


def field_kind(name: str, text: str) -> str:
    """What stands in a field of a line, by its name and by what a requirement says of it in parentheses or behind it.

    >>> field_kind("START", "lines 'NAME,START' (dates as YYYY-MM-DD)"), field_kind("VALUE", ""), field_kind("X", "")
    ('date', 'number', 'number')
    """
    whole = {"YYYY-MM-DD": "date", "HH:MM": "time", "H:MM": "time", "M:SS": "duration", "MM:SS": "duration"}
    whole |= {"HH:MM:SS": "stamp", "YYYY-MM": "month", "YEAR": "year", "CHAR": "sign"}
    name = name.upper()
    if name in whole:
        return whole[name]
    if re.search(rf"\b{re.escape(name)} (?:is |being |as |\()?an? (?:[\w-]+ )?(?:integer|number)\b", text):
        return "number"
    if _OF_DAYS.search(name):
        return next((kind for pattern, kind in _FORMATS if re.search(pattern, text)), "text")
    if _MEASURES.search(name):
        return "number"
    kind = kind_of(name)
    return {"amount": "number", "decimal": "number"}.get(kind, kind)


_ONE_EACH = re.compile(
    r"\b(?:integers|numbers|words) in the file, one per line\b"
    r"|,? \(?(?:[^.;()]{0,30}, )?one (?:(?P<what>[^.;,]{1,40}?) )?(?:per|on each|in each|on every|a) line\b"
    r"|(?P<what2>[^.;]{0,40}\bon each line)\b"
    r"|\ban? (?P<what5>name|word|number|integer|date|time) (?:per|on every) line\b"
    r"|每行一个(?P<what3>[^，。；,;]{1,16})|(?P<what4>[^，。；,;]{1,24})[，,]?[每一]行一个",
    re.IGNORECASE,
)
"""One value on each line, and of what kind it is."""
_SEPARATED = re.compile(
    r"\b(?:white-?\s?space|space)[- ]separated (?:integers|numbers)\b|\breads (?:[\w-]+ )?(?:integers|numbers) from"
    r"|空格分隔的(?:整数|数字)",
    re.IGNORECASE,
)
_ONE_NUMBER = re.compile(
    r"标准输入读取一个(?:正)?整数|\breads (?:an?|one) (?:positive )?(?:integer|number) from standard input"
)
_TIMES_SHOWN = re.compile(r"\btimes?\b(?=(?:(?!\d?\d:\d\d)[^.;]){0,60}\d\d:\d\d\b(?! ?[AaPp]))")
_KINDS_EACH = (
    (re.compile(r"YYYY-MM-DD|\bdates?\b(?! time)|日期", re.IGNORECASE), "date"),
    (re.compile(r"\bM?M:SS\b"), "duration"),
    (re.compile(r"\bHH:MM:SS\b"), "stamp"),
    (re.compile(r"\bH?H:MM\b|\btimes of day\b"), "time"),
    (re.compile(r"\byears?\b|年份", re.IGNORECASE), "year"),
    (
        re.compile(
            r"\b(?:integers?|numbers?|scores?|amounts?|temperatures?|readings?|seconds|grams|prices?)\b|整数|数字|成绩",
            re.IGNORECASE,
        ),
        "number",
    ),
    (re.compile(r"\b(?:words?|names?)\b|单词|名字|姓名", re.IGNORECASE), "text"),
)


def _of_one_kind(text: str) -> list[list[str]]:
    """Two lists of values of the kind that stands one on each line, the second in order."""
    found = next(
        (each for each in _ONE_EACH.finditer(text) if "in the file" in each[0] or not _an_output(text, each.end())),
        None,
    )
    said = (
        next(filter(None, (found["what"], found["what2"], found["what3"], found["what4"], found["what5"])), "")
        if found
        else ""
    )
    if found and not any(pattern.search(said) for pattern, _ in _KINDS_EACH):
        said = text[max(0, found.start() - 30) : found.end() + 24]
        said += " HH:MM" * bool(_TIMES_SHOWN.search(text[max(0, found.start() - 30) : found.end() + 50]))
    if not found and _ONE_NUMBER.search(text):
        return [["12"], ["7"]]
    if not found and (separated := _SEPARATED.search(text)):
        said = separated[0]
    kind = next((kind for pattern, kind in _KINDS_EACH if pattern.search(said)), "")
    if not kind:
        return []
    if kind == "number":
        first, second = _numbers(text)
        return [[" ".join(first[:3]), *first[3:]], second] if not found else [first, second]
    values = column(kind, 0)
    ordered = sorted(values) if kind != "duration" else [*values]
    return [ordered] if _ASCENDING.search(text) else [[*values], ordered]


_A_MATRIX = re.compile(
    r"\b(?:square|rectangle|matrix|grid|table) of (?:\w+ )?(?:integers|numbers)\b|\b(?:one|a) row per line\b"
    r"|(?:整数|数字)(?:方阵|矩阵)|矩阵",
    re.IGNORECASE,
)
_A_SQUARE = re.compile(r"\bsquare\b|\bmagic\b|方阵", re.IGNORECASE)


def _matrices(text: str) -> list[list[str]]:
    """Rows of numbers, of equal length: a square, and a second one or a rectangle."""
    if not _A_MATRIX.search(text) or not re.search(r"\b(?:integers|numbers)\b|整数|数字", text):
        return []
    square = _A_SQUARE.search(text) and not re.search(r"rectang", text)
    return [["2 7 6", "9 5 1", "4 3 8"], ["4 1", "1 4"] if square else ["3 1 4 4", "2 6 5 4"]]


_BEGUN = re.compile(
    r"\b(?:each|every)(?: line)?(?: of which| of them)?\b(?P<begins> (?:starting|starts|begins|beginning))?[^.;]{0,70}?"
    r"(?P<kind>YYYY-MM-DD HH:MM:SS|YYYY-MM-DD|HH:MM:SS|HH:MM)"
)


def _each_begun(text: str) -> list[list[str]]:
    """Lines each of which is a date or a time, or begins with one and goes on with words."""
    found = next(
        (each for each in _BEGUN.finditer(text) if not _an_output(text, each.start("kind")) or "valid" in text), None
    )
    if not found:
        return []
    kinds = {"YYYY-MM-DD": "date", "HH:MM:SS": "stamp", "HH:MM": "time"}
    parts = [column(kinds[part], 0) for part in found["kind"].split(" ")]
    stamps = sorted(" ".join(values) for values in zip(*parts, strict=True))
    begun = [
        f"{stamp} {word}" for stamp, word in zip(stamps, ("started", "bob", "bob in", "stopped", "ok"), strict=True)
    ]
    return [begun if found["begins"] else [*stamps[2:], *stamps[:2]], (begun if found["begins"] else stamps)[:2]]


def _numbers(text: str) -> tuple[list[str], list[str]]:
    """Numbers of the kind that a requirement speaks of: in no order, and in order."""
    whole = re.search(r"\bwhole numbers?\b|\bintegers?\b|整数", text, re.IGNORECASE)
    first = ["10", "3" if _SIGNED.search(text) else "-3", "4", "12", "7", "4"]
    if not whole and _DECIMALS.search(text):
        first[2] = "2.5"
    return (sorted(first, key=float) if _ASCENDING.search(text) else first), ["2", "3", "5", "12", "40"]


_JSON = re.compile(
    r"\bJSON (?:files?|documents?|text on|from|values?)\b|\breads? (?:a )?JSON\b|\ba JSON object (?:for|has|contains)"
    r"|\.json holds\b|JSON\s*文件|\.json\s*[(（]|\bJSON file\b"
)
_A_LIST = re.compile(r"\b(?:list|array) of (?:flat )?(?P<what>\w+)|(?:对象(?:数组|列表))|(?:数组|列表)", re.IGNORECASE)
_KEYS = re.compile(
    r"\b(?:with|has|have|keys?|fields?)\s+(?:an? |the )?['\"`]?([a-z_]+)['\"`]?(?: (?:string|number|integer|text))?"
    r"((?:, ['\"`]?[a-z_]+['\"`]?)*),? and "
    r"(?:an? )?['\"`]?([a-z_]+)['\"`]?|有\s*([a-z_]+)((?:、[a-z_]+)*)\s*和\s*([a-z_]+)"
)
_AN_OBJECT = {
    "name": "bob",
    "age": 30,
    "ok": True,
    "tags": ["b", "a"],
    "inner": {"x": 1.5, "none": None},
    "city": "Köln 3",
}


def json_contents(text: str) -> list[str]:
    """A JSON document of the kind that a requirement speaks of, or two; none where it speaks of none.

    >>> json_contents("a JSON file holding a list of products with 'name' and 'price'")[0][:30]
    '[{"name": "bob", "price": 12},'
    """
    if not _JSON.search(text):
        return []
    if listed := _A_LIST.search(text):
        if listed["what"] in ("numbers", "integers"):
            return ["[10, 3, 4, 12, 7, 4]\n", "[5]\n"]
        found = _KEYS.search(text)
        groups = [each for each in found.groups() if each] if found else ["name", "age"]
        keys = re.findall(r"[a-z_]+", " ".join(groups))
        kinds = [field_kind(key, text) for key in keys]
        columns = [[int(v) if k == "number" else v for v in column(k, place)] for place, k in enumerate(kinds)]
        rows = [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]
        return [json.dumps(each, ensure_ascii=False) + "\n" for each in (rows, rows[:1])]
    if re.search(r"\b(?:one|a) JSON (?:value|object)s? (?:per|on each) line\b", text):
        return ['{"a": 1}\n[1, 2\n\n"x"\n', "1\nnull\n"]
    return [
        json.dumps(each, ensure_ascii=False) + "\n" for each in (_AN_OBJECT, {"b": {"c": {"d": [1, -2.5]}}, "a": 2})
    ]
