"""Acceptance cases that stand in the requirement's own words: sample starts of the program with what they print.

Understood, in either language, is a start of the program, or a quoted command of it with arguments, followed by a word
such as prints, outputs, 输出 or an arrow, and the output in quotes or in a code span; and values in place of the
arguments that the words list, beside the output (like '2 x 2 x 3' for 12).

>>> case = quoted_cases("It sums numbers, e.g. `python main.py 1 2` prints `3`.", "main.py")[0]
>>> case.steps[0].arguments, case.steps[0].stdout
(('1', '2'), '3')
"""

import re
import shlex
from collections.abc import Iterator

from softhouse.actions.arguments import argument_count, stated_arguments
from softhouse.actions.beginnings import before_printing, reads_standard_input
from softhouse.actions.sentences import sentences_of
from softhouse.actions.slots import needs_arguments
from softhouse.actions.stated import stated_exit
from softhouse.actions.usage import usage_forms
from softhouse.actions.worked import DESCRIBES, bare_examples, printed
from softhouse.environment.documents import Case, Step

_ENGLISH = r"should\s+print|must\s+print|prints?|outputs?|gives?|returns?|shows?|displays?"
_VERB = rf"(?:{_ENGLISH}|应输出|输出|打印|显示|得到|->|→|=>|⇒)"
_QUOTED = r"`(?P<tick>[^`]+)`|'(?P<single>[^'\n]+)'|\"(?P<double>[^\"\n]+)\"|“(?P<curly>[^”\n]+)”"
_IN_QUOTES = r"(?:`[^`\n]+`|'[^'\n]+'|\"[^\"\n]+\"|“[^”\n]+”|‘[^’\n]+’|「[^」\n]+」)"
_BARE = r"[-+]?\d(?:[\w:./%+-]*[\w%])?"
"""A number, a date, a time."""
_VALUE = rf"(?:{_IN_QUOTES}|{_BARE})"
_BEYOND = r"(?!\s*(?:or|to|up|and (?:above|below|over|under|up|more|higher|larger|greater|lower|less))\b|\s*[或到以])"
"""Not the end of what was said of a value."""
_BETWEEN = r"(?:\s*[,，、]\s*|\s*,?\s+(?:and|with)\s+|\s*[和与]\s*|\s+)"
_VALUES = rf"(?>{_VALUE}(?:{_BETWEEN}{_VALUE}(?!\s+for\b))*){_BEYOND}"
_RESULT = rf"(?-i:{_IN_QUOTES}|{_BARE}|[A-Z]+\b(?!'))"
_RESULTS = rf"{_RESULT}(?:(?:\s*,\s*|\s*,?\s+and\s+){_IN_QUOTES})*"
_INTRODUCED = r"\b(?:for example|for instance|e\.g\.|such as|like|so)\s*,?\s*"
_CALLED = r"(?:(?:the|an?|inputs?|arguments?|numbers?|values?|words?|texts?|dates?|years?|times?)\s+){0,3}"
_LINES = r"(?:(?:the |these )?(?:\w+ )?(?P<lines>lines?)\s*:?\s*)?"
_PRINTS = rf"(?:it|this|that|the program|main\.py)?\s*(?:{_ENGLISH}|is|the (?:output|result) is)\s+"
_MAKES = rf"\s+(?:{_ENGLISH}|yields?|is (?:printed|written|shown) as)\s+"
_IN_WORDS = re.compile(
    rf"(?:\bso|\blike|\be\.g\.|\bfor example,?|[,;:])\s+(?!so\b|like\b)(?P<in>[a-z]+(?: [a-z]+){{1,4}})"
    rf"\s+(?:gives|becomes|yields|prints)\s+(?P<out>{_IN_QUOTES})"
)
"""Words without quotes, and what is printed for them."""
_TO_INITIALS = re.compile(
    rf"(?:[:：;,]\s+|{_INTRODUCED})(?P<in>{_IN_QUOTES})\s+(?:gives|becomes|yields)\s+(?P<out>(?:\w\.)+)"
)
"""A quoted text that becomes letters with full stops, the last of which ends the sentence too."""
_IN_LINES = re.compile(
    rf"\b(?:takes?|gets?|given) an? [\w -]+? (?:such as|like) (?P<in>[^\s,]+),?"
    rf" (?:and )?(?:it )?prints? [^.'\"`]*\blines?\b[^.'\"`]*"
    rf"(?P<out>{_IN_QUOTES}(?:(?:, and|,| and) {_IN_QUOTES})+)"
)
"""A sample of what is given, and the lines that are printed for it."""
_ARROW = r"(?:->|=>)"
_BECOMES = r"\s*(?:\bbecomes?\b|\bturns into\b|->|→|=>|变成|变为)\s*"
_SHOWN = r"\s*(?:时|[，,]|则|应|将|会|就)*\s*(?:输出|打印|显示|得到|返回|结果[为是])\s*[:：]?\s*"
_FILES = re.compile(r"\b(?:files?|director(?:y|ies)|folders?)\b|文件|目录", re.IGNORECASE)
_WORKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<out>{_IN_QUOTES})\s+for\s+{_CALLED}(?P<in>{_VALUES})",
        rf"{_INTRODUCED}(?P<out>{_RESULT})\s+for\s+{_CALLED}(?P<in>{_VALUES})",
        rf"\bfor\s+{_CALLED}(?P<in>{_VALUES}),?\s+{_PRINTS}{_LINES}(?P<out>{_RESULTS})",
        rf"{_INTRODUCED}{_CALLED}(?P<in>{_VALUES}){_MAKES}(?P<out>{_RESULT})(?!\s*,\s*(?:and |then )*['\"`])",
        rf"(?<!\w)(?<!{_ARROW}\s)(?P<in>{_VALUES}){_BECOMES}(?P<out>{_RESULT})(?!\w*\s*{_ARROW})",  # no chain
        rf"\blike\s+(?P<in>{_VALUES})[^'\"`“;]*?\b(?:here|in (?:this|that) case)\b,?\s*(?P<out>{_IN_QUOTES})",
        rf"\b(?:like|such as)\s+(?P<in>{_VALUES})[^'\"`“;.]*?\bprints?\b[^'\"`“;.]*?"
        rf"\b(?:like|such as)\s+(?P<out>{_IN_QUOTES})(?!,? (?:or|followed|and)\b)",
        rf"(?:例如|比如|譬如|如|像|对于?|输入|参数[为是]?)\s*(?P<in>{_VALUES}){_SHOWN}(?P<out>{_RESULT})",
    )
)
"""Ways to say what is printed for what; all of one sentence, the two beside each other."""


