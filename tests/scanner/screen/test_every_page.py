"""Every page of every face: nothing is cut, at both sizes of letters; all of it has a name, can be
reached with keys alone, and can be read in every theme.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

import scanner.screen
from keys.passages import Verdict
from scanner.decide.looks import Language
from scanner.screen.asking import Asking
from scanner.screen.code_field import CodeField
from scanner.screen.fitting import LEAST, FittingLabel, FittingList
from scanner.screen.gate_window import GateWindow
from scanner.screen.lettering import width_of, wrapped_height
from scanner.screen.number_pad import NumberPad
from scanner.screen.options import Face
from scanner.screen.themes import ThemeName
from tests.scanner.decide.colours import contrast
from tests.scanner.screen.every_page import fill, pages, usual
from tests.scanner.screen.scenes import result, step
from tests.scanner.screen.strokes import strike

Open = Callable[..., GateWindow]
PAGES = tuple(pages())
SIZES = {
    Face.GUARD: ((1280, 800), (800, 480)),
    Face.SHOP: ((1280, 800), (800, 480)),
    Face.KIOSK: ((1280, 800), (600, 1024)),
}
LOOKS = [(face, size, language) for face in Face for size in SIZES[face] for language in Language]


@pytest.fixture
def open_face(open_any: Open, tmp_path: Path) -> Open:
    """Return a function that opens a window in which every page can be had."""

    def opened(language: Language, **bent: object) -> GateWindow:
        window = open_any(language, **usual(tmp_path), **bent)
        fill(window)
        window.stand.clear()
        return window

    return opened


def walked(window: GateWindow) -> Iterator[tuple[str, Asking]]:
    """Open one page after the other."""
    for page in PAGES:
        if page.face is window.options.face:
            window.questions.close()
            shown = page.open(window)
            QTest.qWait(1)
            yield page.name, shown


def parts(page: QWidget) -> list[QWidget]:
    """Return what can be pressed, typed into or moved in."""
    kinds = (QPushButton, QLineEdit, FittingList, CodeField)
    found = (part for part in page.findChildren(QWidget) if isinstance(part, kinds))
    return [part for part in found if part.isVisible()]


def cut(page: Asking) -> Iterator[str]:
    """Yield what does not stand whole in its place."""
    for label in page.findChildren(FittingLabel):
        font = label.font()
        high = wrapped_height(label.text(), font.pixelSize(), label.width(), bold=font.bold())
        wide = max(
            (width_of(word, font.pixelSize(), bold=font.bold()) for word in label.text().split()),
            default=0,
        )
        too_wide = label.text().isascii() and wide > label.width() + 1
        if high > label.height() + 1 or too_wide or font.pixelSize() < LEAST:
            yield label.text()
    for button in page.buttons.values():
        words = button.fontMetrics().horizontalAdvance(button.text())
        sign = 0 if button.icon().isNull() else button.iconSize().width()
        if words + sign + 8 > button.width() or button.font().pixelSize() < LEAST:
            yield button.text()
    for field in page.fields.values():
        inside = field.fontMetrics().horizontalAdvance(field.placeholderText())
        if inside + 16 > field.width() or field.fontMetrics().ascent() > field.height():
            yield field.placeholderText()
    for rows in page.lists:
        view = rows.viewport()
        for row in range(rows.count()):
            height = wrapped_height(rows.item(row).text(), rows.font().pixelSize(), view.width())
            if height > view.height():
                yield rows.item(row).text()


def test_every_page_there_is_is_walked(open_face: Open) -> None:
    for module in pkgutil.iter_modules(scanner.screen.__path__):
        importlib.import_module(f"scanner.screen.{module.name}")
    below = {Asking}
    while len(below) < len(below := below | {sub for one in below for sub in one.__subclasses__()}):
        pass
    seen = {Asking, NumberPad}  # what pages are made of
    for face in Face:
        seen |= {type(page) for _name, page in walked(open_face(Language.EN, face=face))}
    assert below == seen


@pytest.mark.parametrize(("face", "size", "language"), LOOKS)
def test_no_word_of_any_page_is_cut_in_usual_or_large_type(
    open_face: Open, face: Face, size: tuple[int, int], language: Language
) -> None:
    window = open_face(language, face=face, size=size)
    for large in (False, True):
        window.set_theme(window.theme.name, large=large)
        for name, page in walked(window):
            assert list(cut(page)) == [], (name, large)


@pytest.mark.parametrize("size", SIZES[Face.GUARD])
@pytest.mark.parametrize("language", Language)
def test_beside_an_answer_no_word_of_any_page_is_cut_either(
    open_face: Open, size: tuple[int, int], language: Language
) -> None:
    window = open_face(language, face=Face.GUARD, size=size)
    window.show_step(step(result(Verdict.REFUSE)))
    for large in (False, True):
        window.set_theme(window.theme.name, large=large)
        for name, page in walked(window):
            assert not page.geometry().intersects(window.panel.geometry())
            # A page that needs more room comes back when the answer has gone.
            assert page.isVisible() or page.shape[1] >= 6
            assert page.isHidden() or list(cut(page)) == [], (name, large)


@pytest.mark.parametrize(("face", "size", "language"), [one for one in LOOKS if one[1][0] < 1000])
def test_large_type_makes_what_is_to_be_read_larger_and_nothing_smaller(
    open_face: Open, face: Face, size: tuple[int, int], language: Language
) -> None:
    window = open_face(language, face=face, size=size)
    for name, page in walked(window):
        read: list[FittingLabel | FittingList] = [page.title, *page.labels, *page.lists]
        before = [part.font().pixelSize() for part in read]
        window.set_theme(window.theme.name, large=True)
        QTest.qWait(1)
        for part, old in zip(read, before, strict=True):
            new = part.font().pixelSize()
            assert new >= old, (name, old, new)
            # Half as large again, a little less for a whole line, or as large as there is room for.
            next_size = min(part.most, new / 0.8 + 2)
            assert new >= old * 1.16 or not _has_room(part, next_size), (name, old, new)
            if new == round(part.most):
                assert new >= old * 1.45, (name, old, new)
        window.set_theme(window.theme.name, large=False)


def _has_room(part: FittingLabel | FittingList, pixels: float) -> bool:
    """Return whether the words would stay in their place in letters of that size."""
    if isinstance(part, FittingList):
        texts = [part.item(row).text() for row in range(part.count())]
        size = part.viewport().size()
    else:
        texts, size = [part.text()], part.size()
    high = max((wrapped_height(text, pixels, size.width()) for text in texts), default=0)
    wide = max((width_of(word, pixels) for text in texts for word in text.split()), default=0)
    return high <= size.height() and wide <= size.width()


@pytest.mark.parametrize("face", Face)
@pytest.mark.parametrize("language", Language)
def test_everything_on_every_page_has_a_name_in_its_language(
    open_face: Open, face: Face, language: Language
) -> None:
    window = open_face(language, face=face)
    for name, page in walked(window):
        assert page.accessibleName(), name
        for part in parts(page):
            said = part.accessibleName()
            assert said, (name, part)
            # Marks alone say nothing to who does not see them.
            assert any(sign.isalnum() for sign in said), (name, said)
            if said.isascii() and said.isalpha():
                assert language is Language.EN, (name, said)
    window.questions.close()
    for part in window.findChildren(QPushButton):
        assert not part.isVisible() or part.accessibleName()
    for part in (window.panel, window.picture):
        assert part.accessibleName()


@pytest.mark.parametrize("face", Face)
def test_with_tab_alone_every_part_of_every_page_is_reached_and_esc_leaves(
    open_face: Open, face: Face
) -> None:
    window = open_face(Language.ZH, face=face)
    for name, page in walked(window):
        wanted = {part for part in parts(page) if part.isEnabled()}
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            reached = set()
            for _ in range(len(wanted) + 1):
                part = window.focusWidget()
                assert part is not None
                assert page.isAncestorOf(part), name
                reached.add(part)
                QTest.keyClick(part, key)
            assert reached == wanted, name
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.questions.current is None, name


@pytest.mark.parametrize("face", Face)
def test_without_a_page_tab_reaches_every_button_of_the_face(open_face: Open, face: Face) -> None:
    window = open_face(Language.ZH, face=face)
    buttons = window.findChildren(QPushButton)
    wanted = {part for part in buttons if part.isVisible() and part.isEnabled()}
    reached = set()
    for _ in range(len(wanted) + 5):
        strike(window, Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    assert wanted <= reached


def _readable(picture: QImage, box: QRect) -> float:
    """Return the contrast between the ground of a part and what stands out of it most."""
    inner = picture.copy(box.adjusted(6, 6, -6, -6)).convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(inner.constBits(), np.uint8).reshape(inner.height(), -1)
    pixels = raw[:, : inner.width() * 3].reshape(-1, 3)
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    names = ["#" + bytes(colour).hex().upper() for colour in colours]
    ground = names[int(np.argmax(counts))]
    return max(contrast(ground, name) for name in names)


@pytest.mark.parametrize("theme", ThemeName)
@pytest.mark.parametrize("face", Face)
def test_every_word_on_every_page_can_be_read_in_every_theme(
    open_face: Open, face: Face, theme: ThemeName
) -> None:
    window = open_face(Language.ZH, face=face, theme=theme)
    for name, page in walked(window):
        picture = window.grab().toImage()
        for part in (*parts(page), *page.findChildren(QLabel)):
            empty = not getattr(part, "text", lambda: "")() and not isinstance(part, FittingList)
            if empty or not part.isVisible() or part.height() < 20:
                continue
            place = QRect(part.mapTo(window, QPoint(0, 0)), part.size())
            # 4.5 to 1: WCAG 2.1, 1.4.3; what cannot be pressed just now is held to it too.
            assert _readable(picture, place) >= 4.5, (name, getattr(part, "text", str)())
