"""The text of a reply as its tokens arrive: no half characters, nothing behind a stop string."""

from collections.abc import Callable, Sequence

from softhouse.llm_backends.protocol import TokenCallback


class ReplyText:
    """Turns ids into text piece by piece, and says when a stop string ends the reply.

    >>> seen = []
    >>> reply = ReplyText(lambda ids: "".join(map(chr, ids)), stop=("END",), on_text=seen.append)
    >>> for character in "to the END of it":
    ...     reply.feed(ord(character))
    >>> reply.text, reply.stopped, "".join(seen)
    ('to the ', True, 'to the ')
    """

    def __init__(
        self,
        decode: Callable[[Sequence[int]], str],
        *,
        begun: Sequence[int] = (),
        stop: Sequence[str] = (),
        on_text: TokenCallback | None = None,
    ) -> None:
        """`begun` are the ids of a reply that was begun for the model; its text is not repeated."""
        self._decode, self._stop, self._on_text = decode, [text for text in stop if text], on_text
        self._ids = list(begun)
        # decoding depends on what stands before (a leading space, bytes of one character): a window of settled ids
        # is decoded with each new one, and only the difference counts
        self._window, self._settled = max(0, len(self._ids) - 4), len(self._ids)
        self._given = 0
        self.text = ""
        self.stopped = False

    def feed(self, token: int) -> None:
        """One more id."""
        if self.stopped:
            return
        self._ids.append(token)
        before = self._decode(self._ids[self._window : self._settled])
        now = self._decode(self._ids[self._window :])
        if now.endswith("\ufffd") or len(now) <= len(before):
            # a character whose last bytes are still to come
            return
        self._window, self._settled = self._settled, len(self._ids)
        self._take(now[len(before) :])

    def finish(self) -> str:
        """No more ids: the whole text, also what was held back."""
        if not self.stopped and self._settled < len(self._ids):
            before = self._decode(self._ids[self._window : self._settled])
            self._take(self._decode(self._ids[self._window :])[len(before) :])
        self._give(len(self.text))
        return self.text

    def _take(self, piece: str) -> None:
        longest = max(map(len, self._stop), default=0)
        search_from = max(0, len(self.text) - longest)
        self.text += piece
        found = [at for stop in self._stop if (at := self.text.find(stop, search_from)) >= 0]
        if found:
            self.text, self.stopped = self.text[: min(found)], True
        self._give(len(self.text) - (0 if self.stopped else self._held_back()))

    def _held_back(self) -> int:
        """Length of the longest end of the text that may become a stop string."""
        ends = (
            length for stop in self._stop for length in range(len(stop) - 1, 0, -1) if self.text.endswith(stop[:length])
        )
        return max(ends, default=0)

    def _give(self, end: int) -> None:
        if self._on_text and end > self._given:
            self._on_text(self.text[self._given : end])
            self._given = end
