"""The project's folder: the documents of a run as files that a person reads, edits and takes away.

The journal is the truth and the workspace its projection, so every file here can be written again. What a person has
changed is never overwritten: a changed file gives way only to a document that says the same. To tell a change from an
older version, the house notes in `.softhouse/written` the digest of what it wrote last at each path. Files are replaced
whole; they are not forced to the disk one by one, as the journal is.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder, Workspace(folder) as workspace:
...     table = [Message(sender="User", content=Requirement(text="Say hi."))]
...     kept = workspace.write_all(table)
...     page = workspace.path / "docs/requirement.md"
...     _ = page.write_text(page.read_text().replace("hi", "hello"))
...     workspace.edited_documents(table)
(Requirement(text='Say hello.', language='en'),)
"""

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

from softhouse.environment.document import Document
from softhouse.environment.documents import Requirement
from softhouse.environment.hand_edits import parse_file, with_files
from softhouse.environment.history import History
from softhouse.environment.message import Message
from softhouse.environment.rendering import (
    document_files,
    document_stem,
    language_of,
    merged,
    newest,
    projection,
)
from softhouse.environment.threads import filed
from softhouse.environment.workspace_files import WorkspaceFiles, digest, is_plain_folder, unwritable
from softhouse.environment.workspace_lock import WorkspaceLock
from softhouse.errors import WorkspaceError

D = TypeVar("D", bound=Document)

HOUSE = ".softhouse"
PAUSE = 2.0
"""Seconds for which a document's files wait for the next one's: a file is dear where many runs share a disk."""
_LITTER = frozenset({HOUSE, ".DS_Store", "Thumbs.db", "desktop.ini"})
"""What may lie in a folder that counts as empty."""
_DELETED = "-"

State = Literal["new", "deleted", "expected", "older", "changed"]
"""A file that never was, is gone, is as expected, is as the house wrote it before, or is as a person left it."""


@dataclass(frozen=True, order=True)
class Edit:
    """A file that a person changed or deleted."""

    path: str
    """Relative to the workspace, with forward slashes."""
    deleted: bool = False


