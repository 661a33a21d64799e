"""What is mended, and what is begun, by rule: refusals, type errors, declarations, a program's first lines."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from softhouse.actions.beginnings import beginning, data_file, says_on_output, started
from softhouse.actions.coercions import coerced
from softhouse.actions.faults import Start, borne_out, find_faults
from softhouse.actions.mechanical_fixes import mechanically_fixed
from softhouse.actions.refusals import ending_in_silence, guarded, refusing, spoken_out
from softhouse.actions.stated import stated_silence
from softhouse.actions.supposed import supposed_trials
from softhouse.actions.trials import script_beginning
from softhouse.actions.usage import first_start_cases, usage_case
from softhouse.actions.variations import variations
from softhouse.bench.requirements import read_requirements
from softhouse.environment.documents import Step
from softhouse.environment.sandbox import Execution

EXITS = "An unknown name exits with code 1."


class TestRefusals:
    def test_a_complaint_that_ends_a_function_ends_the_program(self) -> None:
        source = 'def find(name):\n    if name in known:\n        use(name)\n    else:\n        print("Not found")\n'
        assert refusing(source, EXITS).endswith(
            '    else:\n        print("Not found", file=sys.stderr)\n        sys.exit(1)\n'
        )

    def test_the_same_words_are_no_refusal_where_nothing_is_said_of_exit_codes(self) -> None:
        source = 'def find(name):\n    print("Not found")\n'
        assert refusing(source, "prints where a name is") == source

    @pytest.mark.parametrize(
        "source",
        [
            'for x in y:\n    if not x:\n        print("bad", file=sys.stderr)\n        continue\n    use(x)\n',
            'def load():\n    print("Warning: no file", file=sys.stderr)\n    return {}\n',
            'def check():\n    print("Error: odd")\n    clean()\n',
            'def find():\n    print("unknown name")\n    return\n',
        ],
        ids=["in a loop that goes on", "a warning", "there is more to do", "the requirement's own words"],
    )
    def test_what_goes_on_after_a_complaint_stays(self, source: str) -> None:
        assert refusing(source, "For an unknown name it prints 'unknown name' and exits with code 1.") == source

    def test_a_return_that_says_nothing_becomes_an_exit_whatever_stands_behind_it(self) -> None:
        source = (
            'def f(x):\n    if not x:\n        print("no x", file=sys.stderr)\n        return None\n    return g(x)\n'
        )
        assert "        sys.exit(1)\n    return g(x)" in refusing(source, "")

    def test_a_result_that_is_returned_after_a_message_stays(self) -> None:
        source = 'def read(path):\n    print("reading", file=sys.stderr)\n    return open(path)\n'
        assert refusing(source, "") == source

    def test_exit_codes_that_main_returns_are_used(self) -> None:
        source = "def main():\n    if bad:\n        return 1\n    return 0\n\nif __name__ == '__main__':\n    main()\n"
        assert refusing(source, "").endswith("    sys.exit(main())\n")

    def test_a_refusal_that_the_requirement_wants_on_standard_output_stays_there(self) -> None:
        source = 'def main():\n    print("Error: odd")\n    sys.exit(1)\n'
        assert refusing(source, "prints a message on standard output and exits with code 1") == source
        assert "file=sys.stderr" in refusing(source, EXITS)

    def test_results_that_went_to_standard_error_go_to_standard_output(self) -> None:
        source = (
            "for name, size in sizes:\n    print(f'{name}: {size}', file=sys.stderr)\n"
            "if not sizes:\n    print('none', file=sys.stderr)\n    sys.exit(1)\n"
        )
        assert spoken_out(source) == source.replace("{size}', file=sys.stderr", "{size}'")

    @pytest.mark.parametrize("call", ["main()", "sys.exit(main())"])
    def test_what_unusual_input_makes_fall_over_ends_with_a_message(self, call: str) -> None:
        source = f"def main():\n    pass\n\nif __name__ == '__main__':\n    {call}\n"
        ending = guarded(source).partition("__main__':\n")[2].splitlines()
        assert ending[:3] == ["    try:", f"        {call}", "    except Exception:"]
        assert ending[-1] == "        sys.exit(1)"
        assert guarded("print(1)\n") == "print(1)\n"

    @pytest.mark.parametrize(("body", "code"), [("print(1)", 0), ("pass", 3), ("sys.exit(4)", 4)])
    def test_a_silence_ends_with_its_code_and_everything_else_as_before(self, body: str, code: int) -> None:
        source = f"import sys\ndef main():\n    {body}\nmain()\n"
        changed = mechanically_fixed(ending_in_silence(source, 3))
        done = subprocess.run([sys.executable, "-c", changed], check=False, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (code, "1\n" if body == "print(1)" else "")

    def test_code_that_does_not_parse_is_left_alone(self) -> None:
        assert refusing("def (:\n", EXITS) == "def (:\n"


def traceback(line: int, said: str) -> str:
    return f'Traceback (most recent call last):\n  File "/work/main.py", line {line}, in <module>\n    …\n{said}\n'


class TestCoercions:
    @pytest.mark.parametrize(
        ("line", "said", "mended"),
        [
            (
                'print(f"{hours:02d}h")',
                "ValueError: Unknown format code 'd' for object of type 'float'",
                "print(f'{int(hours):02d}h')",
            ),
            ('total += " " + 3', 'TypeError: can only concatenate str (not "int") to str', "total += ' ' + str(3)"),
            (
                'text = text.replace("a", value)',
                "TypeError: replace() argument 2 must be str, not int",
                "text = text.replace('a', str(value))",
            ),
            (
                "json.dump(sums, file)",
                "TypeError: Object of type Decimal is not JSON serializable",
                "json.dump(sums, file, default=float)",
            ),
            (
                "rows = list(range(width / 2))",
                "TypeError: 'float' object cannot be interpreted as an integer",
                "rows = list(range(int(width / 2)))",
            ),
            (
                "grid[i][j + 1] = mark",
                "TypeError: 'str' object does not support item assignment",
                "grid[i] = grid[i][:j + 1] + mark + grid[i][j + 1 + 1:]",
            ),
        ],
    )
    def test_what_the_traceback_explains_is_mended_on_its_line(self, line: str, said: str, mended: str) -> None:
        source = f"if ready:\n    {line}\n"
        assert coerced(source, "main.py", traceback(2, said)) == f"if ready:\n    {mended}\n"

    @pytest.mark.parametrize("said", ["KeyError: 'a'", "TypeError: unhashable type: 'list'"])
    def test_other_errors_are_nobodys_rule(self, said: str) -> None:
        assert coerced("use(a)\n", "main.py", traceback(1, said)) == "use(a)\n"

    def test_a_traceback_of_another_file_says_nothing(self) -> None:
        said = traceback(1, "TypeError: sequence item 0: expected str instance, int found")
        assert coerced("print(','.join(x))\n", "other.py", said) == "print(','.join(x))\n"


class TestBeginnings:
    def test_arguments_come_first_where_nothing_else_is_named(self) -> None:
        assert beginning("takes a number N and prints its square").endswith("def main():\n    if len(sys.argv)")

    @pytest.mark.parametrize(
        "text", ["Write a guessing game that takes a guess", "Write a program that prints the date"]
    )
    def test_where_no_argument_is_spoken_of_none_is_looked_for(self, text: str) -> None:
        assert beginning(text).endswith("def main():\n")

    def test_with_commands_there_is_at_least_the_shortest_of_them(self) -> None:
        begun = beginning("with the commands 'set KEY VALUE', 'get KEY' and 'keys'")
        assert begun.endswith("def main():\n    if len(sys.argv) < 2:\n")

    def test_standard_input_is_read_and_no_argument_where_none_is_named(self) -> None:
        assert beginning("从标准输入读取数字,打印四行").endswith("def main():\n    text = sys.stdin.read()\n")
        assert beginning("从标准输入读取三行,打印结果").endswith("    lines = sys.stdin.read().splitlines()\n")

    def test_both_where_both_are_named(self) -> None:
        assert beginning("takes a width, reads standard input").endswith("sys.stdin.read()\n    if len(sys.argv)")

    def test_modules_come_from_the_words(self) -> None:
        assert beginning("reads a CSV file and prints JSON").splitlines()[0] == "import sys, os, csv, json"

    @pytest.mark.parametrize(
        ("text", "file"),
        [
            ("数据保存在当前目录的 expenses.json 中", "expenses.json"),
            ("kept in stock.json in the current directory", "stock.json"),
            ("takes a text file and a JSON file data.json", ""),
        ],
    )
    def test_the_file_in_which_data_is_kept(self, text: str, file: str) -> None:
        assert data_file(text) == file

    def test_a_message_that_is_wanted_on_standard_output(self) -> None:
        assert says_on_output("it prints 'error' on standard output and exits with code 1")
        assert not says_on_output("it prints nothing on standard output and exits with code 1")

    @pytest.mark.parametrize("call", ["main()", "sys.exit(main())"])
    def test_a_main_that_is_called_is_not_called_twice(self, call: str) -> None:
        source = f"def main():\n    pass\n\n{call}\n"
        assert started(source) == source


class TestSupposed:
    @pytest.mark.parametrize(
        ("text", "arguments"),
        [
            ("takes a directory and prints the size of its files", ("folder",)),
            ("takes a number N and a text file and prints N words", ("3", "input.txt")),
            ("takes a CSV file and the name of a column and sorts it", ("table.csv", "age")),
            ("读取 CSV 文件(表头为 name,score)", ("table.csv",)),
            ("reads a maze from a file ('#' wall, '.' open, 'S' start, 'E' exit)", ("grid.txt",)),
            ("reads a file with lines like '12:30 ERROR disk full' and counts", ("lines.txt",)),
            ("reads numbers from standard input", ()),
            ("reads an INI file given as argument", None),
            ("takes two squares", None),
        ],
    )
    def test_what_the_words_speak_of_is_laid_out(self, text: str, arguments: tuple[str, ...] | None) -> None:
        found = supposed_trials(text, "main.py")
        assert list(dict.fromkeys(case.steps[0].arguments for case in found)) == [arguments] * (arguments is not None)

    @pytest.mark.parametrize(
        ("text", "starts"),
        [
            ("takes two dates", ["2024-02-28 2024-03-15", "2023-12-25 2024-01-06"]),
            ("takes a time as HH:MM and a number of minutes, possibly negative", ["10:05 12", "23:50 -7"]),
            ("takes a CSV file and one or more column names and prints them", ["table.csv age name"]),
            ("接收两个或更多正整数作为参数,输出最大公约数", ["12 18 30", "7 3 21"]),
            ("接收一个日期和一个整数天数(可以是负数)", ["2024-02-28 12", "2023-12-25 7"]),
            ("takes a search text and one or more files", ["apple first.txt second.txt", "fig first.txt second.txt"]),
            ("takes a text file and a JSON file", []),
            ("takes two JSON files", []),
        ],
    )
    def test_each_argument_that_the_words_list_has_a_value(self, text: str, starts: list[str]) -> None:
        cases = supposed_trials(text, "main.py")
        assert [" ".join(case.steps[0].arguments) for case in cases] == starts
        assert all(set(case.steps[0].arguments) & set(case.files) for case in cases if case.files)

    def test_a_grid_has_every_cell_that_is_quoted_and_letters_once(self) -> None:
        cases = supposed_trials("a maze from a file ('#' wall, '.' open, 'S' start, 'E' exit)", "main.py")
        grids = [case.files["grid.txt"] for case in cases]
        assert len(set(grids)) == 4
        for grid in grids:
            assert set(grid) == {"#", ".", "S", "E", "\n"}
            assert (grid.count("S"), grid.count("E")) == (1, 1)
            assert len(set(map(len, grid.split()))) == 1

    def test_the_marks_of_a_board_stand_in_it_more_than_once(self) -> None:
        text = "从标准输入读取三行井字棋棋盘,每行三个字符(X、O 或表示空格的 .)"
        boards = [case.steps[0].stdin for case in supposed_trials(text, "main.py")]
        assert all(len(board.split()) == 3 and set(board) <= set("XO.\n") for board in boards)
        assert len(set(boards)) == 4
        assert max(board.count("X") + board.count("O") for board in boards) > 2

    @pytest.mark.parametrize(
        ("text", "fed"),
        [
            ("reads numbers from standard input", "10 -2.5\n4\n1 7 4\n"),
            ("reads whole numbers from standard input, one per line", "10\n-3\n4\n1\n7\n4\n"),
            ("从标准输入读取整数,每行一个", "10\n-3\n4\n1\n7\n4\n"),
        ],
    )
    def test_numbers_are_of_the_kind_that_is_named(self, text: str, fed: str) -> None:
        (case,) = supposed_trials(text, "main.py")
        assert case.steps[0].stdin == fed

    def test_a_number_lies_in_the_range_that_is_stated(self) -> None:
        (case,) = supposed_trials("接收一个 1 到 9 的整数 N", "main.py")
        assert case.steps[0].arguments == ("3",)

    def test_a_table_has_the_columns_that_are_named(self) -> None:
        (case,) = supposed_trials("读取 CSV 文件(表头为 id,name,score)", "main.py")
        assert {len(line.split(",")) for line in case.files["table.csv"].splitlines()} == {3}
        assert case.files["table.csv"].startswith("id,name,score\n")


def test_a_silence_with_an_exit_code_of_its_own() -> None:
    assert stated_silence("If nothing is found it prints nothing and exits with code 3.") == 3
    assert stated_silence("没有匹配时不输出任何内容,以退出码 1 结束") == 1
    assert stated_silence("prints nothing if all is well") is None


def test_a_command_that_shows_must_not_fail_at_the_first_start() -> None:
    text = "with the commands 'add TEXT', 'list' and 'clear'. 'list' prints all."
    assert [case.steps[0].arguments for case in first_start_cases(text)] == [("list",)]
    assert first_start_cases(f"{text} With nothing to list it exits with code 1.") == ()


def start(
    *arguments: str, stdout: str = "", stderr: str = "", exit_code: int = 0, expected: str | None = None
) -> Start:
    execution = Execution(exit_code=exit_code, stdout=stdout, stderr=stderr)
    return Start(f"python main.py {' '.join(arguments)}", Step(arguments=arguments, stdout=expected), execution)


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "seen", "said"),
        [
            ("prints it", start("a", stderr="Error: list index out of range", exit_code=1), "index out of range"),
            ("prints it", start("a", stdout="a1\n", expected="1a"), "should print"),
            ("prints the paths relative to that directory", start("box", stdout="box/a b\n"), "directory in it"),
            (
                "prints the sizes as 'ext: bytes'. Done.",
                start("a", stdout=".py: 4\n"),
                "prints the sizes as 'ext: bytes'.",
            ),
            ("prints the size as 'ext: bytes'", start("a", stderr="py: 4\n"), "goes to standard error"),
            (
                "prints the sizes as 'ext: bytes', one per line",
                start("a", stdout="none: 1\n.py: 4\n"),
                "'.py: 4' has another format",
            ),
            (
                "A notes app. 'list' prints 'N. text' lines; it is short.",
                start("list", stdout="1. a\nb\n"),
                "the line 'b' has another format: 'list' prints 'N. text' lines;",
            ),
            ("if none match, it prints nothing and exits with code 2", start("a"), "not 2"),
        ],
    )
    def test_what_is_surely_wrong_is_said(self, text: str, seen: Start, said: str) -> None:
        (fault,) = find_faults(text, "", [seen])
        assert said in fault.said

    @pytest.mark.parametrize(
        "seen",
        [
            start("a", stdout="1a\n", expected="1a"),
            start("box", stdout="a box/b\n"),
            start("", exit_code=1, stderr="usage"),
            start("x", exit_code=1, stderr="Error: no such file"),
        ],
    )
    def test_nothing_is_wrong_with_a_result_and_with_a_refusal(self, seen: Start) -> None:
        assert find_faults("prints what there is", "", [seen]) == []

    @pytest.mark.parametrize(
        ("text", "listed", "wrong"),
        [
            ("'list' prints all titles sorted", "pear\napple\n", True),
            ("'list' prints all titles sorted", "apple\npear\n", False),
            ("按添加顺序每行打印", "apple\npear\n", True),
            ("按添加顺序每行打印", "pear\napple\n", False),
            ("'list' prints all titles", "apple\npear\n", False),
        ],
    )
    def test_a_list_is_in_the_order_that_is_stated(self, text: str, listed: str, wrong: bool) -> None:
        commands = [start("add", "pear"), start("add", "apple"), start("list", stdout=listed)]
        assert bool(find_faults(text, "", [replace(each, named=True) for each in commands])) is wrong

    def test_only_english_letters_where_they_are_asked_for(self) -> None:
        (fault,) = find_faults("输出每个英文字母出现的次数", "", [start("a", stdout="a: 1\n你: 2\n")])
        assert "你 is no English letter" in fault.said

    def test_words_of_letters_where_they_are_asked_for(self) -> None:
        (fault,) = find_faults("Words consist of letters only.", "", [start("a", stdout="dog 2\ndog. 1\n")])
        assert "dog. is not made of letters only" in fault.said

    def test_a_program_that_refuses_everything_has_misread_what_it_takes(self) -> None:
        refusals = [start(str(n), exit_code=1, stderr="Invalid") for n in range(4)]
        assert "refuses every input" in find_faults("prints it", "", refusals)[0].said
        assert find_faults("prints it", "", refusals[:3]) == []


REQUIREMENTS = [
    *(requirement.text for requirement in read_requirements()),
    "Write a command line todo app",
    "Write a notes app main.py with the commands 'add TEXT', 'list' and 'delete N'; 'list' prints 'N. text' lines.",
    "Write a guessing game that asks the user for numbers.",
    "",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.sampled_from(REQUIREMENTS),
    outputs=st.lists(
        st.sampled_from(["", "a: 1\n", "pear\napple\n", "1. x\nfolder/a b\n", "你 2\n3.5\n", "Usage: x\n"])
        | st.text(max_size=40),
        max_size=6,
    ),
    code=st.integers(-9, 2),
)
def test_whatever_a_program_does_and_a_requirement_says_it_can_be_looked_at(
    text: str, outputs: list[str], code: int
) -> None:
    trials = [*supposed_trials(text, "main.py"), *filter(None, [usage_case(text, "main.py")])]
    starts = [start("folder", "pear", stdout=output, stderr=output[::-1], exit_code=code) for output in outputs]
    named = [replace(each, named=True) for each in starts[:3]]
    assert all(fault.said for fault in find_faults(text, "print('a:', 1)", [*named, *starts]))
    assert borne_out(text, starts) in (True, False)
    assert all(case.steps for case in variations(text, trials, "main.py"))
    assert script_beginning(text, "main.py")
    assert beginning(text).startswith("import sys")
