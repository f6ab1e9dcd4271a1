"""Whether the Hugging Face Hub answers, asked once: its client tries for half a minute and says so on every try."""

from __future__ import annotations

import logging
import os
from typing import Literal


def why_unreachable(repo_id: str, kind: Literal["dataset", "model"]) -> str | None:
    """Why nothing can be had from the Hub now, in one line; None where it answers, whatever it says of ``repo_id``.

    From then on the Hub's client keeps its retries to itself (``HF_DEBUG`` lets it speak).
    """
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    if not os.environ.get("HF_DEBUG"):
        for name in ("huggingface_hub", "datasets", "httpx", "fsspec"):
            logging.getLogger(name).setLevel(logging.ERROR)
    try:
        HfApi(library_name="prmdata").repo_info(repo_id, repo_type=kind, timeout=10)
    except OfflineModeIsEnabled:
        return "HF_HUB_OFFLINE is set: unset it, or give a file"
    except HfHubHTTPError as error:
        # An answer, of whatever kind; without one it is the client's own error for a connection that failed.
        return None if error.response is not None else _failed(constants.ENDPOINT, error)
    except (HFValidationError, ValueError):
        return None
    except Exception as error:
        # The client speaks requests, httpx or httpx2, by version; each has errors of its own for a dead line.
        return _failed(constants.ENDPOINT, error)
    return None


def _failed(endpoint: str, error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return f"{endpoint} does not answer ({said[:120]}): check the network, or give a file"
