"""471 one-line requirements of ours, each with black-box checks written from its words alone.

One TOML file a requirement in `tasks/`; a reference solution of the same name in `references/` proves its checks (a
test runs it) and never comes near a prompt. 294 are to be tuned on. The other 177 are to be looked at rarely.
All but forty were written on 28 November by authors who had not seen the house's rules: twenty in each half are
shorter, one or two plain sentences; forty are one author's and sixty-eight three others', dealt out to the halves by
chance; sixteen plain ones were measured once before anybody read them. Later ones are listed in docs/quality.md.

>>> requirement = read_requirement("days_between")
>>> requirement.half, len(requirement.checks)
('tune', 4)
>>> len(read_requirements("tune")), len(read_requirements("held"))
(294, 177)
"""

import tomllib
from importlib.resources import files
from typing import Any, Literal

from softhouse.environment.documents import Case, Language
from softhouse.errors import UsageError
from softhouse.llm_backends.protocol import Frozen

Half = Literal["tune", "held", "all"]
Kind = Literal["files", "state", "parsing", "grids", "text", "dates", "numbers"]


class BenchRequirement(Frozen):
    """One line, and the checks that tell whether a program does what it says."""

    name: str
    text: str
    """The only part that a model ever sees."""
    kind: Kind
    difficulty: Literal[1, 2, 3]
    """Our estimate before any measurement; it balances the halves."""
    half: Literal["tune", "held"]
    language: Language = "en"
    checks: tuple[Case, ...]

    @property
    def group(self) -> str:
        """The part of the benchmark that it belongs to."""
        return self.half


def read_requirement(name: str) -> BenchRequirement:
    """The requirement called `name`; a `UsageError` if there is none."""
    source = files(__name__) / "tasks" / f"{name}.toml"
    if not source.is_file():
        raise UsageError(f"there is no bench requirement called {name!r}; see softhouse/bench/requirements/tasks")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    checks = tuple(_check(case) for case in data.pop("cases"))
    return BenchRequirement(name=name, checks=checks, **data)


def _check(case: dict[str, Any]) -> Case:
    """TOML has no null: `exit_code = "any"` says that the words leave it open."""
    steps = [{**step, "exit_code": None} if step.get("exit_code") == "any" else step for step in case["steps"]]
    return Case.model_validate({**case, "steps": steps, "source": "user"})


def read_requirements(half: Half = "all") -> tuple[BenchRequirement, ...]:
    """All requirements of a half, by name."""
    tasks = files(__name__) / "tasks"
    names = sorted(task.name.removesuffix(".toml") for task in tasks.iterdir() if task.name.endswith(".toml"))
    requirements = (read_requirement(name) for name in names)
    return tuple(requirement for requirement in requirements if half in ("all", requirement.half))


def read_reference(name: str) -> str:
    """The source of a program that passes the checks of `name`. For tests of the checks, for nothing else."""
    return (files(__name__) / "references" / f"{name}.py").read_text(encoding="utf-8")
