"""Mutations of valid codes, endless and repeatable: half of them bent, half properly signed again.

What may be believed is known beforehand: the passes that a live pass key was meant to sign. A code
that opens as anything else is a hole.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import cbor2

from keys.claims import FULL_PREFIX, Claims, Site, encode_payload
from keys.dense import HOUR, carrier_bytes, write_digits
from keys.ed25519 import SigningKey
from keys.encoding import (
    BASE45_ALPHABET,
    base45_decode,
    base45_encode,
    digits_encode,
)
from keys.envelope import assemble, protected_header, seal_envelope, signed_bytes
from keys.errors import KeysError
from keys.passages import PassIdentity
from keys.rotating import climb, salt_of, slots_of, tail_for
from keys.token import mint
from keys.trustlist import Keyring, KeyState, Purpose, TrustedKey, TrustList, keyring_of
from keys.verify import check_time, open_code
from tests.keys.makers import NOW, signing_key, trusted_key

OURS, NEIGHBOUR = "ours", "neighbour"
SIZES = {200: 83, 215: 89, 239: 99, 282: 117}
NAMES = ("王*明", "欧阳*", "", "J.SMITH", "*", "诸葛*", "A B", "Ünï 王")


def key_of(issuer: str, kid: int) -> SigningKey:
    """Return the private key behind a number of an issuer."""
    return signing_key(f"{issuer} {kid}")


def entry(issuer: str, kid: int, **changes: object) -> TrustedKey:
    """Return the trust list's entry for that key."""
    return trusted_key(key_of(issuer, kid), issuer=issuer, kid=kid, **changes)


