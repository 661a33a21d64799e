"""What stands for a value in a requirement: `NAME`, `<amount>`, `编号`; of which kind it is, and values of it.

>>> filled(("lend", "TITLE", "NAME"), 0), kind_of("PRICE")
(('lend', 'pear', 'plum'), 'decimal')
"""

import re

INPUT_FILE = "input.txt"
LATER = 2
"""The turn of a day after all others, and of a number beside them."""
_TEXTS = re.compile(
    r"TEXT|NAME|TITLE|WORD|ITEM|KEY|TASK|NOTE|MESSAGE|LABEL|PRODUCT|PERSON|USER|PLAYER|CITY|BOOK|SONG|CONTACT"
    r"|SENTENCE|STRING|PHRASE|[姓名]名|名称|标题|内容|文[本字]|任务|单词|物品|商品|^键$|名$|事项|^名字$"
)
"""Placeholders that any word will do for."""
_DECIMALS = re.compile(r"\bdecimals?\b|小数", re.IGNORECASE)
# The second before the first in the alphabet: what is sorted shows, and what is not.
_VALUES = {
    "number": ("1", "2", "3"),
    "amount": ("30", "12", "45"),
    "decimal": ("12.5", "30", "47"),
    "year": ("2021", "2019", "2023"),
    "month": ("2024-03", "2024-04"),
    "phone": ("5550101", "5550102"),
    "address": ("ann@example.com", "bob@example.com"),
    "time": ("09:30", "14:05", "18:00"),
    "date": ("2024-03-15", "2024-04-02", "2024-04-10"),
    "file": (INPUT_FILE, INPUT_FILE),
    "letter": ("a", "e"),
    "text": ("pear", "apple"),
    "other text": ("plum", "fig"),
    "more text": ("red", "blue"),
}
_KINDS = (
    (
        re.compile(
            r"^(?:N|M|K|I|ID|NUM|NUMBER|INDEX|POSITION|LINE|INT|INTEGER|X|Y|ROW|COL|SEASON|EPISODE|BUTTON|SLOT)$|编号|序号|行号|下标|整数|数字|数值"
        ),
        "number",
    ),
    (
        re.compile(
            r"^(?:QTY|QUANTITY|COUNT|MINUTES|SCORE|SIZE|CAPACITY|MINS?|DB|SEATS|POINTS|AGE|TEMPERATURE|PAGES?|CALORIES|CUPS|STEPS"
            r"|LAPS|REPS|GOALS?|TARGET|LIMIT|RATING|STARS|LEVEL|DAYS|NIGHTS|WEEKS|MONTHS|SECONDS|PERCENT|STOCK"
            r"|PAY|SALARY|PEOPLE|GUESTS|GRAMS?|STROKES|PILLS|PRIORITY|DEGREES|MM|ML|PIECES|COPIES|PLACES|ROUNDS|VOTES|TICKETS|COINS|CENTS|UNITS"
            r"|BOXES|BOTTLES|WIDTH|HEIGHT|PINS|RUNS|MET(?:RE|ER)S|MILES|LENGTH|DURATION|RANK|FLOORS?|BUDGET|CAPACITY"
            r"|DOSES?|PARTS|PLATES|SERVINGS|TOKENS|SHARES|STEP|SPEED|PER_[A-Z]+)$|[数容]量|次数|个数|[杯件本张瓶份位步天页人]数$|学分|成绩|里程|间隔|分钟|分数|大小|年龄|[气水体]温|温度"
        ),
        "amount",
    ),
    (
        re.compile(
            r"^(?:AMOUNT|PRICE|COST|HOURS|SUM|TOTAL|KG|KM|CM|KILOS?|KILOMETRES|LITRES|EUROS?|DOLLARS|WEIGHT|DISTANCE)$"
            r"|金额|价格|单价|费用|小时|公斤|公里|体重|重量|距离"
        ),
        "decimal",
    ),
    (re.compile(r"^HH?:MM$|^TIME$|时间$|时刻$"), "time"),
    (re.compile(r"^YEAR$|年份"), "year"),
    (re.compile(r"^YYYY-MM$"), "month"),
    (re.compile(r"DATE|(?<![A-Z_])DAY$|^TODAY$|YYYY-MM-DD|日期"), "date"),
    (re.compile(r"FILE|PATH|文件|路径"), "file"),
    (re.compile(r"^LETTER|^CHAR|字母|字符$"), "letter"),
    (re.compile(r"^PHONE|^TEL|电话|手机"), "phone"),
    (re.compile(r"E?MAIL|邮箱|邮件"), "address"),
    (
        re.compile(r"^(?:VALUE|AUTHOR|CATEGORY|TAG|NEW|NOTE|DESCRIPTION)|类别|分类|标签|作者|备注|描述|值$"),
        "more text",
    ),
)
_WORD = r"(?!(?:an?|the|and|or|not?|one|of|at|on|in|is|has|only|then|equal|above|below|more|less)\b)[a-z]{1,12}\b"
_QUOTED = r"['\"`‘“「][^\s'\"`’”」]+['\"`’”」]"
_ITEM = rf"(?:{_QUOTED}|{_WORD}|[A-Z]{{1,3}}\b)"
_OR = rf"(?:{_ITEM}, )*{_ITEM},? or {_ITEM}"
_ALL = rf"(?:{_ITEM}, )+{_ITEM},? and {_ITEM}"
_IN_CHINESE = r"(?![负不])[\u4e00-\u9fff]{1,4}(?:、[\u4e00-\u9fff]{1,4})* ?或 ?[\u4e00-\u9fff]{1,4}"
_CHOICES = (
    rf"{{0}},? (?:is|are|being|(?:must|can|may) be) (?:one of |either )?({_OR})",
    rf"{{0}}['\"`]? \((?:one of )?({_OR}|{_ALL})\)",
    rf"{{0}},? (?:(?:is |being )?one of|out of) ({_OR}|{_ALL}|{_ITEM}(?:, {_ITEM})+)",
    rf"{{0}}s?, ((?:{_QUOTED}, )*{_QUOTED},? or {_QUOTED})",
    rf"{{0}} ?(?:只能)?[写为是] ?({_QUOTED}(?: ?[、或和] ?{_QUOTED})+|{_IN_CHINESE})",
)
"""Lists of what a name (`{0}`) has to be one of."""
_IN_PASSING = (rf"{{0}}s (?:are )?({_ALL})", rf"\b(?:with|the|an?) {{0}} ({_OR}|{_ALL})")
"""Such lists behind a name that is part of the sentence; a single letter is a word as well."""
_OF_DAYS = (rf"\bone of ({_ITEM}(?:, {_ITEM})+)",)
_RANGE = re.compile(r"(?<![\d.:-])(\d{1,4}) (?:to|and|through) (\d{1,4})(?!\d|[:.-]\d)")


