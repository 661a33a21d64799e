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
        design, prd = context.need(SystemDesign), context.need(ProductRequirements)
        levels = design.levels()
        tasks = [
            Task(path=module.path, purpose=module.purpose, depends_on=module.depends_on, level=level)
            for level, modules in enumerate(levels)
            for module in modules
        ]
        paths = tuple(task.path for task in tasks)
        if prd.entry_point not in paths:  # a person took it out of the design; a program has to start somewhere
            tasks.append(Task(path=prd.entry_point, purpose=prd.summary, depends_on=paths, level=len(levels)))
        return TaskPlan(entry_point=prd.entry_point, tasks=tuple(tasks))
