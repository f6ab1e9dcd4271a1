"""What tests of several rooms share."""

from __future__ import annotations

import os

import pytest

from prmdata.errors import SandboxError


@pytest.fixture(scope="session")
def docker_engine() -> str:
    """The id of a usable sandbox image on an engine that answers. Without one a test that needs it is skipped, or fails
    under ``PRMDATA_REQUIRE_DOCKER=1``."""
    from prmdata.sandboxes.image import usable_image

    try:
        return usable_image().id
    except SandboxError as error:
        if os.environ.get("PRMDATA_REQUIRE_DOCKER") == "1":
            pytest.fail(f"a container engine is required: {error}")
        pytest.skip(f"no Docker sandbox here: {error}")
