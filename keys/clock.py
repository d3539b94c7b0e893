"""Trusted time (formats.md 6): a lower bound that only signed lists of the gate's own issuer may
raise.

Pure: readings of the clocks come in, the state and a grade come out. Ageing is counted on
CLOCK_BOOTTIME with the boot id, so that moving the wall clock neither freshens a list nor expires
one. What happens:

- wall below the bound: rolled back; now is the bound, and nothing is silently green
- wall set ahead within a boot: it moves nothing, and is not taken over where what was signed has
  ended by then
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
    """The time to judge with (unix seconds; exact_s: with its fraction), how sure it is, and how
    far the wall is from it (seconds, + is ahead). bound_s: no moment before this is now.
    """

    now_s: int
    exact_s: float
    grade: ClockGrade
    wall_skew_s: int
    bound_s: int


def confirm(state: ClockState, *, iat: int, exp: int, reading: ClockReading) -> ClockState:
    """Return the state after a manifest or TUF timestamp of the own issuer, good from `iat` until
    `exp`, was newly accepted.

    The time confirmed is the wall's where that fits between the two; a wall outside of it is wrong,
    and time goes on as it was known in this boot, or from the signed time itself.
    """
    bound = max(state.bound_s, iat)
    wall_s = reading.wall_s
    # Anybody on the network may set a wall clock (NTP is not signed). One set years ahead would
    # outdate every later manifest, and close the gate for as long as the machine runs.
    if not bound <= wall_s < exp:
        wall_s = max(_running_s(state, reading) or 0.0, float(bound))
    return ClockState(
        bound_s=bound,
        confirmed_wall_s=wall_s,
        confirmed_boot_s=reading.boot_s,
        confirmed_boot_id=reading.boot_id,
    )


def _running_s(state: ClockState, reading: ClockReading) -> float | None:
    """Return what was confirmed in this boot and the boot clock since, None if nothing was."""
    if state.confirmed_wall_s is None or state.confirmed_boot_id != reading.boot_id:
        return None
    elapsed = reading.boot_s - state.confirmed_boot_s
    return None if elapsed < 0 else state.confirmed_wall_s + elapsed


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
    running_s = _running_s(state, reading)
    if running_s is None:
        return _unconfirmed(state, reading)
    now = max(running_s, float(state.bound_s))
    skew = round(reading.wall_s - now)
    grade = ClockGrade.ROLLED_BACK if reading.wall_s < state.bound_s else ClockGrade.CONFIRMED
    return _told(now, grade, skew, state)


def _unconfirmed(state: ClockState, reading: ClockReading) -> TrustedNow:
    if reading.wall_s < state.bound_s:
        skew = round(reading.wall_s - state.bound_s)
        return _told(float(state.bound_s), ClockGrade.ROLLED_BACK, skew, state)
    return _told(reading.wall_s, ClockGrade.NOT_CONFIRMED, 0, state)


def _told(now_s: float, grade: ClockGrade, skew_s: int, state: ClockState) -> TrustedNow:
    return TrustedNow(
        now_s=int(now_s), exact_s=now_s, grade=grade, wall_skew_s=skew_s, bound_s=state.bound_s
    )
