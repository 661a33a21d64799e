"""A small model's design: read off the code that was built, so that it is true and costs no call."""

import ast
from collections.abc import Sequence

from softhouse.actions.action import Action
from softhouse.actions.context import Context
from softhouse.actions.source import interface, local_imports
from softhouse.environment.document import Document
from softhouse.environment.documents import (
    CallStep,
    Implementation,
    ProductRequirements,
    SourceFile,
    SystemDesign,
)

MOST_CALLS = 12


class DescribeDesign(Action):
    """Modules, classes, functions and calls as the syntax tree has them."""

    watches = (ProductRequirements,)
    produces = (SystemDesign,)

    async def run(self, context: Context, document: Document) -> SystemDesign:
        prd, built = context.need(ProductRequirements), context.need(Implementation)
        files = {source.path: source.content for source in context.find_all(SourceFile) if source.path in built.files}
        modules = []
        for path in built.files:
            purpose = prd.summary if path == built.entry_point else ""
            module = interface(path, files[path], purpose)
            imports = tuple(name for name in local_imports(files[path], built.files) if name != path)
            modules.append(module.model_copy(update={"depends_on": imports}))
        calls = call_steps(built.entry_point, files[built.entry_point])
        return SystemDesign(overview=prd.summary, modules=tuple(modules), calls=calls)


def call_steps(path: str, content: str) -> tuple[CallStep, ...]:
    """Which function calls which, in the order of the text, within one file.

    >>> [(s.caller, s.callee) for s in call_steps("m.py", "def f(): g()\\ndef g(): pass\\nf()")]
    [('m.py', 'f'), ('f', 'g')]
    """
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return ()
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    rest = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    steps = [*_calls(path, rest, functions)]
    for name, node in functions.items():
        steps += _calls(name, node.body, functions)
    return tuple(dict.fromkeys(steps))[:MOST_CALLS]


def _calls(
    caller: str, body: Sequence[ast.stmt], functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
) -> list[CallStep]:
    found = [node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return [
        CallStep(caller=caller, callee=node.func.id, call=ast.unparse(node)[:80])
        for node in sorted(found, key=lambda n: (n.lineno, n.col_offset))
        if isinstance(node.func, ast.Name) and node.func.id in functions
    ]
