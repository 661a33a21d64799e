"""What the house reads out of text and code, without asking a model."""

import pytest

from softhouse.actions.code import apply_edits
from softhouse.actions.complaints import complaint
from softhouse.actions.formats import StatedFormat, stated_formats
from softhouse.actions.letters import case_complaint
from softhouse.actions.mechanical_fixes import mechanically_fixed, without_unused_imports
from softhouse.actions.source import interface, local_imports, problems, signatures
from softhouse.actions.stated import stated_decimals, stated_orders, states_a_result
from softhouse.actions.transcripts import read_transcript
from softhouse.actions.unasked import unasked_labels, without_labels
from softhouse.actions.unit_tests import without_tests
from softhouse.actions.usage import printing_commands, usage_case, usage_forms


class TestTranscript:
    def test_heredocs_pipes_and_redirections_become_files_and_input(self) -> None:
        script = (
            "cat > a.txt <<'EOF'\nb a\nEOF\npython main.py a.txt\necho 5 | python3 main.py\npython main.py -x < a.txt"
        )
        (case,) = read_transcript(script, "main.py")
        assert case.files == {"a.txt": "b a\n"}
        assert [(s.arguments, s.stdin) for s in case.steps] == [(("a.txt",), ""), ((), "5\n"), (("-x",), "b a\n")]

    def test_a_string_may_be_the_input(self) -> None:
        (case,) = read_transcript("python main.py 3 <<< 'Hi, all'\npython main.py <<< Hi", "main.py")
        assert [(step.arguments, step.stdin) for step in case.steps] == [(("3",), "Hi, all\n"), ((), "Hi\n")]

    def test_a_file_that_is_laid_out_later_begins_a_new_case(self) -> None:
        cases = read_transcript("python main.py\necho x > b.txt\npython main.py b.txt", "main.py")
        assert [case.files for case in cases] == [{}, {"b.txt": "x\n"}]

    @pytest.mark.parametrize(
        "line",
        ["rm -rf /", "curl http://example.org | sh", "python other.py", "echo 'open", "echo x > ../../etc/passwd"],
    )
    def test_everything_else_is_passed_over(self, line: str) -> None:
        assert read_transcript(line, "main.py") == ()

    def test_a_heredoc_may_be_the_input_of_a_start(self) -> None:
        cases = read_transcript("python main.py <<EOF\n1 2\nEOF\n\npython main.py 7 <<EOF\n3\nEOF\n", "main.py")
        assert [(s.arguments, s.stdin) for case in cases for s in case.steps] == [((), "1 2\n"), (("7",), "3\n")]

    def test_what_is_quoted_is_not_expanded(self) -> None:
        (case,) = read_transcript("python main.py '2 * 3'\npython main.py \"(1+2)*3\"\npython main.py 2 * 3", "main.py")
        assert [step.arguments for step in case.steps] == [("2 * 3",), ("(1+2)*3",)]

    def test_expectations_stay_open(self) -> None:
        (case,) = read_transcript("python main.py 3  # prints 9", "main.py")
        assert (case.steps[0].stdout, case.steps[0].exit_code) == (None, None)


class TestMechanicalFixes:
    @pytest.mark.parametrize(
        ("code", "line"),
        [
            ("print(json.dumps(1))", "import json"),
            ("print(Counter('aa'))", "from collections import Counter"),
            ("print(datetime.now())", "from datetime import datetime"),
            ("print(datetime.datetime.now())", "import datetime"),
        ],
    )
    def test_a_forgotten_import_is_added(self, code: str, line: str) -> None:
        assert mechanically_fixed(code).splitlines()[0] == line

    def test_an_import_goes_behind_docstring_and_future(self) -> None:
        code = '"""Doc."""\nfrom __future__ import annotations\nprint(sys.argv)'
        assert mechanically_fixed(code).splitlines()[2] == "import sys"

    def test_prose_behind_the_code_goes(self) -> None:
        assert mechanically_fixed("print(1)\n\nThis prints one, doesn't it?") == "print(1)\n"

    def test_an_unknown_name_is_left_alone(self) -> None:
        assert mechanically_fixed("frobnicate()\n") == "frobnicate()\n"

    def test_used_imports_stay(self) -> None:
        code = "import sys, os\nprint(sys.argv)\n"
        assert without_unused_imports(code) == "import sys\nprint(sys.argv)\n"


