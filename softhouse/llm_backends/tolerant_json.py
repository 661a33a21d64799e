"""JSON as models write it: single quotes, Python literals, comments, lost commas, a lost last bracket.

One pass, time linear in the text, nesting bounded. (json-repair knows more tricks, but takes quadratic time on a reply
that repeats itself, and closes whatever was cut off in the middle; here that is an error, because half a document must
never pass for a whole one.)

>>> parse("{'ok': True, 'items': [1, 2,],}")
({'ok': True, 'items': [1, 2]}, ['single quotes', 'Python literal', 'needless comma'], 31)
"""

import re
from typing import Any

DEEPEST = 100
MISSING_END = "missing last bracket"

_GAP = re.compile(r"(?:[\s\ufeff\u200b]+|//[^\n]*|#[^\n]*|/\*.*?\*/)*", re.DOTALL)
_SPACE = re.compile(r"[\s\ufeff\u200b]*")
# With the full-width signs of a Chinese keyboard.
_COMMAS = ",;\u3001\uff0c\uff1b"
_COLONS = ":=\uff1a"
_BARE = re.compile(rf"[^\s{_COMMAS}{_COLONS}{{}}\[\]()\"'“”‘’#/]+")
_NUMBER = re.compile(r"[+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_LITERALS = {"true": True, "false": False, "null": None, "none": None, "undefined": None}
_WHOLE_WORDS = ("true", "false", "null", "True", "False", "None")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"} | {same: same for same in "\"'\\/`“”‘’"}
_CLOSERS = {'"': '"', "'": "'", "“": "”“", "‘": "’‘", "`": "`"}
_STOPS = {opener: re.compile(f"[{closers}\\\\]") for opener, closers in _CLOSERS.items()}
_HEX = re.compile(r"[0-9a-fA-F]{4}")


class CutError(ValueError):
    """The text ends in the middle of a value."""


class MalformedError(ValueError):
    """The text is nothing like JSON."""

    def __init__(self, message: str, *, begun: bool) -> None:
        """`begun`: some of it was understood before, so it is broken JSON rather than prose with a bracket."""
        super().__init__(message)
        self.begun = begun


def parse(text: str, start: int = 0, *, may_lack_end: bool = True) -> tuple[Any, list[str], int]:
    """The value that begins at `start`, what had to be repaired, and where it ends.

    `may_lack_end`: one missing bracket at the very end is forgiven. Raises `CutError` where the text ends too early,
    `MalformedError` where it is nothing like JSON.
    """
    reader = _Reader(text, start, may_lack_end)
    value = reader.value(0)
    return value, list(reader.notes), reader.at


