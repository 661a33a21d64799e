"""One run from the command line: hire a company, show what it does, stop in order, say how it ended."""

import shlex
import shutil
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.cli.crash import CrashError, reported_crashes
from softhouse.cli.display import Display, open_display
from softhouse.cli.interrupt import Interruption, run_until_interrupted
from softhouse.cli.results import DeliveryResult
from softhouse.cli.streams import say
from softhouse.errors import InterruptedRunError, SofthouseError

if TYPE_CHECKING:
    from softhouse.company import Company
    from softhouse.environment.events import Event
    from softhouse.llm_backends.models import Progress
    from softhouse.project import Project


def hire(**options: Any) -> "Company":
    """The company; here, so that `--help` and wrong options never wait for it to be imported."""
    from softhouse.company import Company

    return Company(**options)


def build(
    job: "Callable[[Company], Coroutine[Any, Any, Project]]",
    workspace: Path,
    *,
    json_lines: bool,
    quiet: bool,
    made: bool = False,
    **terms: Any,
) -> int:
    """Hire a company on these `terms` and let it do its job in `workspace`; 0 for accepted, 1 for delivered but not.

    `made`: the folder was made for this run, and goes again if the run never starts.
    """
    taken = takes_terminal(terms["model"], *terms["fallback"])
    display = open_display(json_lines=json_lines, quiet=quiet, terminal_is_taken=taken)
    started = False

    def on_event(event: "Event") -> None:
        nonlocal started
        started = True
        display.event(event)

    async def work(interruption: Interruption) -> "Project":
        def on_progress(progress: "Progress") -> None:
            interruption.check()
            display.progress(progress)

        company = hire(
            **terms,
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
            raise
        if started and not json_lines:
            say(str(workspace.resolve()), sys.stdout)
        if isinstance(error, InterruptedRunError):
            command = f"softhouse resume {shlex.quote(str(workspace))}"
            raise InterruptedRunError(f"interrupted; nothing is lost, go on with: {command}") from error
        raise
    # The house that is hired here always ends with a delivery; where none came, nothing was accepted.
    accepted = project.delivery is not None and project.accepted
    exit_code = 0 if accepted else 1
    path = str(project.path.resolve())
    result = DeliveryResult(
        exit_code=exit_code,
        accepted=accepted,
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


def takes_terminal(*specs: str | None) -> bool:
    """Whether a person at this terminal answers as a backend: then no board may be drawn over the conversation."""
    return any(spec is not None and spec.startswith("human:") for spec in specs)
