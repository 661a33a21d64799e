"""What a program is given to read: lines like a sample, rows of numbers, tables, grids, by a requirement's words.

>>> like_a_sample("takes a file with lines like 'NAME SCORE' and prints …")[:2]
['bob 90', 'ann 100']
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence

from softhouse.actions.beginnings import before_printing
from softhouse.actions.examples import ONE_A_LINE
from softhouse.actions.placeholders import is_plain, kind_of

_NUMBERS = "10 -2.5\n4\n1 7 4\n"
_WHOLE_NUMBERS = "10 -3\n4\n1 7 4\n"
_COLUMNS = ("name", "city", "age")
_NAMED_COLUMNS = re.compile(
    r"\bcolumns (['\"`]?[a-z_]+['\"`]?(?:, ['\"`]?[a-z_]+['\"`]?)*,? and ['\"`]?[a-z_]+['\"`]?)"
)
_A_HEADER = re.compile(r"\b[A-Za-z_]+(?:,[A-Za-z_]+)+\b")
_CELLS = ("bob", "rome"), ("ann", "oslo"), ("cid", "rome"), ("dan", "bern")
"""Neither column in order, and one of the second twice."""
_A_GRID = re.compile(r"\b(?:grid|maze|board|map|noughts and crosses)\b|棋盘|网格|迷宫|地图", re.IGNORECASE)
_A_CELL = re.compile(r"['\"`‘“]([^\s\w]|[A-Za-z])['\"`’”]")
_PUT_IN = re.compile(
    r"(?:\bbecomes?|\breplaced (?:by|with)|\bturn(?:s|ed)? into|\bmarked (?:as|by|with)|[改变标换写][成为])\s*$"
)
"""What stands before a cell that is printed, and not read."""
_LISTED = re.compile(r"[(（][^()（）]*[)）]")
_MARKS = re.compile(r"\b(?:lines?|rows?|picture|plan|field)\b|行|图", re.IGNORECASE)
"""What several quoted marks may stand in."""
_A_NAMED_CELL = r"(?:['\"`]?[A-Z.#*+@-]['\"`]?(?!\w)|an? (?:dot|period|hash|star|asterisk|dash)\b)"
_CELLS_IN_WORDS = re.compile(
    r"\b(?:each|every|one of|either|characters|with|made (?:up )?of|lines of|rows of)"
    r"(?: (?:one|cell|square|character|of them))*(?: being| is)?,? "
    rf"((?:{_A_NAMED_CELL}, )*{_A_NAMED_CELL},? (?:or|and) {_A_NAMED_CELL})"
)
_A_ROW_OF_CELLS = re.compile(r"\b(?:lines?|rows?) (?:like|such as) ['\"`]([XO.#*_-]{3,9})['\"`]")
_ALONE = re.compile(
    r"(?<![\w.#*+@'\"-])(?:([#*@+]|[A-Z](?= (?:the|for|is|marks|as|=)(?= |\b)))(?![\w.#*+@'\"-])|(?:a |or )(dot)\b)"
)
_SIGNS = {"dot": ".", "period": ".", "hash": "#", "star": "*", "asterisk": "*", "dash": "-"}
_CELLS_THAT_MEAN = re.compile(
    r"(?:\b(?:with|where|and|of)|[,(:]) ['\"`]?([#.*@+OX-])['\"`]? "
    r"(?:(?:for|meaning|means|marks|stands for|is an?)\b|(?=\([a-z]+(?: [a-z]+)*\)))"
    r"|([#.*@+OX-])(?=[(（][\u4e00-\u9fff]+[)）])"
)
_A_LISTED_CELL = re.compile(r"(?<![\w.#*+@-])([A-Z.#*+@-])(?![\w.#*+@-])")
_A_BOARD = re.compile(r"\bboard\b|\bnoughts and crosses\b|\btic-?tac-?toe\b|棋", re.IGNORECASE)
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
_TIMES = ("08:30", "12:15", "22:30", "06:05")
_DATES = ("2024-03-01", "2023-12-31", "2024-02-29", "2024-03-01")
_NAMES = ("bob", "ann", "cid", "dan")
_AMOUNTS = ("12", "30", "30", "7"), ("90", "100", "35", "100")
"""In no order, two of them equal, one longer and yet larger; those of odd columns are above those of even ones."""
_FIELDS = re.compile(r"[A-Za-z\u4e00-\u9fff]+(?:([,;，；:：=] ?| )[A-Za-z\u4e00-\u9fff]+)(?:\1[A-Za-z\u4e00-\u9fff]+)*")
_WHOLE = re.compile(r"\bwhole numbers?\b|\bintegers?\b|整数", re.IGNORECASE)
_NUMBER_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "两": 2, "三": 3, "四": 4, "五": 5}
_COUNT = rf"\d|{'|'.join(_NUMBER_WORDS)}"
_ROWS_OF_NUMBERS = re.compile(
    r"\b(?:rows|lines|grid|matrix|square)\b (?:of|with) (?:\w+ )?(?:integers|numbers)\b"
    r"|\b(?:integers|numbers)\b[^.;]{0,30}?\b(?:rows? (?:per|on each) line|in rows)\b|数字(?:矩阵|方阵|网格)|整数矩阵",
    re.IGNORECASE,
)
_SIZE = re.compile(
    rf"\b({_COUNT}) (?:rows|lines) (?:of|with(?= \w+ (?:whole )?(?:numbers|integers)\b)) ({_COUNT}) "
    r"(?!characters|letters|cells)"
    rf"|\b(\d)\s*[x×*]\s*(\d) (?:grid|matrix|square|board)"
    rf"|({_COUNT})\s*行\s*({_COUNT})\s*列",
    re.IGNORECASE,
)
_EACH_AS = re.compile(
    r"\bprints? (?:each|every|them|it|all)(?: (?:line|one|of them|name|entry|person|row))? as "
    r"['\"`‘“]([^'\"`’”\n]+)['\"`’”]",
    re.IGNORECASE,
)
_PICKED = re.compile(r"\b(?:sort\w*|order|alphabetical\w*|only|at least|more than|once|total|sum)\b", re.IGNORECASE)
"""Words of a requirement in which not each line becomes one, in their order."""


def rewritten(text: str) -> str:
    """What becomes of the lines of `like_a_sample`, where a requirement shows both with the same names; else empty.

    >>> rewritten("reads names like 'LAST, FIRST' and prints each as 'FIRST LAST'.").splitlines()[0]
    'rome bob'
    """
    line = _A_LINE.search(before_printing(text))
    shown = None if line is None or _PICKED.search(text) else _EACH_AS.search(text)
    return "\n".join(_rewritten(line[1], shown[1], like_a_sample(text))) if line and shown else ""


def leaves_lines_out(text: str) -> bool:
    """Whether lines of another kind are left out, and so must not end the program."""
    return bool(_LEFT_OUT.search(text))


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


def table(text: str) -> str:
    """A table with commas, with the columns that a requirement names.

    >>> table("a CSV file with a header like name,score").splitlines()[:2]
    ['name,score', 'bob,90']
    """
    listed = _NAMED_COLUMNS.search(text)
    if header := _A_HEADER.search(text):
        columns = header[0].split(",")
    else:
        columns = re.split(r",? and |, ", listed[1]) if listed else list(_COLUMNS)
    kinds = [kind_of(column.strip("'\"`").upper()) for column in columns]
    if not {"number", "amount", "decimal"} & {*kinds}:
        kinds[-1] = "amount"
    values = [_column(kind, place) for place, kind in enumerate(kinds)]
    return "".join(f"{','.join(row)}\n" for row in [[c.strip("'\"`") for c in columns], *zip(*values, strict=True)])


def addresses(text: str) -> list[str]:
    """Addresses of the kind that a requirement reads several of.

    >>> addresses("reads e-mail addresses")[0]
    'bob@site.org'
    """
    return next((list(lines) for kind, lines in _ADDRESSES if kind.search(text)), [])


def like_a_sample(text: str) -> list[str]:
    """Lines like the one that a requirement shows of its input, and one of another kind where those are left out.

    >>> like_a_sample("reads names like 'LAST, FIRST' and prints them. Lines without a comma are left out.")
    ['bob, rome', 'ann, oslo', 'zyxw', 'cid, rome', 'dan, bern']
    >>> like_a_sample("takes a file with KEY=VALUE lines and prints …")
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


