"""Small changes to a program that has a mistake of a known kind, each to be run and kept only where it is better.

What a small model forgets is often one line: the lower bound of a number, the exit after a complaint, the branch for a
name that is not there, a data file that does not exist yet. No rule can know whether it is that line; running can tell.
Fix patterns that are tried against evidence: Kim et al. 2013, Automatic patch generation learned from human-written
patches (PAR), ICSE.

>>> source = 'if n <= len(notes):\\n    del notes[n - 1]\\n'
>>> print(next(patched(source, refusing_more)))
if 0 < n <= len(notes):
    del notes[n - 1]
<BLANKLINE>
"""

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Literal

from softhouse.actions.cases import normalise
from softhouse.actions.outputs import all_then_each, once_ended, printing
from softhouse.actions.refusals import complains, exits, printed
from softhouse.actions.source import Edit, edited, followed, inserted, parsed, replaced

MOST_PATCHES = 12
Remedy = Callable[[ast.Module], Iterable[list[Edit]]]
"""What may mend one kind of mistake: changes of a program, the likeliest first."""
_REFUSAL = ('print("Error: there is no such thing", file=sys.stderr)', "sys.exit(1)")
_INDENTED_REFUSAL = tuple(f"    {line}" for line in _REFUSAL)
_EMPTY_STATES = ("[]", "{}", "0")
"""What a file may hold in which nothing has been kept yet."""
_MORE_ARGUMENTS = re.compile(r"len\(sys\.argv\) (?:!=|<=?) [2-9]|sys\.argv\[([2-9])\]")
"""That there are more arguments than the command, or one of those."""
_UNKNOWN_NAME = re.compile(r"\b(?:name|variable) '(\w+)'")


def patched(source: str, *remedies: Remedy) -> Iterator[str]:
    """Sources with one small change each, those of the first remedy first, at most `MOST_PATCHES`."""
    if (tree := parsed(source)) is None:
        return
    changes = (edited(source, edits) for remedy in remedies for edits in remedy(tree) if edits)
    yield from islice((change for change in changes if parsed(change)), MOST_PATCHES)


def refusing_more(tree: ast.Module) -> Iterator[list[Edit]]:
    """Refusals of an input that is taken: the bound of a number, an exit after a complaint, a search without a find."""
    yield from _bounded(tree)
    yield from _ended(tree)
    yield from _otherwise(tree)


def other_names(tree: ast.Module, said: str) -> Iterator[list[Edit]]:
    """Another name of the same function, one that is like it, where Python said that one is unknown."""
    if not (found := _UNKNOWN_NAME.search(said)):
        return
    unknown = found[1]
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        known = {node.id for node in names if isinstance(node.ctx, ast.Store)} | {a.arg for a in function.args.args}
        for read in names:
            if read.id == unknown and isinstance(read.ctx, ast.Load):
                for other in difflib.get_close_matches(unknown, sorted(known - {unknown}), n=2, cutoff=0.4):
                    yield [replaced(read, other)]


def with_a_command_alone(tree: ast.Module) -> Iterator[list[Edit]]:
    """Arguments that only some commands have, read or counted before it is known which command it is.

    >>> source = 'if len(sys.argv) != 3:\\n    sys.exit(1)\\nname = sys.argv[2]\\n'
    >>> print(edited(source, next(with_a_command_alone(ast.parse(source)))))
    if len(sys.argv) < 2:
        sys.exit(1)
    name = (sys.argv[2] if len(sys.argv) > 2 else "")
    <BLANKLINE>
    """
    counted: list[Edit] = []
    read: list[Edit] = []
    for statement in _straight(tree.body):
        looked_at = statement.test if isinstance(statement, ast.If) else getattr(statement, "value", None)
        for node in ast.walk(looked_at or ast.Pass()):
            found = (
                _MORE_ARGUMENTS.fullmatch(ast.unparse(node)) if isinstance(node, ast.Compare | ast.Subscript) else None
            )
            if found and isinstance(node, ast.Compare) and isinstance(statement, ast.If):
                counted.append(replaced(node, "len(sys.argv) < 2"))
            elif found and isinstance(node, ast.Subscript) and isinstance(statement, ast.Assign):
                nothing = '"0"' if re.match(r"(?:int|float)\(", ast.unparse(statement.value)) else '""'
                read.append(replaced(node, f"(sys.argv[{found[1]}] if len(sys.argv) > {found[1]} else {nothing})"))
    yield counted + read
    yield counted
    yield read


