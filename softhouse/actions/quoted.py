"""A requirement with the commands in quotes that it writes without: the other rules look for those.

>>> quoted_commands("It has the commands set NAME NUMBER, remove NAME and list.")
"It has the commands 'set NAME NUMBER', 'remove NAME' and 'list'."
"""

import re

_ITEM = r"[a-z]{2,12}(?: [A-Z][A-Z_]*\b)*(?![\w-]| (?!and\b|or\b)[a-z])"
_BETWEEN = r"(?:, and |, or |, | and | or )"
_LISTED = re.compile(rf"\bcommands(?:,|:| are|) (?P<all>{_ITEM}(?:{_BETWEEN}{_ITEM})+)")
_IN_CHINESE = re.compile(r"(?<=[。；;，,：:])\s*([a-z]{2,10}(?: [\u4e00-\u9fff]{1,4})*)(?=[:：])")
_VALUES = re.compile(r" [A-Z]")


def quoted_commands(text: str) -> str:
    """`text` with its commands in quotes; unchanged where it has some in quotes, or none.

    >>> quoted_commands("存到a.json。set 姓名 电话：新增；get 姓名：只输出电话；list：每行一个。")
    '存到a.json。“set 姓名 电话”：新增；“get 姓名”：只输出电话；“list”：每行一个。'
    >>> quoted_commands("'python main.py say NAME' says it, 'python main.py read' reads it.")
    "'python main.py say NAME' says it, 'python main.py read' reads it."
    """
    listed = _LISTED.search(text)
    if listed and _VALUES.search(listed["all"]):
        parts = re.split(f"({_BETWEEN})", listed["all"])
        quoted = "".join(part if place % 2 else f"'{part}'" for place, part in enumerate(parts))
        return text[: listed.start("all")] + quoted + text[listed.end("all") :]
    chinese = _IN_CHINESE.findall(text)
    if len(chinese) > 1 and any(" " in each for each in chinese):
        return _IN_CHINESE.sub(r"“\1”", text)
    return text
