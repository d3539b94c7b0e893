"""What the window switches while the station runs; made before either, so that each finds them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from keys.verdicts import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """look_only: results are shown and not logged. outward: people leave. Set from the window's
    thread, read by the scanning thread.
    """

    look_only: threading.Event = field(default_factory=threading.Event)
    outward: threading.Event = field(default_factory=threading.Event)

    def direction_now(self) -> Direction:
        """Return which way people pass now."""
        return Direction.EXIT if self.outward.is_set() else Direction.ENTRY


def switches_for(direction: str) -> Switches:
    """Return the switches as a station starts that people pass in this `direction`."""
    switches = Switches()
    if Direction(direction) is Direction.EXIT:
        switches.outward.set()
    return switches
