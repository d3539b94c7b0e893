"""The trust repository as a station pulls it: over the web, from a stick, cut anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.errors import UntrustedData
from keys.trustlist import KeyState
from keys.trustmeta import TIMESTAMP
from scanner.errors import IssuerTrouble, NetworkDown, NotPublished
from scanner.record.cache import StatusCache
from scanner.sync.refresh import PullReport, beliefs_from, pull_once
from tests.fakes.publisher import DAY_S, ISSUER, PASS_KID
from tests.fakes.trust_office import TrustOffice
from tests.keys.makers import NOW, THIEF, signing_key
from tests.keys.trustmakers import NEIGHBOUR, of
from tests.scanner.sync.rigs import reading


class Shown:
    """A fetcher over what an office publishes. cut_at: the number of the fetch that finds no
    network any more.
    """

    def __init__(self, office: TrustOffice, cut_at: int | None = None) -> None:
        self.office = office
        self.cut_at = cut_at
        self.asked: list[str] = []

    def fetch(self, path: str, max_bytes: int) -> bytes:
        self.asked.append(path)
        if len(self.asked) == self.cut_at:
            raise NetworkDown
        raw = self.office.published.get(path)
        if raw is None:
            raise NotPublished(path)
        if len(raw) > max_bytes:
            raise IssuerTrouble(code="too_large")
        return raw


@pytest.fixture
def office() -> TrustOffice:
    office = TrustOffice(NOW)
    office.publish()
    return office


@pytest.fixture
def cache(tmp_path: Path, office: TrustOffice) -> StatusCache:
    return StatusCache(tmp_path / "station", office.root)


def pull(
    office: TrustOffice, cache: StatusCache, fetcher: Shown | None = None, wall_s: float = NOW
) -> PullReport:
    return pull_once(
        fetcher or Shown(office), cache, home=ISSUER, root=office.root, reading=reading(wall_s)
    )


def test_the_first_pull_brings_keys_and_statuses(office: TrustOffice, cache: StatusCache) -> None:
    report = pull(office, cache)
    assert (report.trust_version, report.manifest_version, report.changed) == (1, 1, True)
    beliefs = beliefs_from(cache, ISSUER)
    assert beliefs.keyring is not None
    assert set(beliefs.keyring.by_kid) == {PASS_KID}


def test_an_unchanged_repository_costs_one_small_file(
    office: TrustOffice, cache: StatusCache
) -> None:
    pull(office, cache)
    fetcher = Shown(office)
    assert not pull(office, cache, fetcher).changed
    assert fetcher.asked == ["trust/timestamp.json", "manifest"]


def test_a_new_timestamp_alone_is_looked_up_and_nothing_else_is_fetched(
    office: TrustOffice, cache: StatusCache
) -> None:
    pull(office, cache)
    office.now_s += 600
    office.publish()
    fetcher = Shown(office)
    pull(office, cache, fetcher)
    assert fetcher.asked[:2] == ["trust/timestamp.json", "trust/2.root.json"]
    assert not [path for path in fetcher.asked if "targets" in path or "snapshot" in path]


def test_after_one_sync_a_burned_key_is_burned(office: TrustOffice, cache: StatusCache) -> None:
    pull(office, cache)
    burned = office.trusted(PASS_KID, office.pass_key, office.trust.keys[0].purpose)
    office.change_trust(
        keys=tuple(
            office.trusted(key.kid, office.pass_key, key.purpose, state=KeyState.BURNED)
            if key.kid == PASS_KID
            else key
            for key in office.trust.keys
        )
    )
    pull(office, cache)
    keyring = beliefs_from(cache, ISSUER).keyring
    assert keyring is not None
    assert keyring.by_kid[PASS_KID][0].state is KeyState.BURNED
    assert keyring.by_kid[PASS_KID][0].public_key == burned.public_key


def test_cut_at_any_fetch_the_old_set_stays_and_the_next_pull_succeeds(
    office: TrustOffice, tmp_path: Path
) -> None:
    root = office.root
    office.change_trust()
    whole = Shown(office)
    pull_once(
        whole, StatusCache(tmp_path / "whole", root), home=ISSUER, root=root, reading=reading()
    )
    for cut_at in range(1, len(whole.asked) + 1):
        cache = StatusCache(tmp_path / str(cut_at), root)
        with pytest.raises(NetworkDown):
            pull(office, cache, Shown(office, cut_at))
        held = cache.trust()
        assert held is None or held[0].version == 2
        assert pull(office, cache).trust_version == 2


def test_the_timestamp_of_the_own_issuer_moves_the_bound(
    office: TrustOffice, cache: StatusCache
) -> None:
    pull(office, cache)
    office.now_s += 3600
    office.repository.now_s = office.now_s
    office.repository.stamp()
    office.show_trust()
    pull(office, cache, wall_s=NOW)
    assert cache.clock().bound_s == NOW + 3600


def test_a_change_of_epoch_lets_the_bound_fall(office: TrustOffice, cache: StatusCache) -> None:
    office.now_s += 30 * DAY_S
    office.publish()
    pull(office, cache)
    assert cache.clock().bound_s == NOW + 30 * DAY_S
    # All that is signed from now on has expired by the time that the stations believe in.
    office.now_s = NOW + 60
    office.change_epoch()
    office.publish()
    report = pull_once(
        Shown(office),
        cache,
        home=ISSUER,
        root=office.repository.roots[0],
        reading=reading(NOW + 60),
    )
    assert (report.trust_version, report.manifest_version) == (2, 1)
    assert cache.clock().bound_s == NOW + 60


def test_the_targets_keys_alone_begin_no_new_epoch(office: TrustOffice, cache: StatusCache) -> None:
    pull(office, cache)
    office.epoch = 2
    office.change_trust(issuers={ISSUER: office.entry()})
    with pytest.raises(UntrustedData) as caught:
        pull(office, cache)
    assert caught.value.code == "wrong_epoch"
    held = cache.trust()
    assert held is not None
    assert held[0].issuers[ISSUER].epoch == 1


def test_trust_that_fails_keeps_no_statuses_from_coming(
    office: TrustOffice, cache: StatusCache
) -> None:
    pull(office, cache)
    office.now_s += 600
    office.repository.signers[TIMESTAMP] = (THIEF,)
    office.publish()
    with pytest.raises(UntrustedData) as caught:
        pull(office, cache)
    assert caught.value.code == "too_few_signatures"
    assert beliefs_from(cache, ISSUER).universes[ISSUER].version == 2


def test_without_any_trust_list_a_failing_repository_is_told_at_once(
    office: TrustOffice, cache: StatusCache
) -> None:
    office.repository.signers[TIMESTAMP] = (THIEF,)
    office.publish()
    with pytest.raises(UntrustedData):
        pull(office, cache)
    assert beliefs_from(cache, ISSUER).keyring is None


def test_a_root_that_came_is_kept_though_the_rest_failed(
    office: TrustOffice, cache: StatusCache
) -> None:
    pull(office, cache)
    old_stamp = office.published["trust/timestamp.json"]
    office.now_s += 60
    office.repository.signers[TIMESTAMP] = (signing_key("next"),)
    office.rotate(timestamp=of(signing_key("next")))
    # Somebody shows the stolen key's timestamp beside the root that took the key away.
    office.published["trust/timestamp.json"] = old_stamp + b" "
    root = office.repository.roots[0]
    with pytest.raises(UntrustedData) as caught:
        pull_once(Shown(office), cache, home=ISSUER, root=root, reading=reading())
    assert caught.value.code == "too_few_signatures"
    held = StatusCache(cache.folder, root).trust_file.read()
    assert held is not None
    assert (held.root.version, held.trust_list().version) == (2, 1)


def test_a_repository_without_the_own_issuer_is_refused(
    office: TrustOffice, cache: StatusCache
) -> None:
    with pytest.raises(UntrustedData) as caught:
        pull_once(Shown(office), cache, home="ningbo", root=office.root, reading=reading())
    assert caught.value.code == "home_issuer_missing"


def test_a_neighbour_whose_file_is_missing_is_named(
    office: TrustOffice, cache: StatusCache
) -> None:
    pull(office, cache)
    office.repository.contents[NEIGHBOUR] = {"issuers/ningbo/place": b"moved"}
    office.repository.publish(sign=(NEIGHBOUR,))
    office.show_trust()
    del office.published["trust/2.issuer-ningbo.json"]
    assert pull(office, cache).left_out == ((NEIGHBOUR, "not_published"),)


def test_a_row_of_roots_has_an_end(office: TrustOffice, cache: StatusCache) -> None:
    for _ in range(70):
        office.rotate()
    first = office.repository.roots[0]
    fetcher = Shown(office)
    pull_once(fetcher, cache, home=ISSUER, root=first, reading=reading())
    assert len([path for path in fetcher.asked if path.endswith("root.json")]) == 64


# --- on disk


def test_a_damaged_file_is_no_trust_and_the_next_pull_heals_it(
    office: TrustOffice, cache: StatusCache
) -> None:
    pull(office, cache)
    file = cache.folder / "trust" / "set"
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    fresh = StatusCache(cache.folder, office.root)
    assert beliefs_from(fresh, ISSUER).keyring is None
    pull(office, fresh)
    assert beliefs_from(fresh, ISSUER).keyring is not None


def test_a_file_grown_beyond_measure_is_no_trust(
    office: TrustOffice, cache: StatusCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(office, cache)
    monkeypatch.setattr("scanner.record.trustfile.STORED_MAX_BYTES", 100)
    assert StatusCache(cache.folder, office.root).trust() is None
