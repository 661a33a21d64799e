"""Documents whose files are written in the background, together with those that come soon after."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from softhouse.environment import workspace as module
from softhouse.environment.document import Document
from softhouse.environment.documents import SourceFile
from softhouse.environment.workspace import Workspace
from softhouse.errors import StorageError

from .table import small_run
from .test_workspace import on_disk


class Told(Workspace):
    """Tells how many documents each writing took."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.written: asyncio.Queue[int] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def _write_each(self, documents: Sequence[Document]) -> None:
        super()._write_each(documents)
        self._loop.call_soon_threadsafe(self.written.put_nowait, len(documents))


async def test_what_comes_soon_after_is_written_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.05)
    with Told(tmp_path / "project") as workspace:
        workspace.write_soon(SourceFile(path="a.py", content="a"))
        workspace.write_soon(SourceFile(path="b.py", content="b"))
        assert on_disk(workspace) == {}
        assert await workspace.written.get() == 2
        workspace.write_soon(SourceFile(path="c.py", content="c"))
        assert await workspace.written.get() == 1
        assert on_disk(workspace) == {"a.py": "a", "b.py": "b", "c.py": "c"}


async def test_a_commit_waits_for_no_pause(workspace: Workspace) -> None:
    table = small_run()
    for message in table:
        workspace.write_soon(message.content)
    async with asyncio.timeout(module.PAUSE * 10):
        assert await workspace.commit(table) == ()
    assert "docs/prd.json" in on_disk(workspace)


async def test_what_could_not_be_written_is_told_with_the_next_document(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.0)

    def full(*_: object) -> None:
        raise StorageError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "write", full)
        workspace.write_soon(SourceFile(path="a.py", content="a"))
        assert workspace._writing is not None
        await asyncio.wait({workspace._writing})
        with pytest.raises(StorageError, match="full"):
            workspace.write_soon(SourceFile(path="b.py", content="b"))
    assert await workspace.commit(small_run()) == ()  # what is written in the end is the truth's, not the queue's
