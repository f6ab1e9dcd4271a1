"""The ledger: what a job has spent, what is reserved for requests in flight, and the caps on both.

One SQLite file a job, shared by every process of a machine that names it. A request reserves the most
it can cost before it is sent, so what is spent never passes a cap, however many are in flight. What a
request that broke off may have cost is counted on its own (``uncertain``) and counts against the caps.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prmdata.database import Database
from prmdata.errors import BudgetReached
from prmdata.teachers.prices import NANO

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS spent (
    one INTEGER PRIMARY KEY CHECK (one = 1), requests INTEGER, prompt_tokens INTEGER, completion_tokens INTEGER,
    nano INTEGER, uncertain_tokens INTEGER, uncertain_nano INTEGER
);
INSERT OR IGNORE INTO spent VALUES (1, 0, 0, 0, 0, 0, 0);
CREATE TABLE IF NOT EXISTS reserved (
    id INTEGER PRIMARY KEY, pid INTEGER, birth TEXT, host TEXT, tokens INTEGER, nano INTEGER
);
CREATE TABLE IF NOT EXISTS pace (
    endpoint TEXT PRIMARY KEY, requests_until REAL, tokens_until REAL, paused_until REAL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Caps:
    """Caps of a job over all its runs into one OUT. None: no cap. ``cost_usd`` needs a known price."""

    cost_usd: float | None = None
    tokens: int | None = None
    requests: int | None = None


NO_CAPS: Final = Caps()
_KEPT: Final = ""
"""In place of a host: this reservation belongs to a batch and to no process."""
_BURY_EVERY_S: Final = 5.0
UNCAPPED: Final = 0
"""The number of a reservation where nothing is capped and nothing need be written."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a job has spent so far, all runs and processes together. ``nano_usd`` is known cost;
    ``uncertain_nano_usd`` the most that requests which broke off may have cost."""

    requests: int
    prompt_tokens: int
    completion_tokens: int
    nano_usd: int
    uncertain_tokens: int
    uncertain_nano_usd: int


class Ledger:
    """Reserve before sending, settle after. Every method is one short transaction."""

    def __init__(self, path: Path, caps: Caps = NO_CAPS) -> None:
        self.caps = caps
        self._database = Database(path, _SCHEMA)
        self._pid, self._birth, self._host = os.getpid(), _birth(os.getpid()), os.uname().nodename
        self.bury_dead()

    def reserve(self, tokens: int, nano_usd: int, *, is_batch: bool = False) -> int | None:
        """Reserve one request of at most so many tokens and so much money; its number.

        None while requests in flight may yet leave room: ask again soon. Raises BudgetReached when
        nothing is in flight and it does not fit. What open batches hold is only waited for by whoever
        follows them (``is_batch``).
        """
        if self.caps == NO_CAPS:
            return UNCAPPED
        with self._database.writing() as connection:
            row = connection.execute("SELECT * FROM spent").fetchone()
            flying = connection.execute(
                "SELECT count(*), coalesce(sum(tokens), 0), coalesce(sum(nano), 0), sum(host != ?) FROM reserved",
                (_KEPT,),
            ).fetchone()
            spent = Spent(*row[1:])
            over = self._over(spent, tokens, nano_usd, flying[:3])
            if over is not None:
                awaited = flying[0] if is_batch else flying[3] or 0
                if awaited == 0:
                    raise BudgetReached(over)
            else:
                cursor = connection.execute(
                    "INSERT INTO reserved (pid, birth, host, tokens, nano) VALUES (?, ?, ?, ?, ?)",
                    (self._pid, self._birth, self._host, tokens, nano_usd),
                )
                return int(cursor.lastrowid or 0)
        if time.monotonic() - self._buried_at > _BURY_EVERY_S:
            self.bury_dead()
        return None

    def settle(self, number: int, prompt_tokens: int, completion_tokens: int, nano_usd: int) -> None:
        """A reserved request was answered and cost this much."""
        with self._database.writing() as connection:
            if number != UNCAPPED:
                connection.execute("DELETE FROM reserved WHERE id = ?", (number,))
            connection.execute(
                "UPDATE spent SET requests = requests + 1, prompt_tokens = prompt_tokens + ?, "
                "completion_tokens = completion_tokens + ?, nano = nano + ?",
                (prompt_tokens, completion_tokens, nano_usd),
            )

    def release(self, number: int, *, is_uncertain: bool, is_sent: bool = True) -> None:
        """A reserved request was refused (it cost nothing), or broke off (``is_uncertain``: it may
        have cost all that was reserved), or was never sent."""
        with self._database.writing() as connection:
            connection.execute("UPDATE spent SET requests = requests + ?", (int(is_sent),))
            _drop(connection, number, is_uncertain)

    def keep(self, numbers: Sequence[int]) -> None:
        """Let these reservations outlive this process: what was submitted in a batch goes on without us."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE reserved SET pid = 0, birth = '', host = ? WHERE id = ?",
                [(_KEPT, one) for one in numbers],
            )

    def bury_dead(self) -> int:
        """Turn what dead processes of this machine had reserved into uncertain cost; how many requests."""
        self._buried_at = time.monotonic()
        with self._database.writing() as connection:
            rows = connection.execute("SELECT id, pid, birth, host FROM reserved").fetchall()
            dead = [row[0] for row in rows if row[3] == self._host and _birth(row[1]) != row[2]]
            for number in dead:
                connection.execute("UPDATE spent SET requests = requests + 1")
                _drop(connection, number, True)
        return len(dead)

    def spent(self) -> Spent:
        """All that was spent so far."""
        with self._database.reading() as connection:
            return Spent(*connection.execute("SELECT * FROM spent").fetchone()[1:])

    # ------------------------------------------------------------ pace, shared like the money

    def wait_s(self, endpoint: str, tokens: int, rpm: int | None, tpm: int | None) -> float:
        """Take a place in the line of ``endpoint`` and say how long to wait for it (seconds).

        ``rpm``/``tpm``: requests and tokens a minute, as a steady stream with a burst of one second.
        """
        now = time.time()
        if not (rpm or tpm):
            with self._database.reading() as connection:
                row = connection.execute(
                    "SELECT paused_until FROM pace WHERE endpoint = ?", (endpoint,)
                ).fetchone()
            return max(0.0, float(row[0]) - now) if row else 0.0
        with self._database.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO pace VALUES (?, 0, 0, 0)", (endpoint,))
            requests, taken, paused = connection.execute(
                "SELECT requests_until, tokens_until, paused_until FROM pace WHERE endpoint = ?", (endpoint,)
            ).fetchone()
            if paused > now:
                return float(paused - now)
            wait = 0.0
            if rpm:
                wait = max(wait, requests - now - 1.0)
                requests = max(requests, now) + 60.0 / rpm
            if tpm:
                wait = max(wait, taken - now - 1.0)
                taken = max(taken, now) + 60.0 * tokens / tpm
            if wait > 0:
                return wait
            connection.execute(
                "UPDATE pace SET requests_until = ?, tokens_until = ? WHERE endpoint = ?",
                (requests, taken, endpoint),
            )
        return 0.0

    def pause(self, endpoint: str, seconds: float) -> None:
        """Send nothing to ``endpoint`` for so long, in every process: it said so (Retry-After)."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO pace VALUES (?, 0, 0, 0)", (endpoint,))
            connection.execute(
                "UPDATE pace SET paused_until = max(paused_until, ?) WHERE endpoint = ?",
                (time.time() + seconds, endpoint),
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _over(self, spent: Spent, tokens: int, nano: int, flying: tuple[int, int, int]) -> str | None:
        caps = self.caps
        nano_used = spent.nano_usd + spent.uncertain_nano_usd + flying[2]
        tokens_used = spent.prompt_tokens + spent.completion_tokens + spent.uncertain_tokens + flying[1]
        if caps.cost_usd is not None and nano_used + nano > caps.cost_usd * NANO:
            return (
                f"--max-cost {caps.cost_usd:g} reached: ${nano_used / NANO:.4f} spent, the next request may cost "
                f"${nano / NANO:.4f}; run the same command with a higher cap to go on"
            )
        if caps.tokens is not None and tokens_used + tokens > caps.tokens:
            return (
                f"--max-tokens {caps.tokens} reached: {tokens_used} used, the next request may take {tokens}; "
                "run the same command with a higher cap to go on"
            )
        if caps.requests is not None and spent.requests + flying[0] + 1 > caps.requests:
            return f"the cap of {caps.requests} requests is reached; run the same command with a higher cap to go on"
        return None


def _drop(connection: object, number: int, is_uncertain: bool) -> None:
    execute = connection.execute  # type: ignore[attr-defined]
    if is_uncertain:
        execute(
            "UPDATE spent SET uncertain_tokens = uncertain_tokens + r.tokens, uncertain_nano = uncertain_nano + r.nano "
            "FROM (SELECT tokens, nano FROM reserved WHERE id = ?) AS r",
            (number,),
        )
    execute("DELETE FROM reserved WHERE id = ?", (number,))


def _birth(pid: int) -> str:
    """When a process was started, in the kernel's ticks, so that a reused number is not mistaken for
    the process that had it; "" where there is no such process, "?" where the system does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return ""
    except OSError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass
    return "?"
