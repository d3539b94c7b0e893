"""What a station accepts of a trust repository, and what it refuses."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from typing import Any

import pytest

from keys.ed25519 import SigningKey
from keys.errors import UntrustedData
from keys.readmission import encode_readmission
from keys.trustlist import KeyState
from keys.trustmeta import ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from keys.trustrepo import Delegation, facts_of, sign_targets
from keys.trustset import TrustSet, first_trust_set
from keys.trustupdate import TrustUpdate
from tests.keys.makers import NOW, PASS_KEY, THIEF, signing_key, trust_list, trusted_key
from tests.keys.trustmakers import (
    DAY,
    DELEGATIONS,
    NEIGHBOUR,
    NEIGHBOUR_KEY,
    ROOTS,
    SNAPSHOT_KEY,
    STATIONS,
    STATIONS_KEY,
    TARGET_KEYS,
    TIMESTAMP_KEY,
    Repository,
    bent,
    of,
    read,
    root_bytes,
    signed_anew,
    station_of,
    top_roles,
)

NEW_KEY = signing_key("the key that comes after")


@pytest.fixture
def repository() -> Repository:
    return Repository().publish()


def refused(repository: Repository, held: TrustSet, now: int = NOW) -> str:
    """Return the code with which a station refuses what the repository shows."""
    with pytest.raises(UntrustedData) as caught:
        read(repository.files, held, now)
    return caught.value.code


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


# --- rollback, freeze, mix and match


def test_an_older_timestamp_is_a_rollback(repository: Repository) -> None:
    old = dict(repository.files)
    held = station_of(repository.stamp())
    with pytest.raises(UntrustedData) as caught:
        read(old, held)
    assert caught.value.code == "trust_rollback"


def test_two_timestamps_of_one_version_are_a_fork(repository: Repository) -> None:
    held = station_of(repository)
    repository.versions[TIMESTAMP] -= 1
    repository.stamp(iat=NOW + 1)
    assert refused(repository, held) == "trust_fork"


def test_a_newer_timestamp_with_an_older_snapshot_is_a_rollback(repository: Repository) -> None:
    old_snapshot = repository.snapshot
    held = station_of(repository.publish())
    repository.snapshot = old_snapshot
    repository.stamp()
    assert refused(repository, held) == "trust_rollback"


def test_two_snapshots_of_one_version_are_a_fork(repository: Repository) -> None:
    held = station_of(repository)
    repository.versions[SNAPSHOT] -= 1
    repository.expires[SNAPSHOT] = NOW + 29 * DAY
    repository.publish(sign=())
    assert refused(repository, held) == "trust_fork"


@pytest.mark.parametrize("role", [TARGETS, NEIGHBOUR])
def test_a_snapshot_with_an_older_role_is_a_rollback(repository: Repository, role: str) -> None:
    old = dict(repository.roles)
    held = station_of(repository.publish())
    repository.roles[role] = old[role]
    repository.publish(sign=())
    assert refused(repository, held) == "trust_rollback"


def test_a_snapshot_without_a_role_it_had_is_a_rollback(repository: Repository) -> None:
    held = station_of(repository)
    del repository.roles[NEIGHBOUR]
    repository.snapshot = None
    repository.publish(sign=())
    assert refused(repository, held) == "trust_rollback"


def test_two_targets_of_one_version_are_a_fork(repository: Repository) -> None:
    held = station_of(repository)
    repository.versions[TARGETS] -= 1
    repository.with_trust_list(trust_list(version=2)).publish(sign=(TARGETS,))
    assert refused(repository, held) == "trust_fork"


@pytest.mark.parametrize(
    ("here", "from_there"),
    [("2.snapshot.json", "1.snapshot.json"), ("2.targets.json", "1.targets.json")],
)
def test_parts_of_two_publications_do_not_mix(
    repository: Repository, here: str, from_there: str
) -> None:
    empty = first_trust_set(repository.roots[0])
    repository.with_trust_list(trust_list(version=2)).publish()
    repository.files[here] = repository.files[from_there]
    assert refused(repository, empty) == "wrong_hash"


def test_a_trust_list_other_than_the_one_signed_is_refused(repository: Repository) -> None:
    empty = first_trust_set(repository.roots[0])
    for path in repository.files:
        if path.endswith(".trust-list"):
            repository.files[path] = repository.contents[STATIONS]["station-roster"]
    assert refused(repository, empty) == "wrong_hash"


@pytest.mark.parametrize("role", [SNAPSHOT, TARGETS])
def test_a_version_other_than_the_one_announced_is_refused(
    repository: Repository, role: str
) -> None:
    """The office signs nonsense: a file whose own number is not the one that is named for it."""
    outer, outer_key = (
        (repository.timestamp, TIMESTAMP_KEY)
        if role == SNAPSHOT
        else (repository.snapshot or b"", SNAPSHOT_KEY)
    )
    inner_path = f"1.{role}.json"
    value = json.loads(outer)
    value["signed"]["meta"][f"{role}.json"]["version"] = 7
    repository.files[f"7.{role}.json"] = repository.files[inner_path]
    changed = signed_anew(value, outer_key)
    if role == SNAPSHOT:
        repository.files["timestamp.json"] = changed
    else:
        facts = facts_of(changed)
        stamp = json.loads(repository.timestamp)
        stamp["signed"]["meta"]["snapshot.json"] |= {
            "length": facts.length,
            "hashes": {"sha256": facts.sha256.hex()},
        }
        repository.files["1.snapshot.json"] = changed
        repository.files["timestamp.json"] = signed_anew(stamp, TIMESTAMP_KEY)
    assert refused(repository, first_trust_set(repository.roots[0])) == "wrong_version"


def test_targets_without_a_trust_list_are_refused(repository: Repository) -> None:
    del repository.contents[TARGETS]["trust-list"]
    repository.publish()
    assert refused(repository, first_trust_set(repository.roots[0])) == "trust_missing"


def test_a_malformed_trust_list_is_refused_though_it_is_signed(repository: Repository) -> None:
    held = station_of(repository)
    repository.contents[TARGETS]["trust-list"] = b"\xa0"
    repository.publish()
    assert refused(repository, held) == "malformed_trust_list"


def test_a_target_beyond_every_measure_is_refused(repository: Repository) -> None:
    update = TrustUpdate(first_trust_set(repository.roots[0]), NOW)
    repository.contents[TARGETS]["readmit/hangzhou-258"] = bytes(35_000_001)
    repository.publish()
    with pytest.raises(UntrustedData) as caught:
        read(repository.files, update.held)
    assert caught.value.code == "too_large"


def test_files_out_of_order_are_refused(repository: Repository) -> None:
    update = TrustUpdate(first_trust_set(repository.roots[0]), NOW)
    with pytest.raises(UntrustedData) as caught:
        update.add_snapshot(repository.snapshot or b"")
    assert caught.value.code == "wrong_order"


def test_an_update_cut_before_its_last_file_is_not_finished(repository: Repository) -> None:
    update = TrustUpdate(first_trust_set(repository.roots[0]), NOW)
    update.add_timestamp(repository.timestamp)
    update.add_snapshot(repository.files["1.snapshot.json"])
    update.add_targets(repository.files["1.targets.json"])
    with pytest.raises(UntrustedData) as caught:
        update.finish()
    assert caught.value.code == "incomplete_trust"


# --- rotation


def rotated(repository: Repository, role: str) -> None:
    """Give `role` the new key alone (the root: in place of its first key), and publish."""
    if role == ROOT:
        roots = of(NEW_KEY, *ROOTS[1:], threshold=2)
        repository.rotate(top_roles(root=roots), (NEW_KEY, *ROOTS[1:]))
    else:
        repository.rotate(top_roles(**{role: of(NEW_KEY)}), ROOTS[:2])
        repository.signers[role] = (NEW_KEY,)
    repository.publish()


@pytest.mark.parametrize("role", [ROOT, TARGETS, SNAPSHOT, TIMESTAMP])
def test_every_role_of_the_top_level_can_change_its_key(repository: Repository, role: str) -> None:
    held = station_of(repository)
    rotated(repository, role)
    newer, _ = read(repository.files, held)
    assert newer.root.version == 2
    assert newer.files == held.files


@pytest.mark.parametrize("role", [TARGETS, SNAPSHOT, TIMESTAMP])
def test_the_key_that_was_taken_away_signs_nothing_any_more(
    repository: Repository, role: str
) -> None:
    held = station_of(repository)
    before = repository.signers[role]
    rotated(repository, role)
    repository.signers[role] = before
    repository.publish()
    assert refused(repository, held) == "too_few_signatures"


@pytest.mark.parametrize("role", [STATIONS, NEIGHBOUR])
def test_a_delegated_role_can_change_its_key(repository: Repository, role: str) -> None:
    held = station_of(repository)
    repository.delegations = tuple(
        Delegation(name=item.name, keys=of(NEW_KEY), patterns=item.patterns)
        if item.name == role
        else item
        for item in DELEGATIONS
    )
    repository.signers[role] = (NEW_KEY,)
    newer, update = read(repository.publish().files, held)
    assert not update.left_out
    assert newer.roles[role].version == 2


def test_a_root_must_be_signed_by_the_one_before_and_by_itself(repository: Repository) -> None:
    held = station_of(repository)
    other = top_roles(root=of(*(signing_key(f"coup {n}") for n in range(3)), threshold=2))
    for signers in (
        tuple(signing_key(f"coup {n}") for n in range(3)),
        ROOTS,
        (ROOTS[0], signing_key("coup 0"), signing_key("coup 1")),
    ):
        repository.roots = [repository.roots[0]]
        repository.rotate(other, signers)
        repository.stamp()
        assert refused(repository, held) == "too_few_signatures"


def test_a_root_may_not_skip_a_version(repository: Repository) -> None:
    update = TrustUpdate(station_of(repository), NOW)
    with pytest.raises(UntrustedData) as caught:
        update.add_root(root_bytes(3))
    assert caught.value.code == "wrong_version"


def test_a_root_may_not_go_back_to_an_older_epoch(repository: Repository) -> None:
    update = TrustUpdate(station_of(repository), NOW)
    update.add_root(root_bytes(2, epoch=2))
    assert update.held.epoch == 2
    with pytest.raises(UntrustedData) as caught:
        update.add_root(root_bytes(3, epoch=1))
    assert caught.value.code == "trust_rollback"


def test_a_revocation_is_kept_even_where_the_rest_of_the_update_fails(
    repository: Repository,
) -> None:
    held = station_of(repository)
    rotated(repository, TIMESTAMP)
    update = TrustUpdate(held, NOW)
    update.add_root(repository.roots[1])
    with pytest.raises(UntrustedData):
        update.add_timestamp(held.timestamp.raw if held.timestamp else b"")
    assert update.held.root.version == 2
    assert update.held.files == held.files


@pytest.mark.parametrize("role", [TIMESTAMP, SNAPSHOT])
def test_a_thiefs_huge_version_is_undone_by_the_root(repository: Repository, role: str) -> None:
    repository.versions[role] = 1 << 52
    held = station_of(repository.publish() if role == SNAPSHOT else repository.stamp())
    repository.versions[role] = 1
    repository.publish()
    assert refused(repository, held) == "trust_rollback"
    rotated(repository, role)
    if role == SNAPSHOT:
        # The timestamp named the huge snapshot: its key is replaced with the other.
        both = {SNAPSHOT: of(NEW_KEY), TIMESTAMP: of(signing_key("stamp 2"))}
        repository.rotate(top_roles(**both), ROOTS[:2])
        repository.signers[TIMESTAMP] = (signing_key("stamp 2"),)
        repository.publish()
    assert read(repository.files, held)[0].files == held.files


# --- delegations


def test_a_neighbour_who_let_its_date_pass_holds_nobody_up(repository: Repository) -> None:
    repository.contents[NEIGHBOUR]["issuers/suzhou/place"] = b"not its own"
    held = station_of(repository.publish())
    repository.expires[NEIGHBOUR] = NOW - 1
    repository.with_trust_list(trust_list(version=2)).publish()
    newer, update = read(repository.files, held)
    assert update.left_out == {NEIGHBOUR: "expired_trust"}
    assert newer.trust_list().version == 2
    assert newer.files["issuers/ningbo/place"] == held.files["issuers/ningbo/place"]


@pytest.mark.parametrize("fault", ["missing", "wrong key", "delegates on", "fork", "file missing"])
def test_what_is_wrong_with_a_neighbour_is_named(repository: Repository, fault: str) -> None:
    held = station_of(repository)
    repository.contents[NEIGHBOUR] = {"issuers/ningbo/place": b"moved"}
    match fault:
        case "wrong key":
            repository.signers[NEIGHBOUR] = (THIEF,)
        case "fork":
            repository.versions[NEIGHBOUR] = 0
    repository.publish()
    codes = {
        "missing": "wrong_hash",
        "wrong key": "too_few_signatures",
        "delegates on": "malformed_trust",
        "fork": "trust_fork",
        "file missing": "wrong_hash",
    }
    if fault == "missing":
        del repository.files["2.issuer-ningbo.json"]
    if fault == "file missing":
        repository.files = {path: raw for path, raw in repository.files.items() if raw != b"moved"}
    if fault == "delegates on":
        repository.roles[NEIGHBOUR] = sign_targets(
            2, {}, expires=NOW + DAY, signers=(NEIGHBOUR_KEY,), delegations=DELEGATIONS
        )
        repository.publish(sign=())
    newer, update = read(repository.files, held)
    assert update.left_out == {NEIGHBOUR: codes[fault]}
    assert newer.files["issuers/ningbo/place"] == b"https://ningbo.example"


def test_a_neighbour_whose_key_was_taken_away_keeps_nothing(repository: Repository) -> None:
    held = station_of(repository)
    repository.delegations = (
        DELEGATIONS[0],
        Delegation(name=NEIGHBOUR, keys=of(NEW_KEY), patterns=("issuers/ningbo/*",)),
    )
    newer, update = read(repository.publish().files, held)
    assert update.left_out == {NEIGHBOUR: "too_few_signatures"}
    assert NEIGHBOUR not in newer.roles
    assert "issuers/ningbo/place" not in newer.files


def test_a_neighbour_that_is_no_longer_recognised_is_gone(repository: Repository) -> None:
    held = station_of(repository)
    repository.delegations = DELEGATIONS[:1]
    newer, update = read(repository.publish(sign=(TARGETS,)).files, held)
    assert not update.left_out
    assert "issuers/ningbo/place" not in newer.files


def test_a_role_that_no_snapshot_names_is_left_out() -> None:
    repository = Repository()
    del repository.contents[NEIGHBOUR]
    repository.publish()
    update = read(repository.files, first_trust_set(repository.roots[0]))[1]
    assert update.left_out == {NEIGHBOUR: "missing_role"}


def test_a_neighbour_speaks_for_its_own_paths_only(repository: Repository) -> None:
    repository.contents[NEIGHBOUR] |= {
        "trust-list": b"mine now",
        "station-roster": b"mine too",
        "issuers/suzhou/place": b"and theirs",
        "policies/lenient": b"all may pass",
    }
    held = station_of(repository.publish())
    assert held.trust_list() == trust_list()
    assert held.files["station-roster"] == b"\x80"
    assert "issuers/suzhou/place" not in held.files
    assert "policies/lenient" not in held.files


def test_a_neighbours_file_may_not_fill_the_disk(repository: Repository) -> None:
    repository.contents[NEIGHBOUR]["issuers/ningbo/film"] = bytes((1 << 20) + 1)
    repository.publish()
    update = read(repository.files, first_trust_set(repository.roots[0]))[1]
    assert update.left_out == {NEIGHBOUR: "too_large"}


def test_a_role_that_was_never_delegated_is_refused(repository: Repository) -> None:
    update = TrustUpdate(first_trust_set(repository.roots[0]), NOW)
    update.add_timestamp(repository.timestamp)
    update.add_snapshot(repository.files["1.snapshot.json"])
    repository.delegations = ()
    with pytest.raises(UntrustedData) as caught:
        update.add_role("issuer-suzhou", b"{}")
    assert caught.value.code == "missing_role"


def test_a_role_fetched_but_not_its_files_is_left_out(repository: Repository) -> None:
    update = TrustUpdate(first_trust_set(repository.roots[0]), NOW)
    update.add_timestamp(repository.timestamp)
    update.add_snapshot(repository.files["1.snapshot.json"])
    update.add_targets(repository.files["1.targets.json"])
    for wanted in update.wanted_files(TARGETS):
        update.add_file(wanted, repository.files[wanted.path])
    update.add_role(STATIONS, repository.files["1.stations.json"])
    new = update.finish()
    assert update.left_out == {STATIONS: "incomplete_trust", NEIGHBOUR: "incomplete_trust"}
    assert set(new.files) == {"trust-list"}


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
