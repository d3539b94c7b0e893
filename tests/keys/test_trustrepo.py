"""The signing side of the trust repository: what was signed can be read back to sign the next."""

from __future__ import annotations

import pytest
from tuf.api.metadata import Root, Targets

from keys.errors import UntrustedData
from keys.trustmeta import TARGETS, read_metadata
from keys.trustrepo import delegations_in, facts_of, files_in, roles_in, targets_version
from tests.keys.trustmakers import (
    DELEGATIONS,
    NEIGHBOUR,
    STATIONS,
    Repository,
    root_bytes,
    top_roles,
)


def test_the_roles_of_a_root_come_back() -> None:
    assert roles_in(read_metadata(root_bytes(), Root)) == top_roles()


def test_the_delegations_and_files_of_targets_come_back_in_their_order() -> None:
    repository = Repository()
    for _ in range(2):
        repository.publish()
    top = read_metadata(repository.roles[TARGETS], Targets)
    assert delegations_in(top) == DELEGATIONS
    assert files_in(top) == {
        path: facts_of(raw) for path, raw in repository.contents[TARGETS].items()
    }
    assert targets_version(repository.roles[TARGETS]) == 2


@pytest.mark.parametrize("name", [STATIONS, NEIGHBOUR])
def test_a_delegated_role_delegates_nothing_further(name: str) -> None:
    repository = Repository()
    repository.publish()
    assert delegations_in(read_metadata(repository.roles[name], Targets)) == ()


@pytest.mark.parametrize("raw", [b"", b"{}", root_bytes()])
def test_what_is_no_targets_file_has_no_version(raw: bytes) -> None:
    with pytest.raises(UntrustedData):
        targets_version(raw)
