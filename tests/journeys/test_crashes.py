"""Power cuts on both sides: no acknowledged passage is lost, none is doubled at the office."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from keys.bodies import PassageBody, encode_body
from keys.passages import ClockGrade, Direction, Passage, PassIdentity, Reason, Verdict
from scanner.record.database import open_database
from scanner.record.identity import read_identity
from scanner.record.passages import PassageLog
from tests.journeys.programs import (
    TIMEOUT_S,
    Issuer,
    call,
    enrol,
    lines,
    show,
    start_scanning,
    until,
)

pytestmark = pytest.mark.usefixtures("uncounted")

ROWS = 1200


@pytest.mark.parametrize("after_rows", [1, 7])
def test_kill_9_between_scan_and_sync_loses_and_doubles_nothing(
    issuer: Issuer, tmp_path: Path, after_rows: int
) -> None:
    minted = issuer.mint_many(20)
    station = tmp_path / "gate"
    enrol(issuer, station)
    issuer.kill()  # nothing is sent before the kill

    process = start_scanning(station, show(tmp_path / "frames", [m["dense"] for m in minted]))
    shown: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        told = json.loads(line)
        if "verdict" in told:
            shown.append(told["passage_id"])
        if len(shown) == after_rows:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()

    issuer.start()
    until(lambda: call("scanner", station, "sync")["waiting"] == 0, "the queue is empty")
    logged = [row["passage_id"] for row in lines("scanner", station, "log")]
    exported = Counter(row["passage_id"] for row in issuer.export())
    assert set(shown) <= set(logged)
    assert exported == Counter(logged)


def test_an_issuer_killed_in_the_middle_of_batches_loses_and_doubles_nothing(
    issuer: Issuer, tmp_path: Path
) -> None:
    station = tmp_path / "gate"
    enrol(issuer, station)
    _fill(station, ROWS)
    for kill_at in (1, 300, 700):
        pushing = subprocess.Popen(
            [sys.executable, "-m", "scanner", "--data", str(station), "--json", "sync"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for_rows(issuer, kill_at, pushing)
        issuer.kill()
        pushing.wait(TIMEOUT_S)
        issuer.start()
    until(lambda: call("scanner", station, "sync")["waiting"] == 0, "the queue is empty")
    logged = Counter(row["passage_id"] for row in lines("scanner", station, "log"))
    exported = Counter(row["passage_id"] for row in issuer.export())
    assert exported == logged
    assert sum(logged.values()) == ROWS


def _wait_for_rows(issuer: Issuer, count: int, pushing: subprocess.Popen[bytes]) -> None:
    until(lambda: _stored(issuer) >= count or pushing.poll() is not None, "rows arrive")


def _stored(issuer: Issuer) -> int:
    with sqlite3.connect(f"file:{issuer.data / 'issuer.db'}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])


def _fill(station: Path, count: int) -> None:
    """Write rows as a busy day would, through the station's own log."""
    identity = read_identity(station)
    database = open_database(station)
    # Of now: rows of long ago are emptied and taken out as soon as they are delivered.
    now_ms = int(time.time()) * 1000
    log = PassageLog(database, identity.record.station)
    for number in range(count):
        body = PassageBody(identity=PassIdentity(identity.record.issuer, 0, number), name="王*")
        log.append(
            Passage(
                passage_id=number.to_bytes(16, "big"),
                seen_at_ms=now_ms + number,
                clock=ClockGrade.CONFIRMED,
                verdict=Verdict.ADMIT,
                reason=Reason.GREEN,
                direction=Direction.ENTRY,
                tag=None,
                trace_digest=None,
                body=encode_body(body),
            )
        )
    database.close()
