"""What a program prints, what is wrong with it by a requirement's words, and the small changes that mend it."""

from functools import partial

import pytest

from softhouse.actions.arguments import stated_arguments
from softhouse.actions.argv import counting_arguments, keeping_arguments, unused_argument
from softhouse.actions.coercions import words_of_letters
from softhouse.actions.complaints import complaint
from softhouse.actions.faults import Start, find_faults
from softhouse.actions.letters import chinese_days
from softhouse.actions.mechanical_fixes import mechanically_fixed
from softhouse.actions.outputs import (
    ending_in,
    first_ones,
    marked,
    passed_over,
    shorter_paths,
    stripped,
    unlisted,
    whole_numbers,
)
from softhouse.actions.patches import Remedy, patched, silenced, single_spaced
from softhouse.actions.refused import refused_cases
from softhouse.actions.supposed import rewritten_lines, supposed_trials
from softhouse.environment.documents import Step
from softhouse.environment.sandbox import Execution


def faults(text: str, stdout: str, *, arguments: tuple[str, ...] = ("a",), **files: str) -> list[str]:
    """What is said of one start that printed `stdout`, the last line of each."""
    laid_out = {name.replace("_", "."): content for name, content in files.items()}
    said = Execution(exit_code=0, stdout=stdout, stderr="")
    start = Start("python main.py", Step(arguments=arguments, exit_code=None), said, files=laid_out)
    return [fault.said.splitlines()[-1] for fault in find_faults(text, "", [start])]


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "wrong", "right"),
        [
            ("takes a file and prints its lines", "a\n\nb\n", "a\nb\n"),
            ("takes a name and prints it backwards", " a\n b\n", "a\nb\n"),
            ("takes whole amounts and prints what is left", "30.0\n", "30\n"),
            ("takes a word and prints two lines: its length and its letters", "3\n", "3\nabc\n"),
            ("takes a folder and prints the paths relative to the folder", "a/x.txt\n", "x.txt\n"),
            ("takes a folder and prints the names (without the folder) of its files", "a/x.txt\n", "x.txt\n"),
            ("takes a number and prints its primes, or if there are none, prints 'none'", "", "none\n"),
            ("takes a word and prints each letter as 'a: 2' lines", "a:  2\n", "a: 2\n"),
        ],
    )
    def test_they_are_found_and_no_others(self, text: str, wrong: str, right: str) -> None:
        assert faults(text, wrong)
        assert not faults(text, right)

    def test_blank_lines_that_were_read_may_be_printed(self) -> None:
        assert not faults("takes a file and prints its lines", "a\n\nb\n", arguments=("in.txt",), in_txt="a\n\nb\n")

    def test_an_order_belongs_to_the_command_of_its_sentence(self) -> None:
        text = "'show NAME' prints them in the order they were added, 'all' prints the names in alphabetical order."
        assert not faults(text, "b\na\n", arguments=("show", "x"))
        assert faults(text, "b\na\n", arguments=("all",))


class TestPatches:
    @pytest.mark.parametrize(
        ("source", "remedy", "mended"),
        [
            ("print(text)", single_spaced, "print(text.rstrip('\\n'))"),
            ("a, b = line.split(',')", stripped, "a, b = [part.strip() for part in line.split(',')]"),
            ("n = float(sys.argv[1])", whole_numbers, "n = int(sys.argv[1])"),
            ("print(name)", partial(ending_in, ending="."), "print(name, end='.\\n')"),
            ("names.append(os.path.join(root, name))", partial(shorter_paths, wanted="name"), "names.append(name)"),
            ("for x in y:\n    sys.exit(1)\n", passed_over, "for x in y:\n    continue\n"),
            (
                "print(f'{n}. {task}')",
                partial(marked, mark="[ ]", done="[x]"),
                """print(f"{n}. {(task if str(task).startswith('[x]') else '[ ] ' + str(task))}")""",
            ),
        ],
    )
    def test_one_of_them_mends(self, source: str, remedy: Remedy, mended: str) -> None:
        assert mended in list(patched(source, remedy))

    def test_a_message_is_taken_out_where_it_stands_before_it_is_everywhere(self) -> None:
        source = "if a:\n    print(f'{n} owes {m}')\nelse:\n    print(f'{x} owes {y}')\n"
        first, *_, last = patched(source, partial(silenced, output="ann owes 3"))
        assert first.count("pass") == 1
        assert last.count("pass") == 2


