"""What can be mended in a small model's Python by rule, without asking anybody: a forgotten import, trailing prose.

Only what cannot make a right program wrong: a name that is defined nowhere and that the standard library has, a
variable of an outer function that an inner one changes without saying so.
"""

import ast
import re
import sys
from collections.abc import Mapping

from pyflakes import checker, messages

from softhouse.actions.source import edited, parsed, replaced

# Where a bare name most likely comes from, for names that several modules offer or that no module is called after.
_HOMES = {
    "Counter": "collections",
    "OrderedDict": "collections",
    "defaultdict": "collections",
    "deque": "collections",
    "namedtuple": "collections",
    "dataclass": "dataclasses",
    "field": "dataclasses",
    "date": "datetime",
    "timedelta": "datetime",
    "timezone": "datetime",
    "Decimal": "decimal",
    "Enum": "enum",
    "Fraction": "fractions",
    "lru_cache": "functools",
    "reduce": "functools",
    "gcd": "math",
    "isqrt": "math",
    "sqrt": "math",
    "Path": "pathlib",
    "StringIO": "io",
    "ascii_lowercase": "string",
    "ascii_uppercase": "string",
    "ascii_letters": "string",
    "punctuation": "string",
    "mean": "statistics",
    "median": "statistics",
    "combinations": "itertools",
    "permutations": "itertools",
    "product": "itertools",
    "groupby": "itertools",
    "Any": "typing",
    "Dict": "typing",
    "List": "typing",
    "Optional": "typing",
    "Tuple": "typing",
}
_MOST_CUT_LINES = 40


def mechanically_fixed(content: str) -> str:
    """`content` with what rules can mend; unchanged where they cannot.

    >>> print(mechanically_fixed("print(sys.argv)"))
    import sys
    print(sys.argv)
    <BLANKLINE>
    """
    content = _with_ranges(_once_apart(_declared(_parsable(content).rstrip() + "\n")))
    imports = _missing_imports(content)
    if not imports:
        return content
    lines = content.splitlines(keepends=True)
    at = _after_docstring_and_future(content)
    return "".join([*lines[:at], *(f"{line}\n" for line in imports), *lines[at:]])


def without_unused_imports(content: str) -> str:
    """Drop names that are imported at the top and never used (an answer that was begun with imports has some).

    >>> without_unused_imports("import os\\nimport sys\\nprint(sys.argv)\\n")
    'import sys\\nprint(sys.argv)\\n'
    """
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return content
    unused = {
        (m.lineno, m.message_args[0]) for m in checker.Checker(tree).messages if isinstance(m, messages.UnusedImport)
    }
    lines = content.splitlines(keepends=True)
    for node in tree.body:
        if isinstance(node, ast.Import) and node.lineno == node.end_lineno:
            kept = [alias for alias in node.names if (node.lineno, alias.asname or alias.name) not in unused]
            if len(kept) < len(node.names):
                lines[node.lineno - 1] = f"{ast.unparse(ast.Import(names=kept))}\n" if kept else ""
    return "".join(lines).lstrip("\n")


def calendar_years(content: str, text: str) -> str:
    """With years counted by the calendar where a program divides days by 365, unless the requirement `text` does.

    That is wrong around birthdays, one leap day after the other.

    >>> print(calendar_years("age = (day - birth).days // 365", "prints the age in years"))
    age = (day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)))
    """
    if "365" in text or (tree := parsed(content)) is None:
        return content
    values = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    edits = []
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(counted, ast.FloorDiv(), ast.Constant(365 | 365.25)):
                pass
            case ast.Call(ast.Name("int"), [ast.BinOp(counted, ast.Div(), ast.Constant(365 | 365.25))]):
                pass
            case _:
                continue
        if between := _days_between(counted, values):
            later, earlier = between
            day, birth = (f"({each}.month, {each}.day)" for each in between)
            edits.append(replaced(node, f"({later}.year - {earlier}.year - ({day} < {birth}))"))
    return edited(content, edits)


def _days_between(node: ast.expr, values: Mapping[str, ast.expr]) -> tuple[str, str] | None:
    """The two dates between which a program counts days, the later one first; `values`: what names were given."""
    counted = values.get(node.id, node) if isinstance(node, ast.Name) else node
    if not (isinstance(counted, ast.Attribute) and counted.attr == "days"):
        return None
    between = values.get(counted.value.id) if isinstance(counted.value, ast.Name) else counted.value
    match between:
        case ast.BinOp(later, ast.Sub(), earlier):
            return ast.unparse(later), ast.unparse(earlier)
    return None


