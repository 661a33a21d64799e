"""Journals of real runs, made by a scripted model, as training data."""

import json
from pathlib import Path
from typing import Any

import pytest

from softhouse import Company
from softhouse.actions.cases import clip
from softhouse.actions.code import EDIT_REFUSED
from softhouse.errors import JournalError, UsageError
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import Capabilities, ChatMessage, CompletionRequest
from softhouse.llm_backends.structured import LONGEST_QUOTE
from softhouse.settings import JOURNAL
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house
from softhouse.training import harvest
from softhouse.training.alignment.rows import Conversation, ExecutableTask, Preference, read_lines
from softhouse.training.harvest.replies import Reply, refusals
from softhouse.training.step import StepContext, StepResult
from softhouse.training.tuning.data import read_rows
from tests.training.alignment_parts import context_in, table

LINE = "Write a command line program main.py that adds its arguments up."


async def run_house(folder: Path, answer: Any, **keys: Any) -> Path:
    await Company(model=ScriptedBackend(answer, **keys), workspace=folder).run(LINE)
    return folder


def harvested(out: Path, *workspaces: Path, **keys: Any) -> StepResult:
    context: StepContext = context_in(out, "harvest")
    context.arguments = tuple(str(workspace) for workspace in workspaces)
    return harvest.run(context, table("harvest", keys))


def lines(out: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "harvest" / name).read_text(encoding="utf-8").splitlines()]


async def test_a_file_that_qa_sent_back_and_its_mended_version_are_a_pair(tmp_path: Path) -> None:
    workspace = await run_house(tmp_path / "w", standard_house(modules=2, broken=("part1.py",)))
    harvested(tmp_path / "out", workspace)
    pairs = [row for row in lines(tmp_path / "out", "preferences.jsonl") if "`part1.py`" in str(row["prompt"])]
    assert pairs
    for pair in pairs:
        assert "return total - 1" in extract_code(pair["rejected"])
        assert "return total - 1" not in extract_code(pair["chosen"])


async def test_what_went_into_an_accepted_delivery_is_learned(tmp_path: Path) -> None:
    workspace = await run_house(tmp_path / "w", standard_house(modules=1))
    harvested(tmp_path / "out", workspace)
    rows = lines(tmp_path / "out", "sft.jsonl")
    answers = [row["messages"][-1]["content"] for row in rows]
    assert any(json.loads(answer)["name"] == "Adder" for answer in answers if answer.startswith("{"))
    assert any("import sys" in answer for answer in answers)


@pytest.mark.parametrize("able", [{"json_schema": True}, {"json_mode": True}, {}], ids=["schema", "json", "fence"])
async def test_a_refused_reply_and_the_one_taken_instead_are_a_pair(tmp_path: Path, able: dict[str, bool]) -> None:
    answer, spoiled = standard_house(modules=1), '{"name": "Adder"}'

    def slips_once(request: CompletionRequest) -> str:
        first = len(request.messages) == 2 and "Write the product requirements" in request.messages[1].content
        return spoiled if first else answer(request)

    workspace = await run_house(tmp_path / "w", slips_once, capabilities=Capabilities(**able))
    harvested(tmp_path / "out", workspace)
    (pair,) = [row for row in lines(tmp_path / "out", "preferences.jsonl") if row["rejected"] == spoiled]
    assert json.loads(pair["chosen"])["scope"] == "script"
    assert [message["role"] for message in pair["prompt"]] == ["system", "user"]
    # every turn of the assistant is learned, not the last one alone
    learned = [turn["content"] for row in lines(tmp_path / "out", "sft.jsonl") for turn in row["messages"]]
    assert spoiled not in learned
    assert learned.count(pair["chosen"]) == 1


@pytest.mark.parametrize("text", ["No edit is needed.\n\n", "word " * 1000, "word\n" * 800 + "\n"])
def test_a_refused_edit_is_known_by_what_was_quoted_of_it(text: str) -> None:
    opening = (ChatMessage.system("s"), ChatMessage.user("mend it"))
    asked = (ChatMessage.assistant(clip(text, LONGEST_QUOTE)), ChatMessage.user(f"{EDIT_REFUSED}: no block."))
    first = Reply("first", opening, text, whole=True, structured=False)
    other = Reply("other", opening, "another", whole=True, structured=False)
    again = Reply("again", (*opening, *asked), "fine", whole=True, structured=False)
    assert refusals([first, other, again]) == {"first": again}


async def test_the_cases_of_an_accepted_run_make_a_task(tmp_path: Path) -> None:
    answer = standard_house(modules=1)

    def two_cases(request: CompletionRequest) -> str:
        reply = answer(request)
        if "Write the product requirements" in request.messages[1].content:
            document = json.loads(reply)
            other = json.loads(json.dumps(document["cases"][0]))
            other |= {"name": "two numbers", "steps": [{"arguments": ["4", "5"], "stdout": "9"}]}
            return json.dumps(document | {"cases": [*document["cases"], other]})
        return reply

    workspace = await run_house(tmp_path / "w", two_cases)
    harvested(tmp_path / "out", workspace)
    (task,) = read_lines(tmp_path / "out" / "harvest" / "tasks.jsonl", ExecutableTask)
    assert [case.steps[0].stdout for case in task.cases] == ["6", "9"]
    assert LINE in task.prompt[-1].content
    assert "Write the complete program in one file, main.py" in task.prompt[-1].content


async def test_the_files_are_what_the_other_steps_read_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    workspace = await run_house(tmp_path / "w", standard_house(modules=2, broken=("part1.py",)))
    first = harvested(tmp_path / "a", workspace)
    second = harvested(tmp_path / "b", workspace, workspace)
    assert read_rows(tmp_path / "a" / "harvest" / "sft.jsonl")
    assert read_lines(tmp_path / "a" / "harvest" / "sft.jsonl", Conversation)
    assert read_lines(tmp_path / "a" / "harvest" / "preferences.jsonl", Preference)
    assert [p.read_bytes() for p in first.outputs] == [p.read_bytes() for p in second.outputs]
    assert first.inputs == [workspace / JOURNAL]


def test_a_folder_without_a_run_and_no_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="holds no run of the house"):
        harvested(tmp_path / "out", tmp_path)
    with pytest.raises(UsageError, match="softhouse train harvest WORKSPACE"):
        harvested(tmp_path / "out")


async def test_a_run_on_a_requirement_of_the_benchmark_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await run_house(tmp_path / "w", standard_house(modules=1))
    monkeypatch.setattr(harvest, "benchmark_lines", lambda: frozenset({LINE}))
    with pytest.raises(UsageError, match="nothing to learn from"):
        harvested(tmp_path / "out", workspace)
    assert harvested(tmp_path / "out", workspace, keep_benchmark=True).numbers["conversations for sft"]
