"""Small changes to what a program prints, each to be run and kept only where it is better.

>>> from softhouse.actions.source import edited
>>> source = 'for n in numbers:\\n    if n > 9:\\n        print(n)\\n'
>>> print(edited(source, next(or_else(ast.parse(source), "none"))))
anything = False
for n in numbers:
    if n > 9:
        print(n)
        anything = True
if not anything:
    print('none')
<BLANKLINE>
"""

import ast
from collections.abc import Iterator
from typing import Literal

from softhouse.actions.refusals import exits, is_printed
from softhouse.actions.source import Edit, followed, inserted, replaced


def or_else(tree: ast.Module, said: str) -> Iterator[list[Edit]]:
    """What is printed where a loop finds nothing to print."""
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For) and not node.orelse):
        within = [node for part in loop.body if isinstance(part, ast.If) for node in ast.walk(part)]
        shown = [node for node in within if is_printed(node)]
        if shown:
            lines = "\n".join(["anything = False", " " * loop.col_offset])
            yield [
                inserted((loop.lineno, loop.col_offset), lines),
                followed(loop, "if not anything:", f"    print({said!r})"),
                *(followed(node, "anything = True") for node in shown if isinstance(node, ast.Expr)),
            ]


def once_ended(tree: ast.Module) -> Iterator[list[Edit]]:
    """Texts that are printed with the line's end that they have already: all, then each.

    >>> from softhouse.actions.source import edited
    >>> source = 'print(file.read())'
    >>> edited(source, next(once_ended(ast.parse(source))))
    "print(file.read().rstrip('\\\\n'))"
    """
    edits = []
    for node in ast.walk(tree):
        if is_printed(node) and isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            for argument in node.value.args[-1:]:
                if isinstance(argument, (ast.Name, ast.Call)) and not node.value.keywords:
                    edits.append(replaced(argument, f"{ast.unparse(argument)}.rstrip('\\n')"))
    if edits:
        yield edits
        yield from ([edit] for edit in edits if len(edits) > 1)


def stripped(tree: ast.Module) -> Iterator[list[Edit]]:
    """The parts of a line without the blanks around them: of every line that is split at a sign, then of each.

    >>> from softhouse.actions.source import edited
    >>> source = "last, first = line.split(',')"
    >>> edited(source, next(stripped(ast.parse(source))))
    "last, first = [part.strip() for part in line.split(',')]"
    """
    edits = [
        replaced(node, f"[part.strip() for part in {ast.unparse(node)}]")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "split"
        and node.args
    ]
    if edits:
        yield edits
        yield from ([edit] for edit in edits if len(edits) > 1)


def passed_over(tree: ast.Module) -> Iterator[list[Edit]]:
    """A loop that goes on where it ended the program: at each such place.

    >>> from softhouse.actions.source import edited
    >>> source = 'for line in lines:\\n    if "," not in line:\\n        sys.exit(1)\\n    print(line)\\n'
    >>> print(edited(source, next(passed_over(ast.parse(source)))))
    for line in lines:
        if "," not in line:
            continue
        print(line)
    <BLANKLINE>
    """
    for loop in (node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.While))):
        ends = [node for node in ast.walk(loop) if isinstance(node, ast.Expr) and exits(node)]
        yield from ([replaced(node, "continue")] for node in ends)


def whole_numbers(tree: ast.Module) -> Iterator[list[Edit]]:
    """Numbers that are read as whole ones."""
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "float"]
    yield [replaced(node.func, "int") for node in read]


def shorter_paths(tree: ast.Module, wanted: Literal["name", "relative"]) -> Iterator[list[Edit]]:
    """Names of files, or paths from the first argument on, where a path begins with the directory.

    First where it is put together and kept, since what is kept may be sorted; then where it is printed.

    >>> from softhouse.actions.source import edited
    >>> source = "found.append(os.path.join(root, name))"
    >>> [edited(source, next(shorter_paths(ast.parse(source), wanted))) for wanted in ("name", "relative")]
    ['found.append(name)', 'found.append(os.path.relpath(os.path.join(root, name), sys.argv[1]))']
    >>> edited("print(f'{path}: {n}')", next(shorter_paths(ast.parse("print(f'{path}: {n}')"), "relative")))
    "print(f'{os.path.relpath(path, sys.argv[1])}: {n}')"
    """

    def shortened(path: ast.expr) -> str:
        if isinstance(path, ast.Call) and wanted == "name":
            return ast.unparse(path.args[-1])
        return (
            f"os.path.relpath({ast.unparse(path)}, sys.argv[1])"
            if wanted == "relative"
            else f"os.path.basename({ast.unparse(path)})"
        )

    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "add") and _is_joined(call.args[-1]):
            yield [replaced(call.args[-1], shortened(call.args[-1]))]
    for call in calls:
        for argument in call.args if ast.unparse(call.func) == "print" else ():
            if _is_joined(argument) or isinstance(argument, ast.Name):
                yield [replaced(argument, shortened(argument))]
            elif isinstance(argument, ast.JoinedStr):
                for place, part in enumerate(argument.values):
                    if isinstance(part, ast.FormattedValue) and (
                        _is_joined(part.value) or isinstance(part.value, ast.Name)
                    ):
                        path = ast.parse(shortened(part.value), mode="eval").body
                        values = [*argument.values]
                        values[place] = ast.FormattedValue(path, part.conversion, part.format_spec)
                        yield [replaced(argument, ast.unparse(ast.JoinedStr(values)))]


def _is_joined(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "os.path.join"


def ending_in(tree: ast.Module, ending: str) -> Iterator[list[Edit]]:
    """Everything that is printed followed by that: all of it, then each."""
    calls = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and is_printed(node)]
    edits = [
        inserted((call.end_lineno or 0, (call.end_col_offset or 0) - 1), f", end={ending!r} + '\\n'")
        for call in calls
        if isinstance(call, ast.Call) and call.args and not call.keywords
    ]
    if edits:
        yield edits
        yield from ([edit] for edit in edits if len(edits) > 1)
