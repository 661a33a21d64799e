"""Imports point one way, and `import softhouse` costs nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import softhouse

ROOT = Path(softhouse.__file__).parent
ORDER = ("errors", "llm_backends", "environment", "actions", "roles", "agents", "company", "cli")
"""From the bottom to the top. Modules beside them at the package's top level belong to the room they serve."""
ROOM_OF = {
    "run": "company",
    "runs": "company",
    "replay": "company",
    "graphs": "company",
    "project": "company",
    "settings": "company",
    "bench": "cli",
    "knowledge": "cli",
    "serve": "cli",
    "testing": "cli",
    "training": "cli",
    "__main__": "cli",
    "__init__": "cli",
}


def room(module: str) -> str:
    name = module.split(".")[1] if "." in module else "__init__"
    return ROOM_OF.get(name, name)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.startswith("softhouse.")}


FILES = sorted(path for path in ROOT.rglob("*.py") if "references" not in path.parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_points_back(path: Path) -> None:
    here = room("softhouse." + ".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert here in ORDER, f"{path} lies in no known room; say in this test where it belongs"
    above = {name for name in imports_of(path) if ORDER.index(room(name)) > ORDER.index(here)}
    assert not above


def test_the_backends_know_only_errors_and_their_own() -> None:
    foreign = {
        (path.name, name)
        for path in (ROOT / "llm_backends").rglob("*.py")
        for name in imports_of(path)
        if not name.startswith(("softhouse.llm_backends", "softhouse.errors"))
    }
    assert not foreign


def test_importing_softhouse_imports_nothing_heavy() -> None:
    code = (
        "import softhouse, sys; print(sorted({'pydantic', 'openai', 'networkx', 'jinja2', 'typer'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_all_is_sorted_and_complete_and_every_name_is_there() -> None:
    assert softhouse.__all__ == sorted(softhouse.__all__)
    assert set(softhouse.__all__) == set(softhouse._HOME_OF)
    for name in softhouse.__all__:
        assert getattr(softhouse, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        softhouse.nonsense  # noqa: B018


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_it_can_be_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
