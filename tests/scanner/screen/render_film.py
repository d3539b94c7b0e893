"""Draw the guard's face in motion: `python -m tests.scanner.screen.render_film [FILE]`, 20 s."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from keys.passages import Reason, Verdict
from scanner.capture.codes import SeenCode
from scanner.decide.action_names import ActionName
from scanner.decide.looks import Language
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_window import GuardWindow
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.run import open_window
from scanner.screen.worker import StationState
from scanner.station import Freshness, ScanResult
from tests.scanner.screen.scenes import freshness, options, result, step
from tests.scanner.screen.street import PHONE, street

FILE = Path(__file__).parents[3] / "docs" / "screens" / "guard.gif"
SIZE = (480, 300)
DESK: dict[str, Any] = {
    "actions": frozenset(ActionName),
    "look_only": Event(),
    "outward": Event(),
}
WELL = freshness()
ALONE = freshness(online=False, offline_reason="no_route", list_age_s=7200, waiting_rows=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What is on the screen for `seconds`. lift: how far the phone is held up, 0 to 1."""

    seconds: float
    result: ScanResult | None = None
    lift: float = 0.0
    state: Freshness = WELL
    hint: str | None = None
    language: Language = Language.ZH
    list_open: bool = False


def shots() -> Iterator[Shot]:
    """Yield the film, shot by shot; together 20 s."""
    admitted = result(Verdict.ADMIT, number=1)
    yellow = result(Verdict.HAND_CHECK, number=2, reason=Reason.YELLOW, list_age_s=120)
    decided = replace(yellow, counted=False)
    refused = result(Verdict.REFUSE, number=3)
    noted = result(Verdict.ADMIT_WITH_NOTE, number=4)
    unsure = result(Verdict.CANNOT_JUDGE, number=5)
    yield Shot(seconds=1.4)
    yield from _held_up(admitted, 2.0)
    yield Shot(seconds=1.2, lift=1.0, hint="not_a_pass")
    yield from _held_up(yellow, 1.6)
    yield Shot(seconds=1.6, result=decided, list_open=True)
    yield from _held_up(refused, 2.4)
    yield Shot(seconds=0.6, state=ALONE)
    yield from _held_up(noted, 1.8, state=ALONE)
    yield from _held_up(unsure, 1.8, state=ALONE)
    yield from _held_up(replace(admitted), 2.0, language=Language.EN)
    yield Shot(seconds=1.2, language=Language.EN)


def _held_up(
    one: ScanResult, seconds: float, *, state: Freshness = WELL, language: Language = Language.ZH
) -> Iterator[Shot]:
    for lift in (0.35, 0.75):
        yield Shot(seconds=0.2, lift=lift, state=state, language=language)
    yield Shot(seconds=seconds, result=one, lift=1.0, state=state, language=language)


def show(window: GateWindow, shot: Shot) -> None:
    """Bring the window into the state of `shot`."""
    window.set_language(shot.language)
    window.show_state(StationState(freshness=shot.state, camera_fault=None))
    results: tuple[ScanResult, ...] = ()
    if shot.result is not None:
        code = SeenCode(text="code", quad=PHONE, view="frame")
        results = (replace(shot.result, seen=code),)
    window.show_step(replace(step(*results, hint=shot.hint), frame=street(shot.lift)))
    assert isinstance(window, GuardWindow)
    if shot.list_open is not isinstance(window.questions.current, HandListPage):
        window.desk.open_hand_list()


def picture_of(window: GateWindow) -> Image.Image:
    """Return what the window shows, small."""
    raw = QByteArray()
    buffer = QBuffer(raw)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    picture = Image.open(io.BytesIO(raw.data())).convert("RGB")
    small = picture.resize(SIZE, Image.Resampling.LANCZOS)
    return small.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def main() -> None:
    """Write the film."""
    qInstallMessageHandler(lambda *_: None)
    app = QApplication.instance() or QApplication([])
    window = open_window(options(size=(960, 600), **DESK), RecordingPlayer())
    window.show()
    pictures, milliseconds = [], []
    for shot in shots():
        window.stand.clear()
        for timer in window.findChildren(QTimer):
            timer.stop()
        window._end_hint()
        show(window, shot)
        app.processEvents()
        pictures.append(picture_of(window))
        milliseconds.append(round(shot.seconds * 1000))
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0)
    print(path.name, path.stat().st_size, f"{sum(milliseconds) / 1000} s")


if __name__ == "__main__":
    main()
