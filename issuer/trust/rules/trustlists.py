"""The next trust list: keys that come, end, or are burned. Pure: a list and facts in, the next list
out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from issuer.errors import BadInput, Code, Refused
from keys.trustlist import (
    SAME_KID_MAX,
    IssuerEntry,
    KeyState,
    Purpose,
    TrustedKey,
    TrustList,
)

DAY_S: Final = 86_400
KEY_LIFE_S: Final = 5 * 365 * DAY_S
# What another process of the office signs in the minutes of a change must still hold.
OVERLAP_S: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key of this office that comes. not_before, now: unix seconds."""

    purpose: Purpose
    public_key: bytes
    not_before: int


def next_kid(trust: TrustList, issuer: str) -> int:
    """Return the lowest number of the issuer's ranges above every number that it ever used, and
    that gates would still try; numbers are never given again. None left: Refused kids_used_up.
    """
    highest = max((key.kid for key in trust.keys if key.issuer == issuer), default=-1)
    crowded = _numbers_of(trust, SAME_KID_MAX)
    for first, last in trust.issuers[issuer].kid_ranges:
        for kid in range(max(first, highest + 1), last + 1):
            if kid not in crowded:
                return kid
    raise Refused(Code.KIDS_USED_UP, issuer)


def _numbers_of(trust: TrustList, at_least: int) -> set[int]:
    """Return the numbers that so many pass keys share."""
    kids = Counter(key.kid for key in trust.keys if key.purpose is Purpose.PASS)
    return {kid for kid, count in kids.items() if count >= at_least}


def live_key(trust: TrustList, issuer: str, purpose: Purpose) -> TrustedKey | None:
    """Return the key that `issuer` signs with for `purpose`."""
    for key in trust.keys:
        if (key.issuer, key.purpose, key.state) == (issuer, purpose, KeyState.LIVE):
            return key
    return None


def find_key(trust: TrustList, issuer: str, kid: int) -> TrustedKey:
    """Return the key of this number; BadInput unknown_key."""
    for key in trust.keys:
        if (key.issuer, key.kid) == (issuer, kid):
            return key
    raise BadInput(Code.UNKNOWN_KEY, f"{issuer} has no key {kid}")


def with_new_key(trust: TrustList, issuer: str, new: NewKey, now: int) -> TrustList:
    """Return the list in which `new` is live; the one before it is retired: what it signed holds
    on.
    """
    added = TrustedKey(
        kid=next_kid(trust, issuer),
        public_key=new.public_key,
        issuer=issuer,
        purpose=new.purpose,
        not_before=new.not_before,
        not_after=now + KEY_LIFE_S,
        state=KeyState.LIVE,
    )
    kept = tuple(
        replace(key, state=KeyState.RETIRED, not_after=min(key.not_after, now + OVERLAP_S))
        if (key.issuer, key.purpose, key.state) == (issuer, new.purpose, KeyState.LIVE)
        else key
        for key in trust.keys
    )
    return replace(trust, version=trust.version + 1, keys=(*kept, added))


def with_burned(trust: TrustList, issuer: str, kid: int, readmit: bytes | None) -> TrustList:
    """Return the list in which key `kid` is burned. readmit: SHA-256 of the list of its genuine
    passes, None re-admits nobody. Refused already_burned where that changes nothing.
    """
    old = find_key(trust, issuer, kid)
    if old.state is KeyState.BURNED and old.readmit == readmit:
        raise Refused(Code.ALREADY_BURNED, f"key {kid}")
    keys = tuple(
        replace(key, state=KeyState.BURNED, readmit=readmit) if key == old else key
        for key in trust.keys
    )
    return replace(trust, version=trust.version + 1, keys=keys)


def with_epoch(trust: TrustList, issuer: str, epoch: int) -> TrustList:
    """Return the list in which `issuer` is in `epoch`; its version is the caller's matter."""
    entry = replace(trust.issuers[issuer], epoch=epoch)
    return replace(trust, issuers={**trust.issuers, issuer: entry})


def with_issuer(
    trust: TrustList, name: str, entry: IssuerEntry, keys: tuple[TrustedKey, ...]
) -> TrustList:
    """Return the list in which the neighbour `name` is recognised with these keys, in place of what
    it had; a key of its that was burned stays burned.

    A number that more pass keys would share than gates try: Refused kid_crowded. They would keep
    the first four, and refuse what the others signed.
    """
    burned = {key.kid: key for key in trust.keys if _is_burned_of(key, name)}
    others = tuple(key for key in trust.keys if key.issuer != name)
    now_kept = tuple(burned.get(key.kid, key) for key in keys)
    gone = tuple(key for kid, key in burned.items() if kid not in {k.kid for k in keys})
    newer = replace(
        trust,
        version=trust.version + 1,
        issuers={**trust.issuers, name: entry},
        keys=(*others, *now_kept, *gone),
    )
    crowded = _numbers_of(newer, SAME_KID_MAX + 1)
    if crowded:
        raise Refused(Code.KID_CROWDED, f"key number {min(crowded)}")
    return newer


def without_issuer(trust: TrustList, name: str) -> TrustList:
    """Return the list without the neighbour `name`."""
    issuers = {issuer: entry for issuer, entry in trust.issuers.items() if issuer != name}
    keys = tuple(key for key in trust.keys if key.issuer != name)
    return replace(trust, version=trust.version + 1, issuers=issuers, keys=keys)


def _is_burned_of(key: TrustedKey, name: str) -> bool:
    return key.issuer == name and key.state is KeyState.BURNED
