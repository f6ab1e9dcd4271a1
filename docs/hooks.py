"""What the site needs beside the pages: links to files outside ``docs/`` lead to the repository."""

from __future__ import annotations

import re
from typing import Any

_OUTSIDE = re.compile(r"\]\(((?:\.\./)+)(?!.*docs/)([^)#\s]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """Turn ``../sandbox/README.md``, which is a file of the repository, into its address there."""
    depth = page.file.src_uri.count("/") + 1
    base = f"{config.repo_url.rstrip('/')}/blob/main/"

    def address(match: re.Match[str]) -> str:
        if match[1].count("../") < depth:
            return match[0]
        return f"]({base}{match[2]}{match[3] or ''})"

    return _OUTSIDE.sub(address, markdown)
