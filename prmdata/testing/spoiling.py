"""How each fault of content looks: a good answer in, what a model might send instead out."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Spoken:
    """What goes into the body of a chat completion. ``is_counted``: whether usage is sent."""

    texts: tuple[str, ...]
    finish: str = "stop"
    refusal: str | None = None
    is_counted: bool = True


def spoil(spoken: Spoken, fault: str) -> Spoken:
    """``spoken`` with one fault of :data:`prmdata.testing.faults.CONTENT`."""
    if fault == "no_usage":
        return replace(spoken, is_counted=False)
    if fault == "no_choices":
        return replace(spoken, texts=())
    if fault == "refusal":
        return Spoken(tuple("" for _ in spoken.texts), refusal="I'm sorry, I can't help with that.")
    if fault == "content_filter":
        return Spoken(tuple("" for _ in spoken.texts), finish="content_filter")
    if fault == "truncated":
        return replace(
            spoken, texts=tuple(text[: len(text) * 3 // 5] for text in spoken.texts), finish="length"
        )
    return replace(spoken, texts=tuple(_spoiled(text, fault) for text in spoken.texts))


_CURLY = str.maketrans({"'": "\u2019", '"': "\u201d"})


def _spoiled(text: str, fault: str) -> str:
    if fault == "empty":
        return ""
    if fault == "prose":
        return f"Sure! Here is what you asked for.\n\n{text}\n\nLet me know if you need anything else."
    if fault == "fences":
        return f"```json\n{text}\n```" if text.startswith("{") else text.replace("```python\n", "```\n")
    try:
        answer = json.loads(text)
    except ValueError:
        return text[::-1] if fault == "malformed_json" else text
    if fault == "malformed_json":
        return text.replace('"edits": [', '"edits": [[[}', 1).replace('"new":', '"new" "')
    if fault == "single_quotes":
        return str(answer).replace("}]", "},]")
    if fault == "crlf":
        answer["edits"] = [{**edit, "new": edit["new"].replace("\n", "\r\n")} for edit in answer["edits"]]
        return json.dumps(answer, indent=1).replace("\n", "\r\n")
    answer["edits"] = _spoiled_edits(answer["edits"], fault)
    return json.dumps(answer)


def _spoiled_edits(edits: list[dict[str, Any]], fault: str) -> list[Any]:
    if fault == "wrong_steps":
        return [{**edit, "step": edit["step"] + 1 + at % 3} for at, edit in enumerate(edits)]
    if fault == "wrong_types":
        return [
            {**edit, "step": f"step {edit['step']}"} if at % 2 else {**edit, "new": 7}
            for at, edit in enumerate(edits)
        ]
    if fault == "extra_edits":
        return [*edits, *({**edit, "step": 0, "old": "import os", "new": "import sys"} for edit in edits[:2])]
    if fault == "duplicates":
        return [edit for edit in edits for _ in range(2)]
    if fault == "curly_quotes":
        return [
            {**edit, "old": edit["old"].translate(_CURLY), "new": edit["new"].translate(_CURLY)}
            for edit in edits
        ]
    if fault == "dedented":
        return [{**edit, "new": edit["new"].strip(), "old": edit["old"].strip()} for edit in edits]
    if fault == "no_op":
        return [{**edit, "new": edit["old"]} if at % 2 else edit for at, edit in enumerate(edits)]
    if fault == "bad_syntax":
        return [edit if at % 2 else {**edit, "new": edit["new"] + " ((("} for at, edit in enumerate(edits)]
    return edits
