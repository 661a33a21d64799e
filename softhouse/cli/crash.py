"""A fault of the house itself: one line for the user, the traceback in a file."""

import os
import re
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from softhouse.errors import SofthouseError

SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
"""Names of environment variables whose values are nobody's business."""


class CrashError(SofthouseError):
    """The house has a fault; EX_SOFTWARE of sysexits.h."""

    exit_code = 70


@contextmanager
def reported_crashes(workspace: Path | None = None) -> Iterator[None]:
    """Turn an unexpected exception into a `CrashError` that names the file with its traceback.

    The file lies in the workspace's `.softhouse/` where there is one, else among the temporary files.
    """
    try:
        yield
    except SofthouseError:
        raise
    except Exception as error:
        text = redact("".join(traceback.format_exception(error)))
        name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
        path = save(text, name, workspace / ".softhouse" if workspace else None)
        message = f"sorry, this is a fault of softhouse itself ({type(error).__name__}); the traceback is in {path}"
        raise CrashError(message) from error


def redact(text: str) -> str:
    """The text without the values of secret environment variables."""
    for name, value in os.environ.items():
        if SECRET.search(name) and len(value) >= 8:
            text = text.replace(value, f"[{name}]")
    return text


def save(text: str, name: str, directory: Path | None) -> Path:
    """Write the file where it can be written; a full disk must not hide the fault behind another one."""
    temporary = Path(tempfile.gettempdir())
    for folder in (directory, temporary):
        if folder is None or not folder.is_dir():
            continue
        try:
            (folder / name).write_text(text, encoding="utf-8")
        except OSError:
            continue
        return folder / name
    return temporary / name
