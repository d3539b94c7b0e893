"""Keys of a trust repository that change, and keys that were taken away."""

from __future__ import annotations

import pytest

from keys.errors import UntrustedData
from keys.trustmeta import ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from keys.trustrepo import Delegation
from keys.trustupdate import TrustUpdate
from tests.keys.makers import NOW, signing_key
from tests.keys.trustmakers import (
    DELEGATIONS,
    NEIGHBOUR,
    NEW_KEY,
    ROOTS,
    STATIONS,
    Repository,
    of,
    read,
    refused,
    root_bytes,
    station_of,
    top_roles,
)


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
