"""Which words call which command, and bad input: one line, exit code 2, nothing made."""

import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from softhouse.cli import main
from softhouse.cli.commands import COMMANDS, resolve
from softhouse.cli.requirement import MAX_BYTES, choose_workspace, project_name
from softhouse.errors import UsageError

from .conftest import Softhouse
from .fake_company import Hiring


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_exists_and_says_what_it_does(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    name = getattr(command, "name", "")
    assert main([*name.split(), "--help"]) == 0
    assert f"Usage: softhouse {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        (["Write it"], "new", ["Write it"]),
        (["new", "resume"], "new", ["resume"]),
        (["Write it", "--seed", "1"], "new", ["Write it", "--seed", "1"]),
        (["--json", "Write it"], "new", ["--json", "Write it"]),
        (["-"], "new", ["-"]),
        (["tetris"], "new", ["tetris"]),
        (["resume", "out"], "resume", ["out"]),
        (["models"], "models list", []),
        (["models", "--json"], "models list", ["--json"]),
        (["models", "pull", "x"], "models pull", ["x"]),
    ],
)
def test_words_find_their_command(words: list[str], name: str, arguments: list[str]) -> None:
    command, rest = resolve(words)
    assert (command.name, rest) == (name, arguments)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["resum"], "softhouse resume"),
        (["statsu", "out"], "softhouse status"),
        (["model"], "softhouse models"),
        (["models", "push"], "list, pull, path"),
    ],
)
def test_a_mistyped_command_is_not_built(words: list[str], hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        resolve(words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([""], "the requirement is empty"),
        (["   \n"], "the requirement is empty"),
        (["Write", "a", "todo", "app"], "put the requirement in quotes"),
        (["Write it", "--budget-usd", "-1"], "-1 is no budget"),
        (["Write it", "--budget-usd", "nan"], "nan is no budget"),
        (["Write it", "--max-tokens", "0"], "--max-tokens"),
        (["Write it", "--approve", "prd,nonsense"], "no document 'nonsense'; there are: "),
        (["Write it", "--language", "fr"], "'fr' is not one of 'auto', 'en', 'zh'"),
        (["Write it", "--nonsense"], "--nonsense"),
        (["new"], "Missing argument"),
    ],
)
def test_wrong_usage_is_one_line_and_makes_nothing(
    hiring: Hiring, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err
    assert shown.err.count("\n") == 1
    assert hiring.options == {}
    assert list(tmp_path.iterdir()) == []


def test_a_requirement_comes_from_standard_input_too(softhouse: Softhouse) -> None:
    run = softhouse("-", "--model", "nonsense:x", input="写一个程序\n")
    assert run.returncode == 3
    assert "nonsense" in run.stderr


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 200_000])
def test_a_requirement_that_is_too_long_is_refused(softhouse: Softhouse, tmp_path: Path, size: int) -> None:
    run = softhouse("new", "-", input="x" * size)
    assert run.returncode == 2
    assert run.stderr == (
        "softhouse: the requirement is longer than 100 kB; say it in fewer words, or give it in parts\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_no_text_are_refused(softhouse: Softhouse) -> None:
    run = softhouse("-", input="\udcff\udcfe", errors="surrogateescape")
    assert run.returncode == 2
    assert "not UTF-8" in run.stderr


def test_help_is_cheap() -> None:
    code = (
        "import sys, time; from softhouse.cli import main; main(['--help']); "
        "print([name for name in ('pydantic', 'openai', 'networkx', 'rich', 'jinja2') if name in sys.modules]); "
        "print(time.process_time())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *shown, imported, seconds = run.stdout.splitlines()
    assert imported == "[]"
    assert float(seconds) < 0.4
    assert all(command.name in "\n".join(shown) for command in COMMANDS)


def test_no_words_show_the_help_and_are_wrong_usage(softhouse: Softhouse) -> None:
    run = softhouse()
    assert run.returncode == 2
    assert run.stdout == ""
    assert "Commands:" in run.stderr


def test_a_reader_that_goes_away_is_no_error(softhouse: Softhouse) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        run = softhouse("--help", capture_output=False, stdout=writing, stderr=-1)
    finally:
        os.close(writing)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_behind_the_output_is_said(softhouse: Softhouse) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        run = softhouse("--help", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert run.stderr.startswith("softhouse: standard output cannot be written: [Errno 28]")
    assert run.stderr.count("\n") == 1


def test_json_of_chinese_is_utf8_whatever_the_locale(softhouse: Softhouse) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = softhouse("Write it", "--approve", "需求", "--json", env=environment)
    assert run.returncode == 2
    assert "需求" in json.loads(run.stdout)["message"]


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("Write a command line todo app", "todo-app"),
        ("Write a command line notes app main.py with the commands 'add TEXT'", "notes-app"),
        ("写一个命令行程序 main.py,接收一个文本文件路径", "project"),
        ("Build con", "project"),
    ],
)
def test_the_folder_is_named_after_the_requirement(requirement: str, name: str) -> None:
    assert project_name(requirement) == name


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "todo-app").write_text("a file", encoding="utf-8")
    names = [choose_workspace("Write a todo app", tmp_path).name for _ in range(2)]
    assert names == ["todo-app-2", "todo-app-3"]


def test_commands_take_what_the_promise_says() -> None:
    promised = {
        "new": "requirement workspace model fallback base_url budget_usd max_tokens approve seed language",
        "resume": "directory model budget_usd fallback allow_unsandboxed",
        "replay": "directory",
        "status": "directory json_lines",
        "graph": "directory format_ messages",
        "chat": "model role",
        "doctor": "json_lines",
        "undo": "directory steps",
        "fork": "directory new at model",
    }
    for command in COMMANDS:
        if command.name in promised:
            module, _, function = command.target.partition(":")
            parameters = inspect.signature(getattr(importlib.import_module(module), function)).parameters
            assert set(promised[command.name].split()) <= set(parameters), command.name
