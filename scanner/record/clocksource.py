"""The clocks of this machine: Linux's CLOCK_BOOTTIME with the boot id, and a portable reading for
other systems.
"""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Final

from keys.clock import ClockReading

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@cache
def _boot_id() -> str:
    return _BOOT_ID.read_text().strip()


def read_clocks() -> ClockReading:
    """Return one reading of wall clock, boot clock and boot id.

    On Linux the boot clock runs on through suspend. Elsewhere the monotonic clock is taken, and the
    boot id is the minute of the boot: a change of the wall clock looks like a reboot there, which
    errs to the safe side (not confirmed).
    """
    wall_s = time.time()
    if hasattr(time, "CLOCK_BOOTTIME") and _BOOT_ID.exists():
        boot_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        return ClockReading(wall_s=wall_s, boot_s=boot_s, boot_id=_boot_id())
    boot_s = time.monotonic()
    return ClockReading(
        wall_s=wall_s, boot_s=boot_s, boot_id=f"minute-{int(wall_s - boot_s) // 60}"
    )