def _once_apart(content: str) -> str:
    """With one blank between what `print` takes, where a text has one at an end and `print` adds another.

    >>> _once_apart("print('Total: ', total)")
    "print('Total:', total)"
    """
    if (tree := parsed(content)) is None:
        return content
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "print")
    edits = []
    for call in calls:
        if len(call.args) > 1 and not any(keyword.arg == "sep" for keyword in call.keywords):
            for place, argument in enumerate(call.args):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    text = argument.value.removesuffix(" ") if place < len(call.args) - 1 else argument.value
                    text = text.removeprefix(" ") if place and text != " " else text
                    if text.strip() and text != argument.value:
                        edits.append(replaced(argument, repr(text)))
    return edited(content, edits)


def _with_ranges(content: str) -> str:
    r"""With a hyphen that means itself in each pattern where Python takes it for a range that cannot be.

    >>> _with_ranges("re.findall('[+-*/]|[0-9]+', text)")
    "re.findall('[+\\\\-*/]|[0-9]+', text)"
    """
    if "re." not in content or (tree := parsed(content)) is None:
        return content
    edits = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re")), [ast.Constant(str() as pattern) as argument, *_]):
                if (mended := _compilable(pattern)) != pattern:
                    edits.append(replaced(argument, repr(mended)))
    return edited(content, edits)


def _compilable(pattern: str) -> str:
    """A pattern with a backslash before the hyphens of ranges that are none."""
    for _ in range(pattern.count("-")):
        try:
            re.compile(pattern)
        except re.error as error:
            if "bad character range" not in error.msg or error.pos is None:
                break
            place = pattern.index("-", error.pos)
            pattern = rf"{pattern[:place]}\{pattern[place:]}"
        else:
            break
    return pattern


def _parsable(content: str) -> str:
    """The longest beginning that parses, if only the last lines do not (prose, or a line that was cut)."""
    lines = content.splitlines()
    for cut in range(min(len(lines), _MOST_CUT_LINES)):
        candidate = "\n".join(lines[: len(lines) - cut])
        try:
            ast.parse(candidate)
        except (SyntaxError, ValueError):
            continue
        return candidate
    return content


def _declared(content: str) -> str:
    """With `nonlocal` or `global` in functions that read an outer variable and then give it a value."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return content
    unbound = {
        (m.lineno, m.message_args[0]) for m in checker.Checker(tree).messages if isinstance(m, messages.UndefinedLocal)
    }
    declarations: dict[int, set[str]] = {}
    for line, name in unbound:
        around = [
            f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.lineno <= line <= (f.end_lineno or 0)
        ]
        if around and name not in {
            argument.arg for argument in ast.walk(around[-1].args) if isinstance(argument, ast.arg)
        }:
            word = "nonlocal" if any(_assigns(outer, name) for outer in around[:-1]) else "global"
            if word == "nonlocal" or _assigns(tree, name):
                first = around[-1].body[0]
                if first.lineno == around[-1].lineno:
                    continue
                declarations.setdefault(first.lineno, set()).add(f"{' ' * first.col_offset}{word} {name}\n")
    lines = content.splitlines(keepends=True)
    for line in sorted(declarations, reverse=True):
        lines[line - 1 : line - 1] = sorted(declarations[line])
    return "".join(lines)


def _assigns(scope: ast.Module | ast.FunctionDef, name: str) -> bool:
    """Whether the scope itself, not a function in it, gives `name` a value."""
    waiting: list[ast.AST] = list(scope.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return False


def _missing_imports(content: str) -> list[str]:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return []
    names = {m.message_args[0] for m in checker.Checker(tree).messages if isinstance(m, messages.UndefinedName)}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    lines = set()
    for name in names:
        if (
            name == "datetime"
        ):  # `datetime.now()` means the class, `datetime.datetime` and `datetime.timedelta` the module
            attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and _is_name(n.value, name)}
            module = attributes & {"datetime", "timedelta", "date", "timezone", "time"}
            lines.add("import datetime" if module else "from datetime import datetime")
        elif name in _HOMES:
            lines.add(f"from {_HOMES[name]} import {name}")
        elif name in sys.stdlib_module_names and name not in called:
            lines.add(f"import {name}")
    return sorted(lines)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _after_docstring_and_future(content: str) -> int:
    """The number of lines before which nothing may be inserted."""
    last = 0
    for node in ast.parse(content).body:
        docstring = (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        )
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not docstring and not future:
            break
        last = node.end_lineno or last
    return last
