"""Pull: whose word counts - trust lists, keys in force, retired or burned, changes of epoch."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.clock import trusted_now
from keys.passages import ClockGrade
from keys.trustlist import KeyState, Purpose
from scanner.sync.refresh import beliefs_from
from tests.fakes.office import Office
from tests.fakes.publisher import DAY_S, ISSUER, STATUS_KID, signing_key
from tests.scanner.sync.rigs import NOW, Puller, change, reading


@pytest.mark.parametrize("signer", ["thief", "pass", "station"])
def test_a_manifest_by_any_other_key_is_refused(
    office: Office, station: Puller, signer: str
) -> None:
    station.pull()
    key = {"thief": signing_key("thief"), "pass": office.pass_key, "station": office.station_key}
    office.status_key = key[signer]
    change(office)

    assert station.refused() == "bad_signature"
    assert station.held() == (1, office.states[1].tobytes())


def _with_status_key(office: Office, **changes: object) -> None:
    keys = tuple(
        office.trusted(STATUS_KID, office.status_key, Purpose.STATUS, **changes)
        if key.kid == STATUS_KID
        else key
        for key in office.trust.keys
    )
    office.change_trust(keys=keys)


def test_a_key_whose_time_is_over_signs_nothing_new_and_its_last_list_stays(
    office: Office, station: Puller
) -> None:
    station.pull()
    office.now_s += 120
    _with_status_key(office, not_after=NOW + 60, state=KeyState.RETIRED)
    office.publish(iat=NOW + 30)

    assert station.refused() == "unknown_key"
    assert station.held() == (1, office.states[1].tobytes())


def test_a_burned_key_takes_its_list_with_it(office: Office, station: Puller) -> None:
    station.pull()
    _with_status_key(office, state=KeyState.BURNED)
    change(office)

    assert station.refused() == "unknown_key"
    assert station.held() is None


def test_a_station_whose_battery_died_learns_the_time_from_the_list(
    office: Office, station: Puller
) -> None:
    _with_status_key(office, not_before=NOW - DAY_S)
    in_1970 = reading(wall_s=100.0)

    station.pull(in_1970)

    now = trusted_now(station.cache.clock(), in_1970)
    assert (now.now_s, now.grade) == (NOW, ClockGrade.ROLLED_BACK)


def test_a_list_that_expired_bars_only_new_ones(office: Office, station: Puller) -> None:
    station.pull()
    office.now_s += 40 * DAY_S

    assert not station.pull().changed
    assert station.held() == (1, office.universe.tobytes())


def test_a_first_manifest_that_has_expired_is_not_taken(office: Office, station: Puller) -> None:
    assert station.refused(reading(wall_s=NOW + 2 * DAY_S)) == "expired_manifest"
    assert station.held() is None


def test_a_newer_trust_list_replaces_the_old_one(office: Office, station: Puller) -> None:
    station.pull()
    office.change_trust()

    assert station.pull().trust_version == 2
    found = station.cache.trust()
    assert found is not None
    assert found[0].version == 2


def test_an_older_trust_list_is_a_rollback(office: Office, station: Puller) -> None:
    old = office.published["trust/list"]
    office.change_trust()
    station.pull()
    office.published["trust/list"] = old

    assert station.refused() == "trust_rollback"


def test_two_trust_lists_of_one_version_are_a_fork_and_kept(
    office: Office, station: Puller, tmp_path: Path
) -> None:
    station.pull()
    raw = office.change_trust(version=1, issuers={ISSUER: office.entry(name_en="Other")})

    assert station.refused() == "trust_fork"
    assert [path.read_bytes() for path in (tmp_path / "evidence").iterdir()] == [raw]


def test_a_trust_list_by_another_root_is_refused(office: Office, station: Puller) -> None:
    station.pull()
    office.root_key = signing_key("thief")
    office.change_trust()

    assert station.refused() == "bad_signature"
    found = station.cache.trust()
    assert found is not None
    assert found[0].version == 1


def test_a_trust_list_without_the_home_issuer_is_refused(office: Office, station: Puller) -> None:
    office.change_trust(issuers={"ningbo": office.entry(kid_ranges=((1, 2),))}, keys=())

    assert station.refused() == "home_issuer_missing"
    assert station.cache.trust() is None


def test_a_change_of_epoch_takes_the_huge_version_of_a_thief_back(
    office: Office, station: Puller
) -> None:
    station.pull()
    thiefs = 1 << 40
    office.publish(version=thiefs, deltas_from=[], iat=NOW + 20 * DAY_S, exp=NOW + 30 * DAY_S)
    station.pull()
    assert station.cache.clock().bound_s == NOW + 20 * DAY_S

    office.epoch, office.version, office.manifest_raw, office.states = 2, 0, b"", {}
    office.change_trust(issuers={ISSUER: office.entry(epoch=2)})
    change(office)
    station.pull()

    assert station.held() == (1, office.universe.tobytes())
    assert station.cache.clock().bound_s == office.now_s


def test_after_a_change_of_epoch_the_old_list_is_believed_no_more(
    office: Office, station: Puller
) -> None:
    station.pull()
    office.change_trust(issuers={ISSUER: office.entry(epoch=2)})

    assert station.refused() == "wrong_epoch"
    assert station.held() is None
    assert station.cache.clock().bound_s == 0


def test_a_foreign_issuers_map_is_taken_from_the_home_list_and_the_homes_own_ignored(
    office: Office, station: Puller
) -> None:
    ningbo = office.entry(kid_ranges=((512, 600),), status_map=((0, 2), (2, 3)))
    home = office.entry(status_map=((0, 3),))
    office.change_trust(issuers={ISSUER: home, "ningbo": ningbo})
    station.pull()

    beliefs = beliefs_from(station.cache, ISSUER)
    assert beliefs.status_maps == {"ningbo": {0: 2, 2: 3}}
