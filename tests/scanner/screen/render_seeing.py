"""Draw the dialogs about seeing: `python -m tests.scanner.screen.render_seeing [FOLDER]`."""

from __future__ import annotations

import contextlib
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from scanner.capture.camera_check import Light
from scanner.decide.looks import Language
from scanner.gate.sounds_player import RecordingPlayer
from scanner.record.camera_checks import keep_check
from scanner.screen.camera_page import CameraPage
from scanner.screen.guard_window import GuardWindow
from scanner.screen.recording_banner import RecordingBanner
from scanner.screen.run import open_window
from scanner.screen.support_page import SupportPage
from scanner.screen.themes import ThemeName
from scanner.screen.typed_code import TypedCode
from scanner.screen.worker import StationState
from scanner.station import ScanStep
from tests.scanner.screen.cards import card_steps
from tests.scanner.screen.render_scenes import LARGE, SMALL
from tests.scanner.screen.render_screens import FOLDER, save
from tests.scanner.screen.scenes import NOW, freshness, options

DIGITS = "49382716055847392018374650918273645546372819"
LOOKS = (
    (Language.ZH, ThemeName.NIGHT, LARGE),
    (Language.EN, ThemeName.NIGHT, LARGE),
    (Language.ZH, ThemeName.NIGHT, SMALL),
    (Language.EN, ThemeName.DAY, SMALL),
)


class Clock:
    """Monotonic seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now_s = 10.0

    def __call__(self) -> float:
        return self.now_s


def looks_at_card(clock: Clock, count: int) -> Iterator[ScanStep]:
    """Yield looks at the card, 25 a second, each read in 20 ms."""
    for number, step in enumerate(itertools.islice(itertools.cycle(card_steps()), count)):
        assert step.frame is not None
        frame = replace(step.frame, number=number, seen_mono_s=clock.now_s)
        clock.now_s += 0.02
        yield replace(step, frame=frame)
        clock.now_s += 0.02


def typed(window: GuardWindow, _data: Path, _clock: Clock) -> None:
    """A code being typed, with a slip."""
    page = TypedCode(window, window.theme)
    window.questions.ask(page)
    page.field.insertPlainText(DIGITS[:38] * 2 + "31O4")


def camera(window: GuardWindow, data: Path, clock: Clock) -> None:
    """The camera's check: one light well, one with advice, one to do."""
    keep_check(data, "sun", {"fitness": "usable", "advice": ["pale"]}, NOW)
    page = CameraPage(window, window.theme, window.options, data, lambda: window.language)
    window.questions.ask(page)
    page.watch.begin(Light.OFFICE)
    for look in looks_at_card(clock, 12):
        page.watch.look(look)
        QApplication.processEvents()
    report = page.watch.end()
    assert report is not None
    keep_check(data, "office", report.row(), NOW)
    window.questions.close()
    again = CameraPage(window, window.theme, window.options, data, lambda: window.language)
    window.questions.ask(again)
    again.choose(Light.SUN)
    for look in looks_at_card(clock, 12):
        again.watch.look(look)
        QApplication.processEvents()


def recording(window: GuardWindow, data: Path, clock: Clock) -> None:
    """A recording under way."""
    page = SupportPage(window, window.theme, window.options, data)
    window.questions.ask(page)
    page.start_or_stop()
    banner = window.findChild(RecordingBanner)
    assert isinstance(banner, RecordingBanner)
    for look in looks_at_card(clock, 3):
        clock.now_s += 0.1
        banner.take(look)
        ends_s = time.monotonic() + 0.3
        while time.monotonic() < ends_s:
            QApplication.processEvents()
    clock.now_s += 4.2
    ends_s = time.monotonic() + 0.6
    while time.monotonic() < ends_s:
        QApplication.processEvents()


SCENES: dict[str, Callable[[GuardWindow, Path, Clock], None]] = {
    "typed-code": typed,
    "camera-check": camera,
    "recording": recording,
}


def main() -> None:
    """Draw every scene in every look."""
    qInstallMessageHandler(lambda *_: None)
    app = QApplication.instance() or QApplication([])
    folder = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, play in SCENES.items():
        for language, theme, size in LOOKS:
            clock = Clock()
            with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
                data = Path("kakou-station")
                data.mkdir()
                chosen = options(language, theme=theme, size=size, mono_s=clock, data=data)
                window = open_window(chosen, RecordingPlayer())
                assert isinstance(window, GuardWindow)
                window.show()
                window.show_state(StationState(freshness=freshness(), camera_fault=None))
                app.processEvents()
                play(window, data, clock)
                app.processEvents()
                path = folder / f"guard-{name}-{language}-{theme}-{size[0]}x{size[1]}.png"
                save(window, path)
                window.close()
                window.deleteLater()
                app.processEvents()
                print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
