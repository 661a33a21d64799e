"""Small changes to a program that has a mistake of a known kind, each to be run and kept only where it is better.

What a small model forgets is often one line: the lower bound of a number, the exit after a complaint, the branch for a
name that is not there, a data file that does not exist yet. No rule can know whether it is that line; running can tell.
Fix patterns that are tried against evidence: Kim et al. 2013, Automatic patch generation learned from human-written
patches (PAR), ICSE.

>>> source = 'if n <= len(notes):\\n    del notes[n - 1]\\n'
>>> print(next(patched(source, refused=True)))
if 0 < n <= len(notes):
    del notes[n - 1]
<BLANKLINE>
"""

import ast
import difflib
import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from softhouse.actions.refusals import complains, exits, printed
from softhouse.actions.source import Edit, edited, replaced

MOST_PATCHES = 12
_REFUSE = 'print("Error: there is no such thing", file=sys.stderr)\n{indent}sys.exit(1)'
_EMPTY_STATES = ("[]", "{}", "0")
"""What a file may hold in which nothing has been kept yet."""
_UNKNOWN_NAME = re.compile(r"\b(?:name|variable) '(\w+)'")


def patched(
    source: str,
    *,
    said: str = "",
    state: str = "",
    unasked: str = "",
    refused: bool = False,
    unsorted: bool = False,
    digits: int | None = None,
    case: Literal["lower", "upper"] | None = None,
) -> Iterator[str]:
    """Sources with one small change each, the likeliest first, at most `MOST_PATCHES`.

    `said`: what Python said of a mistake; `state`: the file in which the program keeps its data, which it does not find
    at its first start; `unasked`: what it prints where nothing is to be printed; `refused`: it takes an input that it
    has to refuse; `unsorted`: its lines are not in alphabetical order; `digits`: its numbers have to have so many
    decimals; `case`: its letters have to be of that case.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    found: list[Iterator[list[Edit]]] = []
    if name := _UNKNOWN_NAME.search(said):
        found.append(_other_names(tree, name[1]))
    if state:
        found.append(_with_state(tree, state))
    if unasked:
        found.append(_silenced(tree, unasked))
    if digits is not None:
        found.append(_rounded(tree, digits))
    if case is not None:
        found.append(_of_case(tree, case))
    if unsorted:
        found.append(_sorted(tree))
    if refused:
        found += [_bounded(tree), _ended(tree), _otherwise(tree)]
    changes = (edited(source, edits) for kind in found for edits in kind if edits)
    yield from islice(filter(_parses, changes), MOST_PATCHES)


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _other_names(tree: ast.Module, unknown: str) -> Iterator[list[Edit]]:
    """Another name of the same function, one that is like it, where an unknown one is read."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        known = {node.id for node in names if isinstance(node.ctx, ast.Store)} | {a.arg for a in function.args.args}
        for read in names:
            if read.id == unknown and isinstance(read.ctx, ast.Load):
                for other in difflib.get_close_matches(unknown, sorted(known - {unknown}), n=2, cutoff=0.4):
                    place = (read.lineno, read.col_offset)
                    yield [Edit(place, (read.lineno, read.end_col_offset or 0), other)]


def _with_state(tree: ast.Module, state: str) -> Iterator[list[Edit]]:
    """A program that lays its data file out before it does anything, with nothing in it."""
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    first = mains[-1].body[0] if mains else next((n for n in tree.body if not isinstance(n, ast.Import)), None)
    if first is None:
        return
    indent = " " * first.col_offset
    place = (first.lineno, first.col_offset)
    imported = any(isinstance(n, ast.Import) and any(a.name == "os" for a in n.names) for n in tree.body)
    edits = [] if imported else [Edit((1, 0), (1, 0), "import os\n")]
    for empty in _EMPTY_STATES:
        lines = [
            f"if not os.path.exists({state!r}):",
            f'{indent}    with open({state!r}, "w", encoding="utf-8") as file:',
            f"{indent}        file.write({empty!r})",
        ]
        yield [*edits, Edit(place, place, "\n".join([*lines, indent]))]


def _silenced(tree: ast.Module, output: str) -> Iterator[list[Edit]]:
    """Without the messages that stand in an output that nobody asked for."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and re.search(r"[^\W\d_]", words := printed(node) or ""):
            pattern = re.compile(".*?".join(map(re.escape, words.strip().split("…"))), re.DOTALL)
            if any(pattern.fullmatch(line) for line in lines):
                edits.append(replaced(node, "pass"))
    yield edits


def _rounded(tree: ast.Module, digits: int) -> Iterator[list[Edit]]:
    """Numbers printed with so many decimals: each value that is printed as it is, one after the other."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Expr) or printed(node) is None:
            continue
        call = node.value
        assert isinstance(call, ast.Call)
        for place, argument in enumerate(call.args):
            if isinstance(argument, ast.JoinedStr):
                for value in argument.values:
                    if isinstance(value, ast.FormattedValue) and value.format_spec is None:
                        value.format_spec = ast.JoinedStr([ast.Constant(f".{digits}f")])
                        yield [replaced(node, ast.unparse(node))]
                        value.format_spec = None
            elif not isinstance(argument, ast.Constant):
                call.args[place] = ast.JoinedStr(
                    [ast.FormattedValue(argument, -1, ast.JoinedStr([ast.Constant(f".{digits}f")]))]
                )
                yield [replaced(node, ast.unparse(node))]
                call.args[place] = argument


