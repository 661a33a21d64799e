"""What is mended in a program without running it: declarations, years, patterns."""

from datetime import date

import pytest

from softhouse.actions.mechanical_fixes import calendar_years, mechanically_fixed
from softhouse.actions.source import problems


class TestDeclarations:
    def test_an_outer_variable_that_an_inner_function_changes_is_declared(self) -> None:
        source = "def main():\n    n = 0\n    def more():\n        n = n + 1\n    more()\n    print(n)\n"
        assert problems("main.py", source)
        fixed = mechanically_fixed(source)
        assert "        nonlocal n\n        n = n + 1\n" in fixed
        assert not problems("main.py", fixed)

    def test_of_a_module_it_is_global(self) -> None:
        assert "    global n\n" in mechanically_fixed("n = 0\n\ndef more():\n    print(n)\n    n = n + 1\n")


class TestYears:
    @pytest.mark.parametrize(
        "source",
        [
            "age = (day - birth).days // 365",
            "age = int((day - birth).days / 365.25)",
            "passed = day - birth\nage = passed.days // 365",
            "days = (day - birth).days\nage = days // 365",
        ],
    )
    def test_they_are_counted_by_the_calendar(self, source: str) -> None:
        for day, age in (("2020-02-29", 20), ("2020-03-01", 20), ("2000-02-29", 0), ("2020-02-28", 19)):
            known = {"day": date.fromisoformat(day), "birth": date(2000, 2, 29)}
            exec(calendar_years(source, "prints the age in years"), known)
            assert known["age"] == age

    @pytest.mark.parametrize("source", ["age = days // 365", "days = total - used\nage = days // 365", "1 / 365"])
    def test_what_is_no_difference_of_dates_is_left_alone(self, source: str) -> None:
        assert calendar_years(source, "prints the age in years") == source

    def test_a_requirement_may_have_years_of_365_days(self) -> None:
        source = "age = (day - birth).days // 365"
        assert calendar_years(source, "A year has 365 days.") == source


def test_a_hyphen_that_is_no_range_gets_a_backslash_and_a_range_none() -> None:
    assert r"[+\\-*]" in mechanically_fixed("import re\nre.split('[+-*]', x)\n")
    source = "import re\nre.split('[a-z+*-]', x)\n"
    assert mechanically_fixed(source) == source
