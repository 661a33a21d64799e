r"""Small changes to what a program prints, each to be run and kept only where it is better.

>>> from softhouse.actions.source import edited
>>> source = 'for n in numbers:\n    if n > 9:\n        print(n)\n'
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

from softhouse.actions.argv import unused_argument
from softhouse.actions.refusals import exits, is_printed
from softhouse.actions.source import Edit, edited, followed, inserted, parsed, replaced
from softhouse.actions.stated import stated_most


def or_else(tree: ast.Module, said: str) -> Iterator[list[Edit]]:
    """What is printed where a loop finds nothing to print."""
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For) and not node.orelse):
        within = [node for part in loop.body if isinstance(part, ast.If) for node in ast.walk(part)]
        shown = [node for node in within if isinstance(node, ast.Expr) and is_printed(node)]
        if shown:
            lines = "\n".join(["anything = False", " " * loop.col_offset])
            yield [
                inserted((loop.lineno, loop.col_offset), lines),
                followed(loop, "if not anything:", f"    print({said!r})"),
                *(followed(node, "anything = True") for node in shown),
            ]


def once_ended(tree: ast.Module) -> Iterator[list[Edit]]:
    r"""Texts that are printed with the line's end that they have already.

    >>> from softhouse.actions.source import edited
    >>> source = 'print(file.read())'
    >>> edited(source, next(once_ended(ast.parse(source))))
    "print(file.read().rstrip('\\n'))"
    """
    last = [call.args[-1] for call in printing(tree) if call.args and not call.keywords]
    texts = [argument for argument in last if isinstance(argument, (ast.Name, ast.Call))]
    return all_then_each([replaced(text, f"{ast.unparse(text)}.rstrip('\\n')") for text in texts])


def ending_in(tree: ast.Module, ending: str) -> Iterator[list[Edit]]:
    r"""Everything that is printed followed by that.

    >>> from softhouse.actions.source import edited
    >>> edited('print(name)', next(ending_in(ast.parse('print(name)'), '.')))
    "print(name, end='.\\n')"
    """
    return all_then_each(
        [
            inserted((call.end_lineno or 0, (call.end_col_offset or 0) - 1), f", end={ending + chr(10)!r}")
            for call in printing(tree)
            if call.args and not call.keywords
        ]
    )


def stripped(tree: ast.Module) -> Iterator[list[Edit]]:
    """The parts of a line without the blanks around them, where it is split at a sign.

    >>> from softhouse.actions.source import edited
    >>> source = "last, first = line.split(',')"
    >>> edited(source, next(stripped(ast.parse(source))))
    "last, first = [part.strip() for part in line.split(',')]"
    """
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    splits = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "split"]
    return all_then_each([replaced(call, f"[part.strip() for part in {ast.unparse(call)}]") for call in splits])


def passed_over(tree: ast.Module) -> Iterator[list[Edit]]:
    r"""A loop that goes on where it ended the program: at each such place.

    >>> from softhouse.actions.source import edited
    >>> source = 'for line in lines:\n    if "," not in line:\n        sys.exit(1)\n    print(line)\n'
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
        if wanted == "relative":
            return f"os.path.relpath({ast.unparse(path)}, sys.argv[1])"
        return ast.unparse(path.args[-1]) if isinstance(path, ast.Call) else f"os.path.basename({ast.unparse(path)})"

    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "add") and _is_joined(call.args[-1]):
            yield [replaced(call.args[-1], shortened(call.args[-1]))]
    for argument in (argument for call in printing(tree) for argument in call.args):
        if _is_joined(argument) or isinstance(argument, ast.Name):
            yield [replaced(argument, shortened(argument))]
        for place, part in enumerate(argument.values if isinstance(argument, ast.JoinedStr) else ()):
            if isinstance(part, ast.FormattedValue) and (_is_joined(part.value) or isinstance(part.value, ast.Name)):
                path = ast.parse(shortened(part.value), mode="eval").body
                values = list(argument.values) if isinstance(argument, ast.JoinedStr) else []
                values[place] = ast.FormattedValue(path, part.conversion, part.format_spec)
                yield [replaced(argument, ast.unparse(ast.JoinedStr(values)))]


