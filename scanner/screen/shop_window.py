"""The shop's face: the answer, the counter, one line. No names, no list, one screen.

Keys: F3 language, F4 theme, F6 sound, F7 one person left, F8 one came in, F9 take that back, F10
what else there is (typed codes, camera, station), F11 full screen, F12 the code of the place for
the door, Esc back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from scanner.decide.action_names import UNDO_WITHIN_S, ActionName
from scanner.decide.looks import Language
from scanner.gate.sounds_player import Player
from scanner.screen.answers import Answer
from scanner.screen.buttons import button_style, make_button
from scanner.screen.choices import Choices
from scanner.screen.door_counter import DoorCounter
from scanner.screen.gate_window import GateWindow
from scanner.screen.lettering import font_of
from scanner.screen.options import WindowOptions
from scanner.screen.start_painting import PICTURE_SHARE
from scanner.screen.strip import StripStatus
from scanner.screen.themes import ThemeName
from scanner.screen.verdict_panel import VerdictPanel

if TYPE_CHECKING:
    from scanner.screen.worker import ActionDone, StationState
    from scanner.station import ScanResult

PLACE: Final = "place"
_FOOT_SHARE: Final = 0.17


class ShopWindow(GateWindow):
    """For a door that nobody guards all the time; runs on any laptop's camera."""

    shows_names = False

    def __init__(self, options: WindowOptions, player: Player) -> None:
        super().__init__(options, player)
        self.counter = DoorCounter(allowed=options.allowed)
        self.count = QLabel(self)
        self.count_title = QLabel(self)
        self.status = StripStatus(self.theme, self.language)
        self.left_button = make_button(self, lambda: self._correct(-1), "F7")
        self.came_button = make_button(self, lambda: self._correct(1), "F8")
        self.undo_button = make_button(self, self._undo, "F9")
        self._counting = (self.left_button, self.came_button, self.undo_button)
        self._undo_over = QTimer(self)
        self._undo_over.setSingleShot(True)
        self._undo_over.timeout.connect(self._forget_correction)
        self.choices = Choices(self)
        self.language_button = make_button(self, self.choices.other_language, "F3")
        self.more_button = make_button(self, self._open_more, "F10")
        self._lay_out()
        self.picture.setParent(self)
        self.picture.raise_()
        for key, does in (
            ("F4", self.choices.next_theme),
            ("F6", self.choices.toggle_sound),
            ("F11", self.toggle_full_screen),
            ("F12", self.open_place),
            ("Esc", self._back),
        ):
            QShortcut(QKeySequence(key), self, does)
        self._dress()
        self.choices.begin()

    def make_panel(self) -> VerdictPanel:
        """Return a panel that is the screen."""
        return VerdictPanel(self.theme, self.language, self.options.site, full=True)

    def state_noted(self, state: StationState) -> None:
        """Show the one line about the station."""
        fresh = state.freshness
        self.status.show_freshness(fresh)
        if fresh is not None and fresh.inside is not None:
            before = self.counter.inside
            self.counter.logged(fresh.inside)
            if self.counter.inside != before:
                self._show_count()

    def action_done(self, done: ActionDone) -> None:
        """Believe the log's count again."""
        from scanner.decide.actions import SetInside

        if isinstance(done.action, SetInside):
            self.counter.asked -= 1

    def tick(self) -> None:
        """Bring the sound fault up to date."""
        self.status.show_sound_fault(self.player.fault())

    def passage_noted(self, result: ScanResult) -> None:
        """Count who was let through."""
        self.counter.note(result.judgement.verdict, self.options.way())
        self._show_count()

    def set_language(self, language: Language) -> None:
        """Speak `language` from now on."""
        super().set_language(language)
        self._dress()

    def set_theme(self, name: ThemeName, *, large: bool) -> None:
        """Change colours and size."""
        super().set_theme(name, large=large)
        self._dress()

    def set_muted(self, muted: bool) -> None:
        """Stop or start the sounds."""
        super().set_muted(muted)
        self.status.show_muted(muted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give every part its share of the new size."""
        super().resizeEvent(event)
        height = self.height()
        foot = max(64, round(height * _FOOT_SHARE))
        self._foot.setFixedHeight(foot)
        edge = round(foot * 0.12)
        self._foot_row.setContentsMargins(edge * 2, edge, edge * 2, edge)
        self._foot_row.setSpacing(round(edge * 1.4))
        self.count_title.setFont(font_of(foot * 0.24, bold=True))
        self.count.setFont(font_of(foot * 0.52, bold=True))
        for button in (*self._counting, self.more_button, self.language_button):
            button.setFont(font_of(foot * 0.3, bold=True))
            button.setMinimumWidth(round(foot * 0.72))
        room = (0, 0, self.width(), height - foot)
        self.questions.place(None, room)
        picture = round(self.width() * PICTURE_SHARE)
        edge = round(height * 0.02)
        self.picture.setGeometry(
            self.width() - picture - edge, edge, picture, round(picture * 9 / 16)
        )

    def _show_answer(self, answer: Answer | None) -> None:
        super()._show_answer(answer)
        # The picture is for aiming; the answer needs its place.
        self.picture.setVisible(answer is None)
        self.questions.give_way(answer is not None)

    def _open_more(self) -> None:
        self.staff.open_more()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.panel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._foot = QWidget(self)
        self._foot_row = QHBoxLayout(self._foot)
        self._foot_row.addWidget(self.count_title)
        self._foot_row.addWidget(self.count)
        for button in (*self._counting, self.more_button, self.language_button):
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        for button in self._counting:
            self._foot_row.addWidget(button)
        self._foot_row.addWidget(self.status, 1)
        self._foot_row.addWidget(self.more_button)
        self._foot_row.addWidget(self.language_button)
        column.addWidget(self.panel, 1)
        column.addWidget(self._foot)

    def open_place(self) -> None:
        """Show the code of the place, or take it away again."""
        if self.questions.topic == PLACE or not self.options.place_code:
            self.questions.close()
            return
        # Drawing codes is seldom asked for, and the first paint must not wait for it.
        from scanner.screen.place_page import PlacePage

        options = self.options
        self.questions.ask(
            PlacePage(
                self,
                self.theme,
                options.place_code,
                options.place,
                options.data,
                lambda: self.language,
            )
        )

    def _back(self) -> None:
        if self.questions.current is not None:
            self.questions.close()
        else:
            self.leave_full_screen()

    def _correct(self, people: int) -> None:
        self.counter.correct(people)
        self._undo_over.start(self.options.pace.milliseconds(UNDO_WITHIN_S))
        self._tell_count()

    def _undo(self) -> None:
        if self.counter.corrected:
            self.counter.undo()
            self._tell_count()

    def _forget_correction(self) -> None:
        self.counter.corrected = 0
        self._show_count()

    def _tell_count(self) -> None:
        """Have the log keep the count, so that it survives a restart."""
        if ActionName.COUNT in self.options.actions:
            self.counter.asked += 1
            from scanner.decide.actions import SetInside

            self.action_asked.emit(SetInside(count=self.counter.inside))
        self._show_count()

    def _dress(self) -> None:
        """Bring words, colours and the count up to date."""
        self.setStyleSheet(button_style(self.theme))
        self.status.set_look(self.theme, self.language)
        self.questions.dress(self.theme, large=self.large)
        self._show_count()
        other = "EN" if self.language is Language.ZH else "中文"
        for button, text, name, key in (
            (self.left_button, "−1", self.tr("One person left"), "F7"),
            (self.came_button, "+1", self.tr("One person came in"), "F8"),
            (self.undo_button, "↶", self.tr("Undo"), "F9"),
            (self.more_button, "…", self.tr("More"), "F10"),
            (self.language_button, other, self.tr("Language"), "F3"),
        ):
            button.setText(text)
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({key})")

    def _show_count(self) -> None:
        """Bring the count up to date."""
        title = self.tr("Full: please wait") if self.counter.full else self.tr("Inside")
        colour = self.theme.warning if self.counter.full else self.theme.text
        for label, text in ((self.count_title, title), (self.count, self.counter.words())):
            label.setText(text)
            label.setStyleSheet(f"color: {colour};")
        self.count.setAccessibleName(f"{title} {self.counter.words()}")
        self.undo_button.setVisible(self.counter.corrected != 0)
