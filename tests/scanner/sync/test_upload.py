"""Push: only a signed receipt for this very batch takes a row off the queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.batches import RECEIPT_MAX_BYTES
from scanner.errors import IssuerTrouble, NetworkDown, ScannerError
from scanner.record.passages import PassageLog
from scanner.sync.upload import BATCH_ROWS, DAMAGED_HERE, NOT_NAMED, PushReport, push_all
from tests.fakes.office import Office, Refusal
from tests.fakes.office_server import SHORT_TROUBLES, OfficeServer, Trouble
from tests.fakes.publisher import signing_key
from tests.keys.makers import passage
from tests.scanner.sync.rigs import (
    NOW,
    STATION,
    enrolled_office,
    exchange_with,
    filled_log,
    sender,
)


@pytest.fixture
def office() -> Office:
    return enrolled_office()


Says = Mapping[str, str] | None


class Line:
    """A line to the office without a network: refusals become what fetch makes of them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.posts = 0
        self.said: list[Mapping[str, str]] = []

    def post(self, path: str, body: bytes, max_bytes: int, says: Says = None) -> bytes:
        from scanner.errors import BatchRefused

        assert (path, max_bytes) == ("sync/passages", RECEIPT_MAX_BYTES)
        self.posts += 1
        self.said.append(says or {})
        try:
            return self.office.receive(body)
        except Refusal as refusal:
            if refusal.status in {400, 413}:
                raise BatchRefused(code=refusal.code) from None
            raise IssuerTrouble(code=refusal.code, retry_after_s=refusal.retry_after_s) from None


def push(office: Office, log: PassageLog, line: Line | None = None) -> PushReport:
    return push_all(line or Line(office), log, sender(), office.trust, sent_at=NOW)


def sent(*, delivered: int, set_aside: int, still_waiting: int) -> PushReport:
    """Return the report of a push that the office answered at its own time."""
    return PushReport(
        delivered=delivered, set_aside=set_aside, still_waiting=still_waiting, received_at=NOW
    )


def states(log: PassageLog) -> list[tuple[int, str, str | None]]:
    return [(entry.row.sequence, entry.state, entry.code) for entry in log.entries()]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PassageLog]:
    with filled_log(tmp_path, 5) as made:
        yield made


def test_waiting_rows_arrive_once_and_wait_no_more(office: Office, log: PassageLog) -> None:
    assert push(office, log) == sent(delivered=5, set_aside=0, still_waiting=0)
    assert office.sequences() == [1, 2, 3, 4, 5]

    assert push(office, log) == PushReport(delivered=0, set_aside=0, still_waiting=0)
    assert len(office.batches) == 1
    log.append(passage(6))
    assert push(office, log).delivered == 1
    assert office.batches[-1].first_sequence == 6
    assert office.batches[-1].previous_hash == office.batches[0].rows[-1].hash


def test_a_long_queue_goes_in_batches_of_at_least_two_hundred_rows(
    office: Office, tmp_path: Path
) -> None:
    with filled_log(tmp_path, BATCH_ROWS + 230) as log:
        assert push(office, log).delivered == BATCH_ROWS + 230

    assert [len(batch.rows) for batch in office.batches] == [BATCH_ROWS, 230]
    assert BATCH_ROWS >= 200
    assert office.sequences() == list(range(1, BATCH_ROWS + 231))


def test_rows_sent_again_after_a_lost_receipt_are_stored_once(
    office: Office, log: PassageLog
) -> None:
    class Deaf(Line):
        def post(self, path: str, body: bytes, max_bytes: int, says: Says = None) -> bytes:
            super().post(path, body, max_bytes, says)
            raise NetworkDown("the answer was lost")

    with pytest.raises(NetworkDown):
        push(office, log, Deaf(office))
    assert log.waiting_count() == 5

    assert push(office, log).delivered == 5
    assert len(office.rows) == 5


@settings(max_examples=25)
@given(bad=st.sets(st.integers(1, 40), max_size=6))
def test_halving_finds_the_bad_rows_and_no_good_one_is_lost_or_held_up(
    tmp_path_factory: pytest.TempPathFactory, bad: set[int]
) -> None:
    office = enrolled_office()
    office.bends.refused_rows = set(bad)
    with filled_log(tmp_path_factory.mktemp("log"), 40) as log:
        report = push(office, log)

        assert (report.delivered, report.set_aside) == (40 - len(bad), len(bad))
        assert office.sequences() == [number for number in range(1, 41) if number not in bad]
        assert [state for state in states(log) if state[1] != "delivered"] == [
            (number, "set_aside", "malformed_batch") for number in sorted(bad)
        ]


def test_one_bad_row_in_a_full_batch_costs_few_exchanges(office: Office, tmp_path: Path) -> None:
    office.bends.refused_rows = {137}
    line = Line(office)
    with filled_log(tmp_path, 300) as log:
        report = push(office, log, line)

    assert (report.delivered, report.set_aside) == (299, 1)
    assert line.posts <= 30


def test_a_lone_row_that_is_refused_waits_until_the_office_takes_another(
    office: Office, tmp_path: Path
) -> None:
    office.bends.refused_rows = {1}
    with filled_log(tmp_path, 1) as log:
        with pytest.raises(IssuerTrouble) as caught:
            push(office, log)
        assert caught.value.code == "malformed_batch"
        assert states(log) == [(1, "waiting", None)]

        log.append(passage(2))
        assert push(office, log) == sent(delivered=1, set_aside=1, still_waiting=0)
        assert states(log) == [(1, "set_aside", "malformed_batch"), (2, "delivered", None)]


