"""How many requests may be under way at once: as many as asked for, fewer while the endpoint throttles.

Additive increase, multiplicative decrease: a 429 halves the number (once for all requests that were sent
before it), each answer adds a fraction, so that a full round of answers adds one.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Gate:
    """Lets at most :attr:`limit` requests through at once, first come, first served."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self.under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._sent = 0
        self._cut_at = 0

    async def enter(self) -> int:
        """Wait for a place; the number of the request, for :meth:`throttled`."""
        if self.under_way >= int(self.limit) or self._waiting:
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():
                    self.leave()
                else:
                    self._waiting.remove(place)
                raise
        else:
            self.under_way += 1
        self._sent += 1
        return self._sent

    def leave(self) -> None:
        """Give the place back."""
        self.under_way -= 1
        self._admit()

    def answered(self) -> None:
        """A request was answered: the endpoint takes this many."""
        self.limit = min(float(self.most), self.limit + 1.0 / self.limit)
        self._admit()

    def throttled(self, number: int) -> None:
        """Request ``number`` was refused for coming too fast."""
        if number > self._cut_at:
            self._cut_at = self._sent
            self.limit = max(1.0, self.limit / 2)

    def _admit(self) -> None:
        while self._waiting and self.under_way < int(self.limit):
            place = self._waiting.popleft()
            if not place.done():
                self.under_way += 1
                place.set_result(None)
