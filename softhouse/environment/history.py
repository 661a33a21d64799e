"""The project's git history: one commit for each document, its role as the author; a projection of the messages.

A commit says in a trailer which message it stands for. So what is missing is found by reading the trailers, and it is
added on top of whatever the branch holds: a person's own commits stay. A project's first history takes no git at all.
Objects are written first, then the index, and the branch moves last; whoever is killed in between finds the same
messages missing the next time and does it again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from softhouse.environment.document import Document
from softhouse.environment.git import Repository
from softhouse.environment.git_objects import FILE, Folder, Objects, object_id
from softhouse.environment.labels import type_title
from softhouse.environment.message import USER, Message
from softhouse.environment.rendering import language_of, merged, projection, rendered
from softhouse.environment.threads import filed
from softhouse.environment.workspace_files import WorkspaceFiles
from softhouse.errors import WorkspaceError

_MESSAGE = "Softhouse-Message"
_UNDONE = "Softhouse-Undone"
_TRAILERS = "%(trailers:key={},valueonly,separator=%x20)"
_LOG = f"--format=%x00%ct%n{_TRAILERS.format(_MESSAGE)}%n{_TRAILERS.format(_UNDONE)}"


@dataclass(frozen=True, order=True)
class Difference:
    """Where the project is not what its messages amount to."""

    path: str
    place: Literal["workspace", "history"]
    state: Literal["missing", "different"]

    def __str__(self) -> str:
        return f"{self.path} is {self.state} in the {self.place}"


@dataclass
class _Past:
    """What the branch holds already."""

    tip: str | None = None
    time: int = 0
    messages: dict[str, list[str]] = field(default_factory=dict)
    """Ids of the messages that are committed and not undone, each with the paths that its commit touched."""


@dataclass
class _Commit:
    """A commit that is to be made; a content of None removes the file."""

    author: str
    time: int
    text: str
    files: dict[str, str | None]


class History:
    """The history of the workspace `root`, which the caller has claimed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def commit(self, messages: Sequence[Message], dates: Mapping[str, float] | None = None) -> int:
        """Commit the messages that are not in the history yet; how many commits that took.

        `messages`: all of the run, causes before effects. `dates`: seconds since the epoch by message id; no commit
        is earlier than the one before. A message in the history that is no longer among `messages` was withdrawn: one
        commit takes its files back. Raises `WorkspaceError`, `StorageError`, and `UsageError` where there is
        a history to go on with, and no git.
        """
        return await filed(lambda: self.commit_now(messages, dates or {}, rendered(messages)))

    async def verify(self, messages: Sequence[Message]) -> tuple[Difference, ...]:
        """Where the files on disk and those of the last commit are not what `messages` amount to, sorted."""
        return await filed(lambda: self._verify(messages))

    def begin(self) -> None:
        """Make the repository where there is none; blocks."""
        with Repository(self._root) as repository:
            if not repository.exists:
                repository.create()

    def commit_now(
        self, messages: Sequence[Message], dates: Mapping[str, float], pages: Mapping[str, Mapping[str, str]]
    ) -> int:
        """`commit`, for who is in a thread already and has the files of each message (`rendered`)."""
        with Repository(self._root) as repository:
            if not repository.exists:
                if not messages:
                    return 0
                repository.create()
            branch = repository.branch()
            past = _past(repository, branch)
            commits = _missing(messages, dates, pages, past)
            if commits:
                objects = Objects()
                new = _add(objects, commits, past.tip, repository.folder(past.tip) if past.tip else Folder())
                repository.keep(objects)
                changed = {path: content for commit in commits for path, content in commit.files.items()}
                repository.stage({path: _blob(text) if text is not None else None for path, text in changed.items()})
                repository.move(branch, past.tip, new)
            return len(commits)

    def _verify(self, messages: Sequence[Message]) -> tuple[Difference, ...]:
        disk = WorkspaceFiles(self._root, self._root)
        with Repository(self._root) as repository:
            tip = repository.tip(repository.branch()) if repository.exists else None
            listing = repository.run("ls-tree", "-r", "-z", tip).decode(errors="replace") if tip else ""
        entries = (entry.partition("\t") for entry in listing.split("\0") if entry)
        blobs = {path: entry.split(" ")[2] for entry, _, path in entries}
        found: list[Difference] = []
        for path, text in projection(messages).items():
            try:
                content = disk.read(path)
            except WorkspaceError:  # a link, or a folder
                content = b""
            if content != text.encode():
                found.append(Difference(path, "workspace", "missing" if content is None else "different"))
            if blobs.get(path) != _blob(text):
                found.append(Difference(path, "history", "different" if path in blobs else "missing"))
        return tuple(sorted(found))


