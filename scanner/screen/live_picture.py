"""What the camera sees, with the codes found in it outlined in their verdict's colour.

Painted from the camera's own memory: no copy, no scaling in Python (1.3-2.0 ms a 720p frame).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from scanner.decide.looks import LOOKS, Language
from scanner.screen.aim_frame import AimFrame
from scanner.screen.lettering import draw_sign, draw_wrapped, font_of
from scanner.screen.themes import Theme

if TYPE_CHECKING:
    from keys.verdicts import Verdict
    from scanner.capture.camera import Frame
    from scanner.screen.start_painting import StartScene

_WHITE: Final = QColor("#FFFFFF")
_BLACK: Final = QColor("#000000")
_EMPTY: Final = QSize(1280, 720)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One code in the picture: corners in pixels of the frame, verdict (None: not judged)."""

    quad: tuple[tuple[float, float], ...]
    verdict: Verdict | None
    label: str = ""


def image_of(frame: Frame) -> tuple[QImage, Any]:
    """Return the frame as an image, and the array that it reads from: keep both alive."""
    array: Any = frame.bgr if frame.bgr is not None else frame.grey
    colour = frame.bgr is not None
    if not array.flags.c_contiguous:
        # A flipped or cropped view of another array: Qt reads row after row.
        array = array.copy()
    height, width = array.shape[:2]
    form = QImage.Format.Format_BGR888 if colour else QImage.Format.Format_Grayscale8
    return QImage(array.data, width, height, array.strides[0], form), array


