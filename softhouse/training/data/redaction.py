"""Secrets and e-mail addresses, replaced by what they are: a model must not be able to recite them."""

import math
import re
from collections import Counter
from typing import Final

SECRET: Final = "<SECRET>"  # noqa: S105
EMAIL: Final = "<EMAIL>"

_KNOWN: Final = re.compile(
    r"""
    -----BEGIN[ ][A-Z0-9 ]*PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
      [\s\S]{16,8000}?-----END[ ][A-Z0-9 ]*PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
    | \b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b                       # AWS key id
    | \bgh[pousr]_[A-Za-z0-9]{36,255}\b | \bgithub_pat_\w{22,255}\b # GitHub
    | \bglpat-[\w-]{20,}                                            # GitLab
    | \bxox[abeoprs]-[\w-]{10,} | https://hooks\.slack\.com/services/[\w/]{20,}
    | \bsk-(?:ant-|proj-|or-v1-)?[A-Za-z0-9_-]{20,}                 # OpenAI, Anthropic, OpenRouter
    | \b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}                        # Stripe
    | \bAIza[\w-]{35} | \bya29\.[\w-]{20,}                          # Google
    | \bhf_[A-Za-z0-9]{30,}\b | \bpypi-[\w-]{50,} | \bnpm_[A-Za-z0-9]{36}\b
    | \bSG\.[\w-]{16,}\.[\w-]{16,}                                  # SendGrid
    | (?<=\bBearer[ ])[\w.~+/-]{24,}=*
    | \beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}                    # JSON web token
    """,
    re.VERBOSE,
)
_HINTS: Final = re.compile(
    r"PRIVATE KEY|AKIA|ASIA|AROA|AIDA|gh[pousr]_|github_pat_|glpat-|xox|hooks\.slack|sk-|[sr]k_(?:live|test)_|AIza"
    r"|ya29|hf_|pypi-|npm_|SG\.|eyJ|Bearer "
)
"""Cheap to look for; most documents hold none."""
_IN_ADDRESS: Final = re.compile(r"(?<=://)([^\s:/@'\"<>{}]*):([^\s:/@'\"<>{}$%]{3,})(?=@[\w.-])")
_NAMED: Final = (
    r"(?:passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|auth[_-]?key|private[_-]?key|credentials?|token|pwd)"
    r"(?:[_-]?(?:key|value|base64|hex|\d+))?[\"']?\]?"
)
_ASSIGNED: Final = re.compile(
    rf"""({_NAMED}\s*(?::\s*\w+\s*)?(?:=>|:=|[:=])\s*[bru]?)(["'])([^"'\s\\]{{6,200}})\2""", re.IGNORECASE
)
_ASSIGNED_BARE: Final = re.compile(
    rf"""({_NAMED}[ \t]*[:=][ \t]*)()([A-Za-z0-9+/_=~!@#$%^&*-]{{8,200}})(?=[\s,;]|$)""", re.IGNORECASE
)
_PLACEHOLDER: Final = re.compile(
    r"(?i)example|sample|dummy|placeholder|change.?me|your|xxx|\*\*\*|\.\.\.|test|foo|bar|^<|^\{|\{\{|^\$|\$[{(]|%\(|not.?a.?real|redacted"
)
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

    Keys of known form, private keys, passwords in addresses, and what is assigned to a name such as `api_key` and looks
    random. In code, `a@b.c` may be a matrix product: there, the domain must end like one.

    >>> redacted("mail jo@example.org, AKIAIOSFODNN7EXAMPLE", code=False)
    ('mail <EMAIL>, <SECRET>', 2)
    >>> redacted("loss = w@x.mean()", code=True)
    ('loss = w@x.mean()', 0)
    """
    count = 0
    if _HINTS.search(text):
        text, replaced = _KNOWN.subn(SECRET, text)
        count += replaced
    if "://" in text and "@" in text:
        text, replaced = _IN_ADDRESS.subn(lambda match: f"{match[1]}:{SECRET}", text)
        count += replaced

    def assigned(match: re.Match[str]) -> str:
        nonlocal count
        named, quote, value = match.groups()
        if not _looks_random(value, quoted=bool(quote), password="pass" in named.lower()):
            return match[0]
        count += 1
        return f"{named}{quote}{SECRET}{quote}"

    text = _ASSIGNED.sub(assigned, text)
    if not code:  # there, what is not quoted is an expression
        text = _ASSIGNED_BARE.sub(assigned, text)

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


def _looks_random(value: str, *, quoted: bool, password: bool) -> bool:
    if value == SECRET or _PLACEHOLDER.search(value):
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


def _ends_like_a_domain(ending: str, address: str) -> bool:
    lower = ending.lower()
    if _DOMAINS.fullmatch(lower):
        return True
    return ending == lower and len(lower) == 2 and lower not in _NOT_COUNTRIES and len(address) > 8