def unlisted(tree: ast.Module) -> Iterator[list[Edit]]:
    """Lists that are printed with what is in them, beside each other, with a blank between or on a line each.

    >>> from softhouse.actions.source import edited
    >>> source = "print(row)"
    >>> print(edited(source, next(unlisted(ast.parse(source)))))
    print(''.join(map(str, row)))
    """
    lists = [call.args[0] for call in printing(tree) if len(call.args) == 1 and isinstance(call.args[0], ast.Name)]
    for separator in ("", " ", "\n"):
        for shown in lists:
            yield [replaced(shown, f"{separator!r}.join(map(str, {ast.unparse(shown)}))")]


def marked(tree: ast.Module, mark: str, done: str) -> Iterator[list[Edit]]:
    """Entries of a list with a mark before each, where only what is done has one: before the last value of a line.

    >>> from softhouse.actions.source import edited
    >>> source = 'print(f"{n}. {task}")'
    >>> print(edited(source, next(marked(ast.parse(source), "[ ]", "[x]"))))
    print(f"{n}. {(task if str(task).startswith('[x]') else '[ ] ' + str(task))}")
    """
    for line in (argument for call in printing(tree) for argument in call.args if isinstance(argument, ast.JoinedStr)):
        *before, last = line.values
        if isinstance(last, ast.FormattedValue) and mark not in ast.unparse(line):
            value = ast.unparse(last.value)
            either = f"{value} if str({value}).startswith({done!r}) else {f'{mark} '!r} + str({value})"
            shown = ast.FormattedValue(ast.parse(either, mode="eval").body, last.conversion, last.format_spec)
            yield [replaced(line, ast.unparse(ast.JoinedStr([*before, shown])))]


def first_ones(tree: ast.Module, most: str) -> Iterator[list[Edit]]:
    """The first ones of what a loop prints: as many as an argument says that is a number, else `most`.

    >>> from softhouse.actions.source import edited
    >>> source = "def main():\\n    n = int(sys.argv[1])\\n    for word in words:\\n        print(word)\\n"
    >>> print(edited(source, next(first_ones(ast.parse(source), ""))))
    def main():
        n = int(sys.argv[1])
        for word in list(words)[:n]:
            print(word)
    <BLANKLINE>
    """
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        inside = [*ast.walk(function)]
        given = [node.targets[0] for node in inside if isinstance(node, ast.Assign) and "sys.argv" in ast.unparse(node)]
        names = [name.id for name in given if isinstance(name, ast.Name)] + [a.arg for a in function.args.args]
        for loop in (node for node in inside if isinstance(node, ast.For) and any(printing(node))):
            for name in [most] if most else names:
                yield [replaced(loop.iter, f"list({ast.unparse(loop.iter)})[:{name}]")]


def bounded(source: str, text: str) -> str:
    """`source` that prints as many of the best as an argument says that nothing has read, where that is asked for.

    >>> source = "def main():\\n    n = int(sys.argv[1])\\n    for word in words:\\n        print(word)\\n"
    >>> bounded(source, "prints the N longest words, one per line").splitlines()[2]
    '    for word in list(words)[:n]:'
    """
    if not stated_most(text, ["1"]) or not unused_argument(source) or (tree := parsed(source)) is None:
        return source
    return edited(source, next(first_ones(tree, ""), []))


def _is_joined(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "os.path.join"


def printing(tree: ast.AST) -> Iterator[ast.Call]:
    """What prints on standard output."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and is_printed(node):
            yield node.value


def all_then_each(edits: list[Edit]) -> Iterator[list[Edit]]:
    """Edits of one kind, tried together and then each by itself."""
    yield edits
    if len(edits) > 1:
        yield from ([edit] for edit in edits)
