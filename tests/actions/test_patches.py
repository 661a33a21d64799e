"""Inputs that a requirement refuses, and the small changes that are tried where a program does not."""

from functools import partial

import pytest

from softhouse.actions.faults import Start, find_faults
from softhouse.actions.patches import (
    MOST_PATCHES,
    as_given,
    of_case,
    other_names,
    patched,
    put_in_order,
    refusing_more,
    rounded,
    separated,
    separator_of,
    silenced,
    single_spaced,
    with_a_command_alone,
    with_state,
)
from softhouse.actions.refused import refused_cases
from softhouse.actions.source import problems
from softhouse.actions.supposed import one_start, supposed_trials
from softhouse.actions.trials import without_repetition
from softhouse.actions.usage import usage_again
from softhouse.bench.requirements import read_requirements
from softhouse.environment.documents import Case, Step
from softhouse.environment.sandbox import Execution

NOTES = "with the commands 'add TEXT', 'list' and 'delete N'. 'list' prints the notes."
STOCK = "with the commands 'add NAME QUANTITY', 'remove NAME QUANTITY' and 'report'. 'report' prints all."


def refused(text: str, *ordinary: Case) -> list[tuple[str, int | None]]:
    """The starts that are refused, each with its exit code."""
    lasts = [case.steps[-1] for case in refused_cases(text, "main.py", ordinary)]
    return [(" ".join(step.arguments), step.exit_code) for step in lasts]


class TestRefusedByCommands:
    @pytest.mark.parametrize(
        ("text", "starts"),
        [
            (f"{NOTES} 'delete' with a number that does not exist exits with code 1.", ["delete 99", "delete 0"]),
            (f"{NOTES} Deleting an unknown note exits with code 1.", ["delete 99", "delete 0"]),
            (f"{STOCK} Removing more than there is exits with code 1.", ["remove pear 9999"]),
            (f"{STOCK} An unknown name exits with code 1.", ["remove zyxw 30"]),
            (f"{STOCK} Adding a name that already exists exits with code 1.", ["add pear 30"]),
            (f"{STOCK} A quantity that is not a number exits with code 1.", ["remove pear abc"]),
            (
                "支持命令 'add 姓名 电话'、'find 姓名' 和 'list'。姓名不存在时,'find' 以退出码 1 结束。",
                ["find zyxw"],
            ),
            (f"{NOTES} It exits with code 0 whatever happens.", []),
            (f"{NOTES} A text of more than 80 letters exits with code 1.", []),
        ],
    )
    def test_what_a_sentence_refuses(self, text: str, starts: list[str]) -> None:
        assert refused(text) == [(start, 1) for start in starts]

    def test_something_is_there_before_it_is_asked_for(self) -> None:
        case, *_ = refused_cases(f"{NOTES} An unknown N exits with code 3.", "main.py", ())
        assert [step.arguments for step in case.steps] == [("add", "pear"), ("add", "apple"), ("delete", "99")]
        assert [step.exit_code for step in case.steps] == [None, None, 3]


class TestRefusedByArguments:
    NUMBER = one_start("main.py", ("12",))
    DATES = one_start("main.py", ("2024-03-01", "2024-03-05"))
    FILE = one_start("main.py", ("in.txt", "pear"), files={"in.txt": "pear\napple\n"})

    @pytest.mark.parametrize(
        ("text", "ordinary", "starts"),
        [
            ("takes an integer. If it is not a positive integer it exits with code 1.", NUMBER, ["abc", "0", "-3"]),
            ("takes an integer from 1 to 9. Anything else exits with code 1.", NUMBER, ["abc", "0", "10"]),
            (
                "接收两个或更多正整数作为参数,输出它们的和。如果有参数不是正整数,则以退出码 1 退出。",
                one_start("main.py", ("12", "18", "30")),
                ["abc 18 30", "0 18 30", "-3 18 30"],
            ),
            ("参数不是 1 到 9 的整数时以退出码 1 结束。", NUMBER, ["abc", "0", "10"]),
            ("A negative number exits with code 1.", NUMBER, ["-3"]),
            ("A date that does not exist exits with code 1.", DATES, ["2023-02-30 2024-03-05"]),
            ("日期无效时以退出码 1 结束。", DATES, ["2023-02-30 2024-03-05"]),
            ("A file that does not exist exits with code 1.", FILE, ["missing.txt pear"]),
            ("A word that is not in it exits with code 1.", FILE, ["in.txt zyxw"]),
            ("A division by zero exits with code 1.", one_start("main.py", ("2 + 3 * 4",)), ["1 / 0"]),
            (
                "When the time is invalid, such as 25:00, it fails with code 1.",
                one_start("main.py", ("08:30", "40")),
                ["25:00 40"],
            ),
            ("没有任何数字时以退出码 1 结束。", one_start("main.py", (), "1 2 3\n"), [""]),
            ("takes a number and a base (2 to 36). A wrong digit exits with code 1.", NUMBER, []),
        ],
    )
    def test_what_a_sentence_refuses(self, text: str, ordinary: Case, starts: list[str]) -> None:
        assert refused(text, ordinary) == [(start, 1) for start in starts]

    @pytest.mark.parametrize("requirement", read_requirements("tune"), ids=lambda each: each.name)
    def test_nothing_is_refused_that_a_check_has_succeed(self, requirement: object) -> None:
        from softhouse.bench.requirements import BenchRequirement

        assert isinstance(requirement, BenchRequirement)
        found = refused(requirement.text, *supposed_trials(requirement.text, "main.py"))
        fine = {" ".join(s.arguments) for check in requirement.checks for s in check.steps if s.exit_code == 0}
        assert not fine.intersection(start for start, _ in found if start)


