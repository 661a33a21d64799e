"""A requirement with the commands in quotes that it writes without: the other rules look for those.

>>> quoted_commands("It has the commands set NAME NUMBER, remove NAME and list.")
"It has the commands 'set NAME NUMBER', 'remove NAME' and 'list'."
"""

import re

_ITEM = r"[a-z]{2,12}(?: [A-Z][A-Z_]*\b)*(?![\w-]| (?!and\b|or\b)[a-z])"
_BETWEEN = r"(?:, and |, or |, | and | or )"
_LISTED = re.compile(rf"\bcommands(?:,|:| are|) (?P<all>{_ITEM}(?:{_BETWEEN}{_ITEM})+)")
_BEHIND_THE_PROGRAM = re.compile(
    r"(?<![`'\"“‘/\w])((?:python3? )?main\.py [a-z]{2,12}(?: [A-Z][A-Z_]*\b)*)(?![\w-]|[^\s\w]*['\"`])"
)
_IN_CHINESE = re.compile(r"(?<=[。；;，,：:])\s*([a-z]{2,10}(?: [\u4e00-\u9fff]{1,4})*)(?=[:：])")
_VALUES = re.compile(r" [A-Z]")


def quoted_commands(text: str) -> str:
    """`text` with its commands in quotes; unchanged where it has some in quotes, or none.

    >>> quoted_commands("main.py add NAME stores one, main.py list prints all.")
    "'main.py add NAME' stores one, 'main.py list' prints all."
    >>> quoted_commands("存到a.json。set 姓名 电话：新增；get 姓名：只输出电话；list：每行一个。")
    '存到a.json。“set 姓名 电话”：新增；“get 姓名”：只输出电话；“list”：每行一个。'
    >>> quoted_commands("main.py takes a number and prints it.")
    'main.py takes a number and prints it.'
    """
    listed = _LISTED.search(text)
    if listed and _VALUES.search(listed["all"]):
        parts = re.split(f"({_BETWEEN})", listed["all"])
        quoted = "".join(part if place % 2 else f"'{part}'" for place, part in enumerate(parts))
        return text[: listed.start("all")] + quoted + text[listed.end("all") :]
    started = {found[1].split("main.py ")[1].split()[0] for found in _BEHIND_THE_PROGRAM.finditer(text)}
    if len(started) > 1 and any(_VALUES.search(found[1]) for found in _BEHIND_THE_PROGRAM.finditer(text)):
        return _BEHIND_THE_PROGRAM.sub(r"'\1'", text)
    chinese = _IN_CHINESE.findall(text)
    if len(chinese) > 1 and any(" " in each for each in chinese):
        return _IN_CHINESE.sub(r"“\1”", text)
    return text
