"""What is cut off: text that stands around every document of its kind and teaches nothing."""

import re
from typing import Final

from softhouse.training.data.document import Drop
from softhouse.training.data.kinds import HASH_COMMENTS, is_code
from softhouse.training.data.markup import text_of_html

_LEGAL: Final = re.compile(
    r"copyright|licen[sc]e|all rights reserved|warrant|spdx-|permission is hereby|redistribut|\(c\) (?:19|20)\d\d",
    re.IGNORECASE,
)
_HASH_BLOCK: Final = re.compile(r"(?:[ \t]*#[^\n]*\n|[ \t]*\n)+")
_SLASH_BLOCK: Final = re.compile(r"(?:[ \t]*//[^\n]*\n|[ \t]*\n)+|\s*/\*[\s\S]*?\*/[ \t]*\n")
_KEPT_COMMENT: Final = re.compile(r"^#(!|.*\bcoding[:=])")
_BADGE: Final = re.compile(
    r"^\s{0,100}(\[?!\[[^\]\n]*\]\([^)\n]*\)(\]\([^)\n]*\))?\s*)+$|^\s{0,100}\[!\[.*$", re.MULTILINE
)
_FRONT_MATTER: Final = re.compile(r"\A---\n(?:[ \t-].*\n|\w[\w-]*:.*\n)+?---\n")
"""No line fits both ways: else a page that doesn't end it takes time that doubles with each of its lines."""
_LINK_ONLY: Final = re.compile(
    r"^.{0,40}(all rights reserved|powered by|terms of service|privacy policy).{0,40}$", re.IGNORECASE | re.MULTILINE
)
_LICENCE_NAME: Final = re.compile(
    r"(^|/)(licen[sc]es?|copying|copyright|unlicense|notice)([._-][^/]*)?$", re.IGNORECASE
)
_LICENCE_PHRASES: Final = (
    "redistribution and use in source and binary forms",
    "permission is hereby granted, free of charge",
    "terms and conditions for use, reproduction, and distribution",
    "gnu general public license as published by the free software foundation",
    "everyone is permitted to copy and distribute verbatim copies",
    "this software is provided by the copyright holders",
    'the software is provided "as is"',
)
_LICENCE_TITLE: Final = re.compile(
    r"\W*(the )?(gnu (affero |lesser |library )?general|apache|mozilla)( public)? license version \d"
)
_HEADER: Final = 8_000


def cleaned(text: str, kind: str, strip: bool) -> str:
    """The document without what surrounds it; HTML becomes text in any case.

    >>> cleaned("#!/bin/sh\\n# Copyright 2020 Jo\\n# MIT license\\n\\necho hi\\n", "shell", strip=True)
    '#!/bin/sh\\necho hi\\n'
    """
    if kind == "html":
        text = text_of_html(text)
    if not strip:
        return text
    if is_code(kind):
        return without_legal_header(text, kind)
    text = without_parts(text, "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", line_end="\n")
    if kind == "markdown":
        text = _BADGE.sub("", without_parts(_FRONT_MATTER.sub("", text, count=1), "<!--", "-->"))
    if kind in ("html", "markdown"):
        text = _LINK_ONLY.sub("", text)
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n")
    return f"{text}\n" if text else ""


def without_parts(text: str, start: str, end: str, line_end: str = "") -> str:
    """The text without what stands from a `start` to the next `end`, and without a `line_end` after that.

    Not a regular expression, which would look for the end again for each of a thousand starts without one.

    >>> without_parts("a(b(c)d)e(f", "(", ")")
    'ad)e(f'
    """
    parts, place = [], 0
    while (first := text.find(start, place)) >= 0 and (last := text.find(end, first + len(start))) >= 0:
        parts.append(text[place:first])
        place = last + len(end)
        if line_end and text.startswith(line_end, place):
            place += len(line_end)
    return "".join([*parts, text[place:]])


def without_legal_header(text: str, kind: str) -> str:
    """A source file without the comment about copyright at its top; a first line for the system stays."""
    first, _, rest = text.partition("\n")
    kept = ""
    if _KEPT_COMMENT.match(first):
        kept, text = f"{first}\n", rest
        if _KEPT_COMMENT.match(second := text.partition("\n")[0]):
            kept, text = f"{kept}{second}\n", text.partition("\n")[2]
    block = (_HASH_BLOCK if kind in HASH_COMMENTS else _SLASH_BLOCK).match(text)
    if block is None or block.end() > _HEADER or not _LEGAL.search(block[0]):
        return kept + text
    return kept + text[block.end() :].lstrip("\n")


def licence_text(text: str, name: str) -> Drop | None:
    """A drop for a document that is a licence and nothing else: the world holds each of them a million times."""
    if _LICENCE_NAME.search(name):
        return Drop("boilerplate", "a licence by its name")
    if len(text) > 60_000:
        return None
    flat = " ".join(text.lower().split())
    hits = [phrase for phrase in _LICENCE_PHRASES if phrase in flat]
    # each phrase stands for about so many characters of legal text around it; one alone may be quoted
    if len(hits) > 1 and 1_400 * len(hits) > 0.8 * len(flat):
        return Drop("boilerplate", f"the text of a licence: {hits[0]!r}")
    if match := _LICENCE_TITLE.match(flat):
        return Drop("boilerplate", f"the text of a licence: {match[0].strip()!r}")
    return None
