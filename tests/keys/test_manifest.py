"""The manifest: its one form, and when a reader may take a newer one (formats.md 4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.dense import HOUR
from keys.encoding import cbor_encode
from keys.envelope import seal_envelope
from keys.errors import UntrustedData
from keys.manifest import (
    FOREIGN_ENTRIES_MAX,
    MANIFEST_MAX_BYTES,
    MANIFEST_TYP,
    NO_PREVIOUS,
    Manifest,
    check_foreign,
    check_newer,
    manifest_hash,
    open_manifest,
    seal_manifest,
)
from tests.keys.makers import NOW, PASS_KEY, STATUS_KEY, STATUS_KID, manifest, only

TRUSTED = only(STATUS_KEY.public_key)
FIRST = manifest()
FIRST_RAW = seal_manifest(STATUS_KEY, STATUS_KID, FIRST)
SECOND = manifest(version=2, previous=manifest_hash(FIRST_RAW), packs=((0, 500), (1, 20)))


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    version = draw(st.integers(1, 1 << 40))
    froms = draw(st.sets(st.integers(1, version - 1), max_size=10)) if version > 1 else set()
    sizes = st.integers(1, 1 << 30)
    iat, exp = sorted(
        draw(st.lists(st.integers(0, (1 << 32) - 1), min_size=2, max_size=2, unique=True))
    )
    hashes = st.binary(min_size=32, max_size=32)
    return Manifest(
        version=version,
        epoch=draw(st.integers(0, 1 << 40)),
        n=draw(st.integers(1, 4096)) << 20,
        state=draw(hashes),
        previous=draw(hashes) if version > 1 else NO_PREVIOUS,
        packs=tuple((first, draw(sizes)) for first in (0, *sorted(froms))),
        iat=iat,
        exp=exp,
    )


@given(manifests())
def test_a_manifest_comes_back(sent: Manifest) -> None:
    raw = seal_manifest(STATUS_KEY, STATUS_KID, sent)
    assert open_manifest(raw, TRUSTED) == sent


def test_a_neighbours_universe_has_a_bound_of_its_own() -> None:
    check_foreign(manifest(n=FOREIGN_ENTRIES_MAX))
    with pytest.raises(UntrustedData) as caught:
        check_foreign(manifest(n=FOREIGN_ENTRIES_MAX + (1 << 20)))
    assert caught.value.code == "universe_too_large"


def refusal(raw: bytes) -> str:
    with pytest.raises(UntrustedData) as caught:
        open_manifest(raw, TRUSTED)
    return caught.value.code


@given(st.integers(0, 8 * len(FIRST_RAW) - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    raw = bytearray(FIRST_RAW)
    raw[bit // 8] ^= 1 << bit % 8
    assert refusal(bytes(raw)) in {"malformed_envelope", "wrong_type", "bad_signature"}


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw: bytes) -> None:
    refusal(raw)
    assert refusal(signed_bytes_of(raw)) == "malformed_manifest"


def signed_bytes_of(payload: bytes, typ: str | None = MANIFEST_TYP) -> bytes:
    return seal_envelope(STATUS_KEY, kid=b"\x01\x2c", typ=typ, payload=payload)


FIELDS = [1, 1, 1 << 20, bytes(32), NO_PREVIOUS, [[0, 500]]]


def signed(value: Any = None, **changes: Any) -> bytes:
    fields = list(FIELDS)
    for name, change in changes.items():
        fields[int(name.removeprefix("_"))] = change
    whole = {4: NOW + HOUR, 6: NOW, -65541: fields} if value is None else value
    return signed_bytes_of(cbor_encode(whole))


@pytest.mark.parametrize(
    "raw",
    [
        signed([]),
        signed({4: NOW + 1, 6: NOW}),
        signed({4: NOW + 1, 6: NOW, -65541: FIELDS, 7: 1}),
        signed({4: NOW, 6: NOW, -65541: FIELDS}),
        signed({4: 1 << 32, 6: NOW, -65541: FIELDS}),
        signed({4: b"", 6: NOW, -65541: FIELDS}),
        signed({4: NOW + 1, 6: NOW, -65541: FIELDS[:5]}),
        signed({4: NOW + 1, 6: NOW, -65541: {}}),
        signed_bytes_of(b"\xa3\x04\xf9\x3c\x00\x06\x00\x3a\x00\x01\x00\x04\x80"),
        signed(_0=0),
        signed(_0=-1),
        signed(_0="1"),
        signed(_0=1 << 53),
        signed(_1=-1),
        signed(_1=None),
        signed(_2=0),
        signed(_2=4),
        signed(_2=(1 << 20) + 4),
        signed(_2=4097 << 20),
        signed(_3=bytes(31)),
        signed(_3="state"),
        signed(_4=bytes(33)),
        signed(_4=b"x" * 32),
        signed(_5=[]),
        signed(_5=None),
        signed(_5=[[1, 20]], _0=2),
        signed(_5=[[0, 500], [0, 500]]),
        signed(_5=[[0, 1], [2, 1], [1, 1]], _0=9),
        signed(_5=[[0, 500], [1, 20]]),
        signed(_5=[[0, 0]]),
        signed(_5=[[0, (1 << 30) + 1]]),
        signed(_5=[[0, 1, 2]]),
        signed(_5=[{0: 1}]),
        signed(_5=[[0, "1"]]),
        signed(_5=[[0, 1], *[[n, 1] for n in range(1, 65)]], _0=99),
    ],
)  # fmt: skip
def test_a_manifest_of_another_shape_is_refused_though_signed(raw: bytes) -> None:
    open_manifest(signed(), TRUSTED)
    assert refusal(raw) == "malformed_manifest"


def test_a_manifest_of_another_key_typ_or_size_is_refused() -> None:
    payload = cbor_encode({4: NOW + HOUR, 6: NOW, -65541: FIELDS})
    assert refusal(seal_manifest(PASS_KEY, STATUS_KID, FIRST)) == "bad_signature"
    assert refusal(signed_bytes_of(payload, typ=None)) == "wrong_type"
    assert refusal(signed_bytes_of(payload, typ="application/statuslist+cwt")) == "wrong_type"
    assert refusal(bytes(MANIFEST_MAX_BYTES + 1)) == "too_large"


def newer(
    new: Manifest,
    held: Manifest | None = FIRST,
    *,
    raw: bytes = b"",
    epoch: int = 1,
    now: int = NOW,
) -> bool | str:
    try:
        return check_newer(
            new,
            seal_manifest(STATUS_KEY, STATUS_KID, new),
            held=held,
            held_raw=None if held is None else seal_manifest(STATUS_KEY, STATUS_KID, held),
            epoch=epoch,
            now=now,
        )
    except UntrustedData as error:
        return error.code


def test_the_first_manifest_and_the_next_one_are_taken() -> None:
    assert newer(FIRST, None) is True
    assert newer(SECOND) is True
    assert newer(manifest(version=9, previous=b"?" * 32), FIRST) is True


def test_the_manifest_that_is_held_changes_nothing_even_when_it_has_expired() -> None:
    assert newer(FIRST, FIRST) is False
    assert newer(FIRST, FIRST, now=FIRST.exp + 99) is False


@pytest.mark.parametrize(
    ("new", "held", "more", "code"),
    [
        (SECOND, FIRST, {"epoch": 2}, "wrong_epoch"),
        (manifest(epoch=0), None, {}, "wrong_epoch"),
        (FIRST, SECOND, {}, "rollback"),
        (manifest(iat=NOW + 1), FIRST, {}, "fork"),
        (manifest(version=2, previous=b"?" * 32), FIRST, {}, "broken_chain"),
        (manifest(version=5), manifest(n=2 << 20), {}, "shrunk"),
        (SECOND, FIRST, {"now": SECOND.exp}, "expired_manifest"),
        (FIRST, None, {"now": FIRST.exp}, "expired_manifest"),
    ],
)
def test_a_manifest_that_may_not_be_taken_says_why(
    new: Manifest, held: Manifest | None, more: dict[str, Any], code: str
) -> None:
    assert newer(new, held, **more) == code


def test_a_change_of_epoch_is_the_way_back_from_a_huge_version() -> None:
    stolen = manifest(version=(1 << 53) - 1)
    assert newer(manifest(version=2), stolen) == "rollback"
    assert newer(manifest(version=1, epoch=2), stolen, epoch=2) is True


def test_a_reader_fetches_its_delta_or_else_the_snapshot() -> None:
    held = manifest(version=9, packs=((0, 500), (7, 30), (8, 20)))
    assert (held.pack_from(8), held.pack_from(7), held.pack_from(3)) == ((8, 20), (7, 30), (0, 500))
