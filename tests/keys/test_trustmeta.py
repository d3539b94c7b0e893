"""One file of trust metadata: what is refused before anybody looks at a signature."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from keys.errors import UntrustedData
from keys.trustmeta import MAX_BYTES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, read_metadata
from keys.trustrepo import add_signature, key_id
from tests.keys.makers import NOW, THIEF, signing_key
from tests.keys.trustmakers import ROOTS, Repository, bent, of, root_bytes, top_roles

KINDS: dict[str, Any] = {ROOT: Root, TIMESTAMP: Timestamp, SNAPSHOT: Snapshot, TARGETS: Targets}
REPOSITORY = Repository().publish()
FILES = {
    ROOT: REPOSITORY.roots[0],
    TIMESTAMP: REPOSITORY.timestamp,
    SNAPSHOT: REPOSITORY.files["1.snapshot.json"],
    TARGETS: REPOSITORY.files["1.targets.json"],
}
A_KEY = key_id(ROOTS[0].public_key)
SHA = "ab" * 32


def code_of(raw: bytes, kind: str) -> str:
    with pytest.raises(UntrustedData) as caught:
        read_metadata(raw, KINDS[kind])
    return caught.value.code


@pytest.mark.parametrize("kind", FILES)
def test_a_valid_file_is_read_and_keeps_its_bytes(kind: str) -> None:
    file = read_metadata(FILES[kind], KINDS[kind])
    assert file.raw == FILES[kind]
    assert file.version == 1
    assert file.expires_at > NOW


@pytest.mark.parametrize("kind", FILES)
def test_a_file_beyond_its_size_is_refused_unparsed(kind: str) -> None:
    assert code_of(b"[" * (MAX_BYTES[kind] + 1), kind) == "too_large"


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("filling", [b'\\"', b'"\\', b'"[', b'"', b"\\"])
def test_no_filling_makes_a_file_take_long(kind: str, filling: bytes) -> None:
    raw = b'{"' + filling * (MAX_BYTES[kind] // len(filling) - 2)
    begun_s = time.process_time()
    assert code_of(raw, kind) == "malformed_trust"
    # A few milliseconds; with a look back from every quote it was half a minute.
    assert time.process_time() - begun_s < 5


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_another_role_is_refused(kind: str) -> None:
    other = FILES[TIMESTAMP if kind == ROOT else ROOT]
    assert code_of(other, kind) == "wrong_type"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"signed":{},"signatures":[]',
        b'{"signed":[],"signatures":[]}',
        b'{"signed":{"_type":"root"},"signatures":[]}',
        b'{"signed":{"_type":"root"},"signatures":{}}',
        b'{"signed":{},"signatures":[],"more":1}',
        b'{"signed":{},"signed":{},"signatures":[]}',
        b'{"signed":{"_type":1.5},"signatures":[]}',
        b'{"signed":{"_type":NaN},"signatures":[]}',
        b"[" * 13 + b"]" * 13,
        b'{"a":' * 13 + b"1" + b"}" * 13,
        b"9" * 5000,
        b'{"signed":{"_type":"root","version":1,"spec_version":"1.0.31","expires":"\\ud800",'
        b'"keys":{},"roles":{}},"signatures":[]}',
    ],
)
def test_what_is_no_metadata_is_refused(raw: bytes) -> None:
    assert code_of(raw, ROOT) in {"malformed_trust", "wrong_type"}


def test_brackets_inside_texts_are_no_depth() -> None:
    value = json.loads(FILES[ROOT])
    value["signed"]["more"] = '[[[[[[[[[[[[[[[["\\'
    assert code_of(json.dumps(value).encode(), ROOT) == "malformed_trust"


def changed(kind: str, path: str, new: Any) -> bytes:
    return bent(FILES[kind], **{path: new})


SMALL_ORDER = {
    "keytype": "ed25519",
    "scheme": "ed25519",
    "keyval": {"public": (1).to_bytes(32, "little").hex()},
}


def _key(**changes: Any) -> dict[str, Any]:
    public = signing_key("somebody").public_key.hex()
    return {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}} | changes


def _role(**changes: Any) -> dict[str, Any]:
    return {"keyids": [A_KEY], "threshold": 1} | changes


def _delegation(**changes: Any) -> dict[str, Any]:
    role = {
        "name": "issuer-suzhou",
        "keyids": [A_KEY],
        "threshold": 1,
        "terminating": True,
        "paths": ["issuers/suzhou/*"],
    }
    return {
        "keys": {A_KEY: _key()},
        "roles": [{key: item for key, item in (role | changes).items() if item is not None}],
    }


def _target(**changes: Any) -> dict[str, Any]:
    return {"length": 1, "hashes": {"sha256": SHA}} | changes


BENDS: list[tuple[str, str, Any]] = [
    *[(kind, "version", bad) for kind in FILES for bad in (0, -1, True, "1", 1 << 60, None)],
    *[(kind, "expires", bad) for kind in FILES for bad in ("soon", 5, "2030-01-01", None)],
    *[(kind, "spec_version", bad) for kind in FILES for bad in ("2.0", "1", 1, "1.x", None)],
    *[(kind, "x-more", 1) for kind in FILES],
    (ROOT, "consistent_snapshot", False),
    (ROOT, "consistent_snapshot", 1),
    (ROOT, "x-kakou-epoch", -1),
    (ROOT, "x-kakou-epoch", "1"),
    (ROOT, "keys", []),
    (ROOT, "keys__short", _key()),
    (ROOT, f"keys__{SHA}", _key(scheme="rsassa-pss-sha256", keytype="rsa")),
    (ROOT, f"keys__{SHA}", _key(scheme="unheard-of")),
    (ROOT, f"keys__{SHA}", _key(keyval={"public": "AB" * 32})),
    (ROOT, f"keys__{SHA}", _key(keyval={"public": SHA, "private": SHA})),
    (ROOT, f"keys__{SHA}", _key(keyval={})),
    (ROOT, f"keys__{SHA}", _key(more=1)),
    (ROOT, f"keys__{SHA}", _key(keyval={"public": ROOTS[0].public_key.hex()})),
    (ROOT, f"keys__{SHA}", SMALL_ORDER),
    (ROOT, "roles__more", _role()),
    (ROOT, "roles__timestamp", _role(threshold=0)),
    (ROOT, "roles__timestamp", _role(threshold=2)),
    (ROOT, "roles__timestamp", _role(threshold=True)),
    (ROOT, "roles__timestamp", _role(threshold="1")),
    (ROOT, "roles__timestamp", _role(keyids=[])),
    (ROOT, "roles__timestamp", _role(keyids=A_KEY)),
    (ROOT, "roles__timestamp", _role(keyids=[A_KEY, A_KEY])),
    (ROOT, "roles__timestamp", _role(keyids=[SHA])),
    (ROOT, "roles__timestamp", _role(keyids=[7])),
    (ROOT, "roles__timestamp", _role(more=1)),
    (ROOT, "roles__timestamp", []),
    (TIMESTAMP, "meta", {}),
    (TIMESTAMP, "meta__more.json", {"version": 1}),
    (TIMESTAMP, "meta__snapshot.json", {"version": 1}),
    (TIMESTAMP, "meta__snapshot.json__version", 0),
    (TIMESTAMP, "meta__snapshot.json__version", True),
    (TIMESTAMP, "meta__snapshot.json__length", -1),
    (TIMESTAMP, "meta__snapshot.json__length", 1 << 30),
    (TIMESTAMP, "meta__snapshot.json__hashes", {}),
    (TIMESTAMP, "meta__snapshot.json__hashes", {"md5": "00"}),
    (TIMESTAMP, "meta__snapshot.json__hashes", {"sha256": SHA, "sha512": SHA * 2}),
    (TIMESTAMP, "meta__snapshot.json__hashes", {"sha256": "xyz"}),
    (TIMESTAMP, "meta__snapshot.json__more", 1),
    (TIMESTAMP, "x-kakou-iat", -1),
    (TIMESTAMP, "x-kakou-iat", "now"),
    (TIMESTAMP, "x-kakou-iat", 1 << 40),
    (SNAPSHOT, "meta", {}),
    (SNAPSHOT, "meta", []),
    (SNAPSHOT, "meta__targets", {"version": 1}),
    (SNAPSHOT, "meta__../up.json", {"version": 1, "length": 1, "hashes": {"sha256": SHA}}),
    (TARGETS, "targets", []),
    (TARGETS, "targets__../up", _target()),
    (TARGETS, "targets__/top", _target()),
    (TARGETS, "targets__a//b", _target()),
    (TARGETS, "targets__.hidden", _target()),
    (TARGETS, "targets__" + "a" * 129, _target()),
    (TARGETS, "targets__new", _target(length=-1)),
    (TARGETS, "targets__new", _target(length=True)),
    (TARGETS, "targets__new", _target(length=(1 << 30) + 1)),
    (TARGETS, "targets__new", _target(hashes={"sha512": SHA})),
    (TARGETS, "targets__new", _target(custom={"run": "me"})),
    (TARGETS, "targets__new", {"length": 1}),
    (TARGETS, "delegations__more", 1),
    (TARGETS, "delegations", {"keys": {}}),
    (TARGETS, "delegations", {"keys": {A_KEY: SMALL_ORDER}, "roles": []}),
    (
        TARGETS,
        "delegations",
        {
            "keys": {A_KEY: _key()},
            "succinct_roles": _role(bit_length=3, name_prefix="bin"),
        },
    ),
    (TARGETS, "delegations", _delegation(name="Suzhou")),
    (TARGETS, "delegations", _delegation(name="../up")),
    (TARGETS, "delegations", _delegation(name=7)),
    (TARGETS, "delegations", _delegation(name="targets")),
    (TARGETS, "delegations", _delegation(terminating=False)),
    (TARGETS, "delegations", _delegation(terminating=1)),
    (TARGETS, "delegations", _delegation(paths=[])),
    (TARGETS, "delegations", _delegation(paths="issuers/*")),
    (TARGETS, "delegations", _delegation(paths=["../*"])),
    (TARGETS, "delegations", _delegation(paths=["[a-z]*"])),
    (TARGETS, "delegations", _delegation(paths=["a" * 129])),
    (TARGETS, "delegations", _delegation(paths=None, path_hash_prefixes=["00"])),
    (TARGETS, "delegations", _delegation(threshold=2)),
    (TARGETS, "delegations", _delegation(more=1)),
]


@pytest.mark.parametrize(("kind", "path", "new"), BENDS)
def test_a_field_out_of_its_form_is_refused(kind: str, path: str, new: Any) -> None:
    assert code_of(changed(kind, path, new), kind) == "malformed_trust"


def test_the_date_that_a_timestamp_was_made_is_not_optional() -> None:
    value = json.loads(FILES[TIMESTAMP])
    del value["signed"]["x-kakou-iat"]
    assert code_of(json.dumps(value).encode(), TIMESTAMP) == "malformed_trust"


def test_the_smallest_delegation_that_bends_start_from_is_good() -> None:
    read_metadata(changed(TARGETS, "delegations", _delegation()), Targets)
    read_metadata(changed(TARGETS, "targets__new", _target()), Targets)


@pytest.mark.parametrize(
    "own", [of(*ROOTS, threshold=1), of(*ROOTS[:2], threshold=2), of(ROOTS[0])]
)
def test_a_root_weaker_than_two_of_three_is_refused(own: Any) -> None:
    with pytest.raises(UntrustedData) as caught:
        root_bytes(roles=top_roles(root=own))
    assert caught.value.code == "weak_root"


SIGNATURE = {"keyid": A_KEY, "sig": "00" * 64}


@pytest.mark.parametrize(
    "signatures",
    [
        [SIGNATURE, SIGNATURE],
        [SIGNATURE | {"more": 1}],
        [SIGNATURE | {"sig": "00" * 63}],
        [SIGNATURE | {"sig": "AA" * 64}],
        [SIGNATURE | {"keyid": "short"}],
        [SIGNATURE | {"keyid": 1}],
        [{"keyid": A_KEY}],
        ["text"],
        [SIGNATURE] * 33,
    ],
)
def test_signatures_out_of_their_form_are_refused(signatures: list[Any]) -> None:
    value = json.loads(FILES[ROOT]) | {"signatures": signatures}
    assert code_of(json.dumps(value).encode(), ROOT) == "malformed_trust"


def test_a_signature_can_be_added_where_the_next_key_is() -> None:
    one = root_bytes(signers=ROOTS[:1])
    two = add_signature(one, ROOTS[1])
    assert two == root_bytes(signers=ROOTS[:2])


def test_signatures_of_strangers_are_carried_and_count_nothing() -> None:
    file = read_metadata(add_signature(FILES[ROOT], THIEF), Root)
    assert key_id(THIEF.public_key) in file.signatures


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_code(raw: bytes) -> None:
    for kind in FILES:
        assert code_of(raw, kind) in {"malformed_trust", "wrong_type"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(A_KEY),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_field_replaced_by_anything_is_refused_or_changes_what_is_signed(
    kind: str, data: st.DataObject
) -> None:
    value = json.loads(FILES[kind])
    place, name = value, "signed"
    while True:
        inner = place[name]
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        place, name = inner, data.draw(st.sampled_from(keys))
        following = place[name]
        if not isinstance(following, dict | list) or not following or data.draw(st.booleans()):
            break
    old, place[name] = place[name], data.draw(JSON)
    try:
        file = read_metadata(json.dumps(value).encode(), KINDS[kind])
    except UntrustedData:
        return
    same = type(old) is type(place[name]) and old == place[name]
    before = read_metadata(FILES[kind], KINDS[kind]).signed_bytes
    assert same == (file.signed_bytes == before)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_flipped_bit_is_refused_or_leaves_what_is_signed_alone(
    kind: str, data: st.DataObject
) -> None:
    raw = bytearray(FILES[kind])
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    before = read_metadata(FILES[kind], KINDS[kind])
    try:
        file = read_metadata(bytes(raw), KINDS[kind])
    except UntrustedData:
        return
    assert (file.signed_bytes, file.signatures) != (before.signed_bytes, before.signatures)
