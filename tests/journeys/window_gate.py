"""A gate with its window for a journey: an enrolled station's own folder, its sync tasks, its
camera on loopback, and whatever stood on the screen, as pictures.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from demo.proxy import Network
from issuer.tokens.actions.mint import Minted, mint_passes
from issuer.tokens.rules.passes import PassRequest
from keys.claims import Kind, Status
from keys.clock import ClockReading
from keys.passages import PassageRow, Reason, Verdict
from scanner.gate.sounds_player import RecordingPlayer
from scanner.latestation import LateStation
from scanner.record.cache import StatusCache
from scanner.record.database import open_database
from scanner.record.identity import read_identity
from scanner.record.lock import FolderLock
from scanner.record.passages import PassageLog
from scanner.screen.answers import Answer
from scanner.screen.gate_window import GateWindow
from scanner.screen.run import WindowRun, open_window
from scanner.settings import StationSettings
from scanner.surroundings.known import Known
from scanner.surroundings.syncing import pull
from scanner.sync.enrol import enrol_station
from scanner.sync.fetch import HttpExchange
from scanner.window import window_options
from tests.journeys.in_process import MovedClock, ServedOffice
from tests.journeys.street_camera import StreetCamera

# Answers stay a fraction of their time; what the wall and the lists say runs at its own pace.
SPEED: Final = 20.0
_NUMBERS: Final = count(1)


class GateClock(MovedClock):
    """The machine's clocks at the gate; somebody may set the wall clock."""

    def __init__(self, ahead_s: int = 0) -> None:
        super().__init__()
        self.ahead_s = ahead_s
        self.wall_moved_s = 0

    def reading(self) -> ClockReading:
        """Return what the gate's clocks show."""
        reading = super().reading()
        return replace(reading, wall_s=reading.wall_s + self.wall_moved_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One answer as it stood on the screen."""

    answer: Answer
    picture: QImage
    ground: str

    @property
    def judged(self) -> tuple[Verdict, Reason | str]:
        """Verdict and reason."""
        judgement = self.answer.result.judgement
        return judgement.verdict, judgement.reason


class Onlooker(QObject):
    """Takes a picture of the window at every answer, in the window's own thread."""

    def __init__(self, window: GateWindow) -> None:
        super().__init__()
        self.seen: list[Seen] = []
        self._window = window
        window.stand.changed.connect(self._look)

    @Slot(object)
    def _look(self, answer: Answer | None) -> None:
        if answer is None:
            return
        picture = self._window.grab().toImage()
        corner = self._window.panel.geometry().topLeft()
        ground = QColor(picture.pixel(corner.x() + 2, corner.y() + 2)).name().upper()
        self.seen.append(Seen(answer=answer, picture=picture, ground=ground))


@dataclass(kw_only=True)
class Gate:
    """A running gate. network: between station and office, to be cut. data: the station's folder.

    opened: what the window was told at its start.
    """

    qtbot: QtBot
    data: Path
    clock: GateClock
    network: Network
    camera: StreetCamera
    station: LateStation
    known: Known
    window: GateWindow
    run: WindowRun
    onlooker: Onlooker
    player: RecordingPlayer = field(default_factory=RecordingPlayer)

    def person(self, text: str) -> Seen:
        """Hold up a code, wait for its answer, and take the code away again."""
        before = len(self.onlooker.seen)
        self.camera.show(text)
        self.wait(lambda: len(self.onlooker.seen) > before)
        seen = self.onlooker.seen[before]
        self.camera.show(None)
        self.wait(lambda: self.window.stand.current is None)
        return seen

    def judged(self, text: str) -> tuple[Verdict, Reason | str]:
        """Hold up a code and return verdict and reason of what stood on the screen."""
        return self.person(text).judged

    def press(self, key: Qt.Key) -> None:
        """Press a key at the window."""
        QTest.keyClick(self.window, key)

    def wait(self, holds: Callable[[], bool]) -> None:
        """Let the window live until something holds."""
        self.qtbot.waitUntil(holds)

    def rows(self) -> list[PassageRow]:
        """Return what is written down, oldest first."""
        with closing(self._log()) as log:
            return [entry.row for entry in log.entries()]

    def waiting(self) -> int:
        """Return how many rows the office has not confirmed yet."""
        with closing(self._log()) as log:
            return log.waiting_count()

    def close(self) -> None:
        """End window, station, camera and network."""
        self.window.close()
        self.run.end()
        self.station.stop()
        self.camera.unplug()
        self.network.cut()

    def _log(self) -> PassageLog:
        return PassageLog(open_database(self.data), self.known.identity.record.station)


def mint(office: ServedOffice, *statuses: Status) -> list[Minted]:
    """Mint one paper pass of two months a status, and publish."""
    request = PassRequest(name="王*明", id_tail="104X", kind=Kind.PAPER, hours=24 * 60)
    requests = [replace(request, status=status) for status in statuses]
    minted = mint_passes(office.office, requests, by="test")
    office.publish()
    return minted


def people(office: ServedOffice, *statuses: Status) -> list[str]:
    """Mint as `mint` does, and return the digits of the codes."""
    return [item.dense or "" for item in mint(office, *statuses)]


def enrolled(office: ServedOffice, data: Path, name: str, port: int, clock: GateClock) -> Known:
    """Enrol the station `name` of `data` through the network at `port`, and pull once."""
    url = f"http://127.0.0.1:{port}"
    exchange = HttpExchange(url)
    try:
        enrol_station(
            data,
            exchange,
            office.station_code(name),
            issuer_url=url,
            seed=name.encode().ljust(32, b"."),
            nonce=name.encode().ljust(16, b"."),
            chain=name.encode().ljust(16, b"."),
            now_s=clock.now(),
        )
        identity = read_identity(data)
        known = Known(identity, StatusCache(data, identity.root), clock.reading)
        pull(known, exchange)
    finally:
        exchange.close()
    return known


@contextmanager
def open_gate(
    qtbot: QtBot,
    office: ServedOffice,
    folder: Path,
    *,
    clock: GateClock | None = None,
    slow: bool = False,
    simulate_gate: bool = False,
    **chosen: Any,
) -> Iterator[Gate]:
    """Enrol a station of `folder`, start it with its window, and end all of it after the block.

    slow: answers stay as long as in life. chosen: StationSettings by name.
    """
    data, clock = folder / "gate", clock or GateClock()
    network, camera = _outside(office)
    known = enrolled(office, data, f"window-{next(_NUMBERS)}", network.port, clock)
    settings = StationSettings(camera=camera.address, **chosen)
    with closing(FolderLock(data)):
        station = LateStation(data, settings, simulate_gate=simulate_gate, known=known)
        player = RecordingPlayer()
        window = _opened(qtbot, station, settings, player, 1.0 if slow else SPEED)
        gate = Gate(
            qtbot=qtbot,
            data=data,
            clock=clock,
            network=network,
            camera=camera,
            station=station,
            known=known,
            window=window,
            run=WindowRun(window, lambda: station.loop(lasting=True)),
            onlooker=Onlooker(window),
            player=player,
        )
        try:
            with qtbot.waitExposed(window):
                window.show()
            yield gate
        finally:
            gate.close()


def _outside(office: ServedOffice) -> tuple[Network, StreetCamera]:
    """Return the way to the office, open, and the camera."""
    # What earlier tests left goes now, in the window's thread: a widget that another thread's
    # collection takes apart ends the process.
    gc.collect()
    network = Network(int(office.url.rpartition(":")[2]))
    network.mend()
    return network, StreetCamera()


def _opened(
    qtbot: QtBot,
    station: LateStation,
    settings: StationSettings,
    player: RecordingPlayer,
    speed: float,
) -> GateWindow:
    """Return the window of a station, which nobody sees yet."""
    told = window_options(station, settings, once=False)
    window = open_window(replace(told, pace=replace(told.pace, speed=speed)), player)
    qtbot.addWidget(window)
    return window


def spoken(gate: Gate) -> tuple[str, str]:
    """Return what a screen reader is told of the panel."""
    panel = gate.window.panel
    return panel.accessibleName(), panel.accessibleDescription()
