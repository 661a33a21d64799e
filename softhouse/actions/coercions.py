"""A type error that its traceback explains, mended by rule: `str(…)` or `int(…)` where Python says that it is missing.

A small model forgets these, and shown the traceback it returns the same program more often than not. The caller runs
what comes back and keeps it only where it is better.

>>> source = 'names = [1, 2]\\nprint(" ".join(names))\\n'
>>> said = 'File "/work/main.py", line 2, in <module>\\nTypeError: sequence item 0: expected str instance, int found'
>>> coerced(source, "main.py", said).splitlines()[1]
"print(' '.join(map(str, names)))"
"""

import ast
import re
from collections.abc import Callable

from softhouse.actions.source import edited, parsed, replaced

_Change = Callable[[ast.AST], ast.AST]
_DEFAULTS = {"Decimal": "float", "set": "sorted", "datetime": "str", "date": "str", "PosixPath": "str"}
"""How `json` may write what it cannot write."""


def coerced(source: str, program: str, traceback: str) -> str:
    """`source` with the line that the traceback ends in changed; as it was where no rule knows the error."""
    lines = re.findall(rf'File "[^"\n]*\b{re.escape(program)}", line (\d+)', traceback)
    said = traceback.rstrip().rpartition("\n")[2]
    if (tree := parsed(source)) is None or not lines:
        return source
    change = _change(said)
    statement = _statement(tree, int(lines[-1]))
    if change is None or statement is None:
        return source
    before = ast.unparse(statement)
    changed = ast.unparse(ast.fix_missing_locations(_Everywhere(change).visit(statement)))
    return source if changed == before else edited(source, [replaced(statement, changed)])


class _Everywhere(ast.NodeTransformer):
    def __init__(self, change: _Change) -> None:
        self._change = change

    def visit(self, node: ast.AST) -> ast.AST:
        return self._change(self.generic_visit(node))


def _change(said: str) -> _Change | None:
    """What to do with every part of the line, by what Python says."""
    if "Unknown format code 'd' for object of type 'float'" in said:
        return _whole_numbers
    if re.search(r"sequence item \d+: expected str instance", said):
        return _joined_texts
    if "'str' object does not support item assignment" in said:
        return _text_with_another_sign
    if "can only concatenate str" in said or re.search(r"for \+=?: '(?:int|float)' and 'str'", said):
        return _added_texts
    if re.search(r"\b(?:replace|write)\(\) argument.* must be str", said):
        return _text_arguments
    if "object cannot be interpreted as an integer" in said:
        return _whole_ranges
    if written := re.search(r"Object of type (\w+) is not JSON serializable", said):
        default = _DEFAULTS.get(written[1])
        return None if default is None else lambda node: _written_with(node, default)
    return None


def only_english(source: str) -> str:
    """`source` with every `x.isalpha()` about English letters alone; Python's own takes those of all languages.

    >>> only_english("if c.isalpha():\\n    n += 1\\n")
    'if (c.isascii() and c.isalpha()):\\n    n += 1\\n'
    """
    return re.sub(r"(?<![\w.])(\w+)\.isalpha\(\)", r"(\1.isascii() and \1.isalpha())", source)


def words_of_letters(source: str) -> str:
    """`source` that takes runs of letters for words, where it takes what stands between blanks.

    >>> print(words_of_letters("words = text.lower().split()"))
    words = re.findall('[^\\\\W\\\\d_]+', text.lower())
    """
    calls = (node for node in ast.walk(parsed(source) or ast.Module([], [])) if isinstance(node, ast.Call))
    splits = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "split" and not c.args]
    letters = ast.Constant(r"[^\W\d_]+")
    edits = [
        replaced(call, ast.unparse(ast.Call(ast.parse("re.findall", mode="eval").body, [letters, call.func.value], [])))
        for call in splits
        if isinstance(call.func, ast.Attribute)
    ]
    return edited(source, edits) if len(edits) == 1 else source


def _called(function: str, argument: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(function), [argument], [])


def _whole_numbers(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.FormattedValue) and node.format_spec and ast.unparse(node.format_spec)[-2:-1] == "d":
        node.value = _called("int", node.value)
    return node


def _joined_texts(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join" and node.args:
        node.args = [ast.Call(ast.Name("map"), [ast.Name("str"), node.args[0]], [])]
    return node


def _added_texts(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        node.value = _as_text(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        node.left, node.right = _as_text(node.left), _as_text(node.right)
    return node


def _as_text(operand: ast.expr) -> ast.expr:
    text = isinstance(operand, ast.JoinedStr) or (isinstance(operand, ast.Constant) and isinstance(operand.value, str))
    added = isinstance(operand, ast.BinOp) and isinstance(operand.op, ast.Add)
    return operand if text or added else _called("str", operand)


def _text_with_another_sign(node: ast.AST) -> ast.AST:
    """`row[j] = x` for a row that is a text: the text before, the sign, the text behind."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Subscript):
        return node
    text, place = ast.unparse(node.targets[0].value), ast.unparse(node.targets[0].slice)
    if isinstance(node.targets[0].slice, (ast.Slice, ast.UnaryOp)):
        return node
    return ast.parse(f"{text} = {text}[:{place}] + {ast.unparse(node.value)} + {text}[{place} + 1:]").body[0]


def _text_arguments(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("replace", "write"):
        node.args = [_as_text(argument) for argument in node.args]
    return node


def _whole_ranges(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        node.args = [a if isinstance(a, ast.Constant) else _called("int", a) for a in node.args]
    return node


def _written_with(node: ast.AST, default: str) -> ast.AST:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("json.dump", "json.dumps"):
        node.keywords.append(ast.keyword("default", ast.Name(default)))
    return node


def _statement(tree: ast.Module, line: int) -> ast.stmt | None:
    """The statement that stands on a line, if it is one without a block."""
    holding = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0) and not hasattr(node, "body")
    ]
    return holding[-1] if holding else None
