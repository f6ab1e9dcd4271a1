"""What an endpoint understands, found out once by asking and remembered.

The first request is sent as richly as the API allows. Where the endpoint refuses a parameter, the next
request does without it; a refusal that names none gives up the richest that is left.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from prmdata.teachers.model_request import EDIT_SCHEMA, ModelQuestion

Structure = Literal["json_schema", "json_object", "text"]
_NEXT: Final[dict[Structure, Structure]] = {
    "json_schema": "json_object",
    "json_object": "text",
    "text": "text",
}
LEARNT_AS: Final = "dialect"
"""The name under which stores of 0.1.0 keep the capabilities of an endpoint."""
_JSON_SCHEMA: Final = {"name": "edits", "strict": True, "schema": EDIT_SCHEMA}


@dataclass(frozen=True, slots=True)
class EndpointCapabilities:
    """Which parameters to send. ``is_proven_*``: a request of that sort was answered, so that requests
    need no longer go one by one."""

    structure: Structure = "json_schema"
    tokens: Literal["max_completion_tokens", "max_tokens", ""] = "max_completion_tokens"
    temperature: bool = True
    seed: bool = True
    n: bool = True
    is_proven_structured: bool = False
    is_proven_plain: bool = False

    def parameters(self, question: ModelQuestion) -> dict[str, Any]:
        """The parameters of one request, beside model and messages."""
        found: dict[str, Any] = {}
        if self.tokens:
            found[self.tokens] = question.max_tokens
        if self.temperature:
            found["temperature"] = question.temperature
        if self.seed:
            found["seed"] = question.seed
        if self.n and question.n > 1:
            found["n"] = question.n
        if question.structured and self.structure == "json_schema":
            found["response_format"] = {"type": "json_schema", "json_schema": _JSON_SCHEMA}
        elif question.structured and self.structure == "json_object":
            found["response_format"] = {"type": "json_object"}
        return found

    def is_proven(self, question: ModelQuestion) -> bool:
        """Whether a request like this was answered before."""
        return self.is_proven_structured if question.structured else self.is_proven_plain

    def proven(self, question: ModelQuestion) -> EndpointCapabilities:
        """These capabilities, after a request like this was answered."""
        if question.structured:
            return replace(self, is_proven_structured=True)
        return replace(self, is_proven_plain=True)

    def without(self, parameter: str, question: ModelQuestion) -> EndpointCapabilities | None:
        """Fewer capabilities after a refusal of ``parameter`` ("": not said which); None where the
        request cannot be said more plainly."""
        sent = self.parameters(question)
        order = ["response_format", "n", "seed", "max_completion_tokens", "temperature", "max_tokens"]
        for name in [parameter, *order] if parameter in sent else order:
            if name not in sent:
                continue
            if name == "response_format":
                return replace(self, structure=_NEXT[self.structure])
            if name == "max_completion_tokens":
                return replace(self, tokens="max_tokens")
            if name == "max_tokens":
                return replace(self, tokens="")
            if name == "temperature":
                return replace(self, temperature=False)
            return replace(self, seed=False) if name == "seed" else replace(self, n=False)
        return None

    def to_plain(self) -> dict[str, Any]:
        """As remembered on disk."""
        return asdict(self)
