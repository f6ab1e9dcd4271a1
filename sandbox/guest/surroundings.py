"""Other surroundings for a program: another clock, process id, working folder and locale, told by fixed rules.

Vetting runs a reference twice like this, once with nothing and once with everything changed. Whatever the program then
does otherwise is not its own. The clock is simulated both times, so that two builds see the same: each reading is a
little later, and sleeping takes no time. Another hash seed is the dispatcher's part.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


CLOCK, PID, FOLDER, LOCALE = "clock", "process id", "working folder", "locale"
HASH_SEED = "hash seed"
_STARTS_NS = (1_700_000_000_000_000_000, 1_738_463_621_123_457_001)
"""A day in November 2023; a day in February 2025 at an odd second, microsecond and nanosecond."""
_TICKS_NS = (2_000_000, 3_001_001)
_PIDS = (4000, 7331)
_TIMED = ("time", "monotonic", "perf_counter", "process_time", "thread_time")


def enter(changed: list[str] | None) -> None:
    """Give this process the surroundings in which the aspects ``changed`` differ; None: leave everything as it is."""
    if changed is None:
        return
    _simulate_clock(CLOCK in changed)
    pid = _PIDS[PID in changed]
    os.getpid, os.getppid = lambda: pid, lambda: pid - 1
    if FOLDER in changed:
        _go_elsewhere()
    if LOCALE in changed:
        _speak_otherwise()


def _simulate_clock(is_other: bool) -> None:
    now, tick = [_STARTS_NS[is_other]], _TICKS_NS[is_other]

    def read_ns(*_: Any) -> int:
        now[0] += tick
        return now[0]

    def sleep(seconds: float, /) -> None:
        now[0] += int(seconds * 1e9)

    def of_now(convert: Callable[[float], Any]) -> Callable[..., Any]:
        return lambda seconds=None, /: convert(read_ns() / 1e9 if seconds is None else seconds)

    for name in _TIMED:
        setattr(time, name, lambda: read_ns() / 1e9)
        setattr(time, f"{name}_ns", read_ns)
    time.clock_gettime, time.clock_gettime_ns, time.sleep = lambda _: read_ns() / 1e9, read_ns, sleep  # type: ignore[assignment]
    write, localtime = time.strftime, time.localtime
    time.localtime, time.gmtime, time.ctime = map(of_now, (localtime, time.gmtime, time.ctime))
    time.strftime = lambda form, given=None, /: write(form, time.localtime() if given is None else given)
    if is_other:
        os.environ["TZ"] = "XST-05:30"
        time.tzset()
    try:  # it reads the clock through the module ``time``, where it is in Python
        in_python = __import__("_pydatetime")
    except ImportError:  # before Python 3.12
        return
    for name in ("date", "datetime", "time", "timedelta", "timezone", "tzinfo"):
        getattr(
            in_python, name
        ).__module__ = "datetime"  # from Python 3.13 on they name the module they are in
    sys.modules["datetime"] = in_python


def _go_elsewhere() -> None:
    folder = os.path.join(os.getcwd(), "somewhere_else")
    try:
        os.mkdir(folder)
    except OSError:
        folder = "/"
    os.chdir(folder)


def _speak_otherwise() -> None:
    import locale

    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        os.environ["LANG"] = os.environ["LC_ALL"] = name
        return
