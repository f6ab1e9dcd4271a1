"""How much of an answer is read: an endpoint that never stops sending costs a request, and not the machine's memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

ANSWER_BYTES: Final = 32 << 20
"""The body of one answer, decompressed: twenty completions of a million characters fit."""
FILE_BYTES: Final = 512 << 20
"""The file of a batch: 50,000 answers of 10 kB fit."""


class TooLongError(Exception):
    """More was sent than is read."""

    def __init__(self, most: int) -> None:
        super().__init__(f"answered with more than {most >> 20} MB")


async def bound(response: Any) -> None:
    """A hook of the transport, for each response before its body is read: reading it raises TooLongError where it is too
    long. Whichever transport the package uses (httpx or httpx2), a body is what ``aiter_bytes`` gives."""
    most = FILE_BYTES if response.url.path.endswith("/content") else ANSWER_BYTES
    whole = response.aiter_bytes

    async def bounded(*sizes: Any) -> AsyncIterator[bytes]:
        left = most
        async for part in whole(*sizes):
            left -= len(part)
            if left < 0:
                raise TooLongError(most)
            yield part

    response.aiter_bytes = bounded
