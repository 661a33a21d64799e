"""Talking to a model."""

import io
import sys
from pathlib import Path

import pytest

from softhouse.cli import main
from softhouse.cli.chat import Conversation, charge, find_role
from softhouse.errors import UsageError
from softhouse.llm_backends.protocol import Capabilities, ChatMessage
from softhouse.llm_backends.scripted import ScriptedBackend

from .conftest import Softhouse


def test_each_line_is_a_turn_and_the_reply_is_all_of_the_output(softhouse: Softhouse, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('[{"text": "你好"}, {"text": "bye"}]', encoding="utf-8")
    run = softhouse("chat", "--model", f"script:{script}", input="hello\n\nso long\n")
    assert (run.returncode, run.stdout, run.stderr) == (0, "你好\nbye\n", "")


def test_an_error_ends_it_where_nobody_types(softhouse: Softhouse, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('[{"text": "one"}]', encoding="utf-8")
    run = softhouse("chat", "--model", f"script:{script}", input="a\nb\n")
    assert run.returncode == 3
    assert run.stdout == "one\n"
    assert run.stderr.startswith("softhouse: ")
    assert run.stderr.count("\n") == 1


async def test_the_history_is_sent_and_kept_within_the_context() -> None:
    backend = ScriptedBackend(lambda _: "y" * 400, capabilities=Capabilities(context_length=800))
    conversation = Conversation(backend, "Be brief.")
    for number in range(6):
        assert not await conversation.answer(f"{number}" * 400)
    first, second, *_, last = [request.messages for request in backend.requests]
    assert [message.role for message in first] == ["system", "user"]
    assert [message.role for message in second] == ["system", "user", "assistant", "user"]
    assert last[0] == ChatMessage.system("Be brief.")
    assert last[-1] == ChatMessage.user("5" * 400)
    assert sum(backend.count_tokens(message.content) for message in last) + 200 <= 800
    assert len(last) == 6, "as many turns as the context holds"


async def test_a_turn_without_a_reply_leaves_no_trace() -> None:
    backend = ScriptedBackend(["one"])
    conversation = Conversation(backend)
    await conversation.answer("a")
    with pytest.raises(Exception, match="used up"):
        await conversation.answer("b")
    assert [turn.content for turn in conversation.turns] == ["a", "one"]


@pytest.mark.parametrize("name", ["Product Manager", "product-manager", "productmanager", "product"])
def test_a_role_is_found_however_its_name_is_written(name: str) -> None:
    role = find_role(name)
    assert role.name == "Product Manager"
    assert role.goal in charge(role)


def test_an_unknown_role_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="there are: Product Manager, Architect"):
        find_role("Plumber")


def test_the_role_is_what_the_model_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = ScriptedBackend(lambda request: request.messages[0].content)
    monkeypatch.setattr("softhouse.cli.chat.connect", lambda *_: backend)
    monkeypatch.setattr(sys, "stdin", io.StringIO("who are you?\n"))
    assert main(["chat", "--role", "architect"]) == 0
    assert "You are the Architect of a software house." in capsys.readouterr().out
