"""Who may ask."""

import httpx2
import openai
import pytest

from .conftest import Serve
from .served import ask
from .test_chat_completions import HELLO, client

KEY = "sk-house-1234"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {KEY}"}])
async def test_without_the_key_nothing_is_answered(serve: Serve, header: dict[str, str]) -> None:
    served = await serve(["never"], key=KEY)

    reply = await served.post(ask(), **header)

    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "invalid_api_key")
    assert reply.headers["www-authenticate"] == "Bearer"


async def test_the_key_opens_and_another_does_not(serve: Serve) -> None:
    served = await serve(["hi"], key=KEY)

    async with client(served) as ai:
        with pytest.raises(openai.AuthenticationError) as caught:
            await ai.chat.completions.create(model="python", messages=HELLO)
        right = ai.with_options(api_key=KEY)
        answer = await right.chat.completions.create(model="python", messages=HELLO)

    assert KEY not in str(caught.value)
    assert answer.choices[0].message.content == "hi"


async def test_the_page_and_the_health_are_shown_to_everybody(serve: Serve) -> None:
    served = await serve(["never"], key=KEY)

    async with httpx2.AsyncClient() as anyone:
        page = await anyone.get(served.url)
        health = await anyone.get(f"{served.url}/health")

    assert page.text.startswith("<!doctype html>")
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    assert health.json() == {
        "status": "ok",
        "model": "python",
        "slots": {"total": 1000, "busy": 0, "waiting": 0},
    }


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "[::"}, 403),
        ({"Origin": "http://localhost:3000"}, 200),
        ({"Host": "localhost:8000"}, 200),
    ],
)
async def test_websites_cannot_use_a_server_without_a_key(serve: Serve, headers: dict[str, str], status: int) -> None:
    served = await serve(["hi"])

    assert (await served.post(ask(), **headers)).status_code == status
