"""The natural language of prose, and of the comments of code; py3langid tells it."""

import functools
import re
from typing import TYPE_CHECKING, Final

from softhouse.training.data.configuration import Filters
from softhouse.training.data.document import Drop
from softhouse.training.data.kinds import is_code

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_PYTHON_COMMENT: Final = re.compile(r'#\s?(.+)|"""([\s\S]*?)"""')
_C_COMMENT: Final = re.compile(r"//\s?(.+)|/\*([\s\S]*?)\*/")
_LANGUAGE_SAMPLE: Final = 3_000
_FEWEST_LETTERS: Final = 200
"""From which on the language of comments can be told."""
_NO_LANGUAGE: Final = "zxx"
"""ISO 639-2 for numbers, tables, dumps. Common in comments and strings of code, no reason against the code."""


def language(text: str, kind: str, filters: Filters) -> Drop | None:
    """Prose, or the comments of code, in another natural language."""
    if not filters.languages:
        return None
    sample = text if not is_code(kind) else _comments(text, kind)
    if is_code(kind) and sum(map(str.isalpha, sample)) < _FEWEST_LETTERS:
        return None
    name, confidence = _classified(sample[:_LANGUAGE_SAMPLE])
    if name in filters.languages or confidence < filters.language_confidence:
        return None
    if is_code(kind) and name == _NO_LANGUAGE:
        return None
    return Drop("language", f"{name} ({confidence:.0%} sure)")


def _comments(text: str, kind: str) -> str:
    pattern = _PYTHON_COMMENT if kind in ("python", "shell", "ruby", "perl") else _C_COMMENT
    found, size = [], 0
    for match in pattern.finditer(text):
        found.append(match[1] or match[2] or "")
        size += len(found[-1])
        if size > _LANGUAGE_SAMPLE:
            break
    return "\n".join(found)


@functools.cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _classified(text: str) -> tuple[str, float]:
    name, confidence = _identifier().classify(text)
    return str(name), float(confidence)
