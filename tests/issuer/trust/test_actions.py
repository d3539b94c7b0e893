"""Ceremony, rotation, burning and neighbours on a real office, read by a station's own pull."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from issuer.app import main, open_office
from issuer.errors import BadInput, Code, Fault, IssuerError, Refused
from issuer.people.office import Office
from issuer.settings import Folder
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.publish import publish
from issuer.tokens.rules.passes import PassRequest
from issuer.trust.actions.burning import burn, genuine
from issuer.trust.actions.drill import run_drill
from issuer.trust.actions.fetching import fetching, pass_on_all
from issuer.trust.actions.neighbours import (
    add_issuer,
    burn_foreign,
    drop_issuer,
    fingerprint,
    make_card,
    read_card,
    refresh_issuer,
)
from issuer.trust.actions.passing import pass_on
from issuer.trust.actions.repository import change_repository
from issuer.trust.actions.rotation import ROLES, _rotate_working, renew, rotate, with_waiting
from issuer.trust.actions.signers import Media
from issuer.trust.actions.workingkeys import waiting_key
from issuer.trust.rules.publication import OFFICE, OFFLINE_ROLES, Change
from issuer.trustfiles import READY, read_trust
from keys.claims import Kind
from keys.clock import ClockReading
from keys.errors import RefusedCode
from keys.passages import ClockGrade, Verdict
from keys.roster import StationState, decode_roster
from keys.trustlist import Purpose, encode_trust_list
from keys.trustmeta import ROOT, TARGETS
from keys.trustset import TrustSet, first_trust_set
from keys.verify import open_code
from scanner.decide.judge import Moment, judge
from scanner.decide.policy import Rules
from scanner.record.cache import StatusCache
from scanner.sync.folder import FolderFetcher
from scanner.sync.refresh import beliefs_from, pull_once
from scanner.sync.trustpull import fetch_trust_set
from tests.issuer.rigs import MadeOffice, TestClock, enrolled

BY = "li"


@pytest.fixture
def media(made_office: MadeOffice, tmp_path: Path) -> Media:
    """Return the media of the ceremony, copied: a rotation writes on them."""
    shutil.copytree(made_office.folder.parent / "offline", tmp_path / "offline")
    return Media(folders=(tmp_path / "offline",))


class Station:
    """What a station believes of an office's published folder."""

    def __init__(self, office: Office) -> None:
        self.office = office
        root = (office.folder.published / "trust" / "root").read_bytes()
        self.held: TrustSet = first_trust_set(root)
        self.sync()

    def sync(self) -> None:
        now_s = self.office.now()
        self.held = fetch_trust_set(
            FolderFetcher(self.office.folder.published),
            self.held,
            now_s,
            take_root=lambda _: now_s,
        ).held

    def says(self, text: str) -> str:
        try:
            open_code(text, self.held.keyring())
        except RefusedCode as refusal:
            return refusal.code
        return "believed"


@pytest.fixture
def station(office: Office) -> Station:
    return Station(office)


def mint(office: Office) -> str:
    request = PassRequest(name="*", id_tail="", kind=Kind.PAPER)
    return mint_passes(office, [request], by=BY)[0].full


def refused(act: Callable[[], Any], kind: type[IssuerError] = Fault) -> Code:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


# --- rotation


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


# --- burning


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


# --- neighbours


@pytest.fixture
def neighbour(tmp_path: Path, media: Media) -> Office:
    """Return a second office, of the issuer `ningbo`."""
    data, offline = tmp_path / "ningbo", tmp_path / "ningbo-offline"
    asked = ["init", "--offline", str(offline), "--data", str(data), "--name", "ningbo"]
    assert main([*asked, "--url", "https://ningbo.example"]) == 0
    return open_office(Folder(data))


def recognise(office: Office, card: bytes, media: Media) -> None:
    card_read = read_card(card, "ningbo")
    add_issuer(office, "ningbo", card_read, status_map={0: 0, 2: 3}, media=media, by=BY)


