"""Starts that a requirement shows, commands that it writes without quotes, values that its words fix."""

import pytest

from softhouse.actions.complaints import value_complaint
from softhouse.actions.quoted import quoted_commands
from softhouse.actions.shown import shown_starts
from softhouse.actions.supposed import is_sure, supposed_trials
from softhouse.actions.usage import always_printing, usage_case, usage_forms


class TestShownStarts:
    @pytest.mark.parametrize(
        ("text", "starts"),
        [
            ('"main.py 5 27:30" means five kilometres, and the answer is "5:30 per km".', [("5 27:30", "5:30 per km")]),
            ("'main.py 100 C' should print '212.0 F'.", [("100 C", "212.0 F")]),
            ("Takes a price, as in \"main.py 13.40 20\", and prints lines like '1 x 5.00'.", [("13.40 20", None)]),
            ("main.py 3 ABBA prints AABB.", []),
            ("'main.py N' prints N rows.", []),
            ("'main.py 0' ends with exit code 1.", []),
            ("I give it the bill and how many we were, say 84 10 4, and it prints the share.", [("84 10 4", None)]),
            ("Its argument, for example RRDDL, moves a counter.", [("RRDDL", None)]),
            ("Each argument is one. each argument has a unit (like 25C or -4.5F)", [("25C -4.5F", None)]),
            ("One passes a price and the money paid, like 7.35 and 10, and gets the change.", [("7.35 10", None)]),
        ],
    )
    def test_they_have_values_and_what_is_printed_for_them(
        self, text: str, starts: list[tuple[str, str | None]]
    ) -> None:
        steps = [step for case in shown_starts(text, "main.py") for step in case.steps]
        assert [(" ".join(step.arguments), step.stdout) for step in steps] == starts

    def test_a_file_that_is_named_is_laid_out(self) -> None:
        (case,) = shown_starts('main.py "c?t" words.txt prints the words that fit.', "main.py")
        assert case.files["words.txt"]

    def test_commands_are_no_values(self) -> None:
        text = '"main.py add milk" puts milk on the list, "show" prints it. Kept in list.json.'
        assert not shown_starts(text, "main.py")
        assert usage_forms(text) == (("add", "ITEM"), ("show",))


class TestCommands:
    @pytest.mark.parametrize(
        "text",
        [
            "It prints 'a' and 'b'.",
            "main.py takes a file and prints its lines.",
            "The commands are 'add NAME' and 'list'.",
            "From the list of commands, it prints each.",
        ],
    )
    def test_what_is_quoted_or_none_stays(self, text: str) -> None:
        assert quoted_commands(text) == text

    def test_what_takes_out_comes_last(self) -> None:
        case = usage_case("Commands: 'add NAME', 'remove NAME', 'find NAME'. Kept in a.json.", "main.py")
        assert case is not None
        assert [step.arguments[0] for step in case.steps] == ["add", "add", "find", "remove"]

    def test_a_list_that_something_is_on_is_not_printed(self) -> None:
        text = "'add NAME' puts it on the list, 'show' prints them. Kept in a.json."
        assert always_printing(text) == {"show"}


class TestValues:
    TEXT = "takes an expression of +, -, * and parentheses, follows the usual precedence and prints the result"

    def test_an_expression_has_its_value(self) -> None:
        for case in supposed_trials(self.TEXT, "main.py"):
            (expression,) = case.steps[0].arguments
            assert is_sure(self.TEXT, case)
            assert not value_complaint(self.TEXT, expression, f"{eval(expression)}\n")
            assert value_complaint(self.TEXT, expression, f"{eval(expression) + 1}\n")

    def test_other_rules_have_others(self) -> None:
        assert not value_complaint(self.TEXT.replace("the usual", "no"), "2+3*4", "20\n")
