"""Enrolment: the code that people carry, the request that proves it, the answer to that."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.certificate import seal_certificate
from keys.encoding import cbor_decode, cbor_encode
from keys.enrolment import (
    ANSWER_MAX_BYTES,
    ANSWER_TYP,
    LAST_PLACE_MAX,
    REQUEST_MAX_BYTES,
    REQUEST_TYP,
    EnrolAnswer,
    EnrolCode,
    LastHead,
    check_request_mac,
    check_request_root,
    check_root,
    code_id,
    mac_key,
    open_answer,
    open_request,
    read_code,
    root_pin,
    seal_answer,
    seal_request,
    write_code,
)
from keys.envelope import open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from tests.keys.makers import (
    BOX_KEY,
    PASS_KEY,
    STATION_KEY,
    STATION_KID,
    THIEF,
    certificate,
    enrol_code,
    only,
)

CODE = enrol_code()
MAC_KEY = mac_key(CODE.secret)
NONCE = b"n" * 16
CERTIFICATE = seal_certificate(STATION_KEY, STATION_KID, certificate())
SECRET = bytes(range(32))
REQUEST = seal_request(BOX_KEY, CODE, NONCE)


LAST = LastHead(chain=b"c" * 16, sequence=41, hash=b"h" * 32)


def answered(request: bytes = REQUEST, key: bytes = MAC_KEY, last: LastHead | None = None) -> bytes:
    return seal_answer(
        STATION_KEY,
        STATION_KID,
        open_request(request),
        key,
        certificate=CERTIFICATE,
        checkpoint_secret=SECRET,
        last=last,
    )


ANSWER = answered()


def opened(raw: bytes, **changes: Any) -> EnrolAnswer:
    fields: dict[str, Any] = {
        "key": BOX_KEY,
        "code": CODE,
        "request": REQUEST,
        "keys_of": only(STATION_KEY.public_key),
    }
    return open_answer(raw, **fields | changes)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(UntrustedData) as caught:
        call()
    return caught.value.code


# --- the code


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_a_code_comes_back_however_it_is_typed(secret: bytes, pin: bytes) -> None:
    code = EnrolCode(secret=secret, root_pin=pin)
    text = write_code(code)
    assert (len(text), text.count("-")) == (95, 15)
    assert read_code(text) == read_code(text.lower().replace("-", " ")) == code
    assert read_code("\n".join(text.split("-"))) == code


@given(st.integers(0, 94), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_wrong_letter_is_noticed(at: int, letter: str) -> None:
    text = write_code(CODE)
    if text[at] not in {"-", letter}:
        with pytest.raises(MalformedBytes):
            read_code(text[:at] + letter + text[at + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "=" * 80,
        "A" * 80,
        "A" * 72,
        "A" * 88,
        "A" * 79 + "=",
        "1" * 80,
        "ſ" * 80,
        "A" * 10**6,
    ],
    ids=lambda text: f"{text[:1]}{len(text)}",
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(MalformedBytes):
        read_code(text)


@given(st.text(max_size=120))
def test_any_text_is_no_code(text: str) -> None:
    with pytest.raises(MalformedBytes):
        read_code(text)


def test_the_issuer_keeps_digests_from_which_the_secret_does_not_follow() -> None:
    assert (len(code_id(CODE.secret)), len(MAC_KEY)) == (8, 32)
    assert code_id(CODE.secret) not in MAC_KEY
    assert CODE.secret not in MAC_KEY + code_id(CODE.secret)


# --- the request


def test_a_request_proves_its_key_its_code_and_names_its_root() -> None:
    request = open_request(REQUEST)
    assert (request.public_key, request.nonce, request.raw) == (BOX_KEY.public_key, NONCE, REQUEST)
    assert (request.code_id, request.root_pin) == (code_id(CODE.secret), CODE.root_pin)
    check_request_mac(request, MAC_KEY)
    check_request_root(request, b"the root")


def test_a_request_with_another_code_root_or_key_is_refused() -> None:
    request = open_request(REQUEST)
    assert refusal(lambda: check_request_mac(request, mac_key(b"x" * 16))) == "wrong_code"
    assert refusal(lambda: check_request_root(request, b"another root")) == "wrong_root"
    payload, _ = open_envelope(
        REQUEST, typ=REQUEST_TYP, max_bytes=2048, keys_of=only(BOX_KEY.public_key)
    )
    # Somebody else signs what he overheard: his key is not the one in the proof.
    stolen = seal_envelope(THIEF, kid=THIEF.public_key, typ=REQUEST_TYP, payload=payload)
    assert refusal(lambda: check_request_mac(open_request(stolen), MAC_KEY)) == "wrong_code"
    forged = seal_envelope(THIEF, kid=BOX_KEY.public_key, typ=REQUEST_TYP, payload=payload)
    assert refusal(lambda: open_request(forged)) == "bad_signature"


@given(st.integers(0, 8 * len(REQUEST) - 1))
def test_any_flipped_bit_of_a_request_is_refused(bit: int) -> None:
    raw = bytearray(REQUEST)
    raw[bit // 8] ^= 1 << bit % 8
    code = refusal(lambda: open_request(bytes(raw)))
    assert code in {"malformed_envelope", "wrong_type", "bad_signature"}


def signed_request(payload: bytes) -> bytes:
    return seal_envelope(BOX_KEY, kid=BOX_KEY.public_key, typ=REQUEST_TYP, payload=payload)


REQUEST_FIELDS: list[Any] = [bytes(8), bytes(16), bytes(32), bytes(32)]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        REQUEST_FIELDS[:3],
        [*REQUEST_FIELDS, b""],
        [bytes(7), *REQUEST_FIELDS[1:]],
        [bytes(8), bytes(15), *REQUEST_FIELDS[2:]],
        [bytes(8), bytes(16), bytes(31), bytes(32)],
        [bytes(8), bytes(16), bytes(32), bytes(33)],
        ["12345678", *REQUEST_FIELDS[1:]],
        [None, *REQUEST_FIELDS[1:]],
    ],
    ids=str,
)
def test_a_request_of_another_shape_is_refused_though_signed(fields: Any) -> None:
    open_request(signed_request(cbor_encode(REQUEST_FIELDS)))
    raw = signed_request(cbor_encode(fields))
    assert refusal(lambda: open_request(raw)) == "malformed_request"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(raw: bytes) -> None:
    refusal(lambda: open_request(raw))
    refusal(lambda: opened(raw))
    assert refusal(lambda: open_request(signed_request(raw))) == "malformed_request"
    assert refusal(lambda: opened(signed_answer(raw))) == "malformed_answer"


def test_requests_and_answers_over_their_bound_are_refused_unread() -> None:
    assert refusal(lambda: open_request(bytes(REQUEST_MAX_BYTES + 1))) == "too_large"
    assert refusal(lambda: opened(bytes(ANSWER_MAX_BYTES + 1))) == "too_large"


# --- the answer


def signed_answer(payload: bytes) -> bytes:
    return seal_envelope(STATION_KEY, kid=b"\x01\x2d", typ=ANSWER_TYP, payload=payload)


def test_the_answer_brings_the_certificate_and_the_checkpoint_secret() -> None:
    assert opened(ANSWER) == EnrolAnswer(certificate=CERTIFICATE, checkpoint_secret=SECRET)
    assert SECRET not in ANSWER


@pytest.mark.parametrize(
    "last",
    [LAST, LastHead(), LastHead(chain=bytes(16), sequence=LAST_PLACE_MAX, hash=bytes(32))],
    ids=str,
)
def test_the_new_box_of_a_station_hears_behind_which_row_it_goes_on(last: LastHead) -> None:
    expected = EnrolAnswer(certificate=CERTIFICATE, checkpoint_secret=SECRET, last=last)
    assert opened(answered(last=last)) == expected


def test_a_head_that_the_proof_does_not_cover_is_refused_though_signed() -> None:
    named = [LAST.chain, LAST.sequence, LAST.hash]
    for answer, behind in (
        (ANSWER, [named]),
        (answered(last=LAST), []),
        (answered(last=LAST), [[LAST.chain, 42, LAST.hash]]),
    ):
        payload, _ = open_envelope(
            answer, typ=ANSWER_TYP, max_bytes=9999, keys_of=only(STATION_KEY.public_key)
        )
        fields = cbor_decode(payload, max_bytes=9999)
        bent = signed_answer(cbor_encode([*fields[:4], *behind]))
        assert refusal(lambda raw=bent: opened(raw)) == "wrong_answer"  # type: ignore[misc]


@pytest.mark.parametrize(
    "last",
    [
        None,
        [],
        {},
        [bytes(16), 1],
        [bytes(16), 1, bytes(32), 0],
        [bytes(15), 1, bytes(32)],
        [bytes(16), 1, bytes(33)],
        [bytes(16), -1, bytes(32)],
        [bytes(16), LAST_PLACE_MAX + 1, bytes(32)],
        [bytes(16), "1", bytes(32)],
        [b"c" * 16, 0, bytes(32)],
        [bytes(16), 0, b"h" * 32],
    ],
    ids=str,
)
def test_a_head_of_another_shape_is_refused_though_signed(last: Any) -> None:
    raw = signed_answer(cbor_encode([b"", b"", b"", b"", last]))
    assert refusal(lambda: opened(raw)) == "malformed_answer"


@settings(max_examples=60)
@given(st.integers(0, 8 * len(ANSWER) - 1))
def test_any_flipped_bit_of_an_answer_is_refused(bit: int) -> None:
    raw = bytearray(ANSWER)
    raw[bit // 8] ^= 1 << bit % 8
    code = refusal(lambda: opened(bytes(raw)))
    assert code in {"malformed_envelope", "wrong_type", "bad_signature"}


def test_an_answer_of_an_issuer_that_does_not_know_the_code_is_refused() -> None:
    assert refusal(lambda: opened(answered(key=mac_key(b"x" * 16)))) == "wrong_answer"


def test_an_answer_to_another_request_is_refused() -> None:
    later = seal_request(BOX_KEY, CODE, b"m" * 16)
    assert refusal(lambda: opened(ANSWER, request=later)) == "wrong_answer"
    assert refusal(lambda: opened(answered(later))) == "wrong_answer"
    # The name of the request is changed, the proof is not.
    payload, _ = open_envelope(
        ANSWER, typ=ANSWER_TYP, max_bytes=9999, keys_of=only(STATION_KEY.public_key)
    )
    fields = cbor_decode(payload, max_bytes=9999)
    bent = signed_answer(cbor_encode([bytes(32), *fields[1:]]))
    assert refusal(lambda: opened(bent)) == "wrong_answer"


def test_an_answer_sealed_to_another_box_does_not_open() -> None:
    assert refusal(lambda: opened(ANSWER, key=PASS_KEY)) == "wrong_answer"


def test_an_answer_of_a_key_that_the_pinned_root_does_not_name_is_refused() -> None:
    assert refusal(lambda: opened(ANSWER, keys_of=only())) == "unknown_key"
    assert refusal(lambda: opened(ANSWER, keys_of=only(THIEF.public_key))) == "bad_signature"


@pytest.mark.parametrize(
    "fields",
    [{}, [b""] * 3, [b""] * 5, [b""] * 6, [b"", b"", b"", "mac"], [b"", b"", b"", None]],
    ids=str,
)
def test_an_answer_of_another_shape_is_refused_though_signed(fields: Any) -> None:
    raw = signed_answer(cbor_encode(fields))
    assert refusal(lambda: opened(raw)) == "malformed_answer"


@pytest.mark.parametrize("sealed", [b"", bytes(47), bytes(80)], ids=len)
def test_a_seal_that_does_not_open_is_refused_though_signed_and_proven(sealed: bytes) -> None:
    asked = hashlib.sha256(REQUEST).digest()
    proof = cbor_encode([b"answer", asked, CERTIFICATE, sealed])
    mac = hmac.digest(MAC_KEY, proof, "sha256")
    raw = signed_answer(cbor_encode([asked, CERTIFICATE, sealed, mac]))
    assert refusal(lambda: opened(raw)) == "wrong_answer"


def test_the_first_fetch_is_pinned() -> None:
    check_root(b"the root", CODE)
    assert root_pin(b"the root") == CODE.root_pin
    assert refusal(lambda: check_root(b"a swapped root", CODE)) == "root_swapped"