def test_a_recognised_neighbours_passes_are_known_and_its_statuses_are_mapped(
    office: Office, media: Media, station: Station, neighbour: Office
) -> None:
    recognise(office, make_card(neighbour), media)
    station.sync()
    text = mint(neighbour)
    assert station.says(text) == "believed"
    entry = station.held.trust_list().issuers["ningbo"]
    assert entry.status_map == ((0, 0), (2, 3))
    assert station.held.files["issuers/ningbo/place"] == b"https://ningbo.example"
    purposes = {k.purpose for k in station.held.trust_list().keys if k.issuer == "ningbo"}
    assert Purpose.STATION not in purposes
    burn_foreign(office, "ningbo", 1, media=media, by=BY)
    station.sync()
    assert station.says(text) == "key_burned"
    drop_issuer(office, "ningbo", media=media, by=BY)
    station.sync()
    # The home office uses the same number for a key of its own.
    assert station.says(text) == "bad_signature"
    assert "issuers/ningbo/place" not in station.held.files
    neighbour.database.close()


def test_a_newer_card_is_taken_without_any_offline_key(
    office: Office, media: Media, station: Station, neighbour: Office, clock: TestClock
) -> None:
    recognise(office, make_card(neighbour), media)
    shutil.rmtree(media.folders[0])
    later = replace(
        neighbour,
        settings=replace(neighbour.settings, public_url="https://new.example"),
        now=lambda: neighbour.now() + 60,
    )
    refresh_issuer(office, "ningbo", read_card(make_card(later), "ningbo"), by=BY)
    station.sync()
    assert station.held.files["issuers/ningbo/place"] == b"https://new.example"
    neighbour.database.close()


def test_a_card_signed_by_somebody_else_is_refused(
    office: Office, media: Media, neighbour: Office
) -> None:
    good = make_card(neighbour)
    recognise(office, good, media)
    (neighbour.folder.keys / "card-1.key").unlink()
    later = replace(neighbour, now=lambda: neighbour.now() + 60)
    other = read_card(make_card(later), "ningbo")
    held = read_trust(office.folder.trust)
    assert refused(lambda: refresh_issuer(office, "ningbo", other, by=BY)) is Code.TRUST_DAMAGED
    assert read_trust(office.folder.trust).files == held.files
    assert fingerprint(good) != fingerprint(make_card(neighbour))
    neighbour.database.close()


@pytest.mark.parametrize(
    "bend",
    [
        lambda card: b"not a card",
        lambda card: b"[" * 100_000,
        lambda card: b"x" * (1 << 19),
        lambda card: json.dumps(json.loads(card) | {"more": 1}).encode(),
        lambda card: json.dumps(json.loads(card) | {"kakou_card": 2}).encode(),
        lambda card: json.dumps(json.loads(card) | {"trust_list": "!"}).encode(),
        lambda card: json.dumps(json.loads(card) | {"trust_list": "oA=="}).encode(),
        lambda card: json.dumps(json.loads(card) | {"delegate": 1}).encode(),
        lambda card: json.dumps(json.loads(card) | {"files": []}).encode(),
    ],
)
def test_a_bent_card_is_refused(office: Office, bend: Callable[[bytes], bytes]) -> None:
    card = bend(make_card(office))
    assert refused(lambda: read_card(card, "home"), BadInput) is Code.BAD_CARD


def test_only_known_neighbours_are_refreshed_dropped_or_burned(
    office: Office, media: Media
) -> None:
    card = read_card(make_card(office), "home")
    for act in (
        lambda: read_card(make_card(office), "suzhou"),
        lambda: refresh_issuer(office, "suzhou", card, by=BY),
        lambda: drop_issuer(office, "suzhou", media=media, by=BY),
        lambda: drop_issuer(office, "home", media=media, by=BY),
        lambda: add_issuer(office, "home", card, status_map={}, media=media, by=BY),
    ):
        assert refused(act, BadInput) is Code.BAD_CARD
    unknown = lambda: burn_foreign(office, "suzhou", 1, media=media, by=BY)  # noqa: E731
    assert refused(unknown, BadInput) is Code.UNKNOWN_KEY


# --- files


def test_a_change_cut_after_its_decision_is_finished(office: Office, media: Media) -> None:
    trust = office.folder.trust
    before = {path: path.read_bytes() for path in trust.rglob("*") if path.is_file()}
    renew(office, media=media, by=BY)
    after = read_trust(trust)
    ready = trust / READY
    ready.mkdir()
    for path in list(trust.rglob("*")):
        inside = path.relative_to(trust)
        if path.is_file() and before.get(path) != path.read_bytes() and READY not in inside.parts:
            (ready / inside).parent.mkdir(parents=True, exist_ok=True)
            path.rename(ready / inside)
    for path, raw in before.items():
        path.write_bytes(raw)
    assert read_trust(trust).root.version == after.root.version
    publish(office)
    assert not ready.exists()
    assert read_trust(trust).root.version == after.root.version


