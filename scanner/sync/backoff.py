"""When to try again: full jitter from 1 s to 5 min, or what the issuer asked for (protocols.md)."""

from __future__ import annotations

from typing import Final

FIRST_S: Final = 1.0
LONGEST_S: Final = 300.0
_DOUBLINGS: Final = 9


def retry_delay_s(failures: int, random: float, retry_after_s: float | None = None) -> float:
    """Return how long to wait after `failures` (>= 1) in a row. random: drawn from [0, 1) by the
    caller.

    Full jitter spreads a fleet that lost its network at one moment. An issuer's Retry-After is
    obeyed, with up to half as much again on top so that not everybody returns in the same second.
    """
    if retry_after_s is not None:
        return retry_after_s * (1 + random / 2)
    ceiling = min(LONGEST_S, FIRST_S * (1 << min(failures - 1, _DOUBLINGS)))
    return max(FIRST_S / 2, ceiling * random)
