"""Secrets and e-mail addresses, replaced by what they are: a model must not be able to recite them."""

import re
from typing import Final

from softhouse.training.data.credentials import without_credentials

EMAIL: Final = "<EMAIL>"

_EMAIL: Final = re.compile(
    r"(?<![\w.+@%-])[\w][\w.+%-]{0,63}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+([^\W\d_]{2,24})(?![\w@(\[-])"
)
_AT_IN_WORDS: Final = re.compile(r"[\[({<]\s?at\s?[\])}>]", re.IGNORECASE)
_EMAIL_IN_WORDS: Final = re.compile(
    r"(?i)(?<![\w.+-])[\w][\w.+-]{0,63}\s?[\[({<]\s?at\s?[\])}>]\s?[\w-]+(?:(?:\.|\s?[\[({<]\s?dot\s?[\])}>]\s?)[\w-]+)+"
)
_DOMAINS: Final = re.compile(
    r"com|org|net|edu|gov|mil|int|info|biz|name|io|dev|app|ai|co|me|tv|cc|xyz|online|site|tech|cloud|page|blog|email"
    r"|arpa|test|example|invalid|local|localhost|lan|internal"
)
_NOT_COUNTRIES: Final = frozenset({"py", "to", "is", "in", "at", "id", "do", "as", "no", "mt", "re", "it", "so"})
"""Also names of attributes and endings of files: in code they need a closer look."""


def redacted(text: str, code: bool) -> tuple[str, int]:
    """The text without secrets and addresses, and how many were replaced.

    In code, `a@b.c` may be a matrix product: there, the domain must end like one.

    >>> redacted("mail jo@example.org, AKIAIOSFODNN7EXAMPLE", code=False)
    ('mail <EMAIL>, <SECRET>', 2)
    >>> redacted("loss = w@x.mean()", code=True)
    ('loss = w@x.mean()', 0)
    """
    text, count = without_credentials(text, code)

    def address(match: re.Match[str]) -> str:
        nonlocal count
        if code and not _ends_like_a_domain(match[1], match[0]):
            return match[0]
        count += 1
        return EMAIL

    if "@" in text:
        text = _EMAIL.sub(address, text).replace(f"<{EMAIL}>", EMAIL)
    if _AT_IN_WORDS.search(text):
        text, replaced = _EMAIL_IN_WORDS.subn(EMAIL, text)
        count += replaced
    return text, count


def _ends_like_a_domain(ending: str, address: str) -> bool:
    lower = ending.lower()
    if _DOMAINS.fullmatch(lower):
        return True
    return ending == lower and len(lower) == 2 and lower not in _NOT_COUNTRIES and len(address) > 8
