"""From a fresh checkout to a running house, with nothing but Python: the README's two commands.

    python bootstrap.py run "Write a command line todo app"
    python bootstrap.py test

`run` installs the house with its embedded model's engine and hands its arguments to the `softhouse` command. `test`
does what CI does: format, lint, strict types, one run of the main job on the embedded model, and the tests. Inside a
virtual environment that one is used; otherwise `.venv` beside this file. What is installed is not installed again.

Only the standard library is used here, since nothing else is there yet.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MAIN_JOB = (
    "Write a command line program main.py that takes an integer and prints its prime factors in ascending order "
    "separated by spaces."
)
MODEL = "qwen2.5-coder-1.5b"
"""The embedded model, by the name that `softhouse models pull` knows."""


class StepFailedError(Exception):
    """A step ended with an exit code other than 0."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands; the exit code is that of the first step that failed, or of the house itself."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Install the house and run it, or run its tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="install the house; what follows goes to the softhouse command as it is")
    test = commands.add_parser("test", help="do what CI does")
    job = test.add_mutually_exclusive_group()
    job.add_argument("--main-job", action="store_true", help="fail where the embedded model can't be had")
    job.add_argument("--no-main-job", action="store_true", help="leave out the run on the embedded model")
    test.add_argument("pytest", nargs="*", help="after --: arguments for pytest instead of the whole suite")
    # argparse can't hand on options that it does not know, so what follows `run` never reaches it.
    options = parser.parse_args(words[:1] if words[:1] == ["run"] else words)
    try:
        python = environment()
        if options.command == "run":
            install(python, extra="embedded")
            return house(python, words[1:])
        install(python, extra="dev")
        check_code(python)
        if not options.no_main_job:
            run_main_job(python, required=options.main_job)
        step("examples of the docstrings", python, "-m", "pytest", *examples())
        # Last, so that the closing line of pytest is the last thing on the screen.
        step("pytest", python, "-m", "pytest", *(options.pytest or suite()), last=True)
    except StepFailedError as error:
        print(f"bootstrap: {error}", file=sys.stderr, flush=True)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def environment() -> Path:
    """The Python to work with: this one where it is a virtual environment's, else that of `.venv`, made at need."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    folder = ROOT / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        try:
            step("create .venv", Path(sys.executable), "-m", "venv", str(folder))
        except StepFailedError as error:
            hint = "Python's venv module is incomplete here (Debian and Ubuntu: apt install python3-venv)"
            raise StepFailedError(f"{error}; {hint}", error.exit_code) from None
    return python


def install(python: Path, *, extra: str) -> None:
    """Install the house, editable, so that a later change of the checkout needs no second installation."""
    stamp = python.parent.parent / f".softhouse-{extra}"
    recipe = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == recipe:
        return
    pip = ("-m", "pip", "install", "-qq", "--disable-pip-version-check")
    if extra == "dev":
        # First and alone: what else asks for torch then takes the one that is there.
        step(f"install {pinned_torch()}", python, *pip, pinned_torch())
    step(f"install softhouse[{extra}]", python, *pip, "--editable", f"{ROOT}[{extra}]")
    stamp.write_text(recipe, encoding="utf-8")


def pinned_torch() -> str:
    """The one release of torch that the tests run with, as `pyproject.toml` pins it."""
    import tomllib  # new in 3.11: imported only after the version is known to be right

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return next(str(line) for line in project["optional-dependencies"]["dev"] if line.startswith("torch=="))


def check_code(python: Path) -> None:
    """Format, lint, and types in strict mode."""
    step("ruff format", python, "-m", "ruff", "format", "--check", ".")
    step("ruff check", python, "-m", "ruff", "check", ".")
    step("mypy", python, "-m", "mypy")


def examples() -> tuple[str, ...]:
    """The examples of the docstrings. They are found by importing, so never in `tests`, which hold hostile programs."""
    return ("softhouse", "--doctest-modules", "--quiet")


def suite() -> tuple[str, ...]:
    """Every test: in random order, two at a time, one group on one worker."""
    return ("tests", "-n", "2", "--dist", "loadgroup")


def run_main_job(python: Path, *, required: bool) -> None:
    """One line in, a project out, on the embedded model. Accepted or not: what counts is that it is delivered."""
    try:
        step("pull the embedded model", python, "-m", "softhouse.cli", "models", "pull", MODEL)
    except StepFailedError as error:
        if required:
            raise
        print(f"bootstrap: the main job is left out: {error}", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="softhouse-") as folder:
        project = Path(folder) / "project"
        words = ("new", MAIN_JOB, "--workspace", str(project), "--model", f"gguf:{MODEL}", "--seed", "1", "--quiet")
        # 1 is an honest verdict too: delivered, and the report says what does not work.
        step("the main job", python, "-m", "softhouse.cli", *words, good=(0, 1))
        missing = [
            name for name in ("main.py", "README.md", "docs/delivery.json", ".git") if not (project / name).exists()
        ]
        if missing:
            raise StepFailedError(f"the main job delivered no {', no '.join(missing)}", 1)
        delivery = json.loads((project / "docs/delivery.json").read_text(encoding="utf-8"))
        print(
            f"bootstrap: the main job was delivered and {'accepted' if delivery['accepted'] else 'not accepted'}",
            flush=True,
        )


def house(python: Path, arguments: Sequence[str]) -> int:
    """The softhouse command; its exit codes are promises, so they pass through."""
    words = [str(python), "-m", "softhouse.cli", *arguments]
    if os.name == "posix":
        # One process less in between: Ctrl-C and SIGTERM reach the house itself.
        os.execv(words[0], words)  # noqa: S606
    process = subprocess.Popen(words)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The house gets the same Ctrl-C, closes its journal and says how to go on; here there is nothing to do.
            continue


def step(name: str, python: Path, *words: str, good: Sequence[int] = (0,), last: bool = False) -> None:
    """Run one step and print how long it took; raises `StepFailedError` for an exit code that is not `good`."""
    print(f"bootstrap: {name} …", flush=True)
    start = time.monotonic()
    exit_code = subprocess.run([str(python), *words], cwd=ROOT, stdin=subprocess.DEVNULL).returncode
    if exit_code not in good:
        # A process ended by a signal has a negative code here; a shell shows 128 and the signal's number.
        raise StepFailedError(
            f"{name} failed with exit code {exit_code}", exit_code if exit_code > 0 else 128 - exit_code
        )
    if not last:
        print(f"bootstrap: {name}: {time.monotonic() - start:.1f} s", flush=True)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  this file is what meets an old Python
        sys.exit("bootstrap: Python 3.11 or newer is needed, this is " + sys.version.split()[0])
    sys.exit(main())
