"""Which licence something is under, as an SPDX expression, and whether an expression is allowed.

Metadata of packages has three generations: `License-Expression` (PEP 639), classifiers, and a free `License` field that
holds anything from "BSD" to the whole text. Sources: PEP 639; the SPDX licence list.
"""

import re
from collections.abc import Collection
from typing import Final, Protocol

from softhouse.training.data.document import Drop

_NAMES: Final = (
    (r"\b(agpl|affero)", "AGPL-3.0-or-later"),
    (r"\b(lgpl|lesser general public|library general public)", "LGPL-2.1-or-later"),
    (r"\b(gpl|gnu general public)", "GPL-2.0-or-later"),
    (r"\b(mpl\b|mozilla public)", "MPL-2.0"),
    (r"\b(eclipse public|epl\b)", "EPL-2.0"),
    (r"\b(european union public|eupl)", "EUPL-1.2"),
    (r"\bapache\b.*\b1\.[01]\b", "Apache-1.1"),
    (r"\b(apache|asl\b)", "Apache-2.0"),
    (r"\b(mit-0|mit no attribution)", "MIT-0"),
    (r"\b(hpnd|historical permission)", "HPND"),
    (r"\b(mit|expat)\b", "MIT"),
    (r"(?<!no )\b(bsd[- ]2|2[- ]clause|simplified bsd|two[- ]clause)", "BSD-2-Clause"),
    (r"\b(0bsd|zero[- ]clause)", "0BSD"),
    (r"\b(bsd)\b", "BSD-3-Clause"),
    (r"\b(isc)\b", "ISC"),
    (r"\b(psf|python software foundation)", "PSF-2.0"),
    (r"\b(zope|zpl)", "ZPL-2.1"),
    (r"\b(unlicense)", "Unlicense"),
    (r"\b(cc0|public domain)", "CC0-1.0"),
    (r"\b(boost)", "BSL-1.0"),
    (r"\b(zlib)", "Zlib"),
    (r"\b(postgresql)", "PostgreSQL"),
    (r"\b(proprietary|commercial|all rights reserved|other/proprietary)", "LicenseRef-Proprietary"),
)
_TEXTS: Final = (
    ("gnu affero general public license", "AGPL-3.0-or-later"),
    ("gnu lesser general public license", "LGPL-2.1-or-later"),
    ("gnu library general public license", "LGPL-2.1-or-later"),
    ("gnu general public license", "GPL-2.0-or-later"),
    ("mozilla public license", "MPL-2.0"),
    ("apache license", "Apache-2.0"),
    ("python software foundation license", "PSF-2.0"),
    ("permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
    ("neither the name of", "BSD-3-Clause"),
    ("redistribution and use in source and binary forms", "BSD-2-Clause"),
    ("permission to use, copy, modify, and/or distribute this software", "ISC"),
    ("permission to use, copy, modify, and distribute this software", "ISC"),
    ("this is free and unencumbered software released into the public domain", "Unlicense"),
    ("creative commons zero", "CC0-1.0"),
)
_SPDX_LINE: Final = re.compile(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+() \t-]+)")
_COPYLEFT_HEADER: Final = re.compile(
    r"under the terms of the\s+(?:\W*)(GNU (?:Affero |Lesser |Library )?General Public Licen[sc]e)", re.IGNORECASE
)
_TOKEN: Final = re.compile(r"\s*([()]|[A-Za-z0-9.+:-]+)")
_HEAD: Final = 4_000
"""Characters of a file in which its own licence is looked for."""
_LONGEST: Final = 2_000
_DEEPEST: Final = 50
"""Characters and parentheses of an expression: more is none that a person wrote."""


class Metadata(Protocol):
    """What `importlib.metadata` gives."""

    def get_all(self, name: str, failobj: None = None) -> list[str] | None: ...


def licence_of_metadata(metadata: Metadata) -> str | None:
    """The SPDX expression that a package's metadata come to; None where they say nothing that is understood."""
    if expression := _first(metadata, "License-Expression"):
        return expression
    named = {
        name
        for classifier in metadata.get_all("Classifier") or ()
        if classifier.startswith("License ::") and (name := spdx_name(classifier.rpartition("::")[2]))
    }
    if named:
        return " AND ".join(sorted(named))
    field = _first(metadata, "License")
    return None if field is None else licence_of_field(field)


