"""Recording for support: asked for, said in red all the time, soon over, and never made unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from scanner.capture.support_recording import FOLDER, NOTE, SECONDS, recorded
from scanner.decide.looks import Language
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.asking import Asking
from scanner.screen.guard_window import GuardWindow
from scanner.screen.recording_banner import RED, RecordingBanner
from scanner.screen.run import WindowRun, open_window
from scanner.screen.support_page import SupportPage
from scanner.station import ScanLoop
from tests.scanner.decide.colours import contrast
from tests.scanner.screen.cards import card_film
from tests.scanner.screen.conftest import share_of
from tests.scanner.screen.played_loop import PlayedLoop
from tests.scanner.screen.scenes import options


class Clock:
    """Monotonic seconds, a tenth with every look."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        self.now_s += 0.02
        return self.now_s


Opened = tuple[GuardWindow, SupportPage]
Open = Callable[..., Opened]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(qtbot: QtBot, swept: None, tmp_path: Path, clock: Clock) -> Iterator[Open]:
    """Return a function that opens the page in a window before a camera that sees the card."""
    runs: list[WindowRun] = []
    windows: list[GuardWindow] = []

    def started(**bent: Any) -> Opened:
        def factory() -> ScanLoop:
            return PlayedLoop(card_film())

        chosen = options(**{"mono_s": clock, **bent})
        window = open_window(chosen, RecordingPlayer())
        assert isinstance(window, GuardWindow)
        qtbot.addWidget(window)
        windows.append(window)
        runs.append(WindowRun(window, factory))
        with qtbot.waitExposed(window):
            window.show()
        page = SupportPage(window, window.theme, chosen, tmp_path)
        window.questions.ask(page)
        return window, page

    yield started
    for window in windows:
        window.close()
    for run in runs:
        run.end()


def _banner(page: SupportPage) -> RecordingBanner:
    banner = page.banner()
    assert banner is not None
    return banner


def _written(data: Path) -> int:
    kept = recorded(data)
    return 0 if kept is None else kept[0]


def test_a_recording_says_so_in_red_over_everything(
    qtbot: QtBot, opened: Open, tmp_path: Path, clock: Clock
) -> None:
    window, page = opened()
    assert page.banner() is None
    page.buttons["record"].click()
    banner = _banner(page)
    clock.now_s += 3
    qtbot.waitUntil(lambda: "16" in banner.accessibleName())
    assert "正在录制" in banner.accessibleName()
    assert "RECORDING" in banner.accessibleName()
    window.questions.ask(Asking(window, window.theme))  # another page is opened over it
    qtbot.waitUntil(lambda: window.childAt(5, 5) is banner)
    top: QImage = window.grab().toImage().copy(0, 0, window.width(), banner.height())
    assert share_of(top, RED) > 0.6
    window.resize(900, 700)
    qtbot.waitUntil(lambda: banner.width() == 900)
    banner.stop()


def test_white_on_its_red_is_easily_read() -> None:
    assert contrast("#FFFFFF", RED) > 7


def test_frames_are_written_until_it_is_stopped(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    _window, page = opened()
    assert not page.buttons["delete"].isEnabled()
    page.buttons["record"].click()
    qtbot.waitUntil(lambda: _written(tmp_path) > 1)
    assert not page.buttons["delete"].isEnabled()
    page.buttons["record"].click()
    assert page.banner() is None
    names = {path.name for path in (tmp_path / FOLDER).iterdir()}
    assert NOTE in names
    assert "frame-0000.png" in names
    assert page.buttons["delete"].isEnabled()
    page.buttons["delete"].click()
    assert not (tmp_path / FOLDER).exists()
    assert not page.buttons["delete"].isEnabled()


def test_it_ends_by_itself_and_takes_the_banner_along(
    qtbot: QtBot, opened: Open, tmp_path: Path, clock: Clock
) -> None:
    window, page = opened()
    page.start_or_stop()
    banner = _banner(page)
    window.questions.close()  # a recording goes on without its page
    assert banner.isVisible()
    clock.now_s += SECONDS
    with qtbot.waitSignal(banner.destroyed):
        pass
    written = _written(tmp_path)
    qtbot.wait(100)  # frames go on coming
    assert _written(tmp_path) == written


def test_closing_the_window_ends_it(opened: Open) -> None:
    window, page = opened()
    page.start_or_stop()
    recording = _banner(page).recording
    window.close()
    assert recording.left_s() == 0.0


def test_a_folder_in_the_way_is_told(opened: Open, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "mine.txt").write_text("keep")
    _window, page = opened()
    texts = [label.text() for label in page.labels]
    page.start_or_stop()
    assert page.banner() is None
    assert [label.text() for label in page.labels] != texts
    page.delete()
    assert (tmp_path / FOLDER / "mine.txt").exists()
    assert str(tmp_path / FOLDER) in page.labels[-1].text()


def test_no_frame_is_ever_written_unasked(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    window, page = opened(data=tmp_path)
    before = window.grab().toImage()
    window.questions.close()
    qtbot.waitUntil(lambda: window.picture.grab().toImage() != before)
    window.set_language(Language.EN)
    qtbot.wait(300)  # frames come all the time
    assert list(tmp_path.rglob("*")) == []
    del page
