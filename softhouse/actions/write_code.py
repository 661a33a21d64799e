"""From the plan to the files, each as soon as those that it imports are written."""

import asyncio

from softhouse.actions.action import Action
from softhouse.actions.code import ask_code, climb, mend
from softhouse.actions.context import Context
from softhouse.actions.source import interface, signatures
from softhouse.environment.document import Document
from softhouse.environment.documents import (
    Implementation,
    ModuleDesign,
    ProductRequirements,
    Requirement,
    SourceFile,
    SystemDesign,
    TaskPlan,
)


class WriteCode(Action):
    """Write every module of the plan: independent ones at the same time, dependents from their interfaces.

    A prompt carries the interfaces of the modules that a file imports, not their bodies, so prompts grow linearly with
    the project.
    """

    watches = (TaskPlan,)
    produces = (SourceFile, Implementation)
    background = (Requirement, ProductRequirements)

    async def run(self, context: Context, document: Document) -> Implementation:
        plan, design = context.need(TaskPlan), context.need(SystemDesign)
        # A person may have edited the plan alone: what it says is done, whatever the design says.
        designed = {module.path: module for module in design.modules}
        modules = {
            task.path: designed.get(task.path, ModuleDesign(path=task.path, purpose=task.purpose)).model_copy(
                update={"depends_on": task.depends_on}
            )
            for task in plan.tasks
        }
        written: dict[str, asyncio.Task[str]] = {}

        async def module(path: str) -> str:
            dependencies = [dependency for dependency in modules[path].depends_on if dependency != path]
            files = {dependency: await asyncio.shield(written[dependency]) for dependency in dependencies}
            reachable = {p: await asyncio.shield(written[p]) for p in _closure(path, modules)}
            content = await self._write(context, modules[path], files, reachable, entry=path == plan.entry_point)
            source = context.pinned(SourceFile(path=path, content=content))
            await context.publish(source)
            return source.content

        for task in plan.tasks:
            written[task.path] = asyncio.ensure_future(module(task.path))
        await context.side_by_side(*(_result(task) for task in written.values()))
        return Implementation(entry_point=plan.entry_point, files=tuple(sorted(written)))

    async def _write(
        self, context: Context, design: ModuleDesign, imports: dict[str, str], reachable: dict[str, str], *, entry: bool
    ) -> str:
        if (pin := context.pinned(SourceFile(path=design.path, content=""))).content:
            return pin.content
        interfaces = [(path, signatures(interface(path, content))) for path, content in imports.items()]
        content = await ask_code(
            context, design.path, design=design, signatures=signatures(design), interfaces=interfaces, entry=entry
        )
        problem = await climb(context, design.path, content, reachable, entry=entry)
        return await mend(context, design.path, content, problem, reachable, entry=entry)


async def _result(task: "asyncio.Task[str]") -> str:
    return await task


def _closure(path: str, modules: dict[str, ModuleDesign]) -> list[str]:
    """All modules that `path` imports, directly or not."""
    found: dict[str, None] = {}
    waiting = [d for d in modules[path].depends_on if d != path]
    while waiting:
        dependency = waiting.pop()
        if dependency not in found:
            found[dependency] = None
            waiting.extend(modules[dependency].depends_on)
    return sorted(found)