class TestArguments:
    @pytest.mark.parametrize(
        ("source", "counted"),
        [
            ("if len(sys.argv) != 4:\n    pass\na, b = map(int, sys.argv[1:3])\n", "len(sys.argv) != 3"),
            ("if len(sys.argv) != 3:\n    pass\na, b = sys.argv[1], sys.argv[2]\n", "len(sys.argv) != 3"),
            ("if len(sys.argv) != 2:\n    pass\nprint(sys.argv[1:])\n", "len(sys.argv) != 2"),
            ("if len(sys.argv) != 2:\n    pass\nrun(sys.argv)\nprint(sys.argv[3])\n", "len(sys.argv) != 2"),
            ("if len(sys.argv) != 2:\n    pass\nprint(sys.argv[-1])\n", "len(sys.argv) != 2"),
        ],
    )
    def test_they_are_counted_as_they_are_read(self, source: str, counted: str) -> None:
        assert counted in counting_arguments(source)

    @pytest.mark.parametrize(
        ("body", "kept"),
        [
            ("minutes = int(sys.argv[2])\n    hours, minutes = t.split(':')\n    minutes += minutes", True),
            (
                "try:\n        minutes = int(sys.argv[2])\n    except ValueError:\n        sys.exit(1)\n"
                "    hours, minutes = at(t)\n    total = hours * 60 + minutes + minutes",
                True,
            ),
            ("minutes = int(sys.argv[2])\n    print(minutes)\n    hours, minutes = t\n    minutes += minutes", False),
            ("minutes = int(sys.argv[2])\n    if t:\n        hours, minutes = t\n    minutes += minutes", False),
            ("minutes = int(sys.argv[2])\n    hours, minutes = t, minutes + 1\n    minutes += minutes", False),
            ("minutes = int(sys.argv[2])\n    hours, minutes = t\n    print(minutes)", False),
        ],
    )
    def test_what_takes_the_name_of_an_argument_leaves_it_another(self, body: str, kept: bool) -> None:
        source = f"def main(t):\n    {body}\n"
        changed = keeping_arguments(source)
        assert ("given_minutes = int(sys.argv[2])" in changed) is kept
        assert changed.count("given_minutes") == 2 * kept

    @pytest.mark.parametrize(
        ("body", "unused"),
        [
            ("n = int(sys.argv[1])\n    print(3)", "n"),
            ("n = int(sys.argv[1])\n    print(3 * n)", ""),
            ("_ = int(sys.argv[1])\n    print(sys.argv[1])", ""),
            ("count = len(sys.argv)\n    print(3)", ""),
            ("n = sys.argv[1]\n    def show():\n        print(n)\n    show()", ""),
        ],
    )
    def test_an_argument_that_nothing_reads_has_no_use(self, body: str, unused: str) -> None:
        assert unused_argument(f"def main():\n    {body}\n") == unused

    @pytest.mark.parametrize(
        ("text", "kinds"),
        [
            ("'main.py FILE FROM TO' prints the characters at these positions", ["file", "bound", "bound"]),
            ("The first argument is a file, all further arguments are the numbers called.", ["file", "number"]),
            ("gets a file with a card, and then the called numbers as further arguments.", ["file", "number"]),
            ("Write main.py taking four dates: the first day and the last one, twice. It prints …", ["date"]),
            ("For a time HH:MM, main.py should print the angle", ["time"]),
            ("takes a year and a month number as two arguments and prints the last day", ["year", "month"]),
            ("接收行驶的公里数并输出车费", ["number"]),
            (
                "Its arguments are a time of day as HH:MM and a whole number of minutes; print the time.",
                ["time", "number"],
            ),
            ("The argument is a whole number, and the text comes from standard input.", ["number"]),
            ("main.py: its argument is a text file with a field in which `*` is a mine and `.` is not.", ["file"]),
            ("If the argument is a number below 1, exit with code 1.", []),
            ("its one argument is an expression of whole numbers, + and -", ["expression"]),
            ("The argument is a number directly followed by kg or lb.", []),
        ],
    )
    def test_they_are_understood(self, text: str, kinds: list[str]) -> None:
        assert [argument.kind for argument in stated_arguments(text)] == kinds


