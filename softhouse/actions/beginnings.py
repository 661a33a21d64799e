"""How a program is begun for a small model, from the requirement's own words: its imports, and where its input is.

Left alone, the model reads a file where standard input is named, asks questions where arguments are, takes every
program for one that may get a file name, and imports what is not installed.

>>> print(beginning("prints the words of standard input, one per line"))
import sys
<BLANKLINE>
<BLANKLINE>
def main():
    text = sys.stdin.read()
<BLANKLINE>
"""

import ast
import re
from typing import Literal

from softhouse.actions.source import parsed
from softhouse.actions.usage import synopsis, usage_forms

_STANDARD_INPUT = re.compile(r"\b(?:stdin|standard input|piped (?:in|to|into))\b|标准输入", re.IGNORECASE)
_ARGUMENTS = re.compile(r"\b(?:takes?|accepts?|given|arguments?|options?)\b|参数|接收|接受|给定", re.IGNORECASE)
_CONVERSATION = re.compile(
    r"\b(?:asks?|prompts?|interactive(?:ly)?|menu|guess(?:es)?|quiz|the user (?:enters?|types?|inputs?))\b"
    r"|交互|询问|提示用户|用户输入|菜单|猜数",
    re.IGNORECASE,
)
_PLAYERS = re.compile(r"\bplayers?\b|玩家", re.IGNORECASE)
"""Who talk to a program, unless all that they did stands on standard input."""
_LINES = re.compile(r"\blines?\b|行(?!程序)", re.IGNORECASE)
_PRINTS = re.compile(r"\bprints?\b|打印|输出", re.IGNORECASE)
_SAYS_ON_OUTPUT = re.compile(
    r"\bprints? ['\"`‘“][^'\"`’”\n]+['\"`’”] (?:on|to) (?:stdout|standard output)\b|标准输出", re.IGNORECASE
)
_DATA_FILE = re.compile(
    r"\b([\w-]+\.(?:json|txt|csv|db))\b[^.;。；\n]{0,12}(?:\bin the (?:current|working) directory|中|里)"
    r"|(?:当前|工作)目录[^.;。；\n]{0,6}?\b([\w-]+\.(?:json|txt|csv|db))\b"
    r"|\b(?:kept|keep(?:s|ing)?|stor(?:es?|ed|ing)|sav(?:es?|ed|ing)|remember(?:s|ed)?|record(?:s|ed)?|state|data)\b"
    r"[^.;\n]{0,48}?\b(?:in|to) ([\w-]+\.(?:json|txt|csv|db))\b"
    r"|(?:存|记录|写)(?:到|在|入|进|于)\s*([\w-]+\.(?:json|txt|csv|db))\b"
)
_MODULES = (
    (re.compile(r"\bfiles?\b|\bdirector(?:y|ies)\b|\bfolders?\b|\.json\b|文件|目录", re.IGNORECASE), "os"),
    (re.compile(r"\bCSV\b", re.IGNORECASE), "csv"),
    (re.compile(r"json", re.IGNORECASE), "json"),
    (re.compile(r"\bdates?\b|日期", re.IGNORECASE), "datetime"),
    (re.compile(r"\bINI\b"), "configparser"),
)
"""What a requirement speaks of, and the module that knows about it; one that is not used is taken out again."""


Way = Literal["main", "function", "plain"]
"""How an answer is begun: up to where the input is, with the function that works out the answer, or not at all."""


def beginning(text: str, way: Way = "main") -> str:
    """The first lines of a program that does what `text` asks for; the last one may be only begun.

    A program that is begun with its input says much about wrong input; some requirements are better left to the model.
    """
    if way == "plain":
        return ""
    modules = ["sys", *(module for words, module in _MODULES if words.search(text))]
    begun = f"import {', '.join(modules)}\n\n\ndef "
    if way == "function":
        return begun
    begun += "main():\n"
    if forms := usage_forms(text):
        return f"{begun}    if len(sys.argv) < {1 + min(map(len, forms))}:\n"
    if reads_standard_input(text):
        lines = _LINES.search(before_printing(text))
        begun += f"    {'lines = sys.stdin.read().splitlines()' if lines else 'text = sys.stdin.read()'}\n"
    return f"{begun}    if len(sys.argv)" if takes_arguments(text) and not talks(text) else begun


def before_printing(text: str) -> str:
    """What a requirement says before it comes to the output: of the input, mostly."""
    return _PRINTS.split(text, maxsplit=1)[0]


def reads_standard_input(text: str) -> bool:
    """Whether a requirement names standard input, and means all of it."""
    return bool(_STANDARD_INPUT.search(text)) and not talks(text)


def takes_arguments(text: str) -> bool:
    """Whether a requirement speaks of something that is given to the program when it starts."""
    return bool(_ARGUMENTS.search(text) or synopsis(text))


def talks(text: str) -> bool:
    """Whether a program asks its user while it runs.

    >>> talks("Write a number guessing game that asks for a number"), talks("takes a number and prints its square")
    (True, False)
    """
    players = _PLAYERS.search(text) and not _STANDARD_INPUT.search(text)
    return bool(_CONVERSATION.search(text) or players) and not usage_forms(text)


def asks_for_output(text: str) -> bool:
    """Whether a requirement says in so many words what is printed."""
    return bool(_PRINTS.search(text))


def says_on_output(text: str) -> bool:
    """Whether a requirement has something printed on standard output by name: then the house has no rule of its own."""
    return bool(_SAYS_ON_OUTPUT.search(text))


def data_file(text: str) -> str:
    """The file in which a program keeps its data from one start to the next; empty for none.

    >>> data_file("keeping notes in notes.json in the current directory"), data_file("takes a file a.json and a key")
    ('notes.json', '')
    >>> data_file("with its state in game.json"), data_file("每杯记一个章，存到 cards.json")
    ('game.json', 'cards.json')
    """
    found = _DATA_FILE.search(text)
    return next(filter(None, found.groups()), "") if found else ""


def started(content: str) -> str:
    """`content` with a call of its `main`, where nothing calls it.

    >>> print(started("def main():\\n    print(1)\\n"))
    def main():
        print(1)
    <BLANKLINE>
    <BLANKLINE>
    if __name__ == "__main__":
        main()
    <BLANKLINE>
    """
    if (tree := parsed(content)) is None:
        return content
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    called = any(isinstance(node, ast.Name) and node.id == "main" for node in ast.walk(tree))
    if not mains or called or mains[-1].args.args:
        return content
    return f'{content.rstrip()}\n\n\nif __name__ == "__main__":\n    main()\n'
