"""Python source as data: what is wrong with it before it runs, and what it offers to others."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from softhouse.environment.documents import ClassDesign, FunctionDesign, ModuleDesign, Parameter

Function = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


@lru_cache(maxsize=128)  # a file is looked at when it is written, and again with each run of all tests
def problems(path: str, content: str) -> tuple[str, ...]:
    """What no run is needed to see: syntax errors, undefined names, functions left empty, each as `path:line: text`.

    Files that are not Python have none.

    >>> problems("main.py", "print(sys.argv)")
    ("main.py:1: undefined name 'sys'",)
    >>> source = "def f(x):\\n    if x:\\n        n = x + 1\\n        print(n)\\n    else:\\n        print(n)\\n"
    >>> problems("main.py", source)
    ("main.py:6: name 'n' is set in another branch only",)
    """
    if not path.endswith(".py"):
        return ()
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        return (f"{path}:{line}: {type(error).__name__}: {getattr(error, 'msg', error)}",)
    from pyflakes import checker, messages

    serious = (messages.UndefinedName, messages.UndefinedLocal, messages.ReturnOutsideFunction)
    found = [
        (message.lineno, message.message % message.message_args)
        for message in checker.Checker(tree, path).messages
        if isinstance(message, serious)
    ]
    return tuple(f"{path}:{line}: {said}" for line, said in sorted({*found, *_set_elsewhere(tree), *_unwritten(tree)}))


def _unwritten(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Functions that are called and have nothing in them but `pass`, or a comment about what would be needed."""
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    for node in tree.body:
        if isinstance(node, Function) and node.name in called:
            rest = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if all(isinstance(each, ast.Pass) or ast.unparse(each) == "..." for each in rest):
                yield node.lineno, f"the function {node.name!r} is called and not written"


def parsed(content: str) -> ast.Module | None:
    """The syntax tree of a file; None where it is no Python."""
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError):
        return None


