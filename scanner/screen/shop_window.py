"""The shop's face: the answer, the counter, one line. No names, no list, one screen.

Keys: F3 language, F4 theme, F6 sound, F7 one person left, F8 one came in, F11 full
screen, Esc back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from scanner.decide.looks import Language
from scanner.gate.sounds_player import Player
from scanner.screen.answers import Answer
from scanner.screen.buttons import button_style, make_button
from scanner.screen.door_counter import DoorCounter
from scanner.screen.gate_window import GateWindow
from scanner.screen.lettering import font_of
from scanner.screen.options import WindowOptions
from scanner.screen.strip import StripStatus
from scanner.screen.themes import ThemeName, after
from scanner.screen.verdict_panel import VerdictPanel

if TYPE_CHECKING:
    from scanner.screen.worker import StationState
    from scanner.station import ScanResult

_FOOT_SHARE: Final = 0.17
_PICTURE_SHARE: Final = 0.34


class ShopWindow(GateWindow):
    """For a door that nobody guards all the time; runs on any laptop's camera."""

    shows_names = False

    def __init__(self, options: WindowOptions, player: Player) -> None:
        super().__init__(options, player)
        self.counter = DoorCounter(allowed=options.allowed)
        self.count = QLabel(self)
        self.count_title = QLabel(self)
        self.status = StripStatus(self.theme, self.language)
        self.left_button = make_button(self, lambda: self._step(-1), "F7")
        self.came_button = make_button(self, lambda: self._step(1), "F8")
        self.language_button = make_button(self, self._other_language, "F3")
        self._lay_out()
        self.picture.setParent(self)
        self.picture.raise_()
        for key, does in (
            ("F4", self._next_theme),
            ("F6", self._toggle_sound),
            ("F11", self.toggle_full_screen),
            ("Esc", self.leave_full_screen),
        ):
            QShortcut(QKeySequence(key), self, does)
        self._dress()

    def make_panel(self) -> VerdictPanel:
        """Return a panel that is the screen."""
        return VerdictPanel(self.theme, self.language, self.options.site, full=True)

    @Slot(object)
    def show_state(self, state: StationState) -> None:
        """Show the one line about the station."""
        super().show_state(state)
        self.status.show_freshness(state.freshness)

    def tick(self) -> None:
        """Bring the sound fault up to date."""
        self.status.show_sound_fault(self.player.fault())

    def passage_noted(self, result: ScanResult) -> None:
        """Count who was let through."""
        self.counter.note(result.judgement.verdict, self.options.direction)
        self._dress()

    def set_language(self, language: Language) -> None:
        """Speak `language` from now on."""
        super().set_language(language)
        self._dress()

    def set_theme(self, name: ThemeName, *, large: bool) -> None:
        """Change colours and size."""
        super().set_theme(name, large=large)
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give every part its share of the new size."""
        super().resizeEvent(event)
        height = self.height()
        foot = max(64, round(height * _FOOT_SHARE))
        self._foot.setFixedHeight(foot)
        edge = round(foot * 0.12)
        self._foot_row.setContentsMargins(edge * 2, edge, edge * 2, edge)
        self._foot_row.setSpacing(edge * 2)
        self.count_title.setFont(font_of(foot * 0.24, bold=True))
        self.count.setFont(font_of(foot * 0.52, bold=True))
        for button in (self.left_button, self.came_button, self.language_button):
            button.setFont(font_of(foot * 0.3, bold=True))
            button.setMinimumWidth(round(foot * 0.9))
        picture = round(self.width() * _PICTURE_SHARE)
        edge = round(height * 0.02)
        self.picture.setGeometry(
            self.width() - picture - edge, edge, picture, round(picture * 9 / 16)
        )

    def _show_answer(self, answer: Answer | None) -> None:
        super()._show_answer(answer)
        # The picture is for aiming; the answer needs its place.
        self.picture.setVisible(answer is None)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.panel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._foot = QWidget(self)
        self._foot_row = QHBoxLayout(self._foot)
        self._foot_row.addWidget(self.count_title)
        self._foot_row.addWidget(self.count)
        for button in (self.left_button, self.came_button):
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
            self._foot_row.addWidget(button)
        self._foot_row.addWidget(self.status, 1)
        self.language_button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        self._foot_row.addWidget(self.language_button)
        column.addWidget(self.panel, 1)
        column.addWidget(self._foot)

    def _step(self, people: int) -> None:
        self.counter.step(people)
        self._dress()

    def _other_language(self) -> None:
        self.set_language(Language.EN if self.language is Language.ZH else Language.ZH)

    def _next_theme(self) -> None:
        self.set_theme(after(self.theme.name), large=self.large)

    def _toggle_sound(self) -> None:
        self.set_muted(not self.muted)

    def _dress(self) -> None:
        """Bring words, colours and the count up to date."""
        self.setStyleSheet(button_style(self.theme))
        self.status.set_look(self.theme, self.language)
        title = self.tr("Full: please wait") if self.counter.full else self.tr("Inside")
        colour = self.theme.warning if self.counter.full else self.theme.text
        for label, text in ((self.count_title, title), (self.count, self.counter.words())):
            label.setText(text)
            label.setStyleSheet(f"color: {colour};")
        self.count.setAccessibleName(f"{title} {self.counter.words()}")
        other = "EN" if self.language is Language.ZH else "中文"
        for button, text, name, key in (
            (self.left_button, "−1", self.tr("One person left"), "F7"),
            (self.came_button, "+1", self.tr("One person came in"), "F8"),
            (self.language_button, other, self.tr("Language"), "F3"),
        ):
            button.setText(text)
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({key})")
