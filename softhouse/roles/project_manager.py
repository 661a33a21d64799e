"""Who orders the work and hands it over."""

from softhouse.actions.deliver import Deliver, DeliverAfterwards
from softhouse.actions.plan_tasks import PlanTasks
from softhouse.roles.role import Role

project_manager = Role(
    name="Project Manager",
    goal="order the work so that nobody waits without need, and hand over with an honest account",
    actions=(PlanTasks(), Deliver()),
)

project_manager_afterwards = Role(
    name=project_manager.name,
    goal=project_manager.goal,
    actions=(PlanTasks(), DeliverAfterwards()),
)
"""For a small model: the documents are completed after the code, so the delivery waits for them."""
