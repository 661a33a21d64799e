"""Bytes to text, and text to one form of it."""

import re
import unicodedata
from typing import Final

from softhouse.training.data.document import Drop

_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_TWICE_ENCODED: Final = re.compile(r"[ÂÃâäåæçèéï][\u0080-\u00bf\u2010-\u203a\u20ac\u0152-\u0178\u02c6\u02dc]")
_UNSEEN: Final = dict.fromkeys(
    # control characters but tab and line feed; zero-width and direction marks; the byte order mark; lone surrogates
    [
        *(code for code in range(0x20) if code not in (0x09, 0x0A)),
        *range(0x7F, 0xA0),
        0xAD,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        *range(0x2066, 0x206A),
        0xFEFF,
    ]
)
_SPACES: Final = dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F), " ")
_TABLE: Final = {**_UNSEEN, **_SPACES, 0x2028: "\n", 0x2029: "\n", 0x85: "\n"}
_ODD: Final = re.compile(f"[{''.join(map(chr, _TABLE))}]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_MANY_BLANK_LINES: Final = re.compile(r"\n{4,}")
_WORST: Final = 0.02
"""Share of characters that can't be read, from which on a document is binary or of another encoding."""


def decoded(content: bytes | str) -> str | Drop:
    """The text of a document, whatever it was written in; a `Drop` for binary data.

    UTF-8 is tried first, then what a byte order mark or a coding line (PEP 263) says, then GB 18030 if that gives
    Chinese, then Windows-1252, of which Latin-1 is a part.

    >>> decoded("naïve".encode("latin-1")), decoded("编写程序".encode("gbk"))
    ('naïve\\n', '编写程序\\n')
    """
    if isinstance(content, str):
        text = content
    else:
        for mark, name in _MARKS:
            if content.startswith(mark):
                text = content.decode(name, "replace")
                break
        else:
            if b"\0" in content:
                return Drop("encoding", "binary: holds a NUL byte")
            text = _guessed(content)
    unread = text.count("\ufffd") + len(_SURROGATES.findall(text))
    if unread > _WORST * len(text):
        return Drop("encoding", f"{unread} of {len(text)} characters can't be read")
    return normal(text)


def _guessed(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    for line in content.split(b"\n", 2)[:2]:
        if cookie := _COOKIE.match(line):
            try:
                return content.decode(cookie[1].decode("ascii"))
            except (LookupError, UnicodeError):  # no such coding, another one, or one that is never text
                break
    foreign = sum(byte > 0x7F for byte in content[:65_536])
    try:
        chinese = content.decode("gb18030")
    except UnicodeDecodeError:
        pass
    else:
        # common characters have two high bytes each; an accented letter and the next one make one of the rare ones
        characters = sum("\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" for char in chinese[:65_536])
        if foreign >= 8 and 0.8 * foreign < 2 * characters < 1.25 * foreign:
            return chinese
    text = content.decode("utf-8", "replace")
    if text.count("\ufffd") * 5 < foreign:  # UTF-8 with a few broken places, such as a cut end
        return text
    return content.decode("cp1252", "replace")


def normal(text: str) -> str:
    """One form: composed characters, line feeds, no unseen characters, no spaces at line ends, ends in one line feed.

    >>> normal("a\\u200b  \\r\\nb\\n\\n\\n\\n\\n\\nc")
    'a\\nb\\n\\n\\nc\\n'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        if _TWICE_ENCODED.search(text):
            text = "\n".join(_decoded_again(line) for line in text.split("\n"))
        text = unicodedata.normalize("NFC", _SURROGATES.sub("", text))
    if _ODD.search(text):
        text = text.replace("\f", "\n").translate(_TABLE)
    if " \n" in text or "\t\n" in text or text.endswith((" ", "\t")):
        text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    text = _MANY_BLANK_LINES.sub("\n\n\n", text).strip("\n")
    return f"{text}\n" if text else ""


def _decoded_again(line: str) -> str:
    """UTF-8 that was once read as Windows-1252 and written as UTF-8 again: bytes that are UTF-8 by chance are rare."""
    if not _TWICE_ENCODED.search(line):
        return line
    try:
        return line.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return line
