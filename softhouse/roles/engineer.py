"""Who writes the program."""

from softhouse.actions.fix_defects import FixDefects
from softhouse.actions.write_code import WriteCode
from softhouse.actions.write_script import WriteScript
from softhouse.roles.role import Role

engineer = Role(
    name="Engineer",
    goal="write code that does what the documents say, short and plain",
    actions=(WriteCode(), FixDefects()),
)

engineer_at_once = Role(
    name=engineer.name,
    goal=engineer.goal,
    actions=(WriteScript(),),
)
"""For a small model: writes the program from the requirement itself, with nothing else in front of it."""
