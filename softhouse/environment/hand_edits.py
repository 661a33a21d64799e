"""From a file that a person changed back to the document it stands for."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from softhouse.environment.document import Document
from softhouse.environment.markdown import from_markdown
from softhouse.environment.rendering import document_files
from softhouse.errors import WorkspaceError

D = TypeVar("D", bound=Document)


def parse_file(model: type[D], path: str, text: str) -> D:
    """The document in a file of `docs/`; `WorkspaceError` names the file and what is wrong with it."""
    if path.endswith(".md"):
        try:
            return from_markdown(model, text)
        except WorkspaceError as error:
            raise WorkspaceError(f"{path}: {error}") from None
    try:
        return model.model_validate_json(text.removeprefix("\ufeff"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = "".join(f"{part}: " for part in [".".join(map(str, first["loc"]))] if part)
        raise WorkspaceError(f"{path}: {where}{first['msg']}; correct it and run again") from None


def with_files(document: D, files: Mapping[str, str]) -> D:
    """`document` with other contents for its project files, path to content.

    The field that holds a file's content is found by trying: whatever type it is, the one right place is where putting
    the new content changes that file and no other. Raises `WorkspaceError` where there is none.

    >>> from softhouse.environment.documents import SourceFile
    >>> with_files(SourceFile(path="main.py", content="main.py"), {"main.py": "print()"})
    SourceFile(path='main.py', content='print()')
    """
    for path, content in files.items():
        current = document_files(document)
        if current[path] != content:
            document = _with_file(document, path, {**current, path: content}, current[path])
    return document


def _with_file(document: D, path: str, wanted: dict[str, str], old: str) -> D:
    for values in _swapped(document.model_dump(mode="json"), old, wanted[path]):
        try:
            changed = type(document).model_validate(values)
            if document_files(changed) == wanted:
                return changed
        except ValueError:  # an invalid document, or a path that is not safe: the wrong place
            continue
    raise WorkspaceError(f"{path} was changed, but {document.title or document.slug()} cannot take that up; restore it")


def _swapped(value: Any, old: str, new: str) -> Iterator[Any]:
    """Copies of a JSON value, in each of which one string that is `old` is `new`."""
    if value == old:
        yield new
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from ({**value, key: changed} for changed in _swapped(item, old, new))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from ([*value[:place], changed, *value[place + 1 :]] for changed in _swapped(item, old, new))
