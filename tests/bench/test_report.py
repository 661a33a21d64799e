"""The report adds up, and says what is not finished or not known."""

from pathlib import Path

import pytest

from softhouse.bench.plot import draw
from softhouse.bench.report import Report, Setting, make_report, to_markdown, write_report
from softhouse.bench.results import TaskResult
from softhouse.bench.scoring import Score
from softhouse.bench.solvers import Solution, SolverName
from softhouse.llm_backends.protocol import Usage

SETTING = Setting(
    benchmark="requirements",
    model="script:demo",
    seed=0,
    jobs=1,
    selection="all problems of both halves",
    machine="a test",
    isolation="full",
    version="0",
    started="2026-01-01T00:00:00+00:00",
)


def result(
    problem: str,
    solver: SolverName,
    *,
    right: bool,
    group: str = "tune",
    accepted: bool | None = None,
    seconds: float | None = 2.0,
) -> TaskResult:
    return TaskResult(
        problem=problem,
        group=group,
        solver=solver,
        score=Score(passed=3 if right else 1, total=3, failures=() if right else ("a | b\nTypeError: no | way",)),
        solution=Solution(files={"main.py": f"# {solver} {problem}\n"}, accepted=accepted),
        calls=1 if solver == "single" else 3,
        usage=Usage(prompt_tokens=100, cached_tokens=25, completion_tokens=10),
        seconds=seconds,
    )


RESULTS = (
    result("a", "single", right=False),
    result("a", "house", right=True, accepted=True, seconds=5.0),
    result("b", "single", right=True),
    result("b", "house", right=True, accepted=True, seconds=None),
    result("c/1", "single", right=False, group="held"),
    result("c/1", "house", right=False, accepted=True, group="held", seconds=9.0),
    result("d", "single", right=True, group="held"),
    result("d", "house", right=False, accepted=False, group="held", seconds=20.0),
)


def test_it_adds_up_in_all_and_by_half() -> None:
    report = make_report(SETTING, RESULTS, asked=4)
    assert [(s.solver, s.group, s.right, s.total) for s in report.summaries] == [
        ("single", "all", 2, 4),
        ("house", "all", 2, 4),
        ("single", "held", 1, 2),
        ("house", "held", 0, 2),
        ("single", "tune", 1, 2),
        ("house", "tune", 2, 2),
    ]
    house = report.summaries[1]
    assert (house.prompt_tokens, house.cached_tokens, house.completion_tokens) == (400, 100, 40)
    assert (house.median_seconds, house.median_evaluated_tokens, house.calls) == (9.0, 75, 3)
    assert (house.accepted, house.accepted_and_right) == (3, 2)
    assert 0.0 < house.low < house.share < house.high < 1.0


def test_the_comparison_is_paired() -> None:
    report = make_report(SETTING, RESULTS, asked=4)
    assert [(c.group, c.only_single, c.only_house, c.p) for c in report.comparisons] == [
        ("all", 1, 1, 1.0),
        ("held", 1, 0, 1.0),
        ("tune", 0, 1, 1.0),
    ]


def test_a_benchmark_without_parts_has_no_groups() -> None:
    report = make_report(SETTING, (result("a", "house", right=True, group=""),), asked=1)
    assert [s.group for s in report.summaries] == ["all"]
    assert report.comparisons == ()


def test_the_markdown_says_what_people_ask() -> None:
    text = to_markdown(make_report(SETTING, RESULTS, asked=4))
    assert "| house | all | 2 of 4 | 50.0% | 15.0% to 85.0% | 9.0 | 3.0 |" in text
    assert "| house | all | 400 | 100 (25%) | 75 | 40 |" in text
    assert "Honest verdicts, all: the house accepted 3 of 4; 2 of those are right (67%)." in text
    assert "Paired, all: right in the house only 1, right alone only 1; McNemar p = 1." in text
    assert "Not finished" not in text


def test_a_row_fits_into_its_table() -> None:
    text = to_markdown(make_report(SETTING, RESULTS, asked=4))
    rows = [line for line in text.splitlines() if line.startswith(("| a |", "| b |", "| c/1 |", "| d |"))]
    assert len(rows) == 8
    assert {line.replace("\\|", "").count("|") for line in rows} == {11}
    assert rows[0].endswith("| no | 1/3 | – | 1 | 100 (25) | 10 | 2.0 | TypeError: no \\| way |")
    assert "| – |" in rows[3]  # the seconds of a task that was interrupted


def test_an_interrupted_measurement_says_so() -> None:
    text = to_markdown(make_report(SETTING, RESULTS[:3], asked=4))
    assert "**Not finished**: 2 of 4 problems; the same command goes on." in text


def test_files(tmp_path: Path) -> None:
    report = make_report(SETTING, RESULTS, asked=4)
    write_report(report, tmp_path / "new")
    assert Report.model_validate_json((tmp_path / "new/report.json").read_text()) == report
    assert (tmp_path / "new/report.md").read_text() == to_markdown(report)
    assert (tmp_path / "new/solutions/house/c_1/main.py").read_text() == "# house c/1\n"


def test_the_plot(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    draw(make_report(SETTING, RESULTS, asked=4), tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
