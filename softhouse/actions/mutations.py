"""A function with one small change: a bound, a sign, a comparison. Where none is right as it is, one may be so.

Mutation as a source of repairs, judged by running: Debroy & Wong 2010, Using mutation to automatically suggest fixes
for faulty programs, ICST.

>>> source = "def between(a, b):\\n    return b - a + 1\\n"
>>> "def between(a, b):\\n    return b - a + 0\\n" in mutants(source, "between")
True
"""

import ast
from collections.abc import Iterator

from softhouse.actions.source import edited, parsed, replaced

MOST_MUTANTS = 150
_COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">="),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<="),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.FloorDiv: "/",
    ast.Div: "//",
    ast.Mult: "+",
}


def mutants(source: str, name: str) -> tuple[str, ...]:
    """`source` with one change each in the function `name`, at most `MOST_MUTANTS`; none where it is no Python."""
    tree = parsed(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name] if tree else []
    changes = (
        edited(source, [replaced(node, text)])
        for statement in (functions[-1].body if functions else [])
        for node, text in _changes(statement)
    )
    return tuple({change: None for change in changes if parsed(change)})[:MOST_MUTANTS]


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Expressions below `node`, each with another text for it."""
    if isinstance(node, ast.JoinedStr):
        return  # its parts have no places of their own before Python 3.12
    for expression in _places(node):
        for change in ("+ 1", "- 1"):
            yield expression, f"{_inner(expression)} {change}"
    match node:
        case ast.Constant(value=bool(value)):
            yield node, str(not value)
        case ast.Constant(value=int(value)):
            yield node, str(value + 1)
            yield node, str(value - 1)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            for other in _COMPARISONS.get(type(operator), ()):
                yield node, f"{_inner(left)} {other} {_inner(right)}"
        case ast.BoolOp(op=operation, values=values):
            other = " or " if isinstance(operation, ast.And) else " and "
            yield node, f"({other.join(map(_inner, values))})"
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATORS:
            yield node, f"({_inner(left)} {_OPERATORS[type(operation)]} {_inner(right)})"
        case ast.If(test=test) | ast.While(test=test):
            yield test, f"not {_inner(test)}"
    for child in ast.iter_child_nodes(node):
        yield from _changes(child)


def _places(node: ast.AST) -> Iterator[ast.expr]:
    """Where a whole number stands that may be off by one: a result, an index, an end of a range or of a slice."""
    match node:
        case ast.Return(value=ast.expr() as value) | ast.Assign(value=value):
            yield value
        case ast.Call(func=ast.Name(id="range"), args=ends):
            yield from ends[:2]
        case ast.Subscript(slice=ast.Slice(lower=lower, upper=upper)):
            yield from filter(None, (lower, upper))
        case ast.Subscript(slice=index, ctx=ast.Load()):
            yield index


def _inner(node: ast.expr) -> str:
    """Its text as a part of another expression."""
    text = ast.unparse(node)
    return text if isinstance(node, (ast.Name, ast.Constant, ast.Call, ast.Subscript, ast.Attribute)) else f"({text})"