def filled(form: tuple[str, ...], turn: int, text: str = "", *, entry: tuple[str, ...] = ()) -> tuple[str, ...]:
    """A form with values in the place of what it leaves open; there are two `turn`s, for numbers and days three.

    `text`: the requirement, which may say what is meant. `entry`: the form that puts something in; what has the same
    name there has the same value here.

    >>> filled(("award", "NAME", "MEDAL"), 1, "'award NAME MEDAL' gives one, where MEDAL is gold, silver or bronze.")
    ('award', 'apple', 'silver')
    >>> filled(("rate", "NAME", "STARS"), 0, "'rate NAME STARS' gives 1 to 5 stars")
    ('rate', 'pear', '2')
    >>> filled(("size", "NAME", "SIZE"), 0, "'size NAME SIZE' stores a size out of S, M and L in shirts.json")
    ('size', 'pear', 'S')
    >>> filled(("lend", "TITLE", "NAME"), 1), filled(("with", "PART"), 0, entry=("add", "TITLE", "PART"))
    (('lend', 'apple', 'fig'), ('with', 'plum'))
    """
    command, *placeholders = form
    put_in = filled(entry, turn, text) if entry and entry != form else ()
    named = dict(zip(entry[1:], put_in[1:], strict=False))
    values: list[str] = []
    for placeholder in placeholders:
        kind = _kind_in(text, placeholder)
        each = choices(placeholder, text) or _within(text, kind, _VALUES[kind])
        value = each[turn] if turn < len(each) else each[0]
        if kind == "number" and value in values:
            value = each[(turn + 1) % len(each)]  # two places, not one twice
        if kind in ("text", "more text", "date") and placeholder in named and turn < LATER:
            value = named[placeholder]
        values.append(_VALUES["other text"][turn % 2] if kind == "text" and value in values else value)
    return (command, *values)


