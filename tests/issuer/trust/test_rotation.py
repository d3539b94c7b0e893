"""Every role gets a new key, and stations follow."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from issuer.errors import BadInput, Code
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.repository import change_repository
from issuer.trust.actions.rotation import ROLES, _rotate_working, renew, rotate, with_waiting
from issuer.trust.actions.signers import Media
from issuer.trust.actions.workingkeys import waiting_key
from issuer.trust.rules.publication import OFFLINE_ROLES, Change
from issuer.trustfiles import read_trust
from keys.trustlist import Purpose, encode_trust_list
from keys.trustmeta import ROOT
from keys.trustset import TrustSet
from tests.issuer.rigs import TestClock
from tests.issuer.trust.rigs import BY, Station, mint, refused


@pytest.mark.parametrize("role", [role for role in ROLES if role not in OFFLINE_ROLES])
def test_every_online_and_working_key_is_replaced_and_stations_follow(
    office: Office, media: Media, station: Station, role: str
) -> None:
    before = mint(office)
    done = rotate(office, role, media=media, by=BY)
    station.sync()
    assert station.held.root.version == done.root_version
    assert station.held.trust_list().version == done.trust_version
    # What was signed before holds on, and the office goes on signing.
    assert station.says(before) == "believed"
    assert station.says(mint(office)) == "believed"
    publish(office)
    station.sync()


@pytest.mark.parametrize("role", OFFLINE_ROLES)
def test_a_lost_offline_key_is_replaced_by_the_other_two(
    office: Office, media: Media, station: Station, role: str
) -> None:
    (media.folders[0] / f"{role}-2.key").unlink()
    rotate(office, role, media=media, by=BY)
    station.sync()
    assert station.held.root.version == 2
    assert (media.folders[0] / f"{role}-4.key").exists()
    renew(office, media=media, by=BY)
    station.sync()
    assert station.held.root.version == 3


@pytest.mark.parametrize("role", OFFLINE_ROLES)
def test_a_stolen_offline_key_is_named_and_counts_no_more(
    office: Office, media: Media, station: Station, role: str
) -> None:
    folder = media.folders[0]
    rotate(office, role, media=media, by=BY, replaced=1)
    for number in (2, 3):
        (folder / f"{role}-{number}.key").unlink()
    # The stolen one and the new one are not two of three.
    assert refused(lambda: renew(office, media=media, by=BY)) is Code.NOT_ENOUGH_KEYS
    assert refused(lambda: rotate(office, role, media=media, by=BY)) is Code.NOT_ENOUGH_KEYS


def test_with_all_three_keys_it_must_be_said_which_goes(office: Office, media: Media) -> None:
    def asked(number: int | None) -> object:
        return rotate(office, ROOT, media=media, by=BY, replaced=number)

    assert refused(lambda: asked(None), BadInput) is Code.BAD_ARGUMENTS
    assert refused(lambda: asked(9), BadInput) is Code.UNKNOWN_KEY


def test_one_medium_of_three_is_not_enough(office: Office, media: Media, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    for role in OFFLINE_ROLES:
        shutil.copy(media.folders[0] / f"{role}-1.key", alone)
    few = Media(folders=(alone,))
    assert refused(lambda: rotate(office, "pass", media=few, by=BY)) is Code.NOT_ENOUGH_KEYS
    assert refused(lambda: renew(office, media=few, by=BY)) is Code.NOT_ENOUGH_KEYS


def test_a_damaged_offline_key_is_told(office: Office, media: Media) -> None:
    path = media.folders[0] / "targets-1.key"
    path.write_text("{}")
    path.chmod(0o600)
    assert refused(lambda: renew(office, media=media, by=BY)) is Code.KEY_FILE


def test_a_missing_online_key_stops_no_statuses(
    office: Office, station: Station, clock: TestClock
) -> None:
    (office.folder.keys / "timestamp-1.key").unlink()
    before = station.held
    published = publish(office)
    station.sync()
    assert published.version > 1
    assert station.held is before


def test_an_exposed_online_key_is_told(office: Office, media: Media) -> None:
    (office.folder.keys / "office-1.key").chmod(0o644)
    assert refused(lambda: renew(office, media=media, by=BY)) is Code.KEY_FILE


def test_a_rotation_cut_before_the_key_was_installed_goes_on(
    office: Office, media: Media, station: Station
) -> None:
    held = read_trust(office.folder.trust)
    waiting = waiting_key(office, held.trust_list(), Purpose.PASS)
    assert waiting_key(office, held.trust_list(), Purpose.PASS) == waiting
    rotate(office, "pass", media=media, by=BY)
    assert office.keys.of(Purpose.PASS).key.public_key == waiting.key.public_key
    station.sync()
    assert station.says(mint(office)) == "believed"


def test_a_rotation_cut_after_the_trust_list_only_installs_the_key(
    office: Office, media: Media, station: Station
) -> None:
    def plan(held: TrustSet) -> Change:
        trust = with_waiting(office, held, Purpose.PASS)
        return Change(files={"trust-list": encode_trust_list(trust)})

    change_repository(office, plan, media=media)
    version = read_trust(office.folder.trust).trust_list().version
    _rotate_working(office, Purpose.PASS, media)
    assert read_trust(office.folder.trust).trust_list().version == version
    publish(office)
    station.sync()
    assert station.says(mint(office)) == "believed"


def test_a_key_left_waiting_under_an_old_number_is_made_anew(office: Office, media: Media) -> None:
    held = read_trust(office.folder.trust)
    old = waiting_key(office, held.trust_list(), Purpose.PASS)
    rotate(office, "status", media=media, by=BY)
    trust = read_trust(office.folder.trust).trust_list()
    assert waiting_key(office, trust, Purpose.PASS).kid == old.kid + 1
