"""A station that dies again and again beside a living office, and what must hold after each."""

from __future__ import annotations

import json
import os
import queue
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.status import set_status
from issuer.tokens.rules.passes import PassRequest
from keys.bodies import PassageBody, encode_body
from keys.claims import Kind, Status
from keys.heads import row_signer
from keys.passages import ClockGrade, Direction, Passage, PassIdentity, Reason, Verdict
from scanner.commands.log_checking import verify_lines
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.surroundings.known import open_known
from scanner.surroundings.syncing import sender_of
from tests.conftest import ROOT
from tests.journeys.in_process import ServedOffice
from tests.journeys.programs import TIMEOUT_S, call, lines, show

PASSES: Final = 120
FIRST_DAYS_AHEAD: Final = 32
_OLD_S: Final = 40 * 86_400
_READY_S: Final = 180.0


class Nursery:
    """The process that station processes are forked from, and what the living one says."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.crash_nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            # A line that the kill cut in two was not said.
            with suppress(ValueError):
                self._said.put(json.loads(line))

    def live(
        self, asked: dict[str, Any], life_s: float, enough: Callable[[int], bool]
    ) -> list[dict[str, Any]]:
        """Start one station, kill it `life_s` after its start and no sooner than the rows that it
        has told of are `enough`; return what it said.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        pid = int(self._said.get(timeout=_READY_S)["began"])
        end_s = time.monotonic() + life_s
        said: list[dict[str, Any]] = []
        told = 0
        late_s = end_s + _READY_S
        while (time.monotonic() < end_s or not enough(told)) and time.monotonic() < late_s:
            with suppress(queue.Empty):
                said.append(self._said.get(timeout=max(0.01, end_s - time.monotonic())))
                assert "ended" not in said[-1], f"the station ended by itself: {said[-5:]}"
                told += bool(said[-1].get("passage_id"))
        os.kill(pid, signal.SIGKILL)
        # What it said before it died counts as well.
        while "ended" not in (line := self._said.get(timeout=_READY_S)):
            said.append(line)
        return said

    def close(self) -> None:
        """End the process that the others came from."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(TIMEOUT_S)
        self._reader.join(TIMEOUT_S)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Give a nursery until the block ends."""
    made = Nursery()
    try:
        yield made
    finally:
        made.close()


@dataclass
class Told:
    """What the deaths so far came to. acknowledged: ids that a process said were stored; seen: ids
    that stood in the log after some death; before_any: deaths before the first row; emptied,
    removed: rows that retention emptied, or took out of the log, by now.
    """

    acknowledged: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    before_any: int = 0
    emptied: int = 0
    removed: int = 0
    faults: Counter[str] = field(default_factory=Counter)


