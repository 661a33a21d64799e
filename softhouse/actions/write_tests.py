"""From the plan to the tests, beside the engineers: they are written from signatures and purposes, not from bodies."""

from softhouse.actions.acceptance import ACCEPTANCE_PATH, acceptance_file, packaged
from softhouse.actions.action import Action
from softhouse.actions.code import ask_code
from softhouse.actions.context import Context
from softhouse.actions.source import module_name, problems, signatures
from softhouse.environment.document import Document
from softhouse.environment.documents import (
    ModuleDesign,
    ProductRequirements,
    Requirement,
    SystemDesign,
    TaskPlan,
    TestSuite,
)


class WriteTests(Action):
    """One test file a module that offers functions, and the acceptance cases written out. A script needs no call.

    Whoever writes a test without seeing the body is a second opinion; that is what gives a passing test its weight.
    """

    watches = (TaskPlan,)
    produces = (TestSuite,)
    background = (Requirement, ProductRequirements)

    async def run(self, context: Context, document: Document) -> TestSuite:
        plan, design = context.need(TaskPlan), context.need(SystemDesign)
        cases = context.need(ProductRequirements).cases
        tested = [m for m in design.modules if m.path != plan.entry_point and (m.functions or m.classes)]
        contents = await context.side_by_side(*(self._write(context, module) for module in tested))
        files = {test_path(m.path): content for m, content in zip(tested, contents, strict=True) if content}
        if cases:
            files[ACCEPTANCE_PATH] = acceptance_file(plan.entry_point, cases)
        return TestSuite(files=packaged(files), cases=cases)

    async def _write(self, context: Context, module: ModuleDesign) -> str:
        path = test_path(module.path)
        content = await ask_code(
            context, path, module=module, module_name=module_name(module.path), signatures=signatures(module)
        )
        if found := problems(path, content):
            context.tell("notice", subject=path, detail=f"{path} is left out, it is no valid Python: {found[0]}")
            return ""
        return content


def test_path(path: str) -> str:
    """Where the tests of a module lie: `app/store.py` is tested by `tests/test_app_store.py`."""
    return f"tests/test_{module_name(path).replace('.', '_')}.py"
