"""What a file holds, by its name."""

from pathlib import PurePosixPath
from typing import Final

from softhouse.training.data.configuration import Source

CODE: Final = {
    "python": (".py", ".pyi"),
    "c": (".c", ".h"),
    "c++": (".cc", ".cpp", ".cxx", ".hpp", ".hh"),
    "javascript": (".js", ".mjs", ".jsx"),
    "typescript": (".ts", ".tsx"),
    "java": (".java",),
    "go": (".go",),
    "rust": (".rs",),
    "shell": (".sh", ".bash"),
    "sql": (".sql",),
    "css": (".css",),
    "lua": (".lua",),
    "ruby": (".rb",),
    "php": (".php",),
    "perl": (".pl", ".pm"),
}
HASH_COMMENTS: Final = frozenset({"python", "shell", "ruby", "perl"})
"""The kinds of code whose comments begin with #; those of the others are taken for C's."""
PROSE: Final = {
    "markdown": (".md", ".markdown"),
    "rst": (".rst",),
    "html": (".html", ".htm", ".xhtml"),
    "text": (".txt", ".text"),
}
_KIND_OF: Final = {suffix: kind for table in (CODE, PROSE) for kind, suffixes in table.items() for suffix in suffixes}
_PLAIN_NAMES: Final = ("readme", "changelog", "news", "authors", "todo", "faq", "changes", "history", "notes")


def kind_of(name: str) -> str | None:
    """The kind of document that a path holds, its `.gz` set aside; None for what is no document.

    >>> kind_of("src/app.py"), kind_of("doc/README.gz"), kind_of("logo.png")
    ('python', 'text', None)
    """
    path = PurePosixPath(name.lower().removesuffix(".gz"))
    if kind := _KIND_OF.get(path.suffix):
        return kind
    return "text" if path.stem.startswith(_PLAIN_NAMES) and path.suffix in ("", ".debian") else None


def is_code(kind: str) -> bool:
    """Whether the rules for code apply."""
    return kind in CODE


def wanted(source: Source, kind: str | None) -> bool:
    """Whether the source is asked for documents of this kind."""
    if kind is None:
        return False
    if source.kinds:
        return kind in source.kinds
    if source.kind == "packages":
        return kind == "python"
    if source.kind == "code":
        return kind in CODE
    return source.kind != "documents" or kind in PROSE
