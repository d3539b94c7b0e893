"""Trusted time (formats.md 6): a lower bound that only signed lists of the gate's own issuer may
raise.

Pure: readings of the clocks come in, the state and a grade come out. Ageing is counted on
CLOCK_BOOTTIME with the boot id, so that moving the wall clock neither freshens a list nor expires
one. What happens:

- wall below the bound: rolled back; now is the bound, and nothing is silently green
- same boot as the last confirmation: now is that confirmation plus the boot clock that has passed
  since
- other boot, no sync since: not confirmed; now is the wall if it is not below the bound
- a pass dated in the future, a foreign issuer's object: never moves anything
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from keys.passages import ClockGrade

# How far the wall may run from the trusted time before the station says so: a drifting crystal does
# 2 s a day.
WALL_SKEW_S: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """One look at the machine: wall and boot clock in seconds, and the id of this boot."""

    wall_s: float
    boot_s: float
    boot_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """What is kept on disk. bound_s: no moment before this is now. confirmed_*: the last signed
    time and when it came.
    """

    bound_s: int = 0
    confirmed_wall_s: float | None = None
    confirmed_boot_s: float = 0.0
    confirmed_boot_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedNow:
    """The time to judge with (unix seconds), how sure it is, and how far the wall is from it
    (seconds, + is ahead). bound_s: no moment before this is now.
    """

    now_s: int
    grade: ClockGrade
    wall_skew_s: int
    bound_s: int


def confirm(state: ClockState, *, iat: int, reading: ClockReading) -> ClockState:
    """Return the state after a manifest or TUF timestamp of the own issuer with `iat` was newly
    accepted.

    The time confirmed is the wall's, unless the wall is below `iat`: then the signed time itself is
    the best to hand.
    """
    bound = max(state.bound_s, iat)
    return ClockState(
        bound_s=bound,
        confirmed_wall_s=max(reading.wall_s, float(bound)),
        confirmed_boot_s=reading.boot_s,
        confirmed_boot_id=reading.boot_id,
    )


def raise_bound(state: ClockState, *, bound_s: int) -> ClockState:
    """Return the state with a bound that is not below `bound_s`; what was confirmed stays as it
    is.
    """
    return replace(state, bound_s=max(state.bound_s, bound_s))


def reset_bound(state: ClockState, *, bound_s: int) -> ClockState:
    """Return the state after a root-signed change of epoch: the only thing that may lower the
    bound.
    """
    return replace(
        state, bound_s=bound_s, confirmed_wall_s=None, confirmed_boot_s=0.0, confirmed_boot_id=""
    )


def trusted_now(state: ClockState, reading: ClockReading) -> TrustedNow:
    """Return the time to judge with and its grade. Never before the bound, whatever the wall
    says.
    """
    if state.confirmed_wall_s is None or state.confirmed_boot_id != reading.boot_id:
        return _unconfirmed(state, reading)
    elapsed = reading.boot_s - state.confirmed_boot_s
    if elapsed < 0:
        return _unconfirmed(state, reading)
    now = max(state.confirmed_wall_s + elapsed, float(state.bound_s))
    skew = round(reading.wall_s - now)
    grade = ClockGrade.ROLLED_BACK if reading.wall_s < state.bound_s else ClockGrade.CONFIRMED
    return TrustedNow(now_s=int(now), grade=grade, wall_skew_s=skew, bound_s=state.bound_s)


def _unconfirmed(state: ClockState, reading: ClockReading) -> TrustedNow:
    if reading.wall_s < state.bound_s:
        skew = round(reading.wall_s - state.bound_s)
        now, grade = state.bound_s, ClockGrade.ROLLED_BACK
    else:
        skew, now, grade = 0, int(reading.wall_s), ClockGrade.NOT_CONFIRMED
    return TrustedNow(now_s=now, grade=grade, wall_skew_s=skew, bound_s=state.bound_s)
