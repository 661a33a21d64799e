"""The house of a small model: several readings, told apart by what they do. Scripted model, real sandbox."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from softhouse import Company, Implementation, Project
from softhouse.actions.write_script import WriteScript
from softhouse.llm_backends.protocol import Capabilities, Completion, CompletionRequest, TokenCallback
from softhouse.testing import ScriptedBackend

LINE = "Write a command line program main.py that takes a number and prints its square value with two decimals."
EXAMPLE = f"{LINE} For 3 it prints '9.00'."
SMALL = Capabilities(context_length=8192, prefill=True, strength="small", local=True, json_schema=True)
GUARD = " != 2:\n        print('usage: NUMBER', file=sys.stderr)\n        sys.exit(1)\n"
RIGHT = f"{GUARD}    print('%.2f' % (int(sys.argv[1]) ** 2))\n"
SILENT = f"{GUARD}    square = int(sys.argv[1]) ** 2\n"
OUTLINE = {
    "name": "Square",
    "summary": "Squares.",
    "goals": ["square"],
    "requirements": ["print the square"],
    "role": "pupil",
    "wish": "square a number",
    "reason": "it is quicker",
}


BEGUN = "```python\nimport sys\n\n\ndef main():\n    if len(sys.argv)"


def small_model(program: Callable[[int], str], *, able: Capabilities = SMALL) -> ScriptedBackend:
    """A model whose programs are `program` of how many it wrote before."""
    written = 0

    def answer(request: CompletionRequest) -> str:
        nonlocal written
        task = request.messages[-1].content
        if "bash script" in task:
            return " 3\npython main.py 4\npython main.py 10\npython main.py 25\n"
        if request.prefill.startswith("```python"):
            written += 1
            return BEGUN.removeprefix(request.prefill) + program(written - 1)
        return json.dumps(OUTLINE)

    return ScriptedBackend(answer, capabilities=able)


def programs(backend: ScriptedBackend) -> list[CompletionRequest]:
    return [request for request in backend.requests if request.prefill.startswith("```python")]


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "main.py", *arguments]
    return subprocess.run(command, cwd=project.path, check=False, capture_output=True, text=True)


async def test_three_readings_that_do_the_same_are_enough(tmp_path: Path) -> None:
    backend = small_model(lambda _: RIGHT)
    project = await Company(model=backend, workspace=tmp_path / "out").run(EXAMPLE)
    assert project.accepted
    assert len(programs(backend)) == 3
    assert programs(backend)[0].prefill.endswith("def main():\n    if len(sys.argv)")
    assert (run(project, "7").stdout, run(project, "seven").returncode) == ("49.00\n", 1)
    assert "Traceback" not in run(project, "seven").stderr


async def test_where_there_is_no_example_it_takes_five(tmp_path: Path) -> None:
    backend = small_model(lambda _: RIGHT)
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    assert project.accepted
    assert len(programs(backend)) == 5


async def test_programs_are_begun_in_three_ways(tmp_path: Path) -> None:
    backend = small_model(lambda before: RIGHT.replace("** 2", f"** 2 + {before}"))
    await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    ways = [request.prefill.rpartition("\n")[2] for request in programs(backend)]
    main, function, plain = "    if len(sys.argv)", "def ", ""
    assert ways == [*[main, function, plain, main] * 2, main, function]
    assert [request.temperature == 0 for request in programs(backend)] == [True] * 3 + [False] * 7


@pytest.mark.parametrize("adapters", [(), ("programs",), ("verse",)])
async def test_a_model_that_was_taught_to_write_programs_answers_as_taught(
    adapters: tuple[str, ...], tmp_path: Path
) -> None:
    """Where its answer is begun; what is not begun stays with the model as it came, which misreads otherwise."""
    backend = small_model(lambda _: RIGHT, able=SMALL.model_copy(update={"adapters": adapters}))
    await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    taught = "programs" if "programs" in adapters else ""
    assert [request.adapter for request in programs(backend)] == [taught, taught, "", taught, taught]
    assert {request.adapter for request in backend.requests if request not in programs(backend)} == {""}


async def test_a_mistake_of_the_first_reading_is_outvoted(tmp_path: Path) -> None:
    backend = small_model(lambda before: RIGHT if before else SILENT)
    project = await Company(model=backend, workspace=tmp_path / "out").run(EXAMPLE)
    assert len(programs(backend)) == 4
    assert run(project, "7").stdout == "49.00\n"
    assert project.accepted


async def test_what_is_wrong_with_the_best_reading_is_told_to_a_later_one(tmp_path: Path) -> None:
    backend = small_model(lambda before: RIGHT if before > 2 else SILENT)
    project = await Company(model=backend, workspace=tmp_path / "out").run(EXAMPLE)
    told = ["A first version had this mistake" in r.messages[-1].content for r in programs(backend)]
    assert told == [False, False, False, True, False, False]
    assert run(project, "7").stdout == "49.00\n"
    assert not project.accepted  # three of six
    (built,) = project.documents(Implementation)
    assert built.notes == ("too many other readings of the requirement behave otherwise",)


async def test_of_readings_that_all_differ_the_surest_one_is_delivered(tmp_path: Path) -> None:
    backend = small_model(lambda before: RIGHT.replace("** 2", f"** 2 + {before}"))
    asked = backend.complete

    async def sure(request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        completion = await asked(request, on_token)
        return completion.model_copy(update={"log_probability": -0.1 if "** 2 + 3)" in completion.text else -0.2})

    backend.complete = sure  # type: ignore[method-assign]
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    assert run(project, "7").stdout == "52.00\n"


async def test_readings_that_all_differ_are_delivered_and_not_accepted(tmp_path: Path) -> None:
    backend = small_model(lambda before: RIGHT.replace("** 2", f"** 2 + {before}"))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    (built,) = project.documents(Implementation)
    assert not project.accepted
    assert len(programs(backend)) == 10
    assert built.notes == ("too few other readings of the requirement behave like this program",)


async def test_three_that_agree_among_many_are_not_accepted(tmp_path: Path) -> None:
    # Four other readings first, then three that agree.
    backend = small_model(lambda before: RIGHT if before > 3 else RIGHT.replace("** 2", f"** 2 + {before + 1}"))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    (built,) = project.documents(Implementation)
    assert run(project, "7").stdout == "49.00\n"
    assert not project.accepted
    assert built.notes == ("too many other readings of the requirement behave otherwise",)


async def test_only_readings_that_were_begun_alike_are_not_accepted(tmp_path: Path) -> None:
    # The first, the fourth and the fifth are begun with their input.
    backend = small_model(lambda before: RIGHT.replace("** 2", f"** 2 + {before}") if before in (1, 2) else RIGHT)
    project = await Company(model=backend, workspace=tmp_path / "out").run(EXAMPLE)
    (built,) = project.documents(Implementation)
    assert run(project, "7").stdout == "49.00\n"
    assert not project.accepted
    assert built.notes == ("only readings that were begun alike behave like this program",)


async def test_long_programs_are_read_less_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WriteScript, "most_tokens", 200)
    backend = small_model(lambda before: RIGHT.replace("** 2", f"** 2 + {before}"))
    await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    assert 3 <= len(programs(backend)) < 10


async def test_what_the_words_do_not_let_be_checked_is_not_accepted_whoever_agrees(tmp_path: Path) -> None:
    backend = small_model(lambda _: RIGHT)
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE.replace(" with two decimals", ""))
    (built,) = project.documents(Implementation)
    assert not project.accepted
    assert built.notes == ("nothing that the requirement says of the output could be checked: look at what it prints",)


async def test_readings_that_share_a_mistake_are_not_accepted(tmp_path: Path) -> None:
    backend = small_model(lambda _: SILENT)
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    (built,) = project.documents(Implementation)
    assert not project.accepted
    assert len(programs(backend)) == 11  # the last is the repair of the chosen one
    assert any("prints nothing" in note for note in built.notes)
