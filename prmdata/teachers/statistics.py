"""Counts of one run, for the live line and the manifest: what was asked, what it cost, what could be used."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from prmdata.teachers.model_request import ModelAnswer
from prmdata.teachers.prices import NANO


@dataclass(slots=True)
class TeacherStats:
    """Counts of this process. ``sent`` are HTTP requests, retries included; ``answered`` those that came
    back with an answer; ``replayed`` questions whose answer was on disk; ``overruns`` answers longer than they
    were allowed to be."""

    sent: int = 0
    answered: int = 0
    replayed: int = 0
    overruns: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    nano_usd: int = 0
    is_priced: bool = False
    usable: int = 0
    unusable: Counter[str] = field(default_factory=Counter)
    retries: Counter[str] = field(default_factory=Counter)

    def paid(self, answer: ModelAnswer, nano_usd: int) -> None:
        """An answer came back and cost this much."""
        self.answered += 1
        self.prompt_tokens += answer.prompt_tokens
        self.completion_tokens += answer.completion_tokens
        self.nano_usd += nano_usd

    def to_plain(self) -> dict[str, Any]:
        """As the contract's ``statistics``."""
        return {
            "requests": self.sent,
            "answered": self.answered,
            "replayed": self.replayed,
            "overruns": self.overruns,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "tokens": self.prompt_tokens + self.completion_tokens,
            "cost_usd": self.nano_usd / NANO if self.is_priced else None,
            "usable": self.usable,
            "unusable": dict(sorted(self.unusable.items())),
            "retries": dict(sorted(self.retries.items())),
        }

    def line(self) -> str:
        """One short line: requests, tokens, money, usable and not."""
        money = f"${self.nano_usd / NANO:.4f}" if self.is_priced else "price unknown"
        tokens = f"{_short(self.prompt_tokens)}+{_short(self.completion_tokens)} tokens"
        lost = self.unusable.total()
        why = ", ".join(f"{reason} {count}" for reason, count in self.unusable.most_common(3))
        return (
            f"teacher: {self.answered} answers ({self.replayed} from disk), {tokens}, {money}, "
            f"{self.usable} usable, {lost} not{f' ({why})' if why else ''}"
        )


def _short(count: int) -> str:
    if count < 10_000:
        return str(count)
    return f"{count / 1000:.0f}k" if count < 10_000_000 else f"{count / 1_000_000:.1f}M"