def test_an_office_that_refuses_everything_gets_no_row_set_aside(
    office: Office, tmp_path: Path
) -> None:
    office.bends.refusal = Refusal(400, "malformed_batch")
    line = Line(office)
    with filled_log(tmp_path, 200) as log:
        with pytest.raises(IssuerTrouble):
            push(office, log, line)
        assert (log.waiting_count(), log.set_aside_count()) == (200, 0)
        assert line.posts < 100

        office.bends.refusal = None
        assert push(office, log).delivered == 200


def test_a_row_that_the_receipt_sets_aside_keeps_the_offices_word(
    office: Office, log: PassageLog
) -> None:
    office.bends.set_aside = {2: "conflict"}

    assert push(office, log) == sent(delivered=4, set_aside=1, still_waiting=0)
    assert states(log)[1] == (2, "set_aside", "conflict")


def test_a_row_that_the_receipt_does_not_name_is_set_aside_and_shown(
    office: Office, log: PassageLog
) -> None:
    office.bends.forgets_rows = {3}

    assert push(office, log).set_aside == 1
    assert states(log)[2] == (3, "set_aside", NOT_NAMED)


def test_a_row_damaged_on_our_disk_is_set_aside_and_the_rest_goes_on(
    office: Office, log: PassageLog
) -> None:
    log._connection.execute("UPDATE passages SET verdict = 'let in' WHERE sequence = 3")
    log._connection.execute("DELETE FROM passages WHERE sequence = 5")

    assert push(office, log) == sent(delivered=3, set_aside=2, still_waiting=0)
    assert office.sequences() == [1, 2, 4]
    assert log._connection.execute("SELECT * FROM set_aside").fetchall() == [
        (3, DAMAGED_HERE),
        (5, DAMAGED_HERE),
    ]


@pytest.mark.parametrize(
    "bend",
    [
        {"receipt": {"batch_hash": bytes(32)}},
        {"receipt": {"station": "west-2"}},
        {"receipt_signer": signing_key("thief")},
        {"receipt_signer": signing_key("hangzhou status")},
    ],
)
def test_only_a_receipt_for_this_batch_by_the_right_key_counts(
    office: Office, log: PassageLog, bend: dict[str, object]
) -> None:
    for name, value in bend.items():
        setattr(office.bends, name, value)

    with pytest.raises(IssuerTrouble) as caught:
        push(office, log)
    assert caught.value.code == "no_receipt"
    assert log.waiting_count() == 5


def test_a_receipt_of_another_batch_replayed_changes_nothing(
    office: Office, log: PassageLog
) -> None:
    line = Line(office)
    first: list[bytes] = []

    class Recording(Line):
        def post(self, path: str, body: bytes, max_bytes: int, says: Says = None) -> bytes:
            first.append(super().post(path, body, max_bytes, says))
            return first[0]

    push(office, log, Recording(office))
    log.append(passage(6))
    replay = Recording(office)
    with pytest.raises(IssuerTrouble) as caught:
        push(office, log, replay)
    assert caught.value.code == "no_receipt"
    assert log.waiting_count() == 1
    assert push(office, log, line).delivered == 1


@pytest.mark.parametrize(
    ("refusal", "code", "wait_s"),
    [
        (Refusal(403, "station_mismatch"), "station_mismatch", None),
        (Refusal(429, "too_many_tries", 7), "too_many_tries", 7),
        (Refusal(503, "overloaded", 11), "overloaded", 11),
    ],
)
def test_a_refusal_of_the_sender_is_nobodys_bad_row(
    office: Office, log: PassageLog, refusal: Refusal, code: str, wait_s: int | None
) -> None:
    office.bends.refusal = refusal

    with pytest.raises(IssuerTrouble) as caught:
        push(office, log)
    assert (caught.value.code, caught.value.retry_after_s) == (code, wait_s)
    assert (log.waiting_count(), log.set_aside_count()) == (5, 0)


@pytest.mark.parametrize(
    "trouble", [one for one in SHORT_TROUBLES if one is not Trouble.OFFICE_400]
)
def test_no_trouble_on_the_line_loses_sets_aside_or_delivers_a_row(
    server: OfficeServer, log: PassageLog, trouble: Trouble
) -> None:
    server.troubles["sync/passages"] = trouble

    with exchange_with(server.url) as exchange:
        with pytest.raises(ScannerError):
            push_all(exchange, log, sender(), server.office.trust, sent_at=NOW)
        assert (log.waiting_count(), log.set_aside_count()) == (5, 0)
        assert server.count("sync/passages") == 1

        server.troubles.clear()
        report = push_all(exchange, log, sender(), server.office.trust, sent_at=NOW)
    assert report.delivered == 5
    assert server.office.sequences(STATION) == [1, 2, 3, 4, 5]


def test_what_was_delivered_before_the_line_broke_stays_delivered(
    server: OfficeServer, tmp_path: Path
) -> None:
    def break_second(path: str) -> None:
        if server.count("sync/passages") == 2:
            server.troubles["sync/passages"] = Trouble.CUT

    server.before = break_second
    with filled_log(tmp_path, BATCH_ROWS + 10) as log, exchange_with(server.url) as exchange:
        with pytest.raises(NetworkDown):
            push_all(exchange, log, sender(), server.office.trust, sent_at=NOW)
        assert log.waiting_count() == 10