class LivePicture(QWidget):
    """Shows the newest frame; `painted` says that the next one may come."""

    painted = Signal()

    def __init__(
        self, theme: Theme, language: Language, *, mirrored: bool = False, aim: bool = False
    ) -> None:
        super().__init__()
        self._aim = AimFrame() if aim else None
        self._theme = theme
        self._language = language
        self._mirrored = mirrored
        self._image: QImage | None = None
        self._kept: Any = None
        self._fresh = False
        self._outlines: tuple[Outline, ...] = ()
        self._trouble: StartScene | None = None
        self._shape = (0, 0)
        self._box = QRectF()
        self._place = QRect()
        self._covers = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setObjectName("live_picture")
        self.setMinimumSize(160, 90)
        # It fills its whole place itself: nothing behind it is painted anew with every frame.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._say()

    def show_frame(self, frame: Frame, outlines: tuple[Outline, ...]) -> None:
        """Show `frame` with `outlines` at the next repaint."""
        self._image, self._kept = image_of(frame)
        self._fresh = True
        self._outlines = outlines
        if self._kept.shape[:2] != self._shape:
            self._shape = self._kept.shape[:2]
            self._find_box()
            self.update()
        elif self._covers:
            self.update()
        else:
            self.update(self._place)  # the bars beside it stay as they are

    def show_trouble(self, scene: StartScene | None) -> None:
        """Cover the picture with what ails the camera and what to do; None uncovers it."""
        if scene is not self._trouble:
            self._trouble = scene
            self._say()
            self.update()

    def clear_outlines(self) -> None:
        """Take the outlines away, when the answer they belong to is gone."""
        self._outlines = ()
        self.update()

    def set_language(self, language: Language) -> None:
        """Say everything in `language`."""
        self._language = language
        self._say()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours around the picture."""
        self._theme = theme
        self.update()

    def picture_box(self) -> QRectF:
        """Return where the picture lies: whole, in its own proportions, in the middle."""
        return self._box

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find the picture's new place."""
        super().resizeEvent(event)
        self._find_box()

    def sizeHint(self) -> QSize:
        """Return a small picture: the layout gives it what is left."""
        return QSize(320, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, outlines, and the trouble over it if there is one."""
        painter = QPainter(self)
        box = self._box
        if not self._covers and not self._place.contains(event.rect()):
            # The bars beside the picture; a new frame asks for its own place alone.
            painter.fillRect(self.rect(), QColor(self._theme.ground))
        if self._image is None:
            painter.fillRect(box, QColor(self._theme.well))
        else:
            self._paint_frame(painter, box, self._image)
        if self._trouble is not None:
            self._paint_trouble(painter, box, self._trouble)
        elif self._aim is not None and not self._outlines:
            self._aim.paint(painter, box)
        painter.end()
        if self._fresh:
            # A repaint of the same frame frees nothing: another one may be on its way already.
            self._fresh = False
            self.painted.emit()

    def _find_box(self) -> None:
        image = _EMPTY if self._image is None else self._image.size()
        size = image.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        self._place = QRect(QPoint(left, top), size)
        self._box = QRectF(self._place)
        self._covers = self._place == self.rect()

    def _paint_frame(self, painter: QPainter, box: QRectF, image: QImage) -> None:
        if self._mirrored:
            painter.translate(2 * box.center().x(), 0)
            painter.scale(-1, 1)
        # Nearest pixels when shrinking video: smooth scaling costs four times as much per frame.
        painter.drawImage(box, image)
        if self._mirrored:
            painter.resetTransform()
        if not self._outlines:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(box)
        for outline in self._outlines:
            self._paint_outline(painter, box, image.size(), outline)
        painter.setClipping(False)

    def _paint_outline(self, painter: QPainter, box: QRectF, size: QSize, outline: Outline) -> None:
        shape = QPolygonF([self._on_widget(x, y, box, size) for x, y in outline.quad])
        colour = QColor(LOOKS[outline.verdict].ground) if outline.verdict else _WHITE
        width = max(4.0, box.height() / 50)
        # White outside, the verdict's colour inside: visible on any picture, dark red on night too.
        casing = _WHITE if outline.verdict else _BLACK
        for pen_colour, pen_width in ((casing, width * 1.9), (colour, width)):
            pen = QPen(pen_colour, pen_width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolygon(shape)
        if outline.verdict is not None:
            self._paint_badge(painter, shape, outline.verdict, outline.label, width * 3.4)

    def _paint_badge(
        self, painter: QPainter, shape: QPolygonF, verdict: Verdict, label: str, side: float
    ) -> None:
        look = LOOKS[verdict]
        centre = min((shape.at(i) for i in range(shape.size())), key=lambda p: p.x() + p.y())
        badge = QRectF(centre.x() - side, centre.y() - side, 2 * side, 2 * side)
        painter.setPen(QPen(_WHITE, side / 5))
        painter.setBrush(QColor(look.ground))
        painter.drawEllipse(badge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inner = badge.adjusted(side * 0.45, side * 0.45, -side * 0.45, -side * 0.45)
        if label:
            painter.setPen(QColor(look.text))
            painter.setFont(font_of(side * 1.3, bold=True))
            painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), label)
        else:
            draw_sign(painter, inner, look.sign.value, look.text)

    def _on_widget(self, x: float, y: float, box: QRectF, size: QSize) -> QPointF:
        across = (size.width() - x) if self._mirrored else x
        return QPointF(
            box.left() + across * box.width() / size.width(),
            box.top() + y * box.height() / size.height(),
        )

    def _paint_trouble(self, painter: QPainter, box: QRectF, scene: StartScene) -> None:
        painter.fillRect(box, QColor(8, 10, 14, 225))
        side = box.height() * 0.34
        sign = QRectF(box.center().x() - side / 2, box.top() + box.height() * 0.1, side, side)
        draw_sign(painter, sign, "camera_off", "#FFC533")
        painter.setPen(_WHITE)
        pixels = min(box.height() * 0.11, box.width() / 17)
        words = box.adjusted(box.width() * 0.06, box.height() * 0.5, -box.width() * 0.06, 0)
        taken = draw_wrapped(
            painter, words, scene.title.of(self._language), font_of(pixels, bold=True)
        )
        words.setTop(words.top() + taken + pixels * 0.3)
        draw_wrapped(painter, words, scene.detail.of(self._language), font_of(pixels * 0.8))

    def _say(self) -> None:
        trouble = self._trouble
        name = self.tr("Live picture") if trouble is None else trouble.title.of(self._language)
        self.setAccessibleName(name)
        self.setAccessibleDescription("" if trouble is None else trouble.detail.of(self._language))
