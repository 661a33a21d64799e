"""The short version of benchmarks/load.py, and what holds the event loop up."""

import asyncio
import gc
import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from softhouse import Company
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

from .conftest import LINE

BLOCKED_SECONDS = 0.05


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """benchmarks/load.py."""
    path = Path(__file__).parents[2] / "benchmarks" / "load.py"
    spec = importlib.util.spec_from_file_location("load_harness", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_runs_side_by_side_all_end_right_and_leave_nothing_open(harness: ModuleType, tmp_path: Path) -> None:
    found = await harness.load(runs=30, at_once=15, folder=tmp_path)
    assert (found.right, found.wrong) == (30, [])
    assert found.descriptors[0] == found.descriptors[1]
    assert max(found.journal_ratios) <= 3
    assert found.growth(warm_up=15) < 0.1, "the long version, of 1,000 runs, allows 5 %"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def frozen_heap() -> Iterator[None]:
    """What the test session holds is not gone through by the garbage collector during the test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen_heap")
async def test_nothing_holds_the_event_loop_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By CPU time of each callback, since the machine may be busy with other things; late imports are done before."""
    backend = ScriptedBackend(standard_house(modules=12, characters=2400))
    await Company(model=backend, workspace=tmp_path / "first").run(LINE)
    spent: list[tuple[float, str]] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        start = time.thread_time()
        run(handle)
        spent.append((time.thread_time() - start, repr(handle)))

    monkeypatch.setattr(asyncio.Handle, "_run", timed)
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    (project.path / "part3.py").write_text("def total(numbers: list[int]) -> int:\n    return sum(numbers)\n")
    await Company(model=backend, workspace=project.path).resume()
    await asyncio.sleep(0)
    assert len(spent) > 500
    longest = max(spent)
    assert longest[0] < BLOCKED_SECONDS, longest
