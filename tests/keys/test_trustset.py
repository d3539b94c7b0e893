"""What a station accepts of a trust repository, and what it refuses."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from typing import Any

import pytest

from keys.ed25519 import SigningKey
from keys.errors import UntrustedData
from keys.readmission import encode_readmission
from keys.trustlist import KeyState
from keys.trustmeta import SNAPSHOT, TARGETS, TIMESTAMP
from keys.trustset import first_trust_set
from tests.keys.makers import NOW, PASS_KEY, THIEF, trust_list, trusted_key
from tests.keys.trustmakers import (
    DAY,
    ROOTS,
    SNAPSHOT_KEY,
    STATIONS_KEY,
    TARGET_KEYS,
    TIMESTAMP_KEY,
    Repository,
    bent,
    read,
    refused,
    root_bytes,
    station_of,
    top_roles,
)


def test_a_station_takes_what_it_needs_and_leaves_releases(repository: Repository) -> None:
    held = station_of(repository)
    assert set(held.files) == {
        "trust-list",
        "station-roster",
        "policies/gate",
        "issuers/ningbo/place",
    }
    assert held.trust_list() == trust_list()
    assert held.iat == NOW


def test_a_set_with_nothing_but_its_root_has_no_trust_list_and_no_date() -> None:
    empty = first_trust_set(root_bytes())
    assert empty.iat is None
    with pytest.raises(UntrustedData) as caught:
        empty.keyring()
    assert caught.value.code == "trust_missing"


def test_the_same_publication_again_changes_nothing(repository: Repository) -> None:
    held = station_of(repository)
    assert read(repository.files, held)[0] is held


def test_a_newer_publication_replaces_the_one_held(repository: Repository) -> None:
    held = station_of(repository)
    repository.with_trust_list(trust_list(version=2)).publish(sign=(TARGETS,), iat=NOW + 600)
    newer, _ = read(repository.files, held)
    assert newer.trust_list().version == 2
    assert newer.iat == NOW + 600


def test_what_did_not_change_is_not_fetched_again(repository: Repository) -> None:
    held = station_of(repository)
    repository.publish(sign=())
    gone = [path for path in repository.files if path.startswith("targets/")]
    for path in [*gone, "1.targets.json", "1.stations.json"]:
        del repository.files[path]
    assert read(repository.files, held)[0].files == held.files


# --- time


def test_moving_the_wall_clock_changes_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoClock(dt.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            raise AssertionError("somebody looked at the wall clock")

    monkeypatch.setattr("tuf.api._payload.datetime", NoClock)
    for wall_s in (0.0, 4e9):
        monkeypatch.setattr(time, "time", lambda wall_s=wall_s: wall_s)
        assert station_of(repository).trust_list() == trust_list()


@pytest.mark.parametrize("role", [TIMESTAMP, SNAPSHOT, TARGETS])
def test_an_expired_new_file_is_refused_by_trusted_time(role: str) -> None:
    repository = Repository(expires={role: NOW + DAY}).publish()
    empty = first_trust_set(repository.roots[0])
    assert read(repository.files, empty, NOW + DAY - 1)[0].files
    assert refused(repository, empty, NOW + DAY) == "expired_trust"


def test_an_expired_root_bars_what_is_new(repository: Repository) -> None:
    held = station_of(repository)
    assert refused(repository, held, NOW + 365 * DAY) == "expired_trust"


def test_an_expired_root_on_the_way_to_a_living_one_is_no_hindrance() -> None:
    dead = root_bytes(1, expires=NOW - 1)
    repository = Repository(roots=[dead])
    repository.rotate(top_roles(), ROOTS[:2])
    repository.publish()
    assert station_of(repository).root.version == 2


def test_what_is_held_stays_in_force_when_its_date_passes(repository: Repository) -> None:
    held = station_of(repository)
    with pytest.raises(UntrustedData):
        read(repository.stamp().files, held, NOW + 31 * DAY)
    assert held.trust_list() == trust_list()


# --- signatures


def test_a_small_order_key_is_refused_though_the_library_below_would_take_its_signature() -> None:
    from securesystemslib.signer import Signature, SSlibKey

    # The identity point: R = identity and S = 0 "sign" every message under it.
    identity = (1).to_bytes(32, "little")
    forged = identity + bytes(32)
    key = SSlibKey("aa", "ed25519", "ed25519", {"public": identity.hex()})
    key.verify_signature(Signature("aa", forged.hex()), b"anything at all")

    raw = root_bytes()
    keyid = next(iter(first_trust_set(raw).root.signed.roles[TIMESTAMP].keyids))
    small = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": identity.hex()}}
    with pytest.raises(UntrustedData) as caught:
        first_trust_set(bent(raw, *ROOTS[:2], **{f"keys__{keyid}": small}))
    assert caught.value.code == "malformed_trust"


def test_the_library_below_never_verifies(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    from securesystemslib.signer import SSlibKey

    def never(*_: object) -> None:
        raise AssertionError("python-tuf's own verification was reached")

    monkeypatch.setattr(SSlibKey, "verify_signature", never)
    assert station_of(repository).files


def test_one_root_key_is_not_enough() -> None:
    with pytest.raises(UntrustedData) as caught:
        first_trust_set(root_bytes(signers=ROOTS[:1]))
    assert caught.value.code == "too_few_signatures"


def test_signatures_of_one_key_do_not_count_twice() -> None:
    raw = root_bytes(signers=(ROOTS[0], ROOTS[0]))
    with pytest.raises(UntrustedData) as caught:
        first_trust_set(raw)
    assert caught.value.code == "too_few_signatures"


@pytest.mark.parametrize(
    ("role", "signer"),
    [
        (TIMESTAMP, SNAPSHOT_KEY),
        (SNAPSHOT, TIMESTAMP_KEY),
        (TARGETS, SNAPSHOT_KEY),
        (TIMESTAMP, THIEF),
        (TARGETS, THIEF),
    ],
)
def test_the_key_of_another_role_signs_nothing_here(role: str, signer: SigningKey) -> None:
    repository = Repository()
    repository.signers[role] = (signer,)
    repository.publish()
    empty = first_trust_set(repository.roots[0])
    assert refused(repository, empty) == "too_few_signatures"


def test_one_targets_key_of_two_is_not_enough() -> None:
    repository = Repository()
    repository.signers[TARGETS] = TARGET_KEYS[:1]
    repository.publish()
    assert refused(repository, first_trust_set(repository.roots[0])) == "too_few_signatures"


def test_a_flipped_bit_of_a_signature_is_refused(repository: Repository) -> None:
    empty = first_trust_set(repository.roots[0])
    raw = bytearray(repository.timestamp)
    at = raw.index(b'"sig":"') + 8
    raw[at] ^= 1 if raw[at] not in b"9a" else 3
    repository.files["timestamp.json"] = bytes(raw)
    assert refused(repository, empty) in {"too_few_signatures", "malformed_trust"}


# --- re-admission


def test_a_burned_keys_pass_comes_back_by_the_list_that_the_trust_list_names(
    repository: Repository,
) -> None:
    good, bad = hashlib.sha256(b"genuine").digest(), hashlib.sha256(b"forged").digest()
    listed = encode_readmission([good])
    burned = trusted_key(PASS_KEY, state=KeyState.BURNED, readmit=hashlib.sha256(listed).digest())
    repository.contents[TARGETS]["readmit/hangzhou-258"] = listed
    repository.with_trust_list(trust_list(burned)).publish()
    ring = station_of(repository).keyring()
    assert ring.readmitted == {("hangzhou", 258): frozenset({good})}
    assert bad not in ring.readmitted["hangzhou", 258]
    assert STATIONS_KEY.public_key not in {key.public_key for key in ring.by_kid[258]}
