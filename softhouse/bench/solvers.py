"""Who solves the problems: one plain prompt, or the house. Both see a problem's own words and nothing else of it."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from softhouse.bench.humaneval import FunctionProblem
from softhouse.bench.requirements import BenchRequirement
from softhouse.bench.scoring import PROGRAM
from softhouse.environment.sandbox import Sandbox
from softhouse.errors import ContextLengthError, ReplyError
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest, Frozen

SolverName = Literal["single", "house"]
FUNCTION = "candidate.py"
_PRIVATE = (".git", ".softhouse")

PLAIN_PROGRAM = "{text}\n\nWrite the program. Answer with one code block."
PLAIN_FUNCTION = (
    "Complete the following Python function. Return the whole function in a code block.\n\n```python\n{prompt}```"
)


class Solution(Frozen):
    """What a solver hands in."""

    files: dict[str, str]
    """Path to content; a function lies in `candidate.py`."""
    accepted: bool | None = None
    """The house's own verdict on it; None: it gives none."""
    note: str = ""
    """Why there is less than there should be."""


Problem = TypeVar("Problem", FunctionProblem, BenchRequirement, contravariant=True)


class Solver(Protocol[Problem]):
    """Something that solves problems of one kind."""

    async def solve(self, problem: Problem, backend: Backend, seed: int) -> Solution:
        """Solve `problem` with `backend`, which counts the calls. A model's failure is a solution with a note."""


class SinglePrompt:
    """The baseline: one plain prompt, greedy, its answer taken as it is."""

    async def _ask(self, prompt: str, path: str, backend: Backend, max_tokens: int) -> Solution:
        request = CompletionRequest(messages=(ChatMessage.user(prompt),), max_tokens=max_tokens)
        completion = await backend.complete(request)
        note = "the reply was cut" if completion.finish_reason == "length" else ""
        return Solution(files={path: extract_code(completion.text)}, note=note)


class SingleProgram(SinglePrompt):
    """One plain prompt for a whole program."""

    async def solve(self, problem: BenchRequirement, backend: Backend, seed: int) -> Solution:
        del seed
        return await self._ask(PLAIN_PROGRAM.format(text=problem.text), PROGRAM, backend, 1024)


class SingleFunction(SinglePrompt):
    """One plain prompt for a function."""

    async def solve(self, problem: FunctionProblem, backend: Backend, seed: int) -> Solution:
        del seed
        return await self._ask(PLAIN_FUNCTION.format(prompt=problem.prompt), FUNCTION, backend, 640)


class HouseProgram:
    """The whole company, in a workspace of its own."""

    async def solve(self, problem: BenchRequirement, backend: Backend, seed: int) -> Solution:
        from softhouse.company import Company

        with tempfile.TemporaryDirectory(prefix="softhouse-bench-") as folder:
            workspace = Path(folder) / "project"
            try:
                project = await Company(model=backend, workspace=workspace, seed=seed).run(problem.text)
            except (ReplyError, ContextLengthError) as error:
                # The model was too weak for its role: that is a result. A server that is down is none and goes up.
                return Solution(files=read_project(workspace), accepted=False, note=str(error))
            return Solution(files=read_project(workspace), accepted=project.accepted)


@dataclass(frozen=True)
class HouseFunction:
    """The house's way with a single function, which may run what the docstring shows in `sandbox`."""

    sandbox: Sandbox

    async def solve(self, problem: FunctionProblem, backend: Backend, seed: int) -> Solution:
        from softhouse.actions.solve_function import solve_function

        try:
            found = await solve_function(problem.prompt, problem.entry_point, backend, self.sandbox, seed)
        except (ReplyError, ContextLengthError) as error:
            return Solution(files={}, note=str(error))
        return Solution(files={FUNCTION: found.code})


def read_project(folder: Path) -> dict[str, str]:
    """The text files of a delivered project, relative path with forward slashes to content."""
    files = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if relative.parts[0] in _PRIVATE or path.is_symlink() or not path.is_file():
            continue
        try:
            files[relative.as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return files
