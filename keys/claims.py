"""The claims of a pass and their one CBOR form (formats.md 1.1): ranges, encoding, strict
reading.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import Any, Final, NamedTuple

import cbor2

from keys.encoding import cbor_encode
from keys.errors import MalformedCode

FULL_PREFIX: Final = "KK1:"
LIST_BITS: Final = 20
LIST_ENTRIES: Final = 1 << LIST_BITS
LISTS_MAX: Final = 4096
NAME_MAX_CHARACTERS: Final = 64
TIME_END: Final = 1 << 32
_STATUS_LIST: Final = 65535
_PASS: Final = -65537
_SITE: Final = -65538
_ANCHOR: Final = -65539
_ID_TAIL: Final = re.compile(r"(?:[0-9]{3}[0-9X])?\Z", re.ASCII)
_LIST_URI: Final = re.compile(r"s:(0|[1-9][0-9]{0,3})\Z", re.ASCII)
_ONLY_INTEGERS: Final = {int}
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Status(IntEnum):
    """Status of a pass, in tokens and in lists. WITHDRAWN is never minted."""

    GREEN = 0
    WITHDRAWN = 1
    YELLOW = 2
    RED = 3


class Kind(IntEnum):
    """What a pass is: how it is carried, and for whom."""

    PHONE = 0
    PAPER = 1
    DEPENDANT = 2
    EMPLOYEE = 3
    VISITOR = 4
    STAFF = 5


class Site(NamedTuple):
    """Where and when a site or visitor pass holds: zone 0 = all; hours 0..24, both 0 = all day;
    party 1..16.
    """

    nbf: int
    zone: int
    day_from: int
    day_to: int
    party: int


class Claims(NamedTuple):
    """What a pass says. A tuple, because one is made for every scan and a frozen dataclass costs 4x
    as much.

    kid: key number. list_number, entry: the place in the issuer's lists (entry is `index` on
    the wire). iat, exp: seconds since 1970 UTC. site: profile 2 only. anchor: 16 bytes, profile 3
    only.
    """

    kid: int
    kind: int
    status: int
    iat: int
    exp: int
    list_number: int
    entry: int
    name: str
    id_tail: str
    site: Site | None = None
    anchor: bytes | None = None

    @property
    def profile(self) -> int:
        """1 resident, 2 site or visitor, 3 rotating."""
        return 2 if self.site is not None else 3 if self.anchor is not None else 1

    def as_json(self) -> dict[str, Any]:
        """Return the claims under their public names, as `kakou-keys read` prints them."""
        out: dict[str, Any] = {"profile": self.profile, **self._asdict()}
        out["list"], out["index"] = out.pop("list_number"), out.pop("entry")
        site, anchor = out.pop("site"), out.pop("anchor")
        if site is not None:
            out.update(site._asdict())
        if anchor is not None:
            out["anchor"] = anchor.hex()
        return out


def _need(holds: bool, why: str) -> None:
    if not holds:
        raise MalformedCode(why)


def _is_uint(value: object, end: int) -> bool:
    # By exact type: True == 1 and 1.0 == 1 in Python, and neither is an integer on the wire.
    return type(value) is int and 0 <= value < end


def check_site(site: Site) -> None:
    """Return if every field of `site` is in range, else MalformedCode."""
    nbf, zone, day_from, day_to, party = site
    _need(_is_uint(nbf, TIME_END) and _is_uint(zone, 1 << 16), "site out of range")
    _need(
        _is_uint(day_from, 25) and _is_uint(day_to, 25) and _is_uint(party, 17) and party > 0,
        "site out of range",
    )
    _need(day_from != day_to or day_from == 0, "empty day")


def check_claims(claims: Claims) -> None:
    """Return if every claim is in the range that formats.md 1.1 gives it, else MalformedCode."""
    *numbers, name, id_tail, site, anchor = claims
    # By exact type: True == 1 and 1.0 == 1 in Python, and neither is an integer on the wire.
    _need(set(map(type, numbers)) == _ONLY_INTEGERS, "not a number")
    kid, kind, status, iat, exp, list_number, entry = numbers
    _need(0 <= kid < 1 << 16 and 0 <= kind <= Kind.STAFF, "kid or kind out of range")
    _need(0 <= status <= 3 and status != Status.WITHDRAWN, "status out of range")
    _need(0 <= iat < exp < TIME_END, "time out of range, or ends before it begins")
    _need(0 <= list_number < LISTS_MAX and 0 <= entry < LIST_ENTRIES, "no such entry")
    _need(type(name) is str and len(name) <= NAME_MAX_CHARACTERS, "name too long")
    _need((name.isascii() and name.isprintable()) or _is_plain(name), "control in the name")
    _need(type(id_tail) is str and _ID_TAIL.match(id_tail) is not None, "id_tail")
    if site is not None:
        _need(anchor is None, "both site and anchor")
        check_site(site)
    if anchor is not None:
        _need(type(anchor) is bytes and len(anchor) == 16, "anchor")


def _is_plain(name: str) -> bool:
    # A direction control would let a pass reorder what the guard reads beside it.
    return not any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in name)


def _uint(value: int) -> bytes:
    if value >= 1 << 16:  # times, and most places in a list
        return b"\x1a" + value.to_bytes(4, "big")
    if value < 24:
        return bytes((value,))
    return bytes((24, value)) if value < 1 << 8 else b"\x19" + value.to_bytes(2, "big")


_SMALL: Final = [bytes((value,)) for value in range(24)]
# The parts of the payload that never change, in the order of deterministic CBOR: 4, (5,) 6, 65535,
# -65537, ...
_LIST_OPEN: Final = bytes.fromhex("19ffffa1") + b"\x6bstatus_list" + b"\xa2\x63idx"
_URI: Final = [
    b"\x63uri" + bytes((0x60 + 2 + len(str(n)),)) + f"s:{n}".encode() for n in range(LISTS_MAX)
]
_PASS_OPEN: Final = bytes.fromhex("3a0001000084")
_SITE_OPEN: Final = bytes.fromhex("3a0001000184")
_ANCHOR_OPEN: Final = bytes.fromhex("3a0001000250")


def encode_payload(claims: Claims) -> bytes:
    """Return the payload bytes of checked claims: the same as deterministic CBOR of the map, 5x as
    fast.
    """
    _, kind, status, iat, exp, list_number, entry, name, id_tail, site, anchor = claims
    parts = (
        _LIST_OPEN,
        _uint(entry),
        _URI[list_number],
        _PASS_OPEN,
        _SMALL[kind],
        _SMALL[status],
        _text(name),
        b"\x64" + id_tail.encode() if id_tail else b"\x60",
    )
    ends, begins = _uint(exp), _uint(iat)
    if site is not None:
        first = (b"\xa6\x04", ends, b"\x05", _uint(site.nbf), b"\x06", begins)
        return b"".join((*first, *parts, _SITE_OPEN, *map(_uint, site[1:])))
    if anchor is not None:
        return b"".join((b"\xa5\x04", ends, b"\x06", begins, *parts, _ANCHOR_OPEN, anchor))
    return b"".join((b"\xa4\x04", ends, b"\x06", begins, *parts))


def _text(text: str) -> bytes:
    raw = text.encode()
    size = len(raw)
    if size < 24:
        return bytes((0x60 | size,)) + raw
    return (bytes((0x78, size)) if size < 256 else b"\x79" + size.to_bytes(2, "big")) + raw


def decode_payload(kid: int, payload: bytes) -> Claims:
    """Return the claims of a payload whose signature stands; any other form, range or claim:
    MalformedCode.
    """
    try:
        value = cbor2.loads(payload)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        raise MalformedCode("claims are not CBOR") from None
    try:
        claims = _claims_of(kid, value)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise MalformedCode("claims of another shape") from None
    check_claims(claims)
    # One comparison refuses what cbor2 forgives: other forms, double keys, trailing bytes, claims
    # not named here.
    if encode_payload(claims) != payload:
        raise MalformedCode("claims not in their one form")
    return claims


def _claims_of(kid: int, value: Any) -> Claims:
    entry = value[_STATUS_LIST]["status_list"]
    kind, status, name, id_tail = value[_PASS]
    uri = _LIST_URI.match(entry["uri"])
    if uri is None:
        raise MalformedCode("status list of another form")
    site = Site(value[5], *value[_SITE]) if _SITE in value else None
    return Claims(
        kid,
        kind,
        status,
        value[6],
        value[4],
        int(uri[1]),
        entry["idx"],
        name,
        id_tail,
        site,
        value.get(_ANCHOR),
    )


def reference_payload(claims: Claims) -> bytes:
    """Return the same bytes as `encode_payload` by the CBOR library: what the fast form is checked
    against in tests.
    """
    value: dict[int, Any] = {
        4: claims.exp,
        6: claims.iat,
        _STATUS_LIST: {"status_list": {"idx": claims.entry, "uri": f"s:{claims.list_number}"}},
        _PASS: [claims.kind, claims.status, claims.name, claims.id_tail],
    }
    if claims.site is not None:
        value[5] = claims.site.nbf
        value[_SITE] = list(claims.site[1:])
    if claims.anchor is not None:
        value[_ANCHOR] = claims.anchor
    return cbor_encode(value)