_NUMBERS = re.compile(r"-?\d+(?: -?\d+)+")
_AS_ARGUMENTS = re.compile(r"\bas arguments\b|\barguments are\b")


def quoted_cases(text: str, program: str) -> tuple[Case, ...]:
    """The sample starts of `program` in a requirement's text, as cases of source `quoted`."""
    start = rf"python3?\s+{re.escape(program)}(?P<arguments>[^`\n,，。;；]*?)`?['\"”]?\s*[,，:：]?\s*"
    samples = [start]
    forms = usage_forms(text)
    if commands := {re.escape(form[0]) for form in forms}:
        samples.append(rf"[`'\"“‘](?P<arguments>(?:{'|'.join(sorted(commands))})(?: [^`'\"”’\n]+))[`'\"”’]\s*")
    cases: dict[tuple[str, ...], Case] = {}
    for sample in samples:
        for found in re.finditer(rf"{sample}{_VERB}\s*[:：]?\s*(?:{_QUOTED})", text):
            output = next(v for k in ("tick", "single", "double", "curly") if (v := found[k]) is not None)
            try:
                arguments = tuple(shlex.split(found["arguments"]))
            except ValueError:
                continue
            if arguments not in forms:
                cases.setdefault(arguments, _case(program, arguments, output.replace("\\n", "\n")))
    if forms:
        return (*cases.values(), *commands_in_turn(text))
    fed = reads_standard_input(text)
    if fed and (_MORE_LINES.search(text) or needs_arguments(text)):
        return tuple(cases.values())
    for arguments, output in dict.fromkeys((*_bare(text), *_worked(text), *_in_words(text))):
        if len(arguments) == 1 and not fed and _AS_ARGUMENTS.search(text) and _NUMBERS.fullmatch(arguments[0]):
            arguments = tuple(arguments[0].split())
        cases.setdefault(arguments, _case(program, arguments, output, fed=fed))
    return tuple(cases.values())