class Gate:
    """An enrolled station, pictures for its camera, and its office."""

    def __init__(
        self, office: ServedOffice, folder: Path, name: str = "north", passes: int = PASSES
    ) -> None:
        self.office = office
        self.data = folder / name
        call("scanner", self.data, "enrol", office.station_code(name), "--issuer", office.url)
        request = PassRequest(name="A", id_tail="", kind=Kind.PAPER, status=Status.GREEN)
        minted = mint_passes(office.office, [request] * passes, by="test")
        self.passes = [str(item.identity) for item in minted]
        self.pictures = show(folder / f"{name}-frames", [item.dense or "" for item in minted])
        self.told = Told()
        self.days_ahead = FIRST_DAYS_AHEAD

    def die(self, nursery: Nursery, draw: random.Random, longest_s: float) -> None:
        """Live for a while under load, die, and let everything be checked."""
        if draw.random() < 0.5:
            self._publish(draw)
        # Every death a day later: bodies go at once, and whole rows a month of deaths after.
        self.days_ahead += 1
        arguments = ["--data", str(self.data), "--json", "run", "--headless"]
        # Some live until the office has more than before, however slow the machine is.
        before = self.delivered() if draw.random() < 0.2 else None
        rows = draw.choice((0, 0, 1, 2, 5, 12))
        life_s = draw.uniform(0.0, longest_s)

        def enough(told: int) -> bool:
            return told >= rows and (before is None or self.delivered() > before)

        arguments += ["--camera", str(self.pictures)]
        asked = {"run": arguments, "data": str(self.data), "days_ahead": self.days_ahead}
        said = nursery.live(asked, life_s, enough)
        told = {line["passage_id"] for line in said if line.get("passage_id")}
        self.told.before_any += not told
        self.told.faults.update(line["tidying"] for line in said if "tidying" in line)
        self.told.acknowledged |= told
        self.check()

    def delivered(self) -> int:
        """Return how many rows a receipt has named, as a look from outside."""
        address = f"file:{self.data / 'station.db'}?mode=ro"
        query = "SELECT (SELECT max(sequence) FROM passages) - (SELECT count(*) FROM waiting)"
        # Before its first row a station has no log.
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(address, uri=True)) as db:
            return int(db.execute(query).fetchone()[0] or 0)
        return 0

    def _publish(self, draw: random.Random) -> None:
        """Give the next pull a pack to fetch."""
        status = draw.choice((Status.RED, Status.YELLOW, Status.GREEN))
        text = draw.choice(self.passes)
        set_status(self.office.office, text=text, status=status, reason="correction", by="test")
        self.office.publish()

    def grow_old(self, draw: random.Random, rows: int) -> None:
        """Let the log hold `rows` passages, delivered, whose time to be kept is over."""
        with self.log() as log:
            for _ in range(rows):
                log.append(_old_passage(draw))
        call("scanner", self.data, "sync")
        self.check()

    def write(self, rows: int) -> None:
        """Let the log hold `rows` passages more, waiting."""
        draw = random.Random(rows)
        with self.log() as log:
            for _ in range(rows):
                log.append(_old_passage(draw))

    @contextmanager
    def log(self) -> Iterator[PassageLog]:
        """Give the station's log, opened as after a start."""
        known = open_known(self.data)
        record = known.identity.record
        sign = row_signer(known.identity.key, record.station, bytes.fromhex(record.chain))
        database = open_database(self.data)
        try:
            yield PassageLog(database, record.station, known.seal, sign)
        finally:
            database.close()

    def check(self) -> None:
        """What must hold after every death: nothing said is lost, and nothing is half there."""
        known = open_known(self.data)
        assert known.beliefs.keyring is not None
        assert known.identity.record.issuer in known.beliefs.universes
        assert sender_of(known).list_version is not None
        with self.log() as log:
            [[word]] = log._connection.execute("PRAGMA quick_check").fetchall()
            assert word == "ok"
            entries = list(log.entries())
        *findings, report = verify_lines(self.data, [])
        assert not findings, findings
        assert report["holds"], report
        self.told.seen |= {entry.row.passage.passage_id.hex() for entry in entries}
        self.told.emptied = sum(entry.emptied for entry in entries)
        self.told.removed = len(self.told.seen) - len(entries)
        assert self.told.acknowledged <= self.told.seen

    def settle(self) -> None:
        """Deliver what waits, and compare with what the office has: nothing lost, nothing twice,
        nothing odd.
        """
        done = call("scanner", self.data, "sync")
        assert (done["pull"]["ok"], done["push"]["ok"], done["waiting"]) == (True, True, 0)
        self.check()
        export = lines(
            "issuer", self.office.office.folder.path, "passages", "export", "--format", "jsonl"
        )
        own = [row for row in export if row["station"] == known_name(self.data)]
        counted = Counter(row["passage_id"] for row in own)
        assert set(counted.values()) <= {1}
        assert self.told.acknowledged <= set(counted)
        assert set(counted) <= self.told.seen
        assert {mark for row in own for mark in row["marks"]} == set()


def known_name(data: Path) -> str:
    """Return the name of the station of a folder."""
    return open_known(data).identity.record.station


def _old_passage(draw: random.Random) -> Passage:
    identity = PassIdentity("hangzhou", 0, draw.randrange(1000))
    return Passage(
        passage_id=draw.randbytes(16),
        seen_at_ms=(int(time.time()) - _OLD_S) * 1000,
        clock=ClockGrade.CONFIRMED,
        verdict=Verdict.ADMIT,
        reason=Reason.GREEN,
        direction=Direction.ENTRY,
        tag=draw.randbytes(16),
        trace_digest=None,
        body=encode_body(PassageBody(identity=identity, name="王*")),
    )
