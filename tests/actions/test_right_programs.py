"""What right programs print, and rules once found fault with. Each is of a requirement written for teaching a model."""

import pytest

from softhouse.actions.endings import ended_as_stated
from softhouse.actions.examples import quoted_cases
from softhouse.actions.faults import Start, find_faults
from softhouse.actions.placeholders import filled
from softhouse.actions.refusals import refusing
from softhouse.actions.refused import refused_cases
from softhouse.actions.sample_input import grids
from softhouse.actions.supposed import supposed_trials
from softhouse.actions.usage import entries, printing_commands, usage_case, usage_forms
from softhouse.environment.documents import Case, Step
from softhouse.environment.sandbox import Execution


def faults(text: str, printed: str, *given: str, stdin: str = "", files: dict[str, str] | None = None) -> list[str]:
    """What is said to be wrong with a program that printed that."""
    step = Step(arguments=given, stdin=stdin, exit_code=None)
    execution = Execution(exit_code=0, stdout=printed, stderr="")
    start = Start(" ".join(["python", "main.py", *given]), step, execution, files or {})
    return [fault.said for fault in find_faults(text, "", [start])]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("prints 'NAME: LEFT' lines. Taking too much prints 'error: only N left' to standard error.", "ann: 3\n"),
        ("prints each as 'N. TEXT'; if there is no line N it prints 'no line N' and exits with code 1", "1. fig\n"),
        ("prints every peak as 'position N: value V'. If there is no peak print 'no peaks'.", "no peaks\n"),
        ("prints 'N = 2^K' when it is a power of two, otherwise 'N is none, next is M'.", "12 is none, next is 16\n"),
        ("prints the groups in lines like 'A: apple, avocado'", "A: apple, avocado, apricot\nD: door\n"),
        ("prints one pair per line in the form '(3, 5)', and at the end 'Pairs: N'", "(3, 5)\n(5, 7)\nPairs: 2\n"),
        ("prints all scores as 'NAME: 4 5 3 = 12'", "ann: 3 = 3\n"),
        ("prints the amount, for example 1234567 as '12,345.67 euro'", "0.12 euro\n"),
        ("prints it with every capital letter turned into a small one and every small one into a capital", "tHE\n"),
        ("prints the text with the first letter as a capital", "The end\n"),
        ("prints it in upper case and 'letters: N' below", "AB\nletters: 2\n"),
        ("prints the squares on separate lines as 'NUMBER SQUARE', for example '25 625'", "5 25\n6 36\n"),
        ("prints the deepest file; of equally deep ones the alphabetically first counts", "sub/d.py\ndepth 3\n"),
        ("prints on separate lines those words whose letters are in alphabetical order", "bee\nalmost\n"),
        ("prints two texts on two lines, and below a third line with '^' where they differ", "a\nb\n^\n"),
        ("counts each and prints 'X N' with the largest first. The last line is 'sum: N'.", "- 2\n! 1\nsum: 3\n"),
        ("prints how many ':)' and how many ':(' there are, as 'happy: N' and 'sad: N'", "happy: 0\nsad: 0\n"),
        ("输出所有空行的行号,用逗号和空格分隔写在一行,例如 '2, 5, 6'", "3, 5, 6\n"),
        ("输出去掉元音(不分大小写)后的文本", "Hll Wd\n"),
        ("在每一处汉字与英文字母相邻的地方插入一个空格", "用 Python 写 3 个\n"),
        ("reads one JSON object per line and prints how many have a name as 'N of M'", "0 of 2\n"),
        (
            "prints the names in the order in which they leave, one per line, but the last one as 'winner: NAME'",
            "a\nb\nwinner: c\n",
        ),
        ("main.py LETTER prints a row of capitals. For a small letter the row is made of small letters.", "ABC\n"),
    ],
)
def test_nothing_is_wrong_with_it(text: str, printed: str) -> None:
    assert faults(text, printed, "12", "x y") == []


@pytest.mark.parametrize(
    ("text", "printed", "fed"),
    [
        ("prints every line followed by an empty line", "a\n\nb\n\nc\n\n", "a\nb\nc\n"),
        ("prints every line without its first word", "b\n\nd\n", "a b\nx\nc d\n"),
        ("prints pieces of one character", "a\n \nb\n", "a b\n"),
        ("prints 'LINE = V' with V to two decimals, or 'LINE = unknown'", "a 3 = unknown\n", "a 3\n"),
    ],
)
def test_what_was_read_explains_it(text: str, printed: str, fed: str) -> None:
    assert faults(f"main.py takes a text from standard input and {text}.", printed, stdin=fed) == []