_MORE_LINES = re.compile(
    r"\b(?:then|finally|at the end|and then)\b[^.;'\"`“]{0,30}['\"`“]|\b(?:last|final) line\b|最后|末尾|末行",
    re.IGNORECASE,
)
"""More is printed than what becomes of one line."""
_SAMPLE = r"[^\s,;:()'\"`。，；]*[\d./:@][^\s,;()'\"`。，；]*\w"
_A_FILE = re.compile(r"\bfiles?\b(?! names?\b)|\b(?:director(?:y|ies)|folders?)\b|文件|目录", re.IGNORECASE)
_SAMPLE_OF_ALL = re.compile(r"\b(?:such as|like) '([^'\n]+)',? as (?:two|three) arguments\b")
"""All arguments of one start in quotes."""
_SAMPLE_OF_A_LIST = re.compile(
    rf"\b[a-z]+s as arguments,? (?:for example|for instance|e\.g\.|such as|like) (?P<all>{_SAMPLE}(?: {_SAMPLE})+)"
)
"""All of what is listed, where there may be more and fewer."""
_AT_LEAST = re.compile(r"\b(?:at least|or more)\b")
_SHOWS = re.compile(
    r"\bprints?\b|\b(?:shows?|displays?|writes?) (?:it|them|the \w+) (?:as|like)\b|打印|输出|显示", re.IGNORECASE
)
_SAMPLES = re.compile(
    rf"\b(?:like|such as|e\.g\.)\s+(?P<first>{_SAMPLE})"
    rf"(?!\w|\s+and\s+\S*\d)(?:\s+or\s+(?:(?:the|an?)\s+)?(?:[a-z]+\s+){{0,3}}(?P<other>{_SAMPLE}))?"
)


def sample_starts(text: str, program: str) -> tuple[Case, ...]:
    """Starts with values for the one argument, or lines, that a requirement names as a sample: they are not refused.

    >>> found = sample_starts("converts a color given as argument, like #FF8000 or the short form #f80", "main.py")
    >>> [case.steps[0].arguments for case in found]
    [('#FF8000',), ('#f80',)]
    >>> found = sample_starts("gets parts as arguments, for example 4/6 1/6 6/1, and prints the sum", "main.py")
    >>> [case.steps[0].arguments for case in found]
    [('4/6', '1/6', '6/1'), ('6/1', '1/6', '4/6'), ('4/6',)]
    """
    if lines := sample_lines(text):
        step = Step(stdin="".join(f"{line}\n" for line in lines), exit_code=None)
        return (Case(name=f"python {program} (sample lines)", steps=(step,)),)
    if usage_forms(text) or reads_standard_input(text) or _A_FILE.search(before_printing(text)):
        return ()
    if (several := _SAMPLE_OF_ALL.search(text)) and len(words := several[1].split()) == argument_count(text):
        return (
            Case(name=f"python {program} {several[1]} (a sample)", steps=(Step(arguments=(*words,), exit_code=None),)),
        )
    if (listed := _SAMPLE_OF_A_LIST.search(text)) and not _AT_LEAST.search(text):
        whole = tuple(listed["all"].split())
        return tuple(
            Case(name=f"python {program} {' '.join(start)} (a sample)", steps=(Step(arguments=start, exit_code=None),))
            for start in (whole, whole[::-1], whole[:1])
        )
    if argument_count(text) != 1:
        return ()
    parts = (_SHOWS.split(each, maxsplit=1)[0] for each in sentences_of(text) if not stated_exit(each))
    found = (sample for each in parts for match in _SAMPLES.finditer(each) for sample in match.groups() if sample)
    samples = dict.fromkeys(sample.rstrip(".") for sample in found if sample != program)
    return tuple(
        Case(name=f"python {program} {sample} (a sample)", steps=(Step(arguments=(sample,), exit_code=None),))
        for sample in samples
    )


