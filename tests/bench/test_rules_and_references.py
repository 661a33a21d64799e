"""The house's rules against programs that are right: whatever a rule finds wrong with a reference solution is its own
mistake. The references come near nothing else."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, cast

import pytest

from softhouse.actions.candidates import Bench
from softhouse.actions.context import Context, Trial
from softhouse.actions.mending import Mender
from softhouse.bench.requirements import BenchRequirement, read_reference, read_requirements
from softhouse.bench.scoring import PROGRAM, score_program
from softhouse.environment.sandbox import Command, Limits, Sandbox

REQUIREMENTS = read_requirements("tune")


class Desk:
    """What a `Bench` uses of a context."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def side_by_side(self, *work: Coroutine[Any, Any, Any]) -> list[Any]:
        return list(await asyncio.gather(*work))

    async def execute(self, commands: Sequence[Command], files: dict[str, str], *, limits: Limits) -> Trial:
        return Trial(outcome=await self.sandbox.run(commands, files=files, limits=limits), isolation="")


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
async def test_nothing_is_wrong_with_a_right_program(requirement: BenchRequirement, sandbox: Sandbox) -> None:
    bench = Bench(cast("Context", Desk(sandbox)), requirement.text, PROGRAM)
    bench.lay_out(())
    candidate = await bench.tried(read_reference(requirement.name))
    assert bench.faults(candidate, bench.ordinary) == []
    # Nor does what is mended for unusual input make it wrong.
    mended = await Mender(bench, len(bench.trials)).by_rule(candidate)
    assert (await score_program({PROGRAM: mended.content}, requirement.checks, sandbox)).right
