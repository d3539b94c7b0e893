"""What a receipt says of the time: a lower bound on now, and nothing more.

A receipt names the very batch that was sent a moment ago, so it cannot be an old one played again.
But it is signed by another key of the office than its lists, so it may say less: never that the
clock is right, and never a bound that the wall clock is not past already. A wall clock put back
afterwards is told, and no receipt closes a gate, whoever signed it; that is for manifests.
"""

from __future__ import annotations

from typing import Final

from keys.clock import ClockReading, raise_bound
from scanner.errors import StationFault
from scanner.record.cache import StatusCache
from scanner.record.lock import pull_lock

# A wall clock may run slow, or slip at a restart: that is no clock that somebody put back.
SLACK_S: Final = 900
# Every push would write the file otherwise.
STEP_S: Final = 300


def learn_time(cache: StatusCache, received_at: int, reading: ClockReading) -> bool:
    """Raise the clock's lower bound by a receipt's time (unix seconds); return whether it moved.

    While a pull runs nothing is learned: it brings a better time, and two writers of one file would
    lose one's word. StationFault if the disk fails.
    """
    bound_s = received_at - SLACK_S
    held = cache.clock()
    if bound_s > reading.wall_s or bound_s < held.bound_s + STEP_S:
        return False
    try:
        with pull_lock(cache.folder, tries=1):
            cache.keep_clock(raise_bound(cache.clock(), bound_s=bound_s))
    except StationFault as fault:
        if fault.code != "already_pulling":
            raise
        return False
    return True
