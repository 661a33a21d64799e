"""OUT/report.html: everything that the steps have to show, in one file that needs no other."""

import base64
from collections.abc import Iterator
from html import escape
from itertools import islice
from pathlib import Path

from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.manifest import Manifest, read_manifest, read_sections, spelled_out
from softhouse.training.progress import duration, shown
from softhouse.training.step import Cell, Figure, Section, Table
from softhouse.training.steps import STEPS

REPORT_FILE = "report.html"
MOST_FILES = 50
"""So many files at most are listed for a step; the manifest has them all."""
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 50rem; padding: 1rem; }
img { background: #fff; height: auto; max-width: 100%; }
figure, .wide { margin: 1rem 0; overflow-x: auto; }
figcaption, caption { font-weight: 600; text-align: left; }
table { border-collapse: collapse; }
td, th { border-bottom: 1px solid #8884; padding: .2rem .8rem .2rem 0; }
td, th { text-align: left; vertical-align: top; white-space: pre-wrap; }
td { white-space: pre-wrap; }
td.number { font-variant-numeric: tabular-nums; text-align: right; }
td.code { font: .8rem/1.4 ui-monospace, monospace; min-width: 18rem; }
code { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } a { color: #8bf; } }
"""


def write_report(out: Path) -> Path:
    """Write it from the manifests of the steps that are finished."""
    read = {out / step.name: read_manifest(out / step.name) for step in STEPS}
    finished = {folder: manifest for folder, manifest in read.items() if manifest is not None}
    parts = [part for folder, manifest in finished.items() for part in _step(folder, manifest)]
    toc = " · ".join(f'<a href="#{folder.name}">{folder.name}</a>' for folder in finished)
    title = escape(spelled_out(out.name))
    page = "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Training of {title}</title><style>{_STYLE}</style></head><body>",
            f"<h1>Training of {title}</h1>",
            f"<p>{toc}</p>",
            *parts,
            "</body></html>\n",
        )
    )
    with whole_file(out / REPORT_FILE) as partial:
        partial.write_text(page, encoding="utf-8")
    return out / REPORT_FILE


def _step(folder: Path, manifest: Manifest) -> Iterator[str]:
    yield f'<h2 id="{manifest.step}">{manifest.step}</h2>'
    yield f"<p>Done in {duration(manifest.seconds)}, seed {manifest.attempt.seed}.</p>"
    if manifest.numbers:
        yield _table(Table(title="In numbers", columns=("what", "value"), rows=tuple(manifest.numbers.items())))
    for section in read_sections(folder):
        yield from _section(section)
    yield _details(manifest)


def _section(section: Section) -> Iterator[str]:
    yield f"<h3>{escape(section.title)}</h3>"
    yield f"<p>{escape(section.text)}</p>"
    for part in section.parts:
        yield _table(part) if isinstance(part, Table) else _figure(part)


def _figure(figure: Figure) -> str:
    # as an image and not inline: two pictures may use one id, and a picture should not run scripts
    data = base64.b64encode(figure.svg.encode()).decode()
    title = escape(figure.title)
    return (
        f'<figure><figcaption>{title}</figcaption><img alt="{title}" src="data:image/svg+xml;base64,{data}"></figure>'
    )


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    return (
        f'<div class="wide"><table><caption>{escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
    )


def _cell(value: Cell) -> str:
    if value is None:
        return '<td class="number">–</td>'
    if isinstance(value, str):
        # what has lines is code, or was written by a model
        return f'<td class="code">{escape(value)}</td>' if "\n" in value else f"<td>{escape(value)}</td>"
    return f'<td class="number">{shown(value)}</td>'


def _details(manifest: Manifest) -> str:
    """Folded: what it was made of."""
    facts = {f"input {name}": digest for name, digest in manifest.inputs.items()}
    facts |= {f"output {name}": digest for name, digest in manifest.outputs.items()}
    if (more := len(facts) - MOST_FILES) > 0:
        facts = dict(islice(facts.items(), MOST_FILES)) | {f"and {more:,} more": "in manifest.json"}
    facts |= manifest.versions
    rows = "\n".join(f"<tr><td>{escape(k)}</td><td><code>{escape(v[:64])}</code></td></tr>" for k, v in facts.items())
    return f'<details><summary>What it was made of</summary><div class="wide"><table>{rows}</table></div></details>'
