"""A file over HTTP, resumed where it was cut."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from softhouse.llm_backends.models.source import SourceError

CHUNK = 1 << 20
FRUITLESS_ATTEMPTS = 3
PARTIAL_CONTENT, RANGE_REFUSED = 206, 416


class _CutError(Exception):
    """The connection broke, or went silent, after it had answered."""


@dataclass(frozen=True)
class HttpSource:
    """One URL; the system's proxies and certificates are used, as `urllib` finds them."""

    name: str
    url: str
    timeout: float = 8.0
    """Seconds that a connection, or a piece of the file, may take to arrive."""

    def fetch(self, partial: Path, size: int, on_bytes: Callable[[int], None]) -> None:
        """See `Source.fetch`. A cut download is taken up again as long as each attempt brings something."""
        fruitless = 0
        while (held := _size_of(partial)) != size:
            try:
                self._continue(partial, held, size, on_bytes)
            except _CutError as error:
                fruitless = 0 if _size_of(partial) > held else fruitless + 1
                if fruitless == FRUITLESS_ATTEMPTS:
                    raise SourceError(str(error)) from error

    def _continue(self, partial: Path, held: int, size: int, on_bytes: Callable[[int], None]) -> None:
        with self._open(held) as reply:
            start = held if reply.status == PARTIAL_CONTENT else 0
            if (offered := _offered_size(reply)) is not None and start + offered != size:
                raise SourceError(f"offers a file of {start + offered:,} bytes, not of {size:,}")
            with partial.open("r+b" if held else "wb") as file:
                file.truncate(start)
                file.seek(start)
                while start < size:
                    try:
                        chunk = reply.read(min(CHUNK, size - start))
                    except (OSError, http.client.HTTPException) as error:
                        raise _CutError(f"was cut ({_reason(error)})") from error
                    if not chunk:
                        raise _CutError("was cut")
                    file.write(chunk)
                    start += len(chunk)
                    on_bytes(start)

    def _open(self, held: int) -> http.client.HTTPResponse:
        request = urllib.request.Request(self.url, headers={"User-Agent": "softhouse"})  # noqa: S310  # from the catalog
        if held:
            request.add_header("Range", f"bytes={held}-")
        try:
            reply = urllib.request.urlopen(request, timeout=self.timeout)  # noqa: S310
        except urllib.error.HTTPError as error:
            with error:
                if error.code == RANGE_REFUSED and held:
                    return self._open(0)
                raise SourceError(f"answers {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            raise SourceError(f"does not answer ({_reason(error)})") from error
        assert isinstance(reply, http.client.HTTPResponse)
        return reply


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _offered_size(reply: http.client.HTTPResponse) -> int | None:
    length = reply.headers["Content-Length"]
    return int(length) if length is not None else None


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError):
        error = error.reason if isinstance(error.reason, Exception) else error
    if isinstance(error, TimeoutError):
        return "timed out"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
