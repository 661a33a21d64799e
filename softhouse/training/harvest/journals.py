"""One journal as training data: which replies are worth learning, which are better than others, what can be tried."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from softhouse.actions.readings import small_model_turns
from softhouse.actions.write_script import WriteScript, entry_point
from softhouse.environment import documents as standard
from softhouse.environment.document import Document
from softhouse.environment.documents import Case, Delivery, Requirement, SourceFile, TestReport, TestSuite
from softhouse.environment.journal import Journal
from softhouse.environment.journal_rows import DocumentTypes, MessageRow
from softhouse.errors import JournalError
from softhouse.llm_backends.protocol import ChatMessage, Frozen
from softhouse.training.alignment.rows import Conversation, ExecutableTask, Preference, outputs
from softhouse.training.harvest.fates import Executions, verdicts
from softhouse.training.harvest.replies import Reply, refusals, replies_of

T = TypeVar("T", bound=Frozen)


@dataclass
class Crop:
    """What one run gave."""

    accepted: bool = False
    replies: int = 0
    remark: str = ""
    conversations: list[Conversation] = field(default_factory=list)
    preferences: list[Preference] = field(default_factory=list)
    tasks: list[ExecutableTask] = field(default_factory=list)


@dataclass(frozen=True)
class Scored:
    """A reply to a prompt, and what it was worth: 0 to 1."""

    text: str
    score: float


def joined(crops: Sequence[Crop]) -> Crop:
    """All of them as one, without repetitions."""
    return Crop(
        conversations=_once(row for found in crops for row in found.conversations),
        preferences=_once(row for found in crops for row in found.preferences),
        tasks=_once(row for found in crops for row in found.tasks),
    )


def _once(rows: Iterable[T]) -> list[T]:
    return list({row.model_dump_json(): row for row in rows}.values())


def crop(path: Path, *, most_pairs: int, leave_out: frozenset[str] = frozenset()) -> Crop:
    """What the journal at `path` teaches; nothing where its requirement is among `leave_out`. Raises `JournalError`."""
    journal = Journal.read(path)
    published = list(_published(journal.messages()))
    known = [document for _, document in published]
    requirement = next((d.text for d in reversed(known) if isinstance(d, Requirement)), "")
    replies = replies_of(journal.acts())
    found = Crop(accepted=_accepted(known), replies=len(replies))
    if requirement in leave_out:
        found.remark = "a requirement of the benchmark, left out"
        return found
    if not requirement:
        found.remark = "it has no requirement yet"
        return found
    program = entry_point(requirement)
    cases = _cases(known, accepted=found.accepted)
    used = {key for row, _ in published for key in row.acts}
    after = refusals(replies)
    for reply in replies:
        if reply.structured and reply.whole and found.accepted and reply.key in used and reply.key not in after:
            found.conversations.append(_conversation(reply.opening, reply.text))
        if (taken := _at_last(reply, after)) is not None and taken.key in used and taken.whole:
            found.preferences.append(Preference(prompt=reply.prompt, chosen=taken.text, rejected=reply.text))
    fates = _Fates(Executions(journal.acts()), verdicts(known), known, program, cases, accepted=found.accepted)
    for opening, candidates in _by_opening(replies, fates).items():
        best = max(candidates, key=lambda one: one.score)
        if best.score == 1 and found.accepted:
            found.conversations.append(_conversation(opening, best.text))
        worse = [one for one in candidates if one.score < best.score and one.text != best.text]
        worse = sorted({one.text: one for one in worse}.values(), key=lambda one: one.score)
        found.preferences += [
            Preference(prompt=opening, chosen=best.text, rejected=one.text) for one in worse[:most_pairs]
        ]
    if len(outputs(cases)) > 1:
        found.tasks.append(ExecutableTask(prompt=script_turns(requirement), cases=cases, entry_point=program))
    return found


def script_turns(requirement: str) -> tuple[ChatMessage, ...]:
    """How the house asks a small model for a whole program."""
    return small_model_turns(requirement, entry_point(requirement), WriteScript().template())


def standard_types() -> DocumentTypes:
    """The standard house's document types by slug; of those that share a slot the most special one."""
    kinds = [kind for kind in vars(standard).values() if isinstance(kind, type) and issubclass(kind, Document)]
    return {kind.slug(): kind for kind in sorted(kinds, key=lambda kind: len(kind.__mro__)) if kind is not Document}