class TestInput:
    def test_lines_that_are_left_out_are_laid_out(self) -> None:
        text = "reads names like 'LAST, FIRST' from standard input and prints each as 'FIRST LAST'."
        text += " Lines without a comma are left out."
        (case,) = rewritten_lines(text, "main.py")
        assert "zyxw\n" in case.steps[0].stdin
        assert case.steps[0].stdout == "rome bob\noslo ann\nrome cid\nbern dan"

    def test_sums_are_no_rewritten_lines(self) -> None:
        text = "takes a file with lines like 'NAME AMOUNT' and prints the total of each name, each as 'NAME: AMOUNT'."
        assert rewritten_lines(text, "main.py") == ()

    def test_called_numbers_stand_in_the_file(self) -> None:
        text = "gets a file with three lines of three numbers, and then the called numbers as further arguments."
        for case in supposed_trials(text, "main.py"):
            (content,) = case.files.values()
            assert {*case.steps[0].arguments[1:]} <= {*content.split()}

    def test_a_refusal_belongs_to_the_command_of_its_clause(self) -> None:
        text = "'add NAME URL' saves a link, and 'get NAME' prints it, or ends with exit code 1 if the name is unknown."
        lasts = [case.steps[-1].arguments for case in refused_cases(text, "main.py", ())]
        assert lasts == [("get", "zyxw")]


def test_print_puts_one_blank_between_its_values() -> None:
    assert mechanically_fixed("print('Sum: ', n, ' apples')\n") == "print('Sum:', n, 'apples')\n"
    assert mechanically_fixed("print('Sum: ', n, sep='')\n") == "print('Sum: ', n, sep='')\n"


class TestOutputOfLists:
    def test_a_list_is_printed_with_what_is_in_it(self) -> None:
        first, second, third = patched("for row in rows:\n    print(row)\n", unlisted)
        assert "print(''.join(map(str, row)))" in first
        assert "print(' '.join(map(str, row)))" in second
        assert "print('\\n'.join(map(str, row)))" in third

    @pytest.mark.parametrize(
        ("text", "stdout", "said"),
        [
            ("prints the grid", "['.', '#']\n", "a list is printed as Python writes it"),
            ("prints the names as a JSON list", "['.', '#']\n", ""),
            ("prints the grid", ".#\n", ""),
        ],
    )
    def test_a_list_as_python_writes_it_is_no_output(self, text: str, stdout: str, said: str) -> None:
        assert complaint(text, stdout) == said

    def test_a_top_three_has_three_lines_at_most(self) -> None:
        text = "prints the three most frequent words, one per line"
        assert faults(text, "a 3\nb 2\nc 1\nd 1\n") == ["there should be 3 lines at most"]
        assert faults(text, "a 3\n") == []

    def test_as_many_are_printed_as_an_argument_says(self) -> None:
        source = "def main():\n    n = int(sys.argv[1])\n    for word in words:\n        print(word)\n"
        assert "in list(words)[:n]:" in next(patched(source, partial(first_ones, most="")))
        assert "in list(words)[:3]:" in next(patched(source, partial(first_ones, most="3")))


class TestWordsOfLetters:
    def test_one_split_becomes_runs_of_letters(self) -> None:
        assert "re.findall(" in words_of_letters("words = text.split()\n")

    @pytest.mark.parametrize("source", ["words = text.split(',')\n", "a = b.split()\nc = d.split()\n"])
    def test_other_splits_stay(self, source: str) -> None:
        assert words_of_letters(source) == source


class TestNamesOfDays:
    @pytest.mark.parametrize(
        ("source", "text", "shown"),
        [
            ("print(day.strftime('%A'))", "输出星期几（星期一到星期日）", '"星期" + "一二三四五六日"[day.weekday()]'),
            ('print(f"{day:%A}")', "输出周几（周一到周日）", '"周" + "一二三四五六日"[day.weekday()]'),
            ('print(f"{day:%A}")', "第七天是星期天（星期一……星期天）", '"星期" + "一二三四五六天"[day.weekday()]'),
            ("print(day.strftime('%A'))", "prints the day of the week", "day.strftime('%A')"),
            ("print(day.strftime('%d %A'))", "输出星期几（星期一到星期日）", "day.strftime('%d %A')"),
        ],
    )
    def test_they_are_of_the_language_of_the_requirement(self, source: str, text: str, shown: str) -> None:
        assert shown in chinese_days(source, text)
