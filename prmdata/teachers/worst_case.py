"""The most that a question can take: what is reserved before it is sent, so that caps hold in flight."""

from __future__ import annotations

import math

from prmdata.teachers.model_request import ModelQuestion
from prmdata.teachers.prices import Price
from prmdata.teachers.tokens import MESSAGE, estimate_tokens


def prompt_tokens(question: ModelQuestion) -> int:
    """Tokens of a question's prompt, estimated."""
    texts = (question.system, question.user, question.beginning)
    return sum(estimate_tokens(text) for text in texts) + 2 * MESSAGE


def worst_case(
    question: ModelQuestion, price: Price | None, *, is_batch: bool = False, overrun: float = 1.0
) -> tuple[int, int]:
    """The most tokens and money (nano-dollars) that one question can take. A tenth is added to the prompt,
    whose estimate may be a little low; answers end at ``max_tokens``, or at ``overrun`` times that where the
    endpoint was seen to ignore it."""
    prompt = prompt_tokens(question) * 11 // 10
    completion = math.ceil(question.max_tokens * question.n * overrun)
    cost = price.nano_usd(prompt, completion, is_batch=is_batch) if price else 0
    return prompt + completion, cost
