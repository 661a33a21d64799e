"""Starts of the program that a requirement shows, with values for all arguments and, some, with what is printed.

>>> case, = shown_starts('I say main.py 20:15 134 for start and minutes and it tells "Ends at 22:29".', "main.py")
>>> case.steps[0].arguments, case.steps[0].stdout
(('20:15', '134'), 'Ends at 22:29')
"""

import re
import shlex
from collections.abc import Iterator, Sequence

from softhouse.actions.beginnings import reads_standard_input
from softhouse.actions.inputs import ASCII_TEXT, contents
from softhouse.actions.sentences import QUOTES
from softhouse.actions.usage import usage_forms
from softhouse.environment.documents import Case, Step

_IN_QUOTES = r"\"[^\"\n]+\"|'[^'\n]+'|“[^”\n]+”|`[^`\n]+`"
_TOKEN = rf"(?:{_IN_QUOTES}|[+-]?\d[\w:./%+-]*\w|[+-]?\d|\w+\.[a-z]{{2,4}}\b|[A-Z][a-z]+(?= [+-]?\d)|[A-Z]\d+)"
_BARE = rf"(?<![\w`'\"])(?:python3? )?{{0}} (?P<all>{_TOKEN}(?: {_TOKEN})*)(?![\w-]| [A-Z]{{2,}})"
"""Values behind the program's name: quoted, with digits, files, or a name before a number."""
_SAID = re.compile(
    rf"(?:, say|\barguments, (?:like |such as |e\.g\. |for example )?) ?({_TOKEN}(?: {_TOKEN})+)(?=[,.;)]| and\b)"
)
_OF_ONE = re.compile(
    rf"\bargument,? (?:for example|for instance|like|such as|e\.g\.),? ([A-Z]{{3,}}|{_TOKEN})(?=[,.;) ])"
)
_OF_EACH = re.compile(rf"\beach argument\b[^.;(]{{0,60}}\(?(?:like|such as|e\.g\.) ({_TOKEN}) or ({_TOKEN})")
_OF_TWO = re.compile(rf" and [^,.;]{{1,40}},? (?:like|such as|e\.g\.) ({_TOKEN}) and ({_TOKEN})(?=[,.;])(?!, [\d'\"])")
"""Values that are shown for all arguments, for the one argument, or two of those that may be more."""
_A_NAME = re.compile(r"[A-Z]+[A-Z\d_-]*|[A-Z]|<.*>|\[.*\]|.*\.\.\.|[\u4e00-\u9fff]+")
"""What stands for a value."""
_FAILS = re.compile(
    r"[^.;。；]{0,50}\b(?:exit|error|fail|invalid|complain|refus|wrong|reject)|[^。；]{0,20}(?:退出|报错|错误)"
)
_SAYS = re.compile(
    r"[^.;。；\"'`“]{0,70}?(?:\b(?:print|say|answer|tell|give|show|write|output|display|mean|return)s?"
    r"(?: it| just| only)?|\banswer is|输出|打印|显示|得到|给出)[:：]?\s*$"
)
"""What stands between a start and the output that is shown for it."""
_ONE_OF_SEVERAL = re.compile(r"\s*(?:,|，|、|;)?\s*(?:and|or|then|和|或)?\s*['\"`“]")
_A_FILE = re.compile(r"[\w-]+\.[a-z]{2,4}")


def shown_starts(text: str, program: str) -> tuple[Case, ...]:
    """The starts with values that `text` shows, none of which is refused; none where there are commands.

    >>> shown_starts("'main.py N' prints N rows, 'main.py 0' exits with code 1.", "main.py")
    ()
    >>> [case.steps[0].arguments for case in shown_starts("Takes a price, as in 'main.py 13.40 20', and …", "main.py")]
    [('13.40', '20')]
    """
    if usage_forms(text):
        return ()
    cases: dict[tuple[str, ...], Case] = {}
    for written, end, is_name in _written(text, program):
        try:
            arguments = tuple(shlex.split(written.replace("“", '"').replace("”", '"').replace("`", '"')))
        except ValueError:
            continue
        files = [argument for argument in arguments if _A_FILE.fullmatch(argument) and not argument[0].isdigit()]
        known = (contents(text) or [ASCII_TEXT]) if files else [""]
        named = any(map(_A_NAME.fullmatch, arguments)) and not any(re.search(r"\d", each) for each in arguments)
        if not arguments or (named and is_name) or _FAILS.match(text, end):
            continue
        step = Step(arguments=arguments, stdout=_output(text, end) if not files else None, exit_code=None)
        name = f"{' '.join(['python', program, *arguments])} (shown)"
        case = Case(name=name, files=dict.fromkeys(files, known[0]), steps=(step,))
        cases.setdefault(arguments, case.model_copy(update={"source": "quoted"}) if step.stdout else case)
    return tuple(cases.values())


def like(shown: Sequence[Case], supposed: Sequence[Case]) -> tuple[Case, ...]:
    """The `supposed` starts that have as many arguments as those that are shown, all of them where none is.

    >>> one, two = (Case(name="n", steps=(Step(arguments=each),)) for each in (("1",), ("1", "2")))
    >>> like([two], [one, two]) == (two,), like([], [one]) == (one,)
    (True, True)
    """
    counts = {len(step.arguments) for case in shown for step in case.steps}
    return tuple(case for case in supposed if not counts or len(case.steps[0].arguments) in counts)


def _written(text: str, program: str) -> Iterator[tuple[str, int, bool]]:
    """What stands behind the program's name, where that ends, and whether capitals may be names there."""
    start = re.compile(rf"(?:python3? )?{re.escape(program)} ")
    for quoted in re.finditer(QUOTES, text):
        if begun := start.match(inside := next(filter(None, quoted.groups()))):
            yield inside[begun.end() :], quoted.end(), True
    for found in re.finditer(_BARE.replace("{0}", re.escape(program)), text):
        yield found["all"], found.end(), True
    for pattern in () if reads_standard_input(text) else (_SAID, _OF_ONE, _OF_EACH, _OF_TWO):
        for found in pattern.finditer(text):
            yield " ".join(filter(None, found.groups())), found.end(), False


def _output(text: str, end: int) -> str | None:
    """What is printed for a start that ends there, where it is shown in quotes, and nothing else is."""
    quoted = re.compile(QUOTES).search(text, end)
    if not quoted or not _SAYS.match(text[end : quoted.start()]) or _ONE_OF_SEVERAL.match(text, quoted.end()):
        return None
    return str(next(filter(None, quoted.groups())))
