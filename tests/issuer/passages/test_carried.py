"""Batches on a stick: taken as over the network, and nothing that is no batch does harm."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from issuer import audit
from issuer.errors import BadInput, Code, Fault
from issuer.passages.actions import carried
from issuer.passages.actions.carried import bring_in
from issuer.people.actions.stations import withdraw
from issuer.people.office import Office
from keys.batches import BATCH_MAX_BYTES
from tests.issuer.passages.test_ingest import stored
from tests.issuer.rigs import StationRig, enrolled, invited
from tests.issuer.trust.rigs import BY, refused, run
from tests.issuer.trust.test_policies import settled


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick" / "kakou" / "passages").mkdir(parents=True)
    return tmp_path / "stick"


def put(stick: Path, name: str, raw: bytes) -> Path:
    place = stick / "kakou" / "passages" / name
    place.write_bytes(raw)
    return place


def receipts(stick: Path) -> list[str]:
    folder = stick / "kakou" / "receipts"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def filled(office: Office, stick: Path) -> StationRig:
    station = enrolled(office)
    put(stick, "gate-1-1-3", station.batch(station.write(3)))
    put(stick, "gate-1-4-5", station.batch(station.write(2)))
    return station


def test_batches_are_stored_and_their_receipts_lie_on_the_stick(
    any_office: Office, stick: Path
) -> None:
    station = filled(any_office, stick)
    done = bring_in(any_office, stick, purpose="village gate", by=BY)
    assert (done.batches, done.stored, done.set_aside, done.refused) == (2, 5, 0, ())
    assert len(stored(any_office)) == 5
    assert receipts(stick) == ["gate-1-1-3", "gate-1-4-5"]
    raw = (stick / "kakou" / "receipts" / "gate-1-4-5").read_bytes()
    ids = tuple(row.passage.passage_id for row in station.rows[3:])
    assert station.read_receipt(raw).stored == ids


def test_the_same_stick_again_or_its_folder_named_changes_nothing(
    office: Office, stick: Path
) -> None:
    filled(office, stick)
    first = bring_in(office, stick, purpose="test", by=BY)
    assert bring_in(office, stick / "kakou", purpose="test", by=BY) == first
    assert len(stored(office)) == 5
    assert {row.marks for row in stored(office)} == {""}


def test_a_stick_after_the_network_is_no_double(office: Office, stick: Path) -> None:
    station = filled(office, stick)
    station.send(station.batch(station.rows))
    assert bring_in(office, stick, purpose="test", by=BY).stored == 5
    assert len(stored(office)) == 5


def test_what_is_no_batch_is_left_and_the_rest_taken(office: Office, stick: Path) -> None:
    station = filled(office, stick)
    stranger = invited(office, "stranger")
    put(stick, "a-garbage", b"not a batch")
    put(stick, "b-stranger", stranger.batch(stranger.write(1)))
    flipped = bytearray(station.batch(station.rows[:1]))
    flipped[-1] ^= 1
    put(stick, "c-flipped", bytes(flipped))
    with put(stick, "d-endless", b"").open("r+b") as endless:
        endless.truncate(BATCH_MAX_BYTES + 1)
    (stick / "kakou" / "passages" / "e-folder").mkdir()
    (stick / "kakou" / "passages" / "f-link").symlink_to(
        stick / "kakou" / "passages" / "gate-1-1-3"
    )
    os.mkfifo(stick / "kakou" / "passages" / "g-pipe")
    put(stick, ".hidden", b"")
    done = bring_in(office, stick, purpose="test", by=BY)
    assert dict(done.refused) == {
        ".hidden": "malformed_batch",
        "a-garbage": "malformed_batch",
        "b-stranger": "unknown_station_key",
        "c-flipped": "bad_signature",
        "d-endless": "too_large",
        "e-folder": "malformed_batch",
        "f-link": "malformed_batch",
        "g-pipe": "malformed_batch",
    }
    assert (done.batches, done.stored) == (2, 5)
    assert receipts(stick) == ["gate-1-1-3", "gate-1-4-5"]


def test_rows_of_a_withdrawn_station_are_taken_and_marked(office: Office, stick: Path) -> None:
    filled(office, stick)
    withdraw(office, name="gate 1", by=BY)
    assert bring_in(office, stick, purpose="test", by=BY).stored == 5
    assert {row.marks for row in stored(office)} == {"withdrawn_station"}


def test_no_link_leads_off_the_stick(office: Office, stick: Path, tmp_path: Path) -> None:
    filled(office, stick)
    outside = tmp_path / "outside"
    outside.mkdir()
    (stick / "kakou" / "receipts").symlink_to(outside)
    code = refused(lambda: bring_in(office, stick, purpose="test", by=BY), BadInput)
    assert code is Code.BAD_ARGUMENTS
    (stick / "kakou" / "receipts").unlink()
    (stick / "kakou" / "receipts").mkdir()
    (stick / "kakou" / "receipts" / ".gate-1-1-3.part").symlink_to(outside / "victim")
    bring_in(office, stick, purpose="test", by=BY)
    assert list(outside.iterdir()) == []


def test_a_folder_that_is_no_stick_and_one_with_too_many_files_are_refused(
    office: Office, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "nowhere"
    code = refused(lambda: bring_in(office, nowhere, purpose="test", by=BY), BadInput)
    assert code is Code.BAD_ARGUMENTS
    monkeypatch.setattr(carried, "FILES_MAX", 1)
    filled(office, stick)
    assert refused(lambda: bring_in(office, stick, purpose="t", by=BY), BadInput) is Code.TOO_LARGE


def test_a_receipt_that_cannot_be_written_is_told_and_made_again_later(
    office: Office, stick: Path
) -> None:
    filled(office, stick)
    blocked = stick / "kakou" / "receipts"
    blocked.write_bytes(b"a file in the folder's place")
    code = refused(lambda: bring_in(office, stick, purpose="test", by=BY), Fault)
    assert code is Code.FOLDER_UNUSABLE
    blocked.unlink()
    assert bring_in(office, stick, purpose="test", by=BY).stored == 5
    assert len(stored(office)) == 5


def test_who_brought_it_in_and_why_is_in_the_audit(office: Office, stick: Path) -> None:
    filled(office, stick)
    bring_in(office, stick, purpose="village gate", by=BY)
    with office.database.read() as connection:
        entry = audit.newest(connection, before=None, limit=1)[0]
    assert (entry.operator, entry.action) == (BY, "passages.import")
    assert json.loads(entry.details) == {"purpose": "village gate", "files": 2}


def test_a_stick_by_command(
    office: Office, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settled(office)
    filled(office, stick)
    assert run(office, "passages", "import", str(stick)) == 2
    capsys.readouterr()
    assert run(office, "passages", "import", str(stick), "--purpose", "village gate") == 0
    assert json.loads(capsys.readouterr().out)["stored"] == 5
