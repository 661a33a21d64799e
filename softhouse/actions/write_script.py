"""A small model's way to a program: from the requirement itself, several readings of it, compared by what they do.

The answer is begun for the model and stopped at the closing fence; what rules can mend is mended before anything runs;
more samples are drawn only while the evidence asks for them; what is surely wrong is mended by rule, or told to a
further reading, and a change is kept only where it is better.
"""

import re
from dataclasses import replace
from typing import ClassVar

from softhouse.actions.action import Action
from softhouse.actions.behaviour import Selection, as_regressions
from softhouse.actions.candidates import Bench, Candidate
from softhouse.actions.context import Context
from softhouse.actions.mending import Mender
from softhouse.actions.quoted import quoted_commands
from softhouse.actions.readings import REPAIR, Readings
from softhouse.environment.document import Document
from softhouse.environment.documents import Implementation, Requirement, SourceFile
from softhouse.environment.names import UnsafePathError, check_path

LEAST_TELLING = 2.0
"""Weight of the inputs (1 each, less where all complain) on which the readings must have been compared."""
_FILE = re.compile(r"(?<![\w./-])([A-Za-z_][\w/-]*\.py)\b")


def entry_point(text: str) -> str:
    """The file that the requirement names, else `main.py`.

    >>> entry_point("写一个程序 count.py，统计字母"), entry_point("Write a todo app")
    ('count.py', 'main.py')
    """
    for found in _FILE.finditer(text):
        try:
            check_path(found[1])
        except UnsafePathError:
            continue
        return found[1]
    return "main.py"


class WriteScript(Action):
    """Write the program several times, run all of them on the same inputs, keep the one that most others agree with."""

    watches = (Requirement,)
    produces = (SourceFile, Implementation)
    most_samples: ClassVar[int] = 10
    most_tokens: ClassVar[int] = 3600
    """Written for one program, after which no further reading is begun: four minutes of one core of a laptop."""
    enough: ClassVar[int] = 2
    """So many others that behave the same end the sampling, where an example of the requirement bears them out."""
    enough_alone: ClassVar[int] = 4
    """So many have to, where there is no example: what three agree on may be a misreading that they share."""
    majority: ClassVar[float] = 0.6
    """Share of the readings that behave alike, of a program that is accepted."""

    async def run(self, context: Context, document: Document) -> Implementation:
        text = quoted_commands(context.need(Requirement).text)
        bench = Bench(context, text, entry_point(text))
        readings = Readings(context, text, bench.program)
        bench.lay_out(await readings.script())
        while self._wants_more(bench, readings):  # one by one: each may be the last
            await self._read_once_more(bench, readings)
        selection, best = bench.selection(), bench.best
        assert best is not None  # there is at least one sample
        chosen = await self._mended(best, bench, readings)
        context.tell("notice", detail=f"{len(bench.candidates)} readings tried on {len(bench.trials)} inputs")
        await context.publish(SourceFile(path=bench.program, content=chosen.content))
        return Implementation(
            entry_point=bench.program,
            files=(bench.program,),
            agreement=selection.agreement if selection else None,
            cases=as_regressions(chosen.trials, chosen.outcomes),
            notes=self._doubts(bench, readings, selection, chosen),
        )

    async def _read_once_more(self, bench: Bench, readings: Readings) -> None:
        """One more program, mended by rule. While something is wrong with the best one, some are told what."""
        sample = len(bench.candidates)
        best = bench.best if readings.told(sample) else None
        faults = bench.faults(best, bench.ordinary) if best else []
        reading = await readings.program_of(sample, faults[0] if faults else None)
        candidate = await Mender(bench, bench.ordinary).by_rule(await bench.tried(reading.content))
        bench.candidates[sample] = replace(candidate, log_probability=reading.log_probability)

    async def _mended(self, candidate: Candidate, bench: Bench, readings: Readings) -> Candidate:
        """What is wrong on any trial mended: by rule where one knows it, else by one reading that is told of it."""
        mender = Mender(bench, len(bench.trials))
        candidate = await mender.by_rule(candidate)
        if not bench.faults(candidate, bench.ordinary):  # only unusual input is too much for it
            candidate = await mender.guarded(candidate)
        if not (faults := mender.faults(candidate)):
            return candidate
        repaired = await bench.tried((await readings.program_of(REPAIR, faults[0])).content)
        return repaired if mender.strictly_better(repaired, candidate) else candidate

    def _wants_more(self, bench: Bench, readings: Readings) -> bool:
        selection, best = bench.selection(), bench.best
        agreed = selection is not None and len(selection.supporters) >= self._enough(bench)
        shared_mistake = best is not None and bool(bench.faults(best, bench.ordinary))
        if len(bench.candidates) >= self.most_samples or readings.written >= self.most_tokens:
            return False
        return shared_mistake or not agreed

    def _enough(self, bench: Bench) -> int:
        """How many others have to behave like the best one."""
        return self.enough if bench.best and bench.exemplified(bench.best) else self.enough_alone

    def _doubts(
        self, bench: Bench, readings: Readings, selection: Selection | None, chosen: Candidate
    ) -> tuple[str, ...]:
        """Why the program should not be taken for right; empty where independent readings bear it out."""
        if chosen.problems:
            return ("no candidate compiles",)
        doubts = []
        if selection is None or len(selection.supporters) < self._enough(bench):
            doubts.append("too few other readings of the requirement behave like this program")
        elif len(selection.supporters) + 1 < self.majority * len(bench.candidates):
            doubts.append("too many other readings of the requirement behave otherwise")
        elif not readings.independent((selection.index, *selection.supporters)):
            doubts.append("only readings that were begun alike behave like this program")
        elif selection.telling < LEAST_TELLING:
            doubts.append("too few of the inputs that were tried tell a right program from a wrong one")
        elif not bench.borne_out(chosen):
            doubts.append("nothing that the requirement says of the output could be checked: look at what it prints")
        doubts += [f"`{f.command}` fails: {f.said.splitlines()[-1]}" for f in bench.faults(chosen, len(bench.trials))]
        return tuple(dict.fromkeys(doubts))