def test_what_is_only_printed_does_not_stand_in_a_grid() -> None:
    text = "reads a grid of '#' and '.' from standard input; each '.' beside a '#' becomes '~', and prints it"
    assert {sign for grid in grids(text) for sign in "".join(grid.split())} == {"#", "."}


def test_a_program_that_needs_arguments_is_not_started_without() -> None:
    text = "In a text on standard input, main.py WORD numbers each word, so 'step step' becomes 'step(1) step(2)'."
    assert quoted_cases(text, "main.py") == ()
    text = "A matrix of integers comes on standard input, one row per line. main.py V1 V2 ... multiplies it."
    assert supposed_trials(text, "main.py") == ()


def test_five_dice_are_five_arguments() -> None:
    text = "main.py gets five dice from 1 to 6 and prints how many are the same, so 3 5 3 3 1 gives 3."
    (case,) = quoted_cases(text, "main.py")
    assert case.steps[0].arguments == ("3", "5", "3", "3", "1")


def test_an_error_message_is_no_choice() -> None:
    text = "'plan DAY' prints it; 'error: day is full' or 'error: not signed up' on standard error"
    assert filled(("plan", "DAY"), 0, text) == ("plan", "2024-03-15")


def test_where_nothing_is_selected_nothing_is_printed() -> None:
    assert faults("main.py takes a number N and prints every Nth line from standard input", "", "12", stdin="a\n") == []


def test_a_grid_may_be_followed_by_a_line() -> None:
    text = "reads a map from standard input and prints the map with the path as '+', then a line 'covered: N'"
    assert faults(text, "+.\n.+\ncovered: 2\n", stdin="..\n..\n") == []


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("'set HH:MM LABEL' adds one, 'off HH:MM' removes it, 'next HH:MM' prints the next one, or 'none'.", 3),
        (
            "'field NAME TYPE' adds one, 'check NAME' prints 'missing NAME' for absent ones and 'bad NAME' for others.",
            2,
        ),
        ("'up N' and 'down N' move it and print 'floor F', 'where' prints 'floor F'.", 3),
        ("'by AUTHOR' prints that author's quotes, one per line, and 'authors' prints all of them.", 2),
        ("'add N [N ...]' appends numbers and 'sum' prints their sum.", 2),
        ("main.py reads commands from standard input: 'append TEXT' adds a line, 'print' prints all.", 0),
        ("main.py FILE counts the lines 'start ID' and 'done ID' of a file and prints 'running: ID'.", 0),
    ],
)
def test_what_is_printed_or_read_is_no_command(text: str, forms: int) -> None:
    assert len(usage_forms(text)) == forms


def test_what_is_looked_up_is_put_in_before() -> None:
    assert entries("'get KEY' prints the value, 'set KEY VALUE' changes it.")[0][0] == "set"


def test_the_day_that_was_put_in_is_asked_for() -> None:
    case = usage_case("'book DATE NAME' books a day, 'day DATE' prints the names.", "main.py")
    assert case is not None
    assert ("day", "2024-03-15") in [step.arguments for step in case.steps]


def test_a_number_is_what_the_words_call_one() -> None:
    text = "'store BUTTON NAME' puts a station on a button. BUTTON is a number from 1 to 6."
    assert filled(("store", "BUTTON", "NAME"), 1, text) == ("store", "2", "apple")


def test_all_commands_print_where_both_do() -> None:
    assert printing_commands("'get N' adds coins and 'spend N' takes them away, both print what is left.") == {
        "get",
        "spend",
    }


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("takes a file. A missing file prints 'gone' and exits with code 2, a bad line exits with code 3.", [2]),
        ("takes a file. An empty file exits with code 2 and a missing file with code 1.", []),
        ("takes a file and exits with code 1 if it is missing.", [1]),
    ],
)
def test_each_refusal_has_its_own_code(text: str, codes: list[int]) -> None:
    ordinary = Case(name="", files={"a.txt": "x\n"}, steps=(Step(arguments=("a.txt",), exit_code=None),))
    assert [case.steps[-1].exit_code for case in refused_cases(text, "main.py", [ordinary])] == codes


