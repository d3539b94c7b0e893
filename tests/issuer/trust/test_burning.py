"""A stolen key is burned, genuine passes come back, the drill ends as it should."""

from __future__ import annotations

from pathlib import Path

from issuer.errors import Code, Refused
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.burning import burn, genuine
from issuer.trust.actions.drill import run_drill
from issuer.trust.actions.signers import Media
from issuer.trustfiles import read_trust
from keys.roster import StationState, decode_roster
from keys.trustlist import Purpose
from tests.issuer.rigs import enrolled
from tests.issuer.trust.rigs import BY, Station, mint, refused


def test_after_one_sync_a_burned_keys_passes_are_refused_and_come_back_by_the_list(
    office: Office, media: Media, station: Station
) -> None:
    before = mint(office)
    kid = office.keys.of(Purpose.PASS).kid
    done = burn(office, kid, media=media, by=BY)
    station.sync()
    assert station.says(before) == "key_burned"
    assert done.new_kid is not None
    assert station.says(mint(office)) == "believed"
    again = burn(office, kid, media=media, by=BY, readmit=genuine(office, kid))
    assert (again.new_kid, again.readmitted) == (None, 1)
    station.sync()
    assert station.says(before) == "believed"
    # And the list goes again.
    burn(office, kid, media=media, by=BY)
    station.sync()
    assert station.says(before) == "key_burned"
    assert refused(lambda: burn(office, kid, media=media, by=BY), Refused) is Code.ALREADY_BURNED


def test_a_burned_status_key_begins_a_new_epoch(
    office: Office, media: Media, station: Station
) -> None:
    done = burn(office, office.keys.of(Purpose.STATUS).kid, media=media, by=BY)
    station.sync()
    assert (done.epoch, station.held.epoch) == (2, 2)
    assert station.held.trust_list().issuers["home"].epoch == 2


def test_a_burned_station_key_takes_its_stations_off_the_roster(
    office: Office, media: Media, station: Station
) -> None:
    enrolled(office, "north")
    publish(office)
    station.sync()
    roster = decode_roster(station.held.files["station-roster"])
    assert [(entry.station, entry.state) for entry in roster] == [("north", StationState.ENROLLED)]
    burn(office, office.keys.of(Purpose.STATION).kid, media=media, by=BY)
    station.sync()
    assert decode_roster(station.held.files["station-roster"]) == ()


def test_the_drill_ends_as_it_should(office: Office, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    steps = run_drill(office, tmp_path / "scratch", by=BY)
    assert len(steps) == 17
    assert all(step.answer == step.expected for step in steps)
    assert not read_trust(office.folder.trust).trust_list().issuers.keys() - {"home"}
