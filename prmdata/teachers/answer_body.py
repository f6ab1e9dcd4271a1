"""The body of an answer, in the spellings of the servers that there are: JSON, JSON after lines that keep a
connection alive, an event stream that nobody asked for, an error with status 200."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from prmdata.errors import PrmdataError
from prmdata.teachers.error_classification import Broken, sort_status
from prmdata.teachers.model_request import ModelAnswer, ModelChoice

ONLY_THOUGHTS: Final = "only thoughts"
"""How a choice ended that has thoughts and no answer: a draft is not taken for one."""
TOOL_CALL: Final = "tool call"
"""How a choice ended whose text is the argument of the one tool that it calls."""
_THOUGHTS: Final = ("reasoning_content", "reasoning", "thinking")


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")
    content: str | list[Any] | None = None
    refusal: str | None = None
    tool_calls: list[Any] | None = None


class _Choice(BaseModel):
    """``text`` stands in place of a message in a plain completion, and on some servers in a chat."""

    model_config = ConfigDict(extra="ignore")
    message: _Message | None = None
    text: str | None = None
    finish_reason: str | None = None

    @model_validator(mode="after")
    def _has_content(self) -> _Choice:
        if self.message is None and self.text is None:
            raise ValueError("a choice without message and text")
        return self


class _Usage(BaseModel):
    model_config = ConfigDict(extra="ignore")
    prompt_tokens: int
    completion_tokens: int = 0


class _Completion(BaseModel):
    model_config = ConfigDict(extra="ignore")
    choices: list[_Choice]


def read_body(body: bytes | str, host: str) -> ModelAnswer:
    """The body of a completion, as far as it is one; Broken where it is not. Missing usage is left
    at zero with ``is_counted`` False."""
    data: Any = None
    try:
        data = _data_of(body)
        completion = _Completion.model_validate(data)
    except (ValueError, RecursionError, ValidationError):
        found = _error_inside(data, host)
        if found is not None:
            raise found from None
        said = f"{host} answered with a body that is no chat completion"
        raise Broken("malformed", said, is_uncertain=True, lasting="malformed body") from None
    choices = tuple(_read_choice(one) for one in completion.choices)
    if choices and all(choice.finish == "error" for choice in choices):
        # A router's upstream failed on the way (OpenRouter says so in each choice).
        raise _error_inside(data["choices"][0], host) or Broken(
            "http_502", f"{host} answered with an error in place of a choice", is_uncertain=True
        )
    try:
        usage: _Usage | None = _Usage.model_validate(data.get("usage"))
    except ValidationError:
        usage = None
    if usage is None or usage.prompt_tokens < 0 or usage.completion_tokens < 0:
        return ModelAnswer(choices, is_counted=False)
    return ModelAnswer(choices, usage.prompt_tokens, usage.completion_tokens)


def _data_of(body: bytes | str) -> Any:
    """The JSON of a body. ValueError where there is none."""
    text = body.decode() if isinstance(body, bytes) else body
    try:
        return json.loads(text)
    except ValueError:
        lines = [line.strip() for line in text.split("\n")]
    events = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    if events:
        return _joined([json.loads(event) for event in events if event != "[DONE]"])
    # Lines that begin with a colon are the comments of an event stream, sent to keep a connection alive.
    return json.loads("\n".join(line for line in lines if not line.startswith(":")))


def _joined(chunks: list[Any]) -> dict[str, Any]:
    """The chunks of an event stream as the body that would have come in one piece."""
    choices: dict[int, dict[str, Any]] = {}
    usage: Any = None
    for chunk in (chunk for chunk in chunks if isinstance(chunk, dict)):
        if chunk.get("error"):
            return chunk
        usage = chunk.get("usage") or usage
        for part in _parts(chunk):
            at = part.get("index")
            choice = choices.setdefault(
                at if isinstance(at, int) else 0, {"message": {}, "finish_reason": None}
            )
            choice["finish_reason"] = part.get("finish_reason") or choice["finish_reason"]
            delta = part.get("delta") or part.get("message") or {"content": part.get("text")}
            for name, piece in delta.items() if isinstance(delta, dict) else ():
                if isinstance(piece, str):
                    choice["message"][name] = choice["message"].get(name, "") + piece
    if not choices or any(one["finish_reason"] is None for one in choices.values()):
        raise ValueError("a stream that broke off")
    return {"choices": [choices[at] for at in sorted(choices)], "usage": usage}


def _parts(chunk: dict[str, Any]) -> Iterator[dict[str, Any]]:
    found = chunk.get("choices")
    for part in found if isinstance(found, list) else ():
        if isinstance(part, dict):
            yield part


def _error_inside(data: Any, host: str) -> PrmdataError | None:
    """The error that some routers and servers send with status 200; None where there is none."""
    if not isinstance(data, dict):
        return None
    error = data.get("error")
    if not error and data.get("object") != "error":
        return None
    code = error.get("code") if isinstance(error, dict) else data.get("code")
    text = str(code)
    status = int(text) if text.isdecimal() and 400 <= int(text) < 600 else 500
    found = sort_status(status, data, {}, host=host, model="the model", is_proven=True)
    return found if isinstance(found, PrmdataError) else None


def _read_choice(choice: _Choice) -> ModelChoice:
    finish = choice.finish_reason or "stop"
    message = choice.message
    if message is None:
        return ModelChoice(choice.text or "", finish)
    content = message.content
    if isinstance(content, list):  # parts, as some servers send them
        content = "".join(
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    if content or message.refusal:
        return ModelChoice(content or "", finish, bool(message.refusal))
    arguments = _arguments(message.tool_calls or [])
    if arguments:
        return ModelChoice(arguments, TOOL_CALL)
    has_thoughts = any((message.model_extra or {}).get(name) for name in _THOUGHTS)
    if has_thoughts and finish not in ("length", "max_tokens", "content_filter"):
        return ModelChoice("", ONLY_THOUGHTS)
    return ModelChoice(choice.text or "", finish)


def _arguments(calls: list[Any]) -> str:
    """The argument of the one tool that is called: some servers put structured output there."""
    if len(calls) != 1 or not isinstance(calls[0], dict):
        return ""
    function = calls[0].get("function")
    arguments = function.get("arguments") if isinstance(function, dict) else None
    return arguments if isinstance(arguments, str) else ""
