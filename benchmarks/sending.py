"""A queue that drains after an outage: 10,000 passages from a station's own log over loopback into
a serving office with its real database, beside bare inserts of the same bytes.

The office is a process of its own. Sealed and signed rows, batches and receipts as in the field.
"""

from __future__ import annotations

import hashlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.measuring import table
from keys.bodies import PassageBody, encode_body
from keys.heads import row_signer
from keys.passages import ClockGrade, Direction, Passage, PassIdentity, Reason, Verdict
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.syncing import owner_of, push
from scanner.sync.fetch import HttpExchange
from scanner.sync.upload import BATCH_ROWS
from tests.journeys.programs import Issuer, enrol

ROWS: Final = 10_000
ROUNDS: Final = 3
GOAL_S: Final = 30.0


@contextmanager
def _log_of(known: Known) -> Iterator[PassageLog]:
    owner, database = owner_of(known), open_database(known.cache.folder)
    sign = row_signer(owner.key, owner.station, owner.chain)
    try:
        yield PassageLog(database, owner.station, known.seal, sign)
    finally:
        database.close()


def _fill(known: Known, first: int) -> None:
    """Queue 10,000 passages. Whether they survive a power cut is no matter of this benchmark."""
    with _log_of(known) as log:
        log._connection.execute("PRAGMA synchronous=OFF")  # noqa: SLF001
        for number in range(first, first + ROWS):
            identity = PassIdentity(known.identity.record.issuer, 0, number)
            body = PassageBody(identity=identity, name="王*明", id_tail="104X", carrier="dense")
            log.append(
                Passage(
                    passage_id=hashlib.sha256(number.to_bytes(8, "big")).digest()[:16],
                    seen_at_ms=1_795_000_000_000 + number,
                    clock=ClockGrade.CONFIRMED,
                    verdict=Verdict.ADMIT,
                    reason=Reason.GREEN,
                    direction=Direction.ENTRY,
                    tag=hashlib.sha256(number.to_bytes(8, "little")).digest()[:16],
                    trace_digest=bytes(32),
                    body=encode_body(body),
                )
            )


def _drain(known: Known) -> tuple[float, float]:
    """Return wall and own CPU seconds of sending everything."""
    exchange = HttpExchange(known.identity.record.issuer_url)
    try:
        with _log_of(known) as log:
            begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
            report = push(known, exchange, log)
            wall_s, cpu_s = time.perf_counter() - begin_s, time.process_time() - begin_cpu_s
    finally:
        exchange.close()
    assert (report.delivered, report.still_waiting) == (ROWS, 0)
    return wall_s, cpu_s


def _bare_inserts(known: Known, folder: Path) -> float:
    """Return the seconds of inserting the newest 10,000 rows into a bare table, a batch a
    transaction, on the same disk.
    """
    with _log_of(known) as log:
        rows = [(e.row.passage.passage_id, e.row.passage.body) for e in log.entries()][-ROWS:]
    connection = sqlite3.connect(folder / f"bare-{time.time_ns()}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE rows (id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT")
    begin_s = time.perf_counter()
    for first in range(0, ROWS, BATCH_ROWS):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO rows VALUES (?, ?)", rows[first : first + BATCH_ROWS])
        connection.execute("COMMIT")
    wall_s = time.perf_counter() - begin_s
    connection.close()
    return wall_s


def main() -> int:
    """Print seconds and rows a second; 1 if 10,000 rows took 30 s."""
    with tempfile.TemporaryDirectory(prefix="kakou-bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        issuer = Issuer.made(folder)
        issuer.start()
        try:
            enrol(issuer, folder / "gate")
            known = open_known(folder / "gate")
            drained, bare = [], []
            for number in range(ROUNDS):
                _fill(known, 1 + number * ROWS)
                drained.append(_drain(known))
                bare.append(_bare_inserts(known, folder))
        finally:
            issuer.kill()
    wall_s = statistics.median(wall for wall, _ in drained)
    cpu_s = statistics.median(cpu for _, cpu in drained)
    bare_s = statistics.median(bare)
    met = "" if wall_s < GOAL_S else "  MISSED"
    table(
        f"Draining {ROWS:,} queued passages (sealed: {known.passage_key is not None})",
        ("what", "s", "rows/s", "x bare", "goal"),
        [
            ("bare inserts, a batch a commit", f"{bare_s:.2f}", f"{ROWS / bare_s:,.0f}", "1.0", ""),
            (
                "station to office and back",
                f"{wall_s:.2f}",
                f"{ROWS / wall_s:,.0f}",
                f"{wall_s / bare_s:.1f}",
                f"< {GOAL_S:.0f} s{met}",
            ),
        ],
    )
    slowest_s = max(wall for wall, _ in drained)
    print(f"  Median of {ROUNDS}, slowest {slowest_s:.2f} s; the station's own CPU: {cpu_s:.2f} s.")
    return int(bool(met))


if __name__ == "__main__":
    raise SystemExit(main())
