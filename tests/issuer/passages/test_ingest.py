from __future__ import annotations

import os
import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuer import audit
from issuer.errors import Code, IssuerError
from issuer.passages.actions.ingest import StationSays, receive
from issuer.passages.actions.search import search
from issuer.passages.rules.searching import Search
from issuer.passages.store.found import StoredPassage
from issuer.passages.store.passages import count_evidence
from issuer.people.actions.stations import clear_flag, list_stations, withdraw
from issuer.people.office import Office
from keys.batches import seal_batch
from keys.bodies import PassageBody, encode_body
from keys.ed25519 import SigningKey
from keys.encoding import cbor_encode
from keys.passages import FIRST_HASH, Verdict, encode_row
from tests.issuer.rigs import START_S, StationRig, enrolled, invited


def stored(office: Office) -> list[StoredPassage]:
    found = search(office, Search(purpose="test"), below=None, by="test").passages
    return sorted(found, key=lambda passage: (passage.station, passage.sequence))


def flag_of(office: Office) -> str:
    return list_stations(office)[0].flag


def evidence_in(office: Office) -> int:
    with office.database.read() as connection:
        return count_evidence(connection)


def test_a_batch_is_stored_and_confirmed_by_a_signed_receipt(any_office: Office) -> None:
    station = enrolled(any_office)
    rows = station.write(3)
    receipt = station.send(station.batch(rows))
    assert receipt.station == "gate 1"
    assert receipt.stored == tuple(row.passage.passage_id for row in rows)
    assert receipt.set_aside == ()
    found = stored(any_office)
    assert [passage.passage_id for passage in found] == list(receipt.stored)
    assert (found[0].verdict, found[0].reason, found[0].pass_text) == ("admit", "green", "home/0/1")
    assert (found[0].name, found[0].id_tail, found[0].carrier) == ("张*", "123X", "dense")
    assert (found[0].checkpoint, found[0].marks) == ("gate 1", "")
    assert flag_of(any_office) == ""


def test_a_stored_row_shows_its_own_body_though_another_claims_its_id(any_office: Office) -> None:
    station = enrolled(any_office)
    for name in ("张*", "李*"):
        station.write(1, passage_id=bytes(16), body=encode_body(PassageBody(name=name)))
    receipt = station.send(station.batch(station.rows))
    assert [item.code for item in receipt.set_aside] == ["conflict"]
    assert [passage.name for passage in stored(any_office)] == ["张*"]


def test_the_same_batch_again_is_confirmed_again_and_stored_once(any_office: Office) -> None:
    station = enrolled(any_office)
    batch = station.batch(station.write(4))
    first = station.send(batch)
    assert station.send(batch).stored == first.stored
    # Cut otherwise, as a station does that halves a batch: the same rows.
    assert station.send(station.batch(station.rows[1:3])).stored == first.stored[1:3]
    assert len(stored(any_office)) == 4
    assert evidence_in(any_office) == 0


def test_concurrent_deliveries_of_one_batch_store_it_once(any_office: Office) -> None:
    station = enrolled(any_office)
    batch = station.batch(station.write(30))
    receipts: list[int] = []

    def work() -> None:
        receipts.append(len(station.send(batch).stored))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert receipts == [30] * 4
    assert len(stored(any_office)) == 30
    assert evidence_in(any_office) == 0


def test_the_same_id_with_other_bytes_is_set_aside_kept_and_alarmed(any_office: Office) -> None:
    station = enrolled(any_office)
    station.send(station.batch(station.write(1)))
    liar = StationRig(
        office=any_office,
        name=station.name,
        code=station.code,
        key=station.key,
        chain=station.chain,
    )
    twin = liar.write(1, passage_id=station.rows[0].passage.passage_id, verdict=Verdict.REFUSE)
    receipt = liar.send(liar.batch(twin))
    assert receipt.stored == ()
    assert [(item.sequence, item.code) for item in receipt.set_aside] == [(1, "conflict")]
    assert [passage.verdict for passage in stored(any_office)] == ["admit"]
    assert flag_of(any_office) == "conflict"
    assert evidence_in(any_office) == 1
    with any_office.database.read() as connection:
        assert audit.newest(connection, before=None, limit=2)[1].action == "station.alarm"


