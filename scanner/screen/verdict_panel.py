"""The panel that answers: the full width of the window, at least 40 % of its height."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from scanner.decide.looks import Language
from scanner.screen.answer_painting import Setting, paint_answer
from scanner.screen.answers import Answer, Site, lines_of
from scanner.screen.full_painting import full_lines, paint_full_answer
from scanner.screen.options import Ahead
from scanner.screen.start_painting import START, StartScene, paint_full_start, paint_start
from scanner.screen.themes import Theme


class VerdictPanel(QWidget):
    """Shows one answer, or the start view while there is none.

    full: the panel is the screen, and what it says stands in both languages. ahead: which way the
    arrow of an admission points: at a kiosk, where nobody stands by. low: mirrored top to bottom,
    for who sits in a wheelchair (both full only).
    """

    def __init__(
        self,
        theme: Theme,
        language: Language,
        site: Site,
        *,
        full: bool = False,
        ahead: Ahead | None = None,
        low: bool = False,
    ) -> None:
        super().__init__()
        self._full = full
        self._ahead = ahead
        self._low = low
        self._theme = theme
        self._language = language
        self._site = site
        self._large = False
        self._answer: Answer | None = None
        self._scene = START
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName("verdict_panel")
        self._say()

    @property
    def answer(self) -> Answer | None:
        """What is shown now; None for the start view."""
        return self._answer

    def show_answer(self, answer: Answer | None) -> None:
        """Show `answer` at once; None brings the start view back."""
        self._answer = answer
        self._say()

    def show_scene(self, scene: StartScene) -> None:
        """Set what the start view says."""
        self._scene = scene
        self._say()

    def set_language(self, language: Language) -> None:
        """Say everything in `language`."""
        self._language = language
        self._say()

    def set_theme(self, theme: Theme, *, large: bool) -> None:
        """Change the colours around the answer, and the size of names and reasons."""
        self._theme, self._large = theme, large
        self.update()

    def sizeHint(self) -> QSize:
        """Return 45 % of the window's height."""
        return QSize(400, round(self.window().height() * 0.45))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the answer or the start view."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        setting = Setting(
            language=self._language,
            large=self._large,
            screen_height=self.window().height(),
            site=self._site,
        )
        box = QRectF(self.rect())
        if self._answer is not None and self._full:
            paint_full_answer(painter, box, self._answer, setting, self._ahead, low=self._low)
        elif self._answer is not None:
            paint_answer(painter, box, self._answer, setting)
        elif self._full:
            paint_full_start(painter, box, self._scene, setting, self._theme)
        else:
            paint_start(painter, box, self._scene, setting, self._theme)
        painter.end()

    def _say(self) -> None:
        """Tell a screen reader the same as the eye sees."""
        if self._answer is None:
            self.setAccessibleName(self._scene.title.of(self._language))
            self.setAccessibleDescription(self._scene.detail.of(self._language))
        else:
            word = self._answer.look.word
            lines = lines_of(self._answer, self._language, self._site)
            if self._ahead is not None:
                lines = full_lines(self._answer, self._language, self._site, alone=True)
            said = (lines.headline, lines.why, lines.next_step, lines.remark)
            self.setAccessibleName(f"{word.zh} {word.en}")
            self.setAccessibleDescription(". ".join(line for line in said if line))
        self.update()
