"""A small model's way to a program: from the requirement itself, several readings of it, compared by what they do.

The answer is begun for the model and stopped at the closing fence; what rules can mend is mended before anything runs;
more samples are drawn only while the evidence asks for them; a crash that a traceback names gets one repair, kept only
where it is strictly better.
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import ClassVar

from softhouse.actions.action import Action
from softhouse.actions.behaviour import Behaviour, Selection, as_regressions, observe, select
from softhouse.actions.cases import CASE_LIMITS, command
from softhouse.actions.context import Context
from softhouse.actions.mechanical_fixes import mechanically_fixed, without_unused_imports
from softhouse.actions.prompts import render
from softhouse.actions.source import problems
from softhouse.actions.transcripts import read_transcript
from softhouse.actions.trials import further_trials
from softhouse.environment.document import Document
from softhouse.environment.documents import Case, Implementation, Requirement, SourceFile
from softhouse.environment.sandbox import Outcome
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest

IMPORTS = "import sys, os, re, json\n"
_FILE = re.compile(r"(?<![\w./-])([A-Za-z_][\w/-]*\.py)\b")


def entry_point(text: str) -> str:
    """The file that the requirement names, else `main.py`.

    >>> entry_point("写一个程序 count.py，统计字母"), entry_point("Write a todo app")
    ('count.py', 'main.py')
    """
    found = _FILE.search(text)
    return found[1] if found else "main.py"


@dataclass
class Candidate:
    """One reading of the requirement, and what it did."""

    content: str
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def behaviour(self) -> Behaviour:
        return observe(self.outcomes)


@dataclass
class Bench:
    """The candidates for one program and the trials that all of them go through."""

    context: Context
    text: str
    program: str
    trials: tuple[Case, ...] = ()
    candidates: list[Candidate] = field(default_factory=list)

    def request(self, template: str, *, prefill: str, max_tokens: int, temperature: float) -> CompletionRequest:
        """The requirement first, the task of the moment last: all prompts of a run share their beginning."""
        task = render(self.context.action.template(template), program=self.program)
        able = self.context.backend.capabilities.prefill
        return CompletionRequest(
            messages=(
                ChatMessage.system("You are a careful Python programmer."),
                ChatMessage.user(f"{self.text}\n\n{task}"),
            ),
            max_tokens=max_tokens,
            temperature=temperature,
            top_p=0.95 if temperature else 1.0,
            min_p=0.05 if temperature else 0.0,
            seed=self.context.office.seed,
            stop=("\n```",) if able else (),
            prefill=prefill if able else "",
        )

    async def propose_trials(self) -> tuple[Case, ...]:
        """Inputs from the model, a shell transcript, and their variations."""
        request = self.request("trials", prefill="```bash\n", max_tokens=320, temperature=0.0)
        reply = await self.context.complete(request)
        script = reply.text if request.prefill else extract_code(reply.text, "bash")
        return further_trials(read_transcript(script, self.program), self.program)

    async def draw(self, sample: int) -> Candidate:
        """One program. The first is the likeliest one, the others are drawn at temperature 0.8."""
        request = self.request("", prefill=f"```python\n{IMPORTS}", max_tokens=1024, temperature=0.8 if sample else 0.0)
        request = request.model_copy(update={"seed": self.context.office.seed * 1000 + sample})
        reply = await self.context.complete(request, sample=sample)
        content = IMPORTS + reply.text if request.prefill else extract_code(reply.text)
        return self._candidate(content)

    def _candidate(self, content: str) -> Candidate:
        content = without_unused_imports(mechanically_fixed(content))
        return Candidate(content, problems=problems(self.program, content))

    async def try_out(self, candidate: Candidate) -> None:
        """Run the candidate through all trials."""
        runs = await self.context.side_by_side(*(self._run(candidate, case) for case in self.trials))
        candidate.outcomes = tuple(runs)

    async def _run(self, candidate: Candidate, case: Case) -> Outcome:
        commands = [command(self.program, step) for step in case.steps]
        files = {self.program: candidate.content, **case.files}
        return (await self.context.execute(commands, files, limits=CASE_LIMITS)).outcome

    def selection(self) -> Selection:
        """The candidate that most others behave like; one that does not even compile only where all are so."""
        sound = {i: c.behaviour for i, c in enumerate(self.candidates) if not c.problems}
        return select(sound or {i: c.behaviour for i, c in enumerate(self.candidates)})


class WriteScript(Action):
    """Write the program several times, run all of them on the same inputs, keep the one that most others agree with."""

    watches = (Requirement,)
    produces = (SourceFile, Implementation)
    most_samples: ClassVar[int] = 6
    enough: ClassVar[int] = 2
    """So many others that behave the same end the sampling."""

    async def run(self, context: Context, document: Document) -> Implementation:
        text = context.need(Requirement).text
        bench = Bench(context, text, entry_point(text))
        first = asyncio.ensure_future(context.side_by_side(*(bench.draw(sample) for sample in range(2))))
        (bench.trials,) = await context.side_by_side(bench.propose_trials())
        await self._take(bench, await first)
        while len(bench.candidates) < self.most_samples and bench.selection().supporters < self.enough:
            count = len(bench.candidates)
            batch = range(count, min(count + 2, self.most_samples))
            await self._take(bench, await context.side_by_side(*(bench.draw(i) for i in batch)))
        selection = bench.selection()
        chosen = bench.candidates[selection.index]
        await context.publish(SourceFile(path=bench.program, content=chosen.content))
        return Implementation(
            entry_point=bench.program,
            files=(bench.program,),
            agreement=selection.agreement,
            cases=as_regressions(bench.trials, chosen.outcomes),
            notes=() if selection.supporters else ("no other reading of the requirement behaves like this program",),
        )

    async def _take(self, bench: Bench, candidates: list[Candidate]) -> None:
        await bench.context.side_by_side(*(bench.try_out(candidate) for candidate in candidates))
        bench.candidates += candidates
        bench.context.tell("notice", detail=f"{len(bench.candidates)} candidates tried on {len(bench.trials)} inputs")
