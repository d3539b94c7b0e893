"""The station without a window: every judged scan is one line on standard output."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scanner.gate.sounds_player import Player
from scanner.station import ScanLoop, ScanResult, ScanStep
from scanner.sync.tasks import NEVER_SYNCED

if TYPE_CHECKING:
    from types import FrameType

STEP_TIMEOUT_S = 0.25
NEWS_EVERY_S = 1.0
# A run that ends within its first second has asked nobody yet: for people that is no fault.
_WORDS = {f"offline: {NEVER_SYNCED}": "not asked yet"}


def run_headless(loop: ScanLoop, player: Player, *, once: bool, as_json: bool) -> int:
    """Scan until the source ends (with `once`) or the process is told to stop; 0.

    An error of the station ends the run with its exception; rows stored before it stay.
    """
    stop = threading.Event()
    _stop_on_signals(stop)
    news = _News(as_json=as_json)
    try:
        while not stop.is_set():
            step = loop.step(STEP_TIMEOUT_S)
            if step is not None:
                _tell(step, player, as_json=as_json)
            elif loop.ended():
                if once:
                    break
                stop.wait(STEP_TIMEOUT_S)
            news.look(loop)
    finally:
        loop.close()
        player.close()
    return 0


def _stop_on_signals(stop: threading.Event) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _tell(step: ScanStep, player: Player, *, as_json: bool) -> None:
    if step.hint is not None and as_json:
        _say({"hint": step.hint})
    for result in step.results:
        if result.counted:
            player.play(result.judgement.verdict)
        _say(as_object(result) if as_json else as_line(result))


class _News:
    """Tells when the network or the camera went or came back; asks once a second."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._next_s = 0.0
        self._known: dict[str, str | None] = {}

    def look(self, loop: ScanLoop) -> None:
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + NEWS_EVERY_S
        fresh = loop.freshness()
        self._tell("camera", loop.camera_fault() or "well", {})
        state = "online" if fresh.online else f"offline: {fresh.offline_reason}"
        self._tell("network", state, {"online": fresh.online, "waiting": fresh.waiting_rows})

    def _tell(self, what: str, state: str, more: dict[str, Any]) -> None:
        before = self._known.get(what)
        self._known[what] = state
        if before != state and not (before is None and state == "well"):
            words = _WORDS.get(state, state)
            _say({what: state, **more} if self._as_json else f"{what}: {words}")


def _say(what: dict[str, Any] | str) -> None:
    text = what if isinstance(what, str) else json.dumps(what, ensure_ascii=False)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def iso(moment: datetime) -> str:
    """Return an aware UTC time as people and machines read it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_object(result: ScanResult) -> dict[str, Any]:
    """Return what a line of JSON says of one scan: never a name, the pass by its identity."""
    judgement = result.judgement
    return {
        "passage_id": result.passage_id.hex() if result.passage_id else None,
        "seen_at": iso(result.seen_at),
        "verdict": judgement.verdict.value,
        "reason": judgement.reason.value,
        "pass": None if judgement.identity is None else str(judgement.identity),
        "counted": result.counted,
    }


def as_line(result: ScanResult) -> str:
    """Return the same for people."""
    judgement = result.judgement
    again = "" if result.counted else "  (seen a moment ago)"
    return (
        f"{iso(result.seen_at)}  {judgement.verdict.value:<15}  {judgement.reason.value:<24}"
        f"  {judgement.identity or '-'}{again}"
    )
