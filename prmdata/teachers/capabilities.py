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
PrefillVariant = Literal["", "continue", "trailing", "prefix"]
"""How an endpoint is told to go on with the assistant's turn: by vLLM's ``continue_final_message``, by
nothing but that the turn is the last (llama.cpp, Ollama), by ``prefix`` in the message (Mistral, DeepSeek)."""
_STOPS: Final = {16: 4, 4: 0}
"""Fewer stops after a refusal: OpenAI takes four."""
LEARNT_AS: Final = "dialect"
"""The name under which stores of 0.1.0 keep the capabilities of an endpoint."""
_SLACK: Final = 16
"""Tokens by which servers count differently: role markers, an end token for each choice."""
_JSON_SCHEMA: Final = {"name": "edits", "strict": True, "schema": EDIT_SCHEMA}


@dataclass(frozen=True, slots=True)
class EndpointCapabilities:
    """Which parameters to send. ``is_proven_*``: a request of that sort was answered, so that requests
    need no longer go one by one. ``stream``: answers come as event streams only. ``overrun``: how many times
    the tokens that a question allows an answer took, where the endpoint ignores the limit."""

    structure: Structure = "json_schema"
    tokens: Literal["max_completion_tokens", "max_tokens", ""] = "max_completion_tokens"
    temperature: bool = True
    seed: bool = True
    n: bool = True
    is_proven_structured: bool = False
    is_proven_plain: bool = False
    is_proven_prefill: bool = False
    is_proven_raw: bool = False
    stops: int = 16
    stream: bool = False
    prefill: PrefillVariant = ""
    overrun: float = 1.0

    def parameters(self, question: ModelQuestion) -> dict[str, Any]:
        """The parameters of one request, beside model and messages."""
        found: dict[str, Any] = {}
        if self.tokens:  # plain completions never learnt the newer name
            found["max_tokens" if question.form == "raw" else self.tokens] = question.max_tokens
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
        if question.stop and self.stops:
            found["stop"] = list(question.stop[: self.stops])
        if question.form == "prefill" and self.prefill == "continue":
            found |= {"continue_final_message": True, "add_generation_prompt": False}
        if self.stream:
            found |= {"stream": True, "stream_options": {"include_usage": True}}
        return found

    def is_proven(self, question: ModelQuestion) -> bool:
        """Whether a request like this was answered before."""
        return bool(getattr(self, _proof_of(question)))

    def proven(self, question: ModelQuestion) -> EndpointCapabilities:
        """These capabilities, after a request like this was answered."""
        return replace(self, **{_proof_of(question): True})  # type: ignore[arg-type]

    def without(self, parameter: str, question: ModelQuestion) -> EndpointCapabilities | None:
        """Fewer capabilities after a refusal of ``parameter`` ("": not said which); None where the
        request cannot be said more plainly."""
        if parameter == "stream" and not self.stream:
            return replace(self, stream=True)
        sent = self.parameters(question)
        order = ["response_format", "n", "seed", "max_completion_tokens", "temperature", "stop", "max_tokens"]
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
            if name == "stop":
                return replace(self, stops=_STOPS.get(self.stops, 0))
            return replace(self, seed=False) if name == "seed" else replace(self, n=False)
        return None

    def overrun_by(self, allowed: int, took: int) -> EndpointCapabilities | None:
        """What an answer of ``took`` tokens says where ``allowed`` were; None where it kept the limit."""
        if took <= allowed + _SLACK:
            return None
        if self.tokens == "max_completion_tokens":  # some servers know only the older name
            return replace(self, tokens="max_tokens")
        return replace(self, overrun=max(self.overrun, took / allowed))

    def to_plain(self) -> dict[str, Any]:
        """As remembered on disk."""
        return asdict(self)


def _proof_of(question: ModelQuestion) -> str:
    if question.form != "chat":
        return f"is_proven_{question.form}"
    return "is_proven_structured" if question.structured else "is_proven_plain"
