"""Who is served now and who waits: as many at once as the backend can, the others in the order in which they came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from softhouse.serve.refusals import RETRY_SECONDS, RefusalError

MOST_WAITING = 1000


class Slots:
    """`places` at once, `most_waiting` in the queue.

    >>> slots = Slots(2)
    >>> async def served():
    ...     async with slots.one():
    ...         return slots.busy
    >>> asyncio.run(served()), slots.busy
    (1, 0)
    """

    def __init__(self, places: int, most_waiting: int = MOST_WAITING) -> None:
        self.places = places
        self.busy = 0
        self.waiting = 0
        self._most_waiting = most_waiting
        self._free = asyncio.Semaphore(places)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold one place; whoever is cancelled, waiting or served, leaves none behind.

        Raises `RefusalError` (503) where the queue is full.
        """
        if self._free.locked() and self.waiting >= self._most_waiting:
            raise RefusalError(
                503, f"{self.waiting} requests are waiting already; try later", retry_after=RETRY_SECONDS
            )
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1
            self._free.release()
