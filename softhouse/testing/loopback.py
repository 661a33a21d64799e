"""An OpenAI-compatible server on this machine that misbehaves as told: what backends and whole runs are tested with.

>>> import urllib.request
>>> with LoopbackServer(Answer("hello")) as server:
...     request = urllib.request.Request(f"{server.base_url}/chat/completions", data=b"{}", method="POST")
...     text = urllib.request.urlopen(request).read().decode()
>>> "hello" in text, server.count
(True, 1)
"""

import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Body = dict[str, Any]
Fault = Literal["hang", "reset", "cut", "cut quietly"]


@dataclass(frozen=True)
class Answer:
    """One HTTP reply, good or bad."""

    text: str = ""
    """What the model says."""
    finish_reason: str = "stop"
    usage: bool = True
    """Whether the tokens are told."""
    cached_tokens: int = 0
    status: int = 200
    error: Mapping[str, Any] = field(default_factory=dict)
    """The error object, for another status than 200."""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    """`hang`: no byte ever, or none after half of the text, or after the headers of an error. `reset`: the connection
    is torn down. `cut`: the stream breaks off halfway. `cut quietly`: it does so as if it were complete."""


def server_error(status: int = 500) -> Answer:
    return Answer(status=status, error={"message": "The server had an error", "type": "server_error"})


