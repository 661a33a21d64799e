"""What a requirement's words have a program do that small models forget: endings, separators, arguments, signs."""

import pytest

from softhouse.actions.argv import taking_arguments
from softhouse.actions.complaints import separator_complaint
from softhouse.actions.endings import ended_as_stated
from softhouse.actions.faults import Start, find_faults
from softhouse.actions.patches import on_one_line, patched, written_to_output
from softhouse.actions.refusals import with_negatives
from softhouse.environment.documents import Step
from softhouse.environment.sandbox import Execution


class TestEndings:
    TEXT = "Otherwise it prints 'weak' and exits with code 1."

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('    print("weak", file=sys.stderr)\n    sys.exit(1)\n', '    print("weak")\n    sys.exit(1)\n'),
            ('    print("weak")\n    return\n', '    print("weak")\n    sys.exit(1)\n    return\n'),
            ('    sys.stderr.write("weak\\n")\n', '    print("weak")\n    sys.exit(1)\n'),
            (
                '    print(check("weak"))\n',
                "    outcome = check('weak')\n    print(outcome)\n    if outcome == 'weak':\n        sys.exit(1)\n",
            ),
        ],
    )
    def test_the_word_is_printed_and_the_code_follows(self, before: str, after: str) -> None:
        assert ended_as_stated(f"def main():\n{before}", self.TEXT) == f"def main():\n{after}"

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            ('for word in words:\n    print("weak")\n', TEXT),
            ('print("strong")\n', TEXT),
            ('print("weak")\n', "prints 'weak' or 'strong'; a missing file exits with code 1."),
            ('print("weak", file=sys.stderr)\n', "prints 'weak' and exits with code 1, all on standard error"),
        ],
        ids=["one of several", "another word", "a code of something else", "standard error"],
    )
    def test_what_is_not_stated_stays(self, source: str, text: str) -> None:
        assert ended_as_stated(source, text) == source

    @pytest.mark.parametrize(
        ("exit_code", "stdout", "stderr", "said"),
        [
            (0, "weak\n", "", "it ends with exit code 0, not 1"),
            (1, "", "weak\n", "this goes to standard error, not to standard output"),
            (1, "weak\n", "", None),
            (0, "strong\n", "", None),
        ],
    )
    def test_another_ending_is_a_fault(self, exit_code: int, stdout: str, stderr: str, said: str | None) -> None:
        execution = Execution(exit_code=exit_code, stdout=stdout, stderr=stderr)
        faults = find_faults(self.TEXT, "", [Start("python main.py x", Step(arguments=("x",)), execution)])
        assert [fault.said.splitlines()[-1] for fault in faults] == [said] * (said is not None)


class TestSeparators:
    @pytest.mark.parametrize(
        ("text", "stdout", "said"),
        [
            ("prints the divisors separated by spaces", "1\n2\n3", "the numbers are not separated by spaces"),
            ("prints the divisors separated by spaces", "1, 2, 3", "the numbers are not separated by spaces"),
            ("prints the divisors separated by spaces", "1 2 -3.5", ""),
            ("prints each row, its numbers separated by spaces", "1\n2\n3", ""),
            ("prints the dates, one per line", "2024-09-13\n2024-12-13", ""),
            ("prints the divisors, one per line", "[1, 2]", "the numbers are not printed one per line"),
            ("reads numbers, one per line, and prints the two largest", "7 4", ""),
            ("prints the names, one per line", "ann bob", ""),
            ("输出所有因数,用空格分隔", "1\n2\n3", "the numbers are not separated by spaces"),
        ],
    )
    def test_what_stands_between_numbers(self, text: str, stdout: str, said: str) -> None:
        assert separator_complaint(text, stdout) == said


class TestQuestions:
    ASKS = "a = int(input('A: '))\nb = input()\n"

    def test_they_become_arguments(self) -> None:
        changed = taking_arguments(self.ASKS, "takes a number and a word and prints both")
        assert changed == "a = int(sys.argv[1])\nb = sys.argv[2]\n"

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            (ASKS, "takes a number and prints its square"),
            (ASKS, "reads a number and a word from standard input and prints both"),
            (ASKS, "takes a number and asks the user for a word"),
            (ASKS, "with the commands 'add TEXT' and 'list', takes a number and a word"),
            (f"import sys\nprint(sys.argv)\n{ASKS}", "takes a number and a word and prints both"),
            ("while True:\n    a = input()\n", "takes a number and prints its square"),
        ],
        ids=["more questions", "standard input", "a conversation", "commands", "arguments are read too", "in a loop"],
    )
    def test_they_stay(self, source: str, text: str) -> None:
        assert taking_arguments(source, text) == source


