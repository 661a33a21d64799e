import contextlib
import enum
import functools
import types
import typing
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from softhouse.environment import documents
from softhouse.environment.document import Document
from softhouse.environment.documents import (
    Case,
    Check,
    Delivery,
    ProductRequirements,
    Requirement,
    Step,
    SystemDesign,
    TaskPlan,
    TestReport,
)
from softhouse.environment.markdown import from_markdown, to_markdown
from softhouse.environment.rendering import document_files
from softhouse.errors import WorkspaceError

from .table import requirements, small_run

TYPES = [
    kind
    for kind in vars(documents).values()
    if isinstance(kind, type) and issubclass(kind, Document) and kind is not Document
]

AWKWARD = [
    "`null`",
    "null",
    "1",
    "yes",
    "```",
    "````text",
    "# x",
    "- a",
    "| a | b |",
    "```mermaid\n",
    "\n",
    "a: b",
    "<!--",
]
TEXTS = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.text('`|\n#- *:\t\\<>~_=1a中 \r\x00\u2028\u3000\x7f"', max_size=12)
    | st.sampled_from(AWKWARD)
)


class Colour(enum.Enum):
    RED = "null"
    GREEN = "2"


class Finding(BaseModel):
    place: str | None = None
    lines: list[int] = []
    notes: dict[str, str] = {}
    nested: "tuple[Finding, ...]" = ()


class Survey(Document):
    """A user's own type, with everything that the house's types don't have."""

    URL: str
    url: str | None
    colour: Colour
    day: date
    share: float | int | str | None
    flag: bool | None
    counts: dict[str, int]
    grid: tuple[tuple[int, str], ...]
    anything: dict[str, list[str]]
    finding: Finding
    maybe: Finding | None
    findings: list[Finding]
    words: frozenset[str] = frozenset()


@functools.cache
def values(kind: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Any value that a field of that type may have; what holds itself ends below the deepest heading."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is str:
        return TEXTS
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values(each, depth) for each in inner])
    if origin in (tuple, list, frozenset) and (origin is not tuple or inner[-1] is ...):
        return st.lists(values(inner[0], depth), max_size=3).map(origin) if depth < 7 else st.just(origin())
    if origin is tuple:
        return st.tuples(*(values(each, depth) for each in inner))
    if origin is dict:
        return st.dictionaries(values(inner[0], depth), values(inner[1], depth), max_size=2)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return st.deferred(lambda: models(kind, depth + 1))
    if kind is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    return st.from_type(kind)


@functools.cache
def models(kind: type[BaseModel], depth: int = 0) -> st.SearchStrategy[BaseModel]:
    annotations: dict[str, Any] = {name: field.annotation for name, field in kind.model_fields.items()}
    fields = {name: values(annotation, depth) for name, annotation in annotations.items()}
    if kind in (SystemDesign, TaskPlan):  # which check their paths
        file = values(documents.ModuleDesign if kind is SystemDesign else documents.Task)
        one = file.map(lambda found: (found.model_copy(update={"path": "app/数据.py", "depends_on": ()}),))
        two = file.map(lambda found: found.model_copy(update={"path": "b.py", "depends_on": ("app/数据.py",)}))
        fields["modules" if kind is SystemDesign else "tasks"] = one | st.tuples(one, two).map(lambda b: (*b[0], b[1]))
    if kind is ProductRequirements:  # which checks the names of files, but for those that a program was seen to write
        fields["entry_point"] = st.just("app/数据.py")
        seen = values(Case).map(lambda case: case.model_copy(update={"source": "observed"}))
        fields["cases"] = st.lists(seen, max_size=2).map(tuple)
    return st.builds(kind, **fields)


EVERY_TYPE: list[type[BaseModel]] = [*TYPES, Survey]
ANY_DOCUMENT = st.sampled_from(EVERY_TYPE).flatmap(models)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(ANY_DOCUMENT, st.sampled_from(["en", "zh"]))
def test_any_document_is_the_same_after_it_was_written_and_read(document: Document, language: str) -> None:
    page = to_markdown(document, language)
    assert from_markdown(type(document), page) == document
    assert from_markdown(type(document), page.replace("\n", "\r\n")) == document


@pytest.mark.parametrize("message", small_run("zh"), ids=lambda message: message.content.slug())
def test_the_house_writes_chinese_headings_and_reads_both(message: Any) -> None:
    document = message.content
    chinese, english = to_markdown(document, "zh"), to_markdown(document, "en")
    headings = [line for line in chinese.splitlines() if line.startswith("#")]
    assert not any("a" <= c <= "z" for c in "".join(headings))
    assert from_markdown(type(document), chinese) == from_markdown(type(document), english) == document


def test_a_page_reads_as_a_person_would_write_it() -> None:
    assert to_markdown(requirements()) == (
        "# Product requirements\n\n## Name\n\nTodo\n\n## Summary\n\nA todo list.\n\n## Goals\n\n- Simple\n\n"
        "## User stories\n\n## Requirements\n\n| Text | Priority |\n| --- | --- |\n| add TEXT | P0 |\n| list | P1 |\n\n"
        "## Scope\n\nmodule\n\n## Entry point\n\nmain.py\n\n## Cases\n"
    )