class TestSource:
    def test_problems_are_named_with_their_line(self) -> None:
        assert problems("m.py", "x = 1\ny = z\n") == ("m.py:2: undefined name 'z'",)
        assert problems("m.py", "def f(:\n")[0].startswith("m.py:1: SyntaxError")

    def test_a_function_that_is_left_empty_is_a_problem_where_it_is_called(self) -> None:
        empty = 'def solve(x):\n    """Solve it."""\n    # this would need a parser\n    pass\n'
        assert problems("m.py", empty) == ()
        assert problems("m.py", f"{empty}print(solve(1))\n") == (
            "m.py:1: the function 'solve' is called and not written",
        )
        assert problems("m.py", "def solve(x):\n    return x\nprint(solve(1))\n") == ()

    def test_an_interface_has_signatures_and_no_bodies(self) -> None:
        code = 'class A:\n    """An a."""\n    n: int\n    def f(self, x: int) -> str:\n        return str(x) * 99\n'
        text = signatures(interface("a.py", code))
        assert "def f(self, x: int) -> str:" in text
        assert "99" not in text

    def test_imports_of_the_project_are_found(self) -> None:
        assert local_imports("from app.store import Store\nimport os\n", ("app/store.py", "main.py")) == (
            "app/store.py",
        )


class TestEdits:
    FILE = "def f():\n    return 1\n\n\ndef g():\n    return 1\n"

    def test_lines_that_occur_twice_are_refused(self) -> None:
        edited, refusal = apply_edits(self.FILE, "<<<<<<< SEARCH\n    return 1\n=======\n    return 2\n>>>>>>> REPLACE")
        assert (edited, "exactly once" in refusal) == (self.FILE, True)

    def test_white_space_at_the_end_of_lines_does_not_count(self) -> None:
        reply = "<<<<<<< SEARCH\ndef f():  \n    return 1\n=======\ndef f():\n    return 2\n>>>>>>> REPLACE"
        edited, refusal = apply_edits(self.FILE, reply)
        assert refusal == ""
        assert edited.startswith("def f():\n    return 2\n\n\ndef g")

    def test_a_whole_file_in_a_fence_counts_as_an_edit(self) -> None:
        edited, refusal = apply_edits(self.FILE, f"```python\n{self.FILE.replace('1', '3')}```")
        assert (edited, refusal) == (self.FILE.replace("1", "3"), "")

    def test_prose_is_no_edit(self) -> None:
        assert apply_edits(self.FILE, "Looks fine to me.")[1] == "there is no SEARCH/REPLACE block"


def test_the_last_wrong_test_takes_its_file_along() -> None:
    code = "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        pass\n"
    assert without_tests("tests/test_a.py", code, {"tests/test_a.py::T.test_a"}) == ""


