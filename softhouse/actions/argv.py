"""How a program takes its command line: what it asks for becomes an argument, it counts what it reads and keeps it.

>>> taking_arguments("number = int(input('Number: '))", "takes a number and prints its square")
'number = int(sys.argv[1])'
"""

import ast
import re
from collections.abc import Iterator, Sequence

from softhouse.actions.arguments import argument_count
from softhouse.actions.beginnings import reads_standard_input, takes_arguments, talks
from softhouse.actions.source import Edit, edited, parsed, replaced
from softhouse.actions.usage import usage_forms


def taking_arguments(source: str, text: str) -> str:
    """`source` that takes from its command line what it asks for with `input`, one question for each argument.

    Left alone, small models ask. Programs with commands, and those that read standard input, stay as they are.

    >>> taking_arguments("number = int(input('Number: '))", "takes a number and prints its square")
    'number = int(sys.argv[1])'
    """
    asks = talks(text) or reads_standard_input(text) or not takes_arguments(text) or usage_forms(text)
    if asks or re.search(r"\bargv\b|\bargparse\b|\bstdin\b", source) or (tree := parsed(source)) is None:
        return source
    repeated = {
        id(node) for loop in ast.walk(tree) if isinstance(loop, (ast.For, ast.While)) for node in ast.walk(loop)
    }
    questions = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "input"
    ]
    if len(questions) != (argument_count(text) or 1) or any(id(question) in repeated for question in questions):
        return source
    questions.sort(key=lambda node: (node.lineno, node.col_offset))
    return edited(source, [replaced(node, f"sys.argv[{place}]") for place, node in enumerate(questions, 1)])


def counting_arguments(source: str) -> str:
    """`source` that counts as many arguments as it reads, where it reads others than it counts.

    Small models forget that the program itself is counted too, or count what comes without end.

    >>> print(counting_arguments("if len(sys.argv) != 3:\\n    sys.exit(1)\\nn = sys.argv[1]\\n"))
    if len(sys.argv) != 2:
        sys.exit(1)
    n = sys.argv[1]
    <BLANKLINE>
    >>> counting_arguments("ok = len(sys.argv) != 3\\na = sys.argv[2]\\nb = sys.argv[1:]").splitlines()[0]
    'ok = len(sys.argv) != 3'
    >>> counting_arguments("ok = len(sys.argv) != 2\\nmore = len(sys.argv) == 3").splitlines()[0]
    'ok = len(sys.argv) < 2'
    """
    if (tree := parsed(source)) is None:
        return source
    if source.count("len(sys.argv)") != 1:
        return edited(source, _contradicted(tree))
    counts = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    counts = [node for node in counts if _EXACTLY.fullmatch(ast.unparse(node))]
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Subscript) and _is_argv(node.value)]
    ends = [_end_of(node, tree) for node in read]
    if len(counts) != 1 or not read or sum(map(_is_argv, ast.walk(tree))) != len(read) + 1 or 0 in ends:
        return source
    counted, most = int(ast.unparse(counts[0].comparators[0])), max(map(abs, ends))
    if min(ends) > 0 and counted != most:
        return edited(source, [replaced(counts[0], f"len(sys.argv) != {most}")])
    if max(ends) == counted and -min(ends) < counted:
        return source  # all that it counts, once more in a loop
    if min(ends) < 0 and 1 < counted <= most:
        return edited(source, [replaced(counts[0], f"len(sys.argv) < {most}")])
    return source


_EXACTLY = re.compile(r"len\(sys\.argv\) != [1-9]")
_ALSO = re.compile(r"len\(sys\.argv\) == [1-9]")


def _contradicted(tree: ast.Module) -> list[Edit]:
    """The edit of the one count that other counts behind it contradict, as where commands take more and fewer."""
    counts = {node: ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Compare)}
    exact = [node for node, written in counts.items() if _EXACTLY.fullmatch(written)]
    also = [node for node, written in counts.items() if _ALSO.fullmatch(written)]
    if len(exact) != 1 or any(node.lineno <= exact[0].lineno for node in also):
        return []
    counted, *others = (int(counts[node][-1]) for node in (*exact, *also))
    least = min([counted, *others])
    return [replaced(exact[0], f"len(sys.argv) < {least}")] if {*others} - {counted} else []