def test_texts_of_several_lines_stand_in_fences_that_they_cannot_close() -> None:
    page = to_markdown(Requirement(text="Write:\n```\ncode\n```\n"))
    assert "\n````text\nWrite:\n```\ncode\n```\n\n````\n" in page


def test_hand_written_pages_are_read_leniently() -> None:
    page = """\ufeff
#   Anything

##  summary :
A list
of things.


## ENTRY_POINT
`main.py`
## Name
 Todo\x20\x20
## 规模
script
## Goals
* **Fast**, and
  simple
2. Small
## Requirements
|Text|
|:--|
| add `a \\| b` |
list
## Cases
### whatever
+ **Name**： says hi
- Files:
- `a: b.txt`: x
"""
    page = page.replace("list\n## Cases", "## Cases").replace("- `a: b.txt`: x\n", "")
    document = from_markdown(ProductRequirements, page + '- Steps: `[{"arguments": ["hi"]}]`\n')
    assert document.name == "Todo"
    assert document.summary == "A list\nof things."
    assert document.goals == ("**Fast**, and simple", "Small")
    assert document.requirements[0].text == "add `a | b`"
    assert document.cases == (Case(name="says hi", steps=(Step(arguments=("hi",)),)),)


def test_sections_that_are_rendered_from_the_data_are_skipped() -> None:
    design = next(m.content for m in small_run() if isinstance(m.content, SystemDesign))
    page = document_files(design)["docs/design.md"]
    assert "## Class diagram\n\n```mermaid\nclassDiagram" in page
    assert "sequenceDiagram" in page
    assert from_markdown(SystemDesign, page) == design


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [
        (
            ProductRequirements,
            "## Goals",
            "## Gaols",
            "'Gaols': there is no such field; there are: Name, Summary, Goals",
        ),
        (ProductRequirements, "## Goals", "## Name", "'Name': it stands here twice"),
        (ProductRequirements, "## Name\n\nTodo\n", "", "section 'Name': Field required"),
        (ProductRequirements, "module", "huge", "section 'Scope': Input should be"),
        (ProductRequirements, "- Simple", "Simple", "'Goals': 'Simple' is no bullet"),
        (ProductRequirements, "| P1 |", "| P1 | P2 |", "'Requirements': row 2 has 3 cells, the table 2 columns"),
        (ProductRequirements, "| P1 |", "| P9 |", "section 'Requirements › 2 › Priority': Input should be"),
        (ProductRequirements, "| Text |", "| Txt |", "'Txt': there is no such field"),
        (
            ProductRequirements,
            "## Scope",
            "stray\n\n## Scope",
            "'Requirements': write a table, or one section for each",
        ),
        (ProductRequirements, "## Cases", "## Cases\n\nnone", "'Cases': write a table, or one section for each Case"),
        (ProductRequirements, "## Cases", "## Cases\n\n### Case 1\n\nNone.", "'Case 1': 'None.' is not of the form"),
        (
            ProductRequirements,
            "## Cases",
            "## Cases\n\n### Case 1\n\n- Name: a\n- Name: b",
            "'Name': it stands here twice",
        ),
        (ProductRequirements, "## Cases", "## Cases\n\n```json\n[", "'Cases': the fenced block is never closed"),
        (ProductRequirements, "## Cases", "## Cases\n\n```json\n[\n```", "'Cases': the fenced block is not JSON"),
        (ProductRequirements, "## Name", "lost\n\n## Name", "'Product requirements': the text below the title"),
        (ProductRequirements, "# Product", "lost\n\n# Product", "'lost': it stands above the first heading"),
        (ProductRequirements, "A todo list.", "A todo list.\n\n### More", "'More': it does not belong below 'Summary'"),
        (Delivery, "\nyes\n", "\nperhaps\n", "section 'Accepted': Input should be a valid boolean"),
        (Delivery, "## Cost\n\n`null`", "## Cost\n\nfree", "section 'Cost': Input should be a valid number"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_the_heading(
    kind: type[Document], old: str, new: str, said: str
) -> None:
    page = next(to_markdown(m.content) for m in small_run() if isinstance(m.content, kind))
    assert old in page
    with pytest.raises(WorkspaceError) as refused:
        from_markdown(kind, page.replace(old, new, 1))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["## Cases\n", "### x\n", "- Name: x\n", "| a |\n", "|-|\n", "```\n", "- ", "`["])).map(
        "".join
    )
)
def test_no_page_makes_the_reader_stumble(page: str) -> None:
    for kind in (ProductRequirements, SystemDesign, Survey):
        with contextlib.suppress(WorkspaceError):
            from_markdown(kind, page)


def test_wide_rows_become_sections() -> None:
    report = TestReport(accepted=False, checks=(Check(name="n", source="user", passed=False, detail="x " * 80),))
    page = to_markdown(report)
    assert "### Check 1\n\n- Name: n\n" in page
    assert from_markdown(TestReport, page) == report


def test_an_empty_plan_is_a_plan() -> None:
    plan = TaskPlan(entry_point="", tasks=())
    assert from_markdown(TaskPlan, to_markdown(plan)) == plan
