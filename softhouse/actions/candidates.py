"""Several readings of one requirement by a small model, and the trials that all of them go through."""

from dataclasses import dataclass, field

from softhouse.actions.beginnings import beginning, data_file, reads_standard_input, says_on_output, started, talks
from softhouse.actions.behaviour import Behaviour, Selection, observe, select
from softhouse.actions.cases import CASE_LIMITS, command
from softhouse.actions.coercions import coerced, only_english
from softhouse.actions.context import Context
from softhouse.actions.examples import quoted_cases
from softhouse.actions.faults import Fault, Start, borne_out, find_faults, labels_seen
from softhouse.actions.mechanical_fixes import mechanically_fixed, without_unused_imports
from softhouse.actions.prompts import render
from softhouse.actions.refusals import ending_in_silence, guarded, refusing, spoken_out
from softhouse.actions.source import problems
from softhouse.actions.stated import foreign_letter, stated_silence
from softhouse.actions.supposed import supposed_trials
from softhouse.actions.transcripts import read_transcript
from softhouse.actions.trials import at_first_start, further_trials, script_beginning
from softhouse.actions.unasked import without_labels
from softhouse.actions.usage import first_start_cases, quiet_commands, usage_case, usage_forms
from softhouse.environment.documents import Case
from softhouse.environment.sandbox import Outcome
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest

SYSTEM = "You are a careful Python programmer."
MOST_TOKENS = 1024
MOST_COERCIONS = 4
REPAIR = 99
"""The sample index of a repair, for its seed."""
TEMPERATURE = 0.6
"""Of all readings but the first. Of twenty single ones, 4 were right at 0.5 and 3 at 0.8; greedy, 5 of eighteen."""
SHELL = "```bash\n#!/bin/bash\n"
MOST_TRIAL_TOKENS = 320
ENOUGH_STARTS = 4
"""With fewer starts of the program in its script, the model is asked for another one."""


def small_model_turns(text: str, program: str, template: str, fault: Fault | None = None) -> tuple[ChatMessage, ...]:
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
    )
    return ChatMessage.system(SYSTEM), ChatMessage.user(f"{text}\n\n{task}")


