"""``python3 -I guest``: the supervisor, on stdin and stdout."""

import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from guest.supervisor import main  # noqa: E402

main()
