"""A station's log in a data folder that has delivered rows, for tests of what becomes of it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from scanner.commands import everyday
from scanner.commands.doctor import Finding, examine
from scanner.errors import StationFault
from scanner.scan.logkeeping import RETRY_S
from scanner.settings import StationSettings
from scanner.surroundings.earlierlogs import push_salvaged, save
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.newlog import CurrentLog, NewLog
from scanner.surroundings.syncing import push
from scanner.sync.fetch import HttpExchange
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer
from tests.keys.makers import passage

DELIVERED, WAITING = 60, 40


class Box:
    """A station's log in a data folder, as its scanning and its pushing thread have it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.known: Known = open_known(data)
        self.now_s = 0.0
        self.new_log = NewLog(self.known)
        self.writer = CurrentLog(self.new_log, lambda: self.now_s, writes=True)
        self.sender = CurrentLog(self.new_log, lambda: self.now_s)

    def store(self, number: int) -> bytes:
        """Store a row as a scan does, within a few seconds, and return its id."""
        # Of now: a row of long ago is emptied before it is read.
        made = replace(passage(number), seen_at_ms=int(time.time()) * 1000)
        for _ in range(4):
            try:
                self.writer.store(lambda log: log.append(made))
            except StationFault:
                self.now_s += RETRY_S
            else:
                return made.passage_id
        raise AssertionError("no row could be stored")

    def send(self) -> None:
        """Send what waits, as the push task does."""
        exchange = HttpExchange(self.known.identity.record.issuer_url)
        try:
            save(self.known)
            push_salvaged(self.known, exchange)
            self.sender.ask(lambda log: push(self.known, exchange, log, self.sender.record))
        finally:
            exchange.close()

    def close(self) -> None:
        """Let go of the files."""
        self.writer.close()
        self.sender.close()


@contextmanager
def box_of(data: Path) -> Iterator[Box]:
    box = Box(data)
    try:
        yield box
    finally:
        box.close()


def filled(office: Office, server: OfficeServer, data: Path) -> Path:
    """Return the folder of a station that has delivered some rows, and has others waiting."""
    assert everyday.enrol(data, office.add_station(), server.url)["pull"]["ok"]
    with box_of(data) as box:
        for number in range(DELIVERED):
            box.store(number)
        box.send()
        for number in range(DELIVERED, DELIVERED + WAITING):
            box.store(number)
    return data


def overwrite(path: Path, place: int, raw: bytes) -> None:
    """Write wrong bytes into a file, as a bad sector does."""
    with path.open("r+b") as out:
        out.seek(place)
        out.write(raw)


def ids(first: int, end: int) -> set[bytes]:
    """Return the ids of the rows from number `first` to before `end`."""
    return {passage(number).passage_id for number in range(first, end)}


def doctor_on_log(folder: Path) -> Finding:
    """Return what the doctor says of the log; the camera that is looked for is not there."""
    settings = StationSettings(camera=str(folder / "none"), sound=False)
    return next(one for one in examine(folder, settings) if one.part == "log")


def page_of(path: Path, table: str) -> int:
    """Return where the root page of a table begins in a file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        [root] = connection.execute(query, (table,)).fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    return int(size) * (int(root) - 1)


def leaf_of(path: Path, number: int) -> int:
    """Return where the page begins that holds a row; its id stands in an index as well."""
    page_of(path, "passages")
    raw, wanted = path.read_bytes(), passage(number).passage_id
    leaves = (at for at in range(0, len(raw), 4096) if raw[at] == 13)
    return next(at for at in leaves if wanted in raw[at : at + 4096])
