"""A gate that sees no network for a week: it judges on, says how old its list is, and catches up at
once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from keys.passages import Reason, Verdict
from scanner.record.cache import StatusCache
from scanner.record.database import open_database
from scanner.record.identity import read_identity
from scanner.record.passages import PassageLog
from scanner.scan.logkeeping import KeptLog
from scanner.station import Freshness, Station, Surroundings
from scanner.surroundings.known import Known
from scanner.surroundings.syncing import pull, push
from scanner.sync.enrol import enrol_station
from scanner.sync.fetch import HttpExchange
from tests.journeys.in_process import MovedClock, ServedOffice, served_office
from tests.journeys.programs import lines

DAY_S: Final = 86_400
A_DAY: Final = 40
FRESH: Final = (Verdict.ADMIT, Reason.GREEN)
LATE: Final = (Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE)
STALE: Final = (Verdict.HAND_CHECK, Reason.LIST_STALE)


class Silent:
    """A camera that shows nothing: the codes of this journey are typed."""

    ended = True

    def newest(self, timeout_s: float) -> None:
        """Return no frame."""

    def close(self) -> None:
        """Nothing is open."""


def open_station(folder: Path, clock: MovedClock) -> tuple[Station, Known, PassageLog]:
    """Start the station of `folder`, as after every power cut."""
    identity = read_identity(folder)
    known = Known(identity, StatusCache(folder, identity.root), clock.reading)
    log = PassageLog(open_database(folder), identity.record.station)
    count = iter(range(1 << 30))
    start = log.waiting_count()
    around = Surroundings(
        beliefs=lambda: known.beliefs,
        moment=known.moment,
        utc_now=lambda: datetime.fromtimestamp(clock.now(), UTC),
        mono_s=lambda: 0.0,
        passage_id=lambda: (start * 10_000 + next(count)).to_bytes(16, "big"),
        freshness=lambda waiting, aside: Freshness(
            online=False,
            offline_reason="no_route",
            list_age_s=known.list_age_s(),
            waiting_rows=waiting,
            set_aside_rows=aside,
            clock=known.moment().grade,
        ),
        stored=lambda: None,
        look_only=lambda: False,
    )
    station = Station(
        camera=Silent(),  # type: ignore[arg-type]
        reader=None,  # type: ignore[arg-type]
        log=KeptLog(lambda: log, lambda: 0.0),
        around=around,
    )
    return station, known, log


def enrolled(office: ServedOffice, folder: Path) -> None:
    """Enrol and pull once, then the network is gone."""
    exchange = HttpExchange(office.url)
    code = office.station_code("north")
    chain = bytes(range(16))
    enrol_station(
        folder, exchange, code, issuer_url=office.url, seed=bytes(32), nonce=bytes(16), chain=chain
    )
    identity = read_identity(folder)
    pull(Known(identity, StatusCache(folder, identity.root), office.clock.reading), exchange)
    exchange.close()


def a_day(
    folder: Path, clock: MovedClock, day: int, passes: Sequence[str]
) -> set[tuple[Verdict, Reason]]:
    """Scan every pass once, by a station that was started this morning: log, beliefs and clock come
    back from the disk. Return what was answered; a day has passed then.
    """
    station, _, _ = open_station(folder, clock)
    answers = set()
    for number, text in enumerate(passes):
        result = station.scan(text, float(day * DAY_S + number))
        assert result is not None
        assert result.counted
        answers.add((result.judgement.verdict, result.judgement.reason))
    clock.advance(DAY_S)
    return answers


def test_a_week_offline(tmp_path: Path) -> None:
    with served_office(tmp_path) as office:
        passes = office.mint(A_DAY, hours=24 * 30)
        office.publish()
        folder = tmp_path / "gate"
        enrolled(office, folder)

        by_day = [a_day(folder, office.clock, day, passes) for day in range(8)]
        assert by_day == [{FRESH}, {LATE}, {LATE}] + [{STALE}] * 5
        station, known, log = open_station(folder, office.clock)
        assert log.waiting_count() == 8 * A_DAY

        office.publish()
        exchange = HttpExchange(office.url)
        report = pull(known, exchange)
        assert report.changed
        delivered = push(known, exchange, log)
        exchange.close()
        assert (delivered.delivered, delivered.still_waiting) == (8 * A_DAY, 0)
        result = station.scan(passes[0], 9.0 * DAY_S)
        assert result is not None
        assert (result.judgement.verdict, result.judgement.reason) == FRESH

        data = tmp_path / "office"
        exported = Counter(
            row["passage_id"]
            for row in lines("issuer", data, "passages", "export", "--format", "jsonl")
        )
        assert sum(exported.values()) == 8 * A_DAY
        assert max(exported.values()) == 1
