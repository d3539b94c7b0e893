"""Minting: from checked claims to one signed object and the two carriers that show it (formats.md
1).
"""

from __future__ import annotations

from typing import NamedTuple

from keys.claims import FULL_PREFIX, Claims, check_claims, encode_payload
from keys.dense import carrier_bytes, write_digits
from keys.ed25519 import SigningKey
from keys.encoding import base45_encode
from keys.envelope import seal_envelope


class MintedPass(NamedTuple):
    """A signed pass. full: the FULL text. carrier, dense: the DENSE bytes and digits, None where
    the claims do not fit.

    A rotating pass (profile 3) has `dense` None: only its phone can show it, slot by slot
    (`keys.rotating.tail_for`).
    """

    cose: bytes
    full: str
    carrier: bytes | None
    dense: str | None


def mint(key: SigningKey, claims: Claims) -> MintedPass:
    """Return the pass of `claims` signed by `key`; claims out of range: MalformedCode."""
    check_claims(claims)
    cose = seal_envelope(
        key, kid=claims.kid.to_bytes(2, "big"), typ=None, payload=encode_payload(claims)
    )
    carrier = carrier_bytes(claims, cose[-64:])
    shown = carrier is not None and claims.anchor is None
    return MintedPass(
        cose=cose,
        full=FULL_PREFIX + base45_encode(cose),
        carrier=carrier,
        dense=write_digits(carrier) if carrier is not None and shown else None,
    )