def _published(rows: Sequence[MessageRow]) -> Iterable[tuple[MessageRow, Document]]:
    """The documents of the standard house; what roles of the user's own published is passed over."""
    types = standard_types()
    for row in rows:
        try:
            yield row, row.document(types)
        except JournalError:
            continue


def _accepted(known: Sequence[Document]) -> bool:
    for document in reversed(known):
        if isinstance(document, Delivery | TestReport):
            return document.accepted
    return False


def _cases(known: Sequence[Document], *, accepted: bool) -> tuple[Case, ...]:
    """The cases of the last suite that may be trusted.

    What the requirement's words say always; what was observed or guessed where the program was accepted with it.
    """
    suite = next((document for document in reversed(known) if isinstance(document, TestSuite)), None)
    return tuple(c for c in (suite.cases if suite else ()) if accepted or c.source in ("user", "quoted"))


def _conversation(prompt: Sequence[ChatMessage], answer: str) -> Conversation:
    return Conversation(messages=(*prompt, ChatMessage.assistant(answer)))


def _at_last(reply: Reply, after: dict[str, Reply]) -> Reply | None:
    """The reply that was taken in the end instead of a refused one; None for one that was not refused."""
    taken = after.get(reply.key)
    while taken is not None and taken.key in after:
        taken = after[taken.key]
    return taken


@dataclass
class _Fates:
    """What programs of one run were worth."""

    executions: Executions
    reported: dict[tuple[str, str], bool]
    known: Sequence[Document]
    program: str
    cases: tuple[Case, ...]
    accepted: bool

    def score(self, programs: Sequence[str]) -> float | None:
        """Of a program in its forms: by its cases where it was run with them, else by the reports; None: not known."""
        tried = [self.executions.tried(program, self.program, self.cases) for program in programs]
        passed, runs = max(tried, key=lambda pair: pair[1], default=(0, 0))
        if runs:
            return passed / runs
        found = [held for (_, content), held in self.reported.items() if content in programs]
        if found:
            return float(found[-1])
        shipped = next((d.files for d in reversed(self.known) if isinstance(d, TestSuite)), {})
        if self.accepted and any(content.rstrip() in programs for content in shipped.values()):
            return 1.0
        return None

    def versions(self, programs: Sequence[str]) -> list[Scored]:
        """What the same file was changed into later, as replies."""
        paths = {path for path, content in self.reported if content in programs}
        contents = [d.content for d in self.known if isinstance(d, SourceFile) and d.path in paths]
        scored = [(content, self.score([content.rstrip()])) for content in contents]
        return [Scored(f"```python\n{content.rstrip()}\n```", score) for content, score in scored if score is not None]


def _by_opening(replies: Sequence[Reply], fates: _Fates) -> dict[tuple[ChatMessage, ...], list[Scored]]:
    """The programs that were written for each prompt, with what they were worth; a repair answers its first prompt."""
    found: dict[tuple[ChatMessage, ...], list[Scored]] = {}
    for reply in replies:
        programs = [] if reply.structured else list(reply.programs())
        if not programs:
            continue
        score = fates.score(programs)
        if not reply.whole:
            score = 0.0
        if score is not None:
            found.setdefault(reply.opening, []).append(Scored(reply.text, score))
            for version in fates.versions(programs):
                if version.text.split() != reply.text.split():
                    found[reply.opening].append(version)
    return found
