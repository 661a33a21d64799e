"""Softhouse: one line in, a tested project in a git repository out.

>>> import softhouse
>>> "build" in softhouse.__all__
True

Everything public is listed in `__all__` and imported when it is first used: `import softhouse` itself costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from softhouse.actions.action import Action
    from softhouse.actions.context import Context
    from softhouse.company import Company, build
    from softhouse.environment.document import Document
    from softhouse.environment.documents import (
        Case,
        Check,
        Defect,
        Delivery,
        Implementation,
        ProductRequirements,
        Readme,
        Requirement,
        ShippedTests,
        SourceFile,
        Step,
        SystemDesign,
        Task,
        TaskPlan,
        TestReport,
        TestSuite,
    )
    from softhouse.environment.environment import Environment
    from softhouse.environment.events import Event
    from softhouse.environment.ledger import Bill
    from softhouse.environment.message import Message
    from softhouse.errors import SofthouseError
    from softhouse.llm_backends.protocol import (
        Backend,
        Capabilities,
        ChatMessage,
        Completion,
        CompletionRequest,
        Usage,
    )
    from softhouse.llm_backends.registry import create_backend
    from softhouse.project import Project
    from softhouse.roles.role import Role
    from softhouse.roles.staff import code_first, documents_first, staff

__version__ = "0.1.0"

_HOMES = {
    "softhouse.actions.action": ("Action",),
    "softhouse.actions.context": ("Context",),
    "softhouse.company": ("Company", "build"),
    "softhouse.environment.document": ("Document",),
    "softhouse.environment.documents": (
        "Case",
        "Check",
        "Defect",
        "Delivery",
        "Implementation",
        "ProductRequirements",
        "Readme",
        "Requirement",
        "ShippedTests",
        "SourceFile",
        "Step",
        "SystemDesign",
        "Task",
        "TaskPlan",
        "TestReport",
        "TestSuite",
    ),
    "softhouse.environment.environment": ("Environment",),
    "softhouse.environment.events": ("Event",),
    "softhouse.environment.ledger": ("Bill",),
    "softhouse.environment.message": ("Message",),
    "softhouse.errors": ("SofthouseError",),
    "softhouse.llm_backends.protocol": (
        "Backend",
        "Capabilities",
        "ChatMessage",
        "Completion",
        "CompletionRequest",
        "Usage",
    ),
    "softhouse.llm_backends.registry": ("create_backend",),
    "softhouse.project": ("Project",),
    "softhouse.roles.role": ("Role",),
    "softhouse.roles.staff": ("code_first", "documents_first", "staff"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Action",
    "Backend",
    "Bill",
    "Capabilities",
    "Case",
    "ChatMessage",
    "Check",
    "Company",
    "Completion",
    "CompletionRequest",
    "Context",
    "Defect",
    "Delivery",
    "Document",
    "Environment",
    "Event",
    "Implementation",
    "Message",
    "ProductRequirements",
    "Project",
    "Readme",
    "Requirement",
    "Role",
    "ShippedTests",
    "SofthouseError",
    "SourceFile",
    "Step",
    "SystemDesign",
    "Task",
    "TaskPlan",
    "TestReport",
    "TestSuite",
    "Usage",
    "build",
    "code_first",
    "create_backend",
    "documents_first",
    "staff",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'softhouse' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
