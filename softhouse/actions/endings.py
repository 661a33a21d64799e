"""Words that a requirement has printed before the program ends with an exit code: prints 'weak' and exits with code 1.

Small models print the word to standard error, or end with 0 after it. Both are mended in the source, before it runs.

>>> text = "Otherwise it prints 'weak' and exits with code 1."
>>> print(ended_as_stated('def main():\\n    print("weak", file=sys.stderr)\\n    sys.exit(1)\\n', text))
def main():
    print("weak")
    sys.exit(1)
<BLANKLINE>
>>> print(ended_as_stated('def main():\\n    print(verdict)\\n\\nverdict = "weak"\\n', text))
def main():
    print(verdict)
    if verdict == 'weak':
        sys.exit(1)
<BLANKLINE>
verdict = "weak"
<BLANKLINE>
"""

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise, zip_longest

from softhouse.actions.refusals import exits
from softhouse.actions.source import Edit, edited, followed, parsed, replaced

_STATED = re.compile(
    r"(?:\b(?:prints?|outputs?|says)\s+['\"`‘“](?P<word>[^'\"`’”\n]+)['\"`’”]\s*,?\s*(?:and|then|but)\s+(?:it\s+)?"
    r"(?:exits?|ends?|stops?)\s+with\s+(?:an?\s+|the\s+)?(?:exit\s+)?(?:code|status)?\s*(?P<code>[1-9]\d*))"
    r"|(?:(?:打印|输出)\s*['\"`‘“「](?P<said>[^'\"`’”」\n]+)['\"`’”」]\s*[,，]?\s*(?:并且?|然后|且)?\s*以?\s*"
    r"(?:退出码|状态码)\s*(?:为|是)?\s*(?P<number>[1-9]\d*))",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\bstandard error\b|\bstderr\b|标准错误", re.IGNORECASE)


def stated_endings(text: str) -> dict[str, int]:
    """Words that are printed, each with the exit code that follows it.

    >>> stated_endings("It prints 'none' and exits with code 2."), stated_endings("否则输出 '无' 并以退出码 1 结束")
    ({'none': 2}, {'无': 1})
    """
    if _ELSEWHERE.search(text):
        return {}
    return {(f["word"] or f["said"]): int(f["code"] or f["number"]) for f in _STATED.finditer(text)}


_AFTER_OUTPUT = re.compile(
    r"\bprints? (?!['\"`‘“]|(?:an? |the )?(?:\w+ )?(?:error|message|usage|warning)\b|nothing\b|to\b)[^.;'\"`]*?,? and"
    r" (?:it )?(?:exits?|ends?|stops?) with (?:an? |the )?(?:exit )?(?:code|status) (?P<code>[1-9]\d*)",
    re.IGNORECASE,
)


def ends_after_output(text: str) -> int | None:
    """The exit code that follows something which is printed and not quoted.

    >>> ends_after_output("otherwise it prints the missing letters and exits with code 1")
    1
    >>> ends_after_output("it prints an error and exits with code 1")
    """
    found = None if _ELSEWHERE.search(text) else _AFTER_OUTPUT.search(text)
    return int(found["code"]) if found else None


def ended_as_stated(source: str, text: str) -> str:
    """`source` that prints such a word on standard output and ends with its code; unchanged where it does not parse."""
    endings = stated_endings(text)
    if ends_after_output(text):
        source = _on_output(source)
    if not endings or (tree := parsed(source)) is None:
        return source
    words = {
        node.value.strip() for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    changed = edited(source, _edits(tree.body, {w: code for w, code in endings.items() if w in words}, loop=False))
    return changed if parsed(changed) else source


def _on_output(source: str) -> str:
    """`source` that prints on standard output what stands before an exit there and has no words of its own.

    >>> _on_output("if missing:\\n    print(''.join(missing), file=sys.stderr)\\n    sys.exit(1)\\n").splitlines()[1]
    "    print(''.join(missing))"
    """
    if (tree := parsed(source)) is None:
        return source
    edits = []
    bodies = [getattr(node, name, []) for node in ast.walk(tree) for name in ("body", "orelse")]
    for statement, following in (pair for body in bodies if isinstance(body, list) for pair in pairwise(body)):
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "print" or not exits(following):
            continue
        words = [n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        if call.args and call.keywords and not any(re.search(r"[^\W\d_]{2}", word) for word in words):
            call.keywords = [keyword for keyword in call.keywords if keyword.arg != "file"]
            edits.append(replaced(statement, ast.unparse(call)))
    return edited(source, edits)


def _edits(body: list[ast.stmt], endings: Mapping[str, int], *, loop: bool) -> Iterator[Edit]:
    for statement, following in zip_longest(body, body[1:]):
        goes_on = loop and not isinstance(following, (ast.Return, ast.Break))
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield from _printed(statement, statement.value, endings, ends=goes_on or exits(following))
        inner = loop or isinstance(statement, (ast.For, ast.While))
        for name in ("body", "orelse", "finalbody"):
            yield from _edits(getattr(statement, name, []), endings, loop=inner)
        for handler in getattr(statement, "handlers", []):
            yield from _edits(handler.body, endings, loop=inner)


def _printed(statement: ast.Expr, call: ast.Call, endings: Mapping[str, int], *, ends: bool) -> Iterator[Edit]:
    """Edits for one statement that prints; `ends`: what follows it is as it should be."""
    function = ast.unparse(call.func)
    if function not in ("print", "sys.stderr.write") or len(call.args) != 1:
        return
    (argument,) = call.args
    if isinstance(argument, ast.Constant) and str(argument.value).strip() in endings:
        said = str(argument.value).strip()
        if function != "print" or any(keyword.arg == "file" for keyword in call.keywords):
            end = "" if ends else f"\n{' ' * statement.col_offset}sys.exit({endings[said]})"
            yield replaced(statement, f'print("{said}"){end}')
        elif not ends:
            yield followed(statement, f"sys.exit({endings[said]})")
    elif not ends and not call.keywords and isinstance(argument, (ast.Name, ast.Call)):
        name = argument.id if isinstance(argument, ast.Name) else "outcome"
        tests = [line for w, code in endings.items() for line in (f"if {name} == {w!r}:", f"    sys.exit({code})")]
        if isinstance(argument, ast.Name):
            yield followed(statement, *tests)
        else:
            lines = [f"outcome = {ast.unparse(argument)}", "print(outcome)", *tests]
            yield replaced(statement, f"\n{' ' * statement.col_offset}".join(lines))
