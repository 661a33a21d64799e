"""Small acts and messages for the tests of the journal, the ledger and the budget."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from softhouse.environment.act import Act
from softhouse.environment.documents import SourceFile
from softhouse.environment.message import Message
from softhouse.llm_backends.protocol import Usage

TYPES = {SourceFile.slug(): SourceFile}
USAGE = Usage(prompt_tokens=10, cached_tokens=4, completion_tokens=5)


def act(name: str = "hello", *, role: str = "Engineer", model: str = "script:demo", sample: int = 0) -> Act:
    return Act.describe("completion", role, "WriteCode", model, {"prompt": name}, sample)


def message(path: str, content: str = "pass\n", causes: tuple[str, ...] = ()) -> Message:
    return Message(sender="Engineer", content=SourceFile(path=path, content=content), causes=causes)


def crashed_copy(path: Path, target: Path) -> Path:
    """What a process that is killed now would leave: the file and its write-ahead log, no shared memory."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    log = path.with_name(path.name + "-wal")
    if log.exists():
        shutil.copyfile(log, target.with_name(target.name + "-wal"))
    return target


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of `size` at `folder`."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"mounting a tmpfs needs root: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def make_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
