"""From the design to the order of work. The module graph says it all, so this costs no call."""

from softhouse.actions.action import Action
from softhouse.actions.context import Context
from softhouse.environment.document import Document
from softhouse.environment.documents import ProductRequirements, SystemDesign, Task, TaskPlan


class PlanTasks(Action):
    """One task a module, level by level: what does not depend on each other is written at the same time."""

    watches = (SystemDesign,)
    produces = (TaskPlan,)

    async def run(self, context: Context, document: Document) -> TaskPlan:
        design = context.need(SystemDesign)
        return TaskPlan(
            entry_point=context.need(ProductRequirements).entry_point,
            tasks=tuple(
                Task(path=module.path, purpose=module.purpose, depends_on=module.depends_on, level=level)
                for level, modules in enumerate(design.levels())
                for module in modules
            ),
        )
