"""The trust set on disk: all of it or nothing, and checked again at every start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import UntrustedData
from keys.trustmeta import TARGETS, TIMESTAMP
from keys.trustset import TRUST_LIST, first_trust_set
from keys.truststore import decode_trust_set, encode_trust_set
from keys.trustupdate import TrustUpdate
from tests.keys.makers import NOW, THIEF, signing_key, trust_list
from tests.keys.trustmakers import (
    DAY,
    NEIGHBOUR,
    ROOTS,
    Repository,
    of,
    read,
    root_bytes,
    station_of,
    top_roles,
)

REPOSITORY = Repository().publish()
HELD = station_of(REPOSITORY)
STORED = encode_trust_set(HELD)


def test_what_was_kept_comes_back() -> None:
    again = decode_trust_set(STORED)
    assert again.files == HELD.files
    assert encode_trust_set(again) == STORED


def test_a_station_that_only_knows_its_root_keeps_that() -> None:
    empty = first_trust_set(root_bytes())
    assert decode_trust_set(encode_trust_set(empty)).files == {}


def test_expiry_is_not_asked_again_on_loading() -> None:
    repository = Repository(expires={TIMESTAMP: NOW + 1, TARGETS: NOW + 1, NEIGHBOUR: NOW + 1})
    held = station_of(repository.publish())
    again = decode_trust_set(encode_trust_set(held))
    assert again.files == held.files


def test_a_newer_root_is_kept_beside_what_the_older_one_accepted() -> None:
    repository = Repository().publish()
    update = TrustUpdate(station_of(repository), NOW)
    update.add_root(repository.rotate(top_roles(timestamp=of(signing_key("new"))), ROOTS[:2]))
    again = decode_trust_set(encode_trust_set(update.held))
    assert again.root.version == 2
    assert again.trust_list() == trust_list()


def test_a_neighbour_that_was_left_out_keeps_its_old_files_over_a_restart() -> None:
    repository = Repository().publish()
    held = station_of(repository)
    repository.expires[NEIGHBOUR] = NOW - 1
    newer, _ = read(repository.publish().files, held)
    again = decode_trust_set(encode_trust_set(newer))
    assert again.files["issuers/ningbo/place"] == b"https://ningbo.example"
    assert read(repository.files, again)[0] is again


def _bend(place: int, new: Any) -> Callable[[dict[int, Any]], None]:
    return lambda value: value.update({place: new})


def _thiefs_root() -> bytes:
    return root_bytes(roles=top_roles(root=of(*ROOTS, THIEF, threshold=3)), signers=(THIEF,))


OLD = Repository(expires={TIMESTAMP: NOW + 8 * DAY}).publish()


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (_bend(1, None), "malformed_trust"),
        (_bend(3, None), "malformed_trust"),
        (_bend(4, 1), "malformed_trust"),
        (_bend(5, []), "malformed_trust"),
        (_bend(5, {1: b""}), "malformed_trust"),
        (_bend(6, {"trust-list": None}), "malformed_trust"),
        (_bend(7, 1), "malformed_trust"),
        (_bend(1, _thiefs_root()), "too_few_signatures"),
        (_bend(2, root_bytes(2)), "wrong_version"),
        (_bend(3, OLD.timestamp[:-1]), "malformed_trust"),
        (_bend(4, REPOSITORY.timestamp), "wrong_hash"),
        (_bend(5, {}), "wrong_hash"),
        (_bend(6, {}), "trust_missing"),
        (_bend(6, dict(HELD.files) | {"trust-list": b""}), "wrong_hash"),
        (_bend(6, dict(HELD.files) | {"station-roster": b""}), "wrong_hash"),
    ],
)
def test_a_set_that_does_not_fit_together_is_refused(
    bend: Callable[[dict[int, Any]], None], code: str
) -> None:
    value = cbor_decode(STORED, max_bytes=1 << 20)
    bend(value)
    with pytest.raises(UntrustedData) as caught:
        decode_trust_set(cbor_encode({key: _plain(item) for key, item in value.items()}))
    assert caught.value.code == code


def _plain(item: Any) -> Any:
    return dict(item) if hasattr(item, "items") else item


@pytest.mark.parametrize("path", [path for path in HELD.files if path != TRUST_LIST])
def test_a_file_under_a_name_that_nobody_signed_is_refused(path: str) -> None:
    value = cbor_decode(STORED, max_bytes=1 << 20)
    files = dict(value[6])
    files[path[:-1] + chr(ord(path[-1]) ^ 1)] = files.pop(path)
    with pytest.raises(UntrustedData) as caught:
        decode_trust_set(cbor_encode({**value, 6: files}))
    assert caught.value.code == "incomplete_trust"


@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    raw = bytearray(STORED)
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        again = decode_trust_set(bytes(raw))
    except UntrustedData:
        return
    # What a JSON file spells may be spelt otherwise (a blank, an escape); what it says may not.
    assert again.files == HELD.files
    assert again.iat == HELD.iat
