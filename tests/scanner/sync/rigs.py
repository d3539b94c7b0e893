"""A station's side of the wire for tests: folders, clocks and exchanges that are real."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from keys.claims import Status
from keys.clock import ClockReading
from keys.errors import UntrustedData
from scanner.errors import IssuerTrouble
from scanner.record.cache import StatusCache
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.record.stationrecord import StationRecord
from scanner.sync.enrol import enrol_station
from scanner.sync.fetch import HttpExchange
from scanner.sync.refresh import PullReport, pull_once
from scanner.sync.upload import Sender
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer
from tests.fakes.publisher import ISSUER, signing_key
from tests.keys.makers import passage

NOW = 1_780_000_020
DEADLINE_S = 60.0
STATION = "west-1"
CHAIN = bytes(range(16))
BOX_KEY = signing_key("the box at the gate")


def wait_until(true: Callable[[], object], what: str = "") -> None:
    """Return as soon as the condition holds; fail after the deadline."""
    end = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < end, what or "condition never held"
        threading.Event().wait(0.005)


class FolderFetcher:
    """Published files of an office, by hand: what a stick carries. asked: paths, oldest first."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.asked: list[str] = []
        self.changed: dict[str, bytes] = {}

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return the file, bounded as every fetcher must."""
        self.asked.append(path)
        raw = self.changed.get(path, self.office.published.get(path))
        if raw is None:
            raise IssuerTrouble("not there")
        if len(raw) > max_bytes:
            raise IssuerTrouble("larger than said", code="too_large")
        return raw


def reading(wall_s: float = NOW, boot_s: float = 1000.0, boot_id: str = "boot") -> ClockReading:
    """Return a look at a machine's clocks."""
    return ClockReading(wall_s=wall_s, boot_s=boot_s, boot_id=boot_id)


class Puller:
    """A station that pulls from an office into a folder of its own."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = office
        self.fetcher = FolderFetcher(office)
        self.cache = StatusCache(folder, office.root)

    def pull(self, at: ClockReading | None = None) -> PullReport:
        """Pull once at the office's time (or as the clocks `at` say)."""
        self.fetcher.asked.clear()
        at = at or reading(self.office.now_s, 1000.0 + self.office.now_s - NOW)
        return pull_once(self.fetcher, self.cache, home=ISSUER, root=self.office.root, reading=at)

    def refused(self, at: ClockReading | None = None) -> str:
        """Return the code with which a pull is refused."""
        try:
            self.pull(at)
        except (UntrustedData, IssuerTrouble) as error:
            return error.code
        return "taken"

    def held(self) -> tuple[int, bytes] | None:
        """Return version and packed array in force, None if there are none."""
        found = self.cache.trust()
        status = None if found is None else self.cache.status(ISSUER, found[0])
        return None if status is None else (status.manifest.version, bytes(status.packed))


def enrolled_office() -> Office:
    """Return an office with one enrolled station, whose key is BOX_KEY."""
    office = Office(NOW)
    office.add_station(STATION)
    office.stations[STATION].public_key = BOX_KEY.public_key
    office.publish()
    return office


def change(office: Office, place: int = 5, status: Status = Status.RED) -> None:
    """Publish a change of one entry, a minute later."""
    office.now_s += 60
    office.set_status(place, status)
    office.publish()


def enrolling(
    folder: Path, server: OfficeServer, code: str, now_s: int | None = None
) -> StationRecord:
    """Enrol over a real socket, with fresh randomness as each start of the command has."""
    with exchange_with(server.url) as exchange:
        return enrol_station(
            folder,
            exchange,
            code,
            issuer_url=server.url,
            seed=secrets.token_bytes(32),
            nonce=secrets.token_bytes(16),
            chain=secrets.token_bytes(16),
            now_s=now_s,
        )


def sender() -> Sender:
    """Return who sends: the enrolled station."""
    return Sender(station=STATION, issuer=ISSUER, chain=CHAIN, key=BOX_KEY)


@contextmanager
def filled_log(folder: Path, count: int) -> Iterator[PassageLog]:
    """Give a log with `count` rows."""
    log = PassageLog(open_database(folder), STATION)
    log._connection.execute("PRAGMA synchronous=OFF")  # as many rows as a test likes, quickly
    for number in range(1, count + 1):
        log.append(passage(number))
    log._connection.execute("PRAGMA synchronous=FULL")
    try:
        yield log
    finally:
        log.close()


@contextmanager
def exchange_with(url: str, **more: object) -> Iterator[HttpExchange]:
    """Give an exchange with the server at `url`."""
    exchange = HttpExchange(url, **more)  # type: ignore[arg-type]
    try:
        yield exchange
    finally:
        exchange.close()
