"""From the words of the command line to the report, with a scripted model and the real sandbox."""

import json
from pathlib import Path

import pytest

from softhouse.bench.commands import humaneval, requirements
from softhouse.bench.report import Report
from softhouse.bench.requirements import read_reference, read_requirements
from softhouse.errors import UsageError


@pytest.fixture
def cheat(tmp_path: Path) -> str:
    """A model that knows the references of two requirements, the first and the third of the tune half."""
    first, _, third = read_requirements("tune")[:3]
    replies = [
        {"match": each.text, "text": f"Sure:\n```python\n{read_reference(each.name)}\n```"} for each in (first, third)
    ]
    path = tmp_path / "script.json"
    path.write_text(json.dumps([*replies, {"text": "I do not know."}]))
    return f"script:{path}"


def test_the_baseline_alone(cheat: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "report"
    assert requirements(model=cheat, half="tune", limit=3, baseline="single", house=False, report=folder) == 0
    report = Report.model_validate_json((folder / "report.json").read_text())
    assert [r.score.right for r in report.results] == [True, False, True]
    assert (report.summaries[0].right, report.asked) == (2, 3)
    assert report.setting.selection == "all problems, at most 3 of the half 'tune'"
    assert (folder / "plot.png").is_file()
    printed = capsys.readouterr()
    assert "| single | all | 2 of 3 | 66.7% |" in printed.out
    assert len([line for line in printed.err.splitlines() if line.startswith(("1/3", "2/3", "3/3"))]) == 3


def test_a_part_of_humaneval(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"match": "Complete the following Python function", "text": "```\npass\n```"}]))
    folder = tmp_path / "report"
    humaneval(model=f"script:{script}", offset=1, every=80, baseline="single", house=False, report=folder)
    report = Report.model_validate_json((folder / "report.json").read_text())
    assert [r.problem for r in report.results] == ["HumanEval/1", "HumanEval/81", "HumanEval/161"]
    assert report.summaries[0].right == 0


def test_an_error_leaves_a_report_of_what_was_done(tmp_path: Path) -> None:
    """The script knows the first requirement only; the second ends the measurement."""
    first = read_requirements("tune")[0]
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"match": first.text, "text": "```\npass\n```"}]))
    folder = tmp_path / "report"
    with pytest.raises(Exception, match="no reply left"):
        requirements(model=f"script:{script}", half="tune", baseline="single", house=False, report=folder)
    assert f"**Not finished**: 1 of {len(read_requirements('tune'))}" in (folder / "report.md").read_text()


def test_nothing_to_measure_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--baseline single"):
        requirements(house=False, report=tmp_path)
    with pytest.raises(UsageError, match="--offset leaves no problem"):
        requirements(offset=1000, report=tmp_path)