class _Reader:
    def __init__(self, text: str, start: int, may_lack_end: bool) -> None:
        self.text = text
        self.at = start
        self.may_lack_end = may_lack_end
        self.notes: dict[str, None] = {}
        self.members = 0

    def note(self, repair: str) -> None:
        self.notes[repair] = None

    def error(self, what: str) -> MalformedError:
        excerpt = self.text[self.at : self.at + 20]
        return MalformedError(f"{what} at character {self.at}: {excerpt!r}", begun=self.members > 0)

    def peek(self) -> str:
        """The next character after blanks and comments; empty at the end."""
        match = _GAP.match(self.text, self.at)
        assert match is not None  # it matches nothing at all, too
        if match.end() > self.at and not match[0].isspace():
            self.note("comment")
        self.at = match.end()
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise self.error("nested too deeply")
        character = self.peek()
        if not character:
            raise CutError("the text ends where a value is expected")
        if character == "{":
            return self.object(depth + 1)
        if character in "[(":
            return self.array(depth + 1)
        if character in _CLOSERS:
            return self.string(character)
        return self.bare()

    def object(self, depth: int) -> dict[str, Any]:
        self.at += 1
        result: dict[str, Any] = {}
        while (character := self.separator(depth, "}", bool(result))) not in ("}", ""):
            key = self.string(character) if character in _CLOSERS else self.bare_word("unquoted key")
            colon = self.peek()
            if not colon:
                raise CutError("the text ends after a key")
            if colon not in _COLONS:
                raise self.error("a colon is missing")
            if colon != ":":
                self.note("odd colon")
            self.at += 1
            result[key] = self.value(depth)
            self.members += 1
        return result

    def array(self, depth: int) -> list[Any]:
        if self.text[self.at] == "(":
            self.note("Python tuple")
        self.at += 1
        result: list[Any] = []
        while self.separator(depth, "])", bool(result)) not in ("]", ")", ""):
            result.append(self.value(depth))
            self.members += 1
        return result

    def separator(self, depth: int, closers: str, after_value: bool) -> str:
        """Go past commas; the next member's first character, or the closing bracket, or nothing: as good as closed."""
        commas = 0
        while (character := self.peek()) and character in _COMMAS:
            commas += 1
            self.at += 1
            if character != ",":
                self.note("odd comma")
        if not character:
            whole = self.text[self.at - 1] in " \t\r\n\"'”’}])" or self.text[self.at - 5 :].endswith(_WHOLE_WORDS)
            if depth > 1 or commas or not self.may_lack_end or not (after_value and whole):
                raise CutError("the text ends before its last bracket")
            self.note(MISSING_END)
            return ""
        if character in closers:
            self.at += 1
            if commas:
                self.note("needless comma")
            return character
        if character in "}])":
            if depth == 1:
                raise self.error("a bracket that nothing opened")
            self.note("missing bracket")
            return ""
        if commas > 1 or (commas and not after_value):
            self.note("needless comma")
        if after_value and not commas:
            self.note("missing comma")
        return character

    def string(self, quote: str) -> str:
        if self.text.startswith(quote * 3, self.at) and quote in "\"'":
            end = self.text.find(quote * 3, self.at + 3)
            if end < 0:
                raise CutError("the text ends inside a string")
            piece = self.text[self.at + 3 : end]
            self.at = end + 3
            self.note("triple quotes")
            return piece
        if quote != '"':
            self.note("single quotes" if quote == "'" else "odd quotes")
        self.at += 1
        pieces: list[str] = []
        while stop := _STOPS[quote].search(self.text, self.at):
            pieces.append(self.text[self.at : stop.start()])
            if "\n" in pieces[-1]:
                self.note("line break inside a string")
            self.at = stop.end()
            if stop[0] == "\\":
                pieces.append(self.escape())
            elif self.closes():
                return _without_lone_surrogates("".join(pieces))
            else:
                self.note("quote inside a string")
                pieces.append(stop[0])
        raise CutError("the text ends inside a string")

    def closes(self) -> bool:
        """Whether the quote just passed ends its string: something that may follow a string does."""
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        following = self.text[match.end() : match.end() + 2]
        if following[:1] in ('"', "'", "“", "‘"):
            return match.end() > self.at  # a comma is missing between two strings
        return following[:1] in ("", *_COMMAS, *_COLONS, *"}])#") or following in ("//", "/*")

    def escape(self) -> str:
        character = self.text[self.at : self.at + 1]
        if not character:
            raise CutError("the text ends inside a string")
        self.at += 1
        if character == "u" and (code := _HEX.match(self.text, self.at)):
            self.at = code.end()
            return chr(int(code[0], 16))
        if character == "\n":
            return ""
        if character not in _ESCAPES or character in "'`":
            self.note("odd escape")
        return _ESCAPES.get(character, "\\" + character)

    def bare_word(self, repair: str) -> str:
        match = _BARE.match(self.text, self.at)
        if match is None:
            raise self.error("this is no JSON")
        self.at = match.end()
        self.note(repair)
        return match[0]

    def bare(self) -> Any:
        match = _BARE.match(self.text, self.at)
        if match is None:
            raise self.error("this is no JSON")
        word = match[0]
        if word.startswith(("...", "…")):
            raise self.error("abbreviated with an ellipsis")
        if not any(map(str.isalnum, word)):
            if match.end() == len(self.text):
                raise CutError("the text ends inside a number")
            raise self.error("this is no JSON")
        self.at = match.end()
        if word.lower() in _LITERALS:
            if word not in ("true", "false", "null"):
                self.note("Python literal")
            return _LITERALS[word.lower()]
        if len(word) < 40 and _NUMBER.fullmatch(word):
            plain = word.replace("_", "")
            return float(plain) if set(plain) & set(".eE") else int(plain)
        self.note("unquoted text")
        return word


def _without_lone_surrogates(string: str) -> str:
    """Escaped surrogates as the characters that they make together."""
    if string.isascii() or not any("\ud800" <= character <= "\udfff" for character in string):
        return string
    return string.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
