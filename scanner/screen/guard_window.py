"""The guard's face: live picture and last passages above, the answer below, the strip at the foot.

Keys: F1 emergency, F7 hand checks, F9 temperature, F10 undo (where the station can); F2 look only,
F3 language, F4 theme, F5 large type, F6 sound, F8 more, F11 full screen, F12 entry or exit, Esc
back. No letter or digit is a shortcut: a hand scanner types those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from keys.verdicts import Direction
from scanner.decide.looks import Language
from scanner.gate.sounds_player import Player
from scanner.screen.buttons import button_style, make_button
from scanner.screen.choices import Choices
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_actions import GuardActions
from scanner.screen.guard_desk import GuardDesk
from scanner.screen.lettering import font_of, icon_of
from scanner.screen.options import WindowOptions
from scanner.screen.passage_list import PassageList
from scanner.screen.standing import standing_notice
from scanner.screen.strip import Strip
from scanner.screen.themes import ThemeName
from scanner.screen.top_bar import TopBar

if TYPE_CHECKING:
    from scanner.capture.codes import SeenCode
    from scanner.screen.answers import Answer
    from scanner.screen.staff_pages import StaffPages
    from scanner.screen.worker import ActionDone, StationState
    from scanner.station import ScanResult

_PANEL_SHARE: Final = 0.44
_NARROW: Final = 1000


class GuardWindow(GateWindow):
    """For someone who stands beside the gate and may see names."""

    def __init__(self, options: WindowOptions, player: Player) -> None:
        super().__init__(options, player)
        self.top = TopBar(options)
        self.passages = PassageList(self.theme, self.language, options.site)
        self.strip = Strip(self.theme, self.language)
        self.standing = QLabel(self)
        self.standing.setTextFormat(Qt.TextFormat.PlainText)
        self.standing.setWordWrap(True)
        self.standing.hide()
        self.choices = Choices(self)
        self._make_buttons()
        self.guard_actions = GuardActions(self, options, self.questions)
        self.guard_actions.asked.connect(self.action_asked)
        self.guard_actions.taken_back.connect(self.passages.take_back)
        self.desk = GuardDesk(self, self.questions)
        self.desk.asked.connect(self.action_asked)
        self.questions.opened.connect(self._say_mode)
        self.questions.closed.connect(self._say_mode)
        self._fill_strip()
        self._lay_out()
        QShortcut(QKeySequence("F11"), self, self.toggle_full_screen)
        QShortcut(QKeySequence("Esc"), self, self._back)
        self._dress()
        self.choices.begin()

    def _make_buttons(self) -> None:
        self.look_only_button = make_button(self, self._toggle_look_only, "F2", checkable=True)
        self.language_button = make_button(self, self.choices.other_language, "F3")
        self.theme_button = make_button(self, self.choices.next_theme, "F4")
        self.large_button = make_button(self, self.choices.toggle_large, "F5", checkable=True)
        self.sound_button = make_button(self, self.choices.toggle_sound, "F6", checkable=True)
        self.way_button = make_button(self, self._turn_round, "F12", checkable=True)
        top = [self.language_button, self.theme_button, self.large_button, self.sound_button]
        if self.options.outward is not None:
            top.insert(0, self.way_button)
        else:
            self.way_button.setParent(None)
        for button in top:
            self.top.add_button(button)

    def _fill_strip(self) -> None:
        """Put the actions where a thumb finds them; emergency stands at the end, by itself."""
        if self.options.look_only is not None:
            self.strip.add_action(self.look_only_button)
        else:
            self.look_only_button.setParent(None)
        for button in (*self.desk.buttons.values(), *self.guard_actions.buttons.values()):
            self.strip.add_action(button)

    def state_noted(self, state: StationState) -> None:
        """Show strip, operator and what stands in the way."""
        fresh = state.freshness
        self.strip.status.show_freshness(fresh)
        self.top.show_operator(self.desk.operator)
        self._say_standing()

    def codes_seen(self, seen: tuple[SeenCode, ...]) -> None:
        """Begin a shift with a staff pass that was asked for."""
        for code in seen:
            self.desk.shift.takes_code(code.text)

    def tick(self) -> None:
        """Bring clock and sound fault up to date."""
        self.top.tick()
        self.strip.status.show_sound_fault(self.player.fault())
        self._say_standing()

    def passage_noted(self, result: ScanResult) -> None:
        """Put the result on top of the list."""
        self.passages.add(result, personal=self.desk.personal)
        self.guard_actions.note(result)
        self.desk.note(result)

    @property
    def staff(self) -> StaffPages:
        """The pages of the desk, names and all."""
        return self.desk.pages

    def checks_remembered(self, results: tuple[ScanResult, ...]) -> None:
        """Put who waited before the start behind who came since."""
        self.desk.remember(results)

    def take_typed(self, text: str) -> None:
        """Take the temperature or the staff pass that was asked for; anything else is a code."""
        if not self.desk.shift.takes_code(text):
            super().take_typed(text)

    def action_done(self, done: ActionDone) -> None:
        """Ask what comes after an action, or say why it was not done."""
        self.desk.done(done)
        self.guard_actions.done(done)

    def set_language(self, language: Language) -> None:
        """Speak `language` from now on."""
        super().set_language(language)
        self.top.set_language(language)
        self.passages.set_language(language)
        self._dress()

    def set_theme(self, name: ThemeName, *, large: bool) -> None:
        """Change colours and size."""
        super().set_theme(name, large=large)
        self._dress()

    def set_muted(self, muted: bool) -> None:
        """Stop or start the sounds."""
        super().set_muted(muted)
        self.strip.status.show_muted(muted)
        self._dress_buttons()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give every part its share of the new size."""
        super().resizeEvent(event)
        height = self.height()
        self.top.set_height(height)
        self.strip.set_height(height)
        self.panel.setFixedHeight(round(height * _PANEL_SHARE))
        middle = height - self.top.height() - self.strip.height() - self.panel.height()
        edge = max(6, round(height * 0.012))
        self._middle.setContentsMargins(edge * 2, 0, edge * 2, edge)
        self._middle.setSpacing(edge * 2)
        self.picture.setFixedWidth(round(min(self.width() * 0.55, (middle - edge) * 16 / 9)))
        self.standing.setFont(font_of(max(16, height * 0.03), bold=True))
        top = self.top.height()
        panel = (0, top, self.width(), middle + self.panel.height())
        self.questions.place((0, top, self.width(), middle), panel)
        self._dress_buttons()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self.picture)
        self._middle.addWidget(self.passages, 1)
        column.addWidget(self.top)
        column.addWidget(self.standing)
        column.addLayout(self._middle, 1)
        column.addWidget(self.panel)
        column.addWidget(self.strip)

    def _show_answer(self, answer: Answer | None) -> None:
        super()._show_answer(answer)
        self.questions.give_way(answer is not None)

    def _say_mode(self) -> None:
        looks_only = self.looks_only()
        self.top.show_mode(self.tr("Look only: nothing is logged") if looks_only else "")
        self._dress_buttons()  # the drawing of a pressed button has another colour

    def _say_standing(self) -> None:
        """Say for as long as it is so that the gate stands open or rows are not stored."""
        fresh = self.state.freshness if self.state else None
        notice = standing_notice(fresh, self.options.devices)
        if notice is not None:
            words = notice.title.of(self.language), notice.next_step.of(self.language)
            self.standing.setText(" · ".join(words))
            self.standing.setAccessibleName(self.standing.text())
        self.standing.setVisible(notice is not None)

    def _back(self) -> None:
        """Take a question away; without one, leave the full screen."""
        if self.questions.current is not None:
            self.questions.close()
        else:
            self.leave_full_screen()

    def _turn_round(self) -> None:
        switch = self.options.outward
        if switch is not None:
            (switch.clear if switch.is_set() else switch.set)()
        self._dress()

    def _toggle_look_only(self) -> None:
        switch = self.options.look_only
        if switch is not None:
            (switch.clear if switch.is_set() else switch.set)()
        self._dress()

    def _dress(self) -> None:
        """Bring words, colours and pressed states of all parts up to date."""
        self.top.set_theme(self.theme)
        self.passages.set_theme(self.theme, large=self.large)
        self.strip.status.set_look(self.theme, self.language)
        self.guard_actions.dress(self.theme, self.language)
        self.desk.dress()
        self.questions.dress(self.theme, large=self.large)
        self.standing.setStyleSheet(
            f"color: {self.theme.surface}; background: {self.theme.warning}; padding: 4px 16px;"
        )
        self.setStyleSheet(button_style(self.theme))
        self._say_mode()
        self.tick()

    def _leads_out(self) -> bool:
        return self.options.way() is Direction.EXIT

    def _dress_buttons(self) -> None:
        other = "EN" if self.language is Language.ZH else "中文"
        rows = (
            (self.look_only_button, self.tr("Look only"), "F2", self.looks_only(), "look_only"),
            (self.language_button, self.tr("Language"), "F3", False, None),
            (self.theme_button, self.tr("Theme"), "F4", False, f"theme_{self.theme.name}"),
            (self.way_button, self.tr("Entry or exit"), "F12", self._leads_out(), "two_ways"),
            (self.large_button, self.tr("Large type"), "F5", self.large, "type_large"),
            (
                self.sound_button,
                self.tr("Mute"),
                "F6",
                self.muted,
                "sound_off" if self.muted else "sound_on",
            ),
        )
        for button, name, key, pressed, icon in rows:
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({key})")
            button.setChecked(pressed)
            if icon is not None:
                side = round(max(48, button.height()) * 0.6)
                button.setIcon(icon_of(icon, self.theme.surface if pressed else self.theme.text))
                button.setIconSize(QSize(side, side))
        # On a small screen the strip's room belongs to what the station says of itself.
        narrow = self.width() < _NARROW
        self.look_only_button.setText("" if narrow else self.tr("Look only"))
        if not narrow:
            self.look_only_button.setIcon(QIcon())
        self.desk.buttons["more"].setText("…" if narrow else self.tr("More"))
        self.language_button.setText(other)
