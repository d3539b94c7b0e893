"""The policy of a checkpoint: what it asks of people whose pass is good. Facts and their limits;
`keys.policyfile` has the bytes, `scanner.decide` applies them.

A policy is a target `policies/<name>` of the trust repository, so who may write one is said there
and an old one does not come back. It can only add to the fixed order of judgement (formats.md 7):
no field of it reaches a signature, a life or a withdrawal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.passages import Direction, PassIdentity, Verdict

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S


class PlaceType(StrEnum):
    """What kind of place a checkpoint guards."""

    ESTATE = "estate"
    SHOP = "shop"
    STATION = "station"
    FACTORY = "factory"
    HOSPITAL = "hospital"
    ROAD = "road"
    EVENT = "event"
    SHELTER = "shelter"


class Passback(StrEnum):
    """The same pass again, in the same direction: SOFT tells the guard, HARD refuses until the
    other direction was passed, TIMED refuses for a while.
    """

    SOFT = "soft"
    HARD = "hard"
    TIMED = "timed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusVerdicts:
    """What each status means here. A withdrawn pass (lost, replaced, cancelled) admits nobody."""

    green: Verdict = Verdict.ADMIT
    withdrawn: Verdict = Verdict.REFUSE
    yellow: Verdict = Verdict.HAND_CHECK
    red: Verdict = Verdict.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAges:
    """How old a status list may be, in seconds: from `late` on ADMIT carries a note, from `stale`
    on it becomes a hand check, from `closed` on nothing is judged.
    """

    late_s: int = 6 * HOUR_S
    stale_s: int = 3 * DAY_S
    closed_s: int = 14 * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What an ADMIT becomes while the station's time is not confirmed, or has been set back."""

    not_confirmed: Verdict = Verdict.HAND_CHECK
    rolled_back: Verdict = Verdict.CANNOT_JUDGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From when to when the place is open: the gate's hours, start <= hour < end, over midnight
    where start > end.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLimit:
    """How many people may come in on one pass here."""

    most: int
    verdict: Verdict = Verdict.HAND_CHECK


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureRule:
    """limit: the first tenth of a degree Celsius that is too high. remeasures: how often it may be
    measured again. required: nobody enters without.
    """

    limit_tenths: int = 373
    remeasures: int = 2
    required: bool = True
    verdict: Verdict = Verdict.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """People inside: from `soft` on the guard is told, from `hard` on nobody enters. None: no such
    limit.
    """

    soft: int | None = None
    hard: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassbackRule:
    """window_s: for TIMED how long; for SOFT and HARD after how long an entry is forgotten, 0 is
    never.
    """

    mode: Passback
    window_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many entries a pass has in one day of the gate."""

    a_day: int
    verdict: Verdict = Verdict.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionRule:
    """Passes of `kinds` enter only when one of `with_kinds` was admitted here within `within_s`
    before.
    """

    kinds: tuple[int, ...]
    with_kinds: tuple[int, ...]
    within_s: int
    verdict: Verdict = Verdict.HAND_CHECK


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A free rule. logic: CertLogic as JSON text in its one form; it must come to true, else
    `verdict`. direction: None is both.
    """

    name: str
    logic: str
    verdict: Verdict = Verdict.HAND_CHECK
    direction: Direction | None = Direction.ENTRY


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a checkpoint asks. What is None or empty is not asked; all but statuses, passback
    and conditions is asked on entry only.

    checkpoints: whose policy this is; none: of every checkpoint that has no own. exit: statuses on
    the way out, None: as on entry. zones: whose passes hold here beside the checkpoint's own.
    denied, only: passes; kinds: of passes. refusal: what a refusal becomes here (HAND_CHECK where
    nobody may be turned away by a machine).
    """

    version: int
    name: str
    place: PlaceType
    checkpoints: tuple[str, ...] = ()
    entry: StatusVerdicts = StatusVerdicts()
    exit: StatusVerdicts | None = None
    ages: ListAges = ListAges()
    clocks: Clocks = Clocks()
    zones: tuple[int, ...] = ()
    hours: Hours | None = None
    party: PartyLimit | None = None
    temperature: TemperatureRule | None = None
    capacity: Capacity | None = None
    passback: PassbackRule | None = None
    denied: tuple[PassIdentity, ...] = ()
    only: tuple[PassIdentity, ...] = ()
    kinds: tuple[int, ...] = ()
    quota: Quota | None = None
    companions: tuple[CompanionRule, ...] = ()
    conditions: tuple[Condition, ...] = ()
    refusal: Verdict = Verdict.REFUSE