def _first(metadata: Metadata, name: str) -> str | None:
    values = metadata.get_all(name) or []
    value = values[0].strip() if values else ""
    return value if value and value.upper() != "UNKNOWN" else None


def licence_of_field(field: str) -> str | None:
    """What a free field means: an expression, a name, or a whole licence text.

    >>> licence_of_field("BSD"), licence_of_field("Apache-2.0 OR MIT"), licence_of_field("see file")
    ('BSD-3-Clause', 'Apache-2.0 OR MIT', None)
    """
    if len(field) > 200:
        return licence_of_text(field)
    if re.fullmatch(r"\(*[A-Za-z0-9.+-]+\)*(\s+(AND|OR|WITH)\s+\(*[A-Za-z0-9.+-]+\)*)+", field):
        return field
    return spdx_name(field)


def spdx_name(words: str) -> str | None:
    """The SPDX name for what people write.

    >>> spdx_name("MIT License"), spdx_name("GPLv3"), spdx_name("BSD-3-Clause")
    ('MIT', 'GPL-2.0-or-later', 'BSD-3-Clause')
    """
    words = words.strip()
    if re.fullmatch(r"[A-Za-z]+-[\d.]+(-[A-Za-z]+)*|BSD-\d-Clause|MIT-CMU|MIT-0", words):
        return words
    for pattern, name in _NAMES:
        if re.search(pattern, words, re.IGNORECASE):
            return name
    return None


def licence_of_text(text: str) -> str | None:
    """The licence that a licence file or a header is, by phrases that stand in no other."""
    flat = " ".join(text.lower().split())
    found = [(flat.find(phrase), name) for phrase, name in _TEXTS if phrase in flat]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def licence_in_file(text: str) -> str | None:
    """What a source file says of itself near its top: an SPDX line, or the usual words of the GNU licences.

    >>> licence_in_file("# SPDX-License-Identifier: MIT\\nimport os")
    'MIT'
    """
    head = text[:_HEAD]
    if "SPDX-License-Identifier" in head and (match := _SPDX_LINE.search(head)):
        return match[1].strip()
    if match := _COPYLEFT_HEADER.search(head):
        return spdx_name(match[1])
    return None


def allowed(expression: str, licences: Collection[str]) -> bool:
    """Whether an SPDX expression is satisfied by licences that are fine; what can't be read is not.

    >>> fine = {"MIT", "Apache-2.0"}
    >>> allowed("MIT OR GPL-3.0-only", fine), allowed("MIT AND (ISC OR Apache-2.0)", fine), allowed("GPL-2.0+", fine)
    (True, True, False)
    """
    if len(expression) > _LONGEST or expression.count("(") > _DEEPEST:
        return False
    lower = {name.lower() for name in licences}
    tokens = _TOKEN.findall(expression.replace("/", " OR "))
    value, rest = _any_of(tokens, lower)
    return value and not rest


def _any_of(tokens: list[str], fine: set[str]) -> tuple[bool, list[str]]:
    value, tokens = _all_of(tokens, fine)
    while tokens and tokens[0].upper() == "OR":
        other, tokens = _all_of(tokens[1:], fine)
        value = value or other
    return value, tokens


def _all_of(tokens: list[str], fine: set[str]) -> tuple[bool, list[str]]:
    value, tokens = _one(tokens, fine)
    while tokens and tokens[0].upper() == "AND":
        other, tokens = _one(tokens[1:], fine)
        value = value and other
    return value, tokens


def _one(tokens: list[str], fine: set[str]) -> tuple[bool, list[str]]:
    if not tokens:
        return False, []
    if tokens[0] == "(":
        value, tokens = _any_of(tokens[1:], fine)
        return (value, tokens[1:]) if tokens[:1] == [")"] else (False, tokens)
    name, tokens = tokens[0], tokens[1:]
    if tokens[:1] and tokens[0].upper() == "WITH":  # an exception only adds to what is allowed
        tokens = tokens[2:]
    return name.lower() in fine, tokens


def refused(licence: str | None, licences: Collection[str], required: bool) -> Drop | None:
    """The drop of a document under `licence` (None: unknown), if it is to be dropped."""
    if not licences:
        return None
    if licence is None:
        return Drop("licence", "no licence found") if required else None
    return None if allowed(licence, licences) else Drop("licence", licence)
