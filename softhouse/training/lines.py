"""JSON, one object a line: files that a person gave, and records that a killed process may have left unfinished."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from softhouse.errors import UsageError

T = TypeVar("T", bound=BaseModel)


def numbered_lines(path: Path) -> list[tuple[int, str]]:
    """The lines of a file that hold anything, with their numbers from 1, by which a person finds them again.

    Raises `UsageError` for a file that can't be read, that is not UTF-8, or that holds no rows.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}); name a JSONL file as data") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    found = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise UsageError(f"{path} holds no rows; write one JSON object a line")
    return found


def finished_lines(path: Path, kind: type[T]) -> list[T]:
    """What was recorded in `path`, a line each; nothing where it is not there. A last line that was cut is left out."""
    if not path.is_file():
        return []
    return [kind.model_validate_json(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
