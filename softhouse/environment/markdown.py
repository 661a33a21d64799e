"""Documents as Markdown that a person may edit, and back.

Each field of the document is a section. Inside it: a paragraph, a bullet list, a table, bullets of the form
`- Label: value`, sections of the next level, and fenced blocks for text of several lines. What none of these can hold
is a fenced block of JSON. A document that is written and read back is the same document, whatever its texts are.

>>> from softhouse.environment.documents import Requirement
>>> print(to_markdown(Requirement(text="Sort the lines of a file."), language="zh"))
# 原始需求
<BLANKLINE>
## 内容
<BLANKLINE>
Sort the lines of a file.
<BLANKLINE>
## 语言
<BLANKLINE>
en
<BLANKLINE>
>>> from_markdown(Requirement, "# Requirement\\n## Text\\n\\nSort *all* lines.").text
'Sort *all* lines.'
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from softhouse.environment.document import Document
from softhouse.environment.fields import Kind, code_span, fence, field_kinds, inline, json_span
from softhouse.environment.labels import label, labels, type_title
from softhouse.environment.outline import read_document_values
from softhouse.errors import WorkspaceError

D = TypeVar("D", bound=Document)

_DEEPEST = 6
"""Markdown has six levels of headings."""
_SHORT = 100
"""The longest value, in characters, that is written as JSON beside its label or in a cell."""
_WIDEST = 200
"""The longest row of a table, in characters."""


def to_markdown(document: Document, language: str = "en") -> str:
    """`document` as Markdown with headings in `language` (`en` or `zh`), ending in a newline."""
    model = type(document)
    values = document.model_dump(mode="json")
    headings = labels(model, language)
    lines = [f"# {type_title(model, language)}"]
    for name, kind in field_kinds(model).items():
        lines += ["", f"## {headings[name]}", *_body(values[name], kind, 2, language)]
    return "\n".join(lines).rstrip("\n") + "\n"


def from_markdown(model: type[D], text: str) -> D:
    """The document of type `model` that `text` says, as `to_markdown` wrote it or as a person changed it.

    Headings may be in either language, in any case and order; a missing section means the field's default; sections
    with nothing but mermaid diagrams are skipped. Raises `WorkspaceError`, one line with the section's heading.
    """
    values = read_document_values(model, text)
    try:
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = [str(part + 1) if isinstance(part, int) else label(part) for part in first["loc"]]
        place = f"section {' › '.join(where)!r}: " if where else ""
        raise WorkspaceError(f"{type_title(model)}, {place}{first['msg']}; correct it and run again") from None


def _body(value: Any, kind: Kind, level: int, language: str) -> list[str]:
    """The lines under a heading of `level`, beginning with an empty one; none for nothing."""
    if not isinstance(value, (list, dict)):
        if _wants_fence(value, kind):
            return ["", *fence(value)]
        written = inline(value, kind, language)
        return ["", written] if written else []
    if kind.shape == "list" and isinstance(value, list) and kind.item:
        if kind.item.flat:
            return _bullets(value, kind.item, language)
        if kind.item.model and all(isinstance(item, dict) for item in value):
            return _models(value, kind.item.model, level, language)
    if kind.shape == "map" and isinstance(value, dict) and kind.item:
        return _spaced([line for key in value for line in _entry(code_span(key), value[key], kind.item, language)])
    if kind.shape == "model" and isinstance(value, dict) and kind.model:
        return _model(value, kind.model, level, language)
    return ["", *fence(value)]


def _bullets(values: list[Any], kind: Kind, language: str) -> list[str]:
    lines = []
    for value in values:
        if _wants_fence(value, kind):
            lines += ["", *fence(value), ""]
        else:
            lines.append(f"- {inline(value, kind, language) or json_span(value)}")
    return _spaced(lines)


def _models(values: list[dict[str, Any]], model: type[BaseModel], level: int, language: str) -> list[str]:
    table = _table(values, model, language)
    if table:
        return table
    if level >= _DEEPEST:
        return ["", *fence(values)] if values else []
    lines: list[str] = []
    for number, value in enumerate(values, start=1):
        lines += ["", f"{'#' * (level + 1)} {type_title(model, language)} {number}"]
        lines += _model(value, model, level + 1, language)
    return lines


def _table(values: list[dict[str, Any]], model: type[BaseModel], language: str) -> list[str]:
    """Nothing where a table would be too wide, or would have no column."""
    kinds, headings = field_kinds(model), labels(model, language)
    shown = [name for name in kinds if any(not _is_default(value[name], model, name) for value in values)]
    rows = [[headings[name] for name in shown], ["---"] * len(shown)]
    for value in values:
        cells = [inline(value[name], kinds[name], language, cell=True) for name in shown]
        if any(len(cell) > _SHORT for cell in cells) or sum(map(len, cells)) > _WIDEST:
            return []
        rows.append(cells)
    return ["", *(f"| {' | '.join(row)} |" for row in rows)] if shown else []


def _model(value: dict[str, Any], model: type[BaseModel], level: int, language: str) -> list[str]:
    """Bullets for what is short, sections for the rest; nothing for a field that holds its default."""
    headings = labels(model, language)
    lines: list[str] = []
    sections: list[str] = []
    for name, kind in field_kinds(model).items():
        if _is_default(value[name], model, name):
            continue
        if kind.flat or level >= _DEEPEST or len(json_span(value[name])) <= _SHORT:
            lines += _entry(headings[name], value[name], kind, language)
        else:
            sections += ["", f"{'#' * (level + 1)} {headings[name]}", *_body(value[name], kind, level + 1, language)]
    return _spaced(lines) + sections


def _entry(heading: str, value: Any, kind: Kind, language: str) -> list[str]:
    """`- Heading: value`, or the bullet and a fenced block below it."""
    if _wants_fence(value, kind):
        return [f"- {heading}:", "", *fence(value), ""]
    written = inline(value, kind, language)
    if isinstance(value, (list, dict)) and len(written) > _SHORT:
        return [f"- {heading}:", "", *fence(value), ""]
    return [f"- {heading}: {written}".rstrip()]


def _wants_fence(value: Any, kind: Kind) -> bool:
    """Whether it is a text of several lines."""
    return kind.shape == "text" and isinstance(value, str) and "\n" in value.strip("\n")


def _spaced(lines: list[str]) -> list[str]:
    """Set off from what precedes."""
    return ["", *lines] if lines else []


def _is_default(value: Any, model: type[BaseModel], name: str) -> bool:
    """Whether a missing `name` would be read back as `value`."""
    written = _defaults(model).get(name)
    return written is not None and json.dumps(value) == written


@lru_cache(maxsize=256)
def _defaults(model: type[BaseModel]) -> Mapping[str, str]:
    """The JSON of each default that depends on nothing else."""
    fields = {
        name: field
        for name, field in model.model_fields.items()
        if not field.is_required() and not getattr(field, "default_factory_takes_validated_data", False)
    }
    return {
        name: json.dumps(to_jsonable_python(f.get_default(call_default_factory=True))) for name, f in fields.items()
    }
