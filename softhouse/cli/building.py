"""The commands that build: `new`, `resume` and `fork`."""

import functools
import math
import shlex
import shutil
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from softhouse.cli.crash import CrashError, reported_crashes
from softhouse.cli.display import Display, open_display
from softhouse.cli.interrupt import Interruption, run_until_interrupted
from softhouse.cli.options import (
    AllowUnsandboxed,
    Approve,
    BaseUrl,
    BudgetUsd,
    Directory,
    Fallback,
    Json,
    MaxTokens,
    Model,
    Quiet,
)
from softhouse.cli.requirement import choose_workspace, read_requirement
from softhouse.cli.results import DeliveryResult
from softhouse.cli.streams import say
from softhouse.errors import InterruptedRunError, SofthouseError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from softhouse.company import Company
    from softhouse.environment.events import Event
    from softhouse.llm_backends.models import Progress
    from softhouse.project import Project


def new(
    requirement: Annotated[str, typer.Argument(metavar="REQUIREMENT", help="What to build; - reads it from stdin.")],
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", metavar="DIR", help="The project's folder; a new one here by default."),
    ] = None,
    model: Model = None,
    fallback: Fallback = None,
    base_url: BaseUrl = None,
    budget_usd: BudgetUsd = None,
    max_tokens: MaxTokens = None,
    approve: Approve = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed, the same project.")] = 0,
    language: Annotated[
        Literal["auto", "en", "zh"], typer.Option("--language", help="Of the documents; auto: the requirement's.")
    ] = "auto",
    allow_unsandboxed: AllowUnsandboxed = False,
    json_lines: Json = False,
    quiet: Quiet = False,
) -> int:
    """Build what the requirement asks for: a tested project in a git repository."""
    text = read_requirement(requirement)
    hiring = functools.partial(
        hire,
        model=model,
        fallback=tuple(fallback or ()),
        base_url=base_url,
        budget_usd=checked_budget(budget_usd),
        max_tokens=max_tokens,
        approve=approvals(approve),
        seed=seed,
        language=language,
        allow_unsandboxed=allow_unsandboxed,
    )
    folder = workspace or choose_workspace(text)
    display = open_display(json_lines=json_lines, quiet=quiet, terminal_is_taken=takes_terminal(model, fallback))
    made = workspace is None
    return build(hiring, lambda company: company.run(text), folder, display, json_lines=json_lines, made=made)


def resume(
    directory: Directory,
    model: Model = None,
    fallback: Fallback = None,
    base_url: BaseUrl = None,
    budget_usd: BudgetUsd = None,
    max_tokens: MaxTokens = None,
    allow_unsandboxed: AllowUnsandboxed = False,
    json_lines: Json = False,
    quiet: Quiet = False,
) -> int:
    """Go on with a run that stopped, or after an edit by hand; what is recorded is not done again."""
    hiring = functools.partial(
        hire,
        model=model,
        fallback=tuple(fallback or ()),
        base_url=base_url,
        budget_usd=checked_budget(budget_usd),
        max_tokens=max_tokens,
        allow_unsandboxed=allow_unsandboxed,
    )
    display = open_display(json_lines=json_lines, quiet=quiet, terminal_is_taken=takes_terminal(model, fallback))
    return build(hiring, lambda company: company.resume(), existing(directory), display, json_lines=json_lines)


def hire(**options: Any) -> "Company":
    """The company; here, so that `--help` and wrong options never wait for it to be imported."""
    from softhouse.company import Company

    return Company(**options)


def build(
    hiring: "Callable[..., Company]",
    job: "Callable[[Company], Coroutine[Any, Any, Project]]",
    workspace: Path,
    display: Display,
    *,
    json_lines: bool,
    made: bool = False,
) -> int:
    """Let a company do its job in `workspace` while `display` shows it; 0 for accepted, 1 for delivered but not.

    `made`: the folder was made for this run, and goes again if the run never starts.
    """
    started = False

    def on_event(event: "Event") -> None:
        nonlocal started
        started = True
        display.event(event)

    async def work(interruption: Interruption) -> "Project":
        def on_progress(progress: "Progress") -> None:
            interruption.check()
            display.progress(progress)

        company = hiring(
            workspace=workspace,
            ask=question_asker(display),
            on_event=on_event,
            on_token=display.token,
            on_progress=on_progress,
        )
        return await job(company)

    try:
        with reported_crashes(workspace), display:
            project = run_until_interrupted(work)
            display.delivered(project)
    except CrashError:
        raise  # its traceback lies in the folder
    except SofthouseError as error:
        if made and not started:
            shutil.rmtree(workspace, ignore_errors=True)
        if started and not json_lines:
            say(str(workspace.resolve()), sys.stdout)
        if isinstance(error, InterruptedRunError):
            command = f"softhouse resume {shlex.quote(str(workspace))}"
            raise InterruptedRunError(f"interrupted; nothing is lost, go on with: {command}") from error
        raise
    exit_code = 0 if project.accepted else 1
    path = str(project.path.resolve())
    result = DeliveryResult(
        exit_code=exit_code,
        accepted=project.accepted,
        path=path,
        prompt_tokens=project.usage.prompt_tokens,
        cached_tokens=project.usage.cached_tokens,
        completion_tokens=project.usage.completion_tokens,
        cost=project.cost,
    )
    say(result.model_dump_json() if json_lines else path, sys.stdout)
    return exit_code


def question_asker(display: Display) -> Callable[[str], bool] | None:
    """Ask a person yes or no; None where there is nobody to ask."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(question: str) -> bool:
        with display.paused():
            sys.stderr.write(f"{question} [y/N] ")
            sys.stderr.flush()
            return sys.stdin.readline().strip().lower() in ("y", "yes")

    return ask


def existing(directory: Path) -> Path:
    """The folder of a run; raises a `WorkspaceError` where there is none."""
    if not directory.is_dir():
        raise WorkspaceError(f"there is no folder {directory}; name the folder of a project that softhouse made")
    return directory


def approvals(names: str | None) -> frozenset[str]:
    """The document types to approve, out of a list with commas; raises a `UsageError` for an unknown one."""
    from softhouse.environment import documents
    from softhouse.environment.document import Document

    wanted = frozenset(name.strip() for name in (names or "").split(",") if name.strip())
    types = [value for value in vars(documents).values() if isinstance(value, type) and issubclass(value, Document)]
    known = {value.slug() for value in types if value is not Document}
    if unknown := sorted(wanted - known):
        raise UsageError(f"--approve: there is no document {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    return wanted


def checked_budget(dollars: float | None) -> float | None:
    """The budget; raises a `UsageError` for one that no bill can be compared with."""
    if dollars is not None and not (math.isfinite(dollars) and dollars >= 0):
        raise UsageError(f"--budget-usd: {dollars:g} is no budget; give dollars, 0 or more")
    return dollars


def takes_terminal(*specs: str | list[str] | None) -> bool:
    """Whether a person at this terminal answers as a backend: then no board may be drawn over the conversation."""
    names = [name for spec in specs if spec for name in ([spec] if isinstance(spec, str) else spec)]
    return any(name.startswith("human:") for name in names)
