"""``python3 -I guest`` runs the supervisor on stdin and stdout; ``enclose BYTES`` first builds its namespaces."""

import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from guest import enclosure, supervisor  # type: ignore[import-not-found]  # noqa: E402

if sys.argv[1:2] == ["enclose"]:
    enclosure.main()
supervisor.main()