def _set_elsewhere(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Local names that one branch of a condition reads and only the other one sets: they never have a value there."""
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        everywhere = Counter(_bound(function.body))
        elsewhere = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
        elsewhere |= {
            name for node in _own(function.body) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names
        }
        for condition in _conditions(function.body):
            for setting, reading in ((condition.body, condition.orelse), (condition.orelse, condition.body)):
                here = Counter(_bound(setting))
                only = {name for name, count in here.items() if count == everywhere[name]} - elsewhere
                for node in _own(reading):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in only:
                        yield node.lineno, f"name '{node.id}' is set in another branch only"


def _own(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a block, without what stands in a scope of its own."""
    for node in body:
        yield node
        if not isinstance(node, _SCOPES):
            yield from _own(ast.iter_child_nodes(node))


def _bound(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that a block gives a value, as often as it does."""
    for node in _own(body):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]


def _conditions(body: Iterable[ast.stmt]) -> Iterator[ast.If]:
    """The conditions of a block that are in no loop: in one, a branch may run after the other."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield statement
        if isinstance(statement, (ast.If, ast.With, ast.Try)):
            yield from _conditions(statement.body)
            yield from _conditions(getattr(statement, "orelse", []))
        if isinstance(statement, ast.Try):
            yield from _conditions(statement.finalbody)
            for handler in statement.handlers:
                yield from _conditions(handler.body)


def interface(path: str, content: str, purpose: str = "") -> ModuleDesign:
    """What a Python file offers: its public classes and functions, read from its syntax tree.

    >>> interface("a.py", "def double(x: int) -> int:\\n    return 2 * x").functions[0].signature
    'double(x: int) -> int'
    """
    if (tree := parsed(content)) is None:
        return ModuleDesign(path=path, purpose=purpose)
    return ModuleDesign(
        path=path,
        purpose=purpose or _first_line(tree),
        classes=tuple(_class(node) for node in tree.body if isinstance(node, ast.ClassDef)),
        functions=tuple(_function(node) for node in tree.body if isinstance(node, Function) and _public(node.name)),
    )


def signatures(module: ModuleDesign) -> str:
    """The interface as Python stubs, for a prompt."""
    return "\n\n".join(_stubs(module))


def local_imports(content: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the project's files this one imports.

    >>> local_imports("import store\\nfrom app import view", ("store.py", "app/view.py", "main.py"))
    ('app/view.py', 'store.py')
    """
    if (tree := parsed(content)) is None:
        return ()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return tuple(sorted(path for path in paths if module_name(path) in names))


def module_name(path: str) -> str:
    """`app/view.py` is imported as `app.view`."""
    return re.sub(r"(/__init__)?\.py$", "", path).replace("/", ".")


@dataclass(frozen=True)
class Edit:
    """The text between two places of a source, as (line, column in bytes), and what comes in its stead."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def replaced(node: ast.stmt | ast.expr, text: str) -> Edit:
    """`text` in the place of a statement or an expression."""
    return Edit((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0), text)


def inserted(place: tuple[int, int], text: str) -> Edit:
    """`text` at a place."""
    return Edit(place, place, text)


def followed(node: ast.stmt, *lines: str) -> Edit:
    """`lines` below a statement, indented like it."""
    indent = " " * node.col_offset
    return inserted((node.end_lineno or 0, node.end_col_offset or 0), "".join(f"\n{indent}{line}" for line in lines))


def edited(source: str, edits: Iterable[Edit]) -> str:
    """`source` with edits that do not overlap; everything else stays to the letter, comments too.

    >>> edited("a = 1  # one\\n", [Edit((1, 4), (1, 5), "2")])
    'a = 2  # one\\n'
    """
    lines = source.encode().splitlines(keepends=True)  # as bytes: Python's lines, and its columns
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        (first, start), (last, end) = edit.start, edit.end
        lines[first - 1 : last] = [lines[first - 1][:start] + edit.text.encode() + lines[last - 1][end:]]
    return b"".join(lines).decode()


def _public(name: str) -> bool:
    return not name.startswith("_")


def _first_line(node: ast.Module | ast.ClassDef | Function) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]


def _annotation(node: ast.expr | None, default: str) -> str:
    return ast.unparse(node) if node is not None else default


def _function(node: Function) -> FunctionDesign:
    arguments = [*node.args.posonlyargs, *node.args.args]
    parameters = [Parameter(name=a.arg, type=_annotation(a.annotation, "")) for a in arguments if a.arg != "self"]
    if node.args.vararg:
        parameters.append(Parameter(name=f"*{node.args.vararg.arg}", type=_annotation(node.args.vararg.annotation, "")))
    parameters.extend(Parameter(name=a.arg, type=_annotation(a.annotation, "")) for a in node.args.kwonlyargs)
    if node.args.kwarg:
        parameters.append(Parameter(name=f"**{node.args.kwarg.arg}", type=_annotation(node.args.kwarg.annotation, "")))
    return FunctionDesign(
        name=node.name,
        parameters=tuple(parameters),
        returns=_annotation(node.returns, "object"),
        purpose=_first_line(node),
    )


def _class(node: ast.ClassDef) -> ClassDesign:
    attributes = [
        Parameter(name=item.target.id, type=ast.unparse(item.annotation))
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and _public(item.target.id)
    ]
    shown = [
        item for item in node.body if isinstance(item, Function) and (_public(item.name) or item.name == "__init__")
    ]
    return ClassDesign(
        name=node.name,
        purpose=_first_line(node),
        attributes=tuple(attributes),
        methods=tuple(_function(item) for item in shown),
    )


def _stubs(module: ModuleDesign) -> Iterator[str]:
    for class_ in module.classes:
        lines = [f"class {class_.name}:"]
        if class_.purpose:
            lines.append(f'    """{class_.purpose}"""')
        lines += [f"    {a.name}: {a.type}" for a in class_.attributes]
        lines += [_stub(method, method=True) for method in class_.methods]
        yield "\n".join(lines if len(lines) > 1 else [*lines, "    ..."])
    for function in module.functions:
        yield _stub(function)


def _stub(function: FunctionDesign, *, method: bool = False) -> str:
    head = function.signature
    indent = ""
    if method:
        indent = "    "
        head = head.replace("(", "(self, ", 1) if function.parameters else head.replace("()", "(self)", 1)
    body = f'"""{function.purpose}"""' if function.purpose else "..."
    return f"{indent}def {head}:\n{indent}    {body}"