def _of_case(tree: ast.Module, case: Literal["lower", "upper"]) -> Iterator[list[Edit]]:
    """What is printed in that case: every value at once, then each."""
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and printed(node) is not None and isinstance(node.value, ast.Call):
            arguments = [f"str({ast.unparse(argument)}).{case}()" for argument in node.value.args]
            further = [ast.unparse(keyword) for keyword in node.value.keywords]
            edits.append(replaced(node, f"print({', '.join([*arguments, *further])})"))
    yield edits
    if len(edits) > 1:
        yield from ([edit] for edit in edits)


def _sorted(tree: ast.Module) -> Iterator[list[Edit]]:
    """Each loop gone through in order."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.comprehension)):
            over = node.iter
            start, end = (over.lineno, over.col_offset), (over.end_lineno or 0, over.end_col_offset or 0)
            yield [Edit(start, start, "sorted("), Edit(end, end, ")")]


def _bounded(tree: ast.Module) -> Iterator[list[Edit]]:
    """The lower bound of a number of which only the upper one is checked, or none."""
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and _is_length(node.comparators[0]):
            index, length = node.left, ast.unparse(node.comparators[0])
            least = "0 <=" if _less_one(index) or isinstance(node.ops[0], (ast.Lt, ast.GtE)) else "0 <"
            match node.ops[0]:
                case ast.Lt():
                    text = f"{least} {ast.unparse(index)} < {length}"
                case ast.LtE():
                    text = f"{least} {ast.unparse(index)} <= {length}"
                case ast.Gt():
                    text = f"not {least} {ast.unparse(index)} <= {length}"
                case ast.GtE():
                    text = f"not {least} {ast.unparse(index)} < {length}"
                case _:
                    continue
            start = (node.lineno, node.col_offset)
            edits.append(Edit(start, (node.end_lineno or 0, node.end_col_offset or 0), text))
    yield edits
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            less = isinstance(node.value, ast.BinOp) and _less_one(node.value)
            number = node.value.left if less and isinstance(node.value, ast.BinOp) else node.value
            if isinstance(number, ast.Call) and ast.unparse(number.func) == "int":
                indent = " " * node.col_offset
                end = (node.end_lineno or 0, node.end_col_offset or 0)
                refuse = _REFUSE.format(indent=f"{indent}    ")
                yield [Edit(end, end, f"\n{indent}if {node.targets[0].id} < {0 if less else 1}:\n{indent}    {refuse}")]


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "len" and ast.unparse(node) != "len(sys.argv)"


def _less_one(node: ast.expr) -> bool:
    """Whether it is something less 1."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and ast.unparse(node.right) == "1"


def _ended(tree: ast.Module) -> Iterator[list[Edit]]:
    """An exit after complaints that end a branch: after all of them, then after each."""
    edits = []
    for node in ast.walk(tree):
        for body in (getattr(node, name, None) for name in ("body", "orelse")):
            if isinstance(node, (ast.If, ast.ExceptHandler)) and isinstance(body, list) and body:
                last = body[-1]
                if complains(last) and not exits(last):
                    end = (last.end_lineno or 0, last.end_col_offset or 0)
                    edits.append(Edit(end, end, f"\n{' ' * last.col_offset}sys.exit(1)"))
    yield edits
    if len(edits) > 1:
        yield from ([edit] for edit in edits)


def _otherwise(tree: ast.Module) -> Iterator[list[Edit]]:
    """A refusal where a search finds nothing: the branch that an `if` does not have, the end of a loop that looks."""
    for node in ast.walk(tree):
        looks = isinstance(node, ast.If) and isinstance(node.test, ast.Compare)
        breaks = isinstance(node, ast.For) and any(isinstance(inner, ast.Break) for inner in ast.walk(node))
        if not (looks or breaks) or node.orelse:  # type: ignore[attr-defined]
            continue
        assert isinstance(node, (ast.If, ast.For))
        if any(isinstance(inner, (ast.Return, ast.Raise)) or exits(inner) for inner in node.body):
            continue
        indent = " " * node.col_offset
        end = (node.end_lineno or 0, node.end_col_offset or 0)
        yield [Edit(end, end, f"\n{indent}else:\n{indent}    {_REFUSE.format(indent=f'{indent}    ')}")]
    for body in (n.body for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        last = body[-1]
        if isinstance(last, ast.For) and any(isinstance(inner, ast.Return) for inner in ast.walk(last)):
            end = (last.end_lineno or 0, last.end_col_offset or 0)
            indent = " " * last.col_offset
            yield [Edit(end, end, f"\n{indent}{_REFUSE.format(indent=indent)}")]
