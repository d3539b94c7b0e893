"""Ed25519: the RFC's own vectors, and the edge cases that its text decides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from keys.ed25519 import SIGNATURE_BYTES, SigningKey, verify
from tests.conformance import edwards
from tests.conformance.sheet import Check, refused

FOLDER = Path(__file__).resolve().parent
SEED = bytes(range(32))
KEY = SigningKey(SEED)
MESSAGE = b"a pass"
SIGNATURE = KEY.sign(MESSAGE)


def rfc8032() -> Check:
    """Return the check of section 7.1: keys, signatures made, signatures verified, one bit bent."""
    check = Check(source="RFC 8032, 7.1", what="Ed25519: key, signature, verification, a bent bit")
    for vector in json.loads((FOLDER / "rfc8032.json").read_text("utf-8"))["vectors"]:
        name = vector["name"]
        secret, public, message, signature = (
            bytes.fromhex(vector[part]) for part in ("secret", "public", "message", "signature")
        )
        key = SigningKey(secret)
        check.case(key.public_key == public, f"{name}: public key")
        check.case(key.sign(message) == signature, f"{name}: signature")
        check.accepts(partial(verify, public, signature, message), f"{name}: verify")
        bent = bytes([signature[0] ^ 1]) + signature[1:]
        check.refuses(partial(verify, public, bent, message), f"{name}: bent")
    return check


def bad(check: Check, public_key: bytes, signature: bytes, name: str) -> None:
    check.refuses(lambda: verify(public_key, signature, MESSAGE), name)


def scalars() -> Check:
    """Return the check of S: below the group order, in its own 32 bytes (5.1.7 step 1)."""
    check = Check(source="RFC 8032, 5.1.7", what="S at or beyond L, S changed, S = 0")
    r, s = SIGNATURE[:32], int.from_bytes(SIGNATURE[32:], "little")
    for multiple in range(1, 16):
        if (beyond := s + multiple * edwards.ORDER) < 1 << 256:
            bad(check, KEY.public_key, r + beyond.to_bytes(32, "little"), f"S + {multiple} L")
    for name, value in (
        ("0", 0),
        ("L", edwards.ORDER),
        ("L - S", edwards.ORDER - s),
        ("2^252", 1 << 252),
        ("2^256 - 1", (1 << 256) - 1),
        ("S + 1", s + 1),
        ("S with its top bit set", s | 1 << 255),
    ):
        bad(check, KEY.public_key, r + value.to_bytes(32, "little"), f"S = {name}")
    return check


def encodings_of(points: list[edwards.Point]) -> Iterator[bytes]:
    """Yield every 32-byte form of these points, the ones that no encoder may write included."""
    for x, y in points:
        for form in (y, y + edwards.PRIME):
            for sign in {x & 1, 1} if x == 0 else {x & 1}:
                if form < 1 << 255:
                    yield (form | sign << 255).to_bytes(32, "little")


def small_order() -> Check:
    """Return the check of all 14 encodings of the 8 points of small order, as A and as R."""
    check = Check(source="RFC 8032 and the formats", what="A and R of small order, every encoding")
    forms = list(encodings_of(edwards.torsion()))
    for a in forms:
        for r in forms:
            bad(check, a, r + bytes(32), f"A {a.hex()[:8]}, R {r.hex()[:8]}, S 0")
    for r in forms:
        bad(check, KEY.public_key, r + SIGNATURE[32:], f"R {r.hex()[:8]}")
        # S that satisfies the equation with R of small order up to the cofactor.
        k = edwards.hashed(r, KEY.public_key, MESSAGE)
        s = k * edwards.secret_scalar(SEED) % edwards.ORDER
        bad(check, KEY.public_key, r + s.to_bytes(32, "little"), f"R {r.hex()[:8]}, fitting S")
    return check


def non_canonical() -> Check:
    """Return the check of y at or beyond p, in A and in R."""
    check = Check(source="RFC 8032, 5.1.3", what="A and R not in canonical form, not on the curve")
    for y in range(edwards.PRIME, 1 << 255):
        for sign in (0, 1):
            form = (y | sign << 255).to_bytes(32, "little")
            bad(check, form, SIGNATURE, f"A: y = p + {y - edwards.PRIME}, sign {sign}")
            bad(check, KEY.public_key, form + SIGNATURE[32:], f"R: y = p + {y - edwards.PRIME}")
    for y in (2, 7, 8, 11, 12):
        form = y.to_bytes(32, "little")
        try:
            edwards.decode(form)
        except ValueError:
            bad(check, form, SIGNATURE, f"A: y = {y} is no point")
            bad(check, KEY.public_key, form + SIGNATURE[32:], f"R: y = {y} is no point")
    return check


def cofactorless() -> Check:
    """Return the check that decides between the two equations: A with a part of small order.

    With A = aB + T a signature always fits the equation times 8, and the plain one only if the hash
    is a multiple of T's order. Plain is what the formats ask for.
    """
    check = Check(source="the formats, header", what="cofactorless: A with a part of order 8, 4, 2")
    secret = edwards.secret_scalar(SEED)
    for part in edwards.torsion()[1:]:
        public = edwards.encode(edwards.add(edwards.times(secret, edwards.BASE), part))
        for nonce in range(1, 13):
            r = edwards.encode(edwards.times(nonce, edwards.BASE))
            digest = edwards.hashed(r, public, MESSAGE)
            s = (nonce + digest * secret) % edwards.ORDER
            signature = r + s.to_bytes(32, "little")
            fits = edwards.times(digest % 8, part) == edwards.NEUTRAL
            taken = not refused(partial(verify, public, signature, MESSAGE))
            check.case(taken == fits, f"T {part[1] % 1000}, nonce {nonce}")
    return check


def lengths() -> Check:
    """Return the check of keys and signatures of other lengths."""
    check = Check(source="RFC 8032, 5.1.7", what="keys and signatures of other lengths")
    for size in range(SIGNATURE_BYTES + 8):
        if size != SIGNATURE_BYTES:
            bad(check, KEY.public_key, (SIGNATURE + bytes(8))[:size], f"signature of {size} bytes")
    for size in range(40):
        if size != len(KEY.public_key):
            bad(check, (KEY.public_key + bytes(8))[:size], SIGNATURE, f"key of {size} bytes")
    bad(check, KEY.public_key, SIGNATURE + MESSAGE[:1], "a byte moved from message to signature")
    return check


def all_checks() -> list[Check]:
    """Return every check of signatures."""
    return [rfc8032(), scalars(), small_order(), non_canonical(), cofactorless(), lengths()]