# 256 and 257 sign passes, 258 is shared by both issuers, 300 was stolen, 301 ended long ago.
TRUST = TrustList(
    version=1,
    issuers={},
    keys=(
        *(entry(OURS, kid) for kid in (256, 257, 258)),
        *(entry(NEIGHBOUR, kid) for kid in (258, 1024)),
        entry(OURS, 300, state=KeyState.BURNED),
        entry(OURS, 301, state=KeyState.RETIRED, not_after=NOW - 10**8),
        entry(OURS, 302, purpose=Purpose.STATUS),
        entry(OURS, 303, purpose=Purpose.STATION),
    ),
)
RING: Keyring = keyring_of(TRUST)
SIGNERS = [(OURS, 256), (OURS, 257), (OURS, 258), (NEIGHBOUR, 258), (NEIGHBOUR, 1024)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """A pass as its holder shows it: what it is, and the texts that carry it."""

    identity: PassIdentity
    claims: Claims
    cose: bytes
    texts: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the mutations. holes: accepted as another identity. strangers: errors that are
    not ours, or ours without a code.
    """

    cases: int = 0
    same: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    holes: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


def draw_claims(random: random.Random, kid: int, number: int) -> Claims:
    """Return claims of a pass whose place in the lists is `number`."""
    profile = random.choice((1, 1, 2, 3))
    iat = NOW - 60 * random.randrange(1000)
    life = HOUR * (random.randrange(1, 9) if profile == 3 else random.randrange(24, 16384))
    name = random.choice(NAMES[:6] if profile == 3 else NAMES)
    claims = Claims(
        kid,
        random.randrange(6),
        random.choice((0, 2, 3)),
        iat,
        iat + life,
        number % 4096,
        number,
        name,
        random.choice(("", "123X", "0000")),
    )
    if profile == 2:
        site = Site(iat, random.randrange(65536), 8, 18, random.randrange(1, 17))
        return claims._replace(site=site)
    if profile == 3:
        salt = salt_of(kid, claims.list_number, claims.entry, iat)
        return claims._replace(anchor=climb(salt, bytes(16), 0, slots_of(iat, claims.exp)))
    return claims


def shown(claims: Claims, signature: bytes, random: random.Random) -> list[str]:
    """Return every text that shows these claims under this signature."""
    carrier = carrier_bytes(claims, signature)
    if claims.anchor is not None:
        slots = slots_of(claims.iat, claims.exp)
        return [write_digits(carrier or b"", tail_for(claims, bytes(16), random.randrange(slots)))]
    cose = assemble(
        protected_header(claims.kid.to_bytes(2, "big")), encode_payload(claims), signature
    )
    return [FULL_PREFIX + base45_encode(cose), *([write_digits(carrier)] if carrier else [])]


def genuine_passes(random: random.Random, count: int) -> list[Genuine]:
    """Return `count` genuine passes of both issuers."""
    out = []
    for number in range(count):
        issuer, kid = random.choice(SIGNERS)
        claims = draw_claims(random, kid, number)
        cose = mint(key_of(issuer, kid), claims).cose
        texts = tuple(shown(claims, cose[-64:], random))
        identity = PassIdentity(issuer, claims.list_number, claims.entry)
        out.append(Genuine(identity=identity, claims=claims, cose=cose, texts=texts))
    return out


# --- bent, not signed again


def bend(random: random.Random, pool: list[Genuine]) -> str:
    """Return a text made of a genuine one without a key."""
    text = random.choice(random.choice(pool).texts)
    match random.randrange(7):
        case 0:
            return bend_text(random, text)
        case 1:
            other = random.choice(random.choice(pool).texts)
            cut = random.randrange(min(len(text), len(other)))
            return text[:cut] + other[cut:]
        case 2:
            return stitch(random.choice(pool), random.choice(pool), random)
        case _:
            raw, prefix = taken_apart(text)
            return put_together(bend_bytes(random, raw), prefix)


def taken_apart(text: str) -> tuple[bytes, str]:
    if text.startswith(FULL_PREFIX):
        return base45_decode(text[4:]), FULL_PREFIX
    return int(text).to_bytes(SIZES[len(text)], "big"), ""


def put_together(raw: bytes, prefix: str) -> str:
    return prefix + base45_encode(raw) if prefix else digits_encode(raw)


def bend_text(random: random.Random, text: str) -> str:
    at = random.randrange(len(text))
    letter = random.choice(BASE45_ALPHABET + "abcé０\n\x00王")
    return random.choice(
        (
            text[:at] + letter + text[at + 1 :],
            text[:at] + letter + text[at:],
            text[:at] + text[at + 1 :],
            text[:at],
            text + letter,
            text[::-1],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
        )
    )


def bend_bytes(random: random.Random, raw: bytes) -> bytes:
    out = bytearray(raw)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        at = random.randrange(len(out))
        match random.randrange(4):
            case 0 | 1:
                out[at] ^= 1 << random.randrange(8)
            case 2:
                out[at] = random.randrange(256)
            case _:
                size = random.randrange(1, 9)
                start = random.randrange(len(raw))
                chunk = raw[start : start + size]
                out[at : at + len(chunk)] = chunk
    return bytes(out)


def stitch(left: Genuine, right: Genuine, random: random.Random) -> str:
    """Return the claims of one pass under the signature of another."""
    return random.choice(shown(left.claims, right.cose[-64:], random))


# --- properly signed again


def sign_again(random: random.Random, pool: list[Genuine]) -> str:
    """Return a text with a good signature by a key that must not be believed for it."""
    claims = random.choice(pool).claims._replace(entry=random.randrange(1 << 19, 1 << 20))
    match random.randrange(6):
        case 0:  # a key that nobody trusts, under a number that somebody has or nobody
            kid, key = random.choice((claims.kid, 256, 9999)), signing_key("thief")
        case 1:  # another purpose
            kid = random.choice((302, 303))
            key = key_of(OURS, kid)
        case 2:  # a stolen key, or one of an earlier time
            kid = random.choice((300, 301))
            key = key_of(OURS, kid)
        case 3:  # a trusted key of another number or another issuer
            kid, key = 256, key_of(*random.choice(SIGNERS[1:]))
        case 4:  # the right key over another kind of object
            return other_object(random, claims)
        case _:
            return wrong_value(random, claims)
    claims = claims._replace(kid=kid)
    payload = encode_payload(claims)
    signature = key.sign(signed_bytes(protected_header(kid.to_bytes(2, "big")), payload))
    return random.choice(shown(claims, signature, random))


def other_object(random: random.Random, claims: Claims) -> str:
    """Return a COSE object of the right key that is no pass: another typ, header or structure."""
    kid, payload = (256).to_bytes(2, "big"), encode_payload(claims)
    key = key_of(OURS, 256)
    typ = random.choice(("application/kakou-manifest+cwt", "application/statuslist+cwt", "x"))
    if random.random() < 0.5:
        return FULL_PREFIX + base45_encode(seal_envelope(key, kid=kid, typ=typ, payload=payload))
    algorithm = random.choice((-7, -19, -37, 0))
    protected = cbor2.dumps({1: algorithm, 4: kid}, canonical=True)
    signature = key.sign(signed_bytes(protected, payload))
    return FULL_PREFIX + base45_encode(assemble(protected, payload, signature))


def wrong_value(random: random.Random, claims: Claims) -> str:
    """Return a pass of the right key whose claims are out of range or in another form."""
    value = cbor2.loads(encode_payload(claims._replace(kid=256)))
    bad: tuple[Any, ...] = (-1, 1 << 32, 1.5, True, None, "x", b"x" * 15, [], {}, [1, 2, 3, 17])
    where = random.choice((4, 6, 65535, -65537, 5, -65538, -65539, 99))
    if where == -65537:
        wrong = ((6, 7, *bad), (1, 4, *bad), ("A" * 65, "\u202e", "\n", 7, None), ("12X4", *bad))
        place = random.randrange(4)
        value[where][place] = random.choice(wrong[place])
    elif where == 65535 and random.random() < 0.8:
        one = random.choice(("idx", "uri", "more"))
        value[where]["status_list"][one] = random.choice(("s:00", "s:4096", 1 << 20, *bad))
    else:
        value[where] = random.choice(bad)
    payload = cbor2.dumps(value, canonical=random.random() < 0.8)
    kid = (256).to_bytes(2, "big")
    sealed = seal_envelope(key_of(OURS, 256), kid=kid, typ=None, payload=payload)
    return FULL_PREFIX + base45_encode(sealed)


# --- the run


def run(count: int, seed: int = 1, pool_size: int = 400) -> Tally:
    """Return what became of `count` mutations."""
    rng = random.Random(seed)
    pool = genuine_passes(rng, pool_size)
    believed = {(pass_.identity, pass_.cose) for pass_ in pool}
    tally = Tally()
    for number in range(count):
        text = bend(rng, pool) if number % 2 else sign_again(rng, pool)
        tally.cases += 1
        try:
            signed = open_code(text, RING)
            check_time(signed, NOW + 60 if rng.random() < 0.5 else None)
        except KeysError as error:
            tally.codes[error.code] += 1
            if not error.code or error.code == "keys_error":
                tally.strangers.append(f"{number}: no code: {text!r}")
        except Exception as error:  # noqa: BLE001 - whatever else comes is what is looked for
            tally.strangers.append(f"{number}: {error!r}: {text!r}")
        else:
            if (signed.identity, signed.cose) in believed:
                tally.same += 1
            else:
                tally.holes.append(f"{number}: {signed.identity}: {text!r}")
    return tally
