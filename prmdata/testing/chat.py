"""The faulty server's ``/chat/completions``: who may ask, what is understood, what is answered."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from prmdata.testing.actor import Asked, continuation, edits_for, read_prompt
from prmdata.testing.faults import FaultPlan, chance
from prmdata.testing.spoiling import Spoken, spoil

Structured = Literal["json_schema", "json_object", "none"]
_PIECE: Final = re.compile(r"\w{1,6}|[^\w\s]{1,2}|\n\s*")


@dataclass(frozen=True, slots=True)
class Manners:
    """How the server behaves where nothing goes wrong.

    ``structured``: the richest ``response_format`` it takes (others are refused with 400). ``refuses``:
    parameters it refuses. ``key``: the only key it accepts (None: any). ``models``: those it has.
    ``most_choices``: what it gives at once whatever ``n`` asks. ``skill``: the share of continuations
    that are right. ``quota``: answers until the account is empty (None: never). ``garbage``: every answer is noise.
    ``batches``: whether there are files and batches.
    """

    structured: Structured = "json_schema"
    refuses: tuple[str, ...] = ()
    key: str | None = None
    models: tuple[str, ...] = ("faulty-1",)
    most_choices: int = 128
    skill: float = 0.7
    quota: int | None = None
    garbage: bool = False
    batches: bool = True


class Refusal(Exception):
    """A request is answered with an error: status and body."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        kind = "invalid_request_error" if status == 400 else code
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


def check(request: Mapping[str, Any], authorization: str, manners: Manners) -> None:
    """Raise a Refusal for what this server does not take."""
    if manners.key is not None and authorization != f"Bearer {manners.key}":
        raise Refusal(401, "Incorrect API key provided.", "invalid_api_key")
    if request.get("model") not in manners.models:
        raise Refusal(404, "The model does not exist.", "model_not_found", "model")
    for name in manners.refuses:
        if name in request:
            raise Refusal(400, f"Unsupported parameter: '{name}'.", "unsupported_parameter", name)
    wanted = (request.get("response_format") or {}).get("type")
    takes = {"json_schema": ("json_schema", "json_object"), "json_object": ("json_object",), "none": ()}
    if wanted is not None and wanted not in takes[manners.structured]:
        raise Refusal(400, f"response_format of type {wanted} is not supported.", None, None)


def digest(request: Mapping[str, Any]) -> str:
    """What a request is about, whatever parameters it is sent with."""
    about = [request.get("model"), request.get("messages"), request.get("seed"), request.get("n", 1)]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def speak(
    request: Mapping[str, Any], plan: FaultPlan, manners: Manners, references: tuple[str, ...]
) -> tuple[Spoken, str | None]:
    """What the model says, and the fault in it."""
    content = digest(request)
    prompt = str(request["messages"][-1]["content"])
    n = min(int(request.get("n") or 1), manners.most_choices)
    if manners.garbage:
        noise = [hashlib.sha256(f"{content}/{at}".encode()).hexdigest() * 3 for at in range(n)]
        return Spoken(tuple(noise)), None
    asked = read_prompt(prompt)
    if asked is not None:
        spoken = Spoken((_said(asked, plan.seed),) * n)
    else:
        places = [chance(f"{plan.seed}/{content}/{at}") for at in range(n)]
        rests = [continuation(prompt, references, manners.skill, plan.seed, place) for place in places]
        spoken = Spoken(tuple(f"```python\n{rest}```" for rest in rests))
    fault = plan.content(content)
    return (spoil(spoken, fault), fault) if fault else (spoken, None)


@lru_cache(maxsize=10_000)
def _said(asked: Asked, seed: int) -> str:
    return json.dumps(edits_for(asked, seed))


def body_of(request: Mapping[str, Any], spoken: Spoken) -> dict[str, Any]:
    """A chat completion as JSON, with the server's own count of tokens."""
    choices = [
        {
            "index": at,
            "message": {"role": "assistant", "content": text or None, "refusal": spoken.refusal},
            "finish_reason": spoken.finish,
        }
        for at, text in enumerate(spoken.texts)
    ]
    body: dict[str, Any] = {
        "id": f"chatcmpl-{digest(request)[:12]}",
        "object": "chat.completion",
        "created": 0,
        "model": request.get("model"),
        "choices": choices,
    }
    if spoken.is_counted:
        prompt = sum(count_pieces(str(one["content"])) + 4 for one in request["messages"])
        said = sum(count_pieces(text) for text in spoken.texts)
        body["usage"] = {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said}
    return body


def count_pieces(text: str) -> int:
    """Tokens as this server counts them (made on purpose unlike the client's estimate)."""
    return len(_PIECE.findall(text))
