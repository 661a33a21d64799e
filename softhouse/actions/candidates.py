"""Several readings of one requirement, run on the same inputs: what is wrong with each, and which one to take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from softhouse.actions.argv import unused_argument
from softhouse.actions.behaviour import Behaviour, Selection, observe, select
from softhouse.actions.cases import CASE_LIMITS, command
from softhouse.actions.context import Context
from softhouse.actions.endings import ends_after_output, stated_endings
from softhouse.actions.examples import quoted_cases, sample_starts
from softhouse.actions.faults import Fault, Start, borne_out, find_faults
from softhouse.actions.refused import doubted_commands, refused_cases
from softhouse.actions.shown import like, shown_starts
from softhouse.actions.source import problems
from softhouse.actions.supposed import first_alone, is_sure, rewritten_lines, supposed_trials
from softhouse.actions.trials import ENOUGH_STARTS, at_first_start, distinct, without_repetition
from softhouse.actions.usage import first_start_cases, quiet_commands, usage_again, usage_case
from softhouse.actions.variations import variations
from softhouse.environment.documents import Case
from softhouse.environment.sandbox import Outcome

MOST_GUESSED = 4
"""So many starts' worth at most is one script of the model's."""


@dataclass
class Candidate:
    """One reading of the requirement, and what it did."""

    content: str
    problems: tuple[str, ...]
    trials: tuple[Case, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """What it did on each of the trials."""
    log_probability: float | None = None
    """How sure the model was of the reading (`Completion.log_probability`), before anything was mended."""


@dataclass
class Bench:
    """The candidates for one program and the trials that all of them go through."""

    context: Context
    text: str
    program: str
    trials: tuple[Case, ...] = ()
    named: int = 0
    """So many of the trials, the first, are the requirement's own examples and commands, which have to succeed."""
    spoken_of: int = 0
    """So many of the trials, the first, follow from the requirement's words."""
    ordinary: int = 0
    """So many of the trials, the first, are such as the model proposed; the others are variations."""
    candidates: dict[int, Candidate] = field(default_factory=dict)
    """By sample index."""

    def lay_out(self, proposed: Sequence[Case]) -> None:
        """The trials: what the words name, speak of and refuse, then what the model proposed, then variations."""
        usage, again = usage_case(self.text, self.program), usage_again(self.text, self.program)
        starts = shown_starts(self.text, self.program)
        shown = (*quoted_cases(self.text, self.program), *(case for case in starts if case.source == "quoted"))
        supposed = (again,) if again else (*starts, *like(starts, supposed_trials(self.text, self.program)))
        proposed = at_first_start(proposed if usage else map(without_repetition, proposed))
        commands = (usage, *first_start_cases(self.text)) if usage else ()
        alone = () if usage else first_alone(self.text, (*supposed, *proposed), self.program)
        rewritten = rewritten_lines(self.text, self.program)
        sure = () if usage else (case for case in supposed if is_sure(self.text, case))
        named = (*shown, *sample_starts(self.text, self.program), *rewritten, *commands, *alone, *sure)
        refused = refused_cases(self.text, self.program, (*supposed, *shown, *proposed))
        spoken_of = (*named, *supposed, *refused)
        ordinary = distinct((*spoken_of, *proposed))
        self.named, self.spoken_of, self.ordinary = map(len, (distinct(named), distinct(spoken_of), ordinary))
        self.trials = distinct((*ordinary, *variations(self.text, ordinary, self.program)))

    async def tried(self, content: str) -> Candidate:
        """That program, run through all trials, if it compiles."""
        # Programs that do nothing agree with each other on everything.
        empty = () if content.strip() else (f"{self.program} is empty",)
        unused = (f"{self.program}: the argument {name} is never used",) if (name := unused_argument(content)) else ()
        candidate = Candidate(content, empty or (*problems(self.program, content), *unused))
        if not candidate.problems:
            runs = await self.context.side_by_side(*(self.run(content, case) for case in self.trials))
            candidate.trials, candidate.outcomes = self.trials, tuple(runs)
        return candidate

    async def run(self, content: str, case: Case) -> Outcome:
        """That program on one trial."""
        commands = [command(self.program, step) for step in case.steps]
        files = {self.program: content, **case.files}
        return (await self.context.execute(commands, files, limits=CASE_LIMITS)).outcome

    @property
    def best(self) -> Candidate | None:
        """The candidate that is selected, or the first where none compiles; None before there is one."""
        selection = self.selection()
        return self.candidates.get(selection.index if selection else 0)

    def selection(self) -> Selection | None:
        """The candidate that most others behave like; None where none compiles."""
        sound = {i: candidate for i, candidate in sorted(self.candidates.items()) if not candidate.problems}
        if not sound:
            return None
        behaviours = {i: self.behaviour(candidate) for i, candidate in sound.items()}
        sure = {i: each.log_probability for i, each in sound.items() if each.log_probability is not None}
        said_at_end = bool(stated_endings(self.text) or ends_after_output(self.text))
        return select(behaviours, self._counted(sound), self._most(), log_probabilities=sure, said_at_end=said_at_end)

    def _most(self) -> list[float]:
        """How much each start may tell: many that the model proposes at once are much alike, and tell less each.

        Else a program that is right for two numbers only would be right, where the words speak of two or more.
        """
        return [
            1.0 if number < self.spoken_of else min(1.0, MOST_GUESSED / len(case.steps))
            for number, case in enumerate(self.trials)
            for _ in case.steps
        ]

    def _counted(self, sound: Mapping[int, Candidate]) -> dict[int, int]:
        """How many faults each has, one more for a program that always says the same, where others do not."""
        every = len(self.trials)
        outputs = {
            i: [s.execution.stdout for s in self.starts(candidate, every) if s.prints and not s.step.exit_code]
            for i, candidate in sound.items()
        }
        varied = any(len(set(found)) > 1 for found in outputs.values())
        return {
            i: len(self.faults(candidate, self.ordinary))
            + (varied and len(outputs[i]) >= ENOUGH_STARTS and len(set(outputs[i])) == 1)
            for i, candidate in sound.items()
        }

    def _doubtful(self) -> set[int]:
        """The ordinary starts that half of the readings do not take, though nothing says that they have to.

        The input is more likely wrong than all of them.
        """
        columns = zip(*(self.starts(c, self.ordinary) for c in self.candidates.values() if not c.problems), strict=True)
        return {
            number
            for number, column in enumerate(columns)
            if not (column[0].named or column[0].step.exit_code)
            and 2 * sum(not start.succeeded for start in column) >= len(column) > 1
        }

    def behaviour(self, candidate: Candidate) -> Behaviour:
        """What a candidate did on all trials, to be compared."""
        return observe(candidate.outcomes, candidate.trials, quiet_commands(self.text))

    def faults(self, candidate: Candidate, cases: int) -> list[Fault]:
        """What is surely wrong with it, by what it did on the first `cases` trials."""
        found = [Fault(f"python {self.program}", "\n".join(candidate.problems))] if candidate.problems else []
        doubtful = self._doubtful()
        seen = find_faults(self.text, candidate.content, self.starts(candidate, cases))
        return found + [fault for fault in seen if fault.start not in doubtful]

    def borne_out(self, candidate: Candidate) -> bool:
        """Whether what it did shows something that the requirement says of its output."""
        return borne_out(self.text, self.starts(candidate, len(self.trials)))

    def exemplified(self, candidate: Candidate) -> bool:
        """Whether it prints something for which the requirement itself says what is printed."""
        return any(start.prints and start.step.stdout is not None for start in self.starts(candidate, self.ordinary))

    def starts(self, candidate: Candidate, cases: int) -> list[Start]:
        """The starts of the first `cases` trials."""
        outcomes = enumerate(candidate.outcomes[:cases])
        return [start for number, outcome in outcomes for start in self.starts_of(number, outcome)]

    def starts_of(self, number: int, outcome: Outcome) -> list[Start]:
        """The starts of one trial."""
        case, doubted = self.trials[number], doubted_commands(self.text)
        return [
            Start(
                " ".join(["python", self.program, *step.arguments]),
                step,
                execution,
                case.files,
                named=number < self.named and not doubted.intersection(step.arguments[:1]),
            )
            for step, execution in zip(case.steps, outcome.executions, strict=True)
        ]
