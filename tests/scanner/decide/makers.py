"""A green pass at a fresh, confident gate: a test bends one thing and sees another verdict."""

from __future__ import annotations

from typing import Any

from keys.claims import Site, Status
from keys.passages import ClockGrade, Direction
from keys.token import MintedPass, mint
from keys.trustlist import KeyState, Purpose, keyring_of
from scanner.decide.judge import Beliefs, Moment, Universe, judge
from scanner.decide.judgement import Judgement
from scanner.decide.policy import Rules
from tests.keys.makers import (
    ISSUER,
    NOW,
    PASS_KEY,
    pass_claims,
    trust_list,
    trusted_key,
)

__all__ = ["ISSUER", "NOW", "Direction", "KeyState", "Purpose", "trust_list", "trusted_key"]

HOUR_S = 3600
INDEX = 5
ENTRIES = 1 << 20


def code(**changes: Any) -> MintedPass:
    """Return a minted pass, an hour old, at entry 5 of list 0."""
    key = changes.pop("key", PASS_KEY)
    usual = {"iat": NOW - HOUR_S, "exp": NOW + 24 * HOUR_S, "list_number": 0, "entry": INDEX}
    claims = pass_claims(**usual | changes)
    return mint(key, claims._replace(status=int(claims.status)))


def site(**changes: Any) -> Site:
    """Return a site pass's place: zone 7, at all hours, from the hour before."""
    return Site(NOW - HOUR_S, 7, 0, 0, 1)._replace(**changes)


def universe(status: Status = Status.GREEN, **changes: Any) -> Universe:
    """Return a universe of one list, made a minute ago, in which entry 5 has `status`."""
    packed = bytearray(ENTRIES // 4)
    packed[INDEX >> 2] |= status << 2 * (INDEX & 3)
    fields: dict[str, Any] = {"packed": bytes(packed), "made_at_s": NOW - 60, "version": 1}
    return Universe(**fields | changes)


def beliefs(**changes: Any) -> Beliefs:
    """Return what a station believes that synchronised a minute ago."""
    fields: dict[str, Any] = {
        "keyring": keyring_of(trust_list()),
        "universes": {ISSUER: universe()},
    }
    return Beliefs(**fields | changes)


def moment(**changes: Any) -> Moment:
    """Return now, at noon, by a confirmed clock."""
    return Moment(NOW, ClockGrade.CONFIRMED, NOW - HOUR_S, 12)._replace(**changes)


RULES = Rules(zone=7)


def judged(
    text: str,
    believed: Beliefs | None = None,
    rules: Rules = RULES,
    at: Moment | None = None,
) -> Judgement:
    """Return the judgement of a text that is a pass of some kind."""
    judgement = judge(text, believed or beliefs(), rules, at or moment())
    assert judgement is not None
    return judgement


def digits(**changes: Any) -> str:
    """Return the DENSE text of `code(...)`."""
    dense = code(**changes).dense
    assert dense is not None
    return dense
