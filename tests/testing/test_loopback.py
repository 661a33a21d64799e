"""The loopback server as a user of `softhouse.testing` meets it, with nothing but the standard library as client."""

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

import pytest

from softhouse.testing import Answer, LoopbackServer
from softhouse.testing.broken_json import BROKEN_JSON, NEEDS_ANOTHER_CALL
from softhouse.testing.loopback import cut_stream, hang, rate_limited, reset


def post(server: LoopbackServer, timeout: float = 5.0, **body: Any) -> str:
    request = urllib.request.Request(
        f"{server.base_url}/chat/completions", data=json.dumps(body).encode(), headers={"Authorization": "Bearer k"}
    )
    with urllib.request.urlopen(request, timeout=timeout) as response:
        text: str = response.read().decode()
        return text


def test_answers_in_order_the_last_for_ever() -> None:
    with LoopbackServer("one", "two") as server:
        replies = [json.loads(post(server, number=number))["choices"][0]["message"]["content"] for number in range(3)]
        assert replies == ["one", "two", "two"]
        assert (server.count, server.keys) == (3, ["k"] * 3)
        assert [body["number"] for body in server.requests] == [0, 1, 2]


def test_a_callable_sees_the_request() -> None:
    with LoopbackServer(lambda body: body["messages"][0]["content"].upper()) as server:
        assert "HELLO" in post(server, messages=[{"role": "user", "content": "hello"}])


def test_a_stream_ends_with_usage_and_done() -> None:
    with LoopbackServer("one two three") as server:
        events = post(server, stream=True, stream_options={"include_usage": True}).split("\n\n")
    assert events[-2] == "data: [DONE]"
    assert json.loads(events[-3].removeprefix("data: "))["usage"]["completion_tokens"] == 3


def test_an_error_has_its_status_and_headers() -> None:
    with LoopbackServer(rate_limited(5)) as server, pytest.raises(urllib.error.HTTPError) as caught:
        post(server)
    with caught.value as error:
        assert (error.code, error.headers["Retry-After"]) == (429, "5")


@pytest.mark.parametrize("answer", [reset(), cut_stream("hello, world")])
def test_a_torn_connection(answer: Answer) -> None:
    with LoopbackServer(answer) as server, pytest.raises((ConnectionError, HTTPException)):
        post(server, stream=True)


def test_a_hang_ends_with_the_server() -> None:
    with LoopbackServer(hang()) as server, pytest.raises(TimeoutError):
        post(server, timeout=0.1)


def test_it_stops_without_having_been_asked() -> None:
    with LoopbackServer() as server:
        with pytest.raises(TimeoutError):
            server.wait_for_a_request(timeout=0.01)
        assert server.count == 0


def test_the_shapes_are_22_and_all_but_one_are_no_json_of_the_object() -> None:
    data = {"name": "a b", "ready": True, "goals": ["x"], "more": None, "size_of_it": 3}
    replies = {shape: broken(data) for shape, broken in BROKEN_JSON.items()}
    assert len(replies) == len(set(replies.values())) == 22
    assert replies.keys() >= NEEDS_ANOTHER_CALL

    def plain(text: str) -> object:
        try:
            return json.loads(text)
        except ValueError:
            return None

    assert [shape for shape, text in replies.items() if plain(text) == data] == []