def separator_of(expected: str, printed: str) -> str:
    """What stands between values in `expected`, where the same values stand apart otherwise in `printed`; else empty.

    >>> separator_of("2 x 2 x 3", "2 2 3"), separator_of("a, b", "[a b]"), separator_of("2 x 2", "2 3")
    (' x ', ', ', '')
    """
    values = re.findall(r"[^\W_](?:[\w.:/-]*\w)?", printed)
    if len(values) < 2 or normalise(expected) == normalise(printed):
        return ""
    first, second, *others = map(re.escape, values)
    pattern = f"{first}(?P<between>.+?){second}" + "".join(f"(?P=between){value}" for value in others)
    found = re.fullmatch(pattern, normalise(expected), re.DOTALL)
    return found["between"] if found else ""


def separated(source: str, separator: str) -> Iterator[str]:
    """Sources with that between values: where they are joined or printed together, around a whole list, in a loop.

    >>> list(separated('print(" ".join(names))', ", "))
    ["print(', '.join(names))"]
    >>> list(separated("for n in found: print(n)", " "))[-1]
    "print(' '.join(str(n) for n in found))"
    """
    if (tree := parsed(source)) is None:
        return
    joins = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "join"]
    texts = [node.value for node in joins if isinstance(node.value, ast.Constant)]
    edits = list(all_then_each([replaced(text, repr(separator)) for text in texts]))
    for call in printing(tree):
        if len(call.args) == 1 and isinstance(call.args[0], ast.Starred) and not call.keywords:
            edits.append([inserted((call.end_lineno or 0, (call.end_col_offset or 0) - 1), f", sep={separator!r}")])
        elif len(call.args) == 1 and isinstance(call.args[0], ast.Name) and not call.keywords:
            edits.append([replaced(call.args[0], f"{separator!r}.join(map(str, {call.args[0].id}))")])
    edits += _joined_in_loops(tree, separator) if separator.strip("\n") else []
    changes = (edited(source, each) for each in edits if each)
    yield from islice((change for change in changes if parsed(change)), MOST_PATCHES)


def _joined_in_loops(tree: ast.Module, separator: str) -> Iterator[list[Edit]]:
    """What a loop prints one by one, joined; else with blanks between, where it is printed."""
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)):
        calls = [call for call in printing(loop) if len(call.args) == 1 and not call.keywords]
        alone = len(loop.body) == 1 and isinstance(loop.body[0], ast.Expr) and loop.body[0].value in calls
        if isinstance(loop, ast.For) and alone and not loop.orelse:
            each, of, found = (ast.unparse(node) for node in (calls[0].args[0], loop.target, loop.iter))
            yield [replaced(loop, f"print({separator!r}.join(str({each}) for {of} in {found}))")]
        elif calls and separator == " ":
            yield [
                inserted((call.end_lineno or 0, (call.end_col_offset or 0) - 1), f", end={separator!r}")
                for call in calls
            ]


