"""The camera's self-test in the window: live figures, a verdict that is kept, the card."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageSize, QPdfWriter
from pytestqt.qtbot import QtBot

from scanner.capture.camera_card import write_card
from scanner.capture.camera_check import ADVICE, Advice, Light
from scanner.decide.looks import Language
from scanner.gate.sounds_player import RecordingPlayer
from scanner.record.camera_checks import FOLDER, keep_check, kept_checks
from scanner.screen.answer_stand import Pace
from scanner.screen.camera_page import CARD, CameraPage
from scanner.screen.card_printing import paint_card
from scanner.screen.guard_window import GuardWindow
from scanner.screen.run import WindowRun, open_window
from scanner.screen.themes import THEMES, ThemeName
from scanner.station import ScanLoop, ScanStep
from tests.fakes.publisher import Publisher
from tests.scanner.capture.test_camera_check import photograph
from tests.scanner.rigs import NOW as STATION_NOW
from tests.scanner.rigs import World, beliefs_of, station_with, write_frames
from tests.scanner.screen.cards import FILM_CLOCK, card_film
from tests.scanner.screen.played_loop import PlayedLoop
from tests.scanner.screen.scenes import options

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
FAST = Pace(speed=8)
Opened = tuple[GuardWindow, CameraPage, list[PlayedLoop]]
Open = Callable[..., Opened]


@pytest.fixture
def opened(qtbot: QtBot, swept: None, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens the page in a window before a camera that sees `film`."""
    runs: list[WindowRun] = []
    windows: list[GuardWindow] = []

    def started(film: Iterator[ScanStep] | None = None, **bent: Any) -> Opened:
        loops: list[PlayedLoop] = []

        def factory() -> ScanLoop:
            loops.append(PlayedLoop(film or iter(())))
            return loops[-1]

        chosen = options(**{"pace": FAST, "mono_s": FILM_CLOCK, **bent})
        window = open_window(chosen, RecordingPlayer())
        assert isinstance(window, GuardWindow)
        qtbot.addWidget(window)
        windows.append(window)
        runs.append(WindowRun(window, factory))
        with qtbot.waitExposed(window):
            window.show()
        page = CameraPage(window, window.theme, chosen, tmp_path, lambda: window.language)
        window.questions.ask(page)
        return window, page, loops

    yield started
    for window in windows:
        window.close()
    for run in runs:
        run.end()


def _figures(page: CameraPage) -> dict[str, bool | None]:
    return {one.value: one.well for one in page.figures.figures()}


def test_the_figures_are_live(qtbot: QtBot, opened: Open) -> None:
    _window, page, _loops = opened(card_film())
    qtbot.waitUntil(lambda: [one.well for one in page.figures.figures()] == [True] * 6)
    assert "100%" in _figures(page)
    assert "100%" in page.figures.accessibleDescription()


def test_a_measurement_is_kept_and_shown_and_the_next_light_is_next(
    qtbot: QtBot, opened: Open, tmp_path: Path
) -> None:
    window, page, _loops = opened(card_film())
    qtbot.waitUntil(lambda: "–" not in _figures(page))
    guide = page.verdict.text()
    page.buttons["measure"].click()
    assert page.measuring
    qtbot.waitUntil(lambda: not page.measuring)
    kept = kept_checks(tmp_path)["office"]
    assert (kept.fitness, kept.advice) == ("good", ())
    assert kept.checked_at is not None
    assert kept.row["frames"] > 3
    assert page.verdict.text() != guide
    assert page.buttons["office"].text().startswith("✓")
    again = CameraPage(window, window.theme, window.options, tmp_path, lambda: window.language)
    assert again.buttons["sun"].isChecked()
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["office.json"]


def test_a_bad_camera_is_told_what_to_change_in_the_windows_language(
    qtbot: QtBot, opened: Open, tmp_path: Path
) -> None:
    window, page, _loops = opened(card_film(blur=2.4))
    qtbot.waitUntil(lambda: "–" not in _figures(page))
    page.choose(Light.DARK)
    page.measure()
    qtbot.waitUntil(lambda: "dark" in kept_checks(tmp_path))
    assert "blurred" in kept_checks(tmp_path)["dark"].advice
    assert ADVICE[Advice.BLURRED][0] in page.verdict.text()
    window.set_language(Language.EN)
    page.dress(window.theme)
    assert ADVICE[Advice.BLURRED][1] in page.verdict.text()
    page.dress(THEMES[ThemeName.DAY])
    assert page.grab().toImage().pixelColor(1, 1).name().upper() == THEMES[ThemeName.DAY].ground


