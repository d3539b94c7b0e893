"""The public Token Status List of one list (formats.md 2; draft-ietf-oauth-status-list, CWT form),
made and read.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import deflate

from keys.claims import LIST_ENTRIES, LISTS_MAX, TIME_END
from keys.ed25519 import SigningKey
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from keys.shapes import is_count, need

STATUS_LIST_TYP: Final = "application/statuslist+cwt"
STATUS_LIST_MAX_BYTES: Final = 1 << 19
LIST_BYTES: Final = LIST_ENTRIES // 4
BITS: Final = 2
_LIST_CLAIM: Final = 65533
_TTL_CLAIM: Final = 65534
_STRONGEST: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One list after its signature stood: `packed` is 2^18 bytes, entry i in byte i div 4 at bit 2
    * (i mod 4).

    iat, exp: seconds since 1970 UTC. ttl: seconds a copy may be kept.
    """

    list_number: int
    packed: bytes
    iat: int
    exp: int
    ttl: int


def bounded_inflate(raw: bytes, size: int) -> bytes:
    """Return exactly `size` bytes out of zlib `raw`; shorter, longer or trailing data:
    MalformedBytes.

    1 GiB of zeros deflates to 1 MB, so nothing beyond size + 1 is ever inflated.
    """
    inflater = zlib.decompressobj()
    try:
        out = inflater.decompress(raw, size + 1)
    except zlib.error:
        raise MalformedBytes("not zlib") from None
    need(len(out) == size and inflater.eof and not inflater.unused_data, "list of a wrong size")
    return out


def seal_status_list(
    key: SigningKey, kid: int, *, list_number: int, packed: bytes, iat: int, exp: int, ttl: int
) -> bytes:
    """Return the signed status list token; `key` has purpose `status`."""
    lst = bytes(deflate.zlib_compress(packed, _STRONGEST))
    payload = {
        2: f"s:{list_number}",
        4: exp,
        6: iat,
        _LIST_CLAIM: {"bits": BITS, "lst": lst},
        _TTL_CLAIM: ttl,
    }
    return seal_envelope(
        key, kid=kid.to_bytes(2, "big"), typ=STATUS_LIST_TYP, payload=cbor_encode(payload)
    )


def open_status_list(
    raw: bytes, *, list_number: int, now: int | None, keys_of: Callable[[bytes], Iterable[bytes]]
) -> StatusList:
    """Return list `list_number` after signature, subject, size and (with `now`) expiry stand; else
    UntrustedData.
    """
    payload, _ = open_envelope(
        raw, typ=STATUS_LIST_TYP, max_bytes=STATUS_LIST_MAX_BYTES, keys_of=keys_of
    )
    try:
        value = cbor_decode(payload, max_bytes=STATUS_LIST_MAX_BYTES)
        need(
            type(value) is dict and set(value) == {2, 4, 6, _LIST_CLAIM, _TTL_CLAIM},
            "not a status list",
        )
        need(0 <= list_number < LISTS_MAX and value[2] == f"s:{list_number}", "another list")
        need(
            all(is_count(value[k]) and value[k] < TIME_END for k in (4, 6, _TTL_CLAIM)),
            "not a status list",
        )
        entry = value[_LIST_CLAIM]
        need(
            type(entry) is dict and set(entry) == {"bits", "lst"} and type(entry["lst"]) is bytes,
            "not a list",
        )
        need(type(entry["bits"]) is int and entry["bits"] == BITS, "not 2 bits an entry")
        packed = bounded_inflate(entry["lst"], LIST_BYTES)
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_status_list") from None
    if now is not None and now >= value[4]:
        raise UntrustedData(code="expired_status_list")
    return StatusList(
        list_number=list_number, packed=packed, iat=value[6], exp=value[4], ttl=value[_TTL_CLAIM]
    )