def test_a_damaged_repository_is_a_fault_and_is_not_published(office: Office) -> None:
    path = next(office.folder.trust.rglob("*.trust-list"))
    path.write_bytes(b"x")
    assert refused(office.trust_list) is Code.TRUST_DAMAGED
    path.unlink()
    assert refused(office.trust_list) is Code.TRUST_DAMAGED
    (office.folder.trust / "timestamp.json").unlink()
    (office.folder.trust / "timestamp.json").mkdir()
    assert refused(office.trust_list) is Code.TRUST_DAMAGED


def test_what_nothing_names_any_more_is_taken_away_after_a_day(
    office: Office, media: Media, clock: TestClock
) -> None:
    renew(office, media=media, by=BY)
    old = [
        top / "trust" / "1.targets.json" if top.name == "published" else top / "1.targets.json"
        for top in (office.folder.published, office.folder.trust)
    ]
    assert all(path.exists() for path in old)
    for path in old:
        os.utime(path, (0, 0))
    publish(office)
    assert not any(path.exists() for path in old)


# --- commands


def run(office: Office, *words: str) -> int:
    return main([*words, "--data", str(office.folder.path), "--json"])


def test_the_commands_speak(
    office: Office, media: Media, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (office.folder.settings_file).write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\npassword_cost = "interactive"\n'
    )
    offline = ("--offline", str(media.folders[0]), "--operator", "li")
    said: list[Any] = []
    for words in (
        ("trust", "show"),
        ("trust", "rotate", "timestamp", *offline),
        ("trust", "renew", *offline),
        ("trust", "burn", "1", *offline, "--readmit", "genuine"),
        ("trust", "card", str(tmp_path / "card")),
        ("trust", "drill"),
    ):
        assert run(office, *words) == 0, capsys.readouterr().err
        said.append(json.loads(capsys.readouterr().out))
    assert {role["role"] for role in said[0]["roles"]} == {
        ROOT,
        TARGETS,
        "snapshot",
        "timestamp",
        OFFICE,
    }
    assert said[3]["purpose"] == "pass"
    assert said[5]["passed"]
    assert main(["trust", "show", "--data", str(office.folder.path)]) == 0
    assert "burned" in capsys.readouterr().out


def test_a_neighbour_by_command(
    office: Office,
    media: Media,
    neighbour: Office,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (office.folder.settings_file).write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\n'
    )
    card = str(tmp_path / "card")
    assert run(neighbour, "trust", "card", card) == 0
    spoken = json.loads(capsys.readouterr().out.splitlines()[-1])["fingerprint"]
    offline = ("--offline", str(media.folders[0]))
    add = ("trust", "add-issuer", "ningbo", "--keys", card, *offline)
    assert run(office, *add, "--map", "green=purple") == 2
    assert run(office, *add) == 0
    assert json.loads(capsys.readouterr().out)["fingerprint"] == spoken
    assert run(neighbour, "trust", "card", card) == 0
    capsys.readouterr()
    # Both cards may be of one second: then the second is no newer one.
    assert run(office, "trust", "refresh-issuer", "ningbo", "--keys", card) in {0, 1}
    capsys.readouterr()
    assert run(office, "trust", "burn", "2", "--issuer", "ningbo", *offline) == 0
    assert run(office, "trust", "drop-issuer", "ningbo", *offline) == 0
    neighbour.database.close()


@pytest.mark.parametrize("fault", ["missing", "large", "list"])
def test_files_that_commands_are_given_are_checked(
    office: Office, media: Media, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    (office.folder.settings_file).write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\n'
    )
    path = tmp_path / "file"
    if fault == "large":
        path.write_bytes(bytes(1 << 19))
    if fault == "list":
        path.write_bytes(b"\xa0")
    offline = ("--offline", str(media.folders[0]))
    words = ("trust", "add-issuer", "ningbo", "--keys", str(path), *offline)
    if fault == "list":
        words = ("trust", "burn", "1", *offline, "--readmit", str(path))
    assert run(office, *words) != 0
    code = json.loads(capsys.readouterr().err)["error"]["code"]
    assert code == Code.BAD_ARGUMENTS


# --- passing on


