"""Retention: who passed is forgotten in time, that somebody passed is not; files hold no rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from issuer import audit
from issuer.errors import BadInput, Code
from issuer.passages.actions.opening import open_rows
from issuer.passages.actions.passagekeys import passage_secrets
from issuer.passages.actions.retention import DAY_S, Retained, retain
from issuer.passages.store.passages import count_evidence
from issuer.people.actions.stations import clear_flag, list_stations
from issuer.people.office import Office
from keys.bodies import PassageBody, encode_body
from keys.passages import Reason
from tests.issuer.passages.test_ingest import stored
from tests.issuer.rigs import START_S, StationRig, TestClock, enrolled, serving, wait_until
from tests.issuer.trust.rigs import BY, refused, run
from tests.issuer.trust.test_policies import settled

BODY = encode_body(PassageBody(name="ÄNNA*", id_tail="123X", operator="home/0/9", note="crutches"))


def old_and_new(office: Office, clock: TestClock) -> StationRig:
    """Two rows of today, then two of 40 days later."""
    station = enrolled(office)
    station.send(station.batch(station.write(2, body=BODY, tag=bytes(16))))
    clock.at += 40 * DAY_S
    station.send(station.batch(station.write(2, body=BODY, seen_at_ms=clock.at * 1000)))
    return station


def test_old_rows_lose_who_passed_and_keep_that_somebody_did(
    any_office: Office, clock: TestClock
) -> None:
    station = old_and_new(any_office, clock)
    done = retain(any_office, 31, by=BY)
    assert done == Retained(before=clock.at - 31 * DAY_S, rows=2, evidence=0)
    rows = stored(any_office)
    assert [(r.name, r.id_tail, r.pass_text, r.observed) for r in rows[:2]] == [
        ("", "", "", {}),
        ("", "", "", {}),
    ]
    assert [(r.verdict, r.reason, r.marks) for r in rows[:2]] == [("admit", "green", "deleted")] * 2
    assert [(r.name, r.marks) for r in rows[2:]] == [("ÄNNA*", "")] * 2
    assert retain(any_office, 31, by=BY).rows == 0
    # The chain goes on where it stood, and what is delivered once more is known.
    station.send(station.batch(station.write(1)))
    assert len(station.send(station.batch(station.rows)).stored) == 5
    assert [row.marks for row in stored(any_office)] == ["deleted", "deleted", "", "", ""]
    assert list_stations(any_office)[0].flag == ""


def test_another_row_under_the_id_of_an_emptied_one_is_a_conflict(
    office: Office, clock: TestClock
) -> None:
    station = old_and_new(office, clock)
    retain(office, 31, by=BY)
    liar = StationRig(
        office=office, name=station.name, code=station.code, key=station.key, chain=station.chain
    )
    twin = liar.write(1, passage_id=station.rows[0].passage.passage_id, reason=Reason.RED.value)
    assert [item.code for item in liar.send(liar.batch(twin)).set_aside] == ["conflict"]


def test_deleted_names_are_in_no_file_of_the_database(office: Office, clock: TestClock) -> None:
    old_and_new(office, clock)
    retain(office, 1, by=BY)
    clock.at += 40 * DAY_S
    retain(office, 1, by=BY)
    folder = office.folder.path
    raw = b"".join(path.read_bytes() for path in folder.glob("issuer.db*"))
    assert "ÄNNA".encode() not in raw
    assert b"crutches" not in raw


def test_rows_that_were_never_opened_are_emptied_too(office: Office, clock: TestClock) -> None:
    secrets = passage_secrets(office.folder.keys)
    station = enrolled(office)
    sealed = b"\x01" + bytes(8) + BODY
    station.send(station.batch(station.write(1, body=sealed)))
    clock.at += 40 * DAY_S
    assert retain(office, 31, by=BY).rows == 1
    assert stored(office)[0].marks == "deleted"
    assert open_rows(office, secrets, purpose="test", by=BY).sealed == 0


def test_a_row_with_a_wrong_clock_is_kept_from_when_it_came(
    office: Office, clock: TestClock
) -> None:
    station = enrolled(office)
    station.send(station.batch(station.write(1, seen_at_ms=1)))
    assert retain(office, 31, by=BY).rows == 0
    clock.at += 32 * DAY_S
    assert retain(office, 31, by=BY).rows == 1


def test_evidence_stays_while_its_station_is_flagged(office: Office, clock: TestClock) -> None:
    station = enrolled(office)
    station.write(1)
    station.send(station.batch(station.write(1)))
    clock.at += 40 * DAY_S

    def held() -> int:
        with office.database.read() as connection:
            return count_evidence(connection)

    assert retain(office, 31, by=BY).evidence == 0
    assert held() == 1
    clear_flag(office, name="gate 1", by=BY)
    assert retain(office, 31, by=BY).evidence == 1
    assert held() == 0


def test_a_run_is_in_the_audit_where_it_did_something(office: Office, clock: TestClock) -> None:
    old_and_new(office, clock)
    retain(office, 31, by=BY)
    retain(office, 31, by=BY)
    with office.database.read() as connection:
        entries = audit.newest(connection, before=None, limit=9)
    said = [json.loads(e.details) for e in entries if e.action == "passages.retain"]
    assert [(item["rows"], item["days"]) for item in said] == [(2, 31)]


@pytest.mark.parametrize("days", [0, -1, 4_000])
def test_days_out_of_range_delete_nothing(office: Office, clock: TestClock, days: int) -> None:
    old_and_new(office, clock)
    assert refused(lambda: retain(office, days, by=BY), BadInput) is Code.BAD_TIME
    assert {row.name for row in stored(office)} == {"ÄNNA*"}


def test_many_rows_go_in_pieces(
    office: Office, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuer.passages.store.retention._AT_ONCE", 3)
    station = enrolled(office)
    station.send(station.batch(station.write(10)))
    clock.at += 40 * DAY_S
    assert retain(office, 31, by=BY).rows == 10


def test_serve_empties_old_rows_by_itself(office: Office, clock: TestClock) -> None:
    old_and_new(office, clock)
    with serving(office):
        wait_until(lambda: [row.marks for row in stored(office)][:2] == ["deleted", "deleted"])


def test_retention_by_command(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settled(office)
    station = enrolled(office)
    # The command goes by the real clock: 2020 is long ago for a row, and not for its arrival.
    station.send(station.batch(station.write(1, seen_at_ms=1_580_000_000_000)))
    assert office.now() == START_S
    assert run(office, "passages", "retain", "--days", "3650") == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 0
    assert run(office, "passages", "retain", "--days", "0") == 1
