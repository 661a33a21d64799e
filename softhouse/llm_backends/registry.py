"""From the string that names a backend to the backend: `KIND:REST`, the kinds found through entry points.

A package adds a kind of its own with one line in its `pyproject.toml`::

    [project.entry-points."softhouse.backends"]
    mykind = "my_package.my_module:create"

where `create(rest: str, *, base_url: str | None) -> Backend`.
"""

import difflib
import os
import re
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import TYPE_CHECKING, Any, Protocol, cast

from softhouse.errors import BackendError, MissingExtraError, UnknownModelError

if TYPE_CHECKING:
    from softhouse.llm_backends.models import OnProgress
    from softhouse.llm_backends.protocol import Backend

GROUP = "softhouse.backends"
EMBEDDED_MODEL = "gguf:qwen2.5-coder-1.5b"
OPENAI_MODEL = "gpt-4.1"


class BackendFactory(Protocol):
    """What an entry point of the group `softhouse.backends` names. It may take `on_progress` too."""

    def __call__(self, rest: str, *, base_url: str | None, **further: Any) -> "Backend": ...


def default_spec() -> str:
    """The backend of a user who names none.

    `SOFTHOUSE_MODEL` (a whole `KIND:REST`) goes first; with `OPENAI_API_KEY` it is the API, `OPENAI_MODEL` naming the
    model; else the embedded model.
    """
    if spec := os.environ.get("SOFTHOUSE_MODEL"):
        return spec
    if os.environ.get("OPENAI_API_KEY"):
        return f"openai:{os.environ.get('OPENAI_MODEL') or OPENAI_MODEL}"
    return EMBEDDED_MODEL


def backend_kinds() -> list[str]:
    """The kinds that are installed, sorted.

    >>> "openai" in backend_kinds()
    True
    """
    return sorted(entry_points(group=GROUP).names)


def create_backend(
    spec: str | None = None, *, base_url: str | None = None, on_progress: "OnProgress | None" = None
) -> "Backend":
    """The backend that `spec` (`KIND:REST`; None: `default_spec()`) names.

    `on_progress` hears of a model's download, where the backend needs one; that may take minutes, and blocks.

    Raises `UnknownModelError` for a kind that nobody registered, `MissingExtraError` where a part is not installed, and
    whatever `BackendError` the backend itself has to say.

    >>> create_backend("gpt-4.1")
    Traceback (most recent call last):
    softhouse.errors.UnknownModelError: 'gpt-4.1' does not say which backend; write KIND:MODEL, such as openai:gpt-4.1
    """
    spec = spec or default_spec()
    kind, colon, rest = spec.partition(":")
    if not colon:
        example = f"{spec}:" if spec in backend_kinds() else f"openai:{spec}"
        raise UnknownModelError(f"{spec!r} does not say which backend; write KIND:MODEL, such as {example}")
    found = list(entry_points(group=GROUP, name=kind))
    if not found:
        kinds = backend_kinds()
        near = difflib.get_close_matches(kind.lower(), kinds, n=1)
        hint = f"did you mean {near[0]}:{rest}? " if near else ""
        raise UnknownModelError(f"there is no backend {kind!r}; {hint}the kinds are: {', '.join(kinds)}")
    try:
        factory = cast("BackendFactory", found[0].load())
        progress = {"on_progress": on_progress} if "on_progress" in signature(factory).parameters else {}
        return factory(rest, base_url=base_url, **progress)
    except ImportError as error:
        extra = _extra_with(found[0], (error.name or "").partition(".")[0])
        if extra:
            raise MissingExtraError(extra, f"the backend {kind!r}") from error
        raise BackendError(f"the backend {kind!r} cannot be loaded: {error}") from error


def _extra_with(entry_point: EntryPoint, package: str) -> str | None:
    """The smallest extra of softhouse that brings `package`, from the installed metadata."""
    if not package or entry_point.dist is None or entry_point.dist.name.lower() != "softhouse":
        return None
    contents: dict[str, list[str]] = {}
    for requirement in entry_point.dist.requires or ():
        if extra := re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", requirement):
            contents.setdefault(extra[1], []).append(requirement)
    wanted = re.compile(rf"{re.escape(package)}\b", re.IGNORECASE)
    bringing = [extra for extra, requirements in contents.items() if any(map(wanted.match, requirements))]
    return min(bringing, key=lambda extra: len(contents[extra]), default=None)
