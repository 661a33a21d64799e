"""Options that several commands share."""

import math
from pathlib import Path
from typing import Annotated

import typer

from softhouse.errors import UsageError


def checked_budget(dollars: float | None) -> float | None:
    """The budget; raises a `UsageError` for one that no bill can be compared with."""
    if dollars is not None and not (math.isfinite(dollars) and dollars >= 0):
        raise UsageError(f"--budget-usd: {dollars:g} is no budget; give dollars, 0 or more")
    return dollars


Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The project's folder.")]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="SPEC", help="openai:NAME[@URL], gguf:NAME-or-PATH, human:, script:FILE, …"),
]
Fallback = Annotated[
    list[str] | None, typer.Option("--fallback", metavar="SPEC", help="Takes over on quota or outage; may be repeated.")
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="Of an OpenAI-compatible server, ending in /v1.")
]
BudgetUsd = Annotated[
    float | None,
    typer.Option("--budget-usd", metavar="X", callback=checked_budget, help="US dollars for the whole run."),
]
MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", metavar="N", min=1, help="Tokens for the whole run, prompts included.")
]
Approve = Annotated[
    str | None, typer.Option("--approve", metavar="DOC,…", help="Stop for your approval of these, such as prd,design.")
]
AllowUnsandboxed = Annotated[
    bool, typer.Option("--allow-unsandboxed", help="Run generated code even where it can't be isolated.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on standard error but errors.")]
