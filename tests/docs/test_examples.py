"""The examples run."""

import asyncio
import json
import runpy
from pathlib import Path

import pytest

from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def example(name: str) -> dict[str, object]:
    return runpy.run_path(str(EXAMPLES / name), run_name="example")


async def test_custom_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    await example("custom_role.py")["main"](["--demo"])  # type: ignore[operator]
    assert capsys.readouterr().out == "Adding numbers\nRun: python main.py 1 2 3\n"
    assert (tmp_path / "out/guided/docs/user-guide.md").read_text("utf-8").startswith("# User guide")


async def test_service_answers_over_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    service = example("service.py")
    build = service["build"]
    names = service["answer"].__globals__  # type: ignore[attr-defined]
    names["build"] = lambda text: build(text, ScriptedBackend(standard_house()))  # type: ignore[operator]
    server = await asyncio.start_server(service["answer"], "127.0.0.1", 0)  # type: ignore[arg-type]
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b"Write a command line program main.py that adds."
        writer.write(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        reply = json.loads((await reader.read()).split(b"\r\n\r\n")[1])
        writer.close()
    assert reply["accepted"] is True
    assert (tmp_path / reply["path"] / "main.py").is_file()


async def test_local_chat(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = iter(["hello", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(lines))
    backend = ScriptedBackend(["hi there"])
    await example("local_chat.py")["chat"](backend)  # type: ignore[operator]
    assert "hi there" in capsys.readouterr().out
