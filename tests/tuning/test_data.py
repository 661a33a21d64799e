"""Rows of a file, as conversations, as ids whose answers are marked."""

import json
from pathlib import Path
from typing import Any

import pytest

from softhouse.errors import UsageError
from softhouse.llm_backends.chatglm2.prompt import prompt_ids
from softhouse.llm_backends.chatglm2.synthetic import sentencepiece_model
from softhouse.llm_backends.chatglm2.tokenizer import ChatGLMTokenizer
from softhouse.llm_backends.protocol import ChatMessage
from softhouse.training.tuning.data import Columns, Row, examples, read_rows, split

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "你好"},
    {"role": "assistant", "content": "今天天气怎么样？"},
    {"role": "user", "content": "red?"},
    {"role": "assistant", "content": "red 12"},
]


def write(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_messages_and_columns_say_the_same(tmp_path: Path) -> None:
    path = write(
        tmp_path / "rows.jsonl",
        {"messages": TALK[1:]},
        {"prompt": "red?", "response": "red 12", "history": [["你好", "今天天气怎么样？"]]},
        {"prompt": "red?", "response": "red 12", "history": None},
    )
    talk, columns, short = read_rows(path)
    assert talk.messages == columns.messages
    assert (talk.answers, columns.answers, short.answers) == ((1, 3), (3,), (1,))


def test_columns_may_be_called_otherwise(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", {"content": "red?", "summary": "red 12"})
    row = read_rows(path, Columns(prompt="content", response="summary"))[0]
    assert [message.content for message in row.messages] == ["red?", "red 12"]


def test_each_answer_is_learned_from_the_ids_that_are_read_when_it_is_asked_for(tokenizer: ChatGLMTokenizer) -> None:
    messages = tuple(ChatMessage.model_validate(message) for message in TALK)
    first, second = examples(Row(messages, (2, 4)), tokenizer, eos_id=2)
    assert first.ids[: first.answer] == prompt_ids(tokenizer, messages[:2])
    assert second.ids[: second.answer] == prompt_ids(tokenizer, messages[:4])
    assert tokenizer.decode(first.ids[first.answer :]) == TALK[2]["content"]
    assert tokenizer.decode(second.ids[second.answer :]) == "red 12"
    assert first.ids[-1] == second.ids[-1] == 2


def test_chatglm3_has_a_line_break_in_front_of_the_answer_that_is_not_learned() -> None:
    tokenizer = ChatGLMTokenizer(sentencepiece_model(), "chatglm3")
    row = Row((ChatMessage.user("red?"), ChatMessage.assistant("red 12")), (1,))
    (example,) = examples(row, tokenizer, eos_id=2)
    line_break = tokenizer.encode("\n")
    assert example.ids[example.answer - len(line_break) : example.answer] == line_break
    assert tokenizer.decode(example.ids[example.answer :]) == "red 12"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"prompt": "a", "response": ', "line 2: not JSON"),
        ('["a"]', "line 2: a row is a JSON object, not list"),
        ('{"prompt": "a"}', "line 2: neither messages nor a text in response (there is: prompt)"),
        ('{"prompt": "a", "response": " "}', "line 2: an answer is empty"),
        ('{"prompt": "a", "response": "b", "history": ["c"]}', "line 2: history must be a list of pairs"),
        ('{"messages": []}', "line 2: messages must end with an answer"),
        ('{"messages": [{"role": "user", "content": "a"}]}', "line 2: messages must end with an answer"),
        ('{"messages": [{"role": "assistant", "content": "a"}]}', "line 2: every message of the role assistant must"),
        ('{"messages": [{"role": "robot", "content": "a"}]}', "line 2: messages.0.role: Input should be"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(line: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prompt": "a", "response": "b"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_rows(path)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_without_rows_or_without_sense_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n\n")
    (tmp_path / "latin.jsonl").write_bytes(b'{"prompt": "\xe9"}')
    for name, reason in (("empty", "holds no rows"), ("latin", "is not UTF-8"), ("absent", "cannot be read")):
        with pytest.raises(UsageError, match=reason):
            read_rows(tmp_path / f"{name}.jsonl")


def test_the_split_is_one_of_rows_and_depends_on_the_seed_alone() -> None:
    rows = [Row((ChatMessage.user(str(number)),), (0,)) for number in range(50)]
    learned, held = split(rows, 0.1, seed=3)
    assert len(held) == 5
    assert sorted(map(str, learned + held)) == sorted(map(str, rows))
    assert split(rows, 0.1, seed=3) == (learned, held)
    assert split(rows, 0.1, seed=4) != (learned, held)
    assert split(rows[:2], 0.01, seed=0)[1]
