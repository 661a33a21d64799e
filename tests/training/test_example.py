"""The example's own file says what the steps understand, and its script names steps that there are."""

import runpy
from pathlib import Path

from softhouse.training.configuration import read_configuration
from softhouse.training.steps import STEPS, find_step

EXAMPLE = Path(__file__).parents[2] / "examples/train_from_scratch"


def test_the_examples_tables_are_understood() -> None:
    configuration = read_configuration(EXAMPLE / "scratch.toml", preset=None, seed=None)
    configuration.check(must_have=("data", "tokenizer", "model", "pretrain", "sft", "eval", "export"))


def test_the_example_goes_through_the_steps_in_their_order() -> None:
    names = runpy.run_path(str(EXAMPLE / "train.py"))["STEPS"]
    order = [step.name for step in STEPS]
    assert sorted(names, key=order.index) == list(names)
    assert all(find_step(name) for name in names)
