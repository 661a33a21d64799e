"""Where generated code runs: behind a wall that was tested before anything ran.

`open_sandbox()` picks the strongest wall that a self-test shows to hold on this machine. Everything that is started
behind it is started by `inside/supervisor.py`, whatever the wall.
"""

from softhouse.environment.sandbox.protocol import (
    Command,
    Execution,
    Finding,
    IsolationReport,
    Level,
    Limits,
    Outcome,
    Sandbox,
)
from softhouse.environment.sandbox.selection import open_sandbox

__all__ = [
    "Command",
    "Execution",
    "Finding",
    "IsolationReport",
    "Level",
    "Limits",
    "Outcome",
    "Sandbox",
    "open_sandbox",
]
