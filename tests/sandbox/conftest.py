"""The walls of this machine, each put up once a module; a wall that can't be put up is skipped, saying why."""

import subprocess
from collections.abc import Callable, Iterator

import pytest

from softhouse.environment.sandbox.bubblewrap import Bubblewrap, programs
from softhouse.environment.sandbox.landlock import Landlock
from softhouse.environment.sandbox.plain import Plain
from softhouse.environment.sandbox.protocol import IsolationReport
from softhouse.environment.sandbox.self_test import UNTESTED
from softhouse.environment.sandbox.wall import Wall
from softhouse.environment.sandbox.walled import WalledSandbox

from .targets import Targets, targets

WALLS: dict[str, Callable[[], Wall]] = {
    "bubblewrap": lambda: Bubblewrap(programs()[0]),
    "landlock": Landlock,
    "landlock 1": lambda: Landlock(1),
    "landlock 4": lambda: Landlock(4),
    "none": Plain,
}


def behind(name: str) -> WalledSandbox:
    """A sandbox behind the wall of that name, not examined."""
    try:
        wall = WALLS[name]()
    except (OSError, IndexError, subprocess.SubprocessError) as error:
        pytest.skip(f"{name} can't be put up on this machine: {error}")
    report = IsolationReport(
        wall=name, network=UNTESTED, files=UNTESTED, environment=UNTESTED, memory=UNTESTED, processes=UNTESTED
    )
    return WalledSandbox(wall, report)


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def walled(request: pytest.FixtureRequest) -> WalledSandbox:
    """A sandbox behind a real wall, each in turn."""
    return behind(request.param)


@pytest.fixture(scope="module", params=["bubblewrap", "landlock", "none"])
def any_sandbox(request: pytest.FixtureRequest) -> WalledSandbox:
    """Every way to run a program, the one without a wall too."""
    return behind(request.param)


@pytest.fixture(scope="module")
def unwalled() -> WalledSandbox:
    """No wall: shows that an attack works where nothing stops it."""
    return behind("none")


@pytest.fixture
def target() -> Iterator[Targets]:
    with targets() as things:
        yield things
