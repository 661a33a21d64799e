"""Programs compared by what they do on the same inputs. Text is not compared, and crashes have no vote.

The source of the idea is minimum-Bayes-risk selection by execution (Shi et al. 2022, arXiv 2204.11454): independent
readings of one requirement that behave alike are more likely right than the one that stands alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from softhouse.actions.cases import fell_over, normalise
from softhouse.environment.documents import Case, Step
from softhouse.environment.sandbox import Outcome

REFUSED = 0.05
"""Weight of a start on which all complain or say nothing: readings that differ wherever there is something to say are
not alike for refusing the same."""
Print = tuple[int, str, tuple[tuple[str, str], ...]] | None
"""What one start of a program did: exit code, output, and (after a case's last step) the files that changed: with their
content where an argument names them, else by name alone, since how a program keeps its own data is its own affair. None
for a crash or a run that did not end: such a start agrees with nobody."""


@dataclass(frozen=True)
class Behaviour:
    """What one candidate did on all trials, start by start."""

    prints: tuple[Print, ...]

    @property
    def crashes(self) -> int:
        """Starts that fell over or did not end."""
        return sum(found is None for found in self.prints)


def observe(outcomes: Sequence[Outcome], cases: Sequence[Case], quiet: Collection[str] = ()) -> Behaviour:
    """The behaviour behind the outcomes of all trials; `cases` are the trials, in the same order.

    `quiet`: commands of which nothing is said about their output; a success of them says nothing.
    """
    prints: list[Print] = []
    for outcome, case in zip(outcomes, cases, strict=False):
        arguments = {argument for step in case.steps for argument in step.arguments}
        files = tuple(
            sorted((name, normalise(text) if name in arguments else "") for name, text in outcome.files.items())
        )
        last = len(outcome.executions) - 1
        for index, execution in enumerate(outcome.executions):
            crashed = fell_over(execution) or execution.exit_code < 0
            if crashed or execution.timed_out or execution.limit:
                prints.append(None)
            else:
                heard = execution.exit_code != 0 or not set(case.steps[index].arguments[:1]) & set(quiet)
                output = normalise(execution.stdout) if heard else ""
                prints.append((execution.exit_code, output, files if index == last else ()))
    return Behaviour(tuple(prints))


def weights(
    behaviours: Sequence[Behaviour], most: Sequence[float] = (), *, said_at_end: bool = False
) -> tuple[float, ...]:
    """How much each start tells: nothing where fewer than two candidates end, little where all of them complain.

    `most`: how much each start may tell; 1 where it is empty. `said_at_end`: what is printed before another exit code
    than 0 is a result.
    """
    result = []
    columns = zip(*(behaviour.prints for behaviour in behaviours), strict=True)
    for number, column in enumerate(columns):
        alive = [found for found in column if found is not None]
        if len(alive) < 2:
            result.append(0.0)
        elif all(_says_nothing(found, said_at_end=said_at_end) for found in alive):
            result.append(REFUSED)
        else:
            result.append(most[number] if most else 1.0)
    return tuple(result)


def _says_nothing(found: Print, *, said_at_end: bool = False) -> bool:
    """Whether a start was refused, or was a success without any output.

    >>> _says_nothing((1, "bad", ())), _says_nothing((0, "3", ())), _says_nothing((1, "none", ()), said_at_end=True)
    (True, False, False)
    """
    if found is None:
        return False
    exit_code, output, files = found
    return not (output or files) or (exit_code != 0 and not (said_at_end and output))


def agreement(one: Behaviour, other: Behaviour, weight: Sequence[float], *, said_at_end: bool = False) -> float:
    """Share of the weighted starts on which both did the same, 0 to 1; 0 where nothing tells.

    That two refuse the same, or say nothing, tells little of them also where a third one does not.

    >>> a, b = Behaviour(((0, "1", ()), (0, "2", ()))), Behaviour(((0, "1", ()), None))
    >>> agreement(a, b, (1.0, 1.0))
    0.5
    """
    total = same = 0.0
    for telling, a, b in zip(weight, one.prints, other.prints, strict=True):
        alike = a is not None and a == b
        counted = telling * REFUSED if alike and _says_nothing(a, said_at_end=said_at_end) else telling
        total += counted
        same += counted * alike
    return same / total if total else 0.0


@dataclass(frozen=True)
class Selection:
    """The candidate that most others behave like."""

    index: int
    agreement: float
    """With the candidate that is most like it, 0 to 1."""
    supporters: tuple[int, ...]
    """The other candidates that agree with it on at least `threshold` of what tells, by their index."""
    telling: float
    """The summed weight of the starts."""


def select(
    behaviours: Mapping[int, Behaviour],
    faults: Mapping[int, int] | None = None,
    most: Sequence[float] = (),
    *,
    log_probabilities: Mapping[int, float] | None = None,
    threshold: float = 0.8,
    said_at_end: bool = False,
) -> Selection:
    """Choose among candidates, by their index. `behaviours` must not be empty.

    `faults`: what is known to be wrong with each, which counts before any agreement. `log_probabilities`: how sure the
    model was of each (`Completion.log_probability`, in nats a token), which is added to its mean agreement with the
    others: it decides between equals, and where agreement is weak. The others: see `weights`.

    >>> good, odd = Behaviour(((0, "6", ()),)), Behaviour(((0, "7", ()),))
    >>> select({0: odd, 1: good, 2: good})
    Selection(index=1, agreement=1.0, supporters=(2,), telling=1.0)
    """
    faults, sure = faults or {}, log_probabilities or {}
    weight = weights(list(behaviours.values()), most, said_at_end=said_at_end)
    shares = {
        i: {j: agreement(one, other, weight, said_at_end=said_at_end) for j, other in behaviours.items() if j != i}
        for i, one in behaviours.items()
    }

    least_sure = min(sure.values(), default=0.0)

    def rank(i: int) -> tuple[float, ...]:
        alike = sum(shares[i].values()) / max(1, len(shares[i]))
        return -faults.get(i, 0), alike + sure.get(i, least_sure), -behaviours[i].crashes, -i

    best = max(behaviours, key=rank)
    supporters = tuple(j for j, share in shares[best].items() if share >= threshold)
    return Selection(best, max(shares[best].values(), default=0.0), supporters, sum(weight))


def as_regressions(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> tuple[Case, ...]:
    """The trials with what the program did as their expectation, those that crashed or did not end left out."""
    kept = []
    for case, outcome in zip(cases, outcomes, strict=True):
        if observe([outcome], [case]).crashes:
            continue
        steps = tuple(
            Step(arguments=s.arguments, stdin=s.stdin, stdout=e.stdout, exit_code=e.exit_code)
            for s, e in zip(case.steps, outcome.executions, strict=True)
        )
        kept.append(Case(name=case.name, files=case.files, steps=steps, source="observed"))
    return tuple(kept)