def test_the_commands_again_add_to_what_is_there_and_go_on() -> None:
    case = usage_again(STOCK, "main.py")
    assert case is not None
    assert [" ".join(step.arguments) for step in case.steps] == [
        "add pear 30",
        "add apple 12",
        "add pear 12",
        "report",
        "remove apple 12",
        "remove apple 12",
        "remove pear 30",
        "report",
    ]
    assert usage_again("takes a number", "main.py") is None


def test_a_start_that_is_repeated_tells_nothing() -> None:
    steps = tuple(Step(arguments=(word,), exit_code=None) for word in ("a", "b", "a"))
    assert [s.arguments for s in without_repetition(Case(name="n", steps=steps)).steps] == [("a",), ("b",)]


class TestFaults:
    def said(self, text: str, *starts: Start) -> list[str]:
        return [fault.said.splitlines()[-1] for fault in find_faults(text, "", starts)]

    def start(self, *arguments: str, out: str = "", code: int = 0, stated: int | None = None, **more: object) -> Start:
        step = Step(arguments=arguments, exit_code=stated, stdin=str(more.get("stdin", "")))
        done = Execution(exit_code=code, stdout=out, stderr="")
        return Start("python main.py", step, done, named=bool(more.get("named")))

    def test_an_input_that_is_to_be_refused(self) -> None:
        taken, refused = self.start("0", stated=1), self.start("0", code=1, stated=1)
        assert self.said("takes a number", taken, refused) == ["it ends with exit code 0, not 1"]

    def test_a_command_that_is_to_be_silent(self) -> None:
        start = self.start("add", "pear", out="Note added.\n", named=True)
        assert self.said(NOTES, start) == ["this command prints nothing"]
        assert self.said("with the commands 'add TEXT' and 'clear'.", start) == []

    def test_a_command_that_shows_nothing(self) -> None:
        shown, empty = self.start("list", out="1. a\n", named=True), self.start("list", named=True)
        put_in = self.start("add", "pear", named=True)
        assert self.said(NOTES, put_in, empty) == ["it prints nothing"]
        assert self.said(NOTES, put_in, empty, shown) == self.said(NOTES, empty) == []

    @pytest.mark.parametrize(
        ("out", "said"),
        [("*1\n11\n", []), ("* 1\n1 1\n", ["the grid has another shape than the one that was read"])],
    )
    def test_a_grid_keeps_its_shape(self, out: str, said: list[str]) -> None:
        text = "reads a grid of '*' and '.' from standard input and prints it with each '.' replaced by a number"
        assert self.said(text, self.start(out=out, stdin="*.\n..\n")) == said

    @pytest.mark.parametrize(
        ("text", "start", "said"),
        [
            (
                "prints the total as 'H:MM'",
                {"out": "08:05\n"},
                "no line has the format 'H:MM': prints the total as 'H:MM'",
            ),
            ("prints it with lower case letters", {"out": "FF\n"}, "the letters are not in lower case"),
            (
                "sorts standard input, the first line stays on top",
                {"out": "b\na\n", "stdin": "a\nb\n"},
                "the first line should be a",
            ),
        ],
    )
    def test_what_the_words_say_of_the_output(self, text: str, start: dict[str, str], said: str) -> None:
        assert self.said(text, self.start(**start)) == [said]  # type: ignore[arg-type]

    def test_a_line_is_longer_than_the_width(self) -> None:
        text = "prints the words in lines of at most that many characters"
        assert self.said(text, self.start("5", out="one two\n")) == ["the line 'one two' is longer than 5"]
        assert self.said(text, self.start("5", out="wonderful\none\n")) == []

    def test_a_message_beside_the_results(self) -> None:
        source = 'print("The files are the same.")\nprint(n)\n'
        same, different = self.start("a", "a", out="The files are the same.\n"), self.start("a", "b", out="2\n")
        faults = find_faults("prints the numbers of the lines", source, [same, different])
        assert [fault.message for fault in faults] == ["The files are the same."]
        assert find_faults("prints the numbers, or 'the files are the same'", source, [same, different]) == []
        assert find_faults("prints the numbers of the lines", source, [same]) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    n = 0\n    if x:\n        n = 1\n    else:\n        print(n)\n",
        "def f(x):\n    for i in x:\n        if i:\n            n = 1\n        else:\n            print(n)\n",
        "n = 2\n\n\ndef f(x):\n    if x:\n        return [n for n in x]\n    else:\n        print(n)\n",
        "def f(x):\n    global n\n    if x:\n        n = 1\n    else:\n        print(n)\n",
        "def f(x):\n    if x:\n        n = 1\n    else:\n        try:\n            x()\n"
        "        except ValueError as n:\n            print(n)\n",
        "def f(x):\n    if x:\n        n = 1\n    else:\n        import json as n\n\n        print(n)\n",
        "def f(x):\n    if x:\n        n = 1\n    else:\n\n        def n(): ...\n\n        print(n)\n",
        "def f(x):\n    if x:\n        n = 1\n    else:\n        match x:\n            case [n]:\n"
        "                print(n)\n",
        "n = 2\n\n\ndef f(x):\n    if x:\n\n        def g():\n            n = 1\n            return n\n\n"
        "        return g()\n    else:\n        return n\n",
        "def f(x):\n    if x:\n        for n in x:\n            use(n)\n    else:\n        use(sum(n for n in x))\n\n\n"
        "use = print\n",
    ],
    ids=[
        "set before",
        "in a loop",
        "of a comprehension",
        "global",
        "of a handler",
        "imported",
        "a function",
        "of a pattern",
        "of an inner function",
        "of a generator",
    ],
)
def test_a_name_that_may_have_a_value_is_no_problem(source: str) -> None:
    assert problems("main.py", source) == ()


