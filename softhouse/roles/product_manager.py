"""Who says what the product has to do."""

from softhouse.actions.complete_requirements import CompleteRequirements
from softhouse.actions.write_requirements import WriteRequirements
from softhouse.roles.role import Role

product_manager = Role(
    name="Product Manager",
    goal="say what the product has to do, no more than the user asked for, so that anyone could check it",
    actions=(WriteRequirements(),),
)

product_manager_afterwards = Role(
    name=product_manager.name,
    goal=product_manager.goal,
    actions=(CompleteRequirements(),),
)
"""For a small model: completes the document from what was built and seen to run."""
