"""Which tokens are learned from when: a function of the seed and the place alone, so nothing need be remembered."""

import numpy as np

from softhouse.errors import UsageError
from softhouse.training.pretraining.packing import Ids, Tokens


class Windows:
    """Stretches of `length` + 1 tokens in a random order without end: all of the text, then all of it again, cut at
    other places and in another order.

    >>> import tempfile; from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "a.tokens"
    >>> np.arange(12, dtype=np.uint16).tofile(path)
    >>> windows = Windows(Tokens([path], np.uint16), length=3, seed=0)
    >>> windows.in_an_epoch, windows.rows(0, 2).shape
    (2, (2, 4))
    """

    def __init__(self, tokens: Tokens, length: int, seed: int) -> None:
        """`length`: tokens to predict in a window."""
        # one less than fits, so that each epoch can begin elsewhere
        self.in_an_epoch = (len(tokens) - 1) // length - (len(tokens) - 1 >= 2 * length)
        if self.in_an_epoch < 1:
            raise UsageError(f"the text has {len(tokens):,} tokens, fewer than the model's context of {length:,}")
        self.length = length
        self._tokens, self._seed = tokens, seed
        self._epoch, self._order, self._offset = -1, np.zeros(0, np.int64), 0

    def rows(self, begin: int, count: int) -> Ids:
        """The windows from number `begin` on: [count, length + 1]."""
        return np.stack([self._window(number) for number in range(begin, begin + count)])

    def _window(self, number: int) -> Ids:
        epoch, place = divmod(number, self.in_an_epoch)
        if epoch != self._epoch:
            random = np.random.default_rng([self._seed, epoch])
            spare = len(self._tokens) - 1 - self.in_an_epoch * self.length
            self._epoch, self._offset = epoch, int(random.integers(spare + 1))
            self._order = random.permutation(self.in_an_epoch)
        begin = self._offset + int(self._order[place]) * self.length
        return self._tokens[begin : begin + self.length + 1]


class InOrder:
    """The windows of a text from its beginning, each once: what is measured."""

    def __init__(self, tokens: Tokens, length: int) -> None:
        self.count = (len(tokens) - 1) // length
        if self.count < 1:
            raise UsageError(f"the validation text has {len(tokens):,} tokens, fewer than the context of {length:,}")
        self.length = length
        self._tokens = tokens

    def rows(self, begin: int, count: int) -> Ids:
        """The windows from number `begin` on: [count, length + 1]."""
        places = (number * self.length for number in range(begin, begin + count))
        return np.stack([self._tokens[place : place + self.length + 1] for place in places])
