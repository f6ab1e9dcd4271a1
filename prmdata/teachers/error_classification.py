"""What can go wrong between us and an endpoint, sorted by what to do about it.

::

    TeacherError
    ├── Throttled      wait (as long as it says), then send the same again
    ├── Broken         5xx, time-out, reset, a body that is no answer: send the same again, a bounded number of times
    ├── Unsupported    the endpoint does not know a parameter: say it more plainly
    └── Refused        it cannot be said more plainly: ask whether it takes anything at all
    UsageError         bad key: nothing will ever come of it
    └── NotThere       ... unknown model, wrong address
    BudgetReached      a wait longer than a run is worth, or nobody answers any more: stop, resumable
    └── EmptyAccount   the account has no credit left

Messages carry status and the provider's code, never its text: that may quote the key or the prompt.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from prmdata.errors import BudgetReached, PrmdataError, TeacherError, UsageError
from prmdata.teachers.model_request import ModelAnswer

LONGEST_WAIT_S: Final = 900.0
"""A Retry-After beyond this stops the run (resumable) instead of sleeping."""

REFUSED: Final = "refused request"
"""What a request counts as that the endpoint refuses although it takes others like it."""
TAKES_NOTHING: Final = "it takes no request of ours; check --base-url (it usually ends in /v1) and --model"

_QUOTA: Final = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded"}
)
_TOO_LONG: Final = frozenset(
    {"context_length_exceeded", "string_above_max_length", "context_window_exceeded"}
)
_FILTERED: Final = frozenset(
    {"content_filter", "content_policy_violation", "responsible_ai_policy_violation", "invalid_prompt"}
)
_PARAMETERS: Final = (
    "response_format",
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "seed",
    "stop",
    "stream",
    "n",
)


class Throttled(TeacherError):
    """429. ``wait_s`` is what the endpoint asked for, None where it did not say."""

    def __init__(self, message: str, wait_s: float | None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Broken(TeacherError):
    """No answer, and not for a reason that lasts. ``reason`` is counted; ``is_uncertain``: the request
    may have been carried out (and billed) all the same. ``lasting``: what the answer is counted as where
    it is the same again and again ("": the endpoint's affair, and may pass)."""

    def __init__(
        self, reason: str, message: str, *, is_uncertain: bool, wait_s: float | None = None, lasting: str = ""
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.is_uncertain = is_uncertain
        self.wait_s = wait_s
        self.lasting = lasting


class NotThere(UsageError):
    """The endpoint has no such model, address, batch or file."""


class Refused(TeacherError):
    """The endpoint does not take a request even as plain as it can be said."""


class EmptyAccount(BudgetReached):
    """The account has no credit left."""


class Unsupported(TeacherError):
    """The endpoint refuses ``parameter`` ("" where it does not say which)."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


def sort_status(
    status: int, body: Any, headers: Mapping[str, str], *, host: str, model: str, is_proven: bool = False,
) -> PrmdataError | ModelAnswer:  # fmt: skip
    """What an HTTP status other than 2xx means. An :class:`ModelAnswer` without choices where the request
    itself can never be answered (too long, filtered): that is worth remembering.

    ``is_proven``: requests said like this one were answered before, so that it is not how it is said.
    """
    code, kind, parameter, text = _fields(body)
    said = f"{host} answered {status}{f' ({code or kind})' if code or kind else ''}"
    if {code, kind} & _QUOTA or status == 402:
        return EmptyAccount(
            f"{said}: the account has no credit left; add some and run the same command again"
        )
    if 300 <= status < 400:
        return UsageError(f"{said}: a redirect, which is not followed; give the right --base-url")
    if status == 429:
        return _throttled(said, headers)
    if status in (401, 403):
        return UsageError(f"{said}: the key is not accepted; set OPENAI_API_KEY to one that may use {model}")
    if {code, kind} & _TOO_LONG or status == 413:
        return ModelAnswer((), problem="context length")
    if {code, kind} & _FILTERED:
        return ModelAnswer((), problem="content filter")
    if status == 404 or code in ("model_not_found", "invalid_model") or parameter == "model":
        return NotThere(f"{said}: no such model or address; check --model {model} and --base-url")
    if status in (400, 405, 415, 422, 501):
        named = parameter if parameter in _PARAMETERS else _named(text)
        if is_proven and not named:
            return Broken(f"http_{status}", said, is_uncertain=False, lasting=REFUSED)
        return Unsupported(said, named)
    if status in (408, 409, 425) or status >= 500:
        return Broken(f"http_{status}", said, is_uncertain=False, wait_s=retry_after_s(headers))
    return UsageError(f"{said}: {TAKES_NOTHING}")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that Retry-After (or retry-after-ms) asks for: a number or an HTTP date; None where absent
    or unreadable."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) * factor
        except ValueError:
            try:
                seconds = parsedate_to_datetime(value).timestamp() - time.time()
            except (TypeError, ValueError):
                continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _throttled(said: str, headers: Mapping[str, str]) -> PrmdataError:
    wait_s = retry_after_s(headers)
    if wait_s is not None and wait_s > LONGEST_WAIT_S:
        return BudgetReached(f"{said}: it asks to wait {wait_s:.0f} s; run the same command again after that")
    return Throttled(said, wait_s)


def _fields(body: Any) -> tuple[str, str, str, str]:
    """Code, type, parameter (as short constants, else "") and text of an error body."""
    inner = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(inner, dict):
        return "", "", "", inner if isinstance(inner, str) else ""
    words = [inner.get(name) for name in ("code", "type", "param")]
    code, kind, parameter = [
        w if isinstance(w, str) and re.fullmatch(r"[\w.\[\]-]{1,60}", w) else "" for w in words
    ]
    text = inner.get("message") or inner.get("detail") or inner.get("msg") or ""
    return code, kind, parameter, text if isinstance(text, str) else str(text)


def _named(text: str) -> str:
    return next((name for name in _PARAMETERS if re.search(rf"\b{name}\b", text)), "")
