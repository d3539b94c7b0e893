"""The DENSE carrier (formats.md 1.3): fields packed bit by bit, digits in a QR code, no CBOR on the
way in.

The carrier adds no trust: its fields only say which COSE_Sign1 bytes the signature must cover.
Every range is checked here, before any signature work.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from keys.claims import Claims, Site
from keys.encoding import BASE45_ALPHABET, base45_value, digits_encode, is_digits
from keys.errors import MalformedBytes, MalformedCode, RotatingCodeMissing

EPOCH: Final = 1577836800  # 2020-01-01T00:00:00Z
HOUR: Final = 3600
SIGNATURE: Final = 64
ANCHOR: Final = 16
TAIL: Final = 18
ROTATING_MAX_HOURS: Final = 168
_NAME_BITS: Final = 39
_CHARACTER_BITS: Final = 13
_MASK: Final = 8191
_BASE45_NAMES: Final = 45**7
_NO_ID_TAIL: Final = 11000
_FIELD_BYTES: Final = {1: 19, 2: 25, 3: 19}
_CARRIER_BYTES: Final = {1: 83, 2: 89, 3: 99}
# Digits -> (profile, bytes). 239 digits are a rotating pass without its tail: not a code.
_LENGTHS: Final = {200: (1, 83), 215: (2, 89), 239: (3, 99), 282: (3, 117)}


def _characters() -> list[str]:
    """Return 8,192 places: the GB 2312 character of rows 16..87, the mask, or "" where none is
    named.
    """
    table = [""] * 8192
    for value in range(72 * 94):
        pair = bytes((value // 94 + 0xB0, value % 94 + 0xA1))
        table[value] = pair.decode("gb2312", errors="ignore")
    table[_MASK] = "*"
    return table


_CHARACTER: Final = _characters()
_PLACE: Final = {character: value for value, character in enumerate(_CHARACTER) if character}
_PAIR: Final = [BASE45_ALPHABET[n // 45] + BASE45_ALPHABET[n % 45] for n in range(2025)]
_ID_TAILS: Final = [f"{n // 11:03}{'0123456789X'[n % 11]}" for n in range(11000)] + [""]
_ID_TAIL_NUMBER: Final = {text: number for number, text in enumerate(_ID_TAILS)}


class DenseCarrier(NamedTuple):
    """A carrier taken apart: claims not yet trusted, 64-byte signature, and the tail (2 + 16 bytes)
    if it rotates.
    """

    claims: Claims
    signature: bytes
    tail: bytes | None


def _read_name(n: int, value: int) -> str:
    if n == 0:
        if value >= _BASE45_NAMES:
            raise MalformedCode("name beyond 45^7")
        value, last = divmod(value, 2025)
        value, middle = divmod(value, 2025)
        first, second = divmod(value, 2025)
        return (BASE45_ALPHABET[first] + _PAIR[second] + _PAIR[middle] + _PAIR[last]).rstrip(" ")
    unused = _NAME_BITS - n * _CHARACTER_BITS
    if value & (1 << unused) - 1:
        raise MalformedCode("unused name place not zero")
    first, second, third = value >> 26, value >> 13 & _MASK, value & _MASK
    name = _CHARACTER[first]
    if n > 1:
        name += _CHARACTER[second]
    if n > 2:
        name += _CHARACTER[third]
    if len(name) != n:
        raise MalformedCode("13 bits that name no character")
    if name == "*" * n:
        raise MalformedCode("masks and no character")
    return name


def _name_bits(name: str) -> int | None:
    """Return the 41 bits (n, then 39) of `name`, None if it does not fit."""
    if 1 <= len(name) <= 3 and name.strip("*") and all(character in _PLACE for character in name):
        value = 0
        for character in name.ljust(3, "啊"):  # 啊 is place 0: the unused places
            value = value << _CHARACTER_BITS | _PLACE[character]
        return len(name) << _NAME_BITS | value
    if len(name) > 7 or name.endswith(" "):
        return None
    try:
        return base45_value(name.ljust(7))
    except MalformedBytes:
        return None


def read_digits(text: str) -> DenseCarrier | None:
    """Return the carrier that `text` (already stripped) spells; None if that has not the form of
    one: ASCII digits, of a length that a profile has.

    Any field, padding or profile out of range: MalformedCode. A rotating pass without its tail:
    RotatingCodeMissing.
    """
    profile, size = _LENGTHS.get(len(text), (0, 0))
    if not size or not is_digits(text):
        return None
    try:
        raw = int(text).to_bytes(size, "big")
    except OverflowError:
        raise MalformedCode("digits beyond the last byte") from None
    if raw[0] >> 4 != profile:
        raise MalformedCode("profile does not fit the length")
    claims = _read_fields(profile, raw)
    if size == 99:
        raise RotatingCodeMissing
    if profile == 3:
        return DenseCarrier(claims, raw[35:99], raw[99:])
    return DenseCarrier(claims, raw[-SIGNATURE:], None)


def _read_fields(profile: int, raw: bytes) -> Claims:
    size = _FIELD_BYTES[profile]
    bits = int.from_bytes(raw[:size], "big")
    if bits & 3 and profile != 2:
        raise MalformedCode("padding not zero")
    # From the least significant end: 2 bits of padding (profiles 1 and 3; profile 2 has exactly 200
    # bits).
    if profile != 2:
        bits >>= 2
    id_tail, bits = bits & 0x3FFF, bits >> 14
    if id_tail > _NO_ID_TAIL:
        raise MalformedCode("id_tail out of range")
    name, bits = _read_name(bits >> 39 & 3, bits & (1 << 39) - 1), bits >> 41
    site_bits = 0
    if profile == 2:
        site_bits, bits = bits & (1 << 50) - 1, bits >> 50
    life = bits >> 32 & 0x3FFF
    iat = EPOCH + 60 * (bits >> 46 & 0xFFFFFF)
    status, kind, kid = bits >> 70 & 3, bits >> 72 & 7, bits >> 75 & 0xFFFF
    if life == 0 or kind > 5 or status == 1 or (profile == 3 and life > ROTATING_MAX_HOURS):
        raise MalformedCode("field out of range")
    site = _read_site(site_bits, iat) if profile == 2 else None
    anchor = raw[size : size + ANCHOR] if profile == 3 else None
    entry, number = bits & 0xFFFFF, bits >> 20 & 0xFFF
    exp = iat + life * HOUR
    return Claims(
        kid, kind, status, iat, exp, number, entry, name, _ID_TAILS[id_tail], site, anchor
    )


def _read_site(bits: int, iat: int) -> Site:
    day_from, day_to = bits >> 9 & 31, bits >> 4 & 31
    if day_from > 24 or day_to > 24 or (day_from == day_to and day_from):
        raise MalformedCode("day out of range")
    return Site(iat + 60 * (bits >> 30), bits >> 14 & 0xFFFF, day_from, day_to, (bits & 15) + 1)


def write_fields(claims: Claims) -> bytes | None:
    """Return the field bytes of checked claims, None if they do not fit the DENSE carrier (then
    FULL only).
    """
    profile = claims.profile
    issued, odd_second = divmod(claims.iat - EPOCH, 60)
    life, odd_hour = divmod(claims.exp - claims.iat, HOUR)
    name = _name_bits(claims.name)
    fits = not odd_second and not odd_hour and 0 <= issued < 1 << 24 and 1 <= life < 1 << 14
    if not fits or name is None or (profile == 3 and life > ROTATING_MAX_HOURS):
        return None
    parts = [
        (profile, 4),
        (claims.kid, 16),
        (claims.kind, 3),
        (claims.status, 2),
        (issued, 24),
        (life, 14),
    ]
    parts += [(claims.list_number, 12), (claims.entry, 20)]
    if claims.site is not None:
        starts, odd = divmod(claims.site.nbf - claims.iat, 60)
        if odd or not 0 <= starts < 1 << 20:
            return None
        _, zone, day_from, day_to, party = claims.site
        parts += [(starts, 20), (zone, 16), (day_from, 5), (day_to, 5), (party - 1, 4)]
    parts += [(name, 41), (_ID_TAIL_NUMBER[claims.id_tail], 14)]
    bits = 0
    for value, width in parts:
        bits = bits << width | value
    return (bits << (0 if profile == 2 else 2)).to_bytes(_FIELD_BYTES[profile], "big")


def carrier_bytes(claims: Claims, signature: bytes) -> bytes | None:
    """Return fields, anchor and signature as carried (83, 89 or 99 bytes), None if the claims do
    not fit.
    """
    fields = write_fields(claims)
    return None if fields is None else fields + (claims.anchor or b"") + signature


def write_digits(carrier: bytes, tail: bytes = b"") -> str:
    """Return the digits of a carrier, with the 18-byte tail of the slot for a rotating code."""
    return digits_encode(carrier + tail)