def test_a_fork_is_stored_beside_what_it_forks_from_and_flagged(any_office: Office) -> None:
    station = enrolled(any_office)
    station.send(station.batch(station.write(2)))
    other = StationRig(
        office=any_office,
        name=station.name,
        code=station.code,
        key=station.key,
        chain=station.chain,
    )
    receipt = other.send(other.batch(other.write(2)))
    assert len(receipt.stored) == 2
    assert [passage.marks for passage in stored(any_office)].count("fork") == 2
    assert flag_of(any_office) == "fork"


def test_a_gap_is_flagged_and_what_comes_later_is_stored(any_office: Office) -> None:
    station = enrolled(any_office)
    station.send(station.batch(station.write(2)))
    station.write(2)
    receipt = station.send(station.batch(station.write(2)))
    assert len(receipt.stored) == 2
    assert [passage.marks for passage in stored(any_office)] == ["", "", "gap", ""]
    assert flag_of(any_office) == "gap"
    clear_flag(any_office, name="gate 1", by="wang")
    assert flag_of(any_office) == ""
    assert evidence_in(any_office) == 1


def test_a_row_that_cannot_be_read_is_set_aside_and_the_rest_stored(any_office: Office) -> None:
    station = enrolled(any_office)
    rows = station.write(3)
    raw_rows = [encode_row(rows[0]), b"\xff garbage", encode_row(rows[2])]
    receipt = station.send(station.batch(rows, raw_rows=raw_rows))
    assert [(item.sequence, item.code) for item in receipt.set_aside] == [(2, "malformed_row")]
    assert [passage.sequence for passage in stored(any_office)] == [1, 3]
    assert flag_of(any_office) == ""


def test_a_body_that_nobody_can_read_is_stored_without_a_name(any_office: Office) -> None:
    station = enrolled(any_office)
    bodies = [b"sealed", b"", cbor_encode({9: "new"}), cbor_encode({1: "home"}), b"\xa0"]
    rows = [station.write(1, body=body)[0] for body in bodies]
    assert len(station.send(station.batch(rows)).stored) == len(bodies)
    assert {passage.pass_text for passage in stored(any_office)} == {""}


def test_hostile_texts_and_times_are_stored_and_harm_nothing(any_office: Office) -> None:
    station = enrolled(any_office)
    body = encode_body(PassageBody(name="a\x00b\u202ec\n", id_tail="<b>", carrier="=cmd()"))
    rows = station.write(1, body=body, seen_at_ms=(1 << 53) - 1, reason="reason_of_tomorrow")
    station.send(station.batch(rows))
    found = stored(any_office)[0]
    assert found.name == "a\ufffdb\ufffdc\ufffd"
    assert (found.id_tail, found.reason) == ("<b>", "reason_of_tomorrow")


def test_rows_of_a_withdrawn_station_are_taken_and_marked(any_office: Office) -> None:
    station = enrolled(any_office)
    withdraw(any_office, name="gate 1", by="test")
    assert len(station.send(station.batch(station.write(2))).stored) == 2
    assert {passage.marks for passage in stored(any_office)} == {"withdrawn_station"}


def test_rows_of_a_replaced_box_are_taken_and_marked_and_the_new_one_begins_cleanly(
    any_office: Office,
) -> None:
    old = enrolled(any_office)
    old.send(old.batch(old.write(2)))
    new = enrolled(any_office)
    assert len(old.send(old.batch(old.write(1))).stored) == 1
    new.send(new.batch(new.write(2)))
    marks = {passage.passage_id: passage.marks for passage in stored(any_office)}
    assert [marks[row.passage.passage_id] for row in old.rows] == ["", "", "revoked_key"]
    assert [marks[row.passage.passage_id] for row in new.rows] == ["", ""]
    assert flag_of(any_office) == ""


