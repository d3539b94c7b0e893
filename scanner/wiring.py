"""Builds a station's parts once and joins them: identity, log, beliefs, tasks, gate, lanes,
camera, loop.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from keys.passages import Direction, Passage
from scanner.capture.aiming import Aiming
from scanner.decide.outlook import Outlook
from scanner.errors import StationFault
from scanner.gate.devices import GateDevices
from scanner.gate.watchdog import FRAMES, WINDOW, Watchdog, system_watchdog
from scanner.record.shift import ShiftFile
from scanner.scan.around import NoLanes
from scanner.scan.eyes import LateEyes, hand_scanner, open_eyes
from scanner.scan.logkeeping import KeptLog
from scanner.settings import StationSettings
from scanner.station import Freshness, Station, Surroundings
from scanner.surroundings.earlierlogs import (
    push_salvaged,
    retain_earlier,
    salvaged_waiting,
    save,
)
from scanner.surroundings.entrance import GateEntrance, gate_options
from scanner.surroundings.known import Known
from scanner.surroundings.lanes import CheckpointLanes, lane_options
from scanner.surroundings.newlog import CurrentLog, NewLog
from scanner.surroundings.syncing import UPKEEP_EVERY_S, check_marks, end_well, pull, push, upkeep
from scanner.surroundings.telling import freshness_of, outlook_of
from scanner.switches import Switches, switches_for
from scanner.sync.fetch import HttpExchange
from scanner.sync.tasks import PULL_EVERY_S, PUSH_EVERY_S, Once, RepeatedTask

# The camera recovers by itself within half a minute where it can; then a new process may help.
FRAMES_SILENT_S: Final = 90.0
WINDOW_SILENT_S: Final = 20.0


class Running:
    """A station at work: pull, push and upkeep as tasks, gate, lanes and watchdog, and loops made
    on demand in whatever thread drives them.
    """

    def __init__(
        self,
        folder: Path,
        known: Known,
        settings: StationSettings,
        switches: Switches | None = None,
        *,
        simulate_gate: bool = False,
    ) -> None:
        """DeviceFault `device_setting`, StationFault `lane_peer`: settings that name nothing."""
        self._switches = switches or switches_for(settings.direction)
        self.look_only, self.outward = self._switches.look_only, self._switches.outward
        self._folder = folder
        self._known = known
        self._shift = ShiftFile(folder)
        self._entrance = GateEntrance(gate_options(settings, simulated=simulate_gate))
        self._lanes = (
            CheckpointLanes(known, lane_options(settings), nonce=secrets.token_bytes(8))
            if settings.lanes
            else None
        )
        self._watchdog: Watchdog | None = None
        # What happened and is not stored yet outlives the loop that saw it.
        self._owed: deque[Passage] = deque()
        self._new_log = NewLog(known)
        self._salvaged_waiting = 0
        self._settings = settings
        self._pull = self._task("pull", self._pull_once, PULL_EVERY_S)
        self._push = self._task("push", self._push_once, PUSH_EVERY_S)
        self._upkeep = self._task("upkeep", self._upkeep_once, UPKEEP_EVERY_S)

    def _task(self, name: str, factory: Callable[[], Once], every_s: float) -> RepeatedTask:
        return RepeatedTask(name, factory, every_s=every_s, now_s=time.monotonic)

    def _pull_once(self) -> Once:
        exchange = HttpExchange(self._known.identity.record.issuer_url)

        def run() -> None:
            try:
                pull(self._known, exchange)
            finally:
                if self._lanes is not None:
                    self._lanes.start()

        return Once(run, exchange.close)

    def _push_once(self) -> Once:
        exchange = HttpExchange(self._known.identity.record.issuer_url)
        log = CurrentLog(self._new_log, time.monotonic)

        def run() -> None:
            failed_before = self._push.state.failures
            save(self._known)
            self._salvaged_waiting = salvaged_waiting(self._known)
            if self._salvaged_waiting:
                push_salvaged(self._known, exchange)
                self._salvaged_waiting = salvaged_waiting(self._known)
            report = log.ask(lambda opened: push(self._known, exchange, opened, log.record))
            if failed_before and report.delivered:
                self._pull.network_is_back()

        def close() -> None:
            exchange.close()
            log.close()

        return Once(run, close)

    def _upkeep_once(self) -> Once:
        looked_at: dict[str, int] = {}
        checked: set[str] = set()

        def run() -> None:
            record = self._known.identity.record
            try:
                upkeep(self._known)
            except StationFault as fault:
                if not self._new_log.replaces(fault, record):
                    raise
            retain_earlier(self._known, looked_at)
            if record.log not in checked:
                check_marks(self._known)
                checked.add(record.log)

        return Once(run, lambda: end_well(self._known))

    def direction_now(self) -> Direction:
        """Return which way people pass now; the guard's switch sets `outward`."""
        return self._switches.direction_now()

    @property
    def place(self) -> str:
        """The checkpoint's name."""
        return self._known.identity.record.checkpoint

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self._folder

    @property
    def devices(self) -> GateDevices | None:
        """What hangs at the gate; None before the start, or where nothing does."""
        return self._entrance.devices

    def start(self, *, window: bool | None = None) -> None:
        """Start the tasks, the gate and the lanes. window: whether one is watched beside the frames
        by the system's watchdog; None: nobody watches.
        """
        self._entrance.start()
        if self._lanes is not None:
            self._lanes.start()
        for task in (self._pull, self._push, self._upkeep):
            task.start()
        if window is not None:
            limits_s = {FRAMES: FRAMES_SILENT_S} | ({WINDOW: WINDOW_SILENT_S} if window else {})
            self._watchdog = system_watchdog(limits_s, time.monotonic)
            self._watchdog.start()

    def stop(self) -> None:
        """End what was started; the gate locks, unless fire or an emergency holds it open."""
        if self._watchdog is not None:
            self._watchdog.stop()
        for task in (self._pull, self._push, self._upkeep):
            task.stop()
        if self._lanes is not None:
            self._lanes.stop()
        self._entrance.stop()

    def window_lives(self) -> None:
        """Take a sign of life of the window, from its own thread."""
        if self._watchdog is not None:
            self._watchdog.beat(WINDOW)

    def _frames_live(self) -> None:
        if self._watchdog is not None:
            self._watchdog.beat(FRAMES)

    def loop(self, camera_source: str, *, colour: bool, lasting: bool = False) -> Station:
        """Return a station reading from `camera_source`; to be called in the thread that will drive
        it. lasting: it goes on without camera or disk until they come (a window); else StationFault
        for a camera that cannot be, and for a scan that cannot be stored.
        """
        around, hand = self._surroundings(), hand_scanner(self._settings.hand_scanner)
        eyes = LateEyes(
            lambda: open_eyes(camera_source, colour=colour, settings=self._settings), time.monotonic
        )
        if not lasting:
            eyes.open()
        return Station(
            camera=eyes,
            reader=eyes,
            log=self._kept_log(),
            around=around,
            hand=hand,
            owed=self._owed,
            lasting=lasting,
            eyes_fault=eyes.fault,
        )

    def _kept_log(self) -> KeptLog:
        return CurrentLog(self._new_log, time.monotonic, writes=True)

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            beliefs=lambda: self._known.beliefs,
            moment=self._known.moment,
            utc_now=self._known.utc_now,
            mono_s=time.monotonic,
            passage_id=lambda: secrets.token_bytes(16),
            freshness=self._freshness,
            stored=self._push.wake,
            look_only=self.look_only.is_set,
            issuer=self._known.identity.record.issuer,
            prepared=lambda: self._known.prepared,
            direction=self.direction_now,
            tags=self._known.tags_of,
            midnight_s=last_midnight_s,
            log_begun_s=lambda: self._known.identity.record.remembers_since_s,
            shift=self._shift,
            outlook=self._outlook,
            alive=self._frames_live,
            idle=self._known.seal.get_ready,
            advise=Aiming().advise,
            log_news=self._new_log.news,
            entrance=self._entrance,
            lanes=self._lanes or NoLanes(),
        )

    def _outlook(self) -> Outlook:
        mesh = None if self._lanes is None else self._lanes.state
        return outlook_of(self._known, self._pull.state, self._push.state, mesh, time.monotonic())

    def _freshness(self, waiting: int, set_aside: int) -> Freshness:
        # A push with nothing to send says nothing of the network, so either task's error counts.
        waiting += self._salvaged_waiting
        error = self._pull.state.error or (self._push.state.error if waiting else None)
        return freshness_of(self._known, error, waiting=waiting, set_aside=set_aside)


def last_midnight_s(now_s: float) -> float:
    """Return the midnight of the gate's own zone before `now_s`, both unix seconds."""
    here = datetime.fromtimestamp(now_s, UTC).astimezone()
    return here.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
