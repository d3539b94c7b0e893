"""Status of one pass in a universe of 14 million, beside a bare NumPy index into the same array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.measuring import in_turn, table
from keys.claims import LIST_ENTRIES, Claims
from keys.verify import SignedPass
from scanner.decide.judge import Universe, _status_now

LISTS: Final = 14
LOOKUPS: Final = 1000
NOW: Final = 1_780_000_000


def _passes(rng: np.random.Generator) -> list[SignedPass]:
    places = rng.integers(0, LISTS * LIST_ENTRIES, LOOKUPS)
    claims = [
        Claims(1, 0, 0, NOW - 7200, NOW, int(p) // LIST_ENTRIES, int(p) % LIST_ENTRIES, "", "")
        for p in places
    ]
    return [SignedPass(claim, "home", "dense", b"", None) for claim in claims]


def main() -> None:
    """Print microseconds a lookup, and the ratio."""
    rng = np.random.default_rng(3)
    packed = rng.integers(0, 256, LISTS * LIST_ENTRIES // 4, dtype=np.uint8)
    universe = Universe(packed.tobytes(), NOW, 1)
    passes = _passes(rng)
    places = [one.claims.list_number << 20 | one.claims.entry for one in passes]

    def ours() -> None:
        for one in passes:
            _status_now(one, universe)

    def bare() -> None:
        for place in places:
            packed[place >> 2] >> 2 * (place & 3) & 3

    calls: dict[str, Callable[[], object]] = {"bare NumPy index": bare, "status of a pass": ours}
    rounds = in_turn(calls, rounds=40)
    rows = []
    for name in calls:
        each_us = rounds.median(name) / LOOKUPS * 1e6
        rows.append([name, f"{each_us:.3f}", f"{rounds.ratio(name, 'bare NumPy index'):.2f}"])
    table("Looking a status up", ["what", "us each", "x bare index"], rows)


if __name__ == "__main__":
    main()