def test_a_camera_without_a_picture_is_unfit(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    _window, page, _loops = opened()
    page.measure()
    qtbot.waitUntil(lambda: "office" in kept_checks(tmp_path))
    kept = kept_checks(tmp_path)["office"]
    assert (kept.fitness, kept.advice) == ("unfit", ("no_picture",))
    assert page.buttons["office"].text().startswith("✕")
    assert set(_figures(page)) == {"–"}


def test_a_measurement_that_is_left_off_is_not_kept(opened: Open, tmp_path: Path) -> None:
    _window, page, _loops = opened(card_film(), pace=Pace())
    page.buttons["measure"].click()
    page.choose(Light.SUN)  # not now
    assert page.buttons["office"].isChecked()
    page.buttons["measure"].click()
    assert not page.measuring
    page.choose(Light.SUN)
    assert page.buttons["sun"].isChecked()
    assert kept_checks(tmp_path) == {}


def test_the_gate_is_watched_only_while_the_page_is_open(qtbot: QtBot, opened: Open) -> None:
    window, page, _loops = opened(card_film())
    told: list[tuple[object, ...]] = []
    window.watching.connect(told.append)
    window.questions.close()
    assert told == [()]
    with qtbot.waitSignal(page.destroyed):
        pass


def test_who_watches_and_breaks_does_not_stop_the_gate(
    qtbot: QtBot, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    window, _page, loops = opened(card_film())
    broken: list[ScanStep] = []

    def breaks(step: ScanStep) -> None:
        broken.append(step)
        raise ValueError

    window.watch(breaks, on=True)
    qtbot.waitUntil(lambda: len(broken) > 2)
    given = loops[0].given
    qtbot.waitUntil(lambda: loops[0].given > given + 2)
    assert len(loops) == 1
    assert "a watcher broke" in caplog.text
    window.watch(breaks, on=False)


def test_a_disk_that_takes_nothing_is_told(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    _window, page, _loops = opened()
    guide = page.verdict.text()
    page.measure()
    qtbot.waitUntil(lambda: not page.measuring)
    assert page.verdict.text() != guide
    page.choose(Light.OFFICE)
    page.print_card()
    assert page.verdict.text() != guide


def test_results_from_before_are_shown_with_their_time(opened: Open, tmp_path: Path) -> None:
    keep_check(tmp_path, "office", {"fitness": "unfit", "advice": ["too_dark", "odd"]}, NOW)
    (tmp_path / FOLDER / "sun.json").write_text(json.dumps({"fitness": "good", "advice": []}))
    _window, page, _loops = opened()
    assert "11-22 10:30" in page.buttons["office"].text()
    assert page.buttons["sun"].text() == "✓ 强光"
    assert page.buttons["dark"].isChecked()
    page.choose(Light.OFFICE)
    assert ADVICE[Advice.TOO_DARK][0] in page.verdict.text()


def test_the_card_is_written_where_there_is_no_printer(opened: Open, tmp_path: Path) -> None:
    from PySide6.QtPrintSupport import QPrinterInfo

    if not QPrinterInfo.defaultPrinter().isNull():
        pytest.skip("a printer is attached: this would print")
    _window, page, _loops = opened()
    page.buttons["card"].click()
    assert str(tmp_path / FOLDER / CARD) in page.verdict.text()
    assert (tmp_path / FOLDER / CARD).read_bytes()[1:4] == b"PNG"


def test_the_card_is_painted_at_its_true_size(tmp_path: Path) -> None:
    write_card(tmp_path / CARD)
    writer = QPdfWriter(str(tmp_path / "card.pdf"))
    writer.setResolution(300)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    assert paint_card(writer, tmp_path / CARD)
    raw = (tmp_path / "card.pdf").read_bytes()
    assert raw.startswith(b"%PDF")
    # The picture lies in a box of 148 x 105 mm, given in dots of 300 to the inch.
    assert b"/Width 2960" in raw
    assert not paint_card(writer, tmp_path / "none.png")


def test_a_real_station_is_checked_by_the_frames_it_scans_and_keeps_none_of_them(
    qtbot: QtBot, swept: None, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    photographs = [photograph(0.21, seed) for seed in range(3)]
    frames = write_frames(tmp_path / "frames", photographs * 14)
    world = World(beliefs_of(Publisher(STATION_NOW)))
    with ExitStack() as stations:
        window = open_window(options(data=data, pace=Pace(speed=20)), RecordingPlayer())
        assert isinstance(window, GuardWindow)
        qtbot.addWidget(window)
        run = WindowRun(window, lambda: stations.enter_context(station_with(world, data, frames)))
        window.show()
        window.staff.open_camera()
        page = window.questions.current
        assert isinstance(page, CameraPage)
        qtbot.waitUntil(lambda: "–" not in _figures(page))
        page.measure()
        qtbot.waitUntil(lambda: "office" in kept_checks(data))
        assert kept_checks(data)["office"].row["read_share"] > 0.9
        run.end()
        window.close()
    starts = {path.read_bytes()[:4] for path in data.rglob("*") if path.is_file()}
    assert not starts & {b"\x89PNG", b"\xff\xd8\xff\xe0", b"RIFF"}
    assert not any(path.stat().st_size > 500_000 for path in data.rglob("*"))