def _kind_in(text: str, placeholder: str) -> str:
    """What a placeholder stands for by its name, or by what a requirement says of it."""
    kind = kind_of(placeholder)
    if kind == "decimal":
        return kind if _DECIMALS.search(text) else "amount"
    if placeholder == "MONTH" and "YYYY-MM" in text:
        return "month"
    if kind != "text" or is_plain(placeholder):
        return kind
    name = re.escape(placeholder)
    if re.search(rf"第 ?{name} ?[个行条项号位首]", text):
        return "number"
    a_number = rf"\b{name}\b[^.;:'\"`]{{0,40}}\b(?:numbers?|integers?)\b(?! of (?!at\b))"
    a_number += rf"|\b(?i:{name})s? (?:from )?\d+ to \d+\b"
    in_chinese = rf"{name}(?:必须|应该|应|都|均)?[是为]?[^，。；、,;:：'\"‘“「]{{0,10}}(?:整数|数字)"
    return "amount" if re.search(rf"{a_number}|{in_chinese}", text) else kind


def choices(name: str, text: str) -> tuple[str, ...]:
    """The words that a requirement has for what stands under a name, in capitals or not; empty where it lists none.

    >>> choices("unit", "an amount and a unit (cup, tbsp or tsp)"), choices("WORD", "WORD and more")
    (('cup', 'tbsp', 'tsp'), ())
    >>> choices("桶", "'装 桶' 装满；桶写 '甲' 或 '乙'"), choices("TEAM", "a pull for the teams red, blue and green")
    (('甲', '乙'), ('red', 'blue', 'green'))
    """
    bare = rf"(?<![\w-])(?i:{re.escape(name)})"
    patterns = _CHOICES + (_IN_PASSING if len(name) > 1 else ()) + (_OF_DAYS if kind_of(name) == "date" else ())
    found = next(filter(None, (re.search(each.replace("{0}", bare), text) for each in patterns)), None)
    items = re.split(r",? (?:or|and) |, | ?[、或和] ?", found[1]) if found else []
    plain = [item.strip("'\"`‘’“”「」") for item in items]
    return tuple(item for item in plain if item.isupper() == plain[0].isupper())


def _within(text: str, kind: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Values of a kind, numbers of which are in the range that a requirement states."""
    ranges = {(int(low), int(high)) for low, high in _RANGE.findall(text)}
    if kind not in ("number", "amount") or len(ranges) != 1:
        return values
    low, high = ranges.pop()
    if low >= high or all(low <= int(value) <= high for value in values):
        return values
    return tuple(str(min(low + step, high)) for step in (1, 0, 2))


def is_plain(placeholder: str) -> bool:
    """Whether it is clear what a placeholder stands for, so that a value of its kind has to be taken.

    >>> is_plain("TITLE"), is_plain("金额"), is_plain("FROM")
    (True, True, False)
    """
    return kind_of(placeholder) != "text" or bool(_TEXTS.search(placeholder.strip("<>").upper()))


def kind_of(placeholder: str) -> str:
    """What a placeholder stands for.

    >>> kind_of("N"), kind_of("<name>"), kind_of("金额")
    ('number', 'text', 'decimal')
    """
    name = placeholder.strip("<>").upper()
    return next((kind for pattern, kind in _KINDS if pattern.search(name)), "text")


_SAMPLE_WORD = re.compile(r"\d+(?:\.\d+)?|\d{4}-\d\d-\d\d|\d?\d:\d\d|[A-Z]?[a-z]+|[\u4e00-\u9fff]+")
"""A value that a command is given, or a name for it in Chinese."""


_SHAPES = (
    (r"\d", "N"),
    (r"\d+", "QUANTITY"),
    (r"\d+\.\d+", "AMOUNT"),
    (r"\d{4}-\d\d-\d\d", "DATE"),
    (r"\d?\d:\d\d", "TIME"),
)


def with_names(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command as it might be typed, with names for the numbers, days and words that it is given.

    >>> with_names(("in", "250")), with_names(("buy", "milk", "3")), with_names(("book", "2024-05-03", "Anna"))
    (('in', 'QUANTITY'), ('buy', 'ITEM', 'N'), ('book', 'DATE', 'ITEM'))
    >>> with_names(("add", "12.5", "午饭")), with_names(("add", "姓名"))
    (('add', 'AMOUNT', '午饭'), ('add', '姓名'))
    """
    given = words[1:]
    plain = re.fullmatch(r"[a-z]+", words[0]) if words else None
    if not plain or not any(map(str.isascii, given)) or not all(map(_SAMPLE_WORD.fullmatch, given)):
        return words
    names = iter(("ITEM", "NAME", "TEXT", "VALUE"))
    found = (next((kind for pattern, kind in _SHAPES if re.fullmatch(pattern, word)), "") for word in given[:4])
    return (
        words[0],
        *(kind or (next(names) if word.isascii() else word) for kind, word in zip(found, given, strict=False)),
    )
