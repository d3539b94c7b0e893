"""Every refusal that formats.md names in section 1, one row each: the page's words, a case that is
bent from a valid one, and the code that it gets. Sections 2 to 5: test_refusals_lists.

The rows are the table; the other modules beside this one try each of them in more shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cbor2
import pytest

from keys.claims import decode_payload, encode_payload
from keys.dense import write_digits
from keys.ed25519 import SigningKey
from keys.encoding import base45_encode, cbor_encode
from keys.envelope import assemble, protected_header, signed_bytes
from keys.errors import KeysError
from keys.rotating import tail_for
from keys.token import mint
from keys.trustlist import Keyring
from keys.verify import check_time, open_code
from tests.keys import makers
from tests.keys.makers import (
    NOW,
    PASS_KEY,
    PASS_KID,
    keyring,
    pass_claims,
    rotating_claims,
    site_claims,
    trusted_key,
)
from tests.keys.test_dense import digits_of
from tests.keys.test_ed25519 import ORDER, SMALL_ORDER

Row = tuple[str, str, Callable[[], object], str]
KID = PASS_KID.to_bytes(2, "big")
USUAL = keyring()
PLAIN, SITE, TURNING = pass_claims(), site_claims(), rotating_claims()
MINTED = mint(PASS_KEY, PLAIN)
DENSE, FULL = str(MINTED.dense), MINTED.full
MEMBERS: dict[Any, Any] = cbor2.loads(encode_payload(PLAIN))
TURNING_CARRIER = mint(PASS_KEY, TURNING).carrier or b""


def code(text: str, ring: Keyring = USUAL, now: int | None = None) -> Callable[[], object]:
    """Return a reading of `text` as a gate does it."""
    return lambda: check_time(open_code(text, ring), now)


def sealed(protected: bytes, payload: bytes, key: SigningKey = PASS_KEY) -> str:
    """Return the FULL text of a COSE_Sign1 signed over just these parts."""
    signature = key.sign(signed_bytes(protected, payload))
    return "KK1:" + base45_encode(assemble(protected, payload, signature))


def full(value: Any, **more: Any) -> Callable[[], object]:
    """Return a reading of the FULL carrier of any claims, properly signed."""
    return code(sealed(protected_header(KID), cbor2.dumps(value, canonical=True)), **more)


def raw_full(payload: bytes) -> Callable[[], object]:
    """Return a reading of the FULL carrier of any payload bytes, properly signed."""
    return code(sealed(protected_header(KID), payload))


def claim(number: int, value: Any) -> Callable[[], object]:
    return full(MEMBERS | {number: value})


def of_pass(place: int, value: Any) -> Callable[[], object]:
    fields = list(MEMBERS[-65537])
    fields[place] = value
    return claim(-65537, fields)


def of_list(**entry: Any) -> Callable[[], object]:
    return claim(65535, {"status_list": {"idx": 1, "uri": "s:3"} | entry})


def headed(header: Any) -> Callable[[], object]:
    return code(sealed(cbor_encode(header), encode_payload(PLAIN)))


def dense(claims: Any = PLAIN, **bent: int) -> Callable[[], object]:
    return code(digits_of(claims, **bent))


def turning(slot: int, x0: bytes = makers.X0) -> str:
    return write_digits(TURNING_CARRIER, tail_for(TURNING, x0, slot))


def with_signature(signature: bytes) -> str:
    return write_digits((MINTED.carrier or b"")[:-64] + signature)


def s_plus_l() -> str:
    signature = MINTED.cose[-64:]
    s = int.from_bytes(signature[32:], "little") + ORDER
    return with_signature(signature[:32] + s.to_bytes(32, "little"))


SMALL = SMALL_ORDER[0]
OBJECT: list[Row] = [
    ("1.1", "tag 18 only", code("KK1:" + base45_encode(MINTED.cose[1:])), "malformed_code"),
    (
        "1.1",
        "tag 18 only: 98",
        code("KK1:" + base45_encode(b"\xd8\x62" + MINTED.cose[1:])),
        "malformed_code",
    ),
    ("1.1", "alg stays -8: ES256", headed({1: -7, 4: KID}), "malformed_code"),
    ("1.1", "RFC 9864's -19 is not accepted", headed({1: -19, 4: KID}), "malformed_code"),
    ("1.1", "kid of exactly 2 bytes: 1", headed({1: -8, 4: b"\x02"}), "malformed_code"),
    ("1.1", "kid of exactly 2 bytes: 3", headed({1: -8, 4: b"\x00" + KID}), "malformed_code"),
    ("1.1", "no kid", headed({1: -8}), "malformed_code"),
    ("1.1", "a pass has no typ", headed({1: -8, 4: KID, 16: "application/x"}), "malformed_code"),
    (
        "1.1",
        "unprotected = {}",
        code("KK1:" + base45_encode(MINTED.cose[:10] + b"\xa1\x05\x00" + MINTED.cose[11:])),
        "malformed_code",
    ),
    (
        "1.1",
        "signature is 64 bytes",
        code("KK1:" + base45_encode(MINTED.cose[:-1])),
        "malformed_code",
    ),
    ("1.1", "external_aad is empty", code(with_signature(PASS_KEY.sign(b"\x84"))), "bad_signature"),
    ("1.1", "S < L", code(s_plus_l()), "bad_signature"),
    (
        "1.1",
        "no small-order A",
        code(
            with_signature(SMALL + bytes(32)), Keyring({PASS_KID: (trusted_key(public_key=SMALL),)})
        ),
        "bad_signature",
    ),
    (
        "1.1",
        "canonical R",
        code(with_signature(SMALL_ORDER[10] + MINTED.cose[-32:])),
        "bad_signature",
    ),
    ("1.1", "iat, exp: no floats", claim(6, float(NOW)), "malformed_code"),
    ("1.1", "iat, exp: no booleans", claim(6, True), "malformed_code"),
    ("1.1", "iat, exp: unsigned", claim(6, -1), "malformed_code"),
    ("1.1", "iat < exp", claim(4, NOW), "malformed_code"),
    ("1.1", "exp < 2^32", claim(4, 1 << 32), "malformed_code"),
    ("1.1", "expired when now >= exp", code(DENSE, now=PLAIN.exp), "expired"),
    (
        "1.1",
        "too early when now < nbf",
        code(str(mint(PASS_KEY, SITE).dense), now=NOW + 599),
        "not_yet_valid",
    ),
    ("1.1", "iat > now + 120 s", code(FULL, now=NOW - 121), "issued_in_future"),
    ("1.1", "list: 0..4095", of_list(uri="s:4096"), "malformed_code"),
    ("1.1", "list without a leading zero", of_list(uri="s:03"), "malformed_code"),
    ("1.1", "list: decimal text", of_list(uri="s:x"), "malformed_code"),
    ("1.1", "list of another uri", of_list(uri="https://example.org/3"), "malformed_code"),
    ("1.1", "index < 2^20", of_list(idx=1 << 20), "malformed_code"),
    (
        "1.1",
        "at most four keys a number",
        code(
            FULL,
            keyring(
                *(trusted_key(makers.signing_key(str(n)), issuer=f"i{n}") for n in range(4)),
                trusted_key(),
            ),
        ),
        "bad_signature",
    ),
    ("1.1", "status 1 never minted", of_pass(1, 1), "malformed_code"),
    ("1.1", "status 0..3", of_pass(1, 4), "malformed_code"),
    ("1.1", "kind 6 refused", of_pass(0, 6), "malformed_code"),
    ("1.1", "kind 7 refused", of_pass(0, 7), "malformed_code"),
    ("1.1", "id_tail empty or [0-9]{3}[0-9X]", of_pass(3, "12X4"), "malformed_code"),
    ("1.1", "id_tail: four characters", of_pass(3, "12345"), "malformed_code"),
    ("1.1", "nothing else is in a token", of_pass(3, ["123X", "phone"]), "malformed_code"),
    ("1.1", "nbf and site: both or neither", claim(5, NOW), "malformed_code"),
    ("1.1", "site and nbf: both or neither", claim(-65538, [7, 8, 18, 2]), "malformed_code"),
    ("1.1", "zone 0..65535", full(MEMBERS | {5: NOW, -65538: [65536, 8, 18, 2]}), "malformed_code"),
    ("1.1", "day hours 0..24", full(MEMBERS | {5: NOW, -65538: [7, 8, 25, 2]}), "malformed_code"),
    (
        "1.1",
        "equal and not 0 refused",
        full(MEMBERS | {5: NOW, -65538: [7, 8, 8, 2]}),
        "malformed_code",
    ),
    ("1.1", "party 1..16: 0", full(MEMBERS | {5: NOW, -65538: [7, 8, 18, 0]}), "malformed_code"),
    ("1.1", "party 1..16: 17", full(MEMBERS | {5: NOW, -65538: [7, 8, 18, 17]}), "malformed_code"),
    ("1.1", "anchor 16 bytes", claim(-65539, bytes(15)), "malformed_code"),
]

CARRIERS: list[Row] = [
    ("1.2", "text KK1:", code("kk1:" + FULL[4:]), "malformed_code"),
    ("1.2", "Base45", code(FULL[:60] + "a" + FULL[61:]), "malformed_code"),
    ("1.2", "at most 700 characters", code("KK1:" + "0" * 697), "malformed_code"),
    ("1.2", "at most 64 of name", of_pass(2, "王" * 65), "malformed_code"),
    ("1.2", "no Cc in the name", of_pass(2, "王\x07"), "malformed_code"),
    ("1.2", "no Cf in the name", of_pass(2, "王\u202e"), "malformed_code"),
    ("1.2", "no Zl in the name", of_pass(2, "王\u2028"), "malformed_code"),
    ("1.2", "no Zp in the name", of_pass(2, "王\u2029"), "malformed_code"),
    (
        "1.2",
        "the same bytes again: unsorted",
        raw_full(cbor2.dumps(dict(reversed(MEMBERS.items())))),
        "malformed_code",
    ),
    (
        "1.2",
        "the same bytes again: indefinite",
        raw_full(b"\xbf" + encode_payload(PLAIN)[1:] + b"\xff"),
        "malformed_code",
    ),
    (
        "1.2",
        "the same bytes again: key twice",
        raw_full(b"\xa5\x04\x00" + encode_payload(PLAIN)[1:]),
        "malformed_code",
    ),
    (
        "1.2",
        "the same bytes again: trailing",
        raw_full(encode_payload(PLAIN) + b"\x00"),
        "malformed_code",
    ),
    ("1.2", "claims not named are refused", claim(7, b"id"), "malformed_code"),
    ("1.2", "members not named are refused", of_list(extra=1), "malformed_code"),
    ("1.2", "a pass with an anchor", code(mint(PASS_KEY, TURNING).full), "rotating_code_missing"),
    ("1.3", "life 1..16383 hours", dense(life=0), "malformed_code"),
    ("1.3", "profile 3: 1..168 hours", dense(TURNING, life=169), "malformed_code"),
    ("1.3", "kind", dense(kind=6), "malformed_code"),
    ("1.3", "status when minted", dense(status=1), "malformed_code"),
    ("1.3", "day hours 0..24", dense(SITE, day_from=25), "malformed_code"),
    ("1.3", "equal and not 0", dense(SITE, day_from=9, day_to=9), "malformed_code"),
    ("1.3", "45^7 and above", dense(name_n=0, name=45**7), "malformed_code"),
    ("1.3", "n >= 1 with no Chinese character", dense(name_n=1, name=8191 << 26), "malformed_code"),
    ("1.3", "13-bit values that name none", dense(name_n=1, name=7000 << 26), "malformed_code"),
    ("1.3", "unused name places not zero", dense(name_n=1, name=1), "malformed_code"),
    ("1.3", "id_tail: more is refused", dense(id_tail=11001), "malformed_code"),
    ("1.3", "non-zero padding", dense(padding=1), "malformed_code"),
    ("1.3", "unknown profiles", dense(profile=4), "malformed_code"),
    ("1.3", "the profile of another length", dense(profile=2), "malformed_code"),
    ("1.3", "only ASCII 0-9", code("１" * 200), "malformed_code"),
    ("1.3", "only ASCII 0-9: a sign", code("+" + DENSE[1:]), "malformed_code"),
    ("1.3", "only the lengths of a profile", code("0" + DENSE), "malformed_code"),
    ("1.3", "only values below 256^bytes", code("9" * 200), "malformed_code"),
    ("1.3", "nothing else is forgiven", code(" " + DENSE), "malformed_code"),
    (
        "1.3",
        "before any signature work",
        code(digits_of(PLAIN, kind=6), Keyring({})),
        "malformed_code",
    ),
    (
        "1.4",
        "t >= N with the other ranges",
        code(write_digits(TURNING_CARRIER, b"\xff" * 18), Keyring({})),
        "malformed_code",
    ),
    ("1.4", "t within one slot", code(turning(9), now=NOW + 11 * 15), "rotating_code_out_of_time"),
    ("1.4", "t+1 steps up to the anchor", code(turning(9, bytes(16))), "rotating_code_wrong"),
    (
        "1.4",
        "profile 3 without the tail",
        code(write_digits(TURNING_CARRIER)),
        "rotating_code_missing",
    ),
]

ROWS = OBJECT + CARRIERS


@pytest.mark.parametrize(
    ("call", "expected"),
    [(call, expected) for _, _, call, expected in ROWS],
    ids=[f"{section}: {words}" for section, words, _, _ in ROWS],
)
def test_what_the_formats_refuse_is_refused(call: Callable[[], object], expected: str) -> None:
    with pytest.raises(KeysError) as caught:
        call()
    assert caught.value.code == expected


def test_what_those_cases_are_bent_from_is_accepted() -> None:
    code(DENSE, now=NOW)()
    code(FULL, now=NOW)()
    code(turning(9), now=NOW + 9 * 15)()
    full(MEMBERS)()
    full(MEMBERS | {5: NOW, -65538: [7, 8, 18, 2]})()
    headed({1: -8, 4: KID})()
    raw_full(encode_payload(PLAIN))()
    assert decode_payload(PASS_KID, encode_payload(PLAIN)) == PLAIN
