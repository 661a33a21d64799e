"""The natural language of prose, and of the comments of code; py3langid tells it."""

import functools
import re
from typing import TYPE_CHECKING, Final

from softhouse.training.data.configuration import Filters
from softhouse.training.data.document import Drop
from softhouse.training.data.kinds import HASH_COMMENTS, is_code

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_PYTHON_COMMENTS: Final = re.compile(r'#\s?(.+)|"""'), '"""'
_C_COMMENTS: Final = re.compile(r"//\s?(.+)|/\*"), "*/"
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
    beginning, end = _PYTHON_COMMENTS if kind in HASH_COMMENTS else _C_COMMENTS
    found: list[str] = []
    size = place = 0
    while size <= _LANGUAGE_SAMPLE and (match := beginning.search(text, place)):
        comment, place = match[1], match.end()
        if comment is None:
            last = text.find(end, place) if end else -1
            if last < 0:  # nor has a later one an end: it isn't looked for again
                place, end = match.start() + 1, ""
                continue
            comment, place = text[place:last], last + len(end)
        found.append(comment)
        size += len(comment)
    return "\n".join(found)


@functools.cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _classified(text: str) -> tuple[str, float]:
    name, confidence = _identifier().classify(text)
    return str(name), float(confidence)
