"""From the product requirements to a design of the right size."""

from softhouse.actions.action import Action
from softhouse.actions.context import Context
from softhouse.environment.document import Document
from softhouse.environment.documents import ModuleDesign, ProductRequirements, Requirement, SystemDesign


class WriteDesign(Action):
    """Modules with exact signatures, sized to the scope. A script needs no design and no call."""

    watches = (ProductRequirements,)
    produces = (SystemDesign,)
    background = (Requirement, ProductRequirements)

    async def run(self, context: Context, document: Document) -> SystemDesign:
        prd = context.need(ProductRequirements)
        entry = ModuleDesign(path=prd.entry_point, purpose=prd.summary)
        if prd.scope == "script":
            return SystemDesign(overview=prd.summary, modules=(entry,))
        design = await context.ask(SystemDesign, scope=prd.scope, entry_point=prd.entry_point)
        if any(module.path == prd.entry_point for module in design.modules):
            return design
        rest = tuple(module.path for module in design.modules)
        entry = entry.model_copy(update={"depends_on": rest})
        return SystemDesign(overview=design.overview, modules=(*design.modules, entry), calls=design.calls)
