"""Who divides the work into modules."""

from softhouse.actions.describe_design import DescribeDesign
from softhouse.actions.write_design import WriteDesign
from softhouse.roles.role import Role

architect = Role(
    name="Architect",
    goal="divide the program into modules that can be written and tested by themselves",
    actions=(WriteDesign(),),
)

architect_afterwards = Role(
    name=architect.name,
    goal=architect.goal,
    actions=(DescribeDesign(),),
)
"""For a small model: reads the design off the code that was built."""
