"""The last passages at this station: sign, time, masked name, reason; newest first, guard only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from scanner.decide.looks import Language
from scanner.screen.answers import Answer, Site, person_of, why_of
from scanner.screen.lettering import draw_sign, font_of, width_of
from scanner.screen.themes import Theme
from scanner.screen.words import clock_words

if TYPE_CHECKING:
    from scanner.station import ScanResult

_KEPT: Final = 30
_ANSWER_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_UNDONE_ROLE: Final = _ANSWER_ROLE + 1


class PassageList(QListWidget):
    """Shows counted results only, and what was logged without a pass (refusals) as well."""

    def __init__(self, theme: Theme, language: Language, site: Site) -> None:
        super().__init__()
        self.theme = theme
        self.language = language
        self.site = site
        self.large = False
        self.setItemDelegate(_RowPainter(self))
        self.setObjectName("passage_list")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(180)
        self.nobody = QLabel(self)
        self.nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._restyle()

    def add(self, result: ScanResult, *, personal: bool = True) -> None:
        """Put a result on top; the oldest falls out. personal: with its name."""
        item = QListWidgetItem()
        item.setData(_ANSWER_ROLE, Answer(result=result, personal=personal))
        self._say(item)
        self.insertItem(0, item)
        self.nobody.hide()
        self.setCurrentRow(-1)
        while self.count() > _KEPT:
            self.takeItem(self.count() - 1)

    def take_back(self, passage_id: bytes) -> None:
        """Strike the row of that passage out; it stays in sight, as it stays in the log."""
        for row in range(self.count()):
            answer: Answer = self.item(row).data(_ANSWER_ROLE)
            if answer.result.passage_id == passage_id:
                self.item(row).setData(_UNDONE_ROLE, True)
                self._say(self.item(row))
        self.viewport().update()

    def set_language(self, language: Language) -> None:
        """Say every row in `language`."""
        self.language = language
        for row in range(self.count()):
            self._say(self.item(row))
        self._restyle()

    def set_theme(self, theme: Theme, *, large: bool) -> None:
        """Change colours and size."""
        self.theme, self.large = theme, large
        self._restyle()

    def row_height(self) -> int:
        """Return the height of one row in pixels, such that only whole rows are seen."""
        wanted = max(28.0, self.window().height() / 18) * (1.5 if self.large else 1.0)
        # Not viewport(): PySide loads every widget class there is when it is first asked for.
        room = self.maximumViewportSize().height()
        return int(room / max(1, round(room / wanted)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out anew: their height follows the window's."""
        super().resizeEvent(event)
        self.nobody.setGeometry(self.rect())
        self.nobody.setFont(font_of(max(14.0, self.window().height() / 40)))
        self.scheduleDelayedItemsLayout()

    def _restyle(self) -> None:
        self.setAccessibleName(self.tr("Last passages"))
        self.nobody.setText(self.tr("Nobody yet since the start"))
        self.nobody.setStyleSheet(f"color: {self.theme.quiet_text};")
        self.setStyleSheet(
            f"QListWidget#passage_list {{ background: {self.theme.surface}; border: 0; }}"
            f"QListWidget#passage_list:focus {{ border: 2px solid {self.theme.text}; }}"
        )
        self.scheduleDelayedItemsLayout()  # paints all rows anew as well

    def _say(self, item: QListWidgetItem) -> None:
        answer: Answer = item.data(_ANSWER_ROLE)
        parts = (
            clock_words(answer.result.seen_at, self.site.zone, seconds=True),
            answer.look.word.of(self.language),
            person_of(answer),
            why_of(answer, self.language, self.site),
            self.tr("taken back") if item.data(_UNDONE_ROLE) else "",
        )
        item.setData(int(Qt.ItemDataRole.AccessibleTextRole), ", ".join(p for p in parts if p))


class _RowPainter(QStyledItemDelegate):
    def __init__(self, passages: PassageList) -> None:
        super().__init__(passages)
        self._list = passages

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(100, self._list.row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        answer: Answer = index.data(_ANSWER_ROLE)
        box = QRectF(_rect_of(option))
        painter.save()
        theme, height = self._list.theme, box.height()
        painter.setPen(QColor(theme.line))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        side = height * 0.56
        sign = QRectF(box.left() + height * 0.3, box.center().y() - side / 2, side, side)
        draw_sign(painter, sign, answer.look.sign.value, theme.accents[answer.verdict])
        self._paint_texts(painter, box, sign.right() + height * 0.3, answer)
        if index.data(_UNDONE_ROLE):
            painter.setPen(QPen(QColor(theme.text), max(2.0, height / 16)))
            middle = box.center().y()
            painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))
        painter.restore()

    def _paint_texts(self, painter: QPainter, box: QRectF, left: float, answer: Answer) -> None:
        theme, pixels = self._list.theme, box.height() * 0.46
        zone = self._list.site.zone
        at = clock_words(answer.result.seen_at, zone, seconds=True)
        columns = [
            (at, theme.quiet_text, False, width_of("00:00:00", pixels) + 3),
            (person_of(answer) or "—", theme.text, True, pixels * 7.2),
            (why_of(answer, self._list.language, self._list.site), theme.quiet_text, False, 1e6),
        ]
        for text, colour, bold, wanted in columns:
            width = min(wanted, box.right() - box.height() * 0.2 - left)
            if width < pixels * 2:
                return
            painter.setFont(font_of(pixels, bold=bold))
            painter.setPen(QColor(colour))
            shown = QFontMetricsF(painter.font()).elidedText(
                text, Qt.TextElideMode.ElideRight, width
            )
            cell = QRectF(left, box.top(), width + 1, box.height())
            painter.drawText(cell, int(Qt.AlignmentFlag.AlignVCenter), shown)
            left += width + pixels * 0.9


def _rect_of(option: QStyleOptionViewItem) -> Any:
    # PySide6's types leave out the members of style options.
    return option.rect
