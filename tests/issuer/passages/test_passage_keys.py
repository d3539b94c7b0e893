"""Passage keys: made by the ceremony and by command, published, opening what stations sealed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from nacl import pwhash

from issuer import audit
from issuer.app import main
from issuer.errors import BadInput, Code, Fault, Refused
from issuer.passages.actions.opening import OpenedRows, open_rows
from issuer.passages.actions.passagekeys import (
    check_passage_keys,
    keys_in_force,
    passage_secrets,
    publish_passage_key,
)
from issuer.passages.actions.search import search
from issuer.passages.rules.searching import Search
from issuer.passages.store.found import StoredPassage
from issuer.people.office import Office
from issuer.trust.actions.signers import Media
from issuer.trustfiles import read_trust
from keys.bodies import PassageBody, encode_body
from keys.passages import PassIdentity
from keys.sealing import PassageKey, passage_key_for, passage_key_path, seal_body
from tests.issuer.rigs import MadeOffice, StationRig, enrolled
from tests.issuer.trust.rigs import BY, Station, refused, run
from tests.issuer.trust.test_policies import settled

BODY = PassageBody(identity=PassIdentity("home", 0, 7), name="张*", id_tail="123X", carrier="dense")


@pytest.fixture
def media(made_office: MadeOffice, tmp_path: Path) -> Media:
    shutil.copytree(made_office.folder.parent / "offline", tmp_path / "offline")
    return Media(folders=(tmp_path / "offline",))


@pytest.fixture
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its lowest: what is tested here is not how slow guessing is."""
    monkeypatch.setattr(pwhash.argon2id, "OPSLIMIT_MODERATE", pwhash.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(pwhash.argon2id, "MEMLIMIT_MODERATE", pwhash.argon2id.MEMLIMIT_MIN)


def key_for(office: Office, checkpoint: str = "gate 1") -> PassageKey:
    key = passage_key_for(read_trust(office.folder.trust).files, checkpoint)
    assert key is not None
    return key


def send_sealed(station: StationRig, key: PassageKey, *bodies: PassageBody) -> None:
    rows = [station.write(1, body=seal_body(encode_body(body), key))[0] for body in bodies]
    receipt = station.send(station.batch(rows))
    assert len(receipt.stored) == len(bodies)


def stored(office: Office) -> list[StoredPassage]:
    found = search(office, Search(purpose="test"), below=None, by="test").passages
    return sorted(found, key=lambda passage: (passage.station, passage.sequence))


def test_the_ceremony_publishes_a_key_that_stations_get(office: Office) -> None:
    station = Station(office)
    key = passage_key_for(station.held.files, "anywhere")
    assert key is not None
    assert keys_in_force(office)[0].held == "open"
    assert list(passage_secrets(office.folder.keys)) == [key.kid]


def test_sealed_rows_are_opened_when_they_come_and_kept_as_they_came(any_office: Office) -> None:
    station = enrolled(any_office)
    send_sealed(station, key_for(any_office), BODY)
    (found,) = stored(any_office)
    assert (found.pass_text, found.name, found.id_tail, found.marks) == (
        "home/0/7",
        "张*",
        "123X",
        "",
    )
    # The same rows again: the bytes that were stored are the bytes that came.
    assert len(station.send(station.batch(station.rows)).stored) == 1
    assert len(stored(any_office)) == 1


def test_rows_before_their_key_are_stored_marked_and_opened_later(
    any_office: Office, tmp_path: Path
) -> None:
    station = enrolled(any_office)
    key = key_for(any_office)
    away = tmp_path / "away"
    any_office.folder.keys.rename(away)
    any_office.folder.keys.mkdir(mode=0o700)
    shutil.copy(away / "station.key", any_office.folder.keys / "station.key")
    send_sealed(station, key, *[BODY] * 3)
    assert {(p.marks, p.name, p.pass_text) for p in stored(any_office)} == {("sealed", "", "")}

    nothing = open_rows(any_office, {}, purpose="test", by=BY)
    assert nothing == OpenedRows(opened=0, unreadable=0, sealed=3)
    secrets = passage_secrets(away)
    done = open_rows(any_office, secrets, purpose="lost child", by=BY)
    assert done == OpenedRows(opened=3, unreadable=0, sealed=0)
    assert {(p.marks, p.name, p.pass_text) for p in stored(any_office)} == {("", "张*", "home/0/7")}
    assert open_rows(any_office, secrets, purpose="test", by=BY).opened == 0
    with any_office.database.read() as connection:
        entries = audit.newest(connection, before=None, limit=20)
    said = [json.loads(e.details) for e in entries if e.action == "passages.open"]
    assert {"purpose": "lost child", "keys": [key.kid.hex()]} in said


def test_a_key_that_is_kept_elsewhere_opens_by_command(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settled(office)
    station, key = enrolled(office), key_for(office)
    away = tmp_path / "passage.key"
    (office.folder.keys / f"passage-{key.kid.hex()}.key").rename(away)
    send_sealed(station, key, BODY)
    asked = ("passages", "open", "--purpose", "lost child", "--key")
    assert run(office, *asked, str(tmp_path / "nothing")) == 3
    capsys.readouterr()
    assert run(office, *asked, str(away)) == 0
    assert json.loads(capsys.readouterr().out)["opened"] == 1


def test_a_damaged_seal_is_marked_and_other_marks_stay(any_office: Office) -> None:
    station = enrolled(any_office)
    key = key_for(any_office)
    sealed = bytearray(seal_body(encode_body(BODY), key))
    sealed[-1] ^= 1
    unknown = PassageKey(kid=os.urandom(8), public=key.public)
    rows = [
        station.write(1, body=bytes(sealed))[0],
        station.write(1, body=seal_body(encode_body(BODY), unknown))[0],
    ]
    station.write(1)
    rows.append(station.write(1, body=seal_body(b"\xa1", key))[0])
    station.send(station.batch(rows[:2]))
    station.send(station.batch(rows[2:]))
    assert [p.marks for p in stored(any_office)] == ["unreadable", "sealed", "gap unreadable"]


def test_many_rows_are_opened_in_pieces(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.passages.store.sealed._AT_ONCE", 4)
    station = enrolled(office)
    key = key_for(office)
    secrets = passage_secrets(office.folder.keys)
    for path in office.folder.keys.glob("passage-*.key"):
        path.unlink()
    send_sealed(station, key, *[BODY] * 11)
    done = open_rows(office, secrets, purpose="test", by=BY)
    assert done == OpenedRows(opened=11, unreadable=0, sealed=0)


def test_a_new_key_takes_over_and_the_old_one_still_opens(office: Office, media: Media) -> None:
    station, old = enrolled(office), key_for(office)
    new = publish_passage_key(office, "default", media=media, by=BY, replace=True)
    assert key_for(office) == new != old
    send_sealed(station, old, BODY)
    send_sealed(station, new, BODY)
    assert [p.marks for p in stored(office)] == ["", ""]
    assert len(passage_secrets(office.folder.keys)) == 2


@pytest.mark.parametrize("checkpoint", ["gate-1", "东门 1"])
def test_a_checkpoint_may_have_its_own_key(office: Office, media: Media, checkpoint: str) -> None:
    enrolled(office, checkpoint)
    own = publish_passage_key(office, checkpoint, media=media, by=BY)
    station = Station(office)
    assert passage_key_for(station.held.files, checkpoint) == own
    assert passage_key_for(station.held.files, "elsewhere") == key_for(office, "elsewhere") != own
    assert {(k.name, k.held) for k in keys_in_force(office)} == {
        ("default", "open"),
        (checkpoint, "open"),
    }


def test_create_makes_none_where_one_is_and_rotate_none_where_none_is(
    office: Office, media: Media
) -> None:
    enrolled(office, "east")
    keys = sorted(office.folder.keys.iterdir())

    def publish(name: str, *, replace: bool = False) -> Any:
        return lambda: publish_passage_key(office, name, media=media, by=BY, replace=replace)

    assert refused(publish("default"), Refused) is Code.PASSAGE_KEY_EXISTS
    assert refused(publish("east", replace=True), BadInput) is Code.UNKNOWN_PASSAGE_KEY
    assert refused(publish("nowhere"), BadInput) is Code.UNKNOWN_CHECKPOINT
    (media.folders[0] / "targets-1.key").unlink()
    (media.folders[0] / "targets-2.key").unlink()
    assert refused(publish("east"), Fault) is Code.NOT_ENOUGH_KEYS
    assert sorted(office.folder.keys.iterdir()) == keys


@pytest.mark.usefixtures("quick_passphrases")
def test_a_key_under_a_passphrase_opens_nothing_by_itself(office: Office, media: Media) -> None:
    station = enrolled(office)
    key = publish_passage_key(
        office, "default", media=media, by=BY, passphrase="four words", replace=True
    )
    check_passage_keys(office.folder.keys)
    assert [k.held for k in keys_in_force(office)] == ["passphrase"]
    send_sealed(station, key, BODY)
    assert stored(office)[0].marks == "sealed"
    secrets = passage_secrets(office.folder.keys, "four words")
    assert open_rows(office, secrets, purpose="test", by=BY).opened == 1


def test_a_damaged_key_file_stops_serve_and_stops_no_passage(office: Office) -> None:
    station, key = enrolled(office), key_for(office)
    path = office.folder.keys / f"passage-{key.kid.hex()}.key"
    path.write_text("{}")
    assert refused(lambda: check_passage_keys(office.folder.keys), Fault) is Code.KEY_FILE
    assert [k.held for k in keys_in_force(office)] == ["key_file_damaged"]
    send_sealed(station, key, BODY)
    assert stored(office)[0].marks == "sealed"
    path.unlink()
    assert [k.held for k in keys_in_force(office)] == ["missing"]


def test_keys_by_command(
    office: Office, media: Media, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: str) -> Any:
        assert run(office, "passages", *words) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    settled(office)
    offline = ("--offline", str(media.folders[0]), "--operator", "li")
    first = said("key", "show")[0]
    assert (first["name"], first["held"]) == ("default", "open")
    assert run(office, "passages", "key", "create", *offline) == 1
    capsys.readouterr()
    second = said("key", "rotate", *offline)
    assert [k["kid"] for k in said("key", "show")] == [second["kid"]] != [first["kid"]]
    assert passage_key_path() in read_trust(office.folder.trust).files
    assert said("open", "--purpose", "test")["opened"] == 0
    assert run(office, "passages", "open", "--purpose", "x") == 1


def test_what_opens_passages_may_be_under_a_passphrase_from_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "words").write_bytes(b"\xff\xfe")
    asked = ["init", "--offline", str(tmp_path / "s"), "--data", str(tmp_path / "d")]
    asked += ["--passage-passphrase-file", str(tmp_path / "words")]
    assert main(asked) == 2
    (tmp_path / "words").write_text("four words and more\n")
    assert main(asked) == 0
    capsys.readouterr()
    assert main(["passages", "key", "show", "--data", str(tmp_path / "d"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["held"] == "passphrase"
