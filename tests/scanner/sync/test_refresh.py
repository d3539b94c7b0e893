"""Pull: only what is newer, signed and whole is believed; in every other case nothing changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from keys.claims import LIST_ENTRIES, Status
from keys.clock import trusted_now
from keys.errors import UntrustedData
from keys.manifest import seal_manifest
from keys.passages import ClockGrade
from scanner.errors import IssuerTrouble, StationFault
from scanner.sync.refresh import beliefs_from
from tests.fakes.disks import power_cut
from tests.fakes.office import Office
from tests.fakes.publisher import ISSUER, STATUS_KID
from tests.scanner.sync.rigs import NOW, Puller, change, reading


def test_the_first_pull_brings_trust_manifest_and_snapshot_and_confirms_the_time(
    office: Office, station: Puller
) -> None:
    report = station.pull()

    assert (report.trust_version, report.manifest_version, report.changed) == (1, 1, True)
    assert station.fetcher.asked == ["trust/list", "manifest", "packs/0-1"]
    assert report.fetched_bytes == sum(
        len(office.published[path]) for path in station.fetcher.asked
    )
    assert station.held() == (1, office.universe.tobytes())
    assert trusted_now(station.cache.clock(), reading()).grade is ClockGrade.CONFIRMED


def test_a_pull_with_nothing_new_fetches_no_pack(station: Puller) -> None:
    station.pull()

    report = station.pull()

    assert (report.manifest_version, report.changed) == (1, False)
    assert station.fetcher.asked == ["trust/list", "manifest"]


def test_a_station_one_version_behind_fetches_a_delta(office: Office, station: Puller) -> None:
    station.pull()
    change(office)

    assert station.pull().changed
    assert station.fetcher.asked[-1] == "packs/1-2"
    assert station.held() == (2, office.universe.tobytes())


def test_a_station_that_was_away_for_long_fetches_the_snapshot(
    office: Office, station: Puller
) -> None:
    station.pull()
    for place in range(6):
        change(office, place)

    station.pull()
    assert station.fetcher.asked == ["trust/list", "manifest", "packs/0-7"]
    assert station.held() == (7, office.universe.tobytes())


def test_a_delta_over_several_versions_and_a_grown_universe_is_applied(
    office: Office, station: Puller
) -> None:
    station.pull()
    change(office)
    office.grow()
    change(office, LIST_ENTRIES + 7)

    station.pull()
    assert station.fetcher.asked[-1] == "packs/1-3"
    assert station.held() == (3, office.universe.tobytes())


def test_a_manifest_that_only_renews_the_date_needs_no_pack(
    office: Office, station: Puller
) -> None:
    station.pull()
    office.now_s += 3600
    office.publish()

    assert station.pull().changed
    assert station.fetcher.asked == ["trust/list", "manifest"]
    assert station.held() == (2, office.universe.tobytes())
    assert station.cache.clock().bound_s == office.now_s


@pytest.mark.parametrize("bad", [b"", b"\x01", b"\x01\x00\x00\x00\x00", b"?" * 5])
def test_a_delta_that_does_not_lead_there_is_replaced_by_the_snapshot(
    office: Office, station: Puller, bad: bytes
) -> None:
    station.pull()
    change(office)
    station.fetcher.changed["packs/1-2"] = bad

    station.pull()

    assert station.fetcher.asked[-2:] == ["packs/1-2", "packs/0-2"]
    assert station.held() == (2, office.universe.tobytes())


def test_a_delta_that_was_never_published_or_is_too_large_is_replaced_by_the_snapshot(
    office: Office, station: Puller
) -> None:
    station.pull()
    change(office)
    del office.published["packs/1-2"]
    station.pull()
    assert station.held() == (2, office.universe.tobytes())

    change(office, 9)
    station.fetcher.changed["packs/2-3"] = bytes(1 << 16)
    station.pull()
    assert station.held() == (3, office.universe.tobytes())


def test_an_issuer_that_asks_to_wait_is_not_asked_for_the_snapshot_as_well(
    office: Office, station: Puller
) -> None:
    station.pull()
    change(office)
    inner = station.fetcher.fetch

    def busy(path: str, max_bytes: int) -> bytes:
        if path.startswith("packs/"):
            station.fetcher.asked.append(path)
            raise IssuerTrouble("busy", retry_after_s=7)
        return inner(path, max_bytes)

    station.fetcher.fetch = busy  # type: ignore[method-assign]
    with pytest.raises(IssuerTrouble):
        station.pull()
    assert station.fetcher.asked[-1] == "packs/1-2"


def test_a_snapshot_that_does_not_lead_there_changes_nothing(
    office: Office, station: Puller
) -> None:
    station.pull()
    before = station.held()
    change(office)
    for path in ("packs/1-2", "packs/0-2"):
        raw = office.published[path]
        station.fetcher.changed[path] = raw[:-1] + bytes([raw[-1] ^ 1])

    assert station.refused() != "taken"
    assert station.held() == before
    assert station.cache.clock().bound_s == NOW


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        ({"epoch": 2}, "wrong_epoch"),
        ({"previous": bytes(range(32))}, "broken_chain"),
        ({"exp": NOW + 60, "iat": NOW}, "expired_manifest"),
        ({"version": 1}, "fork"),
    ],
)
def test_a_manifest_that_may_not_follow_is_refused_and_the_old_one_stays(
    office: Office, station: Puller, bend: dict[str, int], code: str
) -> None:
    station.pull()
    before = station.held()
    office.now_s += 60
    office.set_status(5, Status.RED)
    office.publish(deltas_from=[], **bend)

    assert station.refused() == code
    assert station.held() == before
    assert beliefs_from(station.cache, ISSUER).universes[ISSUER].version == 1


def test_two_manifests_of_one_version_are_both_kept_as_evidence(
    office: Office, station: Puller, tmp_path: Path
) -> None:
    station.pull()
    office.now_s += 60
    office.publish(version=1, deltas_from=[])

    assert station.refused() == "fork"
    assert [path.read_bytes() for path in (tmp_path / "evidence").iterdir()] == [
        office.published["manifest"]
    ]


def test_an_older_manifest_is_refused_also_when_the_state_was_lost(
    office: Office, station: Puller, tmp_path: Path
) -> None:
    old = dict(office.published)
    change(office)
    station.pull()
    new = dict(office.published)

    office.published = old
    assert station.refused() == "rollback"
    for path in (tmp_path / "status" / ISSUER).glob("state-*"):
        path.unlink()
    assert station.refused() == "rollback"

    office.published = new
    assert station.pull().changed
    assert station.fetcher.asked[-1] == "packs/0-2"
    assert station.held() == (2, office.universe.tobytes())


@pytest.mark.parametrize("path", ["trust/list", "manifest", "packs/0-1"])
@pytest.mark.parametrize("raw", [b"", b"<html>log in</html>", bytes(1 << 21)])
def test_what_is_no_signed_file_changes_nothing(station: Puller, path: str, raw: bytes) -> None:
    station.fetcher.changed[path] = raw

    assert station.refused() != "taken"
    assert station.held() is None


def test_a_pull_cut_at_any_write_is_finished_by_the_next_one(
    office: Office, station: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.pull()
    # Four files are written, and each waits for the disk twice: for its bytes, and for its name.
    for cut in range(8):
        change(office, 10 + cut)
        office.change_trust()
        before = station.held()
        with power_cut(monkeypatch, cut), pytest.raises(StationFault):
            station.pull()
        assert station.held() in (before, (office.version, office.universe.tobytes()))

        station.pull()
        assert station.held() == (office.version, office.universe.tobytes())
        assert station.cache.clock().bound_s == office.now_s


def test_a_manifest_with_any_bit_flipped_is_refused(office: Office, station: Puller) -> None:
    station.pull()
    change(office)
    raw = office.published["manifest"]
    for place in range(0, len(raw), 7):
        bent = bytearray(raw)
        bent[place] ^= 1 << place % 8
        station.fetcher.changed["manifest"] = bytes(bent)
        with pytest.raises(UntrustedData):
            station.pull()
    assert station.held() == (1, office.states[1].tobytes())


def test_a_manifest_that_lies_about_the_size_of_the_same_state_is_found_out(
    office: Office, station: Puller
) -> None:
    station.pull()
    first = office.publish()
    lying = seal_manifest(
        office.status_key,
        STATUS_KID,
        type(first)(
            **{name: getattr(first, name) for name in first.__slots__ if name != "n"},
            n=2 * first.n,
        ),
    )
    station.fetcher.changed["manifest"] = lying

    assert station.refused() == "pack_wrong_size"
    assert station.held() == (1, office.universe.tobytes())
    assert hashlib.sha256(office.universe.tobytes()).digest() == first.state
