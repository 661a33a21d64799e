"""What is surely wrong with a program: what it was seen to do, held against the requirement's own words.

No fault rests on what a model believes that the output should be.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from softhouse.actions.beginnings import asks_for_output, talks
from softhouse.actions.cases import COMPLAINT, clip, fell_over, normalise
from softhouse.actions.complaints import (
    blank_complaint,
    complaint,
    indent_complaint,
    json_complaint,
    order_complaint,
    path_complaint,
    stated_separator,
    whole_complaint,
)
from softhouse.actions.endings import ends_after_output, stated_endings
from softhouse.actions.formats import StatedFormat, asked_for, missing_formats, stated_formats, without_other_lines
from softhouse.actions.letters import case_complaint
from softhouse.actions.placeholders import is_plain
from softhouse.actions.sentences import QUOTES
from softhouse.actions.stated import (
    StatedOrder,
    stated_decimals,
    stated_listing,
    stated_most,
    stated_nothing,
    stated_orders,
    stated_signs,
    stated_silence,
    states_a_number,
    states_a_result,
)
from softhouse.actions.unasked import sentences, unasked_labels
from softhouse.actions.usage import always_printing, entries, printing_commands, quiet_commands, said_of, usage_forms
from softhouse.environment.documents import Step
from softhouse.environment.sandbox import Execution

_LINES = re.compile(
    r"\b(?:per|each|every|a) line\b|\blines\b|\b(?:each|every) row\b|每行|每个一行|各一行", re.IGNORECASE
)
FaultKind = Literal[
    "alphabet",
    "blank",
    "case",
    "decimals",
    "indent",
    "json",
    "message",
    "nothing",
    "order",
    "other",
    "path",
    "silent",
    "ties",
    "top",
    "whole",
]
"""What it is about: the order or the case of letters, blank lines, decimals, a blank before each line, JSON on several
lines, a message that nobody asked for, a word that is missing where nothing is found, the order of what is read, none
of these, a directory before a file, no output at all, decimals of whole numbers."""
_ALL_OF_IT = re.compile(
    r"\bprints? (?:back )?(?:(?:out )?(?:it|them|all|each|every)\b(?! (?:N-?th|\w+ (?:that|which|whose|with|of)\b))"
    r"|(?:the|its|their) (?:\w+ )?(?:whole|entire|resulting|result|rows|table|grid|board|file|text|matrix)\b"
    r"(?! (?:between|before|after|of|from|that|which)\b))"
    r"|(?:打印|输出)(?:出)?(?:整|所有|全部|结果)",
    re.IGNORECASE,
)
_TELLING_REFUSALS = 4
"""A program that refuses so many inputs, and every one, has misread what it takes."""


@dataclass(frozen=True)
class Start:
    """One start of a program among its trials."""

    command: str
    step: Step
    execution: Execution
    files: Mapping[str, str] = field(default_factory=dict)
    """What was laid out for it, name to content."""
    named: bool = False
    """The requirement names the command, so it has to succeed."""

    @property
    def succeeded(self) -> bool:
        return self.execution.exit_code == 0

    @property
    def prints(self) -> bool:
        """Whether it ended well and printed something."""
        return self.succeeded and bool(self.execution.stdout.strip())


@dataclass(frozen=True)
class Fault:
    """Something that is surely wrong with a program."""

    command: str
    said: str
    """What the program said, or what is wrong with its output."""
    start: int | None = None
    """Which of all starts it was; None where it is no single one."""
    kind: FaultKind = "other"
    message: str = ""
    """What is printed, of the kind `message`."""


def find_faults(text: str, source: str, starts: Sequence[Start]) -> list[Fault]:
    """The faults of the program `source` for the requirement `text`, by what its `starts` did.

    It falls over, a command that the requirement names does not succeed, an input that is to be refused does, every
    input is refused, an order that the requirement states is not kept, a format or decimals that it states are never
    seen, a result is missing or goes to standard error, a label or a message is printed that it does not ask for.

    >>> silent = Start("python main.py 0", Step(arguments=("0",)), Execution(exit_code=0, stdout="", stderr=""))
    >>> [fault.said for fault in find_faults("takes a number and prints its square value", "", [silent])]
    ['it ends with exit code 0 and prints nothing']
    """
    # With commands, a success may well be silent.
    has_result = states_a_result(text) and not usage_forms(text)
    wrong = (_wrong(text, number, start, has_result=has_result) for number, start in enumerate(starts))
    return [
        *filter(None, wrong),
        *_never_right(text, starts),
        *_out_of_order(text, starts),
        *_unasked_messages(text, source, starts),
        *(
            Fault(start.command, f"{clip(start.execution.stdout, 200)}\nthe label {label!r} is not asked for")
            for label, start in labels_seen(text, source, starts)
        ),
    ]


def borne_out(text: str, starts: Sequence[Start]) -> bool:
    """Whether an output shows something that the requirement says of it: an example, a format, decimals, an order.

    For a program without faults. What several readings agree on may be a mistake that they share.

    >>> said = Execution(exit_code=0, stdout="3.50\\n", stderr="")
    >>> start = Start("python main.py", Step(), said)
    >>> borne_out("prints the mean with two decimals", [start]), borne_out("prints the mean", [start])
    (True, False)
    """
    printing = [start for start in starts if start.prints]
    if any(start.step.stdout is not None for start in printing):
        return True
    outputs = [start.execution.stdout for start in printing]
    if printing and (stated_formats(text) or stated_listing(text)):
        return True
    if (endings := stated_endings(text)) and {*endings} < {start.execution.stdout.strip() for start in starts}:
        return True
    if stated_decimals(text) and any(re.search(r"\d\.\d", output) for output in outputs):
        return True
    if stated_separator(text) == " " and any(re.search(r"\d \d", output) for output in outputs):
        return True
    # What a loop counts is in ascending order, and one on a line, whether it is right or not.
    orders = [
        order for order in stated_orders(text) if not (isinstance(order, StatedOrder) and order.order == "ascending")
    ]
    return bool(orders) and any(len(output.split()) > 1 for output in outputs)


def labels_seen(text: str, source: str, starts: Sequence[Start]) -> list[tuple[str, Start]]:
    """Labels that nobody asked for, each with a start that prints it."""
    commands = printing_commands(text)
    with_commands = any(start.named for start in starts)
    printing = [
        start
        for start in starts
        if start.succeeded and (not with_commands or commands.intersection(start.step.arguments[:1]))
    ]
    found = unasked_labels(source, text, [start.execution.stdout for start in printing])
    return [(label, printing[place]) for label, place in found.items()]


def _wrong(text: str, number: int, start: Start, *, has_result: bool) -> Fault | None:
    """What is surely wrong with one start; None for nothing."""
    execution, arguments, stated = start.execution, start.step.arguments, start.step.exit_code
    shown = clip(execution.stdout, 200)

    def fault(said: str, kind: FaultKind = "other", message: str = "") -> Fault:
        return Fault(start.command, said, number, kind, message)

    if fell_over(execution):
        return fault(clip(execution.stderr, 500, tail=True))
    said = execution.stdout.strip() or execution.stderr.strip()
    if code := stated_endings(text).get(said):
        if not execution.stdout.strip():
            return fault(f"{said}\nthis goes to standard error, not to standard output")
        if execution.exit_code != code:
            return fault(f"{said}\nit ends with exit code {execution.exit_code}, not {code}")
    if stated:
        ended = f"it ends with exit code {execution.exit_code}, not {stated}"
        return fault(ended) if execution.exit_code != stated else None
    if execution.exit_code != 0 or (start.named and COMPLAINT.match(execution.stdout)):
        said = execution.stderr.strip() or execution.stdout.strip() or f"exit code {execution.exit_code}"
        return fault(clip(said, 500, tail=True)) if start.named and not _may_refuse(text, number, start) else None
    if start.step.stdout is not None and normalise(execution.stdout) != normalise(start.step.stdout):
        return fault(f"it prints\n{shown}\nand should print\n{clip(start.step.stdout, 200)}")
    for order in stated_orders(_said_of(text, start)):
        if said := order.complaint(execution.stdout):
            return fault(f"{shown}\n{said}", order.kind)
    nothing = "" if usage_forms(text) or not (arguments or start.step.stdin) else stated_nothing(text)
    if nothing and not execution.stdout:
        return fault(f"it prints nothing and should print {nothing!r}", "nothing")
    if arguments and not execution.stdout.strip():
        if has_result and not execution.stderr.strip():
            return fault("it ends with exit code 0 and prints nothing")
        if code := stated_silence(text):
            return fault(f"it prints nothing and ends with exit code 0, not {code}")
    if start.named and execution.stdout.strip() and quiet_commands(text) & {*arguments[:1]}:
        return fault(f"{shown}\nthis command prints nothing", "message", execution.stdout)
    if said := order_complaint(text, _fed(start) or "\n".join(arguments), execution.stdout):
        return fault(f"{shown}\n{said}", "order")
    if said := blank_complaint(text, [*arguments, start.step.stdin, *start.files.values()], execution.stdout):
        return fault(f"{shown}\n{said}", "blank")
    if said := path_complaint(text, arguments, execution.stdout):
        return fault(f"{shown}\n{said}", "path")
    if said := whole_complaint(text, " ".join([*arguments, _fed(start)]), execution.stdout):
        return fault(f"{shown}\n{said}", "whole")
    if said := indent_complaint(text, _fed(start), execution.stdout):
        return fault(f"{shown}\n{said}", "indent")
    if said := complaint(text, execution.stdout, fed=_fed(start), arguments=arguments):
        return fault(f"{shown}\n{said}")
    if said := json_complaint(text, execution.stdout):
        return fault(f"{shown}\n{said}", "json")
    if 0 < (most := stated_most(text, arguments)) < len(execution.stdout.strip().splitlines()):
        return fault(f"{shown}\nthere should be {most} lines at most", "top")
    if said := case_complaint(text, execution.stdout):
        return fault(f"{shown}\n{said}", "case")
    return None


def _may_refuse(text: str, number: int, start: Start) -> bool:
    """Whether an entry after the first is refused with a message and an exit code that the requirement has for it."""
    if not number or not usage_forms(text) or start.step.arguments[:1] != entries(text)[-1][:1]:
        return False
    said = (start.execution.stdout.strip() or start.execution.stderr.strip()).casefold()
    quoted = (each.casefold() for found in re.finditer(QUOTES, text) for each in found.groups() if each)
    return bool(said) and said in quoted and str(start.execution.exit_code) in text


def _said_of(text: str, start: Start) -> str:
    """What a requirement says of the command that was started, or all of it where there are no commands."""
    return said_of(text, start.step.arguments[0]) if usage_forms(text) and start.step.arguments else text


def _fed(start: Start) -> str:
    """What a program reads: its standard input, or the first file that an argument names."""
    named = (start.files[argument] for argument in start.step.arguments if argument in start.files)
    return start.step.stdin or next(named, "")


def _of_its_own(start: Start) -> str:
    """What a program prints, without the lines that it read."""
    said = start.execution.stdout
    for line in filter(None, map(str.strip, _fed(start).splitlines())):
        said = said.replace(line, "")
    return said


def _never_right(text: str, starts: Sequence[Start]) -> Iterator[Fault]:
    """What no start shows, though one of them should."""
    fed = [start for start in starts if (start.step.arguments or start.step.stdin) and not start.step.exit_code]
    if len(fed) >= _TELLING_REFUSALS and not any(start.succeeded for start in fed):
        said = clip(fed[0].execution.stderr, 200)
        yield Fault(fed[0].command, f"{said}\nit refuses every input that was tried")
    printing = [start for start in starts if start.prints]
    if code := ends_after_output(text):
        ended = [start for start in fed if start.execution.exit_code == code]
        if ended and not any(start.execution.stdout.strip() for start in ended):
            said = clip(ended[0].execution.stderr, 200)
            yield Fault(ended[0].command, f"{said}\nthis should go to standard output before exit code {code}")
    whispers = [start for start in starts if start.succeeded and start.execution.stderr.strip()]
    if whispers and not printing:
        said = clip(whispers[0].execution.stderr, 200)
        yield Fault(whispers[0].command, f"{said}\nall of this goes to standard error")
    commands = printing_commands(text)
    asked = [s for s in starts if s.named and s.succeeded and commands & {*s.step.arguments[:1]} and not _of_a_day(s)]
    put_in = [start for start in starts if start.step.arguments and start.step.arguments[0] not in commands]
    if asked and any(start.succeeded for start in put_in) and not any(start.prints for start in asked):
        yield Fault(asked[-1].command, "it prints nothing")
    for command in sorted(always_printing(text)) if printing else ():
        of_it = [start for start in asked if start.step.arguments[0] == command]
        if len(of_it) > 1 and not any(start.prints for start in of_it):
            yield Fault(of_it[-1].command, "it prints nothing", kind="silent")
    if not printing:
        silent = [start for start in fed if start.succeeded and not start.execution.stderr.strip()]
        if silent and _has_to_print(text):
            yield Fault(silent[0].command, "it prints nothing, whatever it is given", kind="silent")
        return
    instead = [start for start in printing if not _is_quoted(text, start.execution.stdout.strip())]
    if states_a_number(text) and instead and not any(re.search(r"\d", s.execution.stdout) for s in printing):
        yield Fault(instead[0].command, f"{clip(instead[0].execution.stdout, 200)}\nno number is ever printed")
    first, outputs = printing[0], [start.execution.stdout for start in printing]
    for signs in stated_signs(text):
        if not any(signs in output for output in outputs):
            yield Fault(first.command, f"{clip(first.execution.stdout, 200)}\n{signs!r} is never printed")
    formats = stated_formats(text)
    for placeholder, start in _placeholders_printed(formats, printing):
        said = clip(start.execution.stdout, 200)
        yield Fault(start.command, f"{said}\n{placeholder} stands for a value and is printed as it is")
    results = [start.execution.stdout for start in instead]
    for format_ in missing_formats(text, formats, results) if instead else ():
        said = clip(instead[0].execution.stdout, 200)
        yield Fault(
            instead[0].command, f"{said}\nno line has the format {format_.sample!r}: {asked_for(text, format_)}"
        )
    if (
        len(formats) == 1
        and formats[0].shown_in(outputs)
        and (_LINES.search(asked_for(text, formats[0])) or formats[0].is_a_time)
        and not _AT_THE_END.search(text[: text.index(formats[0].sample)])
    ):
        for start in printing:
            if stray := formats[0].stray_line(without_other_lines(text, formats[0], start.execution.stdout)):
                yield Fault(start.command, f"the line {stray!r} has another format: {asked_for(text, formats[0])}")
                break
    for decimals in stated_decimals(text):
        if not decimals.shown_in(outputs) and any(re.search(r"\d", _of_its_own(start)) for start in printing):
            shown = next(start for start in printing if not decimals.shown_in([start.execution.stdout]))
            said = clip(shown.execution.stdout, 200)
            told = f"{said}\nnumbers are asked for with {decimals.digits} decimals"
            yield Fault(shown.command, told, kind="decimals")


def _of_a_day(start: Start) -> bool:
    """Whether a command is asked of a day, of which there may be nothing to say."""
    return any(re.fullmatch(r"\d{4}-\d\d-\d\d", argument) for argument in start.step.arguments)


_AT_THE_END = re.compile(
    r"\b(?:a line|finally|then|followed by|at the end|(?:last|final) (?:one|line))\b[^.;'\"`]{0,40}['\"`]$"
    r"|(?:最后|末尾|然后|接着|再)[^。；;]{0,16}$",
    re.IGNORECASE,
)
"""What stands before the format of a line that comes after others, which have another one."""


def _is_quoted(text: str, output: str) -> bool:
    """Whether a requirement has an output in quotes, as what is printed instead of a result."""
    return bool(re.search(rf"['\"`‘“「]{re.escape(output)}['\"`’”」]", text))


def _has_to_print(text: str) -> bool:
    """Whether all of what was read is printed, one way or another; another fault tells of those that have a result."""
    return bool(_ALL_OF_IT.search(text)) and not usage_forms(text) and not states_a_result(text)


def _placeholders_printed(formats: Sequence[StatedFormat], printing: Sequence[Start]) -> Iterator[tuple[str, Start]]:
    """What a format has in capitals for a value, and a program prints so, though nothing that it was given says it."""
    names = [name for format_ in formats for name in re.findall(r"\b[A-Z]{2,}\b", format_.sample) if is_plain(name)]
    for name in dict.fromkeys(names):
        written = re.compile(rf"\b{name}\b")
        for start in printing:
            given = " ".join([*start.step.arguments, start.step.stdin, *start.files.values()])
            if written.search(start.execution.stdout) and not written.search(given):
                yield name, start
                break


def _unasked_messages(text: str, source: str, starts: Sequence[Start]) -> Iterator[Fault]:
    """Sentences that a program prints beside its results, though a requirement says what it prints, and not that."""
    if talks(text) or not asks_for_output(text):
        return
    asked = re.sub(r"\W+", " ", text).casefold()
    own = {said for said in sentences(source) if re.sub(r"\W+", " ", said).strip().casefold() not in asked}
    printing = [start for start in starts if start.prints]
    beside = [own.intersection(line.strip() for line in s.execution.stdout.splitlines()) for s in printing]
    if all(beside):
        return  # it prints nothing else: these are its results
    for start, found in zip(printing, beside, strict=True):
        for said in sorted(found)[:1]:
            shown = clip(start.execution.stdout, 200)
            yield Fault(start.command, f"{shown}\nthe message {said!r} is not asked for", kind="message", message=said)
            return


def _out_of_order(text: str, starts: Sequence[Start]) -> Iterator[Fault]:
    """A list of what the first two named commands put in, in another order than the requirement states."""
    order = stated_listing(text)
    named = [start.step.arguments for start in starts if start.named]
    if order is None or len(named) < 2 or min(map(len, named[:2])) < 2 or named[0][0] != named[1][0]:
        return
    items = [named[0][1], named[1][1]]
    first, second = items if order == "added" else sorted(items)
    for start in starts:
        places = [start.execution.stdout.find(item) for item in (first, second)]
        if not start.named or stated_listing(_said_of(text, start)) != order:
            continue
        if start.prints and -1 not in places and places[0] > places[1]:
            yield Fault(start.command, f"{clip(start.execution.stdout, 200)}\n{first} should come before {second}")
            return
