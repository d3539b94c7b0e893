"""A log that is damaged under a whole station, before a real office: the gate goes on, every row
that was told of arrives once, and the office sees that a second chain began.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from issuer.passages.rules.sorting import Mark
from keys.passages import Reason, Verdict
from scanner.record.database import FILE_NAME, open_database
from scanner.record.passages import PassageLog
from scanner.settings import StationSettings
from scanner.station import Station
from scanner.surroundings.known import open_known
from scanner.wiring import Running
from tests.journeys.crash_rig import Gate
from tests.journeys.in_process import served_office
from tests.journeys.programs import lines
from tests.scanner.sync.rigs import wait_until

pytestmark = pytest.mark.usefixtures("uncounted")


def admitted(station: Station, text: str, mono_s: float) -> str:
    """Scan a good pass and return the id of its row."""
    result = station.scan(text, mono_s)
    assert result is not None
    assert result.judgement.verdict is Verdict.ADMIT
    assert result.passage_id is not None
    return result.passage_id.hex()


def test_a_gate_whose_log_is_damaged_goes_on_and_no_row_is_lost_or_doubled(tmp_path: Path) -> None:
    with served_office(tmp_path) as office:
        gate = Gate(office, tmp_path, passes=1)
        office.publish()
        texts = office.mint(6, hours=24)
        known = open_known(gate.data)
        running = Running(gate.data, known, StationSettings())
        station = running.loop(str(tmp_path / "none"), colour=False, lasting=True)
        told = [admitted(station, text, 20.0 * place) for place, text in enumerate(texts[:3])]
        station.close()
        with (gate.data / FILE_NAME).open("r+b") as file:
            file.write(b"nonsense" * 512)
        station = running.loop(str(tmp_path / "none"), colour=False, lasting=True)
        told += [admitted(station, text, 200.0 + 20 * n) for n, text in enumerate(texts[3:])]
        assert station.freshness().fault is None
        record = known.identity.record
        assert [one.log for one in record.earlier] == [FILE_NAME]
        running.start()
        try:
            wait_until(lambda: _incidents(station, gate.data, record.log) == 2)
            wait_until(lambda: station.freshness().waiting_rows == 0)
        finally:
            station.close()
            running.stop()

        rows = lines("issuer", office.office.folder.path, "passages", "export", "--format", "jsonl")
        assert set(told) <= {row["passage_id"] for row in rows}
        assert max(Counter(row["passage_id"] for row in rows).values()) == 1
        marks = {mark for row in rows for mark in row["marks"]}
        assert Mark.FORK.value in marks
        assert Mark.BROKEN_CHAIN.value not in marks


def _incidents(station: Station, data: Path, name: str) -> int:
    """Let the station write down what it has to tell, and return how many incidents its log has."""
    station.step(0.0)
    database = open_database(data, name)
    try:
        rows = [entry.row.passage for entry in PassageLog(database, "north").entries()]
    finally:
        database.close()
    return sum(row.reason == Reason.INCIDENT for row in rows)
