"""Asks the Hugging Face Hub once whether it answers, so that its client need not retry for half a minute."""

from __future__ import annotations

import logging
import os
from typing import Literal


def why_unreachable(repo_id: str, kind: Literal["dataset", "model"]) -> str | None:
    """Why the Hub cannot be used now, in one line; None if the Hub answers, whatever it says about
    ``repo_id``.

    After this call the Hub's client no longer logs its retries (unless ``HF_DEBUG`` is set).
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
        # Any answer will do. An error without an answer is the client's own, for a connection that failed.
        return None if error.response is not None else _failed(constants.ENDPOINT, error)
    except (HFValidationError, ValueError):
        return None
    except Exception as error:
        # The client uses requests, httpx or httpx2, by its version; each has its own errors for a failed
        # connection.
        return _failed(constants.ENDPOINT, error)
    return None


def _failed(endpoint: str, error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return f"{endpoint} does not answer ({said[:120]}): check the network, or give a file"