def test_a_neighbours_lists_are_passed_on_and_a_station_judges_by_them(
    office: Office, media: Media, neighbour: Office, tmp_path: Path, clock: TestClock
) -> None:
    clock.at = neighbour.now()
    recognise(office, make_card(neighbour), media)
    text = mint(neighbour)
    publish(neighbour)
    with fetching(str(neighbour.folder.published)) as fetch:
        first = pass_on(office, "ningbo", fetch)
        assert pass_on(office, "ningbo", fetch) == replace(first, changed=False)
    root = (office.folder.published / "trust" / "root").read_bytes()
    cache = StatusCache(tmp_path / "gate", root)
    report = pull_once(
        FolderFetcher(office.folder.published),
        cache,
        home="home",
        root=root,
        reading=ClockReading(wall_s=office.now(), boot_s=9.0, boot_id="b"),
    )
    assert report.left_out == ()
    beliefs = beliefs_from(cache, "home")
    judged = judge(text, beliefs, Rules(), Moment(office.now(), ClockGrade.CONFIRMED, 0, 12))
    assert judged is not None
    assert judged.verdict is Verdict.ADMIT
    publish(neighbour)
    publish(neighbour)
    with fetching(str(neighbour.folder.published)) as fetch:
        assert pass_on(office, "ningbo", fetch).version == first.version + 2
    packs = {path.name for path in (office.folder.published / "issuers/ningbo/packs").iterdir()}
    assert f"0-{first.version + 2}" in packs
    assert f"0-{first.version}" not in packs
    neighbour.database.close()


@pytest.mark.parametrize(
    "fault", ["older", "thief", "pack missing", "pack large", "pack short", "link", "unknown"]
)
def test_what_is_wrong_is_not_passed_on(
    office: Office, media: Media, neighbour: Office, fault: str
) -> None:
    recognise(office, make_card(neighbour), media)
    published = neighbour.folder.published
    before = (published / "manifest").read_bytes()
    publish(neighbour)
    name, kind, code = "ningbo", Refused, Code.PASSING_FAILED
    pack = published / "packs" / f"0-{2}"
    match fault:
        case "older":
            with fetching(str(published)) as fetch:
                pass_on(office, name, fetch)
            (published / "manifest").write_bytes(before)
        case "thief":
            (published / "manifest").write_bytes(
                (office.folder.published / "manifest").read_bytes()
            )
        case "pack missing":
            pack.unlink()
        case "pack large":
            pack.write_bytes(bytes(5000))
        case "pack short":
            pack.write_bytes(b"x")
        case "link":
            (published / "manifest").rename(published / "elsewhere")
            (published / "manifest").symlink_to("elsewhere")
        case _:
            name, code = "suzhou", Code.BAD_CARD

    def act() -> object:
        with fetching(str(published)) as fetch:
            return pass_on(office, name, fetch)

    assert refused(act, BadInput if fault == "unknown" else kind) is code
    neighbour.database.close()


def test_a_neighbour_is_fetched_from_the_address_on_its_card(
    office: Office, media: Media, neighbour: Office
) -> None:
    with serving_folder(neighbour.folder.published) as url:
        there = replace(neighbour, settings=replace(neighbour.settings, public_url=url))
        recognise(office, make_card(there), media)
        assert pass_on_all(office) == {}
        assert (office.folder.published / "issuers/ningbo/manifest").exists()
        (neighbour.folder.published / "manifest").unlink()
        assert set(pass_on_all(office)) == {"ningbo"}
        (neighbour.folder.published / "manifest").write_bytes(bytes(9000))
        assert set(pass_on_all(office)) == {"ningbo"}
    assert set(pass_on_all(office)) == {"ningbo"}
    neighbour.database.close()


def test_a_neighbour_without_an_address_is_left_to_the_stick(
    office: Office, media: Media, neighbour: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = replace(neighbour, settings=replace(neighbour.settings, public_url=""))
    recognise(office, make_card(nowhere), media)
    assert pass_on_all(office) == {}
    (office.folder.settings_file).write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\n'
    )
    assert run(office, "trust", "pass-on", "ningbo") == 1
    folder = str(neighbour.folder.published)
    assert run(office, "trust", "pass-on", "ningbo", "--from", folder) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["changed"]
    neighbour.database.close()


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """Serve a folder as any plain web server would."""
    handler = partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class QuietHandler(SimpleHTTPRequestHandler):
    """A web server that says nothing."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
