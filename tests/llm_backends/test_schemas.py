import json
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from softhouse.environment.documents import ProductRequirements, SystemDesign
from softhouse.llm_backends.schemas import enforced_schema, schema_for_prompt, strict_schema


class Tree(BaseModel):
    label: str
    children: "tuple[Tree, ...]" = ()


class Everything(BaseModel):
    """For programmers only."""

    kind: Literal["a", "b"] = "a"
    fixed: Literal["x"] = "x"
    short: str = Field(default="", max_length=20, description="one line")
    several: tuple[str, ...] = Field(default=(), max_length=3)
    pair: tuple[int, str] = (1, "a")
    perhaps: float | None = None
    table: dict[str, int] = {}
    tree: Tree | None = None


def keywords(schema: object) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(keywords, schema))
    if not isinstance(schema, dict):
        return set()
    found: set[str] = set()
    for key, value in schema.items():
        found |= {key}
        found |= set().union(*map(keywords, value.values())) if key == "properties" else keywords(value)
    return found


def objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for item in schema for found in objects(item)]
    if not isinstance(schema, dict):
        return []
    inner = [found for value in schema.values() for found in objects(value)]
    return [schema, *inner] if isinstance(schema.get("properties"), dict) else inner


@pytest.mark.parametrize("model", [ProductRequirements, SystemDesign, Everything, Tree])
def test_an_enforced_schema_has_only_what_servers_know(model: type[BaseModel]) -> None:
    schema = enforced_schema(model)
    assert not keywords(schema) & {"$ref", "$defs", "default", "title", "oneOf", "allOf", "discriminator"}
    assert objects(schema)
    for each in objects(schema):
        assert each["required"] == list(each["properties"])
        assert each["additionalProperties"] is False


def test_a_valid_document_fits_its_schema() -> None:
    """Checked by hand, field by field: no validator is a dependency."""
    schema = enforced_schema(Everything)
    assert list(schema["properties"]) == list(Everything.model_fields)
    assert schema["properties"]["short"] == {"type": "string", "maxLength": 20, "description": "one line"}
    assert schema["properties"]["kind"] == {"type": "string", "enum": ["a", "b"]}
    assert schema["properties"]["fixed"]["const"] == "x"
    assert schema["properties"]["perhaps"] == {"anyOf": [{"type": "number"}, {"type": "null"}]}
    assert schema["properties"]["table"] == {"type": "object", "additionalProperties": {"type": "integer"}}


def test_strict_servers_get_no_bounds_and_no_promise_about_mappings() -> None:
    schema = enforced_schema(Everything)
    bounded, strict = strict_schema(schema, bounds=True)
    assert (bounded, strict) == (schema, False)
    free, _ = strict_schema(schema, bounds=False)
    assert not keywords(free) & {"maxLength", "maxItems", "minItems"}
    assert strict_schema(enforced_schema(SystemDesign), bounds=True)[1]


def test_a_field_may_be_called_like_a_keyword() -> None:
    class Odd(BaseModel):
        maxLength: int  # noqa: N815
        properties: str
        enum: str

    free, strict = strict_schema(enforced_schema(Odd), bounds=False)
    assert strict
    assert list(free["properties"]) == ["maxLength", "properties", "enum"]


def test_a_model_reads_it_in_one_line_a_field() -> None:
    assert schema_for_prompt(Everything).splitlines() == [
        "{",
        '  "kind": "a" | "b",',
        '  "fixed": "x",',
        '  "short": string,  // one line',
        '  "several": [string, ...],',
        '  "pair": [integer, string],',
        '  "perhaps": number | null,',
        '  "table": {string: integer, ...},',
        '  "tree": {',
        '    "label": string,',
        '    "children": [object, ...]',
        "  } | null",
        "}",
    ]


def test_it_is_shorter_than_the_schema_itself() -> None:
    for model in (ProductRequirements, SystemDesign):
        assert len(schema_for_prompt(model)) < len(json.dumps(enforced_schema(model))) * 0.8
