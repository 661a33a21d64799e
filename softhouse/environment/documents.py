"""The documents that pass round the table of the standard house, in the order in which they are made."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from softhouse.environment.document import Document
from softhouse.environment.names import check_path, check_paths, tidy
from softhouse.llm_backends.protocol import Frozen

Language = Literal["en", "zh"]
Scope = Literal["script", "module", "package"]
CaseSource = Literal["user", "quoted", "guessed", "observed"]
ProjectPath = Annotated[str, AfterValidator(tidy)]
"""A file's path as a model or a person writes it: spelled in one way here, judged where it is used."""


class Requirement(Document):
    """The user's line(s)."""

    title: ClassVar[str] = "Requirement"

    text: str
    language: Language = "en"
    """The language of the documents; identifiers in code stay English."""


class Step(Frozen):
    """One start of the program."""

    arguments: tuple[str, ...] = Field(default=(), description="command line arguments after the program's name")
    stdin: str = Field(default="", description="text on standard input")
    stdout: str | None = Field(default=None, description="the exact expected output; null where it is not known")
    exit_code: int | None = Field(default=0, description="the expected exit code; null where it is not known")
    files: dict[str, str] = Field(default_factory=dict, description="files expected afterwards, name to content")


class Case(Frozen):
    """An acceptance case: data, so it runs against any code. A hypothesis with a source.

    `user` and `quoted` cases (given by the user, quoted from the requirement's own words) may fail a delivery by
    themselves; a `guessed` one counts when something independent agrees; an `observed` one is a regression, derived
    from the program, never a specification.
    """

    name: str = Field(description="what it shows, in a few words")
    files: dict[str, str] = Field(default_factory=dict, description="files to lay out first, name to content")
    steps: tuple[Step, ...] = Field(description="starts of the program, one after another in one directory")
    source: CaseSource = "guessed"


class UserStory(Frozen):
    """As a ROLE I want WISH so that REASON."""

    role: str
    wish: str
    reason: str


class ProductRequirement(Frozen):
    """One thing that the product has to do."""

    text: str
    priority: Literal["P0", "P1", "P2"] = Field(default="P0", description="P0 must, P1 should, P2 may")


class ProductRequirements(Document):
    """The product manager's document."""

    title: ClassVar[str] = "Product requirements"

    name: str = Field(description="the product's name, two or three words")
    summary: str = Field(description="one sentence")
    goals: tuple[str, ...] = Field(description="one to three")
    user_stories: tuple[UserStory, ...] = ()
    requirements: tuple[ProductRequirement, ...]
    scope: Scope = Field(description="script: one file; module: two to four files; package: more")
    entry_point: ProjectPath = Field(description="the file that is started, relative to the project's root")
    cases: tuple[Case, ...] = Field(default=(), description="acceptance cases that follow from the requirement's words")

    @model_validator(mode="after")
    def _safe_names(self) -> Self:
        """The entry point and the files of cases. (An observed case names what a program was seen to write.)"""
        check_path(self.entry_point)
        check_case_files((case for case in self.cases if case.source != "observed"), self.entry_point)
        return self

    @classmethod
    def slug(cls) -> str:
        return "prd"


def check_case_files(cases: Iterable[Case], entry_point: str) -> None:
    """Raises `ValueError` where a case's files would not lie where it runs, or one would be the program itself."""
    for case in cases:
        for files in (case.files, *(step.files for step in case.steps)):
            if check_path(entry_point) in check_paths(files, reserved=()):
                raise ValueError(f"case {case.name!r}: {entry_point} is the program, so it can't be a file of the case")


class Parameter(Frozen):
    """A name with its type: an argument, or an attribute of a class."""

    name: str
    type: str = Field(default="object", description="a Python type expression")


class FunctionDesign(Frozen):
    """A function's, or method's, exact signature."""

    name: str
    parameters: tuple[Parameter, ...] = Field(default=(), description="without self")
    returns: str = Field(default="None", description="a Python type expression")
    purpose: str = Field(default="", description="one sentence")

    @property
    def signature(self) -> str:
        """As Python writes it: `load(path: str) -> list[str]`."""
        parameters = ", ".join(f"{p.name}: {p.type}" if p.type else p.name for p in self.parameters)
        return f"{self.name}({parameters}) -> {self.returns}"


class ClassDesign(Frozen):
    """A class: its attributes and its methods."""

    name: str
    purpose: str = ""
    attributes: tuple[Parameter, ...] = ()
    methods: tuple[FunctionDesign, ...] = ()


class ModuleDesign(Frozen):
    """One file of the project."""

    path: ProjectPath = Field(description="relative to the project's root, with forward slashes")
    purpose: str = Field(description="one sentence")
    depends_on: tuple[ProjectPath, ...] = Field(default=(), description="paths of the modules that it imports")
    classes: tuple[ClassDesign, ...] = ()
    functions: tuple[FunctionDesign, ...] = ()


class CallStep(Frozen):
    """One arrow of the sequence diagram."""

    caller: str
    callee: str
    call: str


