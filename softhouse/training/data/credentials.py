"""Keys, tokens and passwords in text.

Three kinds: keys of a known form, passwords in addresses, and what is assigned to a name such as `api_key` and looks
random. Everything is found by plain search for a few letters first: most documents hold none, and regular expressions
with many alternatives would take longer than all other cleaning.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

SECRET: Final = "<SECRET>"  # noqa: S105

_KNOWN: Final = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        (
            "PRIVATE KEY",
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{16,8000}?"
            r"-----END [A-Z0-9 ]{0,40}KEY[A-Z ]{0,9}-----",
        ),
        ("AKIA", r"\bAKIA[A-Z0-9]{16}\b"),  # AWS
        ("ASIA", r"\bASIA[A-Z0-9]{16}\b"),
        ("ghp_", r"\bghp_[A-Za-z0-9]{36,255}\b"),  # GitHub
        ("gho_", r"\bgho_[A-Za-z0-9]{36,255}\b"),
        ("ghu_", r"\bghu_[A-Za-z0-9]{36,255}\b"),
        ("ghs_", r"\bghs_[A-Za-z0-9]{36,255}\b"),
        ("ghr_", r"\bghr_[A-Za-z0-9]{36,255}\b"),
        ("github_pat_", r"\bgithub_pat_\w{22,255}\b"),
        ("glpat-", r"\bglpat-[\w-]{20,}"),  # GitLab
        ("xox", r"\bxox[abeoprs]-[\w-]{10,}"),  # Slack
        ("hooks.slack", r"https://hooks\.slack\.com/services/[\w/]{20,}"),
        ("sk-", r"\bsk-(?:ant-|proj-|or-v1-)?[A-Za-z0-9_-]{20,}"),  # OpenAI, Anthropic, OpenRouter
        ("k_live_", r"\b[sr]k_live_[A-Za-z0-9]{16,}"),  # Stripe
        ("k_test_", r"\b[sr]k_test_[A-Za-z0-9]{16,}"),
        ("AIza", r"\bAIza[\w-]{35}"),  # Google
        ("ya29.", r"\bya29\.[\w-]{20,}"),
        ("hf_", r"\bhf_[A-Za-z0-9]{30,}\b"),
        ("pypi-", r"\bpypi-[\w-]{50,}"),
        ("npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
        ("SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),  # SendGrid
        ("eyJ", r"\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,}\.[\w-]{10,}"),  # JSON web token
        ("Bearer ", r"(?<=\bBearer )[\w.~+/-]{24,}=*"),
    )
)
_IN_ADDRESS: Final = re.compile(r"(?<=://)([^\s:/@'\"<>{}]*):([^\s:/@'\"<>{}$%]{3,})(?=@[\w.-])")
_NAMES: Final = (
    *("password", "passwd", "passphrase", "secret", "credential", "credentials", "token", "pwd"),
    *(f"{first}{joint}key" for first in ("api", "access", "auth", "private") for joint in ("", "_", "-")),
)
_AFTER_NAME: Final = r"(?:[_-]?(?:key|value|base64|hex|\d+))?[\"']?\]?"
_QUOTED: Final = re.compile(rf"""{_AFTER_NAME}\s*(?::\s*\w+\s*)?(?:=>|:=|[:=])\s*[bru]?(["'])([^"'\s\\]{{6,200}})\1""")
_BARE: Final = re.compile(rf"""{_AFTER_NAME}[ \t]*[:=][ \t]*()([A-Za-z0-9+/_=~!@#$%^&*-]{{8,200}})(?=[\s,;]|$)""")
_PLACEHOLDER: Final = re.compile(
    r"example|sample|dummy|placeholder|change.?me|your|xxx|\*\*\*|\.\.\.|test|foo|bar|not.?a.?real|redacted"
    r"|^<|^\{|\{\{|^\$|\$[{(]|%\(",
    re.IGNORECASE,
)


def without_credentials(text: str, code: bool) -> tuple[str, int]:
    """The text with <SECRET> in their places, and how many there were.

    In code only what is quoted is a value, all else an expression.

    >>> without_credentials('API_KEY = "q8Zx71LmN0pQ22"', code=True)
    ('API_KEY = "<SECRET>"', 1)
    >>> without_credentials("token = get_token(session)", code=True)
    ('token = get_token(session)', 0)
    """
    count = 0
    for hint, pattern in _KNOWN:
        if hint in text:
            text, replaced = pattern.subn(SECRET, text)
            count += replaced
    if "://" in text and "@" in text:
        text, replaced = _IN_ADDRESS.subn(lambda match: f"{match[1]}:{SECRET}", text)
        count += replaced
    parts, end = [], 0
    for start, stop in sorted(_assigned(text, code)):
        if start >= end:
            parts += [text[end:start], SECRET]
            end = stop
    return "".join([*parts, text[end:]]), count + len(parts) // 2


def _assigned(text: str, code: bool) -> Iterator[tuple[int, int]]:
    """Places of values."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters have two in lower case; places must stay what they are
        lower = "".join(char.lower() if char.isascii() else char for char in text)
    for name in _NAMES:
        place = lower.find(name)
        while place >= 0:
            for pattern in (_QUOTED,) if code else (_QUOTED, _BARE):
                match = pattern.match(text, place + len(name))
                if match and _looks_random(match[2], quoted=bool(match[1]), password=name.startswith("pass")):
                    yield match.span(2)
            place = lower.find(name, place + 1)


def _looks_random(value: str, *, quoted: bool, password: bool) -> bool:
    if SECRET in value or _PLACEHOLDER.search(value):
        return False
    digits = any(char.isdigit() for char in value)
    letters = any(char.isalpha() for char in value)
    if password and quoted:
        return letters and (digits or any(not char.isalnum() and char not in "_-. :/" for char in value))
    return len(value) >= (8 if password else 12) and digits and letters and entropy(value) > (2 if password else 3)


def entropy(text: str) -> float:
    """Bits a character, by the text's own frequencies.

    >>> entropy("aaaa"), entropy("abcd")
    (0.0, 2.0)
    """
    return 0.0 - sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
