"""The re-admission list and the station roster: one byte form each, and what they change."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import cbor_encode
from keys.errors import BurnedKey, UntrustedData
from keys.readmission import (
    READMISSION_MAX_BYTES,
    decode_readmission,
    encode_readmission,
    readmission_path,
    readmitted_passes,
)
from keys.roster import (
    ROSTER_MAX_BYTES,
    RosterEntry,
    StationState,
    decode_roster,
    encode_roster,
)
from keys.token import mint
from keys.trustlist import KeyState, keyring_of
from keys.verify import open_code
from tests.keys.makers import (
    BOX_KEY,
    ISSUER,
    NOW,
    PASS_KEY,
    PASS_KID,
    pass_claims,
    trust_list,
    trusted_key,
)

HASHES = st.sets(st.binary(min_size=32, max_size=32), max_size=10)
PATH = readmission_path(ISSUER, PASS_KID)


@given(HASHES)
def test_a_list_of_genuine_passes_comes_back(hashes: set[bytes]) -> None:
    assert decode_readmission(encode_readmission(hashes)) == hashes


@pytest.mark.parametrize(
    "value",
    [{}, None, [bytes(31)], ["x" * 32], [bytes(32), bytes(32)], [b"b" * 32, b"a" * 32]],
    ids=str,
)
def test_a_list_of_another_form_is_refused(value: Any) -> None:
    with pytest.raises(UntrustedData) as caught:
        decode_readmission(cbor_encode(value))
    assert caught.value.code == "malformed_readmission"


@given(st.binary(max_size=100))
def test_any_bytes_are_one_of_the_two_lists_or_refused(raw: bytes) -> None:
    with suppress(UntrustedData):
        assert encode_readmission(decode_readmission(raw)) == raw
    with suppress(UntrustedData):
        assert encode_roster(decode_roster(raw)) == raw


@pytest.mark.parametrize("read", [decode_readmission, decode_roster])
def test_files_over_their_bound_are_refused_unread(read: Any) -> None:
    with pytest.raises(UntrustedData):
        read(bytes(max(READMISSION_MAX_BYTES, ROSTER_MAX_BYTES) + 1))


GENUINE = mint(PASS_KEY, pass_claims())
LIST = encode_readmission([hashlib.sha256(GENUINE.cose).digest()])
NAMED = hashlib.sha256(LIST).digest()


@pytest.mark.parametrize(
    ("state", "readmit", "files", "believed"),
    [
        (KeyState.BURNED, NAMED, {PATH: LIST}, True),
        (KeyState.BURNED, NAMED, {}, False),
        (KeyState.BURNED, NAMED, {"readmit/other-258": LIST}, False),
        (KeyState.BURNED, None, {PATH: LIST}, False),
        (KeyState.BURNED, bytes(32), {PATH: LIST}, False),
        (KeyState.BURNED, NAMED, {PATH: LIST + b"\x00"}, False),
        (KeyState.BURNED, hashlib.sha256(b"\x80").digest(), {PATH: b"\x80"}, False),
    ],
)
def test_a_genuine_pass_comes_back_only_by_the_list_that_the_trust_list_names(
    state: KeyState, readmit: bytes | None, files: dict[str, bytes], believed: bool
) -> None:
    trust = trust_list(trusted_key(state=state, readmit=readmit))
    ring = keyring_of(trust, readmitted_passes(trust, files))
    for text in (GENUINE.full, str(GENUINE.dense)):
        if believed:
            assert open_code(text, ring).claims == pass_claims()
        else:
            with pytest.raises(BurnedKey):
                open_code(text, ring)


def test_a_key_that_is_not_burned_needs_no_list() -> None:
    trust = trust_list(trusted_key(readmit=NAMED))
    assert readmitted_passes(trust, {PATH: LIST}) == {}


# --- the roster


def entry(**changes: Any) -> RosterEntry:
    fields: dict[str, Any] = {
        "station": "st-1",
        "checkpoint": "west gate",
        "public_key": BOX_KEY.public_key,
        "exp": NOW,
        "state": StationState.ENROLLED,
    }
    return RosterEntry(**fields | changes)


def test_a_roster_comes_back_in_order() -> None:
    stolen = entry(station="st-0", state=StationState.WITHDRAWN)
    again = entry(public_key=bytes(32))
    assert decode_roster(encode_roster([entry(), stolen, again])) == (
        stolen,
        *sorted([entry(), again], key=lambda one: one.public_key),
    )
    assert decode_roster(encode_roster([])) == ()


FIELDS: list[Any] = ["st-1", "west gate", bytes(32), NOW, 0]


@pytest.mark.parametrize(
    "value",
    [
        {},
        [{}],
        [FIELDS[:4]],
        [[*FIELDS, 0]],
        [FIELDS, FIELDS],
        [["st-2", *FIELDS[1:]], FIELDS],
        [["", *FIELDS[1:]]],
        [["st-1", "", *FIELDS[2:]]],
        [["st-1", "west gate", bytes(31), NOW, 0]],
        [["st-1", "west gate", bytes(32), -1, 0]],
        [["st-1", "west gate", bytes(32), 1 << 32, 0]],
        [["st-1", "west gate", bytes(32), NOW, 2]],
        [["st-1", "west gate", bytes(32), NOW, "0"]],
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_roster_of_another_shape_is_refused(value: Any) -> None:
    decode_roster(cbor_encode([FIELDS]))
    with pytest.raises(UntrustedData) as caught:
        decode_roster(cbor_encode(value))
    assert caught.value.code == "malformed_roster"