def _is_argv(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.argv"


def _end_of(read: ast.Subscript, tree: ast.Module) -> int:
    """The place behind the last argument read; below 0 for one from which on all are, 0 where it is not known."""
    match read.slice:
        case ast.Constant(value=int(place)) if place > 0:
            return place + 1
        case ast.Slice(upper=ast.Constant(value=int(end)), step=None) if end > 1:
            return end
        case ast.Slice(lower=ast.Constant(value=int(place)), upper=None, step=None) if place > 0:
            return place + names if (names := _unpacked(read, tree)) else -place
    return 0


def _unpacked(read: ast.Subscript, tree: ast.Module) -> int:
    """How many names the arguments that are read are given to, one each; 0 where they stay together."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            value = node.value.args[-1] if isinstance(node.value, ast.Call) and node.value.args else node.value
            names = node.targets[0].elts
            if value is read and not any(isinstance(name, ast.Starred) for name in names):
                return len(names)
    return 0


def keeping_arguments(source: str) -> str:
    """`source` that keeps what it is given under a name of its own, where a part of something else takes its name.

    Of a time and a number of minutes, small models call both the number and a part of the time `minutes`, and add them
    up: the number is lost before it is read, and a name added to itself is what is left of it.

    >>> print(keeping_arguments("def add(at, minutes):\\n    hours, minutes = at\\n    return minutes + minutes\\n"))
    def add(at, given_minutes):
        hours, minutes = at
        return minutes + given_minutes
    <BLANKLINE>
    """
    if (tree := parsed(source)) is None:
        return source
    edits: list[Edit] = []
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for given in _overwritten(function):
            name = given.arg if isinstance(given, ast.arg) else given.id
            if lost := _added_to_itself(function, name):
                named = ast.copy_location(ast.Name(name), given)
                named.end_col_offset = given.col_offset + len(name.encode())
                edits += [replaced(named, f"given_{name}"), replaced(lost, f"given_{name}")]
    return edited(source, edits)


def _overwritten(function: ast.FunctionDef) -> Iterator[ast.arg | ast.Name]:
    """The parameters and names for arguments that something is unpacked into before they are read."""
    unread: dict[str, ast.arg | ast.Name] = {argument.arg: argument for argument in function.args.args}
    for statement in _in_turn(function.body):
        unpacked = []
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
            unpacked = [name.id for name in statement.targets[0].elts if isinstance(name, ast.Name)]
        named = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        for name in unpacked:
            if name in unread and all(node.id != name or isinstance(node.ctx, ast.Store) for node in named):
                yield unread[name]
        for node in named:
            unread.pop(node.id, None)
        if isinstance(statement, ast.Assign) and any(map(_is_argv, ast.walk(statement.value))):
            unread |= {target.id: target for target in statement.targets if isinstance(target, ast.Name)}


def _in_turn(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The statements that follow each other, also into `try`; what is behind a condition, as a whole."""
    for statement in body:
        if isinstance(statement, ast.Try):
            yield from _in_turn(statement.body)
            yield from statement.handlers
        else:
            yield statement


def _added_to_itself(function: ast.FunctionDef, name: str) -> ast.Name | None:
    """The second of two places of a name in one sum; None where there is no such sum, or more than one."""
    found = []
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and ast.unparse(node.target) == name:
            found += [term for term in ast.walk(node.value) if isinstance(term, ast.Name) and term.id == name]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and ast.unparse(node.right) == name:
            terms = [term for term in ast.walk(node.left) if isinstance(term, ast.Name) and term.id == name]
            found += [node.right] if len(terms) == 1 and isinstance(node.right, ast.Name) else []
    return found[0] if len(found) == 1 else None


def unused_argument(source: str) -> str:
    """The name that an argument of the command line is given and that nothing reads; empty for none.

    What is worked out from an argument at once is a result, and no name for it.

    >>> unused_argument("def main():\\n    n = int(sys.argv[1])\\n    print(3)\\n")
    'n'
    >>> unused_argument("def main():\\n    square = int(sys.argv[1]) ** 2\\n")
    ''
    """
    for function in ast.walk(parsed(source) or ast.Module([], [])):
        if isinstance(function, ast.FunctionDef):
            inside = [*ast.walk(function)]
            read = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
            for node in inside:
                match node:
                    case ast.Assign([ast.Name(id=name)], ast.Subscript() | ast.Call() as value) if name not in read:
                        parts = (part for part in ast.walk(value) if isinstance(part, ast.Subscript))
                        if name != "_" and any(_is_argv(part.value) for part in parts):
                            return name
    return ""
