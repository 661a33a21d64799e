"""The graphs of a run as pictures: who watches what, and which message led to which."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from softhouse.environment.environment import Environment
from softhouse.errors import UsageError
from softhouse.runs import hired, read_run
from softhouse.settings import document_types

if TYPE_CHECKING:
    import networkx

Format = Literal["mermaid", "dot", "json"]


async def graph(directory: Path | str, *, messages: bool = False) -> "networkx.DiGraph[str]":
    """The role graph of the run in `directory`, or with `messages` its messages with their causes."""
    journal, settings = read_run(Path(directory))
    roles = hired(settings, None)
    environment = Environment([role.seat for role in roles])
    if not messages:
        return environment.graph.as_networkx()
    types = document_types(roles)
    for row in journal.messages():
        await environment.publish(row.message(types))
    return environment.causes()


def render_graph(graph: "networkx.DiGraph[str]", format: str) -> str:  # noqa: A002
    """The graph as text for mermaid, for graphviz' dot, or as JSON (nodes and edges).

    >>> import networkx
    >>> print(render_graph(networkx.DiGraph([("a", "b")]), "mermaid"))
    flowchart TD
        n0["a"]
        n1["b"]
        n0 --> n1
    """
    names = {node: f"n{index}" for index, node in enumerate(graph.nodes)}
    labels = {node: _label(node, data) for node, data in graph.nodes(data=True)}
    match format:
        case "json":
            nodes = [{"id": node, **data} for node, data in graph.nodes(data=True)]
            edges = [{"from": source, "to": target} for source, target in graph.edges]
            return json.dumps({"nodes": nodes, "edges": edges}, ensure_ascii=False, indent=2)
        case "dot":
            lines = [
                f"    {names[node]} [label={json.dumps(labels[node], ensure_ascii=False)}];" for node in graph.nodes
            ]
            lines += [f"    {names[source]} -> {names[target]};" for source, target in graph.edges]
            return "\n".join(["digraph softhouse {", *lines, "}"])
        case "mermaid":
            lines = [f'    {names[node]}["{_escaped(labels[node])}"]' for node in graph.nodes]
            lines += [f"    {names[source]} --> {names[target]}" for source, target in graph.edges]
            return "\n".join(["flowchart TD", *lines])
    raise UsageError(f"there is no graph format {format!r}; choose mermaid, dot or json")


def _label(node: str, data: "dict[str, object]") -> str:
    return f"{data['sender']}: {data['slot']}" if "slot" in data else node


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
