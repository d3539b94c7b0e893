"""What a watched process tells, a JSON line for each piece of news."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Final

FIRST_PAINT: Final = "first paint"
VERDICT: Final = "verdict"


def tell(what: str, **more: Any) -> None:
    """Write one line of news."""
    now = {"what": what, "mono_s": time.monotonic(), "cpu_s": time.process_time()}
    sys.stdout.write(json.dumps(now | more) + "\n")
    sys.stdout.flush()
