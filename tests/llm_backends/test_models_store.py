"""The model store: names, places, verification, one source after another, two processes at once."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from softhouse.errors import StorageError, UnavailableError, UnknownModelError
from softhouse.llm_backends import models
from softhouse.llm_backends.models import ModelStore, Progress, store_folder
from softhouse.llm_backends.models.source import ModelEntry, SourceError

CONTENT = b"the published bytes"


@dataclass
class FakeSource:
    """Delivers `content`, or refuses where that is None."""

    name: str
    content: bytes | None
    asked: int = 0
    found: list[bytes] = field(default_factory=list)
    """What was there already when it was asked."""

    def fetch(self, partial: Path, size: int, on_bytes: Callable[[int], None]) -> None:
        self.asked += 1
        self.found.append(partial.read_bytes() if partial.is_file() else b"")
        if self.content is None:
            raise SourceError("does not answer (timed out)")
        partial.write_bytes(self.content)
        on_bytes(len(self.content))


def store(folder: Path, *sources: FakeSource, size: int = len(CONTENT)) -> ModelStore:
    entry = ModelEntry(
        name="tiny",
        title="Tiny",
        license="MIT",
        file_name="tiny.gguf",
        size=size,
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        sources=sources,
    )
    return ModelStore(folder, (entry,))


def test_a_pulled_model_lies_in_the_store_and_nothing_else_does(tmp_path: Path) -> None:
    heard: list[Progress] = []

    path = store(tmp_path / "new", FakeSource("hub", CONTENT)).pull("tiny", heard.append)

    assert path.read_bytes() == CONTENT
    assert sorted(file.name for file in path.parent.iterdir()) == ["tiny.gguf", "tiny.gguf.lock", "tiny.gguf.verified"]
    assert heard == [Progress(name="tiny", source="hub", done=len(CONTENT), total=len(CONTENT))]


def test_a_model_that_is_here_is_not_fetched(tmp_path: Path) -> None:
    hub = FakeSource("hub", CONTENT)
    tiny = store(tmp_path, hub)

    assert tiny.pull("tiny") == tiny.pull("tiny") == tiny.find("tiny")
    assert hub.asked == 1


def test_the_first_source_that_answers_serves_it(tmp_path: Path) -> None:
    away, mirror, unused = FakeSource("hub", None), FakeSource("mirror", CONTENT), FakeSource("other", CONTENT)

    store(tmp_path, away, mirror, unused).pull("tiny")

    assert (away.asked, mirror.asked, unused.asked) == (1, 1, 0)


def test_wrong_bytes_are_removed_and_the_next_source_is_asked(tmp_path: Path) -> None:
    liar, mirror = FakeSource("hub", b"other bytes entirely"), FakeSource("mirror", CONTENT)

    assert store(tmp_path, liar, mirror).pull("tiny").read_bytes() == CONTENT
    assert mirror.found == [b""]


def test_without_a_source_the_line_says_how_to_place_the_file(tmp_path: Path) -> None:
    tiny = store(tmp_path, FakeSource("hub", None), FakeSource("mirror", b"wrong"))

    with pytest.raises(UnavailableError) as caught:
        tiny.pull("tiny")

    line = str(caught.value)
    assert "hub does not answer (timed out); mirror delivers other bytes than the published ones" in line
    assert f"{tmp_path / 'tiny.gguf'} (19 bytes, SHA-256 {hashlib.sha256(CONTENT).hexdigest()})" in line
    assert "\n" not in line
    assert caught.value.exit_code == 3


def test_a_file_placed_by_hand_is_verified_once(tmp_path: Path) -> None:
    placed = tmp_path / "tiny.gguf"
    placed.write_bytes(CONTENT)
    tiny = store(tmp_path)

    assert tiny.find("tiny") == placed

    status = placed.stat()
    placed.write_bytes(CONTENT[::-1])
    os.utime(placed, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert tiny.find("tiny") == placed, "same size and time: not hashed again"
    os.utime(placed, ns=(0, 0))
    assert tiny.find("tiny") is None, "another time: hashed again"


def test_a_wrong_file_in_the_store_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(CONTENT[::-1])
    tiny = store(tmp_path, FakeSource("hub", CONTENT))

    assert tiny.find("tiny") is None
    assert tiny.pull("tiny").read_bytes() == CONTENT


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"anything")

    assert store(tmp_path).find(str(own)) == store(tmp_path).pull(str(own)) == own


@pytest.mark.parametrize("name", ["huge", "no/such.gguf", "such.gguf"])
def test_an_unknown_name_and_a_missing_path_are_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownModelError, match=rf"there is no .*{name}.*tiny"):
        store(tmp_path).pull(name)


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    hub = FakeSource("hub", CONTENT)

    with pytest.raises(StorageError, match=r"needs 1,000,000,000,000 MB in .* are free"):
        store(tmp_path, hub, size=10**18).pull("tiny")

    assert hub.asked == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_disk_that_fills_up_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf.partial").symlink_to("/dev/full")

    with pytest.raises(StorageError, match="No space left on device; free some space"):
        store(tmp_path, FakeSource("hub", CONTENT)).pull("tiny")


def test_a_store_in_place_of_which_a_file_lies_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="can't be written"):
        store(tmp_path / "file", FakeSource("hub", CONTENT)).pull("tiny")


def test_an_exception_of_the_listener_ends_the_download(tmp_path: Path) -> None:
    def stop(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(tmp_path, FakeSource("hub", CONTENT)).pull("tiny", stop)

    assert (tmp_path / "tiny.gguf.partial").read_bytes() == CONTENT


PULLER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from llm_backends.test_models_store import CONTENT, FakeSource, store

class Slow(FakeSource):
    def fetch(self, partial, size, on_bytes):
        partial.write_bytes(b"begun")
        print("fetching", flush=True)
        sys.stdin.readline()
        super().fetch(partial, size, on_bytes)

print("started", flush=True)
print(store(Path(sys.argv[1]), Slow("hub", CONTENT)).pull("tiny").read_bytes() == CONTENT, flush=True)
"""


def test_a_second_process_waits_for_the_first_and_fetches_nothing(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[1])

    def puller() -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", PULLER, str(tmp_path), root]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with puller() as first:
        assert first.stdout is not None
        assert [first.stdout.readline() for _ in range(2)] == ["started\n", "fetching\n"]
        with puller() as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "started\n"
            with pytest.raises(subprocess.TimeoutExpired):
                second.communicate(timeout=1)
            first.communicate("go on\n", timeout=20)
            said, _ = second.communicate(timeout=20)

    assert said == "True\n", "it never fetched"


def test_where_the_store_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOFTHOUSE_HOME", str(tmp_path))
    assert store_folder() == tmp_path / "models"
    assert models.find("qwen2.5-coder-1.5b") is None
    (listed,) = models.list_models()
    assert (listed.place.parent, listed.present) == (tmp_path / "models", False)

    monkeypatch.delenv("SOFTHOUSE_HOME")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert store_folder() == tmp_path / "data/softhouse/models"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert store_folder() == Path.home() / "Library/Application Support/softhouse/models"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert store_folder() == tmp_path / "local/softhouse/models"
