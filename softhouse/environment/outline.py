"""The reading half of `markdown.py`: from a person's Markdown to the JSON values of a document's fields.

It is lenient about white space, order, case, bullets' and headings' form; whatever it can't place is an error that
names the heading, because an edit that is silently dropped is worse than one that is refused.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pydantic import BaseModel

from softhouse.environment.fields import Kind, field_kinds, parse_inline
from softhouse.environment.labels import find_field, label, type_title
from softhouse.errors import WorkspaceError

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([\w+-]*)[^`]*")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))?\s*")
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])(?:\s+(.*))?")
_LABELLED = re.compile(r"(`[^`]*`|[^:：`]*)\s*[:：]\s*(.*)")
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")


@dataclass
class Fence:
    """A fenced block: the word after its ticks, and the text between them."""

    info: str
    text: str


@dataclass
class Section:
    """A heading with what stands below it, up to the next heading."""

    title: str
    level: int
    blocks: list[str | Fence] = field(default_factory=list)
    """Lines and fenced blocks, empty lines included."""
    children: list["Section"] = field(default_factory=list)

    @property
    def content(self) -> list[str | Fence]:
        """Without empty lines."""
        return [block for block in self.blocks if isinstance(block, Fence) or block.strip()]

    @property
    def drawn(self) -> bool:
        """Whether it holds diagrams and nothing else: rendered from the data, so there is nothing to read."""
        content = self.content
        return (
            bool(content) and not self.children and all(isinstance(b, Fence) and b.info == "mermaid" for b in content)
        )


def read_document_values(model: type[BaseModel], text: str) -> dict[str, Any]:
    """The fields of `model` that `text` gives, as JSON values; raises `WorkspaceError`."""
    return _Reader(type_title(model)).document(model, _sections(text, type_title(model)))


@dataclass
class _Reader:
    """Knows what it reads, for its errors."""

    document_title: str

    def document(self, model: type[BaseModel], root: Section) -> dict[str, Any]:
        if root.content:
            self.refuse(_shown(root.content[0]), "it stands above the first heading")
        sections = root.children
        if sections and sections[0].level == 1:
            if sections[0].content:
                self.refuse(sections[0].title, "the text below the title belongs to no section")
            sections = sections[0].children + sections[1:]
        return self.fields(model, sections)

    def fields(self, model: type[BaseModel], sections: list[Section]) -> dict[str, Any]:
        kinds = field_kinds(model)
        values: dict[str, Any] = {}
        for section in sections:
            name = find_field(model, section.title)
            if name is None and section.drawn:
                continue
            name = self.known(model, name, section.title, values)
            values[name] = self.value(section, kinds[name])
        return values

    def known(self, model: type[BaseModel], name: str | None, heading: str, values: dict[str, Any]) -> str:
        if name is None:
            known = ", ".join(label(field) for field in model.model_fields)
            self.refuse(heading, f"there is no such field; there are: {known}")
        if name in values:
            self.refuse(heading, "it stands here twice")
        return name

    def value(self, section: Section, kind: Kind) -> Any:
        """What stands below one heading."""
        content = section.content
        only = content[0] if len(content) == 1 and not section.children else None
        if isinstance(only, Fence) and not (kind.shape == "list" and kind.item and kind.item.flat):
            return self.fenced(only, kind, section.title)
        if isinstance(only, str) and kind.shape != "text":
            whole = parse_inline(only, Kind("any"))
            if whole is None or isinstance(whole, (list, dict)):
                return whole
        if kind.shape == "list" and kind.item:
            return self.items(section, kind.item)
        if kind.shape == "model" and kind.model:
            return self.model(section, kind.model)
        if section.children:
            self.refuse(section.children[0].title, f"it does not belong below {section.title!r}")
        if kind.shape == "map" and kind.item:
            return self.mapping(section, kind.item)
        text = "\n".join(_source(section.blocks)).strip()
        return text if "\n" in text else parse_inline(text, kind)

    def fenced(self, block: Fence, kind: Kind, heading: str) -> Any:
        """A text as it stands, or JSON."""
        if kind.shape == "text" and block.info != "json":
            return block.text
        try:
            value = json.loads(block.text)
        except (ValueError, RecursionError) as error:
            if kind.shape == "text":
                return block.text
            self.refuse(heading, f"the fenced block is not JSON ({error})")
        return block.text if kind.shape == "text" and not isinstance(value, str) else value

    def items(self, section: Section, kind: Kind) -> list[Any]:
        if kind.model and section.children:
            if section.content:
                self.refuse(section.title, f"{_shown(section.content[0])!r} belongs to no {type_title(kind.model)}")
            return [self.value(child, kind) for child in section.children]
        if section.children:
            self.refuse(section.children[0].title, f"it does not belong below {section.title!r}")
        if kind.model:
            return self.table(section, kind.model)
        items: list[Any] = []
        for block in _joined(section.content):
            if isinstance(block, Fence):
                items.append(self.fenced(block, kind, section.title))
            elif bullet := _BULLET.fullmatch(block):
                if bullet[1]:
                    items.append(parse_inline(bullet[1], kind))
            else:
                self.refuse(section.title, f"{block!r} is no bullet; begin the line with '- '")
        if len(items) == 1 and isinstance(items[0], list):
            return items[0]
        return items

    def table(self, section: Section, model: type[BaseModel]) -> list[dict[str, Any]]:
        rows = [block for block in section.content if isinstance(block, str)]
        if not rows and not section.content:
            return []
        if (
            len(rows) < len(section.content)
            or not all("|" in row for row in rows)
            or len(rows) < 2
            or not _RULE.fullmatch(rows[1])
        ):
            self.refuse(section.title, f"write a table, or one section for each {type_title(model)}")
        kinds = field_kinds(model)
        values: dict[str, Any] = {}
        for heading in _cells(rows[0]):
            values[self.known(model, find_field(model, heading), heading, values)] = None
        names = list(values)
        items = []
        for number, row in enumerate(rows[2:], start=1):
            cells = _cells(row)
            if len(cells) > len(names):
                self.refuse(section.title, f"row {number} has {len(cells)} cells, the table {len(names)} columns")
            pairs = zip(names, cells, strict=False)
            items.append({n: parse_inline(c, kinds[n]) for n, c in pairs if c or kinds[n].shape == "text"})
        return items

    def mapping(self, section: Section, kind: Kind) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for heading, value in self.entries(section):
            key = parse_inline(heading, Kind("text"))
            if key in values:
                self.refuse(section.title, f"{key!r} stands here twice")
            values[key] = self.entry(value, kind, heading)
        return values

    def model(self, section: Section, model: type[BaseModel]) -> dict[str, Any]:
        kinds = field_kinds(model)
        values: dict[str, Any] = {}
        for heading, value in self.entries(section):
            name = self.known(model, find_field(model, heading), heading, values)
            values[name] = self.entry(value, kinds[name], heading)
        for name, value in self.fields(model, section.children).items():
            if name in values:
                self.refuse(section.title, f"{label(name)!r} stands here twice")
            values[name] = value
        return values

    def entry(self, value: str | Fence, kind: Kind, heading: str) -> Any:
        if isinstance(value, Fence):
            return self.fenced(value, kind, heading)
        if not value and kind.shape in ("list", "map", "model"):
            return {} if kind.shape != "list" else []
        return parse_inline(value, kind)

    def entries(self, section: Section) -> Iterator[tuple[str, str | Fence]]:
        """The bullets `- Label: value`, in order."""
        waiting = ""
        for block in _joined(section.content):
            if isinstance(block, Fence):
                if not waiting:
                    self.refuse(section.title, "a fenced block stands below no label")
                yield waiting, block
                waiting = ""
                continue
            if waiting:
                yield waiting, ""
                waiting = ""
            bullet = _BULLET.fullmatch(block)
            labelled = _LABELLED.fullmatch(bullet[1] or "") if bullet else None
            if labelled is None:
                self.refuse(section.title, f"{block!r} is not of the form '- Label: value'")
            if labelled[2]:
                yield labelled[1].strip(), labelled[2]
            else:
                waiting = labelled[1].strip()
        if waiting:
            yield waiting, ""

    def refuse(self, heading: str, reason: str) -> NoReturn:
        raise WorkspaceError(f"{self.document_title}, {heading!r}: {reason}")


def _sections(text: str, title: str) -> Section:
    """The tree of headings; the root stands for the whole text."""
    root = Section(title, 0)
    path = [root]
    lines = iter(text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n"))
    for line in lines:
        opening = _FENCE.fullmatch(line)
        heading = _HEADING.fullmatch(line)
        if opening:
            path[-1].blocks.append(_fence(opening, lines, title, path[-1].title))
        elif heading:
            section = Section(heading[2] or "", len(heading[1]))
            while path[-1].level >= section.level:
                path.pop()
            path[-1].children.append(section)
            path.append(section)
        else:
            path[-1].blocks.append(line)
    return root


def _fence(opening: re.Match[str], lines: Iterator[str], title: str, heading: str) -> Fence:
    closing = re.compile(rf" {{0,3}}{opening[1][0]}{{{len(opening[1])},}}\s*")
    content: list[str] = []
    for line in lines:
        if closing.fullmatch(line):
            return Fence(opening[2].lower(), "\n".join(content))
        content.append(line)
    raise WorkspaceError(f"{title}, {heading!r}: the fenced block is never closed; end it with {opening[1]}")


def _joined(blocks: list[str | Fence]) -> Iterator[str | Fence]:
    """A bullet's text that was wrapped over several lines becomes one line."""
    current: str | None = None
    for block in blocks:
        if isinstance(block, str) and current is not None and not _BULLET.fullmatch(block):
            current += " " + block.strip()
            continue
        if current is not None:
            yield current
        current = block if isinstance(block, str) else None
        if isinstance(block, Fence):
            yield block
    if current is not None:
        yield current


def _cells(row: str) -> list[str]:
    row = row.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)]


def _source(blocks: list[str | Fence]) -> Iterator[str]:
    """The lines that were read."""
    for block in blocks:
        if isinstance(block, Fence):
            yield from (f"```{block.info}", block.text, "```")
        else:
            yield block


def _shown(block: str | Fence) -> str:
    return block.strip() if isinstance(block, str) else f"```{block.info}"