def _straight(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that are gone through whatever the input is: of functions, of `try`, of `if __name__ == …`."""
    for statement in body:
        yield statement
        named = isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)
        if named or isinstance(statement, (ast.FunctionDef, ast.Try)):
            yield from _straight(getattr(statement, "body", []))


def with_state(tree: ast.Module, state: str) -> Iterator[list[Edit]]:
    """A program that lays its data file out before it does anything, with nothing in it."""
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    first = mains[-1].body[0] if mains else next((n for n in tree.body if not isinstance(n, ast.Import)), None)
    if first is None:
        return
    indent = " " * first.col_offset
    imported = any(isinstance(n, ast.Import) and any(a.name == "os" for a in n.names) for n in tree.body)
    edits = [] if imported else [inserted((1, 0), "import os\n")]
    for empty in _EMPTY_STATES:
        lines = [
            f"if not os.path.exists({state!r}):",
            f'{indent}    with open({state!r}, "w", encoding="utf-8") as file:',
            f"{indent}        file.write({empty!r})",
        ]
        yield [*edits, inserted((first.lineno, first.col_offset), "\n".join([*lines, indent]))]


def silenced(tree: ast.Module, output: str) -> Iterator[list[Edit]]:
    """Without the messages that stand in an output that nobody asked for."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and re.search(r"[^\W\d_]", words := printed(node) or ""):
            pattern = re.compile(".*?".join(map(re.escape, words.strip().split("…"))), re.DOTALL)
            if any(pattern.fullmatch(line) for line in lines):
                edits.append(replaced(node, "pass"))
    if len(edits) > 1:  # another command may well have to print the same
        yield from ([edit] for edit in edits)
    yield edits


def rounded(tree: ast.Module, digits: int) -> Iterator[list[Edit]]:
    """Numbers printed with so many decimals: each value that is printed as it is, one after the other."""
    decimals = ast.JoinedStr([ast.Constant(f".{digits}f")])
    for call in printing(tree):
        for argument in call.args:
            if not isinstance(argument, ast.JoinedStr):
                whole = ast.JoinedStr([ast.FormattedValue(argument, -1, decimals)])
                yield [] if isinstance(argument, ast.Constant) else [replaced(argument, ast.unparse(whole))]
                continue
            for place, value in enumerate(argument.values):
                if isinstance(value, ast.FormattedValue) and value.format_spec is None:
                    rounded_value = ast.FormattedValue(value.value, value.conversion, decimals)
                    values = [*argument.values[:place], rounded_value, *argument.values[place + 1 :]]
                    yield [replaced(argument, ast.unparse(ast.JoinedStr(values)))]


def of_case(tree: ast.Module, case: Literal["lower", "upper"]) -> Iterator[list[Edit]]:
    """What is printed in that case: every value at once, then each."""
    return all_then_each(
        [
            replaced(argument, f"str({ast.unparse(argument)}).{case}()")
            for call in printing(tree)
            for argument in call.args
        ]
    )


def put_in_order(tree: ast.Module) -> Iterator[list[Edit]]:
    """Each loop gone through in order."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.comprehension)):
            yield [replaced(node.iter, f"sorted({ast.unparse(node.iter)})")]


def ranked(tree: ast.Module) -> Iterator[list[Edit]]:
    """Counts in descending order, equal ones by name: Python's `most_common` has those in the order of their arrival.

    >>> print(edited("top = counts.most_common(n)", next(ranked(ast.parse("top = counts.most_common(n)")))))
    top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:n]
    """
    by_count = "sorted({}, key=lambda pair: (-pair[1], pair[0]))"
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(counts, "most_common"), arguments):
                most = f"[:{ast.unparse(arguments[0])}]" if arguments else ""
                yield [replaced(node, by_count.format(f"{ast.unparse(counts)}.items()") + most)]
            case ast.Call(ast.Name("sorted"), [ast.Call(ast.Attribute(_, "items")) as pairs], keywords) if keywords:
                yield [replaced(node, by_count.format(ast.unparse(pairs)))]


def as_given(tree: ast.Module) -> Iterator[list[Edit]]:
    """Without one of the calls that put something in order."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Call(ast.Attribute(_, "sort" | "reverse"))):
                yield [replaced(node, "pass")]
            case ast.Call(ast.Name("sorted"), [what, *_]):
                yield [replaced(node, ast.unparse(what))]


