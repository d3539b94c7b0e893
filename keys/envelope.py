"""COSE_Sign1 (RFC 9052 section 4.2) with EdDSA, in the one byte form this project writes: seal and
open.

Form: tag 18, protected {1: -8, 4: kid} or {1: -8, 4: kid, 16: typ}, unprotected {}, payload,
64-byte signature. `open_envelope` matches the header bytes by position and checks the signature
before anybody decodes CBOR. The header parameter typ (16, RFC 9596) keeps one kind of object from
standing for another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from keys import ed25519
from keys.errors import BadSignature, UntrustedData

KID_MAX_BYTES: Final = 32
_START: Final = b"\xd2\x84"
_ALG_EDDSA: Final = b"\x01\x27"
_EMPTY_MAP: Final = b"\xa0"
_SIGNATURE_HEAD: Final = b"\x58\x40"
_SIG_STRUCTURE_HEAD: Final = b"\x84\x6aSignature1"


def _head(major: int, size: int) -> bytes:
    if size < 24:
        return bytes([major | size])
    if size < 1 << 8:
        return bytes([major | 24, size])
    if size < 1 << 16:
        return bytes([major | 25]) + size.to_bytes(2, "big")
    return bytes([major | 26]) + size.to_bytes(4, "big")


_SHORT_HEADS: Final = [_head(0x40, size) for size in range(512)]  # of everything in a pass


def bytes_head(size: int) -> bytes:
    """Return the CBOR head of a byte string of `size` bytes (major type 2), shortest form."""
    return _SHORT_HEADS[size] if size < len(_SHORT_HEADS) else _head(0x40, size)


def protected_header(kid: bytes, typ: str | None = None) -> bytes:
    """Return the serialised protected header for `kid` and, unless it is a pass, `typ`."""
    entries = _ALG_EDDSA + b"\x04" + bytes_head(len(kid)) + kid
    if typ is None:
        return b"\xa2" + entries
    text = typ.encode("ascii")
    return b"\xa3" + entries + b"\x10" + _head(0x60, len(text)) + text


def signed_bytes(protected: bytes, payload: bytes) -> bytes:
    """Return the Sig_structure (RFC 9052 section 4.4) with empty external_aad: what the signature
    covers.
    """
    return b"".join(
        (
            _SIG_STRUCTURE_HEAD,
            bytes_head(len(protected)),
            protected,
            b"\x40",
            bytes_head(len(payload)),
            payload,
        )
    )


def assemble(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """Return the COSE_Sign1 of its three parts."""
    head = b"".join((_START, bytes_head(len(protected)), protected, _EMPTY_MAP))
    return b"".join((head, bytes_head(len(payload)), payload, _SIGNATURE_HEAD, signature))


def seal_envelope(key: ed25519.SigningKey, *, kid: bytes, typ: str | None, payload: bytes) -> bytes:
    """Return the COSE_Sign1 of `payload` signed by `key`."""
    protected = protected_header(kid, typ)
    return assemble(protected, payload, key.sign(signed_bytes(protected, payload)))


def _read_head(raw: bytes, at: int, major: int) -> tuple[int, int]:
    """Return (size, next position) of a head of type `major`; not that type or not shortest:
    UntrustedData.
    """
    first = raw[at] if at < len(raw) else 0
    extra = {24: 1, 25: 2, 26: 4}.get(first & 31, 0) if first & 31 >= 24 else 0
    size = int.from_bytes(raw[at + 1 : at + 1 + extra], "big") if extra else first & 31
    end = at + 1 + extra
    if end > len(raw) or raw[at:end] != _head(major, size):
        raise UntrustedData("not a COSE_Sign1 of this project's form", code="malformed_envelope")
    return size, end


def _split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Return (protected, payload, signature) by position alone; nothing is decoded."""
    bad = UntrustedData("not a COSE_Sign1 of this project's form", code="malformed_envelope")
    if raw[:2] != _START:
        raise bad
    size, at = _read_head(raw, 2, 0x40)
    protected, at = raw[at : at + size], at + size
    if raw[at : at + 1] != _EMPTY_MAP:
        raise bad
    size, at = _read_head(raw, at + 1, 0x40)
    payload, at = raw[at : at + size], at + size
    if raw[at : at + 2] != _SIGNATURE_HEAD or len(raw) != at + 2 + ed25519.SIGNATURE_BYTES:
        raise bad
    return protected, payload, raw[at + 2 :]


def envelope_kid(raw: bytes, *, typ: str | None, max_bytes: int) -> bytes:
    """Return the key id that an envelope of `typ` names; wrong size, form or typ: UntrustedData.
    Nothing is verified.
    """
    return _kid_of(_checked_split(raw, max_bytes)[0], typ)


def _checked_split(raw: bytes, max_bytes: int) -> tuple[bytes, bytes, bytes]:
    if len(raw) > max_bytes:
        raise UntrustedData(f"larger than {max_bytes} bytes", code="too_large")
    return _split(raw)


def _kid_of(protected: bytes, typ: str | None) -> bytes:
    size, at = _read_head(protected, 4, 0x40)
    kid = protected[at : at + size]
    if not 1 <= size <= KID_MAX_BYTES or len(kid) != size:
        raise UntrustedData("kid of a wrong size", code="malformed_envelope")
    if protected != protected_header(kid, typ):
        raise UntrustedData("another kind of object", code="wrong_type")
    return kid


def open_envelope(
    raw: bytes, *, typ: str | None, max_bytes: int, keys_of: Callable[[bytes], Iterable[bytes]]
) -> tuple[bytes, bytes]:
    """Return (payload, public key) of a COSE_Sign1 after its signature stands.

    `keys_of(kid)` gives the public keys that may have signed it; the first that fits is returned.
    Wrong size, form, typ, an unknown kid or a bad signature: UntrustedData with its code.
    """
    protected, payload, signature = _checked_split(raw, max_bytes)
    kid = _kid_of(protected, typ)
    message = signed_bytes(protected, payload)
    known = False
    for public_key in keys_of(kid):
        known = True
        try:
            ed25519.verify(public_key, signature, message)
        except BadSignature:
            continue
        return payload, public_key
    raise UntrustedData(code="bad_signature" if known else "unknown_key")
