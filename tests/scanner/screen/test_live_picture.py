"""The live picture: the camera's own memory, mirrored or not, with outlines where the codes are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPaintEvent
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.capture.camera import Frame
from scanner.decide.looks import LOOKS, Language
from scanner.screen.live_picture import LivePicture, Outline, image_of
from scanner.screen.themes import THEMES, ThemeName
from tests.scanner.screen.scenes import frame

SQUARE = ((100.0, 200.0), (400.0, 200.0), (400.0, 500.0), (100.0, 500.0))


@pytest.fixture(params=[False, True], ids=["as seen", "mirrored"])
def picture(request: pytest.FixtureRequest, qtbot: QtBot) -> tuple[LivePicture, bool]:
    """Return a picture of 1280x720, shown, and whether it is mirrored."""
    widget = LivePicture(THEMES[ThemeName.NIGHT], Language.ZH, mirrored=request.param)
    widget.resize(1280, 720)
    qtbot.addWidget(widget)
    widget.show()
    return widget, request.param


def _halves() -> Frame:
    bgr = np.zeros((720, 1280, 3), dtype=np.uint8)
    bgr[:, :640] = (255, 0, 0)  # blue on the left
    bgr[:, 640:] = (0, 0, 255)  # red on the right
    return replace(frame(), bgr=bgr)


def _at(widget: LivePicture, x: float, y: float) -> str:
    image: QImage = widget.grab().toImage()
    return QColor(image.pixel(int(x), int(y))).name().upper()


def test_colours_come_out_as_the_camera_meant_them(picture: tuple[LivePicture, bool]) -> None:
    widget, mirrored = picture
    widget.show_frame(_halves(), ())
    left, right = _at(widget, 300, 650), _at(widget, 1000, 650)
    assert (left, right) == (("#FF0000", "#0000FF") if mirrored else ("#0000FF", "#FF0000"))


def test_an_outline_lies_on_its_code_in_the_verdicts_colour(
    picture: tuple[LivePicture, bool],
) -> None:
    widget, mirrored = picture
    widget.show_frame(frame(), (Outline(quad=SQUARE, verdict=Verdict.REFUSE),))
    x = 1280 - 400 if mirrored else 400
    assert _at(widget, x, 350) == LOOKS[Verdict.REFUSE].ground
    # White beside it, so that dark red stands out from a dark picture.
    assert _at(widget, x + 10, 350) == "#FFFFFF"


def test_a_code_not_judged_yet_is_outlined_in_white(picture: tuple[LivePicture, bool]) -> None:
    widget, mirrored = picture
    widget.show_frame(frame(), (Outline(quad=SQUARE, verdict=None),))
    assert _at(widget, 1280 - 400 if mirrored else 400, 350) == "#FFFFFF"


def test_outlines_go_when_they_are_cleared(picture: tuple[LivePicture, bool]) -> None:
    widget, mirrored = picture
    widget.show_frame(frame(), (Outline(quad=SQUARE, verdict=Verdict.ADMIT),))
    widget.clear_outlines()
    assert _at(widget, 1280 - 400 if mirrored else 400, 350) != LOOKS[Verdict.ADMIT].ground


def test_a_frame_without_colour_is_shown_in_grey(picture: tuple[LivePicture, bool]) -> None:
    widget, _ = picture
    grey = np.full((720, 1280), 99, dtype=np.uint8)
    widget.show_frame(replace(frame(), grey=grey, bgr=None), ())
    assert _at(widget, 640, 360) == "#636363"


def test_the_whole_frame_is_shown_in_its_own_proportions(qtbot: QtBot) -> None:
    widget = LivePicture(THEMES[ThemeName.DAY], Language.EN)
    qtbot.addWidget(widget)
    widget.resize(300, 300)
    widget.show_frame(frame(), ())
    box = widget.picture_box()
    assert box.width() == 300
    assert box.height() == pytest.approx(300 * 9 / 16, abs=1)


class Watched(LivePicture):
    """A picture that keeps what it was asked to paint."""

    asked: list[QRect]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self.asked.append(event.rect())
        super().paintEvent(event)


@pytest.fixture
def watched(qtbot: QtBot) -> Watched:
    """Return a picture with bars above and below, that has been painted."""
    widget = Watched(THEMES[ThemeName.NIGHT], Language.ZH)
    widget.asked = []
    widget.resize(641, 500)
    qtbot.addWidget(widget)
    widget.show_frame(frame(), ())
    with qtbot.waitSignal(widget.painted):
        widget.show()
    return widget


def test_a_new_frame_paints_its_own_box_and_not_the_bars(watched: Watched, qtbot: QtBot) -> None:
    watched.asked.clear()

    with qtbot.waitSignal(watched.painted):
        watched.show_frame(frame(), ())

    box = watched.picture_box().toRect()
    assert watched.asked == [box]
    assert (box.top(), box.height()) == (70, 360)


@pytest.mark.parametrize("size", [(641, 500), (640, 501), (500, 300), (333, 777), (640, 360)])
def test_bars_have_the_themes_ground_and_no_seam_beside_the_frame(
    watched: Watched, size: tuple[int, int]
) -> None:
    watched.resize(*size)
    watched.show_frame(_halves(), ())
    watched.set_theme(THEMES[ThemeName.DAY])
    image = watched.grab().toImage()

    box = watched.picture_box().toRect()
    ground = QColor(THEMES[ThemeName.DAY].ground).name()
    middle = box.center()
    for y in range(image.height()):
        inside = box.top() <= y <= box.bottom()
        colour = QColor(image.pixel(box.left(), y)).name()
        assert colour == ("#0000ff" if inside else ground)
    for x in range(image.width()):
        inside = box.left() <= x <= box.right()
        assert (QColor(image.pixel(x, middle.y())).name() == ground) is not inside


def test_a_frame_is_painted_from_the_cameras_memory_without_a_copy() -> None:
    one = frame()
    assert one.bgr is not None
    image, kept = image_of(one)
    assert kept is one.bgr
    one.bgr[0, 0] = (1, 2, 3)
    assert QColor(image.pixel(0, 0)).name() == "#030201"


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_view_of_another_array_is_shown_as_it_is(axis: int) -> None:
    one = _halves()
    assert one.bgr is not None
    flipped = np.flip(one.bgr, axis)
    image, _kept = image_of(replace(one, bgr=flipped))
    blue, green, red = (int(part) for part in flipped[10, 20])
    assert QColor(image.pixel(20, 10)) == QColor(red, green, blue)


def test_a_grey_view_with_gaps_is_shown_as_it_is() -> None:
    grey = np.arange(720 * 1280, dtype=np.uint32).astype(np.uint8).reshape(720, 1280)[:, ::2]
    image, _kept = image_of(replace(frame(), grey=grey, bgr=None))
    assert (image.width(), image.height()) == (640, 720)
    assert QColor(image.pixel(5, 7)).red() == int(grey[7, 5])


def test_it_says_when_the_screen_is_free_for_the_next_frame(qtbot: QtBot) -> None:
    widget = LivePicture(THEMES[ThemeName.NIGHT], Language.ZH)
    qtbot.addWidget(widget)
    widget.show()
    with qtbot.waitSignal(widget.painted):
        widget.show_frame(frame(), ())
