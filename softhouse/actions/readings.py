"""What a small model is asked about one requirement: a program, begun in one of three ways, and a script of trials.

The answer is begun for the model and stopped at the closing fence. The first reading of each way is the likeliest one,
the others are drawn; what is right in one way is often wrong in the other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from softhouse.actions.argv import counting_arguments, keeping_arguments, taking_arguments
from softhouse.actions.beginnings import Way, beginning, data_file, reads_standard_input, says_on_output, started, talks
from softhouse.actions.context import Context
from softhouse.actions.endings import ended_as_stated
from softhouse.actions.faults import Fault
from softhouse.actions.letters import chinese_days
from softhouse.actions.mechanical_fixes import calendar_years, mechanically_fixed, without_unused_imports
from softhouse.actions.outputs import bounded
from softhouse.actions.prompts import render
from softhouse.actions.refusals import refusing, with_negatives
from softhouse.actions.transcripts import read_transcript
from softhouse.actions.trials import ENOUGH_STARTS, script_beginning
from softhouse.actions.usage import usage_forms
from softhouse.environment.documents import Case
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import ChatMessage, Completion, CompletionRequest

SYSTEM = "You are a careful Python programmer."
PROGRAMS = "programs"
"""The adapter of a small model that was taught to write whole programs."""
MOST_TOKENS = 1024
_WAYS: tuple[Way, ...] = ("main", "function", "plain", "main")
_WAYS_WITH_COMMANDS: tuple[Way, ...] = ("main", "plain", "main", "main")
REPAIR = 99
"""The sample index of a repair, for its seed."""
TEMPERATURE = 0.6
"""Of all readings that are drawn. Of twenty single ones, 4 were right at 0.5 and 3 at 0.8; greedy, 5 of eighteen."""
SHELL = "```bash\n#!/bin/bash\n"
MOST_TRIAL_TOKENS = 320


def small_model_turns(
    text: str, program: str, template: str, fault: Fault | None = None, *, way: Way = "main"
) -> tuple[ChatMessage, ...]:
    """How a small model is asked for something about a requirement: its `text` first, the task of `template` last."""
    task = render(
        template,
        program=program,
        forms=[" ".join(form) for form in usage_forms(text)],
        standard_input=reads_standard_input(text),
        talks=talks(text),
        data_file=data_file(text),
        says_on_output=says_on_output(text),
        fault=fault,
        way=way,
    )
    return turns(text, task)


def turns(text: str, task: str) -> tuple[ChatMessage, ...]:
    """The requirement first, the task of the moment last: what all prompts to a small model begin with is read once."""
    return ChatMessage.system(SYSTEM), ChatMessage.user(f"{text}\n\n{task}")


class Reading(NamedTuple):
    """One program as the model wrote it, with what rules mend without running it."""

    content: str
    log_probability: float | None
    """How sure the model was: see `Completion.log_probability`."""


def as_read(content: str, text: str) -> str:
    """A program as the model wrote it for the requirement `text`, with what rules mend without running it.

    >>> print(as_read("print(int(input('Number: ')) ** 2)", "takes a number and prints its square"))
    import sys
    print(int(sys.argv[1]) ** 2)
    <BLANKLINE>
    """
    content = counting_arguments(taking_arguments(started(mechanically_fixed(content)), text))
    content = with_negatives(ended_as_stated(keeping_arguments(content), text), text)
    content = bounded(chinese_days(calendar_years(refusing(content, text), text), text), text)
    return without_unused_imports(mechanically_fixed(content))


@dataclass
class Readings:
    """The model as the author of one program."""

    context: Context
    text: str
    program: str
    written: int = 0
    """Tokens of all answers so far."""

    async def script(self) -> tuple[Case, ...]:
        """Inputs from the model, as a shell script; asked for a second time where there are few."""
        start = script_beginning(self.text, self.program)
        brief = start == f"python {self.program}"  # nothing has to be laid out
        most = MOST_TRIAL_TOKENS // 2 if brief else MOST_TRIAL_TOKENS
        request = self._request("trials", prefill=f"{SHELL}{start}", max_tokens=most)
        cases: tuple[Case, ...] = ()
        for attempt in range(2):
            drawn = request if attempt == 0 else self._drawn(request, attempt)
            reply = await self._complete(drawn, attempt)
            script = start + reply.text if self._begins else extract_code(reply.text, "bash")
            cases += read_transcript(script, self.program)
            if sum(len(case.steps) for case in cases) >= ENOUGH_STARTS:
                break
        return cases

    def told(self, sample: int) -> bool:
        """Whether a reading is told what is wrong with the best one before it."""
        return bool(sample % 2) and not self._likeliest(sample)

    async def program_of(self, sample: int, fault: Fault | None = None) -> Reading:
        """One more program.

        `fault`: of an earlier program, which is not shown: a small model that sees it copies it, to the letter.
        """
        way = self.way(sample)
        begun = beginning(self.text, way)
        request = self._request(prefill=f"```python\n{begun}", max_tokens=MOST_TOKENS, fault=fault, way=way)
        drawn = request if self._likeliest(sample) else self._drawn(request, sample)
        if self.taught(sample):
            drawn = drawn.model_copy(update={"adapter": PROGRAMS})
        reply = await self._complete(drawn, sample)
        content = begun + reply.text if self._begins else extract_code(reply.text)
        return Reading(as_read(content, self.text), reply.log_probability)

    async def _complete(self, request: CompletionRequest, sample: int) -> Completion:
        reply = await self.context.complete(request, sample=sample)
        self.written += reply.usage.completion_tokens
        return reply

    def taught(self, sample: int) -> bool:
        """Whether a reading is of the model as it was taught to write programs, where it was: all that are begun.

        Of twenty-four requirements that nobody had seen, its likeliest readings were right for 8 and 8 (begun with
        `main`, with the function), 4 and 4 as it came; not begun, for 4 and 3. Two models have fewer misreadings in
        common than one has with itself, so those stay with the model as it came.
        """
        return PROGRAMS in self.context.backend.capabilities.adapters and self.way(sample) != "plain"

    def way(self, sample: int) -> Way:
        """How a reading is begun: programs with commands not with a function, since what they keep is most of them."""
        ways = _WAYS_WITH_COMMANDS if usage_forms(self.text) else _WAYS
        return ways[sample % len(ways)]

    def independent(self, samples: Collection[int]) -> bool:
        """Whether readings that are alike were begun in more than one way; with commands most are begun in the same.

        Of eight programs without commands on which only readings agreed that were begun with `main`, three were right.
        """
        return bool(usage_forms(self.text)) or len(set(map(self.way, samples))) > 1

    def _likeliest(self, sample: int) -> bool:
        """Whether it is the first one of its way."""
        return self.way(sample) not in map(self.way, range(sample))

    @property
    def _begins(self) -> bool:
        """Whether the model continues an answer that was begun for it."""
        return self.context.backend.capabilities.prefill

    def _request(
        self,
        template: str = "",
        *,
        prefill: str,
        max_tokens: int,
        fault: Fault | None = None,
        way: Way = "main",
    ) -> CompletionRequest:
        """The requirement first, the task of the moment last: all prompts of a run share their beginning."""
        source = self.context.action.template(template)
        return CompletionRequest(
            messages=small_model_turns(self.text, self.program, source, fault, way=way),
            max_tokens=max_tokens,
            seed=self.context.office.seed,
            stop=("\n```",) if self._begins else (),
            prefill=prefill if self._begins else "",
        )

    def _drawn(self, request: CompletionRequest, sample: int) -> CompletionRequest:
        seed = self.context.office.seed * 1000 + sample
        return request.model_copy(update={"temperature": TEMPERATURE, "top_p": 0.95, "min_p": 0.05, "seed": seed})
