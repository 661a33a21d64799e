"""File names that a model chose, checked before anything is written.

A path must mean the same file on Linux, macOS and Windows, lie inside the project, and be nobody else's. The rules for
Windows are Microsoft's ("Naming Files, Paths, and Namespaces"); those for `.git` are the ones that git itself refuses.

>>> str(check_path("./app/store.py"))
'app/store.py'
>>> check_path("../store.py")
Traceback (most recent call last):
    ...
softhouse.environment.names.UnsafePathError: '../store.py' can't be used: '..' leaves the project
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import PurePosixPath

HOUSE_FILES = frozenset({"readme.md", ".softhouse", "docs", "tests"})
"""What the house itself writes at the root of a project, in lower case."""

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
_GIT = frozenset({".git", "git~1", ".gitattributes", ".gitmodules"})
_FORBIDDEN = frozenset('<>:"|?*')
_LONGEST_PATH = 200
_LONGEST_PART = 100
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class UnsafePathError(ValueError):
    """A path that must not be written; the message says why, in words that a model can act upon."""


def check_path(path: str, reserved: Collection[str] = HOUSE_FILES) -> PurePosixPath:
    """`path`, relative to the project's root, without `.` and doubled slashes.

    Raises `UnsafePathError` for a path that leaves the project, means something else on another system, belongs to git,
    or begins with a name that is `reserved` (in lower case).
    """
    reason = _reason(path, reserved)
    if reason:
        raise UnsafePathError(f"{path[:_LONGEST_PATH]!r} can't be used: {reason}")
    return PurePosixPath(path)


def tidy(path: str) -> str:
    """The one spelling of a path without `.` and doubled slashes; whether it may be used is `check_path`'s business.

    >>> tidy("./app//store.py"), tidy("../app/")
    ('app/store.py', '../app/')
    """
    return path if not path or path.endswith("/") else str(PurePosixPath(path))


def check_paths(paths: Iterable[str], reserved: Collection[str] = HOUSE_FILES) -> tuple[PurePosixPath, ...]:
    """Each of `paths` checked, and no two of them the same file where case or accents' encoding don't count.

    >>> check_paths(["a.py", "A.py"])
    Traceback (most recent call last):
        ...
    softhouse.environment.names.UnsafePathError: 'A.py' can't be used: on some systems it is the same file as 'a.py'
    """
    checked: list[PurePosixPath] = []
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        clean = check_path(path, reserved)
        folded = [_folded(part) for part in clean.parts]
        name = "/".join(folded)
        if name in files:
            raise UnsafePathError(f"{path!r} can't be used: on some systems it is the same file as {files[name]!r}")
        if name in folders:
            raise UnsafePathError(f"{path!r} can't be used: it is the folder of {folders[name]!r}")
        for depth in range(1, len(folded)):
            folder = "/".join(folded[:depth])
            if folder in files:
                raise UnsafePathError(f"{path!r} can't be used: {files[folder]!r} is a file, not a folder")
            folders.setdefault(folder, str(clean))
            spelled = "/".join(clean.parts[:depth])
            other = "/".join(PurePosixPath(folders[folder]).parts[:depth])
            if spelled != other:
                raise UnsafePathError(f"{path!r} can't be used: on some systems {spelled!r} is the same as {other!r}")
        files[name] = str(clean)
        checked.append(clean)
    return tuple(checked)


@lru_cache(maxsize=1024)
def file_stem(key: str) -> str:
    """A file name without extension for any text: `key` itself where safe, else its letters and a hash.

    >>> file_stem("login"), file_stem("0-wrong total: 3 ≠ 4")
    ('login', '0-wrong-total-3-4-ff3f60d3')
    """
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", key) and key not in _DEVICES:
        return key
    words = re.sub(r"[^a-z0-9_]+", "-", key.lower()).strip("-")[:48].strip("-")
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{words}-{digest}" if words else digest


def _reason(path: str, reserved: Collection[str]) -> str:
    """Why `path` can't be used; empty where it can."""
    if "\\" in path:
        return "write forward slashes"
    if path.startswith("/"):
        return "it must be relative to the project's root"
    if re.match(r"[A-Za-z]:", path):
        return "it must not name a drive"
    if any(unicodedata.category(character) in _INVISIBLE for character in path):
        return "it holds control or invisible characters"
    if len(path.encode()) > _LONGEST_PATH:
        return f"it is longer than {_LONGEST_PATH} bytes"
    if path.endswith("/"):
        return "it names a folder, not a file"
    parts = PurePosixPath(path).parts
    if not parts:
        return "it names no file"
    if _folded(parts[0]) in reserved:
        return f"{parts[0]} belongs to the house, which writes it itself"
    return next((reason for reason in map(_part_reason, parts) if reason), "")


def _part_reason(part: str) -> str:
    if part == "..":
        return "'..' leaves the project"
    if len(part.encode()) > _LONGEST_PART:
        return f"a name in it is longer than {_LONGEST_PART} bytes"
    if part != part.strip(" ") or part.endswith("."):
        return f"{part!r} begins or ends with a space, or ends with a dot"
    if part.startswith("-"):
        return f"{part!r} would be taken for an option"
    if not _FORBIDDEN.isdisjoint(part):
        return f'{part!r} holds one of < > : " | ? *'
    folded = _folded(part)
    if folded in _GIT or folded == ".softhouse":
        return f"{part!r} is kept from the project's files"
    if folded.split(".")[0].rstrip(" ") in _DEVICES:
        return f"{part!r} is the name of a device on Windows"
    return ""


def _folded(name: str) -> str:
    """Equal for names that some file system takes for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
