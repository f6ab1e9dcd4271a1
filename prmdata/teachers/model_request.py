"""What is sent and what comes back, as plain values: a question's key is a digest of everything that
could change its answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final, Literal

CompletionForm = Literal["chat", "prefill", "raw"]
"""How a model is asked to go on with a prefix. ``chat``: a user's turn asks for the rest. ``prefill``: the
assistant's own turn has begun with it. ``raw``: the prefix is the end of a plain text."""

EDIT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "edits": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "step": {"type": "integer"},
                    "old": {"type": "string"},
                    "new": {"type": "string"},
                    "kind": {"type": "string"},
                },
                "required": ["step", "old", "new", "kind"],
                "additionalProperties": False,
            },
        },
        "skip": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["edits", "skip"],
    "additionalProperties": False,
}
"""The shape asked of endpoints with structured output (every property required: strict mode demands it)."""


@dataclass(frozen=True, slots=True)
class ModelQuestion:
    """One request, without what depends on the endpoint's capabilities. ``structured``: the answer should follow
    :data:`EDIT_SCHEMA`. ``attempt`` distinguishes questions that are otherwise alike. ``beginning`` is what the
    assistant has said already (``prefill``); with ``raw``, ``user`` is the whole text and ``system`` empty.
    ``stop``: texts before which an answer may end, the most useful first."""

    system: str
    user: str
    temperature: float
    max_tokens: int
    n: int = 1
    seed: int = 0
    attempt: int = 0
    structured: bool = True
    form: CompletionForm = "chat"
    beginning: str = ""
    stop: tuple[str, ...] = ()

    def key(self, model: str, endpoint: str) -> str:
        """Hex SHA-256 over model, endpoint, both prompt texts, sampling and attempt. The capabilities (whether
        the endpoint takes a schema) is left out: finding it out must not pay for an answer again."""
        parts: list[Any] = [
            model, endpoint, self.system, self.user, self.temperature, self.max_tokens,
            self.n, self.seed, self.attempt, self.structured,
        ]  # fmt: skip
        if self.form != "chat":  # keys of recordings of chats stay what they are
            parts += [self.form, self.beginning, self.stop]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One sampled text and why it ended (``stop``, ``length``, ``content filter`` ...)."""

    text: str
    finish: str = "stop"
    refused: bool = False


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """An endpoint's answer. ``problem`` says why there are no choices (``content filter``,
    ``context length``); ``is_counted`` whether the endpoint itself counted the tokens."""

    choices: tuple[ModelChoice, ...]
    prompt_tokens: int = 0
    completion_tokens: int = 0
    is_counted: bool = True
    problem: str = ""

    def to_json(self) -> str:
        """As stored; :meth:`from_json` gives back an equal answer."""
        choices = [[c.text, c.finish, c.refused] for c in self.choices]
        tokens = [self.prompt_tokens, self.completion_tokens, self.is_counted]
        return json.dumps([choices, tokens, self.problem])

    @classmethod
    def from_json(cls, text: str) -> ModelAnswer:
        """The answer that was stored as ``text``."""
        choices, tokens, problem = json.loads(text)
        prompt_tokens, completion_tokens, is_counted = tokens
        read = tuple(ModelChoice(*one) for one in choices)
        return cls(read, prompt_tokens, completion_tokens, is_counted, problem)
