"""Who is hired for a run: staff differ in strength, and the procedure follows."""

from softhouse.llm_backends.protocol import Capabilities
from softhouse.roles.architect import architect, architect_afterwards
from softhouse.roles.engineer import engineer, engineer_at_once
from softhouse.roles.product_manager import product_manager, product_manager_afterwards
from softhouse.roles.project_manager import project_manager, project_manager_afterwards
from softhouse.roles.qa_engineer import qa_engineer, qa_engineer_by_observation
from softhouse.roles.role import Role


def documents_first() -> tuple[Role, ...]:
    """The standard house: requirement, documents, code, tests. For models that a plan helps.

    >>> [role.name for role in documents_first()]
    ['Product Manager', 'Architect', 'Project Manager', 'Engineer', 'QA Engineer']
    """
    return (product_manager, architect, project_manager, engineer, qa_engineer)


def code_first() -> tuple[Role, ...]:
    """The same roles and documents with other edges: the code comes from the requirement itself, the documents from it.

    A model of a few billion parameters writes worse code with anything but the requirement in front of it.
    """
    return (
        product_manager_afterwards,
        architect_afterwards,
        project_manager_afterwards,
        engineer_at_once,
        qa_engineer_by_observation,
    )


def staff(capabilities: Capabilities, *, approvals: bool = False) -> tuple[Role, ...]:
    """The roles for a model. Where a person wants to approve documents, they come first, whatever the model."""
    return code_first() if capabilities.strength == "small" and not approvals else documents_first()
