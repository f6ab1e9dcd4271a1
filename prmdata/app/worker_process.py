"""A process that does problems for a build: ``python -m prmdata.app.worker_process``, started by
``pipeline/engines/processes.py``.

It reads frames from standard input: first the configuration and the number of sandbox workers, then numbered
problems. It writes their outcomes in any order. The process ends when its input ends. Signals that are sent
to the whole process group are handled by the process that started it.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
import threading
from contextlib import suppress
from typing import IO, Any

from prmdata.app.engines import open_worker, paced
from prmdata.config import BuildConfig
from prmdata.errors import PrmdataError
from prmdata.pipeline.engine import IN_FLIGHT_PER_WORKER
from prmdata.pipeline.engines.processes import LENGTH, framed

Frames = asyncio.Queue[Any]


def main() -> None:
    """Serve until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what any code here prints goes to stderr, for people
    config, workers = _frame(sys.stdin.buffer)
    with paced():
        try:
            asyncio.run(_serve(config.model_copy(update={"workers": workers}), out))
        except PrmdataError as error:  # this process cannot do any work
            _send(out, (None, error))


async def _serve(config: BuildConfig, out: IO[bytes]) -> None:
    """Do numbered problems as they come, until the input ends."""
    frames: Frames = asyncio.Queue()
    running: set[asyncio.Task[None]] = set()
    in_flight = IN_FLIGHT_PER_WORKER * config.workers
    async with open_worker(config, is_remote=False, in_flight=in_flight) as worker:
        threading.Thread(target=_listen, args=(frames, asyncio.get_running_loop()), daemon=True).start()

        async def one(number: int, problem: Any) -> None:
            _send(out, (number, await worker.do(problem)))

        while (frame := await frames.get()) is not None:
            task = asyncio.create_task(one(*frame))
            running.add(task)
            task.add_done_callback(running.discard)
        for task in running:
            task.cancel()


def _listen(frames: Frames, loop: asyncio.AbstractEventLoop) -> None:
    """Queue the frames as they come, then None at the end of the input."""
    frame: Any = ()
    while frame is not None:
        try:
            frame = _frame(sys.stdin.buffer)
        except EOFError:
            frame = None
        with suppress(RuntimeError):  # the event loop has ended
            loop.call_soon_threadsafe(frames.put_nowait, frame)


def _frame(stream: IO[bytes]) -> Any:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (size,) = LENGTH.unpack(head)
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    return pickle.loads(body)


def _send(out: IO[bytes], value: Any) -> None:
    with suppress(BrokenPipeError):  # the reader is gone, and the input will end too
        out.write(framed(value))
        out.flush()


if __name__ == "__main__":
    main()
