import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path

import pytest

from softhouse.errors import AuthenticationError, BackendError, MissingExtraError, UnknownModelError
from softhouse.llm_backends import registry
from softhouse.llm_backends.protocol import Backend
from softhouse.llm_backends.registry import backend_kinds, create_backend, default_spec

VARIABLES = ("SOFTHOUSE_MODEL", "OPENAI_API_KEY", "OPENAI_MODEL", "OPENAI_BASE_URL")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "spec"),
    [
        ({}, "gguf:qwen2.5-coder-1.5b"),
        ({"OPENAI_API_KEY": "k"}, "openai:gpt-4.1"),
        ({"OPENAI_API_KEY": "k", "OPENAI_MODEL": "o9"}, "openai:o9"),
        ({"OPENAI_MODEL": "o9"}, "gguf:qwen2.5-coder-1.5b"),
        ({"OPENAI_API_KEY": "k", "SOFTHOUSE_MODEL": "human:"}, "human:"),
    ],
)
def test_default_follows_the_environment(
    environment: dict[str, str], spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_spec() == spec


def test_every_built_in_kind_is_registered() -> None:
    assert {"openai", "gguf", "human", "script", "chatglm2", "hf"} <= set(backend_kinds())


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        ("gpt-4.1", UnknownModelError, "openai:gpt-4.1"),
        ("human", UnknownModelError, "such as human:"),
        ("opneai:gpt", UnknownModelError, "did you mean openai:gpt?"),
        ("zzz:x", UnknownModelError, "the kinds are: "),
        ("openai:", UnknownModelError, "openai:MODEL"),
        ("openai:gpt-4.1", AuthenticationError, "OPENAI_API_KEY"),
        ("script:/nowhere.json", BackendError, "/nowhere.json"),
    ],
)
def test_wrong_specs_say_what_to_write(spec: str, error: type[BackendError], words: str) -> None:
    with pytest.raises(error) as caught:
        create_backend(spec)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_base_url_reaches_the_backend() -> None:
    backend = create_backend("openai:m", base_url="http://127.0.0.1:1/v1")
    assert backend.name == "openai:m@http://127.0.0.1:1/v1"
    assert isinstance(backend, Backend)


def _with_entry_point(monkeypatch: pytest.MonkeyPatch, value: str, *, of_softhouse: bool) -> None:
    entry_point = EntryPoint("mine", value, registry.GROUP)
    if of_softhouse:
        dist = next(iter(entry_points(group=registry.GROUP, name="openai"))).dist
        entry_point = entry_point._for(dist)  # type: ignore[attr-defined]
    monkeypatch.setattr(registry, "entry_points", lambda **_: EntryPoints([entry_point]))


def test_third_parties_add_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "their_backend.py").write_text(
        "from softhouse.testing import ScriptedBackend\n"
        "def create(rest, *, base_url=None):\n"
        "    return ScriptedBackend(['hi'], name=f'mine:{rest}')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    _with_entry_point(monkeypatch, "their_backend:create", of_softhouse=False)
    assert create_backend("mine:x").name == "mine:x"


@pytest.mark.parametrize(
    ("module", "of_softhouse", "error", "words"),
    [
        ("xllamacpp", True, MissingExtraError, 'pip install "softhouse[embedded]"'),
        ("torch", True, MissingExtraError, 'pip install "softhouse[local]"'),
        ("torch", False, BackendError, "cannot be loaded"),
    ],
)
def test_a_missing_part_names_the_command_that_installs_it(
    module: str,
    of_softhouse: bool,
    error: type[BackendError],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    source = f"def create(rest, *, base_url=None):\n    raise ModuleNotFoundError('none', name='{module}.sub')\n"
    (tmp_path / "needs_extra.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "needs_extra", raising=False)
    _with_entry_point(monkeypatch, "needs_extra:create", of_softhouse=of_softhouse)
    with pytest.raises(error, match=r".") as caught:
        create_backend("mine:x")
    assert words in str(caught.value)


def test_importing_the_registry_imports_nothing_heavy() -> None:
    check = (
        "import sys, softhouse.llm_backends.registry; print(sys.modules.keys() & {'pydantic', 'openai', 'tenacity'})"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
