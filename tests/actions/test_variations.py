"""Inputs that are varied, to tell readings apart."""

import pytest

from softhouse.actions.variations import variations
from softhouse.environment.documents import Case, Step


def test_a_file_is_missing_once_and_empty_once() -> None:
    case = Case(name="f", files={"in.txt": "x"}, steps=(Step(arguments=("in.txt",)),))
    found = variations("", [case], "main.py")
    assert ("missing.txt",) in [c.steps[0].arguments for c in found]
    assert {"in.txt": ""} in [c.files for c in found]


@pytest.mark.parametrize(
    ("text", "case", "tried"),
    [
        ("free from 50 on", Case(name="n", steps=(Step(arguments=("12",)),)), "49"),
        ("takes a price", Case(name="d", steps=(Step(arguments=("12.50",)),)), "0.5"),
        ("takes a date", Case(name="d", steps=(Step(arguments=("2024-03-01",)),)), "2024-02-29"),
        ("takes a time", Case(name="t", steps=(Step(arguments=("10:05",)),)), "23:59"),
        ("takes a word", Case(name="w", steps=(Step(arguments=("Level",)),)), "lEVEL"),
    ],
)
def test_values_are_varied_by_what_they_are(text: str, case: Case, tried: str) -> None:
    assert (tried,) in [found.steps[0].arguments for found in variations(text, [case], "main.py")]


def test_a_choice_that_the_words_name_is_not_varied() -> None:
    case = Case(name="c", steps=(Step(arguments=("cup",)),))
    assert [c.steps[0].arguments for c in variations("a unit (cup or tsp)", [case], "main.py")] == [()]


def test_what_is_read_is_varied_wherever_it_stands() -> None:
    fed = Case(name="i", steps=(Step(stdin="b 2\na 1\n"),))
    laid_out = Case(name="f", files={"in.csv": "name,age\nbob,2\nann,1\n"}, steps=(Step(arguments=("in.csv",)),))
    assert {"b 2\na 1", "a 1\nb 2\n", ""} <= {c.steps[0].stdin for c in variations("", [fed], "main.py")}
    tried = [c.files["in.csv"] for c in variations("", [laid_out], "main.py") if c.files]
    assert "name,age\nann,1\nbob,2\n" in tried
    assert all(content.startswith("name,age\n") for content in tried if "\n" in content)


def test_a_folder_has_other_files_too() -> None:
    case = Case(name="f", files={"folder/a.txt": "x"}, steps=(Step(arguments=("folder",)),))
    _, *others = variations("", [case], "main.py")
    assert {"folder/photo.jpg", "folder/photo.txt", "folder/a.txt"} <= set(others[0].files)


def test_of_two_folders_the_other_one_stays() -> None:
    files = {"one/a.txt": "x", "two/a.txt": "y"}
    case = Case(name="f", files=files, steps=(Step(arguments=("one", "two")),))
    _, *others = variations("", [case], "main.py")
    assert len(others) == 4
    assert all({"one/a.txt", "two/a.txt"} <= set(other.files) for other in others)


def test_a_refusal_is_not_varied() -> None:
    case = Case(name="r", steps=(Step(arguments=("-1",), exit_code=1),))
    assert [c.steps[0].arguments for c in variations("", [case], "main.py")] == [()]
