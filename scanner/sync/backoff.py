"""When to try again: full jitter from 1 s to 5 min, or what the issuer asked for (protocols.md)."""

from __future__ import annotations

from typing import Final

FIRST_S: Final = 1.0
LONGEST_S: Final = 300.0
# With no route nobody is spared by our silence, and a guard waits for the queue to move: 10,000
# stations at 15 s are 1,300 attempts a second when the network of a whole city returns.
LONGEST_WITHOUT_ROUTE_S: Final = 15.0
_DOUBLINGS: Final = 9


def retry_delay_s(
    failures: int,
    random: float,
    retry_after_s: float | None = None,
    *,
    longest_s: float = LONGEST_S,
) -> float:
    """Return how long to wait after `failures` (>= 1) in a row. random: drawn from [0, 1) by the
    caller. longest_s: the ceiling that doubling ends at.

    Full jitter spreads a fleet that lost its network at one moment. An issuer's Retry-After is
    obeyed, with up to half as much again on top so that not everybody returns in the same second.
    """
    if retry_after_s is not None:
        return retry_after_s * (1 + random / 2)
    ceiling = min(longest_s, FIRST_S * (1 << min(failures - 1, _DOUBLINGS)))
    return max(FIRST_S / 2, ceiling * random)
