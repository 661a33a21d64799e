"""Examples that stand in a requirement without quotes, starts that it writes down, and input that both speak for."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softhouse.actions.arguments import argument_count, stated_arguments
from softhouse.actions.beginnings import beginning, takes_arguments
from softhouse.actions.candidates import Bench
from softhouse.actions.context import Context
from softhouse.actions.examples import quoted_cases, sample_starts
from softhouse.actions.faults import Start, borne_out
from softhouse.actions.refused import refused_cases
from softhouse.actions.supposed import one_start, supposed_trials
from softhouse.actions.usage import printing_commands, synopsis, usage_case, usage_forms
from softhouse.environment.documents import Step
from softhouse.environment.sandbox import Execution

Shown = list[tuple[tuple[str, ...], str, str]]


def shown(text: str) -> Shown:
    """Arguments, standard input and output of all examples."""
    return [(s.arguments, s.stdin, s.stdout or "") for case in quoted_cases(text, "main.py") for s in case.steps]


class TestBareExamples:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("prints a number, its argument, in words: 42 gives forty-two.", [(("42",), "", "forty-two")]),
            (
                "takes a ratio and simplifies it, so 6/8 gives 3/4 and 5/5 gives 1/1.",
                [(("6/8",), "", "3/4"), (("5/5",), "", "1/1")],
            ),
            ("sorts the letters of the word given as argument; banana becomes aaabnn.", [(("banana",), "", "aaabnn")]),
            ("main.py takes a shift and a text: main.py 1 HAL prints IBM.", [(("1", "HAL"), "", "IBM")]),
            ("shift.py takes a shift and a text: shift.py 1 HAL prints IBM.", [(("1", "HAL"), "", "IBM")]),
            ("Called as `main.py YEAR MONTH`, it prints the days; 2024 2 gives 29.", [(("2024", "2"), "", "29")]),
            (
                "evaluates a sum in one argument, like (+ 1 (* 2 3)) which prints 7; no spaces.",
                [(("(+ 1 (* 2 3))",), "", "7")],
            ),
            ("reads times from standard input, one per line; 1:05 PM is 13:05.", [((), "1:05 PM\n", "13:05")]),
            ("takes a colour and prints its parts (#FF8000 gives 255 128 0).", [(("#FF8000",), "", "255 128 0")]),
        ],
    )
    def test_what_stands_beside_a_value_is_printed_for_it(self, text: str, found: Shown) -> None:
        assert shown(text) == found

    @pytest.mark.parametrize(
        "text",
        [
            "takes a size in bytes and prints it in KB; 1 KB is 1024 bytes.",
            "takes a bill. For 60 it prints two lines: Tip and Total.",
            "takes a number N; main.py N prints the first N primes.",
            "takes a WIDTH and a HEIGHT; main.py WIDTH HEIGHT prints a box.",
            "takes a mark; if it is above 50 it prints pass.",
            "reads 3 rows of numbers from standard input and doubles them; 1 2 3 becomes 2 4 6.",
            "takes two numbers and prints the larger; 7 prints nothing.",
            "reads a file whose lines are numbers; 12 gives twelve.",
        ],
    )
    def test_a_description_is_no_example(self, text: str) -> None:
        assert shown(text) == []

    def test_commands_with_what_they_print_are_one_case_in_turn(self) -> None:
        text = "`start WORD` and `guess LETTER` print the word. Example: start aha prints ___, then guess a prints a_a."
        (case,) = quoted_cases(text, "main.py")
        assert [(s.arguments, s.stdout) for s in case.steps] == [(("start", "aha"), "___"), (("guess", "a"), "a_a")]
        assert case.source == "quoted"


WORDS = st.lists(
    st.sampled_from(
        [
            "main.py",
            "(",
            ")",
            "(3",
            "3)",
            ",",
            ".",
            ";",
            ":",
            "and",
            "is",
            "gives",
            "prints",
            "becomes",
            "->",
            "so",
            "like",
            "one per line",
            "argument",
            "standard input",
            "file",
            "X",
            "1-2",
            "`add NAME`",
            "'list'",
            "exits with code 1",
            "rows of numbers",
            "number",
            "5",
            "5:30",
            "a",
            "the",
            "例如",
            "打印",
            "参数",
            "`",
            "'",
            "not square",
            "2024-02-30",
        ]
    ),
    max_size=30,
).map(" ".join)


@given(WORDS)
def test_whatever_a_requirement_says_it_can_be_laid_out(text: str) -> None:
    bench = Bench(cast("Context", None), text, "main.py")
    bench.lay_out(())
    assert 0 <= bench.named <= bench.spoken_of <= bench.ordinary <= len(bench.trials)


class TestSamples:
    def test_what_is_named_as_a_sample_is_not_refused(self) -> None:
        text = "converts a duration given as argument, like 90m or the short form 1h. A unit like 5x exits with code 1."
        assert [case.steps[0].arguments for case in sample_starts(text, "main.py")] == [("90m",), ("1h",)]

    @pytest.mark.parametrize(
        "text", ["takes two times like 9:05 and 10:10", "reads lines like 3,4 from standard input"]
    )
    def test_several_arguments_or_lines_are_no_sample_of_one(self, text: str) -> None:
        assert sample_starts(text, "main.py") == ()


class TestStartsThatAreWrittenDown:
    def test_commands_may_have_the_program_before_them(self) -> None:
        text = "State in game.json: `main.py new SIZE` and `main.py move LETTER` both print the board."
        assert usage_forms(text) == (("new", "SIZE"), ("move", "LETTER"))
        assert printing_commands(text) == {"new", "move"}
        case = usage_case(text, "main.py")
        assert case is not None
        assert [step.arguments for step in case.steps] == [("new", "30"), ("move", "a"), ("move", "e")]

    def test_a_date_may_be_written_as_it_looks(self) -> None:
        text = "`water NAME YYYY-MM-DD` saves it, `due YYYY-MM-DD` prints all. An impossible date exits with code 1."
        assert usage_forms(text) == (("water", "NAME", "YYYY-MM-DD"), ("due", "YYYY-MM-DD"))
        lasts = [case.steps[-1].arguments for case in refused_cases(text, "main.py", ())]
        assert lasts == [("water", "pear", "2023-02-30"), ("due", "2023-02-30")]

    @pytest.mark.parametrize(
        ("text", "kinds"),
        [
            ("main.py YEAR MONTH prints the number of days", ["year", "month"]),
            ("用“main.py 年份 月份”启动,打印天数", ["year", "month"]),
            ("main.py FILE <name> prints the lines with it", ["file", "text"]),
            ("main.py YEAR WEEKDAY prints the first one", []),
            ("prints a whole number from 0 to 99, given as argument, in words", ["number"]),
            ("hides the text in its second argument, the first argument being the number of rails", ["number", "text"]),
            ("第一个参数是文件名,第二个参数是整数,打印前几行", ["file", "number"]),
            ("gets a sentence as one argument and prints its words", ["text"]),
            ("takes the name of a CSV file with a header line and prints its rows", ["table"]),
            ("main.py 接收一个整数,打印它的平方", ["number"]),
        ],
    )
    def test_what_it_is_started_with(self, text: str, kinds: list[str]) -> None:
        assert [each.kind for each in stated_arguments(text)] == kinds

    def test_a_start_that_is_written_down_has_arguments(self) -> None:
        text = "main.py YEAR WEEKDAY prints the first one"
        assert synopsis(text) == ("YEAR", "WEEKDAY")
        assert argument_count(text) == 2
        assert takes_arguments(text)
        assert beginning(text).endswith("if len(sys.argv)")


class TestInput:
    def test_rows_of_numbers_have_the_size_that_is_stated(self) -> None:
        fed = [
            case.steps[0].stdin for case in supposed_trials("reads 2 lines of 3 numbers from standard input", "main.py")
        ]
        assert len(fed) == 4
        assert all([len(line.split()) for line in text.splitlines()] == [3, 3] for text in fed)

    def test_rows_of_numbers_in_a_file_have_several_sizes(self) -> None:
        text = "opens the file named as argument, which has rows of integers separated by commas, and prints the sum"
        files = [content for case in supposed_trials(text, "main.py") for content in case.files.values()]
        assert {len(content.splitlines()) for content in files} == {2, 3, 4}
        assert all("," in content for content in files)

    def test_lines_like_a_sample_are_fed_with_those_of_the_examples(self) -> None:
        text = "reads times like 9:05 PM from standard input, one per line, and prints them; 12:30 AM is 00:30."
        (case,) = supposed_trials(text, "main.py")
        assert case.steps[0].stdin.splitlines() == ["9:05 PM", "12:30 AM", "zyxw"]

    def test_lines_that_are_quoted_beside_each_other_make_a_file(self) -> None:
        text = "an interpreter for a file named as argument with lines `set x 5`, `add x y` and `print x`"
        first, second = supposed_trials(text, "main.py")
        assert first.files["lines.txt"].splitlines() == ["set x 5", "add x y", "print x"]
        assert second.files["lines.txt"].splitlines() == ["set x 5", "add x x", "print x"]

    def test_anything_else_is_refused_where_no_number_is_asked_for(self) -> None:
        text = "converts a color given as argument. Anything else: exit with code 1."
        (case,) = refused_cases(text, "main.py", [one_start("main.py", ("#FF8000",))])
        assert (case.steps[0].arguments, case.steps[0].exit_code) == (("zyxw",), 1)

    def test_rows_that_make_no_square_are_refused(self) -> None:
        text = "reads integers from standard input, one row per line. If the grid is not square, exit with code 1."
        (case,) = refused_cases(text, "main.py", supposed_trials(text, "main.py"))
        assert case.steps[0].stdin == "0 0 0\n4 2 4\n"
        assert case.steps[0].exit_code == 1


class TestWhatBearsOut:
    @pytest.mark.parametrize(
        ("words", "enough"),
        [
            ("in ascending order", False),
            ("in ascending order, one per line", False),
            ("in ascending order separated by spaces", True),
            ("in descending order", True),
        ],
    )
    def test_an_order_that_any_loop_has_bears_nothing_out(self, words: str, *, enough: bool) -> None:
        start = Start("python main.py 3", Step(), Execution(exit_code=0, stdout="3 2 1\n", stderr=""))
        assert borne_out(f"prints the numbers {words}", [start]) is enough
