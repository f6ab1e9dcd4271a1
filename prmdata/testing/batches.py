"""The faulty server's files and batches. A batch is worked through when it is looked at often enough."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from prmdata.testing.chat import Refusal

BatchOutcome = Literal["completed", "expired", "failed", "cancelled", "errors_only", "partial"]
OutputLine = Callable[[dict[str, Any]], tuple[int, Any]]
"""Answers one line's request: HTTP status and body."""


@dataclass(slots=True)
class Batches:
    """Files and batches of one server. The k-th batch ends as ``outcomes[k]`` (the last for all later
    ones) after ``polls`` looks: ``partial`` and ``expired`` answer every other line."""

    answer: OutputLine
    outcomes: tuple[BatchOutcome, ...] = ("completed",)
    polls: int = 1
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)

    def upload(self, body: bytes, content_type: str) -> dict[str, Any]:
        """Store the file of a multipart upload."""
        boundary = re.search(r'boundary="?([^";]+)', content_type)
        if boundary is None:
            raise Refusal(400, "no multipart body")
        for part in body.split(b"--" + boundary[1].encode()):
            head, blank, content = part.partition(b"\r\n\r\n")
            if blank and b'name="file"' in head:
                return self._file(content.removesuffix(b"\r\n"))
        raise Refusal(400, "no file in the body", param="file")

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        """Start a batch over an uploaded file."""
        source = request.get("input_file_id")
        if source not in self.files:
            raise Refusal(400, "no such file", param="input_file_id")
        name = f"batch_{len(self.batches) + 1}"
        self.batches[name] = {
            "id": name, "object": "batch", "endpoint": request.get("endpoint"), "input_file_id": source,
            "completion_window": request.get("completion_window"), "status": "validating", "created_at": 0,
            "output_file_id": None, "error_file_id": None, "errors": None, "metadata": request.get("metadata"),
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
        }  # fmt: skip
        self.looks[name] = 0
        return self.batches[name]

    def look(self, name: str) -> dict[str, Any]:
        """The batch as it stands; each look brings it nearer to its end."""
        batch = self._known(name)
        self.looks[name] += 1
        if batch["status"] in ("validating", "in_progress"):
            batch["status"] = "in_progress"
            if self.looks[name] > self.polls:
                self._finish(name, batch)
        return batch

    def cancel(self, name: str) -> dict[str, Any]:
        """End a batch before its time."""
        batch = self._known(name)
        batch["status"] = "cancelled"
        return batch

    def all(self) -> dict[str, Any]:
        """Every batch, newest first."""
        return {"object": "list", "data": list(self.batches.values())[::-1], "has_more": False}

    def content(self, name: str) -> bytes:
        """A file's bytes."""
        if name not in self.files:
            raise Refusal(404, "no such file")
        return self.files[name]

    def _known(self, name: str) -> dict[str, Any]:
        if name not in self.batches:
            raise Refusal(404, "no such batch")
        return self.batches[name]

    def _finish(self, name: str, batch: dict[str, Any]) -> None:
        outcome = self.outcomes[min(list(self.batches).index(name), len(self.outcomes) - 1)]
        if outcome == "failed":
            batch["status"] = "failed"
            batch["errors"] = {
                "object": "list",
                "data": [{"code": "token_limit_exceeded", "message": "too much"}],
            }
            return
        good: list[str] = []
        bad: list[str] = []
        lines = [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines() if line.strip()]
        for at, line in enumerate(lines):
            if outcome == "errors_only" or (outcome in ("partial", "expired", "cancelled") and at % 2):
                code = "batch_expired" if outcome == "expired" else "server_error"
                error = None if outcome != "expired" else {"code": code, "message": "not in time"}
                response = {
                    "status_code": 500,
                    "request_id": "",
                    "body": {"error": {"message": "x", "code": code}},
                }
                bad.append(self._line(line["custom_id"], None if error else response, error))
                continue
            status, body = self.answer(line["body"])
            response = {"status_code": status, "request_id": "", "body": body}
            (good if status == 200 else bad).append(self._line(line["custom_id"], response, None))
        # A real service returns the lines in any order.
        batch["output_file_id"] = self._file("\n".join(good[::-1]).encode())["id"] if good else None
        batch["error_file_id"] = self._file("\n".join(bad).encode())["id"] if bad else None
        batch["status"] = outcome if outcome in ("expired", "cancelled") else "completed"
        batch["request_counts"] = {"total": len(lines), "completed": len(good), "failed": len(bad)}

    def _file(self, content: bytes) -> dict[str, Any]:
        name = f"file-{len(self.files) + 1}"
        self.files[name] = content
        return {
            "id": name, "object": "file", "bytes": len(content), "created_at": 0, "filename": "f", "purpose": "batch",
            "status": "processed",
        }  # fmt: skip

    @staticmethod
    def _line(custom_id: str, response: Any, error: Any) -> str:
        return json.dumps(
            {"id": f"r_{custom_id}", "custom_id": custom_id, "response": response, "error": error}
        )
