"""Made-up requests for the house's documents: asked as the house asks, answered rightly."""

import json
from pathlib import Path

from pydantic import BaseModel

import softhouse
from softhouse import Company
from softhouse.actions.complete_requirements import Outline
from softhouse.actions.run_tests import Judgement
from softhouse.actions.write_requirements import Draft
from softhouse.bench.requirements import read_requirements
from softhouse.environment.documents import ProductRequirements, SystemDesign
from softhouse.environment.sandbox import Execution
from softhouse.llm_backends.replies import parse_reply
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house
from softhouse.training.alignment.house_documents import house_rows, ideas, sources
from softhouse.training.alignment.house_requests import design_turns, failed_check, outline_turns, requirements_turns

LINE = "Write a command line program main.py that adds its arguments up."


async def test_a_request_is_the_one_that_a_run_makes(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=2))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    asked = [request.messages for request in backend.requests]
    assert requirements_turns(LINE) in asked
    (product,) = project.documents(ProductRequirements)
    assert design_turns(LINE, product) in asked


async def test_a_failed_case_is_told_as_a_run_tells_it(tmp_path: Path) -> None:
    backend = ScriptedBackend(standard_house(modules=1, broken=("main.py",)))
    project = await Company(model=backend, workspace=tmp_path / "out").run(LINE)
    (product,) = project.documents(ProductRequirements)
    check = failed_check(product.cases[0], "main.py", [Execution(exit_code=0, stdout="5\n", stderr="")])
    told = f"~~~~\n{check.name}\n{check.detail}\n~~~~"
    assert any(told in request.messages[1].content for request in backend.requests)


def test_who_is_at_fault_can_be_told_from_what_was_expected() -> None:
    """The guess that is wrong expects a line that nobody asked for, or an exit code; never what the program printed."""
    judged = [row.messages for row in house_rows(200, seed=2) if '"at_fault"' in row.messages[-1].content]
    assert {json.loads(answer.content)["at_fault"] for *_, answer in judged} == {"code", "test"}
    for _, asked, answer in judged:
        detail = asked.content.partition("it fails:")[2].partition("\n~~~~\n\n")[0]
        assert ("expected output:" in detail) != ("expected exit code" in detail)
        given = json.loads(answer.content)
        if given["at_fault"] == "test" and "the line" in given["reason"]:
            expected, _, printed = detail.partition("expected output:\n")[2].partition("\ngot exit code 0, output:\n")
            assert expected.partition("\n")[2] == printed


def test_every_answer_is_a_valid_document_as_it_stands() -> None:
    kinds: dict[str, type[BaseModel]] = {
        "overview": SystemDesign,
        "at_fault": Judgement,
        "user_stories": Draft,
        "wish": Outline,
    }
    seen = set()
    for row in house_rows(80, seed=3):
        text = row.messages[-1].content
        kind = next(kind for key, kind in kinds.items() if key in json.loads(text))
        assert parse_reply(text, kind).repairs == ()
        seen.add(kind)
    assert len(seen) == len(kinds)


def test_the_same_seed_makes_the_same_rows_and_another_one_others() -> None:
    assert house_rows(12, seed=1) == house_rows(12, seed=1) != house_rows(12, seed=2)


def test_what_the_house_is_measured_with_is_not_learned() -> None:
    learned = " ".join(row.messages[1].content for row in house_rows(120, seed=0))
    assert not [requirement.name for requirement in read_requirements() if requirement.text in learned]
    assert len({idea.name for idea in ideas()}) == len(ideas()) >= 30


def test_a_small_model_is_asked_for_few_and_short_fields() -> None:
    assert '"role": string,  // who uses it' in outline_turns(LINE)[-1].content


def test_whatever_a_request_is_made_of_is_an_input() -> None:
    there = [path.resolve() for path in sources()]
    assert all(path.exists() for path in there)
    package = Path(softhouse.__file__).parent.resolve()
    for name in ("actions/run_tests.md.jinja", "actions/house.md.jinja", "llm_backends/schemas.py"):
        assert package / name in there
    assert package / "roles" in there
