"""What a pass may say before it has an entry: kinds and lives, times on whole minutes, entries
inside lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from issuer.errors import BadInput, Code, Fault
from keys.claims import LIST_ENTRIES, LISTS_MAX, Claims, Kind, Site, Status, check_claims
from keys.dense import ROTATING_MAX_HOURS
from keys.errors import MalformedCode
from keys.passages import PassIdentity
from keys.shapes import is_issuer_name
from keys.trustlist import KeyState, Purpose, TrustList

HOUR_S: Final = 3_600
MINUTE_S: Final = 60
HOURS_MAX: Final = 16_383
ROTATING_HOURS: Final = 24
DEFAULT_HOURS: Final = {
    Kind.PHONE: 7 * 24,
    Kind.PAPER: 30 * 24,
    Kind.DEPENDANT: 30 * 24,
    Kind.EMPLOYEE: 30 * 24,
    Kind.VISITOR: 12,
    Kind.STAFF: 90 * 24,
}
# A random place is found in few tries while a list has room; the next list begins here.
LIST_FULL_AT: Final = LIST_ENTRIES * 3 // 4
_IDENTITY: Final = re.compile(
    r"([a-z0-9-]{1,32})/(0|[1-9][0-9]{0,3})/(0|[1-9][0-9]{0,6})", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRequest:
    """What makes a pass one of profile 2. starts_at: seconds, None for its issue."""

    zone: int = 0
    day_from: int = 0
    day_to: int = 0
    party: int = 1
    starts_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRequest:
    """A pass that somebody asked for. name: already masked. hours: None for what its kind has.
    issued_at: None for now.
    """

    name: str
    id_tail: str
    kind: Kind
    status: Status = Status.GREEN
    hours: int | None = None
    issued_at: int | None = None
    site: SiteRequest | None = None


def claims_for(
    request: PassRequest, *, kid: int, now: int, list_number: int = 0, entry: int = 0
) -> Claims:
    """Return checked claims of `request` at an entry; a value out of range: BadInput bad_claims or
    bad_time.

    iat is floored to the minute: the DENSE carrier has no seconds.
    """
    asked = now if request.issued_at is None else request.issued_at
    iat = asked // MINUTE_S * MINUTE_S
    hours = DEFAULT_HOURS[request.kind] if request.hours is None else request.hours
    if not 1 <= hours <= HOURS_MAX:
        raise BadInput(Code.BAD_TIME, f"hours are 1 to {HOURS_MAX}")
    claims = Claims(
        kid=kid,
        kind=int(request.kind),
        status=int(request.status),
        iat=iat,
        exp=iat + hours * HOUR_S,
        list_number=list_number,
        entry=entry,
        name=request.name,
        id_tail=request.id_tail,
        site=None if request.site is None else _site(request.site, iat),
    )
    try:
        check_claims(claims)
    except MalformedCode as error:
        raise BadInput(Code.BAD_CLAIMS, str(error)) from None
    return claims


def rotating_hours(request: PassRequest) -> PassRequest:
    """Return the request of a rotating pass with its hours, 24 unless told; beyond 168, or of a
    site: BadInput bad_time, bad_claims.
    """
    hours = ROTATING_HOURS if request.hours is None else request.hours
    if hours > ROTATING_MAX_HOURS:
        raise BadInput(Code.BAD_TIME, f"a rotating pass lives 1 to {ROTATING_MAX_HOURS} hours")
    if request.site is not None:
        raise BadInput(Code.BAD_CLAIMS, "a rotating pass has no site")
    return replace(request, hours=hours)


def _site(asked: SiteRequest, iat: int) -> Site:
    starts_at = iat if asked.starts_at is None else asked.starts_at // MINUTE_S * MINUTE_S
    return Site(
        nbf=starts_at,
        zone=asked.zone,
        day_from=asked.day_from,
        day_to=asked.day_to,
        party=asked.party,
    )


def check_key_in_force(trust: TrustList, *, issuer: str, kid: int, iat: int) -> None:
    """Return if gates believe what pass key `kid` signs at `iat`, else Fault key_not_in_force."""
    for key in trust.keys:
        if (key.issuer, key.purpose, key.kid) == (issuer, Purpose.PASS, kid):
            if key.state is KeyState.LIVE and key.not_before <= iat < key.not_after:
                return
            break
    raise Fault(Code.KEY_NOT_IN_FORCE, f"pass key {kid}")


def filling_list(used: dict[int, int]) -> int:
    """Return the list to draw entries from. used: list number -> entries given. All full: Fault
    lists_full.
    """
    for number in range(LISTS_MAX):
        if used.get(number, 0) < LIST_FULL_AT:
            return number
    raise Fault(Code.LISTS_FULL)


def read_identity(text: str, *, issuer: str) -> PassIdentity:
    """Return the pass that `<issuer>/<list>/<index>` names; another form, or another issuer's:
    BadInput unknown_pass.
    """
    match = _IDENTITY.fullmatch(text.strip())
    if match is None or not is_issuer_name(match[1]):
        raise BadInput(Code.UNKNOWN_PASS, "a pass is written <issuer>/<list>/<index>")
    identity = PassIdentity(match[1], int(match[2]), int(match[3]))
    if identity.list_number >= LISTS_MAX or identity.index >= LIST_ENTRIES:
        raise BadInput(Code.UNKNOWN_PASS, "no such entry")
    if identity.issuer != issuer:
        raise BadInput(Code.UNKNOWN_PASS, f"this office is {issuer}")
    return identity
