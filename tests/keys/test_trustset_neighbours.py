"""What others sign in a trust repository: neighbours and delegated roles, each its own paths."""

from __future__ import annotations

import pytest

from keys.errors import UntrustedData
from keys.trustmeta import TARGETS
from keys.trustrepo import Delegation, sign_targets
from keys.trustset import first_trust_set
from keys.trustupdate import TrustUpdate
from tests.keys.makers import NOW, THIEF, trust_list
from tests.keys.trustmakers import (
    DAY,
    DELEGATIONS,
    NEIGHBOUR,
    NEIGHBOUR_KEY,
    NEW_KEY,
    STATIONS,
    Repository,
    of,
    read,
    station_of,
)


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
