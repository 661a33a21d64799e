"""`/v1/embeddings`: where the backend can."""

from collections.abc import Sequence
from typing import Any

import openai
import pytest

from softhouse.llm_backends.protocol import Embeddings, Usage
from softhouse.llm_backends.scripted import ScriptedBackend

from .conftest import Serve
from .test_chat_completions import client


class Lengths(ScriptedBackend):
    """The embedding of a text is how long it is."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        return Embeddings([[float(len(text)), 0.5] for text in texts], Usage(prompt_tokens=3 * len(texts)))


@pytest.mark.parametrize("encoding", [{}, {"encoding_format": "float"}, {"encoding_format": "base64"}])
async def test_one_vector_a_text_in_their_order(serve: Serve, encoding: Any) -> None:
    served = await serve(Lengths([]))

    async with client(served) as ai:
        one = await ai.embeddings.create(model="python", input="four")
        many = await ai.embeddings.create(model="python", input=["a", "中文"], **encoding)

    assert one.data[0].embedding == [4.0, 0.5]
    assert (one.usage.prompt_tokens, many.usage.total_tokens) == (3, 6)
    as_text: list[Any] = ["AACAPwAAAD8=", "AAAAQAAAAD8="]
    as_numbers: list[Any] = [[1.0, 0.5], [2.0, 0.5]]
    expected = as_text if encoding == {"encoding_format": "base64"} else as_numbers
    assert [entry.embedding for entry in many.data] == expected


@pytest.mark.parametrize(
    "options", [{"input": ""}, {"input": []}, {"input": [[1, 2]]}, {"input": "a", "dimensions": 8}]
)
async def test_what_is_not_supported_is_said(serve: Serve, options: dict[str, Any]) -> None:
    served = await serve(Lengths([]))

    reply = await served.post(options, "/v1/embeddings")

    assert (reply.status_code, reply.json()["error"]["type"]) == (400, "invalid_request_error")


async def test_a_model_that_makes_none_says_so(serve: Serve) -> None:
    served = await serve(["never"])

    async with client(served) as ai:
        with pytest.raises(openai.BadRequestError, match="makes no embeddings"):
            await ai.embeddings.create(model="python", input="text")
