"""From a text to a pass that may be believed: both carriers, and time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.claims import FULL_PREFIX, Claims
from keys.dense import HOUR, write_digits
from keys.encoding import base45_encode
from keys.errors import (
    ExpiredPass,
    IssuedInFuture,
    MalformedCode,
    NotAPass,
    NotYetValid,
    RefusedCode,
    RotatingCodeMissing,
    RotatingCodeOutOfTime,
    RotatingCodeWrong,
)
from keys.passages import PassIdentity
from keys.rotating import SLOT_S, tail_for
from keys.token import mint
from keys.trustlist import Keyring
from keys.verify import check_time, open_code
from tests.keys.carriers import USUAL, refusal, ring_of, shown, texts
from tests.keys.makers import (
    ISSUER,
    NOW,
    PASS_KEY,
    X0,
    dense_claims,
    full_claims,
    pass_claims,
    rotating_claims,
    site_claims,
)

# --- both carriers


@given(dense_claims())
def test_the_dense_carrier_and_the_full_one_are_the_same_signed_object(claims: Claims) -> None:
    minted = mint(PASS_KEY, claims)
    ring = ring_of(claims.kid)
    if claims.anchor is not None:
        assert minted.dense is None
        assert refusal(minted.full, ring) is MalformedCode
        text = write_digits(minted.carrier or b"", tail_for(claims, X0, 0))
    else:
        assert minted.dense is not None
        text = minted.dense
        assert open_code(minted.full, ring) == (claims, ISSUER, "full", minted.cose, None)
    signed = open_code(text, ring)
    assert (signed.claims, signed.issuer) == (claims, ISSUER)
    assert (signed.carrier, signed.cose) == ("dense", minted.cose)
    assert signed.identity == PassIdentity(ISSUER, claims.list_number, claims.entry)


@given(full_claims())
def test_the_full_carrier_takes_all_claims_in_range(claims: Claims) -> None:
    signed = open_code(mint(PASS_KEY, claims).full, ring_of(claims.kid))
    assert (signed.claims, signed.carrier) == (claims, "full")


def test_a_name_that_does_not_fit_makes_a_pass_without_a_dense_carrier() -> None:
    minted = mint(PASS_KEY, pass_claims(name="A longer name"))
    assert (minted.carrier, minted.dense) == (None, None)
    assert open_code(minted.full, USUAL).claims.name == "A longer name"


def test_claims_out_of_range_are_not_minted() -> None:
    with pytest.raises(MalformedCode):
        mint(PASS_KEY, pass_claims(status=1))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\t", "   ", " \t\r\n"])
def test_what_a_hand_scanner_puts_behind_a_code_is_forgiven(end: str) -> None:
    for text in texts(pass_claims()):
        assert open_code(text + end, USUAL).claims == pass_claims()


@pytest.mark.parametrize("extra", ["\n", " ", "\r", "\x00", "\u3000", "\u00a0", "\x0b"])
def test_nothing_else_is_forgiven(extra: str) -> None:
    for text in texts(pass_claims()):
        refusal(extra + text)
        refusal(text[:50] + extra + text[50:])
        refusal(text[:50] + extra + text[51:])
        if extra in "\x00\u3000\u00a0\x0b":
            refusal(text + extra)


@given(st.data())
def test_any_flipped_bit_of_either_carrier_is_refused(data: st.DataObject) -> None:
    claims = data.draw(st.sampled_from([pass_claims(), site_claims(), rotating_claims()]))
    minted = mint(PASS_KEY, claims)
    if claims.anchor is None and data.draw(st.booleans()):
        raw = bytearray(minted.cose)
        flip(raw, data)
        bent = FULL_PREFIX + base45_encode(bytes(raw))
    else:
        carrier = minted.carrier or b""
        raw = bytearray(carrier + (tail_for(claims, X0, 3) if claims.anchor else b""))
        flip(raw, data)
        bent = write_digits(bytes(raw))
    refusal(bent)


def flip(raw: bytearray, data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8


@given(st.data())
def test_any_changed_character_of_either_carrier_is_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts(pass_claims())))
    at = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters())
    if character != text[at] and not (at == len(text) - 1 and character in "\r\n\t "):
        refusal(text[:at] + character + text[at + 1 :])


@given(st.text())
def test_any_text_is_refused_in_one_of_our_words(text: str) -> None:
    refusal(text)
    refusal(FULL_PREFIX + text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_pass"),
        ("https://pay.example/abc?amount=12", "not_a_pass"),
        ("wxp://f2f0abcdef", "not_a_pass"),
        ("6921734912345", "not_a_pass"),
        ("KK2:ABC", "not_a_pass"),
        ("\ud800" * 300, "not_a_pass"),
        ("1" * 199, "malformed_code"),
        ("1" * 5000, "malformed_code"),
        ("kk1:ABC", "malformed_code"),
        ("KK1:", "malformed_code"),
        ("KK1:A", "malformed_code"),
        ("KK1:" + "0" * 697, "malformed_code"),
        ("KK1:" + "0" * 696, "malformed_code"),
        ("１" * 200, "malformed_code"),
    ],
    ids=lambda value: value[:12].encode("ascii", "replace").decode(),
)
def test_a_poster_is_a_quiet_hint_and_a_damaged_pass_is_not(text: str, code: str) -> None:
    with pytest.raises(RefusedCode) as caught:
        open_code(text, USUAL)
    assert caught.value.code == code
    assert isinstance(caught.value, NotAPass if code == "not_a_pass" else MalformedCode)


def test_a_megabyte_of_text_costs_no_time() -> None:
    for text in ("1" * (1 << 20), FULL_PREFIX + "A" * (1 << 20), "王" * (1 << 20), " " * (1 << 20)):
        refusal(text)


# --- time and the rotating tail


@pytest.mark.parametrize(
    ("claims", "now", "expected"),
    [
        (pass_claims(), NOW, None),
        (pass_claims(), NOW - 120, None),
        (pass_claims(), NOW - 121, IssuedInFuture),
        (pass_claims(), NOW + 24 * HOUR - 1, None),
        (pass_claims(), NOW + 24 * HOUR, ExpiredPass),
        (pass_claims(), 1 << 40, ExpiredPass),
        (pass_claims(), 0, IssuedInFuture),
        (site_claims(), NOW + 599, NotYetValid),
        (site_claims(), NOW + 600, None),
        (site_claims(), NOW + 24 * HOUR, ExpiredPass),
    ],
)
def test_a_pass_lives_from_its_beginning_to_its_end(
    claims: Claims, now: int, expected: type[RefusedCode] | None
) -> None:
    for text in texts(claims):
        if expected is None:
            check_time(open_code(text, USUAL), now)
        else:
            assert refusal(text, USUAL, now) is expected


def test_without_a_time_only_signature_and_shape_are_judged() -> None:
    claims = rotating_claims(iat=60 * 26_297_280, exp=60 * 26_297_280 + HOUR)
    check_time(open_code(shown(claims, 5), USUAL), None)


def test_a_rotating_code_is_believed_in_its_slot() -> None:
    text = shown(rotating_claims(), 40)
    signed = open_code(text, USUAL)
    assert signed.tail is not None
    check_time(signed, NOW + 40 * SLOT_S)
    assert refusal(text, USUAL, NOW + 45 * SLOT_S) is RotatingCodeOutOfTime


def test_a_screenshot_dies_within_45_seconds() -> None:
    text = shown(rotating_claims(), 40)
    alive = [s for s in range(-60, 120) if _lives(text, NOW + 40 * SLOT_S + s)]
    assert (min(alive), max(alive), len(alive)) == (-15, 29, 45)


def _lives(text: str, now: int) -> bool:
    try:
        check_time(open_code(text, USUAL), now)
    except RotatingCodeOutOfTime:
        return False
    return True


def test_a_rotating_code_of_another_secret_is_refused() -> None:
    assert refusal(shown(rotating_claims(), 3, bytes(16))) is RotatingCodeWrong


def test_a_rotating_pass_without_its_tail_is_refused_in_its_own_word() -> None:
    minted = mint(PASS_KEY, rotating_claims())
    assert refusal(write_digits(minted.carrier or b"")) is RotatingCodeMissing
    with pytest.raises(MalformedCode) as caught:
        open_code(minted.full, USUAL)
    assert caught.value.code == "rotating_code_missing"


def test_a_slot_beyond_the_life_is_refused_before_the_key_is_looked_up() -> None:
    carrier = mint(PASS_KEY, rotating_claims()).carrier or b""
    text = write_digits(carrier, (24 * 240).to_bytes(2, "big") + bytes(16))
    assert refusal(text, Keyring({})) is MalformedCode