def number_rows(text: str) -> list[str]:
    """Rows of numbers, one a line, where a requirement speaks of such: of the size that it states, or of four sizes.

    >>> number_rows("reads 2 lines of 3 numbers")[0].split()
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


def numbers(text: str) -> str:
    """Lines of numbers of the kind that `text` speaks of: several on some, unless it says that there is one on each."""
    lines = _WHOLE_NUMBERS if _WHOLE.search(text) else _NUMBERS
    return "\n".join(lines.split()) + "\n" if ONE_A_LINE.search(text) else lines


def programs(quoted: str) -> list[list[str]]:
    """The lines that a requirement quotes one beside the other, as they stand there, and with one name in all of them.

    >>> programs("`set x 5`, `add x y` and `print x`")[1]
    ['set x 5', 'add x x', 'print x']
    """
    lines = re.findall(r"[`'\"]([^`'\"\n]+)[`'\"]", quoted)
    names = re.findall(r"\b[a-z]\b", " ".join(lines))
    same = [re.sub(r"\b[a-z]\b", names[0], line) for line in lines] if names else lines
    return [lines, same] if same != lines else [lines]


def _lines(sample: str) -> list[str]:
    """Lines like the sample: times, dates and names filled in, words in capitals changed in one, one line twice.

    >>> _lines("HH:MM-HH:MM"), _lines("12:30 ERROR disk full")[1], _lines("NAME,YYYY-MM-DD")[1]
    (['08:30-12:15', '22:30-06:05', '08:30-12:15'], '12:30 OTHER disk full', 'ann,2023-12-31')
    >>> _lines("日期,最高气温,最低气温")[:2]
    ['2024-03-01,90,12', '2023-12-31,100,30']
    >>> _lines("姓名 分数")[:2], _lines("NAME SCORE")[:2]
    (['bob 90', 'ann 100'], ['bob 90', 'ann 100'])
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


