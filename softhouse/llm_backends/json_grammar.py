"""Keeps a reply inside a JSON schema *and* inside its budget of tokens.

A grammar alone makes a weak model write an endless string, and the reply is cut in the middle of its JSON. Here each
token is also asked whether the document can still be closed in the tokens that are left; the first one after which it
could not is replaced by the shortest way to the end. Grammar and masks come from xgrammar, exact for the vocabulary.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from softhouse.errors import ReplyError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xgrammar

# checking costs a walk through the grammar: far from the limit it is done now and then only
_NEAR, _SELDOM = 512, 64
# a schema that needs itself has no shortest document; the walk gives up
_LONGEST_WAY = 8192
_NO_LEAD = [bytes([byte]) for byte in (0xC0, 0xC1, *range(0xF5, 0x100))]
_QUOTE, _BACKSLASH = b'"\\'


@dataclass(frozen=True)
class TokenRanks:
    """For each token, how well it serves to end a document soon (low is good), outside and inside a JSON string."""

    texts: list[bytes]
    outside: "npt.NDArray[np.float32]"
    inside: "npt.NDArray[np.float32]"
    stop: "npt.NDArray[np.bool_]"
    unfit: "npt.NDArray[np.bool_]"


def rank_tokens(vocabulary: list[bytes], stop_ids: list[int], size: int) -> TokenRanks:
    """Outside strings closing brackets come first and opening ones last; inside, whatever closes the string.

    The model's vocabulary has `size` ids; those behind `vocabulary` are padding.
    """
    import numpy as np

    texts = vocabulary[:size] + [b""] * (size - len(vocabulary))
    outside, inside = np.full(size, 1e6, np.float32), np.full(size, 1e6, np.float32)
    first = {character: rank for rank, character in enumerate(b'}]"n,:0123456789tf-')}
    for token, text in enumerate(texts):
        if not text:
            continue
        # among equals the longer one: it says more of a name that must be said
        shorter = min(len(text), 30) / 32
        opens_text = b'"' in text and text != b'"' and _Place().after(text).inside
        outside[token] = (1e3 if text[:1].isspace() else 60 if opens_text else first.get(text[0], 50)) - shorter
        closes = text.startswith(b'"') and not _Place(inside=True).after(text).inside
        inside[token] = (first.get(text[1], 50) if len(text) > 1 else 2) if closes else 100
        inside[token] -= shorter
    stop = np.zeros(size, np.bool_)
    for token in stop_ids:
        outside[token], inside[token], stop[token] = -1, -1, True
    # control characters must be escaped in JSON, and some bytes begin no character
    unfit = np.array([min(text, default=32) < 32 or text[:1] in _NO_LEAD for text in texts])
    return TokenRanks(texts, outside, inside, stop, unfit)


@dataclass(frozen=True)
class _Place:
    """Where the JSON stands: inside a string, just behind a backslash, in the middle of a character's bytes."""

    inside: bool = False
    escaped: bool = False
    begun: bytes = b""

    def after(self, text: bytes) -> "_Place":
        inside, escaped = self.inside, self.escaped
        for character in text:
            if escaped:
                escaped = False
            elif character == _BACKSLASH:
                escaped = inside
            elif character == _QUOTE:
                inside = not inside
        return _Place(inside, escaped, _begun(self.begun + text) or b"")