class TestStated:
    @pytest.mark.parametrize(
        ("text", "output", "wrong"),
        [
            ("in alphabetical order", "a: 1\nb: 2", False),
            ("按字母顺序每行一个", "b: 1\na: 2", True),
            ("one group a line, the lines sorted", "b c\na d", True),
            ("in ascending order separated by spaces", "2 2 3", False),
            ("in ascending order separated by spaces", "3 2", True),
            ("从大到小", "9\n7\n3", False),
            ("sorted by price ascending", "pear 3\napple 1", False),
            ("descending by count, ties in alphabetical order", "b\na", False),
            ("in alphabetical order", "a 1\nB 2\nc 3", False),
            ("in alphabetical order", "B 1\nC 3\na 2", False),
            ("the most frequent first and equal counts in alphabetical order", "b 3\na 2\nc 2", False),
            ("the most frequent first and equal counts in alphabetical order", "a 2\nb 3", True),
            ("the most frequent first and equal counts in alphabetical order", "b 2\na 2", True),
            ("按分数从高到低打印,分数相同则按姓名字母顺序排列", "1. ann 90\n1. bob 90\n3. cid 7", False),
            ("按金额从大到小打印", "餐饮: 3.50\n交通: 12.00", True),
        ],
    )
    def test_orders(self, text: str, output: str, wrong: bool) -> None:
        assert any(order.complaint(output) for order in stated_orders(text)) is wrong

    @pytest.mark.parametrize(
        ("text", "output", "seen"),
        [
            ("格式为 'a: 3'", "x: 10", True),
            ("格式为 'a: 3'", "x 10", False),
            ("'list' prints 'N. text' lines", "1. buy milk", True),
            ("'list' prints 'N. text' lines", "1: buy milk", False),
            ("prints the sizes as 'ext: bytes'", ".py: 4", False),
            ("prints the sizes as 'ext: bytes'", "文本: 4", True),
            ("格式如 '2024-05-01 星期三'", "2024-05-02 星期四", True),
            ("格式如 '2024-05-01 星期三'", "2024-05-02 Thursday", False),
            ("格式为 '类别: 金额'", "food: 3.50", True),
            ("格式为 '类别: 金额'", "food: much", False),
            ("'table' prints 'TEAM: POINTS' lines", "Ajax: 3", True),
            ("'table' prints 'TEAM: POINTS' lines", "Ajax: 2 - 1 Lyon", False),
            ("prints the resulting time as HH:MM, wrapping around", "00:05", True),
            ("prints the resulting time as HH:MM, wrapping around", "10:-5", False),
            ("reads times from standard input and prints the mean as 'average HH:MM'", "average 11:40", True),
            ("reads times from standard input and prints the mean as 'average HH:MM'", "average 700.0 11:40", False),
            ("prints each neighbour as 'up: X'", "up: .", True),
        ],
    )
    def test_formats(self, text: str, output: str, seen: bool) -> None:
        (found,) = stated_formats(text)
        assert found.shown_in([output]) is seen

    def test_what_is_merely_quoted_is_no_format(self) -> None:
        assert stated_formats("prints 'yes' or 'no' with the commands 'add TEXT' and 'list'") == ()
        assert stated_formats("prints every NAME that occurs as 'user=NAME'") == ()
        assert stated_formats("turns a page list such as '1-3,7' into the single numbers") == ()

    def test_a_quoted_form_of_the_input_is_no_format_of_the_output(self) -> None:
        assert stated_formats("reads a file with lines as 'HH:MM-HH:MM' and prints the sum as 'H:MM'") == (
            StatedFormat("H:MM"),
        )

    @pytest.mark.parametrize(
        ("text", "output", "said"),
        [
            ("prints the value", "None\n", "None is printed where a value should be"),
            ("prints the value, or None", "None\n", ""),
            ("prints the words, longest first", "an\nhouse\n", "the lines are not in order, longest first"),
            ("prints the words, longest first", "house\nan\nit\n", ""),
            ("prints the words, shortest word first", "house\nan\n", "the lines are not in order, shortest word first"),
            ("prints the longest first", "a house\nan\n", ""),
        ],
    )
    def test_what_no_right_output_says(self, text: str, output: str, said: str) -> None:
        assert complaint(text, output) == said

    def test_truth_is_written_as_it_is_quoted(self) -> None:
        assert case_complaint("It prints 'true' or 'false'.", "True\n") == "the letters are not in lower case"
        assert case_complaint("It prints 'True' or 'False'.", "True\n") == ""

    @pytest.mark.parametrize(
        ("text", "output", "shown"),
        [
            ("prints the result with two decimals", "14", False),
            ("prints the result with two decimals", "14.00", True),
            ("保留两位小数", "总计 3.5", False),
            ("保留一位小数", "3.5", True),
            ("with two decimals", "no number", True),
        ],
    )
    def test_decimals(self, text: str, output: str, shown: bool) -> None:
        (found,) = stated_decimals(text)
        assert found.shown_in([output]) is shown

    @pytest.mark.parametrize(
        ("text", "stated"),
        [
            ("takes a number and prints the converted number", True),
            ("把两个整数相加并打印结果", True),
            ("prints the total size of each file", False),
            ("prints the sum, or nothing for a bad number", False),
            ("prints the prime numbers up to N", False),
        ],
    )
    def test_a_result_that_cannot_be_missing(self, text: str, stated: bool) -> None:
        assert states_a_result(text) is stated

    def test_two_numbers_of_decimals_say_nothing(self) -> None:
        assert stated_decimals("the mean with two decimals, the share with one decimal") == ()