def grids(text: str) -> list[str]:
    """Grids of the cells that a requirement quotes, or lists in parentheses; none for fewer than two cells.

    Letters stand in a grid once, as start and exit do; in what is called a board they are as good as any other mark.

    >>> grids("reads a board of 3 rows, each cell one of (X, O or .)")[0].split()
    ['..O', 'XOO', '.XO']
    >>> grids("the file holds a grid with # for living and . for dead cells")[0].split()[:2]
    ['...#..', '.#....']
    >>> grids("the file holds a grid of # (alive) and . (dead)") == grids("a grid of '#' and '.'")
    True
    >>> grids("Tic-tac-toe: three lines of three characters, X, O or a dot for an empty square")[0].split()
    ['..O', 'XOO', '.XO']
    >>> grids("reads a board, three lines of three characters, each X, O or `.` for an empty square")[0].split()
    ['..O', 'XOO', '.XO']
    """
    cells = _cells(text)
    if len(cells) < 2 or not (_A_GRID.search(text) or (_MARKS.search(text) and {".", "#", "*"} & {*cells})):
        return []
    board = bool(_A_BOARD.search(text))
    if board and len(cells) == 2 and "." in cells:
        return [_with_few(next(cell for cell in cells if cell != "."), turn) for turn in range(4)]
    sizes = [(3, 3)] * 4 if board else [(5, 6), (4, 4), (3, 7), (6, 5)]
    return [_filled_grid(cells, rows, columns, turn, board=board) for turn, (rows, columns) in enumerate(sizes)]


def _cells(text: str) -> list[str]:
    """The marks of which a grid is made: quoted, with what they mean, one or the other, or in parentheses."""
    quoted = (found for found in _A_CELL.finditer(text) if not _PUT_IN.search(text[: found.start()]))
    named = _CELLS_IN_WORDS.search(text)
    signs = re.sub(r"\ban? (\w+)", lambda word: _SIGNS[word[1]], named[1]) if named else ""
    listed = (cell for each in _LISTED.findall(text) for cell in _A_LISTED_CELL.findall(each))
    alone = [sign or _SIGNS[word] for sign, word in _ALONE.findall(text)]
    ways = (
        (found[1] for found in quoted),
        [one or other for one, other in _CELLS_THAT_MEAN.findall(text)],
        _A_LISTED_CELL.findall(signs),
        listed if _A_GRID.search(text) else (),
        row[1] if (row := _A_ROW_OF_CELLS.search(text)) else (),
        alone if "#" in alone and _A_GRID.search(text) else (),
    )
    return next((cells for way in ways if len(cells := list(dict.fromkeys(way))) > 1), [])


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
