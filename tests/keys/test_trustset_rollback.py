"""Rollback, freeze, mix and match: what a station refuses though somebody signed it."""

from __future__ import annotations

import json

import pytest

from keys.errors import UntrustedData
from keys.trustmeta import SNAPSHOT, TARGETS, TIMESTAMP
from keys.trustrepo import facts_of
from keys.trustset import first_trust_set
from keys.trustupdate import TrustUpdate
from tests.keys.makers import NOW, trust_list
from tests.keys.trustmakers import (
    DAY,
    NEIGHBOUR,
    SNAPSHOT_KEY,
    STATIONS,
    TIMESTAMP_KEY,
    Repository,
    read,
    refused,
    signed_anew,
    station_of,
)


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
