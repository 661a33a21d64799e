"""What is here, and nothing that is nobody's business."""

import json
import os
import sys

import pytest

from softhouse.cli.doctor import examine_sandbox, extras

from .conftest import Softhouse


def test_the_doctor_sees_everything_and_shows_no_key(softhouse: Softhouse) -> None:
    environment = {**os.environ, "OPENAI_API_KEY": "canary-key-12345"}
    run = softhouse("doctor", "--json", env=environment)
    assert run.returncode == 0, run.stderr
    health = json.loads(run.stdout)
    assert health["variables"]["OPENAI_API_KEY"] is True
    assert health["python"] == sys.version.split()[0]
    assert "openai" in health["backends"]
    assert "qwen2.5-coder-1.5b" in [model["name"] for model in health["models"]]
    assert "xllamacpp" in [package["name"] for package in health["extras"]["embedded"]]
    shown = softhouse("doctor", env=environment)
    assert "OPENAI_API_KEY: set" in shown.stdout
    assert f"sandbox    {['none', 'limits', 'partial', 'full'][isolation_level()]}" in shown.stdout
    assert "canary" not in run.stdout + run.stderr + shown.stdout + shown.stderr


def isolation_level() -> int:
    report, problem = examine_sandbox()
    assert report, problem
    return report.level


@pytest.mark.parametrize(
    "line",
    ['pytest>=8; extra == "x"', "pytest>=8 ; extra=='x'", "pytest[all]>=8; python_version > '3' and extra == \"x\""],
)
def test_extras_are_read_however_they_are_written(line: str) -> None:
    [package] = extras([line])["x"]
    assert package.name == "pytest"
    assert package.version == pytest.__version__


def test_an_extra_of_an_extra_is_left_to_itself() -> None:
    assert extras(['softhouse[local]; extra == "train"', "pydantic>=2"]) == {}
