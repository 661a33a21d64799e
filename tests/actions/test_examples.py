"""Examples that stand in a requirement's own words."""

import pytest

from softhouse.actions.cases import quoted
from softhouse.actions.examples import quoted_cases
from softhouse.actions.write_script import entry_point
from softhouse.environment.documents import Case, Step


class TestExamples:
    def test_a_sample_start_is_a_case_of_the_requirements_own_words(self) -> None:
        (case,) = quoted_cases("For example, `python main.py 12` prints '2 2 3'.", "main.py")
        assert case.source == "quoted"
        assert (case.steps[0].arguments, case.steps[0].stdout) == (("12",), "2 2 3")

    def test_a_command_with_its_arguments_is_an_example_and_its_form_is_none(self) -> None:
        text = "with the commands 'pack TEXT' and 'list'. 'pack aab' prints 'a2b1', 'pack' prints 'ok'."
        (case,) = quoted_cases(text, "main.py")
        assert (case.steps[0].arguments, case.steps[0].stdout) == (("pack", "aab"), "a2b1")

    @pytest.mark.parametrize(
        ("text", "worked"),
        [
            ("takes a number and prints it in Roman numerals, for example XIV for 14.", [("14", "XIV")]),
            ("takes two numbers and prints the larger, e.g. 7 for 3 and 7.", [("3 7", "7")]),
            ("takes a price and a discount and prints the rest, like '90.00' for 100 and 10.", [("100 10", "90.00")]),
            ("takes a word and prints it reversed. For example, 'abc' gives 'cba'.", [("abc", "cba")]),
            ("takes a text and capitalises it: 'hello world' becomes 'Hello World'.", [("hello world", "Hello World")]),
            ("takes a temperature and prints it in Fahrenheit: 100 -> '212.0'.", [("100", "212.0")]),
            ("takes a year and prints 'leap' or 'common', so 'leap' for 2000 and 'common' for 1900.", "2000 1900"),
            ("takes a bill and a tip. For 60 and 10 it prints two lines: 'Tip: 6' and 'All: 66'.", "Tip: 6\nAll: 66"),
            ("takes a date like 2023-03-01 and prints the day of the year, here '60'.", [("2023-03-01", "60")]),
            ("接收一个整数,输出它的二进制,例如 5 输出 101。", [("5", "101")]),
        ],
    )
    def test_values_beside_what_is_printed_for_them_are_a_case(self, text: str, worked: object) -> None:
        found = [(" ".join(case.steps[0].arguments), case.steps[0].stdout) for case in quoted_cases(text, "main.py")]
        known = {"2000 1900": [("2000", "leap"), ("1900", "common")], "Tip: 6\nAll: 66": [("60 10", "Tip: 6\nAll: 66")]}
        assert found == (known[worked] if isinstance(worked, str) else worked)

    @pytest.mark.parametrize(
        "text",
        [
            "takes a number and prints 'Fizz' for multiples of 3.",
            "takes a mark and prints 'pass' for 50 and above.",
            "takes a bill, a tip and a number of people and prints 'Tip: 6.00' for 60.",
            "takes a file and prints 'empty' for 0 lines.",
            "takes a weight and a height and prints the quotient with one decimal, like '22.5'.",
            "prints lines like '3: the'.",
            "with the commands 'add KG' and 'list'; 'list' prints '12.5' for 12.5.",
        ],
    )
    def test_what_only_looks_like_it_is_none(self, text: str) -> None:
        assert quoted_cases(text, "main.py") == ()

    def test_what_is_fed_stands_on_standard_input(self) -> None:
        (case,) = quoted_cases("reads a number from standard input and prints its square, like '9' for 3.", "main.py")
        assert (case.steps[0].arguments, case.steps[0].stdin, case.steps[0].stdout) == ((), "3\n", "9")

    def test_a_description_is_no_example(self) -> None:
        assert quoted_cases("python main.py FILE prints the longest line of FILE.", "main.py") == ()

    def test_a_case_is_quoted_only_if_all_of_it_stands_in_the_text(self) -> None:
        case = Case(name="c", steps=(Step(arguments=("12",), stdout="2 2 3"),))
        assert quoted(case, "python main.py 12 prints 2 2 3")
        assert not quoted(case, "python main.py 12 prints its factors")

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("写一个命令行程序 main.py,接收", "main.py"),
            ("Write notes.py", "notes.py"),
            ("Write a game", "main.py"),
            ("Write tests/x.py", "main.py"),
        ],
    )
    def test_the_entry_point_is_the_file_that_is_named(self, text: str, path: str) -> None:
        assert entry_point(text) == path