def single_spaced(tree: ast.Module) -> Iterator[list[Edit]]:
    """Lines that are read without their ends: wherever a file is read by lines, then in each place; or printed so."""
    files = {
        item.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
    } | {"sys.stdin"}
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.comprehension)) and ast.unparse(node.iter) in files:
            edits.append(replaced(node.iter, f"{ast.unparse(node.iter)}.read().splitlines()"))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "readlines":
            edits.append(replaced(node, f"{ast.unparse(node.func.value)}.read().splitlines()"))
    yield from all_then_each(edits)
    yield from once_ended(tree)


def on_one_line(tree: ast.Module) -> Iterator[list[Edit]]:
    """JSON without an indent."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "json.dumps")
    yield [replaced(k.value, "None") for call in calls for k in call.keywords if k.arg == "indent"]


def written_to_output(tree: ast.Module) -> Iterator[list[Edit]]:
    """What is written to a file goes to standard output: every file, then each."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    written = [call for call in calls if re.match(r"open\(.+?, ['\"][wa]['\"]", ast.unparse(call))]
    return all_then_each([replaced(call, "open(1, 'w', newline='', closefd=False)") for call in written])


def printing_too(tree: ast.Module) -> Iterator[list[Edit]]:
    """What one branch ends with printing printed at the end of those that print nothing, and end no program.

    >>> source = "if a:\\n    n += 1\\nelif b:\\n    print(n)\\n"
    >>> print(edited(source, next(printing_too(ast.parse(source)))))
    if a:
        n += 1
        print(n)
    elif b:
        print(n)
    <BLANKLINE>
    """
    for first in (node for node in ast.walk(tree) if isinstance(node, ast.If)):
        bodies, branch = [first.body], first
        while len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If):
            branch = branch.orelse[0]
            bodies.append(branch.body)
        mute = [body for body in bodies if not any(printing(ast.Module(body, []))) and not exits(body[-1])]
        for shown in (body[-1] for body in bodies if body not in mute and any(printing(ast.Module(body[-1:], [])))):
            yield [followed(body[-1], *ast.unparse(shown).splitlines()) for body in mute]


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
            edits.append(replaced(node, text))
    yield edits
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            less = isinstance(node.value, ast.BinOp) and _less_one(node.value)
            number = node.value.left if less and isinstance(node.value, ast.BinOp) else node.value
            if isinstance(number, ast.Call) and ast.unparse(number.func) == "int":
                yield [followed(node, f"if {node.targets[0].id} < {0 if less else 1}:", *_INDENTED_REFUSAL)]


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "len" and ast.unparse(node) != "len(sys.argv)"


def _less_one(node: ast.expr) -> bool:
    """Whether it is something less 1."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and ast.unparse(node.right) == "1"


def _ended(tree: ast.Module) -> Iterator[list[Edit]]:
    """An exit after complaints that end a branch: after all of them, then after each."""
    branches = (
        body
        for node in ast.walk(tree)
        if isinstance(node, (ast.If, ast.ExceptHandler))
        for body in (node.body, getattr(node, "orelse", []))
    )
    return all_then_each([followed(body[-1], "sys.exit(1)") for body in branches if body and complains(body[-1])])


def _otherwise(tree: ast.Module) -> Iterator[list[Edit]]:
    """A refusal where a search finds nothing: the branch that an `if` does not have, the end of a loop that looks."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.If, ast.For)) or node.orelse:
            continue
        if isinstance(node, ast.If):
            looks = isinstance(node.test, ast.Compare)
        else:
            looks = any(isinstance(inner, ast.Break) for inner in ast.walk(node))
        if looks and not any(isinstance(inner, (ast.Return, ast.Raise)) or exits(inner) for inner in node.body):
            yield [followed(node, "else:", *_INDENTED_REFUSAL)]
    for last in (node.body[-1] for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        if isinstance(last, ast.For) and any(isinstance(inner, ast.Return) for inner in ast.walk(last)):
            yield [followed(last, *_REFUSAL)]
