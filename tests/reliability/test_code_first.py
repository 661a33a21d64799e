"""The procedure for small models, scripted: edits stand, and only what depends on them is asked anew."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from softhouse import Company
from softhouse.environment.message import USER
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.llm_backends.scripted import FREE
from softhouse.replay import replay
from softhouse.testing import ScriptedBackend

from .test_hand_edits import authors, change

LINE = "Write a command line program main.py that adds its arguments up and prints the sum with two decimals."
CALLS = 7
"""The inputs to try, three readings that agree, the outline of the documents."""
SMALL = FREE.model_copy(update={"strength": "small"})
TRIALS = "".join(f"python main.py {words}\n" for words in ("1 2 3", "5", "-1 1", "x", "10 20"))
PROGRAM = """ < 1:
        sys.exit(1)
    try:
        print(f"{sum(int(word) for word in sys.argv[1:]):.2f}")
    except ValueError:
        print("not a number", file=sys.stderr)
        sys.exit(1)


main()
"""
"""Goes on from where the house begins it."""
OUTLINE = {
    "name": "Adder",
    "summary": "Adds its arguments up.",
    "goals": ["Add whole numbers"],
    "requirements": ["Print the sum"],
    "role": "clerk",
    "wish": "add numbers",
    "reason": "I need not do it by hand",
}


BEGUN = "```python\nimport sys\n\n\ndef main():\n    if len(sys.argv)"


def small_model(program: str = PROGRAM) -> ScriptedBackend:
    """What it is asked: inputs to try, the program several times, and the outline of the documents."""

    def answer(request: CompletionRequest) -> str:
        task = request.messages[-1].content
        if "Write a bash script" in task:
            return TRIALS.removeprefix(request.prefill.rpartition("\n")[2])
        if request.prefill.startswith("```python"):
            return BEGUN.removeprefix(request.prefill) + program
        return json.dumps(OUTLINE)

    return ScriptedBackend(answer, capabilities=SMALL)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that ended well."""
    folder = tmp_path_factory.mktemp("finished") / "out"
    backend = small_model()
    project = asyncio.run(Company(model=backend, workspace=folder).run(LINE))
    assert project.accepted
    assert len(backend.requests) == CALLS
    return folder


@pytest.fixture
def out(finished: Path, tmp_path: Path) -> Path:
    """A copy of it, to be edited."""
    return shutil.copytree(finished, tmp_path / "out")


@pytest.mark.parametrize(
    ("path", "old", "new", "accepted"),
    [
        ("docs/implementation.json", '"notes": []', '"notes": [\n    "only whole numbers"\n  ]', False),
        ("docs/implementation.json", '"stdout": "6.00\\n"', '"stdout": "six\\n"', False),
        ("docs/prd.json", '"Print the sum"', '"Print the exact sum"', True),
        ("docs/prd.md", "Print the sum", "Print the exact sum", True),
        ("docs/design.json", '"overview": "Adds', '"overview": "Exactly adds', True),
        ("docs/tasks.json", '"purpose": "', '"purpose": "Mine. ', True),
        ("main.py", "not a number", "no number", True),
        ("main.py", "sum(", "max(", False),
    ],
)
async def test_an_edit_stands_is_judged_anew_and_asks_no_model(
    out: Path, path: str, old: str, new: str, accepted: bool
) -> None:
    """All that a model says comes of the requirement alone; suite, verdict, design and plan are worked out again."""
    backend = small_model()
    change(out / path, old, new)
    edited = (out / path).read_text("utf-8")
    again = await Company(model=backend, workspace=out).resume()
    assert (out / path).read_text("utf-8") == edited
    assert authors(out, path)[0] == USER
    assert backend.requests == []
    assert again.accepted == accepted
    assert (await replay(out)).differences == ()


async def test_another_requirement_asks_for_everything(out: Path) -> None:
    backend = small_model()
    change(out / "docs/requirement.json", "adds its arguments up", "adds its whole arguments up")
    again = await Company(model=backend, workspace=out).resume()
    assert again.accepted
    assert len(backend.requests) == CALLS
    assert all("whole arguments" in request.messages[-1].content for request in backend.requests)


@pytest.mark.parametrize("program", ["```python\nprint(1\n", "print(nowhere)\n"])
async def test_nothing_that_runs_is_not_accepted_however_well_its_readings_agree(tmp_path: Path, program: str) -> None:
    project = await Company(model=small_model(program), workspace=tmp_path / "out").run(LINE)
    assert not project.accepted
    assert project.delivery is not None
    assert "no candidate compiles" in project.delivery.notes
