"""Code in a reply: fenced blocks, and what to do where a model leaves the fences out.

>>> extract_code("Here you go:\\n```python\\nprint(1)\\n```\\nEnjoy!")
'print(1)\\n'
"""

import ast
import re
import warnings
from dataclasses import dataclass

_FENCE = re.compile(r"^[ \t]{0,3}(?P<ticks>`{3,}|~{3,})[ \t]*(?P<tag>[^\s`{]*)[^`\n]*$")
_ALIASES = {"py": "python", "python3": "python", "sh": "bash", "shell": "bash", "js": "javascript", "yml": "yaml"}
_CODE_STARTS = re.compile(
    r"(?:import |from \w|def |class |async def |#|@|if |for |while |try:|with |print\(|\"\"\"|'''|\w+\s*=)"
)
_MOST_TRIES = 20


@dataclass(frozen=True)
class CodeBlock:
    """One fenced block."""

    language: str
    """In lower case, `python` for `py`; empty without a tag."""
    code: str
    closed: bool
    """False: the reply ends inside of it."""


def code_blocks(text: str) -> list[CodeBlock]:
    """The fenced blocks of `text`, in order (CommonMark 0.31, section 4.5; a fence may be indented by three blanks)."""
    blocks: list[CodeBlock] = []
    lines: list[str] = []
    ticks = language = ""
    for line in text.splitlines(keepends=True):
        fence = _FENCE.match(line.rstrip("\r\n"))
        if not ticks:
            if fence:
                ticks, lines = fence["ticks"], []
                tag = fence["tag"].lower()
                language = _ALIASES.get(tag, tag)
        elif fence and not fence["tag"] and fence["ticks"].startswith(ticks):
            blocks.append(CodeBlock(language, "".join(lines), closed=True))
            ticks = ""
        else:
            lines.append(line)
    if ticks:
        blocks.append(CodeBlock(language, "".join(lines), closed=False))
    return blocks


def extract_code(text: str, language: str = "python") -> str:
    """The code in `text`, ending in a newline; empty where there is none.

    Give the prefill in front, where there was one. Of several blocks it is the longest of `language` (of those that
    parse, for Python; the later of equals), else the longest without a tag. A block that is not closed counts as it is:
    the finish reason tells whether the reply was cut. Without fences the reply is code from the first line like it.
    """
    blocks = [block for block in code_blocks(text) if block.code.strip()]
    for wanted in (language, ""):
        fitting = [block.code for block in blocks if block.language == wanted]
        if language == "python":
            fitting = [code for code in fitting if parses(code)] or fitting
        if fitting:
            return _ended(max(reversed(fitting), key=len))
    return "" if blocks else _ended(_without_prose(text, language))


def parses(code: str) -> bool:
    """Whether `code` is Python.

    >>> parses("print(1)"), parses("print(")
    (True, False)
    """
    return parsed(code) is not None


def parsed(code: str) -> ast.Module | None:
    """The syntax tree; None for what is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a strange escape is still Python
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _without_prose(text: str, language: str) -> str:
    """The lines of `text` without fences; for Python from the first that looks like code to the last that parses."""
    lines = [line for line in text.splitlines(keepends=True) if not _FENCE.match(line.rstrip("\r\n"))]
    if language != "python":
        return "".join(lines)
    first = next((number for number, line in enumerate(lines) if _CODE_STARTS.match(line)), None)
    if first is None:
        return ""
    for end in range(len(lines), max(first, len(lines) - _MOST_TRIES), -1):
        code = "".join(lines[first:end])
        if parses(code):
            return code
    return "".join(lines[first:])


def _ended(code: str) -> str:
    stripped = code.strip("\r\n").rstrip()
    return f"{stripped}\n" if stripped else ""