def test_a_new_name_is_not_unknown() -> None:
    text = "'player NAME' adds one, 'throw NAME N' subtracts points. An unknown {} exits with code 1."
    assert refused_cases(text.format("player"), "main.py", ()) == ()
    assert [case.steps[-1].arguments[0] for case in refused_cases(text.format("name"), "main.py", ())] == ["throw"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('print(f"{n} is not prime")', "It prints 'N is not prime' or 'N is prime'. Bad input exits with code 1."),
        ('print(f"error: {name} exists")', "A known name prints 'error: NAME exists' and exits with code 1."),
        ('print(f"removed {n} rows", file=sys.stderr)', "and on standard error 'removed N rows'. Else exit code 1."),
    ],
)
def test_a_message_that_is_asked_for_is_printed_where_it_was(line: str, text: str) -> None:
    source = f"def main():\n    {line}\n\n\nmain()\n"
    assert refusing(ended_as_stated(source, text), text) == source


@pytest.mark.parametrize(
    "text",
    [
        "main.py COST PRICE prints 'Profit: X' with two decimals",
        "turns numbers into a picture: below 10 becomes '.', from 10 to below 50 becomes '+'",
        "reads nouns from standard input; a final 'fe' becomes 'ves'",
        "reads times from standard input and prints each in hours (7:45 becomes 7.75), then 'sum: X'",
        "evaluates what it is given; anything wrong gives 'error: bad expression'",
    ],
)
def test_what_looks_like_an_example_is_none(text: str) -> None:
    assert quoted_cases(text, "main.py") == ()


def test_an_example_is_of_arguments_where_no_input_is_named() -> None:
    (case,) = quoted_cases("main.py prints a word with every letter once: 'banana' becomes 'ban'.", "main.py")
    assert case.steps[0].arguments == ("banana",)


@pytest.mark.parametrize("program", ["main.py", "anagram.py"])
def test_what_is_given_does_not_depend_on_the_name_of_the_program(program: str) -> None:
    text = f"{program} WORD LETTERS prints 'possible' if the word can be put together from the letters."
    assert next(case.steps[0].arguments for case in supposed_trials(text, program)) == ("level", "vellest")


def test_commands_are_known_however_a_requirement_writes_them() -> None:
    ways = {
        "main.py 'walk DOG MIN' adds minutes in walks.json, 'needs' prints what is missing.": ["walk DOG MIN", "needs"],
        "Write main.py with 'mow DATE', which saves it, and 'when', which prints it.": ["mow DATE", "when"],
        "公交卡 main.py：'充值 N' 存入 N 元，'乘车' 扣 2 元，都输出 '余额: X 元'。": ["充值 N", "乘车"],
        "main.py FILE runs a program, one instruction per line: 'inc X' or 'jump N', which goes to line N.": [],
        "每行形如 '姓名 分数'，main.py 按分数从高到低输出 '姓名: 分数'。": [],
        "main.py 的参数是文件，每行 '城市 温度' 之后输出 '最高 N'。": [],
    }
    for text, forms in ways.items():
        assert [" ".join(form) for form in usage_forms(text)] == forms, text


def test_values_are_what_the_words_say_of_their_names() -> None:
    fillings = {
        ("in ROOM NAME NIGHTS", "A hotel with the rooms 1 to 5: 'in ROOM NAME NIGHTS' checks in"): "in 2 pear 2",
        ("size NAME SIZE", "'size NAME SIZE' stores a size out of S, M and L"): "size pear S",
        ("went DAY", "'went DAY' (mon, tue or wed) counts one visit"): "went mon",
        ("装 桶", "'装 桶' 装满，桶写 '甲' 或 '乙'"): "装 甲",
        ("移 A B", "'移 A B' 把第 A 个移到第 B 个"): "移 1 2",
        ("修 课程 学分", "'修 课程 学分' 记录一门课（学分为正整数）"): "修 pear 30",
    }
    for (form, text), filled_in in fillings.items():
        assert " ".join(filled(tuple(form.split()), 0, text)) == filled_in


def test_lines_that_keep_the_order_of_the_input_are_not_sorted() -> None:
    text = "main.py FILE has lines 'NAME PRICE' and prints for each 'NAME: X' in file order."
    files = {"a.txt": "tea 3\njam 5\n"}
    for printed, wrong in (("tea: 3\njam: 5\n", False), ("jam: 5\ntea: 3\n", True)):
        step = Step(arguments=("a.txt",), exit_code=None)
        start = Start("python main.py a.txt", step, Execution(exit_code=0, stdout=printed, stderr=""), files=files)
        assert any(fault.kind == "order" for fault in find_faults(text, "", [start])) == wrong


def test_both_cases_alike_is_no_case_of_the_output() -> None:
    text = "main.py prints its argument in leet: a becomes 4, for small and capital letters alike; all else stays."
    step = Step(arguments=("Taxi",), exit_code=None)
    start = Start("python main.py Taxi", step, Execution(exit_code=0, stdout="T4xi\n", stderr=""))
    assert find_faults(text, "", [start]) == []
