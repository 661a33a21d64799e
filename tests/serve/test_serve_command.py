"""`softhouse serve` in a process of its own, driven by curl where it is there."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from softhouse.cli.commands import resolve
from softhouse.errors import UsageError
from softhouse.serve.command import key_for

from .served import ask

COMMAND = (sys.executable, "-m", "softhouse.cli", "serve", "--model")


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "script.json"
    path.write_text('[{"text": "Guten Tag", "match": "hello"}]')
    return f"script:{path}"


@pytest.fixture
def server(script: str) -> Iterator["subprocess.Popen[str]"]:
    command = [*COMMAND, script, "--port", "0", "--api-key-env", "HOUSE_KEY"]
    environment = {**os.environ, "HOUSE_KEY": "sk-1234"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        process.kill()


def test_it_says_where_it_is_and_serves_until_it_is_stopped(server: "subprocess.Popen[str]") -> None:
    assert server.stdout is not None
    assert server.stderr is not None
    url = server.stdout.readline().strip()
    curl = shutil.which("curl") or pytest.skip("curl is not on this machine")

    asked = json.dumps(ask("hello", stream=True))
    options = ["-sN", "-H", "Authorization: Bearer sk-1234", "-H", "Content-Type: application/json", "-d", asked]
    reply = subprocess.run([curl, *options, f"{url}v1/chat/completions"], capture_output=True, text=True, check=True)
    refused = httpx2.post(f"{url}v1/chat/completions", json=ask("hello"))
    server.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)

    assert '"content":"Guten Tag"' in reply.stdout
    assert reply.stdout.endswith("data: [DONE]\n\n")
    assert refused.status_code == 401
    assert server.wait(20) == 130
    said = server.stderr.read()
    assert f"OPENAI_BASE_URL={url}v1" in said
    assert "sk-1234" not in said
    assert said.endswith("softhouse: interrupted\n")


def test_beyond_loopback_it_wants_a_key(script: str) -> None:
    run = subprocess.run([*COMMAND, script, "--host", "0.0.0.0"], capture_output=True, text=True, timeout=60)

    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.count("\n") == 1
    assert "--api-key-env NAME" in run.stderr


def test_a_port_that_is_taken_is_said_before_the_model_is_loaded() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        run = subprocess.run(
            [*COMMAND, "script:absent.json", "--port", port], capture_output=True, text=True, timeout=60
        )

    assert run.returncode == 2
    assert f"can't listen on 127.0.0.1 port {port}" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_needs_no_key(host: str) -> None:
    assert key_for(host, None) is None


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.168.1.2", "localhost.example"])
def test_everything_else_does(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="--api-key-env"):
        key_for(host, None)
    monkeypatch.setenv("HOUSE_KEY", " sk-1\n")
    assert key_for(host, "HOUSE_KEY") == "sk-1"


@pytest.mark.parametrize("value", [None, "", " "])
def test_a_variable_without_a_key_is_an_error_on_loopback_too(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv("HOUSE_KEY", raising=False)
    else:
        monkeypatch.setenv("HOUSE_KEY", value)

    with pytest.raises(UsageError, match="HOUSE_KEY holds no key"):
        key_for("127.0.0.1", "HOUSE_KEY")


def test_the_web_server_is_imported_only_to_serve() -> None:
    code = "import softhouse.serve.command, sys; print(sorted({'starlette', 'uvicorn'} & set(sys.modules)))"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"
    assert resolve(["serve"])[0].target == "softhouse.serve.command:serve"