class TestNegativeNumbers:
    SOURCE = "numbers = [int(line) for line in lines if line.isdigit()]\n"

    def test_they_are_taken_where_numbers_are_read(self) -> None:
        changed = with_negatives(self.SOURCE, "reads whole numbers from standard input")
        assert changed == self.SOURCE.replace("line.isdigit", "line.lstrip('-').isdigit")

    def test_decimals_too(self) -> None:
        source = "if a.replace('.', '', 1).isdigit():\n    print(float(a))\n"
        assert "if a.lstrip('-').replace('.', '', 1).isdigit()" in with_negatives(source, "reads numbers from a file")

    @pytest.mark.parametrize(
        "text", ["reads positive integers", "takes a number of rows", "takes an integer above 1", "counts the digits"]
    )
    def test_not_where_they_are_out_of_place(self, text: str) -> None:
        assert with_negatives(self.SOURCE, text) == self.SOURCE

    def test_not_where_no_number_is_read(self) -> None:
        source = "marks = [c for c in text if c.isdigit()]\n"
        assert with_negatives(source, "reads integers") == source


def ended(stdout: str, *, stderr: str = "", exit_code: int = 0, given: str = "x") -> Start:
    execution = Execution(exit_code=exit_code, stdout=stdout, stderr=stderr)
    return Start(f"python main.py {given}", Step(arguments=(given,), exit_code=None), execution)


def said(text: str, *starts: Start) -> list[str]:
    return [fault.said.splitlines()[-1] for fault in find_faults(text, "", starts)]


class TestOutputBeforeAnExit:
    TEXT = "prints 'all' or, if some are missing, prints the missing letters in order and exits with code 1."
    ON_ERROR = "if missing:\n    print(''.join(missing), file=sys.stderr)\n    sys.exit(1)\n"

    def test_it_goes_to_standard_output(self) -> None:
        assert "print(''.join(missing))\n" in ended_as_stated(self.ON_ERROR, self.TEXT)

    @pytest.mark.parametrize(
        "source",
        [
            "if missing:\n    print('usage: main.py TEXT', file=sys.stderr)\n    sys.exit(1)\n",
            "if missing:\n    print(''.join(missing), file=sys.stderr)\n",
        ],
    )
    def test_messages_of_their_own_stay_where_they_are(self, source: str) -> None:
        assert ended_as_stated(source, self.TEXT) == source

    @pytest.mark.parametrize(
        "text", ["prints an error message and exits with code 1.", "prints nothing and exits with code 1."]
    )
    def test_an_error_is_no_result(self, text: str) -> None:
        assert ended_as_stated(self.ON_ERROR, text) == self.ON_ERROR

    def test_nothing_on_standard_output_before_it_is_a_fault(self) -> None:
        silent = ended("", stderr="bcd", exit_code=1)
        assert said(self.TEXT, silent) == ["this should go to standard output before exit code 1"]
        assert said(self.TEXT, ended("bcd\n", exit_code=1)) == []


class TestOutputThatIsMissing:
    def test_what_was_read_is_printed(self) -> None:
        text = "fills the gaps of a table and prints the whole table."
        assert said(text, ended("")) == ["it prints nothing, whatever it is given"]
        assert said("prints the lines that match.", ended("")) == []

    def test_a_number_is_asked_for(self) -> None:
        text = "prints the sum of the row if all rows have the same, otherwise 'not magic'."
        assert said(text, ended("magic\n"), ended("not magic\n")) == ["no number is ever printed"]
        assert said(text, ended("15\n"), ended("not magic\n")) == []
        assert said(text, ended("not magic\n")) == []

    def test_json_stands_on_one_line(self) -> None:
        text = "prints every row as one JSON object per line."
        assert said(text, ended('{\n  "a": "1"\n}\n')) == ["the line '{' is not JSON"]
        assert said(text, ended('{"a": "1"}\n{"a": "2"}\n')) == []
        assert list(patched("print(json.dumps(row, indent=4))\n", on_one_line)) == [
            "print(json.dumps(row, indent=None))\n"
        ]

    def test_what_is_written_to_a_file_may_belong_on_standard_output(self) -> None:
        source = "with open(name, 'w', newline='') as file:\n    csv.writer(file).writerows(rows)\n"
        (changed,) = patched(source, written_to_output)
        assert changed.startswith("with open(1, 'w', newline='', closefd=False) as file:\n")
        assert list(patched("with open(name) as file:\n    rows = file.read()\n", written_to_output)) == []
