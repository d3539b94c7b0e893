"""The corners of the frame to aim at, drawn once and laid over every picture: their round strokes
cost more than a video frame.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

_WHITE: Final = QColor("#FFFFFF")
_BLACK: Final = QColor("#000000")
_SIDE: Final = 0.62  # of the picture's height
_ARM: Final = 0.2  # of the side
_STROKE: Final = 0.016  # of the picture's height


class AimFrame:
    """Paints the corners into a picture's box, in the middle."""

    def __init__(self) -> None:
        self._drawn_for = (QRectF(), 0.0)
        self._corners: list[tuple[QPoint, QPixmap]] = []

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Lay the corners over `box`."""
        wanted = (box, painter.device().devicePixelRatioF())
        if wanted != self._drawn_for:
            self._drawn_for = (QRectF(box), wanted[1])
            self._corners = _corners_in(*wanted)
        for place, corner in self._corners:
            painter.drawPixmap(place, corner)


def _corners_in(box: QRectF, ratio: float) -> list[tuple[QPoint, QPixmap]]:
    """Return the four corners and where each belongs. ratio: pixels of the screen for one here."""
    size = box.size().toSize()
    whole = QPixmap(size * ratio)
    whole.setDevicePixelRatio(ratio)
    whole.fill(Qt.GlobalColor.transparent)
    frame = _frame_in(size)
    painter = QPainter(whole)
    _paint_corners(painter, frame, size.height() * _STROKE)
    painter.end()
    # Strokes reach outside by half their width, the dark casing by twice that.
    edge = round(size.height() * _STROKE * 1.1) + 1
    side = round(frame.width() * _ARM) + 2 * edge
    corners = []
    for x in (frame.left() - edge, frame.right() - side + edge):
        for y in (frame.top() - edge, frame.bottom() - side + edge):
            place = QPoint(round(x), round(y))
            part = whole.copy(QRect(place * ratio, QSize(side, side) * ratio))
            corners.append((place + box.topLeft().toPoint(), part))
    return corners


def _frame_in(size: QSize) -> QRectF:
    side = size.height() * _SIDE
    return QRectF((size.width() - side) / 2, (size.height() - side) / 2, side, side)


def _paint_corners(painter: QPainter, frame: QRectF, width: float) -> None:
    arm = frame.width() * _ARM
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, thick in ((_BLACK, width * 1.9), (_WHITE, width)):
        pen = QPen(colour, thick)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for corner, right, down in (
            (frame.topLeft(), 1, 1),
            (frame.topRight(), -1, 1),
            (frame.bottomRight(), -1, -1),
            (frame.bottomLeft(), 1, -1),
        ):
            across = corner + QPointF(arm * right, 0)
            along = corner + QPointF(0, arm * down)
            painter.drawPolyline(QPolygonF([across, corner, along]))
