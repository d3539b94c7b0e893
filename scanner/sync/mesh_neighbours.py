"""What the neighbour lanes saw lately: a short memory of tags, safe to ask from any thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from keys.passages import Direction

KEEP_S: Final = 600.0
# A metro hall of 20 lanes lets through 600 people a minute: ten minutes are 6,000 tags. One takes
# 400 bytes.
MOST: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourSighting:
    """Another lane's word that it saw this tag. lane: that station's name. age_s: whole seconds
    ago.
    """

    lane: str
    direction: Direction
    age_s: int


@dataclass(frozen=True, slots=True)
class _Kept:
    lane: str
    direction: Direction
    seen_mono_s: float
    heard_mono_s: float


class Neighbours:
    """Tags by when they were heard of; what is older than `keep_s` or beyond `most` is forgotten.

    Counted on the monotonic clock of this station, so a wall clock that is set cannot revive or
    drop anything.
    """

    def __init__(self, *, keep_s: float = KEEP_S, most: int = MOST) -> None:
        self._keep_s = keep_s
        self._most = most
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def heard(
        self, tag: bytes, *, lane: str, direction: Direction, age_s: float, mono_s: float
    ) -> None:
        """Remember that `lane` saw `tag` `age_s` before `mono_s`; of two sightings the later one
        counts.
        """
        seen = _Kept(lane, direction, mono_s - max(0.0, age_s), mono_s)
        with self._lock:
            before = self._kept.get(tag)
            if before is not None and before.seen_mono_s > seen.seen_mono_s:
                return
            self._kept[tag] = seen
            self._kept.move_to_end(tag)
            self._forget(mono_s)

    def seen_elsewhere(self, tag: bytes, mono_s: float) -> NeighbourSighting | None:
        """Return what a neighbour said of `tag`, None if nobody did lately. mono_s: seconds of the
        monotonic clock, now.
        """
        with self._lock:
            kept = self._kept.get(tag)
        if kept is None or mono_s - kept.seen_mono_s > self._keep_s:
            return None
        age_s = int(max(0.0, mono_s - kept.seen_mono_s))
        return NeighbourSighting(lane=kept.lane, direction=kept.direction, age_s=age_s)

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)

    def _forget(self, mono_s: float) -> None:
        while len(self._kept) > self._most or self._oldest_is_late(mono_s):
            self._kept.popitem(last=False)

    def _oldest_is_late(self, mono_s: float) -> bool:
        oldest = next(iter(self._kept.values()), None)
        return oldest is not None and mono_s - oldest.heard_mono_s > self._keep_s