def test_a_station_that_begins_its_log_anew_is_flagged(any_office: Office) -> None:
    station = enrolled(any_office)
    station.send(station.batch(station.write(2)))
    station.rows.clear()
    station.chain = os.urandom(16)
    station.send(station.batch(station.write(1)))
    assert flag_of(any_office) == "fork"


def test_what_a_station_says_of_itself_is_kept(any_office: Office) -> None:
    station = enrolled(any_office)
    batch = station.batch(station.write(1))
    receive(any_office, batch, StationSays(waiting_rows=7, list_version=3))
    found = list_stations(any_office)[0]
    assert (found.waiting_rows, found.list_version) == (7, 3)
    assert found.contact_at == START_S


def refusal_of(office: Office, raw: bytes) -> Code:
    with pytest.raises(IssuerError) as caught:
        receive(office, raw, StationSays())
    return caught.value.code


def test_only_an_enrolled_key_is_heard(office: Office) -> None:
    station = invited(office)
    assert refusal_of(office, station.batch(station.write(1))) is Code.UNKNOWN_STATION_KEY


def test_a_station_cannot_speak_for_another(office: Office) -> None:
    first = enrolled(office, "a")
    enrolled(office, "b")
    batch = seal_batch(
        first.key,
        station="b",
        chain=first.chain,
        previous_hash=FIRST_HASH,
        first_sequence=1,
        rows=[encode_row(row) for row in first.write(1)],
        sent_at=START_S,
    )
    assert refusal_of(office, batch) is Code.STATION_MISMATCH
    assert stored(office) == []


def test_a_batch_signed_by_another_key_under_our_key_id_is_refused(office: Office) -> None:
    station = enrolled(office)
    batch = bytearray(station.batch(station.write(1)))
    forged = SigningKey(os.urandom(32)).sign(b"something else")
    batch[-64:] = forged
    assert refusal_of(office, bytes(batch)) is Code.BAD_SIGNATURE


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_garbage_is_refused_with_a_code(office: Office, raw: bytes) -> None:
    assert refusal_of(office, raw) is Code.MALFORMED_BATCH


def test_any_flipped_bit_of_a_batch_is_refused_and_stores_nothing(office: Office) -> None:
    station = enrolled(office)
    batch = station.batch(station.write(2))
    wanted = {Code.MALFORMED_BATCH, Code.BAD_SIGNATURE, Code.UNKNOWN_STATION_KEY}
    for place in range(0, len(batch) * 8, 11):
        bent = bytearray(batch)
        bent[place // 8] ^= 1 << place % 8
        assert refusal_of(office, bytes(bent)) in wanted
    assert stored(office) == []


def test_a_batch_that_is_no_batch_inside_is_refused_though_signed(office: Office) -> None:
    from keys.batches import BATCH_TYP, station_kid
    from keys.envelope import seal_envelope

    station = enrolled(office)
    kid = station_kid(station.key.public_key)
    for payload in (b"", b"\x80", cbor_encode(["gate 1"]), cbor_encode({1: 2})):
        raw = seal_envelope(station.key, kid=kid, typ=BATCH_TYP, payload=payload)
        assert refusal_of(office, raw) is Code.MALFORMED_BATCH


def test_a_thousand_rows_in_one_batch_arrive_in_order(office: Office) -> None:
    station = enrolled(office)
    rows = station.write(1000)
    receipt = station.send(station.batch(rows))
    assert receipt.stored == tuple(row.passage.passage_id for row in rows)


def test_the_hash_of_a_row_is_checked_against_its_fields(any_office: Office) -> None:
    station = enrolled(any_office)
    row = station.write(1)[0]
    bent = replace(row, passage=replace(row.passage, verdict=Verdict.ADMIT_WITH_NOTE))
    station.send(station.batch([bent]))
    assert [passage.marks for passage in stored(any_office)] == ["broken_chain"]
    assert flag_of(any_office) == "fork"
