"""The exchanges of a station with its office, and the upkeep of its log between them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from keys.bodies import PassageBody, encode_body
from keys.clock import ClockReading
from keys.errors import UntrustedData
from keys.heads import open_head, row_signer
from keys.sealing import is_sealed
from scanner.commands import everyday
from scanner.record.clocksource import read_clocks
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.syncing import NO_LIST_YET, owner_of, push, sender_of, upkeep
from scanner.sync.fetch import HttpExchange
from scanner.sync.receipts import KeptReceipts
from scanner.sync.servertime import SLACK_S
from tests.fakes.office_server import OfficeServer, serving
from tests.fakes.trust_office import TrustOffice
from tests.keys.makers import passage

DAY_S = 86_400


@pytest.fixture
def office() -> TrustOffice:
    office = TrustOffice(int(time.time()) - 7200)
    office.publish()
    return office


@pytest.fixture
def server(office: TrustOffice) -> Iterator[OfficeServer]:
    with serving(office) as running:
        yield running


@pytest.fixture
def known(server: OfficeServer, tmp_path: Path) -> Known:
    report = everyday.enrol(tmp_path / "data", server.office.add_station(), server.url)
    assert report["pull"]["ok"]
    return open_known(tmp_path / "data")


@contextmanager
def log_of(known: Known, *, sealed: bool = True) -> Iterator[PassageLog]:
    """Give the log as the running station opens it; sealed=False: as before there was a key."""
    owner, database = owner_of(known), open_database(known.cache.folder)
    sign = row_signer(owner.key, owner.station, owner.chain)
    yield PassageLog(database, owner.station, known.seal if sealed else None, sign)
    database.close()


def deliver(known: Known, server: OfficeServer, rows: int, *, sealed: bool = True) -> None:
    """Log so many passages and push them."""
    exchange = HttpExchange(server.url)
    with log_of(known, sealed=sealed) as log:
        for number in range(rows):
            made = passage(number + 1, body=encode_body(PassageBody(name="王*")))
            log.append(replace(made, seen_at_ms=int(time.time()) * 1000))
        assert push(known, exchange, log).delivered == rows
    exchange.close()


def test_a_push_signs_a_head_keeps_the_receipt_and_learns_the_time(
    known: Known, office: TrustOffice, server: OfficeServer
) -> None:
    office.now_s = int(time.time())
    before_s = known.clock.bound_s
    deliver(known, server, 3)

    assert len(KeptReceipts(known.cache.folder).newest()) == 1
    assert known.clock.bound_s == office.now_s - SLACK_S > before_s
    assert open_known(known.cache.folder).clock == known.clock
    with log_of(known) as log:
        raw = log.last_head()
    assert raw is not None
    assert open_head(raw, known.identity.key.public_key).sequence == 3


def test_a_push_says_how_much_waits_and_which_list_is_judged_by(
    known: Known, server: OfficeServer
) -> None:
    said: list[dict[str, str]] = []

    class Listening(HttpExchange):
        def post(self, path, body, max_bytes, says=None):  # type: ignore[no-untyped-def]
            said.append(dict(says or {}))
            return super().post(path, body, max_bytes, says)

    exchange = Listening(server.url)
    with log_of(known) as log:
        log.append(passage(1))
        push(known, exchange, log)
    exchange.close()

    version = known.beliefs.universes[known.identity.record.issuer].version
    assert said == [{"Kakou-Waiting": "0", "Kakou-List-Version": str(version)}]


def test_before_the_first_list_nothing_is_sent(known: Known, server: OfficeServer) -> None:
    (known.cache.folder / "trust" / "set").unlink()
    bare = open_known(known.cache.folder)
    exchange = HttpExchange(server.url)
    with log_of(bare) as log, pytest.raises(UntrustedData) as caught:
        push(bare, exchange, log)
    exchange.close()

    assert caught.value.code == NO_LIST_YET
    assert sender_of(bare).list_version is None


def test_upkeep_empties_what_was_kept_long_enough_and_only_by_a_sure_clock(
    known: Known, server: OfficeServer
) -> None:
    deliver(known, server, 3)
    ahead = replace(read_clocks(), boot_id="another boot")
    unsure = Known(known.identity, known.cache, lambda: _later(ahead, 40 * DAY_S))
    assert upkeep(unsure).retained is None

    sure = Known(known.identity, known.cache, lambda: _later(read_clocks(), 40 * DAY_S))
    kept_up = upkeep(sure)
    assert kept_up.head
    assert kept_up.retained is not None
    assert kept_up.retained.emptied == 3
    with log_of(known) as log:
        assert [entry.emptied for entry in log.entries()] == [True] * 3


def _later(reading: ClockReading, seconds: int) -> ClockReading:
    return replace(reading, wall_s=reading.wall_s + seconds, boot_s=reading.boot_s + seconds)


def test_upkeep_seals_what_stood_in_clear_from_before_there_was_a_key(
    known: Known, server: OfficeServer
) -> None:
    deliver(known, server, 2, sealed=False)
    with log_of(known) as log:
        assert not any(is_sealed(entry.row.passage.body) for entry in log.entries())

    kept_up = upkeep(known)

    assert kept_up.resealed is not None
    assert kept_up.resealed.rows == 2
    with log_of(known) as log:
        assert all(is_sealed(entry.row.passage.body) for entry in log.entries())
