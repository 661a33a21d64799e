"""Every loop ends, no prompt is sent twice, and the report says which bound was hit."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from softhouse import Company, Document, Event, Requirement, Role
from softhouse.actions.action import Action
from softhouse.actions.code import MOST_EDITS
from softhouse.actions.context import Context
from softhouse.environment.message import USER
from softhouse.errors import ReplyError
from softhouse.llm_backends.protocol import Capabilities, CompletionRequest
from softhouse.llm_backends.structured import MOST_REQUESTS
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import Answer, standard_house

from .conftest import LINE

PRICELESS = Capabilities(json_schema=True, tools=True, json_mode=True, local=True, parallel=100)


def backend(script: Answer) -> ScriptedBackend:
    return ScriptedBackend(script, capabilities=PRICELESS)


def no_prompt_twice(requests: Sequence[CompletionRequest]) -> bool:
    return len({request.model_dump_json() for request in requests}) == len(requests)


def edit(old: str, new: str) -> str:
    return f"<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE"


async def built(script: Answer, events: list[Event] | None = None) -> tuple[list[CompletionRequest], str, list[str]]:
    """The requests of a run, its notices, and what its report has against it."""
    model, heard = backend(script), events if events is not None else []
    project = await Company(model=model, on_event=heard.append).run(LINE)
    assert project.report is not None
    assert not project.accepted
    notices = "\n".join(event.detail for event in heard if event.kind == "notice")
    return model.requests, notices, list(project.report.reasons)


async def test_the_same_failing_state_of_a_file_ends_its_mending() -> None:
    script = standard_house()

    def answer(request: CompletionRequest) -> str:
        if "has a problem:" in request.messages[1].content:
            return edit("import sys", "import sys")
        return script(request).replace("sum(numbers)", "summ(numbers)")

    requests, notices, reasons = await built(answer)
    assert "the same failing state twice, left as it is" in notices
    assert reasons[0] == "no edit was found for the defects, so they were not worked on again"
    assert sum("has a problem:" in request.messages[1].content for request in requests) <= 2
    assert no_prompt_twice(requests)


async def test_edits_that_mend_nothing_end_at_their_bound_and_the_report_says_so() -> None:
    script, number = standard_house(), 0

    def answer(request: CompletionRequest) -> str:
        nonlocal number
        if "has a problem:" in request.messages[1].content:
            number += 1
            return edit(f"summ{number - 1}(numbers)", f"summ{number}(numbers)")
        return script(request).replace("sum(numbers)", "summ0(numbers)")

    requests, notices, reasons = await built(answer)
    assert f"main.py: left after {MOST_EDITS} edits" in notices
    assert reasons == ["the bound of 2 rounds of mending is reached"]
    assert number <= MOST_EDITS + 2 * (1 + MOST_EDITS)
    assert no_prompt_twice(requests)


@pytest.mark.parametrize("reply", ["I am sorry.", "```python\n```", ""])
async def test_an_engineer_who_never_gives_code_is_asked_twice(reply: str) -> None:
    script = standard_house()
    model = backend(lambda request: reply if "Write `main.py`" in request.messages[1].content else script(request))
    with pytest.raises(ReplyError, match=r"gave no complete file for main\.py, twice"):
        await Company(model=model).run(LINE)
    assert len(model.requests) == 3
    assert no_prompt_twice(model.requests)


@pytest.mark.parametrize(("replies", "most"), [(["{}"], 2), (['{"a": 1}', '{"b": 1}'], MOST_REQUESTS)])
async def test_a_document_that_never_fits_is_asked_for_five_times_at_most(replies: list[str], most: int) -> None:
    asked = 0

    def answer(request: CompletionRequest) -> str:
        nonlocal asked
        asked += 1
        return replies[asked % len(replies)]

    model = backend(answer)
    with pytest.raises(ReplyError):
        await Company(model=model).run(LINE)
    assert len(model.requests) == most
    assert no_prompt_twice(model.requests)


class Draft(Document):
    """What is improved for ever."""

    final: ClassVar[bool] = True
    number: int


class Improve(Action):
    """Writes the next draft of every draft."""

    watches: ClassVar[tuple[type[Document], ...]] = (Requirement, Draft)
    produces = (Draft,)
    bound = 3

    async def run(self, context: Context, document: Document) -> Draft:
        return Draft(number=document.number + 1 if isinstance(document, Draft) else 0)


async def test_a_loop_of_ones_own_ends_at_its_bound_also_where_a_person_holds_the_document(tmp_path: Path) -> None:
    roles = [Role(name="Writer", goal="write", actions=(Improve(),))]
    for text, sender in (("", "Writer"), (json.dumps({"number": 7}), USER)):
        if text:
            (tmp_path / "out/docs/draft.json").write_text(text)
        events: list[Event] = []
        company = Company(
            model=backend(standard_house()), roles=roles, workspace=tmp_path / "out", on_event=events.append
        )
        project = await company.run(LINE)
        drafts = [message for message in project.messages if isinstance(message.content, Draft)]
        assert {message.sender for message in drafts} == {sender}
        assert len(drafts) <= 5
        [notice] = [event for event in events if event.kind == "notice"]
        assert notice.detail == "Improve was not done again: its bound of 3 is reached"
