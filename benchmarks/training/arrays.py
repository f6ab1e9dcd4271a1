"""Arrays of numpy; the docstrings where they are used say their shapes and types."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
