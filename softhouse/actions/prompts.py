"""Prompts: jinja templates, one file an action, beside the action's module."""

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

# Prompts are text for a model, not HTML: escaping would corrupt code.
_ENVIRONMENT = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701
)


@lru_cache(maxsize=256)
def compile_template(source: str) -> jinja2.Template:
    """The compiled template; compiling costs a hundred times more than rendering."""
    return _ENVIRONMENT.from_string(source)


def template_source(owner: type, name: str = "") -> str:
    """The text of the template file beside the module of `owner`: `write_code.py` has `write_code.md.jinja`.

    With `name`, the file `write_code.NAME.md.jinja`. Raises `FileNotFoundError` where there is none.
    """
    suffix = f".{name}.md.jinja" if name else ".md.jinja"
    return _read(str(Path(sys.modules[owner.__module__].__file__ or "").with_suffix(suffix)))


def shared_template(name: str) -> str:
    """The text of a template that all actions share: `house` (the rules every prompt begins with), `edit`."""
    return _read(str(Path(__file__).with_name(f"{name}.md.jinja")))


@lru_cache(maxsize=256)
def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def render(source: str, **variables: Any) -> str:
    """Render a template's text.

    >>> render("Review {{ path }}.", path="main.py")
    'Review main.py.'
    """
    return compile_template(source).render(**variables).strip()
