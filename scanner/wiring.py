"""Builds a station's parts once and joins them: identity, log, beliefs, sync tasks, camera,
loop.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from keys.clock import ClockReading, ClockState, trusted_now
from keys.errors import UntrustedData
from keys.passages import Direction
from scanner.decide.judge import Beliefs, Moment
from scanner.decide.policy import Rules
from scanner.errors import StationFault
from scanner.record.cache import StatusCache
from scanner.record.clocksource import read_clocks
from scanner.record.database import open_database
from scanner.record.identity import StationIdentity, read_identity
from scanner.record.lock import pull_lock
from scanner.record.passages import PassageLog
from scanner.settings import StationSettings
from scanner.station import Freshness, HandReader, Station, Surroundings
from scanner.sync.fetch import Fetcher, HttpExchange
from scanner.sync.refresh import PullReport, beliefs_from, pull_once
from scanner.sync.tasks import PULL_EVERY_S, PUSH_EVERY_S, Once, RepeatedTask
from scanner.sync.upload import PushReport, Sender, push_all

NO_LIST_YET: Final = "trust_missing"
_SEE: Final = "Check --camera: a webcam's number, a file, a folder of images, or an address."


class Known:
    """What the station knows now. Sync replaces each part as a whole; the scanning thread reads it
    without a lock.
    """

    def __init__(
        self,
        identity: StationIdentity,
        cache: StatusCache,
        read: Callable[[], ClockReading] = read_clocks,
    ) -> None:
        self.identity = identity
        self.cache = cache
        self.read = read
        self.beliefs = Beliefs(None, {})
        self.clock = ClockState()
        self.read_again()

    def read_again(self) -> None:
        """Take over what the files say: after a start, and after every pull that changed them."""
        self.clock = self.cache.clock()
        self.beliefs = beliefs_from(self.cache, self.identity.record.issuer)

    def moment(self) -> Moment:
        """Return when it is, by trusted time."""
        now = trusted_now(self.clock, self.read())
        hour = datetime.fromtimestamp(now.now_s, UTC).astimezone().hour
        return Moment(now.now_s, now.grade, now.bound_s, hour)

    def list_age_s(self) -> int | None:
        """Return the age of the home issuer's list, or of the trust list if that is older, in
        seconds; None before the first.
        """
        return self.beliefs.age_s(self.identity.record.issuer, self.moment().now_s)


def open_known(folder: Path) -> Known:
    """Return what the station of `folder` knows; NotEnrolled, StationFault."""
    identity = read_identity(folder)
    return Known(identity, StatusCache(folder, identity.root))


def pull(known: Known, exchange: Fetcher) -> PullReport:
    """Pull once, and believe what came."""
    home, root = known.identity.record.issuer, known.identity.root
    with pull_lock(known.cache.folder):
        try:
            return pull_once(exchange, known.cache, home=home, root=root, reading=known.read())
        finally:
            # Read the files again even when this pull changed nothing or failed half-way:
            # `kakou-scanner sync` may have changed them, and so may its first half.
            known.read_again()


def push(known: Known, exchange: HttpExchange, log: PassageLog) -> PushReport:
    """Push everything that waits."""
    held = known.cache.trust()
    if held is None:
        raise UntrustedData(code=NO_LIST_YET)
    record = known.identity.record
    sender = Sender(
        station=record.station,
        issuer=record.issuer,
        chain=bytes.fromhex(record.chain),
        key=known.identity.key,
    )
    return push_all(exchange, log, sender, held[0], sent_at=known.moment().now_s)


class Running:
    """A station at work: the two sync tasks, and loops made on demand in whatever thread drives
    them.
    """

    def __init__(
        self,
        folder: Path,
        known: Known,
        settings: StationSettings,
    ) -> None:
        self.look_only = threading.Event()
        self._folder = folder
        self._known = known
        self.direction = Direction(settings.direction)
        self._settings = settings
        self._pull = self._task("pull", self._pull_once, PULL_EVERY_S)
        self._push = self._task("push", self._push_once, PUSH_EVERY_S)

    def _task(self, name: str, factory: Callable[[], Once], every_s: float) -> RepeatedTask:
        return RepeatedTask(name, factory, every_s=every_s, now_s=time.monotonic)

    def _pull_once(self) -> Once:
        exchange = HttpExchange(self._known.identity.record.issuer_url)
        return Once(lambda: pull(self._known, exchange), exchange.close)

    def _push_once(self) -> Once:
        exchange = HttpExchange(self._known.identity.record.issuer_url)
        database = open_database(self._folder)
        log = PassageLog(database, self._known.identity.record.station)

        def run() -> None:
            failed_before = self._push.state.failures
            report = push(self._known, exchange, log)
            if failed_before and report.delivered:
                self._pull.network_is_back()

        def close() -> None:
            exchange.close()
            database.close()

        return Once(run, close)

    @property
    def place(self) -> str:
        """The checkpoint's name."""
        return self._known.identity.record.checkpoint

    def start(self) -> None:
        """Start both tasks."""
        self._pull.start()
        self._push.start()

    def stop(self) -> None:
        """End both tasks."""
        self._pull.stop()
        self._push.stop()

    def loop(self, camera_source: str, *, colour: bool) -> Station:
        """Return a station reading from `camera_source`; to be called in the thread that will drive
        it.
        """
        # cv2 takes a third of a second to import: after the first paint, in this thread.
        from scanner.capture.camera import CameraError, CameraSettings, open_camera
        from scanner.capture.codes import CodeReader, NoDecoder

        record = self._known.identity.record
        log = PassageLog(open_database(self._folder), record.station)
        try:
            reader = CodeReader()
            source = open_camera(camera_source, CameraSettings(colour=colour))
        except (CameraError, NoDecoder) as error:
            log.close()
            raise StationFault(
                f"{camera_source}: {error}", code=error.code, next_step=_SEE
            ) from None
        return Station(
            camera=source,
            reader=reader,
            log=log,
            rules=Rules(zone=record.zone),
            direction=self.direction,
            around=self._surroundings(),
            hand=_hand_scanner(self._settings.hand_scanner),
        )

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            beliefs=lambda: self._known.beliefs,
            moment=self._known.moment,
            utc_now=lambda: datetime.now(UTC),
            mono_s=time.monotonic,
            passage_id=lambda: secrets.token_bytes(16),
            freshness=self._freshness,
            stored=self._push.wake,
            look_only=self.look_only.is_set,
        )

    def _freshness(self, waiting: int, set_aside: int) -> Freshness:
        # A push with nothing to send says nothing of the network, so either task's error counts.
        error = self._pull.state.error or (self._push.state.error if waiting else None)
        return Freshness(
            online=error is None,
            offline_reason=error,
            list_age_s=self._known.list_age_s(),
            waiting_rows=waiting,
            set_aside_rows=set_aside,
            clock=self._known.moment().grade,
        )


def _hand_scanner(name: str) -> HandReader | None:
    """Return the hand scanner that the settings name; one that is not there yet is waited for."""
    if not name:
        return None
    from scanner.capture.handscan import HandScanner
    from scanner.capture.handscan_keys import grabbed_opener
    from scanner.capture.handscan_serial import serial_opener

    return HandScanner(grabbed_opener(name) if "/input/" in name else serial_opener(name))