@dataclass
class Candidate:
    """One reading of the requirement, and what it did."""

    content: str
    problems: tuple[str, ...]
    trials: tuple[Case, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """What it did on each of the trials."""


@dataclass
class Bench:
    """The candidates for one program and the trials that all of them go through."""

    context: Context
    text: str
    program: str
    trials: tuple[Case, ...] = ()
    named: int = 0
    """So many of the trials, the first, are the requirement's own examples and commands, which have to succeed."""
    ordinary: int = 0
    """So many of the trials, the first, are such as the model proposed; the others are variations."""
    candidates: dict[int, Candidate] = field(default_factory=dict)
    """By sample index."""

    async def propose_trials(self) -> None:
        """Inputs from the model, as a shell script, and their variations."""
        start = script_beginning(self.text, self.program)
        brief = start == f"python {self.program}"  # nothing has to be laid out
        most = MOST_TRIAL_TOKENS // 2 if brief else MOST_TRIAL_TOKENS
        request = self._request("trials", prefill=f"{SHELL}{start}", max_tokens=most)
        cases: tuple[Case, ...] = ()
        for attempt in range(2):
            reply = await self.context.complete(self._drawn(request, attempt), sample=attempt)
            script = start + reply.text if self._begins else extract_code(reply.text, "bash")
            cases += read_transcript(script, self.program)
            if sum(len(case.steps) for case in cases) >= ENOUGH_STARTS:
                break
        usage = usage_case(self.text, self.program)
        shown = quoted_cases(self.text, self.program)
        named = (*shown, *((usage, *first_start_cases(self.text)) if usage else ()))
        self.named = len(named)
        supposed = () if usage else supposed_trials(self.text, self.program)
        ordinary = (*named, *supposed, *at_first_start(cases))
        self.ordinary = len(ordinary)
        self.trials = further_trials(ordinary, self.program)

    async def read(self, sample: int) -> None:
        """One more program, run through all trials; what is wrong on an ordinary one is mended where a rule knows it.

        The first is the likeliest one, the others are drawn. While something is wrong with the best of them, every
        second one is told what.
        """
        best = self.best if sample % 2 else None
        faults = self.faults(best, self.ordinary) if best else []
        candidate = await self._candidate(sample, faults[0] if faults else None)
        self.candidates[sample] = await self._mended_by_rule(candidate, self.ordinary)

    async def mend(self, candidate: Candidate, cases: int) -> Candidate:
        """What is wrong on the first `cases` trials mended: by rule where one knows it, else by one repair.

        What a change does not make strictly better stays as it was.
        """
        candidate = await self._mended_by_rule(candidate, cases)
        if not self.faults(candidate, self.ordinary):  # only unusual input is too much for it
            candidate = await self._better(candidate, guarded(candidate.content), cases)
        faults = self.faults(candidate, cases)
        if not faults:
            return candidate
        mended = await self._candidate(REPAIR, faults[0])
        return mended if self._strictly_better(mended, candidate, cases) else candidate

    async def _mended_by_rule(self, candidate: Candidate, cases: int) -> Candidate:
        candidate = await self._coerced(candidate, cases)
        if not any(start.prints for start in self._starts(candidate, cases)):
            candidate = await self._better(candidate, spoken_out(candidate.content), cases)
        if any(foreign_letter(self.text, start.execution.stdout) for start in self._starts(candidate, cases)):
            candidate = await self._better(candidate, only_english(candidate.content), cases)
        if (code := stated_silence(self.text)) is not None:
            silent = mechanically_fixed(ending_in_silence(candidate.content, code))
            candidate = await self._better(candidate, silent, cases)
        labels = [label for label, _ in labels_seen(self.text, candidate.content, self._starts(candidate, cases))]
        return await self._better(candidate, without_labels(candidate.content, labels), cases)

    async def _better(self, candidate: Candidate, content: str, cases: int) -> Candidate:
        """The candidate, or one with that content where it has fewer faults."""
        changed = await self._changed(candidate, content)
        return changed if len(self.faults(changed, cases)) < len(self.faults(candidate, cases)) else candidate

    async def _coerced(self, candidate: Candidate, cases: int) -> Candidate:
        """With the type errors of the first `cases` trials mended, one after the other, as far as rules go."""
        now = candidate
        for _ in range(MOST_COERCIONS):
            crashes = [start.execution.stderr for start in self._starts(now, cases)]
            content = next(
                (c for crash in crashes if (c := coerced(now.content, self.program, crash)) != now.content), None
            )
            if content is None:
                break
            now = await self._changed(now, content)
        return now if len(self.faults(now, cases)) < len(self.faults(candidate, cases)) else candidate

    async def _changed(self, candidate: Candidate, content: str) -> Candidate:
        """A candidate with another content, run through all trials."""
        if content == candidate.content:
            return candidate
        changed = Candidate(content, problems(self.program, content))
        await self._run_all(changed)
        return changed

    async def _run_all(self, candidate: Candidate) -> None:
        if not candidate.problems:
            runs = await self.context.side_by_side(*(self._run(candidate, case) for case in self.trials))
            candidate.trials, candidate.outcomes = self.trials, tuple(runs)

    def _strictly_better(self, new: Candidate, old: Candidate, cases: int) -> bool:
        """Whether it has fewer faults, and does the same wherever nothing was wrong with the old one."""
        if old.problems or new.problems:
            return not new.problems
        if len(self.faults(new, cases)) >= len(self.faults(old, cases)):
            return False
        wrong = {fault.start for fault in self.faults(old, len(self.trials))}
        pairs = enumerate(zip(self._behaviour(new).prints, self._behaviour(old).prints, strict=True))
        return None in wrong or all(
            after == before for i, (after, before) in pairs if i not in wrong and before is not None and before[0] == 0
        )

    def _drawn(self, request: CompletionRequest, sample: int) -> CompletionRequest:
        if sample == 0:
            return request
        seed = self.context.office.seed * 1000 + sample
        return request.model_copy(update={"temperature": TEMPERATURE, "top_p": 0.95, "min_p": 0.05, "seed": seed})

    @property
    def best(self) -> Candidate | None:
        """The candidate that is selected, or the first where none compiles; None before there is one."""
        selection = self.selection()
        return self.candidates.get(selection.index if selection else 0)

    def selection(self) -> Selection | None:
        """The candidate that most others behave like; None where none compiles."""
        sound = {i: self._behaviour(c) for i, c in sorted(self.candidates.items()) if not c.problems}
        faults = {i: len(self.faults(self.candidates[i], self.ordinary)) for i in sound}
        return select(sound, faults) if sound else None

    def _behaviour(self, candidate: Candidate) -> Behaviour:
        return observe(candidate.outcomes, candidate.trials, quiet_commands(self.text))

    def faults(self, candidate: Candidate, cases: int) -> list[Fault]:
        """What is surely wrong with it, by what it did on the first `cases` trials."""
        found = [Fault(f"python {self.program}", "\n".join(candidate.problems))] if candidate.problems else []
        return found + find_faults(self.text, candidate.content, self._starts(candidate, cases))

    def borne_out(self, candidate: Candidate) -> bool:
        """Whether what it did shows something that the requirement says of its output."""
        return borne_out(self.text, self._starts(candidate, len(self.trials)))

    def _starts(self, candidate: Candidate, cases: int) -> list[Start]:
        """The starts of the first `cases` trials."""
        return [
            Start(" ".join(["python", self.program, *step.arguments]), step, execution, named=number < self.named)
            for number, (case, outcome) in enumerate(zip(self.trials[:cases], candidate.outcomes, strict=False))
            for step, execution in zip(case.steps, outcome.executions, strict=True)
        ]

    @property
    def _begins(self) -> bool:
        """Whether the model continues an answer that was begun for it."""
        return self.context.backend.capabilities.prefill

    def _request(
        self, template: str = "", *, prefill: str, max_tokens: int, fault: Fault | None = None
    ) -> CompletionRequest:
        """The requirement first, the task of the moment last: all prompts of a run share their beginning.

        `fault`: of an earlier program, which is not shown: a small model that sees it copies it, to the letter.
        """
        source = self.context.action.template(template)
        return CompletionRequest(
            messages=small_model_turns(self.text, self.program, source, fault),
            max_tokens=max_tokens,
            seed=self.context.office.seed,
            stop=("\n```",) if self._begins else (),
            prefill=prefill if self._begins else "",
        )

    async def _candidate(self, sample: int, fault: Fault | None = None) -> Candidate:
        request = self._request(prefill=f"```python\n{beginning(self.text)}", max_tokens=MOST_TOKENS, fault=fault)
        reply = await self.context.complete(self._drawn(request, sample), sample=sample)
        content = beginning(self.text) + reply.text if self._begins else extract_code(reply.text)
        content = refusing(started(mechanically_fixed(content)), self.text)
        content = without_unused_imports(mechanically_fixed(content))
        # Nothing was written that runs: programs that do nothing agree with each other on everything.
        empty = () if content.strip() else (f"{self.program} is empty",)
        candidate = Candidate(content, empty or problems(self.program, content))
        await self._run_all(candidate)
        return candidate

    async def _run(self, candidate: Candidate, case: Case) -> Outcome:
        commands = [command(self.program, step) for step in case.steps]
        files = {self.program: candidate.content, **case.files}
        return (await self.context.execute(commands, files, limits=CASE_LIMITS)).outcome
