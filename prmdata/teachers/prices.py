"""What tokens cost, from a small table that the user can extend. A price that is not in it is unknown:
never zero."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from prmdata.errors import InputError

NANO = 1_000_000_000
"""Money is counted in whole billionths of a dollar, so that sums are exact."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; ``batch`` is the share of it that a batch costs."""

    input: float
    output: float
    batch: float = 1.0

    def nano_usd(self, prompt_tokens: int, completion_tokens: int, *, is_batch: bool = False) -> int:
        """The cost of one answer, rounded up to a billionth of a dollar."""
        share = self.batch if is_batch else 1.0
        # dollars per million tokens are thousands of nano-dollars per token
        return -int(-(self.input * prompt_tokens + self.output * completion_tokens) * 1000 * share // 1)


def find_price(model: str, host: str, extra: Path | None = None) -> Price | None:
    """The price of ``model`` at ``host`` (no port), or None. A dated version (``-2025-04-14``) costs what its model costs.

    Raises InputError for a table that cannot be read.
    """
    tables = [_read(Path(__file__).with_name("prices.toml"))]
    if extra is not None:
        tables.append(_read(extra))
    found: Price | None = None
    for row in (row for table in tables for row in table):
        if fnmatchcase(host, row["host"]) and _names(row["model"], model):
            found = Price(float(row["input"]), float(row["output"]), float(row.get("batch", 1.0)))
    return found


def _names(pattern: str, model: str) -> bool:
    undated = re.sub(r"-\d{4}-?\d{2}-?\d{2}$", "", model)
    return fnmatchcase(model, pattern) or fnmatchcase(undated, pattern)


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(str(path), f"no table of prices: {error}") from None
    rows = table.get("price")
    if not isinstance(rows, list):
        raise InputError(
            str(path), "no table of prices: write [[price]] tables with host, model, input and output"
        )
    for number, row in enumerate(rows, 1):
        numbers = [row.get("input"), row.get("output"), row.get("batch", 1.0)]
        if not all(
            isinstance(one, int | float) and not isinstance(one, bool) and one >= 0 for one in numbers
        ):
            raise InputError(
                str(path), f"[[price]] number {number}: input, output and batch are numbers of 0 or more"
            )
        if not all(isinstance(row.get(key), str) for key in ("host", "model")):
            raise InputError(str(path), f"[[price]] number {number}: host and model are strings")
    return rows
