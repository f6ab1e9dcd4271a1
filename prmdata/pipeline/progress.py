"""Progress that is honest: problems, programs a second, labels, what was unusable, money, time left.

On a terminal a tqdm bar; elsewhere a plain line with a timestamp every ten seconds; with
``--log-json`` one JSON object a line. All of it goes to stderr.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from tqdm import tqdm

EVERY_S = 10.0

Style = Literal["bar", "lines", "json", "silent"]


def style_for(log_json: bool) -> Style:
    """How this process should speak."""
    if log_json:
        return "json"
    return "bar" if sys.stderr.isatty() else "lines"


class Progress:
    """Counts what was done and says so. ``spent`` gives the teacher's figures, where there is one."""

    def __init__(
        self, total: int | None, style: Style, spent: Callable[[], dict[str, Any]] | None = None
    ) -> None:
        self.total = total
        self.problems = 0
        self.resumed = 0
        self.programs = 0
        self.verdicts: Counter[str] = Counter()
        self.unusable: Counter[str] = Counter()
        self._style = style
        self._spent = spent or dict
        self._began = time.monotonic()
        self._said = self._began
        self._bar = tqdm(
            total=total, unit="problem", disable=style != "bar", file=sys.stderr, dynamic_ncols=True
        )

    def resume(self) -> None:
        """One wanted problem was finished before this run."""
        self.problems += 1
        self.resumed += 1
        self._bar.update(1)

    def finish(self, outcome: dict[str, Any]) -> None:
        """One problem is done."""
        self.problems += 1
        self.programs += len(outcome["rows"])
        self.verdicts.update(row["verdict"] for row in outcome["rows"])
        self.unusable.update(outcome["unusable"])
        self._bar.update(1)
        self._speak(final=False)

    def close(self) -> None:
        """Say the last figures."""
        self._speak(final=True)
        self._bar.close()

    def figures(self) -> dict[str, Any]:
        """What is known now, JSON-able; rates are of this run only."""
        took = max(time.monotonic() - self._began, 1e-9)
        done = self.problems - self.resumed
        left = None if self.total is None or not done else (self.total - self.problems) * took / done
        return {
            "problems": self.problems,
            "problems_total": self.total,
            "problems_resumed": self.resumed,
            "programs": self.programs,
            "programs_per_s": round(self.programs / took, 1),
            "passed": self.verdicts["passed"],
            "failed": sum(self.verdicts.values()) - self.verdicts["passed"],
            "unusable": dict(sorted(self.unusable.items())),
            "elapsed_s": round(took, 1),
            "eta_s": None if left is None else round(left, 1),
            **self._spent(),
        }

    def _speak(self, *, final: bool) -> None:
        now = time.monotonic()
        if self._style == "silent" or (
            not final and now - self._said < (0.5 if self._style == "bar" else EVERY_S)
        ):
            return
        self._said = now
        figures = self.figures()
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        if self._style == "json":
            print(json.dumps({"time": stamp, "event": "progress", **figures}), file=sys.stderr, flush=True)
        elif self._style == "bar":
            self._bar.set_postfix_str(_line(figures), refresh=True)
        else:
            of = f"/{figures['problems_total']}" if figures["problems_total"] else ""
            eta = "" if figures["eta_s"] is None else f", {figures['eta_s']:.0f} s left"
            print(
                f"{stamp} {figures['problems']}{of} problems, {_line(figures)}{eta}",
                file=sys.stderr,
                flush=True,
            )


def _line(figures: dict[str, Any]) -> str:
    parts = [
        f"{figures['programs']} programs ({figures['programs_per_s']}/s)",
        f"{figures['passed']} pass, {figures['failed']} fail",
    ]
    if figures.get("requests"):
        money = figures.get("cost_usd")
        cost = "price unknown" if money is None else f"${money:.4f}"
        parts.append(f"{figures['requests']} requests, {figures.get('tokens', 0)} tokens, {cost}")
    if figures["unusable"]:
        parts.append("unusable: " + ", ".join(f"{k} {v}" for k, v in figures["unusable"].items()))
    return "; ".join(parts)
