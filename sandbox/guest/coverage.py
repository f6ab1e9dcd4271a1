"""Records which lines of the program run, by ``sys.monitoring`` where it exists (3.12), else by ``sys.settrace``.

Only code objects of the program are watched. Under ``sys.monitoring`` each line reports once and is then
switched off, which costs next to nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .monitored import Monitored
from .traced import Traced

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    AnyCoverage: TypeAlias = Monitored | Traced

KIND: Literal["monitoring", "settrace"] = "monitoring" if hasattr(sys, "monitoring") else "settrace"
Coverage = Monitored if KIND == "monitoring" else Traced