_LIKE = re.compile(r"\b(?:\w+s) (?:like|such as) ([^,;'\"`\n]{2,40}?)(?= (?:from|on|in)\b|,)")
ONE_A_LINE = re.compile(
    r"\b(?:one|each) (?:per|on (?:each|every|its own|a)|in (?:each|every)|a) line\b|\b(?:per|each|every) line\b"
    r"|每行一个|一行一个",
    re.IGNORECASE,
)
"""One thing on each line of what is read or printed."""


def sample_lines(text: str) -> list[str]:
    """Lines of standard input like those of which a requirement says what becomes of them.

    >>> sample_lines("reads times like 9:05 PM from standard input, one per line; 12:30 AM is 00:30")
    ['9:05 PM', '12:30 AM']
    """
    samples = [each for found in _LIKE.finditer(before_printing(text)) for each in re.split(" or ", found[1])]
    if not samples or not reads_standard_input(text) or not ONE_A_LINE.search(text):
        return []
    return list(dict.fromkeys([*samples, *(example.given for example in bare_examples(text))]))


_A_NAME = re.compile(r"\b[A-Z]{3,}\b")
"""What stands for a value, as in `NAME: AGE`."""


def commands_in_turn(text: str) -> Iterator[Case]:
    """Commands with what they print, one sentence after the other, as they stand in the words without quotes.

    >>> text = "'start WORD' and 'guess LETTER' print the word. Example: start aha prints ___, then guess a prints a_a."
    >>> [(step.arguments, step.stdout) for case in commands_in_turn(text) for step in case.steps]
    [(('start', 'aha'), '___'), (('guess', 'a'), 'a_a')]
    """
    forms = {form[0]: len(form) for form in usage_forms(text)}
    word = "|".join(map(re.escape, forms))
    for sentence in sentences_of(text):
        steps = []
        for found in re.finditer(rf"(?<![\w'\"`-])(?P<start>(?:{word})(?: [^\s,;:.'\"`]+)*?) {_VERB}\s+", sentence):
            start, output = tuple(found["start"].split()), printed(sentence[found.end() :])
            described = {"and", "or", "the"}.intersection(start) or _A_NAME.search(output)
            if output and not described and len(start) == forms[start[0]] and start not in usage_forms(text):
                steps.append(Step(arguments=start, stdout=output))
        if steps:
            yield Case(
                name=f"{' '.join(steps[0].arguments)} … (from the requirement)", steps=tuple(steps), source="quoted"
            )