class Workspace:
    """The folder of one run. Between `claim` and `release` nobody else is at work in it."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).expanduser().absolute()
        self._house = self.path / HOUSE
        self._lock = WorkspaceLock(self._house / "lock")
        self._files = WorkspaceFiles(self.path, self._house)
        self._language = "en"
        """That of the requirement which was last seen: a run's first document."""
        self.history = History(self.path)
        self._notes: dict[str, str] | None = None
        self._pages: dict[tuple[str, str], Mapping[str, str]] = {}
        """The files of the documents so far, by digest and language: they are written soon, and committed later."""
        self._later: list[Document] = []
        """Documents whose files are still to be written."""
        self._writing: asyncio.Task[None] | None = None

    def claim(self) -> None:
        """Make the folder where there is none, and take it.

        Raises `WorkspaceBusyError` where another process has it, and `WorkspaceError` where it is a file, is not
        writable, holds someone else's files, or has a `.git` that is no repository.
        """
        try:
            if not self._made():
                self._refuse_strangers()
            self._house.mkdir(exist_ok=True)
            self._lock.acquire()
            with suppress(FileExistsError), (self._house / ".gitignore").open("xb") as ignore:
                ignore.write(b"*\n")
        except OSError as error:
            self._lock.release()
            raise WorkspaceError(f"{self.path} is not writable ({error.strerror}); choose another folder") from None

    def release(self) -> None:
        """Let others in."""
        self._notes = None
        self._pages.clear()
        self._lock.release()

    def __enter__(self) -> Self:
        self.claim()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def write(self, document: Document) -> tuple[Edit, ...]:
        """Write the files of one document; the hand edits that were in the way, and are kept."""
        if isinstance(document, Requirement):
            self._language = document.language
        return self._write(self._page(document), (document,))

    def write_soon(self, document: Document) -> None:
        """Let the files of `document` be written in a thread, with all that come within `PAUSE`; `commit` is sooner.

        Raises what the writing of earlier documents raised.
        """
        self._later.append(document)
        if self._writing is not None and self._writing.done():
            self._writing.result()
            self._writing = None
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_later())

    async def _write_later(self) -> None:
        while self._later:
            await asyncio.sleep(PAUSE)
            documents, self._later = self._later, []
            await filed(partial(self._write_each, documents))

    def _write_each(self, documents: Sequence[Document]) -> None:
        for document in documents:
            self.write(document)
        self.history.begin()

    async def _stop_writing(self) -> None:
        """What is under way ends; what is still to be written, or could not be, is left to `write_all`."""
        self._later.clear()
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
            self._writing = None

    def write_all(self, messages: Sequence[Message]) -> tuple[Edit, ...]:
        """Write the projection of `messages` and remove what is no longer in it; the hand edits that are kept."""
        return self._write_all(messages, projection(messages))

    async def commit(self, messages: Sequence[Message], dates: Mapping[str, float] | None = None) -> tuple[Edit, ...]:
        """Bring files and history up to `messages` (`write_all`, `History.commit`); the hand edits that are kept."""

        def work() -> tuple[Edit, ...]:
            self._language = language_of(messages)
            pages = {message.id: self._page(message.content) for message in messages}
            kept = self._write_all(messages, merged(messages, pages))
            self.history.commit_now(messages, dates or {}, pages)
            return kept

        await self._stop_writing()
        return await filed(work)

    def edits(self, expected: Mapping[str, str]) -> tuple[Edit, ...]:
        """The files that are neither what the house wrote last nor what is `expected` (path to content), sorted."""
        written = self._written()
        states = {path: self._state(path, expected.get(path), written) for path in sorted({*expected, *written})}
        return tuple(
            Edit(path, deleted=state == "deleted")
            for path, state in states.items()
            if state == "changed" or (state == "deleted" and path in expected)
        )

    def edited_documents(self, messages: Sequence[Message]) -> tuple[Document, ...]:
        """The documents that a person changed in their files, as they are now; deleted files count as unchanged.

        Raises `WorkspaceError` where a file no longer says a document, or two files of one document disagree.
        """
        changed = {edit.path for edit in self.edits(projection(messages)) if not edit.deleted}
        self._language = language_of(messages)
        documents = []
        for document in newest(messages).values():
            if changed.intersection(document_files(document, self._language)):
                now = self.read_document(document)
                if now != document:
                    documents.append(now)
        return tuple(documents)

    def read_document(self, document: D) -> D:
        """`document` as its files say it now: of its JSON and its Markdown the one that was changed counts."""
        files = document_files(document, self._language)
        changed = {e.path: self._text(e.path) for e in self.edits(files) if e.path in files and not e.deleted}
        if document.project_files():
            return with_files(document, changed)
        readings = {path: parse_file(type(document), path, text) for path, text in changed.items()}
        if len({reading.digest for reading in readings.values()}) > 1:
            raise WorkspaceError(f"{' and '.join(sorted(readings))} were both changed and disagree; delete one of them")
        now = next(iter(readings.values()), document)
        if now.slot != document.slot:
            raise WorkspaceError(
                f"{min(readings)} now describes another {document.slug()}; keep its names, or delete it"
            )
        return now

    def _page(self, document: Document) -> Mapping[str, str]:
        key = (document.digest, self._language)
        if key not in self._pages:
            self._pages[key] = document_files(document, self._language)
        return self._pages[key]

    def _made(self) -> bool:
        """Make the folder; False where something is there already."""
        try:
            self.path.mkdir(parents=True)
        except (FileExistsError, NotADirectoryError):
            return False
        return True

    def _refuse_strangers(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise WorkspaceError(f"{self.path} is a file; name a folder")
        names = {entry.name for entry in self.path.iterdir()} if self.path.exists() else set()
        if HOUSE in names and not is_plain_folder(self._house):
            raise WorkspaceError(f"{self._house} is not an ordinary folder; choose another workspace")
        strangers = sorted(names - _LITTER)
        if strangers and HOUSE not in names:
            raise WorkspaceError(
                f"{self.path} holds someone else's files ({strangers[0]}…); choose an empty or a new folder"
            )
        git = self.path / ".git"
        if ".git" in names and not (is_plain_folder(git) and {"HEAD", "objects"} <= set(os.listdir(git))):
            raise WorkspaceError(f"{git} is not a git repository; move it away, and the house will make a new one")

    def _write_all(self, messages: Sequence[Message], files: Mapping[str, str]) -> tuple[Edit, ...]:
        self._language = language_of(messages)
        kept = self._write(files, newest(messages).values())
        written = self._written()
        obsolete = [path for path in written if path not in files and self._state(path, None, written) == "older"]
        for path in obsolete:
            self._files.delete(path)
        self._note(dict.fromkeys(obsolete, _DELETED))
        return kept

    def _write(self, files: Mapping[str, str], documents: Iterable[Document]) -> tuple[Edit, ...]:
        written = self._written()
        owners = {
            f"{document_stem(document)}{ending}": document for document in documents for ending in (".json", ".md")
        }
        kept: list[Edit] = []
        news: dict[str, str] = {}
        for path, text in files.items():
            state = self._state(path, text, written)
            if state == "changed" and not self._says(path, owners.get(path)):
                kept.append(Edit(path))
                continue
            if state != "expected":
                self._files.write(path, text.encode())
            if written.get(path) != digest(text.encode()):
                news[path] = digest(text.encode())
        self._note(news)
        return tuple(kept)

    def _state(self, path: str, expected: str | None, written: Mapping[str, str]) -> State:
        try:
            content = self._files.read(path)
        except WorkspaceError:  # a link or a folder: somebody put it there
            return "changed"
        if content is None:
            return "deleted" if path in written else "new"
        if expected is not None and content == expected.encode():
            return "expected"
        return "older" if digest(content) == written.get(path) else "changed"

    def _says(self, path: str, document: Document | None) -> bool:
        """Whether the file, as a person left it, is read as `document`."""
        try:
            return document is not None and parse_file(type(document), path, self._text(path)) == document
        except WorkspaceError:
            return False

    def _text(self, path: str) -> str:
        try:
            return (self._files.read(path) or b"").decode()
        except UnicodeDecodeError:
            raise WorkspaceError(f"{self.path / path} is not UTF-8 text; save it as such") from None

    def _written(self) -> dict[str, str]:
        """The digest of what the house wrote last, by path."""
        if self._notes is None:
            try:
                lines = (self._house / "written").read_text("utf-8").splitlines()
            except FileNotFoundError:
                lines = []
            except (OSError, UnicodeDecodeError) as error:
                raise WorkspaceError(f"{self._house / 'written'} cannot be read ({error}); delete it") from None
            notes = (line.partition("  ") for line in lines)
            self._notes = {path: note for note, _, path in notes}
        return {path: note for path, note in self._notes.items() if path and note != _DELETED}

    def _note(self, digests: Mapping[str, str]) -> None:
        if digests:
            try:
                with (self._house / "written").open("a", encoding="utf-8", newline="\n") as file:
                    file.write("".join(f"{note}  {path}\n" for path, note in digests.items()))
            except OSError as error:
                raise unwritable(self._house / "written", error) from None
            self._notes = {**(self._notes or {}), **digests}
