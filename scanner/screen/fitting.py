"""Words that become smaller rather than leave their place: in every language, at every size."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListWidget, QSizePolicy, QWidget

from scanner.screen.lettering import font_of, kept_pixels, wrapped_pixels

# Below this nobody reads at arm's length; what does not fit then has to be said shorter.
LEAST: Final = 11.0
# What a row has around its words: padding (buttons.button_style) and the scroll bar.
_ROW_AIR: Final = 44
_ROW_PADDING: Final = 14


class FittingLabel(QLabel):
    """Plain words, broken into lines. most: the letters' size in pixels where there is room."""

    def __init__(self, parent: QWidget, *, bold: bool = False) -> None:
        super().__init__(parent)
        self.most = 18.0
        self._bold = bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        # The room is shared out by the page, not by how much there is to say.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def hasHeightForWidth(self) -> bool:
        """Ask for no height of its own: the words follow the room, not the room the words."""
        return False

    def sizeHint(self) -> QSize:
        """Return next to nothing, as above."""
        return QSize(16, 16)

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing, as above."""
        return QSize(16, 16)

    def setText(self, text: str) -> None:
        """Say `text`, as large as fits."""
        super().setText(text)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the words to the new size."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Choose the size of the letters."""
        box = self.width(), self.height()
        pixels = kept_pixels(self.text(), *box, self.most, LEAST, bold=self._bold)
        self.setFont(font_of(int(pixels), bold=self._bold))


class FittingList(QListWidget):
    """Rows of words, broken into lines; every row can be seen whole at once. most: as above."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.most = 18.0
        self.setObjectName("question_list")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the rows to the new size."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Choose the size of the letters; after the rows have changed too."""
        width, height = self.width() - _ROW_AIR, self.height() - 2 * _ROW_PADDING
        pixels = self.most
        for row in range(self.count()):
            words = self.item(row).text()
            pixels = wrapped_pixels(words, width, height, pixels, min(LEAST, pixels))
        self.setFont(font_of(pixels))
