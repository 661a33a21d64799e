"""The whole house with a tiny random ChatGLM2 behind every role, in both procedures."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from softhouse import Company
from softhouse.errors import BackendError
from softhouse.llm_backends.chatglm2 import create
from softhouse.llm_backends.chatglm2.convert import convert
from softhouse.llm_backends.chatglm2.synthetic import TINY, write_checkpoint
from softhouse.llm_backends.protocol import Backend, Capabilities, Completion, CompletionRequest, TokenCallback
from softhouse.roles.staff import code_first, documents_first, staff

pytestmark = pytest.mark.torch
LINE = "写一个命令行程序 count.py，统计文本文件中每个字母出现的次数。"
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


class Watched:
    """The model, with the strength that picks the procedure; keeps what was asked with a schema and what came."""

    def __init__(self, model: Backend, strength: Literal["small", "large"]) -> None:
        self._model = model
        self.capabilities: Capabilities = model.capabilities.model_copy(update={"strength": strength})
        self.name = model.name
        self.count_tokens = model.count_tokens
        self.aclose = model.aclose
        self.structured: list[tuple[CompletionRequest, Completion]] = []

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        completion = await self._model.complete(request, on_token)
        if request.json_schema is not None:
            self.structured.append((request, completion))
        return completion


@pytest.mark.parametrize(("engine", "strength"), [("gguf", "small"), ("hf", "large")])
async def test_a_run_ends_and_every_structured_reply_is_valid_by_its_schema(
    engine: Literal["gguf", "hf"], strength: Literal["small", "large"], tmp_path: Path, pieces: bytes
) -> None:
    """A small model's house always comes to a verdict; where documents come first, nonsense may end it in one line."""
    shape = replace(TINY, layers=1, context=7000)
    original = write_checkpoint(tmp_path / "original", shape, tokenizer=pieces)
    model = Watched(create(str(convert(original, tmp_path / engine, to=engine))), strength)
    assert staff(model.capabilities) == (code_first() if strength == "small" else documents_first())
    project, given_up = None, ""
    try:
        project = await Company(model=model, workspace=tmp_path / "out").run(LINE)
    except BackendError as error:
        given_up = str(error)
    await model.aclose()
    if project is None:
        assert strength == "large"
        assert given_up.count("\n") == 0
    else:
        assert project.delivery is not None
        assert not project.accepted
    assert model.structured
    for request, completion in model.structured:
        assert completion.finish_reason == "stop"
        assert request.json_schema is not None
        assert complaints(json.loads(completion.text), request.json_schema, request.json_schema) == []


def complaints(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """Where `value` breaks `schema`, of which no keyword is passed over. https://json-schema.org/draft/2020-12"""
    found: list[str] = []
    for keyword, wanted in schema.items():
        match keyword:
            case "title" | "description" | "default" | "$defs":
                continue
            case "$ref":
                found += complaints(value, root["$defs"][wanted.rpartition("/")[2]], root)
            case "anyOf":
                holds = any(not complaints(value, choice, root) for choice in wanted)
            case "type":
                holds = isinstance(value, TYPES[wanted]) and (wanted == "boolean" or not isinstance(value, bool))
            case "enum":
                holds = value in wanted
            case "const":
                holds = value == wanted
            case "properties":
                found += [
                    c for name, part in value.items() if name in wanted for c in complaints(part, wanted[name], root)
                ]
            case "required":
                holds = set(wanted) <= set(value)
            case "additionalProperties":
                more = [part for name, part in value.items() if name not in schema.get("properties", {})]
                found += [c for part in more if isinstance(wanted, dict) for c in complaints(part, wanted, root)]
                holds = wanted is not False or not more
            case "items":
                found += [c for part in value for c in complaints(part, wanted, root)]
            case "minItems":
                holds = len(value) >= wanted
            case "maxItems":
                holds = len(value) <= wanted
            case "maxLength":
                holds = len(value) <= wanted
            case _:
                raise LookupError(f"{keyword} is not known here")
        if keyword not in ("$ref", "properties", "items") and not holds:
            found.append(f"{keyword} {wanted}: {value!r}")
    return found
