"""What the files of a batch hold: one line an answer or an error, in any order, perhaps torn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from prmdata.errors import BudgetReached, PrmdataError
from prmdata.teachers.answer_body import read_body
from prmdata.teachers.batch_state import BatchLine
from prmdata.teachers.endpoint import Endpoint
from prmdata.teachers.error_classification import Broken, sort_status
from prmdata.teachers.model_request import ModelAnswer
from prmdata.teachers.tokens import estimate_tokens

_QUOTA: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})


def answer_in(row: dict[str, Any], line: BatchLine, endpoint: Endpoint) -> ModelAnswer | None:
    """The answer in one line of an output or error file; None where it holds none (ask again)."""
    response = row.get("response")
    if not isinstance(response, dict):
        return None
    status, body = response.get("status_code"), response.get("body")
    if status == 200:
        try:
            answer = read_body(json.dumps(body), endpoint.host)
        except PrmdataError:
            return None
    else:
        code = status if isinstance(status, int) else 500
        found = sort_status(code, body, {}, host=endpoint.host, model=endpoint.model, is_proven=True)
        if isinstance(found, Broken) and found.lasting:
            found = ModelAnswer((), problem=found.lasting)
        if not isinstance(found, ModelAnswer):
            return None
        answer = found
    if answer.is_counted:
        return answer
    spoken = sum(estimate_tokens(choice.text) for choice in answer.choices)
    return ModelAnswer(answer.choices, line.prompt_tokens, spoken, is_counted=False, problem=answer.problem)


def rows_of(content: bytes) -> Iterator[dict[str, Any]]:
    """The lines that are JSON objects."""
    for line in content.split(b"\n"):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def lasting_error(batch: dict[str, Any]) -> PrmdataError | None:
    """Why a batch that failed as a whole need not be tried again; None where it may."""
    errors = batch.get("errors")
    data = errors.get("data") if isinstance(errors, dict) else None
    codes = {str(one.get("code")) for one in data or () if isinstance(one, dict)}
    if codes & _QUOTA:
        return BudgetReached("the account has no credit left; add some and run the same command again")
    return None
