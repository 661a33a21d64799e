from pathlib import Path

import pytest

from softhouse.environment.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "project")
    workspace.claim()
    return workspace
