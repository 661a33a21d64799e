"""The README's two commands, without installing anything."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bootstrap() -> Iterator[ModuleType]:
    """`bootstrap.py` as a module of its own, so that nothing replaced in it outlives the test."""
    spec = spec_from_file_location("bootstrap_under_test", ROOT / "bootstrap.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The Python of an empty virtual environment, as far as paths go."""
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin" / "python"


def test_installs_once_and_again_when_the_recipe_changes(
    bootstrap: ModuleType, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(bootstrap, "step", lambda name, *_: steps.append(name))
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    recipe = '[project.optional-dependencies]\ndev = ["softhouse[test]", "torch==2.13.0"]\n'
    (tmp_path / "pyproject.toml").write_text(recipe, encoding="utf-8")
    for _ in range(2):
        bootstrap.install(python, extra="dev")
    assert steps == ["install torch==2.13.0", "install softhouse[dev]"], "torch first, and once"
    (tmp_path / "pyproject.toml").write_text(recipe.replace("2.13.0", "2.14.0"), encoding="utf-8")
    bootstrap.install(python, extra="dev")
    assert steps[2:] == ["install torch==2.14.0", "install softhouse[dev]"]


def test_a_failed_installation_is_tried_again(
    bootstrap: ModuleType, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str, *words: object) -> None:
        raise bootstrap.StepFailedError(name, 1)

    monkeypatch.setattr(bootstrap, "step", fail)
    for _ in range(2):
        with pytest.raises(bootstrap.StepFailedError):
            bootstrap.install(python, extra="embedded")


def test_what_follows_run_goes_to_the_house_as_it_is(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "environment", lambda: Path(sys.executable))
    monkeypatch.setattr(bootstrap, "install", lambda *_, **__: None)

    def house(python: Path, words: list[str]) -> int:
        given.append(words)
        return 5

    monkeypatch.setattr(bootstrap, "house", house)
    words = ["--model", "openai:x", "Write it", "--json", "--", "-"]
    assert bootstrap.main(["run", *words]) == 5
    assert given == [words]


def test_the_first_failure_ends_the_test_command(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []

    def step(name: str, *words: object, **options: object) -> None:
        started.append(name)
        if name == "mypy":
            raise bootstrap.StepFailedError("mypy failed", 3)

    monkeypatch.setattr(bootstrap, "environment", lambda: Path(sys.executable))
    monkeypatch.setattr(bootstrap, "install", lambda *_, **__: None)
    monkeypatch.setattr(bootstrap, "step", step)
    assert bootstrap.main(["test"]) == 3
    assert started == ["ruff format", "ruff check", "mypy"]


def test_a_model_that_cannot_be_had_fails_ci_and_nobody_else(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(name: str, *words: object, **options: object) -> None:
        if name == "pull the embedded model":
            raise bootstrap.StepFailedError("no source answers", 3)

    monkeypatch.setattr(bootstrap, "environment", lambda: Path(sys.executable))
    monkeypatch.setattr(bootstrap, "install", lambda *_, **__: None)
    monkeypatch.setattr(bootstrap, "step", step)
    assert bootstrap.main(["test"]) == 0
    assert bootstrap.main(["test", "--main-job"]) == 3


def test_a_main_job_that_delivers_nothing_fails(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "step", lambda *_, **__: None)
    with pytest.raises(bootstrap.StepFailedError, match=r"no main.py, no README.md, no docs/delivery.json, no .git"):
        bootstrap.run_main_job(Path(sys.executable), required=True)


def test_a_step_keeps_the_exit_code(bootstrap: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(bootstrap.StepFailedError, match="greet failed with exit code 7") as failure:
        bootstrap.step("greet", Path(sys.executable), "-c", "print('hello'); raise SystemExit(7)")
    assert failure.value.exit_code == 7
    assert "hello" in capfd.readouterr().out
    bootstrap.step("greet", Path(sys.executable), "-c", "raise SystemExit(1)", good=(0, 1))
    assert capfd.readouterr().out.splitlines()[-1].startswith("bootstrap: greet: ")


@pytest.mark.skipif(sys.platform == "win32", reason="CI's script is for a Unix shell")
def test_ci_runs_the_readmes_test_command(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / ".ci").mkdir(parents=True)
    (checkout / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
    (checkout / "bootstrap.py").write_text("import sys; print(sys.argv[1:], sys.stdin.read() == '')", encoding="utf-8")
    environment = {"PATH": str(Path(sys.executable).parent) + ":/usr/bin:/bin"}
    run = subprocess.run(["bash", ".ci/run"], cwd=checkout, env=environment, capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "['test', '--main-job'] True\n", "")