def _begun(text: bytes) -> bytes | None:
    """The first bytes of a character that `text` ends with; None where `text` can't become UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError as error:
        return text[error.start :] if error.reason == "unexpected end of data" else None
    return b""


class JsonGrammars:
    """The compiler for one vocabulary; compiled schemas are remembered."""

    def __init__(self, info: "xgrammar.TokenizerInfo", stop_ids: list[int]) -> None:
        import xgrammar

        self._compiler = xgrammar.GrammarCompiler(info, max_threads=1)
        self._vocabulary_size: int = info.vocab_size
        self._ranks = rank_tokens(list(info.decoded_vocab), stop_ids, info.vocab_size)

    def steering(self, schema: dict[str, Any], budget: int, *, whitespace: bool = False) -> "JsonSteering":
        """For one reply of at most `budget` tokens.

        Raises `ReplyError` where the schema cannot be enforced, or its shortest document is longer than the budget.
        """
        try:
            grammar = self._compiler.compile_json_schema(
                json.dumps(schema), any_whitespace=whitespace, separators=None if whitespace else (",", ":")
            )
        except (RuntimeError, ValueError) as error:
            reason = str(error).strip().splitlines()[-1][:200]
            raise ReplyError(f"the JSON schema cannot be enforced ({reason}); simplify it") from None
        return JsonSteering(grammar, self._ranks, self._vocabulary_size, budget, whitespace=whitespace)


class JsonSteering:
    """One reply on its way through the grammar."""

    def __init__(
        self, grammar: "xgrammar.CompiledGrammar", ranks: TokenRanks, size: int, budget: int, *, whitespace: bool
    ) -> None:
        import xgrammar

        self._matcher = xgrammar.GrammarMatcher(grammar)
        self._bitmask = xgrammar.allocate_token_bitmask(1, size)
        self._ranks, self._size, self._whitespace = ranks, size, whitespace
        self._place, self._left, self._checked_at = _Place(), budget, budget
        way = self._way_to_end(_LONGEST_WAY)
        if way is None or len(way) > budget:
            needs = f"at least {len(way)}" if way is not None else "too many"
            raise ReplyError(f"the schema's shortest reply needs {needs} tokens, but only {budget} may be written")
        self._way: list[int] | None = way
        self._way_length = len(way)
        self.closing = False

    @property
    def complete(self) -> bool:
        """What there is satisfies the schema."""
        return bool(self._matcher.is_completed())

    @property
    def done(self) -> bool:
        """Nothing can follow any more."""
        return self.complete and bool((self._ranks.stop | ~self.allowed()).all())

    def allowed(self) -> "npt.NDArray[np.bool_]":
        """Which tokens may come next, one truth value for each id of the vocabulary."""
        import numpy as np

        self._matcher.fill_next_token_bitmask(self._bitmask)
        bits = np.unpackbits(self._bitmask[0].numpy().view(np.uint8), bitorder="little")
        allowed: npt.NDArray[np.bool_] = bits[: self._size].astype(np.bool_)
        if not self._whitespace:
            # xgrammar lets raw tabs into strings of a bounded length; JSON does not
            allowed &= ~self._ranks.unfit
        if self._place.begun:
            # nor does xgrammar know every sequence of bytes that is no character (surrogates)
            for token in np.flatnonzero(allowed):
                allowed[token] = _begun(self._place.begun + self._ranks.texts[token]) is not None
        return allowed

    def take(self, token: int) -> int | None:
        """Go on with `token`, or with another where the reply could not be closed in time; None: it is over."""
        if self.closing or not self._goes_on(self._ranks.texts[token], self._left - 1, token):
            if not self.closing:
                self._way, self.closing = self._shortest_way(), True
            if self._way and not self._accept(self._way[0]):
                self._way = self._way_to_end(_LONGEST_WAY)
                if self._way:
                    self._accept(self._way[0])
            if not self._way:
                return None
            token = self._way.pop(0)
            self._left -= 1
        return token

    def take_text(self, text: str, left: int) -> bool:
        """The same for text that another engine wrote, with `left` tokens to go: False where the reply must now end."""
        return self._goes_on(text.encode(), left, None)

    def ending(self) -> tuple[str, int]:
        """The shortest way from here to the end of the document, as text and as a number of tokens."""
        way = self._shortest_way()
        return b"".join(self._ranks.texts[token] for token in way).decode(), len(way)

    def _shortest_way(self) -> list[int]:
        return self._way if self._way is not None else self._way_to_end(_LONGEST_WAY) or []

    def _goes_on(self, text: bytes, left: int, token: int | None) -> bool:
        """Accept what comes next if a way to the end of at most `left` tokens remains; else change nothing."""
        before, matcher, place = self._place, self._matcher, self._place.after(text)
        if left < 0:
            return False
        if token is not None and self._way and self._way[0] == token:
            self._accept(token)
            self._way, self._left = self._way[1:], left
            return True
        candidate = matcher.fork()
        if not (candidate.accept_token(token) if token is not None else candidate.accept_string(text)):
            return False
        self._matcher, self._place = candidate, place
        if left > 2 * self._way_length + _NEAR and self._checked_at - left < _SELDOM:
            self._way, self._left = None, left
            return True
        if self._way and len(self._way) <= left and self._text_went_on(before, text) and self.allowed()[self._way[0]]:
            # one more word of a string: what closes it is as far away as before
            self._left = left
            return True
        way = self._way_to_end(left)
        if way is None:
            self._matcher, self._place = matcher, before
            return False
        self._way, self._way_length, self._checked_at, self._left = way, len(way), left, left
        return True

    def _text_went_on(self, before: _Place, text: bytes) -> bool:
        return before.inside and self._place.inside and not self._place.escaped and b'"' not in text

    def _accept(self, token: int) -> bool:
        accepted = bool(self._matcher.accept_token(token))
        if accepted:
            self._place = self._place.after(self._ranks.texts[token])
        return accepted

    def _way_to_end(self, limit: int) -> list[int] | None:
        """The ids of a short way to the end of the document; None where there is none of at most `limit`."""
        import numpy as np

        way, place = list[int](), self._place
        while not self._matcher.is_completed() and len(way) <= limit:
            allowed = self.allowed()
            ranks = self._ranks.inside if self._place.inside else self._ranks.outside
            token = int(np.where(allowed, ranks, np.inf).argmin())
            if not allowed[token] or not self._matcher.accept_token(token):
                break
            self._place = self._place.after(self._ranks.texts[token])
            way.append(token)
        complete = self._matcher.is_completed()
        if way:
            self._matcher.rollback(len(way))
        self._place = place
        return way if complete and len(way) <= limit else None
