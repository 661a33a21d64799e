"""The commands that build: `new`, `resume` and `fork`."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from softhouse.cli.conduct import build
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
from softhouse.errors import UsageError, WorkspaceError


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
    documents = approvals(approve)
    return build(
        lambda company: company.run(text),
        workspace or choose_workspace(text),
        made=workspace is None,
        json_lines=json_lines,
        quiet=quiet,
        model=model,
        fallback=fallback or (),
        base_url=base_url,
        budget_usd=budget_usd,
        max_tokens=max_tokens,
        approve=documents,
        seed=seed,
        language=language,
        allow_unsandboxed=allow_unsandboxed,
    )


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
    return build(
        lambda company: company.resume(),
        existing(directory),
        json_lines=json_lines,
        quiet=quiet,
        model=model,
        fallback=fallback or (),
        base_url=base_url,
        budget_usd=budget_usd,
        max_tokens=max_tokens,
        allow_unsandboxed=allow_unsandboxed,
    )


def fork(
    directory: Directory,
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The copy's folder.")],
    at: Annotated[str, typer.Option("--at", metavar="DOCUMENT", help="The last document to keep, such as design.")],
    model: Model = None,
    fallback: Fallback = None,
    base_url: BaseUrl = None,
    budget_usd: BudgetUsd = None,
    max_tokens: MaxTokens = None,
    allow_unsandboxed: AllowUnsandboxed = False,
    json_lines: Json = False,
    quiet: Quiet = False,
) -> int:
    """Continue a copy of a run from one document on, with another model; the run itself stays as it is."""
    from softhouse import runs

    model = model or runs.status(existing(directory)).model
    asyncio.run(runs.fork(directory, new, at=at))
    return build(
        lambda company: company.resume(),
        new,
        json_lines=json_lines,
        quiet=quiet,
        model=model,
        fallback=fallback or (),
        base_url=base_url,
        budget_usd=budget_usd,
        max_tokens=max_tokens,
        allow_unsandboxed=allow_unsandboxed,
    )


def existing(directory: Path) -> Path:
    """The folder of a run; raises a `WorkspaceError` where there is none, before anything is written there."""
    from softhouse.settings import JOURNAL

    if not (directory / JOURNAL).is_file():
        raise WorkspaceError(f"there is no run in {directory}; name the folder of a project that softhouse made")
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