def rate_limited(retry_after: float | str | None = None) -> Answer:
    """429; `retry_after`: seconds, or a date as HTTP writes it."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    error = {"message": "Rate limit reached for requests", "type": "requests", "code": "rate_limit_exceeded"}
    return Answer(status=429, error=error, headers=headers)


def quota_exhausted() -> Answer:
    error = {"message": "You exceeded your current quota", "type": "insufficient_quota", "code": "insufficient_quota"}
    return Answer(status=429, error=error)


def unauthorized(key: str = "") -> Answer:
    """401; `key` is repeated in the message, as careless servers do."""
    return Answer(status=401, error={"message": f"Incorrect API key provided: {key}", "code": "invalid_api_key"})


def unknown_model() -> Answer:
    return Answer(status=404, error={"message": "The model does not exist", "code": "model_not_found"})


def too_long() -> Answer:
    error = {"message": "This model's maximum context length is 4096 tokens", "code": "context_length_exceeded"}
    return Answer(status=400, error=error)


def refusal(message: str, param: str | None = None, status: int = 400) -> Answer:
    """The request has a part that the server does not know."""
    return Answer(status=status, error={"message": message, "type": "invalid_request_error", "param": param})


def hang(text: str = "", *, status: int = 200) -> Answer:
    """For ever: at once, in the middle of `text`, or before the body of an error."""
    return Answer(text, status=status, fault="hang")


def reset() -> Answer:
    return Answer(fault="reset")


def cut_stream(text: str, *, quietly: bool = False) -> Answer:
    return Answer(text, fault="cut quietly" if quietly else "cut")


def cut_at_limit(text: str) -> Answer:
    """`text` is all that the token limit left."""
    return Answer(text, finish_reason="length")


Reply = Answer | str
Behaviour = Callable[[Body], Reply]


class LoopbackServer:
    """Answers `POST /v1/chat/completions` with `answers` in order, the last of them for ever; a callable is asked.

    Strings are well-behaved replies. `llama_cpp`: pretends to be llama.cpp's server and answers `/props`. A context
    manager; `base_url` is to be given to a client.
    """

    def __init__(self, *answers: Reply | Behaviour, llama_cpp: bool = False) -> None:
        self.requests: list[Body] = []
        """The bodies of all requests, oldest first."""
        self.keys: list[str] = []
        """What stood in their `Authorization`."""
        self._answers = list(answers) or [Answer("hello")]
        self._llama_cpp = llama_cpp
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._stopping = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="loopback", daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def count(self) -> int:
        """How many completions were asked for."""
        return len(self.requests)

    def __enter__(self) -> "LoopbackServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, body: Body, authorization: str) -> Answer:
        """Note a request and choose its answer."""
        with self._lock:
            self.requests.append(body)
            self.keys.append(authorization.removeprefix("Bearer "))
            self._asked.set()
            chosen = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        reply = chosen if isinstance(chosen, Answer | str) else chosen(body)
        return Answer(reply) if isinstance(reply, str) else reply

    def wait_for_a_request(self, timeout: float = 10.0) -> None:
        """Block until the first request is here; raises `TimeoutError` after `timeout` seconds."""
        if not self._asked.wait(timeout):
            raise TimeoutError(f"no request came in {timeout:g} s")

    def properties(self) -> Body | None:
        """What llama.cpp's server says at `/props`."""
        return {"default_generation_settings": {"n_ctx": 8192}, "total_slots": 4} if self._llama_cpp else None

    def wait_for_the_end(self) -> None:
        """A hanging request waits here."""
        self._stopping.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, loopback: LoopbackServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.loopback = loopback

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet where a client has hung up: it may."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: tests read the requests instead."""

    def do_GET(self) -> None:
        properties = self.server.loopback.properties() if self.path == "/props" else None
        self._send_json(200 if properties else 404, properties or {"error": {"message": "not found"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        answer = self.server.loopback.answer(body, self.headers.get("Authorization", ""))
        if answer.fault == "hang" and answer.status == 200 and not answer.text:
            self._hang()
        elif answer.fault == "reset":
            self._reset()
        elif answer.status != 200:
            self._send_json(
                answer.status, {"error": dict(answer.error)}, answer.headers, hanging=answer.fault == "hang"
            )
        elif body.get("stream"):
            self._send_stream(answer, body)
        else:
            self._send_json(200, _completion(answer, body), answer.headers)

    def _send_json(
        self, status: int, payload: Body, headers: Mapping[str, str] | None = None, *, hanging: bool = False
    ) -> None:
        content = json.dumps(payload).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if hanging:
            self._hang()
        else:
            self.wfile.write(content)

    def _send_stream(self, answer: Answer, body: Body) -> None:
        """Server-sent events in chunks, a few characters each."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        text = answer.text[: len(answer.text) // 2] if answer.fault else answer.text
        step = max(1, len(text) // 4)
        for start in range(0, len(text), step):
            self._send_event(_chunk(_delta(text[start : start + step], body), None))
        if answer.fault == "cut":
            self._reset()
            return
        if answer.fault == "hang":
            self._hang()
            return
        if answer.fault is None:
            self._send_event(_chunk({}, answer.finish_reason))
            if answer.usage and (body.get("stream_options") or {}).get("include_usage"):
                self._send_event(_chunk({}, None) | {"choices": [], "usage": _usage(answer, body)})
            self._send_chunk(b"data: [DONE]\n\n")
        self._send_chunk(b"")

    def _send_event(self, payload: Body) -> None:
        self._send_chunk(f"data: {json.dumps(payload)}\n\n".encode())

    def _send_chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _hang(self) -> None:
        self.wfile.flush()
        self.server.loopback.wait_for_the_end()
        self.close_connection = True

    def _reset(self) -> None:
        """Close with RST instead of FIN."""
        self.wfile.flush()
        self.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        )
        self.connection.close()
        self.close_connection = True


def _delta(text: str, body: Body) -> Body:
    """As a model that was made to call a tool answers, where the request has one."""
    if body.get("tools"):
        call = {"name": body["tools"][0]["function"]["name"], "arguments": text}
        return {"tool_calls": [{"index": 0, "id": "call-1", "type": "function", "function": call}]}
    return {"content": text}


def _chunk(delta: Body, finish_reason: str | None) -> Body:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "loopback", "object": "chat.completion.chunk", "created": 0, "model": "loopback", "choices": [choice]}


def _completion(answer: Answer, body: Body) -> Body:
    message = {"role": "assistant", **_delta(answer.text, body)}
    choice = {"index": 0, "message": message, "finish_reason": answer.finish_reason}
    usage = {"usage": _usage(answer, body)} if answer.usage else {}
    return {
        "id": "loopback",
        "object": "chat.completion",
        "created": 0,
        "model": "loopback",
        "choices": [choice],
        **usage,
    }


def _usage(answer: Answer, body: Body) -> Body:
    """Words as tokens."""
    prompt = sum(len(str(message.get("content")).split()) for message in body.get("messages", []))
    completion = len(answer.text.split())
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": answer.cached_tokens},
    }
