"""A result type's JSON schema, as three readers want it: a server that enforces it, a strict one, and a model."""

import functools
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

_KEPT = ("type", "description", "enum", "const", "pattern", "format")
_BOUNDS = (
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
)


@functools.lru_cache(maxsize=256)
def enforced_schema(model: type[BaseModel]) -> Schema:
    """`model`'s JSON schema for a server or a grammar that enforces it.

    References are written out, every field is required, no other field is allowed, and there are no keywords that such
    servers refuse (`default`, `title`, `oneOf`). A type within itself is left open at its second occurrence. The
    dictionary is shared: do not change it.

    >>> class Point(BaseModel):
    ...     x: int = 0
    >>> enforced_schema(Point)
    {'type': 'object', 'properties': {'x': {'type': 'integer'}}, 'required': ['x'], 'additionalProperties': False}
    """
    schema = model.model_json_schema()
    return _enforced(schema, schema.get("$defs", {}), ())


def _enforced(schema: Mapping[str, Any], definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Schema:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in inside:
            return {"type": "object"}
        found = _enforced(definitions[name], definitions, (*inside, name))
        return found | ({"description": schema["description"]} if "description" in schema else {})
    result = {key: schema[key] for key in (*_KEPT, *_BOUNDS) if key in schema}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            options = [_enforced(option, definitions, inside) for option in schema[key]]
            result |= options[0] if key == "allOf" and len(options) == 1 else {"anyOf": options}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            result[key] = _enforced(schema[key], definitions, inside)
    if "prefixItems" in schema:
        result["prefixItems"] = [_enforced(item, definitions, inside) for item in schema["prefixItems"]]
    if "properties" in schema:
        result["properties"] = {
            name: _enforced(field, definitions, inside) for name, field in schema["properties"].items()
        }
        result["required"] = list(schema["properties"])
        result["additionalProperties"] = False
        # A class's docstring is for programmers; fields describe themselves.
        result.pop("description", None)
    return result


def strict_schema(schema: Mapping[str, Any], *, bounds: bool) -> tuple[Schema, bool]:
    """`schema` for a server with OpenAI's strict mode, and whether that mode can take it (it knows no free mappings).

    `bounds`: keep `maxLength` and its like, which llama.cpp enforces and strict servers may refuse.
    """
    strict = True

    def walk(node: Any) -> Any:
        nonlocal strict
        if isinstance(node, list):
            return [walk(item) for item in node]
        if not isinstance(node, Mapping):
            return node
        if node.get("type") == "object" and node.get("additionalProperties") is not False:
            strict = False
        result = {}
        for key, value in node.items():
            if key == "properties":
                result[key] = {name: walk(field) for name, field in value.items()}
            elif bounds or key not in _BOUNDS:
                result[key] = value if key in ("enum", "const", "required") else walk(value)
        return result

    return walk(schema), strict


@functools.lru_cache(maxsize=256)
def schema_for_prompt(model: type[BaseModel]) -> str:
    """`model` as a model reads it best: one commented line a field, in the manner of TypeScript.

    >>> from pydantic import Field
    >>> class Book(BaseModel):
    ...     title: str = Field(description="as on the cover")
    ...     tags: tuple[str, ...] = ()
    >>> print(schema_for_prompt(Book))
    {
      "title": string,  // as on the cover
      "tags": [string, ...]
    }
    """
    return _render(enforced_schema(model), "")


def _render(schema: Mapping[str, Any], indent: str) -> str:
    if "enum" in schema:
        return " | ".join(_literal(value) for value in schema["enum"])
    if "const" in schema:
        return _literal(schema["const"])
    if "anyOf" in schema:
        return " | ".join(_render(option, indent) for option in schema["anyOf"])
    kind = schema.get("type", "any")
    if kind == "array":
        if "prefixItems" in schema:
            return f"[{', '.join(_render(item, indent) for item in schema['prefixItems'])}]"
        return f"[{_render(schema.get('items', {}), indent)}, ...]"
    if "properties" in schema:
        inner = indent + "  "
        fields = list(schema["properties"].items())
        lines = ["{"]
        for number, (name, field) in enumerate(fields, start=1):
            comma = "," if number < len(fields) else ""
            note = f"  // {field['description']}" if field.get("description") else ""
            lines.append(f'{inner}"{name}": {_render(field, inner)}{comma}{note}')
        return "\n".join([*lines, indent + "}"])
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"{{string: {_render(schema['additionalProperties'], indent)}, ...}}"
    return str(kind)


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
