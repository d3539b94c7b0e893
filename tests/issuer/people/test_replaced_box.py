"""What the new box of a station hears of the old one, and how the office takes both."""

from __future__ import annotations

import json
import os

import pytest

from issuer import audit
from issuer.passages.actions.search import search
from issuer.passages.rules.searching import Search
from issuer.people.actions.enrolment import enrol
from issuer.people.actions.stations import list_stations, withdraw
from issuer.people.office import Office
from keys.enrolment import LAST_PLACE_MAX, EnrolCode, LastHead, read_code
from keys.passages import PassageRow
from tests.issuer.rigs import StationRig, TestClock, enrolled, invite_station, invited


def marks(office: Office) -> list[tuple[int, str]]:
    found = search(office, Search(purpose="test"), below=None, by="test").passages
    return sorted((passage.sequence, passage.marks) for passage in found)


def flag_of(office: Office) -> str:
    return list_stations(office)[0].flag


def head_of(station: StationRig, row: PassageRow) -> LastHead:
    return LastHead(chain=station.chain, sequence=row.sequence, hash=row.hash)


def replacing(office: Office, old: StationRig) -> tuple[StationRig, LastHead | None]:
    """Return the new box of a station, which goes on behind what it was told, and that."""
    assert isinstance(office.now, TestClock)
    office.now.at += 60
    new = invited(office)
    last = new.enrol().last
    if last is not None:
        new.rows = list(old.rows[: last.sequence])
    return new, last


def test_a_first_box_hears_of_nothing_before_it(any_office: Office) -> None:
    station = invited(any_office)
    assert station.enrol().last is None
    assert station.enrol().last is None  # it asks again: its own key is no earlier box


def test_a_new_box_goes_on_behind_the_last_row_that_came_of_the_old_one(
    any_office: Office,
) -> None:
    old = enrolled(any_office)
    rows = old.write(5)
    old.send(old.batch(rows[:3]))
    new, last = replacing(any_office, old)
    assert last == head_of(old, rows[2])
    written = new.write(2)
    assert [row.sequence for row in written] == [4, 5]
    new.send(new.batch(written))
    assert marks(any_office) == [(1, ""), (2, ""), (3, ""), (4, "succession"), (5, "")]
    assert flag_of(any_office) == ""


def test_rows_that_the_old_box_brings_later_are_kept_and_are_no_fork(any_office: Office) -> None:
    old = enrolled(any_office)
    rows = old.write(5)
    old.send(old.batch(rows[:3]))
    new, _ = replacing(any_office, old)
    new.send(new.batch(new.write(2)))
    receipt = old.send(old.batch(rows[3:]))
    assert len(receipt.stored) == 2
    assert marks(any_office)[3:] == [
        (4, "revoked_key"),
        (4, "succession"),
        (5, ""),
        (5, "revoked_key"),
    ]
    assert flag_of(any_office) == ""


def test_where_nothing_came_of_the_old_box_the_new_one_hears_that_there_was_one(
    any_office: Office,
) -> None:
    old = enrolled(any_office)
    rows = old.write(2)
    new, last = replacing(any_office, old)
    assert last == LastHead()
    new.send(new.batch(new.write(1)))
    old.send(old.batch(rows))
    assert marks(any_office) == [(1, ""), (1, "revoked_key"), (2, "revoked_key")]
    assert flag_of(any_office) == ""


def test_a_third_box_goes_on_behind_the_second_whatever_the_first_brings_late(
    any_office: Office,
) -> None:
    first = enrolled(any_office)
    rows = first.write(9)
    first.send(first.batch(rows[:2]))
    second, _ = replacing(any_office, first)
    late = second.write(2)
    second.send(second.batch(late))
    first.send(first.batch(rows[2:]))
    third, last = replacing(any_office, second)
    assert last == head_of(second, late[-1])
    # And behind the first where the second sent nothing.
    fourth, last = replacing(any_office, third)
    assert last == head_of(second, late[-1])
    fourth.send(fourth.batch(fourth.write(1)))
    assert flag_of(any_office) == ""


def test_a_withdrawn_station_that_comes_back_goes_on_too(any_office: Office) -> None:
    old = enrolled(any_office)
    rows = old.write(2)
    old.send(old.batch(rows))
    withdraw(any_office, name=old.name, by="test")
    _, last = replacing(any_office, old)
    assert last == head_of(old, rows[-1])


def test_a_place_beyond_all_reason_is_not_gone_on_from(office: Office) -> None:
    old = enrolled(office)
    [good] = old.write(1)
    old.send(old.batch([good]))
    [far] = old.write(1)
    odd = PassageRow(sequence=LAST_PLACE_MAX, passage=far.passage, hash=os.urandom(32))
    old.rows += [odd] * (LAST_PLACE_MAX.bit_length())
    old.rows[1] = odd
    old.send(_far_batch(old, odd))
    _, last = replacing(office, old)
    assert last == head_of(old, good)


def _far_batch(station: StationRig, row: PassageRow) -> bytes:
    from keys.batches import seal_batch
    from keys.passages import encode_row

    return seal_batch(
        station.key,
        station=station.name,
        chain=station.chain,
        previous_hash=bytes(32),
        first_sequence=row.sequence,
        rows=[encode_row(row)],
        sent_at=1,
    )


def test_the_same_box_enrolled_again_begins_one_more_chain_without_a_fork(
    any_office: Office,
) -> None:
    station = enrolled(any_office)
    rows = station.write(2)
    station.send(station.batch(rows))
    assert isinstance(any_office.now, TestClock)
    any_office.now.at += 60
    invitation = invite_station(any_office, station.name)
    station.code = read_code(invitation.code)
    last = station.enrol().last
    assert last == head_of(station, rows[-1])
    station.chain = os.urandom(16)
    station.send(station.batch(station.write(1)))
    assert marks(any_office)[-1] == (3, "succession")
    assert flag_of(any_office) == ""
    # A third chain of the same key stands beside it: that is what a thief of the key would begin.
    station.chain = os.urandom(16)
    station.send(station.batch(station.write(1)))
    assert flag_of(any_office) == "fork"


@pytest.mark.parametrize("asks", [1, 2])
def test_a_retry_of_a_new_box_hears_the_same(any_office: Office, asks: int) -> None:
    old = enrolled(any_office)
    rows = old.write(1)
    old.send(old.batch(rows))
    new = invited(any_office)
    asked = new.request()
    answers = {enrol(any_office, asked) for _ in range(asks)}
    assert len(answers) == 1
    assert new.enrol().last == head_of(old, rows[0])
    assert isinstance(new.code, EnrolCode)


def test_the_audit_says_behind_which_row_a_new_box_goes_on(office: Office) -> None:
    old = enrolled(office)
    old.send(old.batch(old.write(3)))
    replacing(office, old)
    with office.database.read() as connection:
        entries = audit.newest(connection, before=None, limit=100)
    told = [json.loads(entry.details) for entry in entries if entry.action == "station.enrol"]
    assert ["behind" in details for details in told] == [True, False]
    assert told[0]["behind"] == 3
