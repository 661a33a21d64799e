"""Acceptance cases that stand in the requirement's own words: sample starts of the program with what they print.

Understood, in either language, is a start of the program, or a quoted command of it with arguments, followed by a word
such as prints, outputs, 输出 or an arrow, and the output in quotes or in a code span.

>>> case = quoted_cases("It sums numbers, e.g. `python main.py 1 2` prints `3`.", "main.py")[0]
>>> case.steps[0].arguments, case.steps[0].stdout
(('1', '2'), '3')
"""

import re
import shlex

from softhouse.actions.usage import usage_forms
from softhouse.environment.documents import Case, Step

_ENGLISH = r"should\s+print|must\s+print|prints?|outputs?|gives?|returns?|shows?|displays?"
_VERB = rf"(?:{_ENGLISH}|应输出|输出|打印|显示|得到|->|→|=>|⇒)"
_QUOTED = r"`(?P<tick>[^`]+)`|'(?P<single>[^'\n]+)'|\"(?P<double>[^\"\n]+)\"|“(?P<curly>[^”\n]+)”"


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
    return tuple(cases.values())


def _case(program: str, arguments: tuple[str, ...], output: str) -> Case:
    name = " ".join(["python", program, *arguments])
    return Case(
        name=f"{name} (from the requirement)", steps=(Step(arguments=arguments, stdout=output),), source="quoted"
    )
