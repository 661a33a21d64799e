"""Who finds out whether it works."""

from softhouse.actions.record_tests import RecordTests, RunRecordedTests
from softhouse.actions.run_tests import RunTests
from softhouse.actions.write_tests import WriteTests
from softhouse.roles.role import Role

qa_engineer = Role(
    name="QA Engineer",
    goal="find what does not do what the requirement says",
    actions=(WriteTests(), RunTests()),
)

qa_engineer_by_observation = Role(
    name=qa_engineer.name,
    goal=qa_engineer.goal,
    actions=(RecordTests(), RunRecordedTests()),
)
"""For a small model: its tests are the requirement's own examples and what the program was seen to do."""
