"""From an empty directory to a model of one's own that sits behind the house's roles, in one command.

    python examples/train_from_scratch/train.py --out my-model

Each step is `softhouse train STEP`, and is not done again once it is finished: run it again after an interruption.
What the folder holds in the end: report.html to look at, export/ to use (`inhouse:my-model`), and the house at work on
it in project/.
"""

import argparse
import sys
from pathlib import Path

from softhouse.cli import main as softhouse

STEPS = ("data", "tokenizer", "pretrain", "sft", "eval", "export")
LINE = "Write a command line program main.py that prints the sum of its arguments."


def train(config: Path, out: Path) -> int:
    """All steps; the exit code of the first that fails, else 0."""
    for step in STEPS:
        if code := softhouse(["train", step, "--config", str(config), "--out", str(out)]):
            return code
    return 0


def work(out: Path) -> int:
    """The house with the new model behind every role; its exit code: 0 accepted, 1 delivered with a report."""
    return softhouse(["new", LINE, "--model", f"inhouse:{out}", "--workspace", str(out / "project")])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("scratch.toml"))
    parser.add_argument("--out", type=Path, default=Path("my-model"))
    chosen = parser.parse_args()
    # A model of this size writes programs that hardly ever pass: exit code 1, a report that says so, is a success here.
    sys.exit(train(chosen.config, chosen.out) or (work(chosen.out) not in (0, 1)))
