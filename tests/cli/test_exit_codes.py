"""Exit codes, and what goes to which stream."""

import json
from pathlib import Path

import pytest

from softhouse import errors
from softhouse.cli import main

from .fake_company import Hiring


@pytest.mark.parametrize(("accepted", "exit_code"), [(True, 0), (False, 1)])
def test_verdict_is_the_exit_code_and_the_path_the_last_line(
    hiring: Hiring, tmp_path: Path, capsys: pytest.CaptureFixture[str], accepted: bool, exit_code: int
) -> None:
    hiring.outcome = accepted
    assert main(["new", "Write a todo app", "--workspace", "out", "--quiet"]) == exit_code
    shown = capsys.readouterr()
    assert shown.out == f"{tmp_path / 'out'}\n"
    assert shown.err == ""


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (errors.WorkspaceError("out is a file"), 2),
        (errors.WorkspaceBusyError("another process is at work in out"), 2),
        (errors.AuthenticationError("no key"), 3),
        (errors.StorageError("the disk is full"), 3),
        (errors.BudgetError("the budget is reached"), 4),
        (errors.ApprovalError("prd waits"), 5),
        (errors.IsolationError("nothing holds"), 6),
        (errors.InterruptedRunError("stopped"), 130),
    ],
)
def test_every_error_is_one_line_and_its_exit_code(
    hiring: Hiring, capsys: pytest.CaptureFixture[str], error: errors.SofthouseError, exit_code: int
) -> None:
    hiring.outcome = error
    assert main(["Write a todo app", "--quiet"]) == exit_code
    shown = capsys.readouterr().err
    assert shown.startswith("softhouse: ")
    assert shown.count("\n") == 1


def test_a_run_without_a_delivery_is_never_accepted(hiring: Hiring, capsys: pytest.CaptureFixture[str]) -> None:
    hiring.delivery = None
    assert main(["Write a todo app"]) == 1
    assert "nothing was delivered" in capsys.readouterr().err


def test_interruption_says_how_to_go_on(hiring: Hiring, capsys: pytest.CaptureFixture[str]) -> None:
    hiring.outcome = errors.InterruptedRunError("stopped")
    main(["new", "Write it", "--workspace", "my project"])
    assert "softhouse resume 'my project'" in capsys.readouterr().err


def test_json_shows_events_first_and_the_result_last(hiring: Hiring, capsys: pytest.CaptureFixture[str]) -> None:
    hiring.outcome = False
    assert main(["Write a todo app", "--json"]) == 1
    shown = capsys.readouterr()
    *events, result = [json.loads(line) for line in shown.out.splitlines()]
    assert [event["kind"] for event in events] == ["run-started", "document"]
    assert result["result"] == "delivered"
    assert (result["exit_code"], result["accepted"], result["cached_tokens"], result["cost"]) == (1, False, 40, None)
    assert "Architect: wrote design" in shown.err


def test_json_ends_with_the_error(hiring: Hiring, capsys: pytest.CaptureFixture[str]) -> None:
    hiring.outcome = errors.BudgetError("the budget of $1 is\nreached")
    assert main(["Write a todo app", "--json", "--quiet"]) == 4
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"result": "error", "exit_code": 4, "error": "BudgetError", "message": "the budget of $1 is reached"}


def test_json_of_wrong_usage_is_an_error_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--json", "--nonsense"]) == 2
    assert json.loads(capsys.readouterr().out)["exit_code"] == 2


def test_a_crash_is_an_apology_and_a_file_without_secrets(
    hiring: Hiring, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary-key-12345")
    hiring.outcome = RuntimeError("refused: canary-key-12345")
    assert main(["new", "Write it", "--workspace", "out", "--quiet"]) == 70
    shown = capsys.readouterr()
    [saved] = (tmp_path / "out" / ".softhouse").glob("crash-*.txt")
    assert str(saved.relative_to(tmp_path)) in shown.err
    assert shown.err.count("\n") == 1
    text = saved.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "refused: [OPENAI_API_KEY]" in text
    assert "canary" not in text + shown.err


def test_a_refused_run_leaves_no_folder_behind(hiring: Hiring, tmp_path: Path) -> None:
    hiring.refusal = errors.UnknownModelError("no such model")
    assert main(["Write a todo app"]) == 3
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_a_crash_outlives_a_run_that_never_started(hiring: Hiring, tmp_path: Path) -> None:
    hiring.refusal = RuntimeError("no such attribute")
    assert main(["Write a todo app"]) == 70
    assert len(list(tmp_path.glob("todo-app/.softhouse/crash-*.txt"))) == 1


def test_a_stopped_run_shows_where_it_lies(hiring: Hiring, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hiring.outcome = errors.ApprovalError("prd waits for approval")
    assert main(["Write a todo app", "--quiet"]) == 5
    assert capsys.readouterr().out == f"{tmp_path / 'todo-app'}\n"


def test_options_reach_the_company(hiring: Hiring, tmp_path: Path) -> None:
    words = (
        "--model openai:a --fallback gguf:b --fallback gguf:c --base-url http://h/v1 --budget-usd 2.5 --max-tokens 9"
    )
    more = "--approve prd,design --seed 7 --language zh --allow-unsandboxed"
    assert main([*words.split(), "写一个程序", *more.split()]) == 0
    expected = {
        "model": "openai:a",
        "fallback": ["gguf:b", "gguf:c"],
        "base_url": "http://h/v1",
        "budget_usd": 2.5,
        "max_tokens": 9,
        "approve": {"prd", "design"},
        "seed": 7,
        "language": "zh",
        "allow_unsandboxed": True,
        "workspace": tmp_path / "project",
    }
    assert {name: hiring.options[name] for name in expected} == expected


def test_resume_goes_on_in_the_folder(hiring: Hiring, tmp_path: Path) -> None:
    (tmp_path / "out" / ".softhouse").mkdir(parents=True)
    (tmp_path / "out" / ".softhouse" / "journal.db").touch()
    assert main(["resume", "out", "--budget-usd", "3"]) == 0
    assert hiring.options["budget_usd"] == 3
    assert hiring.options["model"] is None


def test_resume_of_nothing_is_wrong_usage(hiring: Hiring, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resume", "nowhere"]) == 2
    assert "there is no run in nowhere" in capsys.readouterr().err
    assert hiring.options == {}