class SystemDesign(Document):
    """The architect's document; diagrams are rendered from it, never written by a model."""

    title: ClassVar[str] = "Design"

    overview: str
    modules: tuple[ModuleDesign, ...]
    calls: tuple[CallStep, ...] = Field(default=(), description="the main path through the program, step by step")

    @classmethod
    def slug(cls) -> str:
        return "design"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Distinct, safe paths; dependencies among them; no circle."""
        paths = [module.path for module in self.modules]
        if not paths:
            raise ValueError("a design needs at least one module")
        check_paths(paths)
        self.levels()
        return self

    def levels(self) -> tuple[tuple[ModuleDesign, ...], ...]:
        """The modules by level: those of one level depend only on modules of lower ones."""
        return by_level(self.modules)


class Task(Frozen):
    """One module to write. Tasks of one level do not depend on each other."""

    path: ProjectPath
    purpose: str
    depends_on: tuple[ProjectPath, ...] = ()
    level: int = 0


F = TypeVar("F", ModuleDesign, Task)


def by_level(files: tuple[F, ...]) -> tuple[tuple[F, ...], ...]:
    """Level by level: each depends on earlier levels only. Raises `ValueError` on a circle, an unknown dependency."""
    remaining = {file.path: file for file in files}
    for file in files:
        if unknown := sorted(set(file.depends_on) - set(remaining)):
            raise ValueError(f"{file.path} depends on {unknown[0]}, which is not among the files")
    levels: list[tuple[F, ...]] = []
    while remaining:
        ready = tuple(f for f in remaining.values() if not (set(f.depends_on) - {f.path}) & set(remaining))
        if not ready:
            raise ValueError(f"these files depend on each other in a circle: {', '.join(sorted(remaining))}")
        levels.append(ready)
        for file in ready:
            del remaining[file.path]
    return tuple(levels)


class TaskPlan(Document):
    """The project manager's document: the module graph, level by level."""

    title: ClassVar[str] = "Tasks"

    entry_point: ProjectPath
    tasks: tuple[Task, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Distinct, safe paths; dependencies among them; no circle."""
        check_paths(task.path for task in self.tasks)
        by_level(self.tasks)
        return self

    @classmethod
    def slug(cls) -> str:
        return "tasks"


class SourceFile(Document):
    """A file that an engineer wrote."""

    title: ClassVar[str] = "Source"
    final: ClassVar[bool] = True

    path: str
    content: str

    @property
    def key(self) -> str:
        return self.path

    def project_files(self) -> dict[str, str]:
        return {self.path: self.content}


class Implementation(Document):
    """The engineer's word that every file of the plan is written: what QA takes up."""

    title: ClassVar[str] = "Implementation"

    entry_point: str
    files: tuple[str, ...]
    """Paths of the source files, sorted."""
    round: int = 0
    """How many times defects have been worked on."""
    agreement: float | None = None
    """Share of the informative inputs on which an independently written candidate behaves the same; None: no other."""
    cases: tuple[Case, ...] = ()
    """Regressions derived from what the program was seen to do."""
    notes: tuple[str, ...] = ()
    """Bounds that were hit and what is known not to work."""


class TestSuite(Document):
    """QA's tests: files with unit tests, and the acceptance cases as data."""

    __test__: ClassVar[bool] = False
    title: ClassVar[str] = "Tests"

    files: dict[str, str] = Field(default_factory=dict)
    """Test files by path; each runs with `python -m unittest`."""
    cases: tuple[Case, ...] = ()

    @classmethod
    def slug(cls) -> str:
        return "tests"

    def project_files(self) -> dict[str, str]:
        return self.files


class ShippedTests(TestSuite):
    """The suite that is delivered: without the guesses that turned out wrong. It takes the first suite's place."""

    final: ClassVar[bool] = True


class Check(Frozen):
    """One thing that was tried, and how it ended."""

    name: str
    source: CaseSource | Literal["property", "upheld"]
    """`property`: what every program has to do; `upheld`: a guess that an arbiter found in the requirement's words."""
    passed: bool
    detail: str = ""
    """For a failure: what was run, what was expected, what came."""
    suspect: str = ""
    """The file most likely at fault."""

    @property
    def binding(self) -> bool:
        """Whether its failure alone fails the delivery."""
        return self.source != "guessed"


class Defect(Frozen):
    """What QA found wrong in one file, with its evidence."""

    path: str
    evidence: str


class TestReport(Document):
    """QA's document. The verdict is made of exit codes, never of a model's opinion.

    With `defects` it goes back to an engineer, and another report follows; without, it is the last word.
    """

    __test__: ClassVar[bool] = False
    title: ClassVar[str] = "Test report"

    accepted: bool
    checks: tuple[Check, ...]
    isolation: str = ""
    """What the sandbox was found to hold while these checks ran."""
    round: int = 0
    reasons: tuple[str, ...] = ()
    """Why it is not accepted, where no single check says so; bounds that were hit."""
    defects: tuple[Defect, ...] = ()


class Readme(Document):
    """The project's README.md."""

    final: ClassVar[bool] = True

    content: str

    def project_files(self) -> dict[str, str]:
        return {"README.md": self.content}


class Delivery(Document):
    """What left the house: what was built, how to run it, what passed, what did not, what it cost."""

    title: ClassVar[str] = "Delivery"
    final: ClassVar[bool] = True

    accepted: bool
    summary: str
    how_to_run: str
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    """US dollars; None where the price is not known."""