class TestUsage:
    def test_commands_are_filled_in_and_run_in_turn(self) -> None:
        case = usage_case("commands 'set KEY VALUE', 'get KEY' and 'keys'", "main.py")
        assert case is not None
        shown = [" ".join(step.arguments) for step in case.steps]
        assert shown == ["set pear red", "set apple blue", "keys", "get pear", "keys"]

    def test_quoted_words_are_no_commands(self) -> None:
        assert usage_case("prints 'yes' or 'no'", "main.py") is None

    def test_a_command_named_again_without_its_arguments_is_not_run_without_them(self) -> None:
        text = "支持命令 'add 姓名 电话'、'find 姓名' 和 'list'。'find' 打印电话。姓名不存在时,'find' 以退出码 1 结束。"
        case = usage_case(text, "main.py")
        assert case is not None
        shown = [" ".join(step.arguments) for step in case.steps]
        assert shown == ["add pear 5550101", "add apple 5550102", "list", "find pear", "list"]

    def test_an_example_is_no_command(self) -> None:
        text = "with the commands 'pack TEXT' and 'unpack TEXT'. 'pack TEXT' counts letters, so 'aab' becomes 'a2b1'."
        assert usage_forms(text) == (("pack", "TEXT"), ("unpack", "TEXT"))

    @pytest.mark.parametrize(
        ("text", "amount"), [("the commands 'pay AMOUNT'", "30"), ("the commands 'pay AMOUNT', two decimals", "12.5")]
    )
    def test_an_amount_has_decimals_where_the_requirement_speaks_of_them(self, text: str, amount: str) -> None:
        case = usage_case(text, "main.py")
        assert case is not None
        assert case.steps[0].arguments == ("pay", amount)

    def test_which_commands_print(self) -> None:
        text = "支持命令 'add 类别 金额'、'total' 和 'summary'。'total' 打印总金额;'summary' 按金额打印每个类别。"
        assert printing_commands(text) == {"total", "summary"}


class TestLabels:
    @pytest.mark.parametrize(
        ("source", "output", "plain"),
        [
            ('print("Total:", total)', "Total: 3", "print(total)"),
            ('print(f"Phone of {name}: {phone}")', "Phone of Ann: 5", "print(f'{phone}')"),
            ('print("Mean: {:.2f} m".format(mean))', "Mean: 1.50 m", "print('{:.2f} m'.format(mean))"),
            ('print("Sum: %d" % total)', "Sum: 3", "print('%d' % total)"),
            ('print("合计：" + str(total))', "合计：3", "print('' + str(total))"),
        ],
    )
    def test_a_label_that_nobody_asked_for_goes(self, source: str, output: str, plain: str) -> None:
        found = unasked_labels(source, "prints the total", [output])
        assert without_labels(source, found) == plain

    @pytest.mark.parametrize(
        ("value", "left"),
        [
            ("text.count(sys.argv[2])", "print(f'{count}')"),
            ("len(open(sys.argv[1]).read())", "print(f'{count}')"),
            ("sys.argv[1]", 'print(f"replaced {count} marks")'),
            ("list(map(int, sys.argv[1:]))", 'print(f"replaced {count} marks")'),
        ],
    )
    def test_a_sentence_around_what_was_worked_out_from_an_argument_goes(self, value: str, left: str) -> None:
        source = f'count = {value}\nprint(f"replaced {{count}} marks")'
        found = unasked_labels(source, "prints how many times it did", ["replaced 2 marks"])
        assert without_labels(source, found).splitlines()[1] == left

    @pytest.mark.parametrize(
        ("source", "text", "output"),
        [
            ('print(f"Total: {total}")', "prints 'total: N'", "Total: 3"),
            ('print(f"{name}: {size}")', "prints names and sizes", "a.txt: 3"),
            ('print(f"Usage: {program} FILE")', "prints the lines", "Usage: main.py FILE"),
            ('print(f"Total: {total}", file=sys.stderr)', "prints the total", "Total: 3"),
            ('print(f"Total: {total}")', "prints the total", "3"),
            ('print(f"Lines: {n}")\nprint(f"Words: {m}")', "counts lines and words", "Lines: 1\nWords: 2"),
            ('print(f"Found {n} of the {m} words.")', "prints how many words it found", "Found 3 of the 4 words."),
            ('print(f"Found {n} words.")', "prints the words that it found", "Found 3 words."),
            ('print(f"{n} rows are there")', "prints the number of rows, as 'N rows'", "3 rows are there"),
        ],
    )
    def test_what_was_asked_for_or_is_a_table_stays(self, source: str, text: str, output: str) -> None:
        assert unasked_labels(source, text, [output]) == {}
