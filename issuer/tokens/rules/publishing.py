"""Which past versions get a delta, which are kept, and how entries become packed arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from keys.claims import LIST_ENTRIES
from keys.statusarray import Packed

HOUR_S: Final = 3_600
# Stations that are online hold one of the newest versions; those back from an outage are within an
# hour of a kept one.
RECENT: Final = 8
AGES_H: Final = (*range(1, 25), 48, 72)
KEEP_S: Final = 73 * HOUR_S


def packed_array(lists: int, entries: Sequence[tuple[int, int, int]]) -> Packed:
    """Return the universe of `lists` lists with the given (list, entry, status) set, all others
    green.
    """
    unpacked = np.zeros(lists * LIST_ENTRIES, np.uint8)
    if entries:
        table = np.asarray(entries, np.int64)
        unpacked[table[:, 0] * LIST_ENTRIES + table[:, 1]] = table[:, 2]
    quads = unpacked.reshape(-1, 4)
    packed: Packed = quads[:, 0].copy()
    for place in range(1, 4):
        packed |= quads[:, place] << np.uint8(2 * place)
    return packed


def versions_with_delta(past: Sequence[tuple[int, int]], *, now: int) -> list[int]:
    """Return the versions that get a delta to the new one, ascending. past: (version, published
    at), ascending.

    The newest few, and for each of the last 24 hours, 2 and 3 days the newest version of at least
    that age.
    """
    chosen = {version for version, _ in past[-RECENT:]}
    for hours in AGES_H:
        old = [version for version, at in past if at <= now - hours * HOUR_S]
        if old:
            chosen.add(old[-1])
    # Beyond that age a snapshot is smaller than what changed.
    return sorted(version for version, at in past if version in chosen and at > now - KEEP_S)


def versions_to_keep(past: Sequence[tuple[int, int]], *, now: int) -> set[int]:
    """Return the versions whose snapshot some later publication may need: the newest few, and one
    an hour for 73 hours.
    """
    keep = {version for version, _ in past[-RECENT:]}
    newest_of_hour: dict[int, int] = {}
    for version, at in past:
        if at > now - KEEP_S:
            newest_of_hour[at // HOUR_S] = version
    return keep | set(newest_of_hour.values())