def _bare(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Worked examples without quotes, each with the arguments, or the one line of standard input, that it has.

    >>> list(_bare("converts a color given as argument to decimal: #FF8000 gives 255 128 0."))
    [(('#FF8000',), '255 128 0')]
    """
    fed = reads_standard_input(text)
    if _FILES.search(text) or (fed and _SEVERAL_LINES.search(text)):
        return
    expected = argument_count(text)
    for example in bare_examples(text):
        try:
            words = tuple(shlex.split(example.given))
        except ValueError:
            continue
        if example.starts or (not fed and len(words) == expected):
            yield words, example.printed
        elif fed or expected == 1 or len(words) == 1:
            yield (example.given,), example.printed


_SEVERAL_LINES = re.compile(r"\b(?:\d|two|three|four) lines\b|\brows?\b|\b(?:grid|board|matrix|maze)\b", re.IGNORECASE)
"""Input that one line is only a part of."""


def _worked(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Values for the arguments, or for one line of standard input, each with what is printed for them.

    >>> next(_worked("takes a number and prints its prime factors, like '2 x 2 x 3' for 12."))
    (('12',), '2 x 2 x 3')
    >>> list(_worked("takes a bill and a tip in percent. For 60 and 10 it prints two lines: 'Tip: 6' and 'Total: 66'."))
    [(('60', '10'), 'Tip: 6\\nTotal: 66')]
    >>> list(_worked("takes a length and a unit such as '2 km' and prints it in the other one, such as '2000 m'."))
    [(('2', 'km'), '2000 m')]
    """
    if _FILES.search(text):
        return
    expected = 0 if reads_standard_input(text) else argument_count(text)
    between = [each.kind for each in stated_arguments(text)] == ["bound", "bound"]  # one number is such a range too
    for pattern in _WORKED:
        for found in pattern.finditer(text):
            values, printed = (tuple(_values(found[group])) for group in ("in", "out"))
            several = "lines" in found.groupdict() and (found["lines"] or "").endswith("s")
            whole = any(re.match(r"python3?\b", value) for value in values)  # a start that is understood already
            if between and len(values) == 1 and values[0].isdecimal():
                values *= 2
            if len(values) == 1 and len(words := values[0].split()) == expected:
                values = (*words,)
            before = text[: found.start("in")]
            signs = re.fullmatch(r"\W", printed[0]) and (_OF_A_SIGN.search(before) or expected == 0)
            signs = (
                signs or _OF_AN_ENDING.search(before) or re.match(r"['\s]|[,;.]\s", values[0]) or printed[0][:1] == " "
            )
            if not whole and not signs and len(values) == (expected or 1) and (several or len(printed) == 1):
                yield values, "\n".join(printed).replace("\\n", "\n")


_OF_AN_ENDING = re.compile(
    r"\b(?:final|last|first|leading|trailing|end(?:s|ing)? (?:in|with)|endings?|letters?)\s*$", re.IGNORECASE
)
_OF_A_SIGN = re.compile(r"\b(?:below|under|above|over|from|to|than|least|each|every)\s*$|[把将每]\s*$", re.IGNORECASE)
"""What stands before a value or a sign that another sign takes the place of."""


def _in_words(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Examples of words without quotes, and samples with the lines that are printed for them.

    >>> list(_in_words("joins its arguments, so milk eggs gives 'milk and eggs'"))
    [(('milk', 'eggs'), 'milk and eggs')]
    >>> list(_in_words("takes a URL such as http://a.b and prints the lines 'scheme: http' and 'host: a.b'."))
    [(('http://a.b',), 'scheme: http\\nhost: a.b')]
    """
    one = argument_count(text) == 1
    for found in _IN_WORDS.finditer(text):
        if not any(map(DESCRIBES.fullmatch, words := found["in"].split())):
            yield ((found["in"],) if one else tuple(words)), found["out"][1:-1]
    for found in _TO_INITIALS.finditer(text):
        yield (found["in"][1:-1],), found["out"]
    if sample := _IN_LINES.search(text):
        yield (sample["in"],), "\n".join(_values(sample["out"]))


def _values(listed: str) -> Iterator[str]:
    for found in re.finditer(rf"({_IN_QUOTES})|(?:{_BARE}|[A-Z]+)", listed):
        yield found[0][1:-1] if found[1] else found[0]


def _case(program: str, arguments: tuple[str, ...], output: str, *, fed: bool = False) -> Case:
    """A start with `arguments`, or, if they are to be `fed`, with those as a line of standard input."""
    given, stdin = ((), " ".join(arguments) + "\n") if fed else (arguments, "")
    name = " ".join(["python", program, *given])
    step = Step(arguments=given, stdin=stdin, stdout=output)
    return Case(name=f"{name} (from the requirement)", steps=(step,), source="quoted")
