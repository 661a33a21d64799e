import pytest

from softhouse.environment.sandbox import Sandbox, open_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    """The real one; its self-test runs once a process."""
    return open_sandbox()
