"""The base of all documents: frozen, named, and written to files in one way.

A document type is one pydantic model. Its JSON schema (what a model is asked for), its section of a prompt, its parser
and its files all come from the fields and their descriptions.

>>> class SecurityReview(Document):
...     path: str
...     findings: tuple[str, ...]
>>> SecurityReview.slug(), SecurityReview(path="a.py", findings=()).slot
('security-review', 'security-review')
"""

import hashlib
import re
from functools import cached_property, lru_cache
from typing import ClassVar

from softhouse.llm_backends.protocol import Frozen


class Document(Frozen):
    """Something that a role produces and other roles read."""

    title: ClassVar[str] = ""
    """Its heading; the class name in words where empty."""
    final: ClassVar[bool] = False
    """True: it may leave the house without another role reading it."""

    @classmethod
    def slug(cls) -> str:
        """The name of its files in `docs/`: `SystemDesign` is `system-design` unless the type says otherwise."""
        return _dashed(cls.__name__)

    @property
    def key(self) -> str:
        """What tells it from others of its type in one run; empty where there is only one."""
        return ""

    @property
    def slot(self) -> str:
        """Its place in the project: the type's slug and the key. A newer document of a slot replaces the older one."""
        return f"{self.slug()}:{self.key}" if self.key else self.slug()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the type and its JSON, in hexadecimal."""
        return hashlib.sha256(f"{self.slug()}\n{self.model_dump_json()}".encode()).hexdigest()

    def project_files(self) -> dict[str, str]:
        """Files that it puts into the project itself, path to content; none for a document about the project.

        Whatever is not such a file lies as Markdown and JSON in `docs/`.
        """
        return {}


@lru_cache
def _dashed(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
