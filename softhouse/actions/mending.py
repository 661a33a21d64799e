"""What is wrong with a candidate mended by rule: a change is tried, and kept only where it is better."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from softhouse.actions.beginnings import data_file
from softhouse.actions.candidates import Bench, Candidate
from softhouse.actions.cases import fell_over
from softhouse.actions.coercions import coerced, only_english, words_of_letters
from softhouse.actions.complaints import separator_complaint, stated_path, stated_separator
from softhouse.actions.faults import Fault, Start, find_faults, labels_seen
from softhouse.actions.formats import stated_marks
from softhouse.actions.letters import foreign_letter, stated_case, stray_word
from softhouse.actions.mechanical_fixes import mechanically_fixed
from softhouse.actions.outputs import (
    ending_in,
    first_ones,
    marked,
    or_else,
    passed_over,
    shorter_paths,
    stripped,
    unlisted,
    whole_numbers,
)
from softhouse.actions.patches import (
    Remedy,
    as_given,
    of_case,
    on_one_line,
    other_names,
    patched,
    printing_too,
    put_in_order,
    ranked,
    refusing_more,
    rounded,
    separated,
    separator_of,
    silenced,
    single_spaced,
    with_a_command_alone,
    with_state,
    written_to_output,
)
from softhouse.actions.refusals import ending_in_silence, guarded, spoken_out
from softhouse.actions.stated import stated_decimals, stated_most, stated_nothing, stated_silence
from softhouse.actions.unasked import without_labels
from softhouse.environment.sandbox import Outcome

MOST_COERCIONS = 4
MOST_PATCHED = 6
MOST_LOOKED_AT = 3


@dataclass
class Mender:
    """Mends by what a candidate does on the first `cases` trials of `bench`."""

    bench: Bench
    cases: int

    def faults(self, candidate: Candidate) -> list[Fault]:
        """What is surely wrong with it."""
        return self.bench.faults(candidate, self.cases)

    async def by_rule(self, candidate: Candidate) -> Candidate:
        """The candidate, or one that is better."""
        candidate = await self._separated(await self._patched(await self._coerced(candidate)))
        starts, text = self.bench.starts(candidate, self.cases), self.bench.text
        if not any(start.prints for start in starts):
            candidate = await self.better(candidate, spoken_out(candidate.content))
        if any(foreign_letter(text, start.execution.stdout) for start in starts):
            candidate = await self.better(candidate, only_english(candidate.content))
        if any(stray_word(text, start.execution.stdout) for start in starts):
            candidate = await self.better(candidate, mechanically_fixed(words_of_letters(candidate.content)))
        if (code := stated_silence(text)) is not None:
            candidate = await self.better(candidate, mechanically_fixed(ending_in_silence(candidate.content, code)))
        starts = self.bench.starts(candidate, self.cases)
        labels = [label for label, _ in labels_seen(text, candidate.content, starts)]
        return await self.better(candidate, without_labels(candidate.content, labels))

    async def guarded(self, candidate: Candidate) -> Candidate:
        """The candidate, with a message where it would end with a traceback, if that is all that is wrong with it."""
        return await self.better(candidate, guarded(candidate.content))

    async def better(self, candidate: Candidate, content: str) -> Candidate:
        """The candidate, or one with that content where it has fewer faults."""
        if content == candidate.content:
            return candidate
        changed = await self.bench.tried(content)
        return changed if len(self.faults(changed)) < len(self.faults(candidate)) else candidate

    def strictly_better(self, new: Candidate, old: Candidate) -> bool:
        """Whether it has fewer faults, and does the same wherever nothing was wrong with the old one."""
        if old.problems or new.problems:
            return not new.problems
        if len(self.faults(new)) >= len(self.faults(old)):
            return False
        wrong = {fault.start for fault in self.bench.faults(old, len(self.bench.trials))}
        pairs = enumerate(zip(self.bench.behaviour(new).prints, self.bench.behaviour(old).prints, strict=True))
        return None in wrong or all(
            after == before for i, (after, before) in pairs if i not in wrong and before is not None and before[0] == 0
        )

    async def _coerced(self, candidate: Candidate) -> Candidate:
        """With type errors mended, one after the other, as far as rules go."""
        now = candidate
        for _ in range(MOST_COERCIONS):
            crashes = [start.execution.stderr for start in self.bench.starts(now, self.cases)]
            changes = (coerced(now.content, self.bench.program, crash) for crash in crashes)
            content = next((change for change in changes if change != now.content), None)
            if content is None:
                break
            now = await self.bench.tried(content)
        return now if len(self.faults(now)) < len(self.faults(candidate)) else candidate

    async def _patched(self, candidate: Candidate) -> Candidate:
        """With the first small change that makes it strictly better, as long as there is one."""
        for _ in range(MOST_PATCHED):
            for content in self._patches(candidate):
                if await self._helps(content, candidate):
                    changed = await self.bench.tried(content)
                    if self.strictly_better(changed, candidate):
                        candidate = changed
                        break
            else:
                break
        return candidate

    async def _separated(self, candidate: Candidate) -> Candidate:
        """With that between its values which an example in the requirement has there, or which its words state."""
        starts = [start for start in self.bench.starts(candidate, self.cases) if start.prints]
        shown = [separator_of(start.step.stdout, start.execution.stdout) for start in starts if start.step.stdout]
        stated = [separator_complaint(self.bench.text, start.execution.stdout) for start in starts]
        separator = next(filter(None, shown), "") or (stated_separator(self.bench.text) if any(stated) else "")
        for content in separated(candidate.content, separator) if separator else ():
            if (changed := await self.better(candidate, content)) is not candidate:
                return changed
        return candidate

    async def _helps(self, content: str, candidate: Candidate) -> bool:
        """Whether less is wrong with that content on one of the first trials on which something is."""
        wrong = ((number, self._wrong(candidate.content, number, o)) for number, o in enumerate(candidate.outcomes))
        for number, before in islice(((n, count) for n, count in wrong if n < self.cases and count), MOST_LOOKED_AT):
            after = await self.bench.run(content, self.bench.trials[number])
            if self._wrong(content, number, after) < before:
                return True
        return bool(candidate.problems)

    def _wrong(self, content: str, number: int, outcome: Outcome) -> int:
        """How much is wrong on one trial."""
        return len(find_faults(self.bench.text, content, self.bench.starts_of(number, outcome)))

    def _patches(self, candidate: Candidate) -> Iterator[str]:
        """Small changes that may mend what is wrong with it."""
        faults, starts = self.faults(candidate), self.bench.starts(candidate, self.cases)
        wrong = [starts[fault.start] for fault in faults if fault.start is not None]
        if wrong and all(start.step.exit_code and fell_over(start.execution) for start in wrong):
            yield guarded(candidate.content)
        yield from patched(candidate.content, *self._remedies(faults, wrong, candidate.problems))

    def _remedies(self, faults: Sequence[Fault], wrong: Sequence[Start], problems: Sequence[str]) -> Iterator[Remedy]:
        """What may mend these faults, of which some show in starts that went wrong; the likeliest first."""
        text, kinds = self.bench.text, {fault.kind for fault in faults}
        errors = [*problems, *(start.execution.stderr for start in wrong if fell_over(start.execution))]
        yield partial(other_names, said="\n".join(errors))
        if any(start.named and len(start.step.arguments) == 1 and not start.succeeded for start in wrong):
            yield with_a_command_alone
        if (state := data_file(text)) and any(start.named and not start.succeeded for start in wrong):
            yield partial(with_state, state=state)
        if any(start.execution.stdout.startswith("['") for start in wrong):
            yield unlisted
        if "message" in kinds:
            yield partial(silenced, output="\n".join(fault.message for fault in faults if fault.kind == "message"))
        if "decimals" in kinds:
            yield partial(rounded, digits=stated_decimals(text)[0].digits)
        if "case" in kinds and (case := stated_case(text)):
            yield partial(of_case, case=case)
        if "ties" in kinds:
            yield ranked
        if kinds & {"alphabet", "order"}:
            yield put_in_order if "alphabet" in kinds else as_given
        if "blank" in kinds:
            yield single_spaced
        if "whole" in kinds:
            yield whole_numbers
        if ending := next(filter(None, map(_missing_end, wrong)), ""):
            yield partial(ending_in, ending=ending)
        if "path" in kinds and (path := stated_path(text)):
            yield partial(shorter_paths, wanted=path)
        if "nothing" in kinds:
            yield partial(or_else, said=stated_nothing(text))
        if "indent" in kinds:
            yield stripped
        if any(start.named and (start.step.stdin or any(start.files.values())) for start in wrong):
            yield passed_over
        if "json" in kinds:
            yield on_one_line
        if "top" in kinds:
            yield partial(first_ones, most=str(stated_most(text) or ""))
        if marks := stated_marks(text):
            yield partial(marked, mark=marks[0], done=marks[1])
        if "silent" in kinds:
            yield written_to_output
            yield printing_too
        if any(start.step.exit_code and start.succeeded for start in wrong):
            yield refusing_more


def _missing_end(start: Start) -> str:
    """What an example in the requirement has behind what was printed."""
    expected, printed = (start.step.stdout or "").rstrip(), start.execution.stdout.rstrip()
    return expected.removeprefix(printed) if printed and expected.startswith(printed) and "\n" not in expected else ""
