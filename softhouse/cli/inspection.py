"""The commands that look at a run: `status`, `replay`, `graph`, and `undo`, which takes back. None calls a model."""

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from softhouse.cli.display import money
from softhouse.cli.options import Directory, Json
from softhouse.cli.streams import say

if TYPE_CHECKING:
    from softhouse.llm_backends.protocol import Usage
    from softhouse.runs import RunStatus


def status(directory: Directory, json_lines: Json = False) -> int:
    """Show state, verdict, documents, calls, usage and cost of a run, in all and by role."""
    from softhouse import runs

    found = runs.status(directory)
    say(found.model_dump_json() if json_lines else "\n".join(describe(found)), sys.stdout)
    return 0


def replay(directory: Directory) -> int:
    """Repeat a run from its journal, calling no model and running no program, and compare every byte."""
    from softhouse.replay import replay as replayed

    found = asyncio.run(replayed(directory))
    for difference in found.differences:
        say(f"differs: {difference}", sys.stdout)
    verdict = "identical: every byte came out the same" if found.identical else "not identical"
    say(f"{verdict} ({found.documents} documents, {found.acts} recorded acts)", sys.stdout)
    return 0 if found.identical else 1


def graph(
    directory: Directory,
    format_: Annotated[Literal["mermaid", "dot", "json"], typer.Option("--format", help="What to write.")] = "mermaid",
    messages: Annotated[bool, typer.Option("--messages", help="The messages, and which led to which.")] = False,
) -> int:
    """Show who watches and who produces what, or which message caused which."""
    from softhouse.graphs import graph as graph_of
    from softhouse.graphs import render_graph

    say(render_graph(asyncio.run(graph_of(directory, messages=messages)), format_), sys.stdout)
    return 0


def undo(
    directory: Directory,
    steps: Annotated[int, typer.Argument(metavar="[N]", help="How many documents.", min=1)] = 1,
) -> int:
    """Take back the last N documents and what followed from them. What was paid for is not paid again."""
    from softhouse import runs

    for slot in asyncio.run(runs.undo(directory, steps)):
        say(f"taken back: {slot}", sys.stdout)
    say(f"go on with: softhouse resume {directory}", sys.stdout)
    return 0


def describe(found: "RunStatus") -> list[str]:
    """The status for a person."""
    verdict = {True: ", accepted", False: ", not accepted", None: ""}[found.accepted]
    lines = [
        f"{found.path}: {found.state}{verdict}",
        f"requirement  {' '.join(found.requirement.split())}",
        f"model        {found.model}",
        f"acts         {found.completions} model calls, {found.executions} program runs",
    ]
    lines += [f"document     {document.slot} ({document.sender})" for document in found.documents]
    lines += [f"waiting      {slot}: edit it in docs/, then: softhouse resume {found.path}" for slot in found.waiting]
    lines += [f"unfinished   {act}; may have been billed twice" for act in found.unfinished]
    rows = [bill_row(part.role, part.calls, part.usage, part.cost) for part in found.roles]
    rows.append(bill_row("in all", found.completions, found.usage, found.cost))
    return [*lines, *table(("bill", "calls", "prompt", "cached", "completion", "cost"), rows)]


def bill_row(name: str, calls: int, usage: "Usage", cost: float | None) -> tuple[str, ...]:
    numbers = (calls, usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens)
    return (name, *(f"{number:,}" for number in numbers), money(cost))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width, the first to the left, numbers to the right.

    >>> table(("bill", "calls"), [("Engineer", "12")])
    ['bill      calls', 'Engineer     12']
    """
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (header, *rows)
    ]