def _past(repository: Repository, branch: str) -> _Past:
    past = _Past(repository.tip(branch))
    if past.tip:
        log = repository.run("log", "--reverse", "--topo-order", "--name-only", "--no-renames", _LOG, past.tip)
        for entry in log.decode(errors="replace").split("\0")[1:]:
            head, ids, undone, *paths = entry.split("\n")
            past.time = max(past.time, int(head))
            for identity in ids.split():
                past.messages[identity] = list(filter(None, paths))
            for identity in undone.split():
                past.messages.pop(identity, None)
    return past


def canonical_order(messages: Iterable[Message]) -> tuple[Message, ...]:
    """The messages in an order that depends on what caused what, and not on who was quicker.

    By generation (one more than the latest cause), then sender, then slot. Causes must come before effects, as they
    were published; a later document of a slot counts as an effect of the earlier one, so it stays the later one.
    """
    generations: dict[str, int] = {}
    slots: dict[str, int] = {}
    for message in messages:
        causes = [generations.get(cause, -1) for cause in message.causes]
        generations[message.id] = slots[message.content.slot] = 1 + max(
            [*causes, slots.get(message.content.slot, -1)], default=-1
        )
    unique = {message.id: message for message in messages}
    return tuple(sorted(unique.values(), key=lambda m: (generations[m.id], m.sender, m.content.slot, m.id)))


def subject(document: Document, language: str = "en") -> str:
    """The first line of a document's commit.

    >>> from softhouse.environment.documents import SourceFile
    >>> subject(SourceFile(path="main.py", content=""))
    'Source: main.py'
    """
    texts = (
        document.key,
        *(getattr(document, name, "") for name in ("name", "summary", "overview", "text", "entry_point")),
    )
    first = next((" ".join(text.split()) for text in texts if isinstance(text, str) and text.strip()), "")
    title = type_title(type(document), language)
    return f"{title}: {first if len(first) <= 60 else first[:59] + '…'}" if first else title


def _missing(
    messages: Sequence[Message], dates: Mapping[str, float], pages: Mapping[str, Mapping[str, str]], past: _Past
) -> list[_Commit]:
    """The commits that bring the history up to `messages`."""
    language = language_of(messages)
    commits: list[_Commit] = []
    time = past.time
    held: dict[str, Mapping[str, str]] = {}
    for message in canonical_order(messages):
        files = pages[message.id]
        before = held.get(message.content.slot, {})
        held[message.content.slot] = files
        if message.id not in past.messages:
            time = max(time, int(dates.get(message.id, 0)))
            text = f"{subject(message.content, language)}\n\n{_MESSAGE}: {message.id}\n"
            commits.append(_Commit(message.sender, time, text, {**dict.fromkeys(before), **files}))
    withdrawn = past.messages.keys() - {message.id for message in messages}
    if withdrawn:
        _take_back(sorted(withdrawn), merged(messages, pages), commits, past)
    return commits


def _take_back(withdrawn: list[str], present: Mapping[str, str], commits: list[_Commit], past: _Past) -> None:
    """Note in the first of `commits` which messages no longer count; before it, take back what remains of them."""
    touched = {path for identity in withdrawn for path in past.messages[identity]}
    remains = sorted(touched - {path for commit in commits for path in commit.files})
    if remains or not commits:
        files = {path: present.get(path) for path in remains}
        commits.insert(0, _Commit(USER, past.time, f"Step back: {len(withdrawn)} withdrawn\n\n", files))
    commits[0].text += "".join(f"{_UNDONE}: {identity}\n" for identity in withdrawn)


def _add(objects: Objects, commits: Sequence[_Commit], tip: str | None, folder: Folder) -> str:
    """Add the commits, from `tip` on, whose tree is `folder`, to `objects`; the last one's id."""
    new = tip
    for commit in commits:
        for path, content in commit.files.items():
            if content is None:
                folder.remove(path)
            else:
                folder.put(path, FILE, objects.blob(content.encode()))
        author, committer = (f"{_identity(name)} {commit.time} +0000" for name in (commit.author, "Softhouse"))
        new = objects.commit(objects.tree(folder), [new] if new else [], author, committer, commit.text)
    assert new is not None  # there is a commit
    return new


def _blob(text: str) -> str:
    """The id that git gives the content."""
    return object_id(b"blob", text.encode()).hex()


@lru_cache
def _identity(name: str) -> str:
    """
    >>> _identity("Product manager")
    'Product manager <product-manager@softhouse.invalid>'
    """
    shown = " ".join(re.sub(r"[<>\x00-\x1f]", " ", name).split()) or "Nobody"
    return f"{shown} <{re.sub(r'[^a-z0-9]+', '-', shown.lower()).strip('-') or 'role'}@softhouse.invalid>"
