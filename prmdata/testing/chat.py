"""The faulty server's completions: who may ask, what is understood, what is answered."""

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
from prmdata.testing.forms import begun_text, going_on
from prmdata.testing.spoiling import Spoken, spoil

Thinking = Literal["", "open", "closed", "channels", "apart", "alone"]
Structured = Literal["json_schema", "json_object", "none"]
_DRAFT: Final = (
    'A first idea: {"edits": [{"step": 1, "old": "x", "new": "draft = 1", "kind": "draft"}]} or\n'
    "```python\n    return 'a draft that is wrong'  # the longest block of all, and the wrong one\n"
    "    # think again, and again, and once more, until the draft is longer than the answer\n```\nNo, that is wrong.\n"
)
_PIECE: Final = re.compile(r"\w{1,6}|[^\w\s]{1,2}|\n\s*")


@dataclass(frozen=True, slots=True)
class Manners:
    """How the server behaves where nothing goes wrong.

    ``structured``: the richest ``response_format`` it takes (others are refused with 400). ``refuses``:
    parameters it refuses. ``key``: the only key it accepts (None: any). ``models``: those it has.
    ``most_choices``: what it gives at once whatever ``n`` asks. ``skill``: the share of continuations
    that are right. ``quota``: answers until the account is empty (None: never). ``garbage``: every answer is noise.
    ``batches``: whether there are files and batches. ``completions``: whether there are plain completions.
    ``prefill``: how it is told to go on with the assistant's turn (see ``teachers/capabilities.py``; ``none``: it
    does not), and ``echoes``: whether it sends that turn back. ``stream_only``: it refuses to answer in one piece.
    ``overlong``: it says that answers took so many times the tokens they may take. ``thinks``: how it
    thinks aloud, with a wrong draft: ``open``, ``closed`` (the opening tag is in the template), ``channels``,
    ``apart`` (in a field of its own), ``alone`` (there, and nothing else).
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
    completions: bool = True
    prefill: Literal["continue", "trailing", "prefix", "none"] = "continue"
    echoes: bool = False
    stream_only: bool = False
    overlong: int = 0
    thinks: Thinking = ""


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
    if manners.stream_only and not request.get("stream"):
        raise Refusal(400, "This model only supports stream mode: enable the stream parameter.")
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
    about += [request["prompt"]] if "prompt" in request else []
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def speak(
    request: Mapping[str, Any], plan: FaultPlan, manners: Manners, references: tuple[str, ...]
) -> tuple[Spoken, str | None]:
    """What the model says, and the fault in it."""
    content = digest(request)
    n = min(int(request.get("n") or 1), manners.most_choices)
    if manners.garbage:
        noise = [hashlib.sha256(f"{content}/{at}".encode()).hexdigest() * 3 for at in range(n)]
        return Spoken(tuple(noise)), None
    begun = begun_text(request, manners.prefill)
    prompt = "" if "prompt" in request else str(request["messages"][-1]["content"])
    asked = read_prompt(prompt)
    if begun is not None:
        places = [chance(f"{plan.seed}/{content}/{at}") for at in range(n)]
        said = going_on(request, begun, references, (manners.skill, plan.seed, places))
        finish = "length" if any(one.finish == "length" for one in said) else "stop"
        echo = str(request["messages"][-1]["content"]) if manners.echoes and "prompt" not in request else ""
        spoken = Spoken(tuple(echo + one.texts[0] for one in said), finish)
    elif asked is not None:
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


def body_of(request: Mapping[str, Any], spoken: Spoken, manners: Manners) -> dict[str, Any]:
    """A chat completion as JSON, with the server's own count of tokens."""
    is_raw = "prompt" in request
    choices = [
        {"index": at, "finish_reason": spoken.finish}
        | ({"text": text} if is_raw else {"message": _message(text, spoken, manners)})
        for at, text in enumerate(spoken.texts)
    ]
    body: dict[str, Any] = {
        "id": f"chatcmpl-{digest(request)[:12]}",
        "object": "text_completion" if is_raw else "chat.completion",
        "created": 0,
        "model": request.get("model"),
        "choices": choices,
    }
    if spoken.is_counted:
        messages = [{"content": request["prompt"]}] if is_raw else request["messages"]
        prompt = sum(count_pieces(str(one["content"])) + 4 for one in messages)
        said = sum(count_pieces(text) for text in spoken.texts)
        if manners.overlong and "max_tokens" not in request:
            said = manners.overlong * int(request.get("max_completion_tokens") or 100)
        body["usage"] = {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said}
    return body


def _message(text: str, spoken: Spoken, manners: Manners) -> dict[str, Any]:
    """An assistant's message, with what the model thought on the way."""
    said: str | None = text or None
    thoughts: dict[str, str] = {}
    if said and manners.thinks == "open":
        said = f"<think>\n{_DRAFT}</think>\n\n{said}"
    elif said and manners.thinks == "closed":
        said = f"{_DRAFT}</think>\n\n{said}"
    elif said and manners.thinks == "channels":
        said = f"<|channel|>analysis<|message|>{_DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{said}"
    elif manners.thinks == "apart":
        thoughts = {"reasoning_content": _DRAFT}
    elif manners.thinks == "alone":
        said, thoughts = None, {"reasoning_content": _DRAFT + text}
    return {"role": "assistant", "content": said, "refusal": spoken.refusal, **thoughts}


def as_events(body: Mapping[str, Any]) -> bytes:
    """A body as the event stream that it comes as piece by piece."""
    events: list[Any] = []
    for choice in body["choices"]:
        part = {"index": choice["index"], "finish_reason": None}
        text = choice.get("text") or (choice.get("message") or {}).get("content") or ""
        for at in range(0, len(text), 40):
            piece = text[at : at + 40]
            said = {"text": piece} if "text" in choice else {"delta": {"content": piece}}
            events.append({"choices": [part | said]})
        events.append({"choices": [part | {"delta": {}, "finish_reason": choice["finish_reason"]}]})
    events.append({"choices": [], "usage": body.get("usage")})
    lines = [": keep-alive", *(f"data: {json.dumps(event)}" for event in events), "data: [DONE]", ""]
    return "\n\n".join(lines).encode()


def count_pieces(text: str) -> int:
    """Tokens as this server counts them (made on purpose unlike the client's estimate)."""
    return len(_PIECE.findall(text))
