"""The requirement as the user gave it, and the folder that its project gets."""

import itertools
import re
import sys
from pathlib import Path

from softhouse.errors import RequirementError, WorkspaceError

MAX_BYTES = 100_000
"""More than this is no requirement but a specification, and no small model can read it."""

WORD = re.compile(r"[a-z][a-z0-9]*")
FILE_NAME = re.compile(r"\b[\w-]+\.\w+\b")
FILLER = re.compile(
    r"""a|an|and|or|the|that|which|with|for|from|of|in|on|to|as|is|it|its|i|we|you|me|please|need|want|would|like|write
    |build|create|make|develop|implement|design|generate|code|give|command|line|cli|simple|small|little|tiny|basic
    |complete|new|python|program|script|takes?|reads?|prints?|accepts?|shows?|given|input|output|using|uses?""",
    re.VERBOSE,
)
"""Words that say nothing about what the project is."""
HEAD = re.compile(r"app|application|tool|game|server|service|library|calculator|converter|parser|bot|api|client")
"""Words that a product's name ends with."""


def read_requirement(argument: str) -> str:
    """The requirement, from standard input where the argument is `-`; raises a `RequirementError` for none or too much.

    >>> read_requirement("  Write a todo app ")
    'Write a todo app'
    """
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if argument == "-" else argument.encode("utf-8", "surrogateescape")
    if len(data) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1000} kB"
        raise RequirementError(f"the requirement is longer than {limit}; say it in fewer words, or give it in parts")
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise RequirementError("the requirement is not UTF-8 text; save it as UTF-8") from None
    if not text:
        raise RequirementError('the requirement is empty; say what to build: softhouse "Write a command line todo app"')
    return text


def choose_workspace(requirement: str, parent: Path | None = None) -> Path:
    """Make a new folder for the project in `parent` (the current directory), named after the requirement.

    It is made here and at once, so that two runs that start together never get the same one. Raises a `WorkspaceError`
    where nothing can be written.
    """
    parent = parent or Path.cwd()
    name = project_name(requirement)
    for number in itertools.count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceError(f"cannot make {folder}: {reason}; name another folder with --workspace DIR") from None
        return folder
    raise AssertionError("there is always another number")


def project_name(requirement: str) -> str:
    """A short name in plain ASCII, for a folder.

    >>> project_name("Write a command line todo app")
    'todo-app'
    >>> project_name("写一个命令行程序")
    'project'
    """
    words: list[str] = []
    for word in WORD.findall(FILE_NAME.sub(" ", requirement.lower())):
        if not FILLER.fullmatch(word):
            words.append(word)
            if HEAD.fullmatch(word) or len(words) == 3:
                break
    name = "-".join(words)[:40].strip("-")
    return name if name and name not in RESERVED else "project"


RESERVED = frozenset({"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)})
"""Names that Windows keeps for devices."""
