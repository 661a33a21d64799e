"""A file over HTTP: every way in which a download goes wrong, from a real server on loopback."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from softhouse.llm_backends.models.download import CHUNK, HttpSource
from softhouse.llm_backends.models.source import SourceError

CONTENT = Random(7).randbytes(3 * CHUNK + 11)
Answer = Callable[[BaseHTTPRequestHandler, threading.Event], None]


@dataclass
class FileServer:
    """Answers each request with the next of `answers`, and remembers what was asked for."""

    answers: list[Answer]
    url: str = ""
    ranges: list[str | None] = field(default_factory=list)


ServeFile = Callable[..., FileServer]


@pytest.fixture
def serve_file() -> Iterator[ServeFile]:
    running: list[ThreadingHTTPServer] = []
    over = threading.Event()

    def start(*answers: Answer) -> FileServer:
        script = FileServer(list(answers))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                script.ranges.append(self.headers["Range"])
                script.answers.pop(0)(self, over)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        running.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        script.url = f"http://127.0.0.1:{server.server_port}/model.gguf"
        return script

    yield start
    over.set()
    for server in running:
        server.shutdown()
        server.server_close()


def send(request: BaseHTTPRequestHandler, *, obey_range: bool = True, stop_after: int | None = None) -> None:
    asked = request.headers["Range"]
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and obey_range else 0
    request.send_response(206 if asked and obey_range else 200)
    request.send_header("Content-Length", str(len(CONTENT) - start))
    request.end_headers()
    request.wfile.write(CONTENT[start:][:stop_after])


def whole(request: BaseHTTPRequestHandler, _over: threading.Event) -> None:
    send(request)


def without_ranges(request: BaseHTTPRequestHandler, _over: threading.Event) -> None:
    send(request, obey_range=False)


def cut(request: BaseHTTPRequestHandler, _over: threading.Event) -> None:
    send(request, stop_after=CHUNK + 5)


def nothing(request: BaseHTTPRequestHandler, _over: threading.Event) -> None:
    send(request, stop_after=0)


def stalled(request: BaseHTTPRequestHandler, over: threading.Event) -> None:
    send(request, stop_after=CHUNK)
    over.wait()


def silent(_request: BaseHTTPRequestHandler, over: threading.Event) -> None:
    over.wait()


def status(code: int) -> Answer:
    return lambda request, _over: request.send_error(code)


def fetch(server: FileServer, partial: Path, size: int = len(CONTENT), timeout: float = 5.0) -> list[int]:
    counted: list[int] = []
    HttpSource("test", server.url, timeout=timeout).fetch(partial, size, counted.append)
    return counted


def test_a_file_arrives_and_its_bytes_are_counted(serve_file: ServeFile, tmp_path: Path) -> None:
    counted = fetch(serve_file(whole), tmp_path / "partial")

    assert (tmp_path / "partial").read_bytes() == CONTENT
    assert counted == [CHUNK, 2 * CHUNK, 3 * CHUNK, len(CONTENT)]


def test_a_download_of_an_earlier_process_is_continued(serve_file: ServeFile, tmp_path: Path) -> None:
    (tmp_path / "partial").write_bytes(CONTENT[:1000])
    server = serve_file(whole)

    fetch(server, tmp_path / "partial")

    assert (tmp_path / "partial").read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-"]


def test_a_whole_file_is_not_asked_for_again(serve_file: ServeFile, tmp_path: Path) -> None:
    (tmp_path / "partial").write_bytes(CONTENT)
    server = serve_file()

    fetch(server, tmp_path / "partial")

    assert server.ranges == []


def test_a_cut_download_goes_on_where_it_was_cut(serve_file: ServeFile, tmp_path: Path) -> None:
    server = serve_file(cut, cut, whole)

    fetch(server, tmp_path / "partial")

    assert (tmp_path / "partial").read_bytes() == CONTENT
    assert server.ranges[0] is None
    assert all(server.ranges[1:])


def test_a_server_that_goes_silent_in_the_middle_is_asked_again(serve_file: ServeFile, tmp_path: Path) -> None:
    server = serve_file(stalled, whole)

    fetch(server, tmp_path / "partial", timeout=1.5)

    assert (tmp_path / "partial").read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={CHUNK}-"]


def test_a_server_without_ranges_sends_everything_again(serve_file: ServeFile, tmp_path: Path) -> None:
    (tmp_path / "partial").write_bytes(b"x" * 1000)

    fetch(serve_file(without_ranges), tmp_path / "partial")

    assert (tmp_path / "partial").read_bytes() == CONTENT


def test_a_refused_range_starts_anew(serve_file: ServeFile, tmp_path: Path) -> None:
    (tmp_path / "partial").write_bytes(b"x" * (len(CONTENT) + 5))
    server = serve_file(status(416), whole)

    fetch(server, tmp_path / "partial")

    assert (tmp_path / "partial").read_bytes() == CONTENT


def test_three_attempts_that_bring_nothing_are_enough(serve_file: ServeFile, tmp_path: Path) -> None:
    server = serve_file(cut, nothing, nothing, nothing)

    with pytest.raises(SourceError, match="was cut"):
        fetch(server, tmp_path / "partial")

    assert len(server.ranges) == 4
    assert (tmp_path / "partial").stat().st_size > 0, "what has arrived is kept"


@pytest.mark.parametrize("code", [401, 403, 404, 500, 503])
def test_a_no_is_a_no(serve_file: ServeFile, tmp_path: Path, code: int) -> None:
    server = serve_file(status(code))

    with pytest.raises(SourceError, match=f"answers {code}"):
        fetch(server, tmp_path / "partial")

    assert len(server.ranges) == 1


def test_a_server_that_never_answers_is_left(serve_file: ServeFile, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"does not answer \(timed out\)"):
        fetch(serve_file(silent), tmp_path / "partial", timeout=0.2)


def test_a_server_that_is_not_there_is_left(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"does not answer \(connection refused\)"):
        HttpSource("test", "http://127.0.0.1:1/model.gguf").fetch(tmp_path / "partial", 5, lambda _: None)


def test_a_file_of_another_size_is_refused_before_it_is_fetched(serve_file: ServeFile, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"offers a file of {len(CONTENT):,} bytes, not of 7"):
        fetch(serve_file(whole), tmp_path / "partial", size=7)

    assert not (tmp_path / "partial").exists()