class TestPatches:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("if n - 1 < len(items):\n    use()\n", "if 0 <= n - 1 < len(items):\n    use()\n"),
            ("if n > len(items):\n    fail()\n", "if not 0 < n <= len(items):\n    fail()\n"),
            ("if i >= len(items):\n    fail()\n", "if not 0 <= i < len(items):\n    fail()\n"),
            (
                "index = int(sys.argv[2]) - 1\n",
                'index = int(sys.argv[2]) - 1\nif index < 0:\n    print("Error: there is no such thing", '
                "file=sys.stderr)\n    sys.exit(1)\n",
            ),
            (
                'if x:\n    use(x)\nelse:\n    print("no such x", file=sys.stderr)\nsave()\n',
                'if x:\n    use(x)\nelse:\n    print("no such x", file=sys.stderr)\n    sys.exit(1)\nsave()\n',
            ),
            (
                "if name in known:\n    use(name)\n",
                "if name in known:\n    use(name)\nelse:\n"
                '    print("Error: there is no such thing", file=sys.stderr)\n    sys.exit(1)\n',
            ),
            (
                "for x in known:\n    if x == name:\n        break\n",
                "for x in known:\n    if x == name:\n        break\nelse:\n"
                '    print("Error: there is no such thing", file=sys.stderr)\n    sys.exit(1)\n',
            ),
            (
                "def find(name):\n    for x in known:\n        if x == name:\n            return x\n",
                "def find(name):\n    for x in known:\n        if x == name:\n            return x\n"
                '    print("Error: there is no such thing", file=sys.stderr)\n    sys.exit(1)\n',
            ),
        ],
    )
    def test_a_refusal(self, before: str, after: str) -> None:
        assert after in list(patched(before, refusing_more))

    def test_a_command_alone_needs_no_more(self) -> None:
        source = (
            "def main():\n    if len(sys.argv) < 3:\n        usage()\n    count = int(sys.argv[2])\n"
            "    if sys.argv[1] == 'add':\n        if len(sys.argv) != 3:\n            usage()\n"
        )
        both, counted, read = patched(source, with_a_command_alone)
        assert counted == source.replace("if len(sys.argv) < 3", "if len(sys.argv) < 2")
        assert 'int((sys.argv[2] if len(sys.argv) > 2 else "0"))' in read
        assert both == read.replace("if len(sys.argv) < 3", "if len(sys.argv) < 2")

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("print(' '.join(map(str, n)))\n", "print(', '.join(map(str, n)))\n"),
            ("print(*n)\n", "print(*n, sep=', ')\n"),
            ("print(n)\n", "print(', '.join(map(str, n)))\n"),
        ],
    )
    def test_what_stands_between_values(self, before: str, after: str) -> None:
        assert list(separated(before, ", ")) == [after]

    @pytest.mark.parametrize(
        ("expected", "printed", "between"),
        [("2 x 3 x 5", "[2, 3, 5]", " x "), ("2\n3", "2 3", "\n"), ("3", "4", ""), ("a-b c", "a b c", "")],
    )
    def test_it_is_read_off_an_example(self, expected: str, printed: str, between: str) -> None:
        assert separator_of(expected, printed) == between

    def test_a_name_like_it(self) -> None:
        source = "def main():\n    roman_value = 1\n    print(integer_value)\n"
        said = "UnboundLocalError: cannot access local variable 'integer_value'"
        assert list(patched(source, partial(other_names, said=said))) == [
            source.replace("integer_value", "roman_value")
        ]

    def test_a_data_file_that_is_there_from_the_start(self) -> None:
        contents = list(patched("import sys\n\n\ndef main():\n    load()\n", partial(with_state, state="a.json")))
        assert len(contents) == 3
        assert contents[0].startswith("import os\nimport sys\n")
        assert "    if not os.path.exists('a.json'):\n        with open('a.json', \"w\"" in contents[0]

    def test_a_message_that_nobody_asked_for(self) -> None:
        source = 'print(f"Added {name}.")\nprint(name)\n'
        assert list(patched(source, partial(silenced, output="Added pear.\n"))) == ["pass\nprint(name)\n"]

    def test_the_case_of_letters(self) -> None:
        assert "print(str(x).lower(), sep='')\n" in list(patched("print(x, sep='')\n", partial(of_case, case="lower")))

    def test_signs_that_are_quoted_are_printed(self) -> None:
        text = "prints a table, with '---' for each column after the first row"
        start = Start("python main.py a", Step(arguments=("a",)), Execution(exit_code=0, stdout="| a |\n", stderr=""))
        assert [fault.said for fault in find_faults(text, "", [start])] == ["| a |\n'---' is never printed"]

    def test_a_placeholder_is_not_printed(self) -> None:
        text = "takes files and prints 'NAME: N' with the number of lines for each"
        wrong = Execution(exit_code=0, stdout="NAME: a.txt\ntotal: 2\n", stderr="")
        start = Start("python main.py a.txt", Step(arguments=("a.txt",)), wrong, {"a.txt": "1\n2\n"})
        fault, *_ = find_faults(text, "", [start])
        assert fault.said.splitlines()[-1] == "NAME stands for a value and is printed as it is"
        said = Execution(exit_code=0, stdout="NAME: 2\ntotal: 2\n", stderr="")
        named = Start("python main.py NAME", Step(arguments=("NAME",)), said)
        assert find_faults(text, "", [named]) == []

    def test_a_blank_line_after_every_line(self) -> None:
        source = "with open(name) as file:\n    lines = file.readlines()\nprint('\\n'.join(lines))\n"
        said = Execution(exit_code=0, stdout="a\n\nb\n\nc\n", stderr="")
        spaced = Start("python main.py in.txt", Step(arguments=("in.txt",)), said, {"in.txt": "a\nb\nc\n"})
        (fault,) = find_faults("prints the lines of a file", source, [spaced])
        assert fault.kind == "blank"
        assert "lines = file.read().splitlines()\n" in next(patched(source, single_spaced))
        copied = Start(spaced.command, spaced.step, said, {"in.txt": said.stdout})
        assert find_faults("prints the lines of a file", source, [copied]) == []

    def test_lines_of_an_open_file(self) -> None:
        source = "with open(name) as file:\n    for line in file:\n        print(line)\n"
        assert "for line in file.read().splitlines():\n" in next(patched(source, single_spaced))

    def test_decimals_and_order(self) -> None:
        assert "print(f'{x:.2f}')\n" in list(patched("print(x)\n", partial(rounded, digits=2)))
        assert "print(f'a: {x:.2f}')\n" in list(patched("print(f'a: {x}')\n", partial(rounded, digits=2)))
        assert "for x in sorted(d.items()):\n    pass\n" in list(
            patched("for x in d.items():\n    pass\n", put_in_order)
        )

    def test_what_stays_in_its_order_is_not_sorted(self) -> None:
        source = "rows.sort()\nfor row in sorted(rows, key=len):\n    print(row)\n"
        assert list(patched(source, as_given)) == [
            source.replace("rows.sort()", "pass"),
            source.replace("sorted(rows, key=len)", "rows"),
        ]

    def test_they_are_few_and_all_of_them_parse(self) -> None:
        source = "".join(f"if x{i} in d:\n    use()\n" for i in range(40))
        found = list(patched(source, refusing_more))
        assert len(found) == MOST_PATCHES
        for each in found:
            compile(each, "main.py", "exec")
        assert list(patched("def broken(:\n", refusing_more)) == []
