"""The guard's face: live picture and last passages above, the answer below, the strip at the foot.

Keys: F1 emergency, F9 temperature, F10 undo (where the station can); F2 look only, F3 language,
F4 theme, F5 large type, F6 sound, F11 full screen, Esc back from it. No letter or digit is a
shortcut: a hand scanner types those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from scanner.decide.looks import Language
from scanner.gate.sounds_player import Player
from scanner.screen.buttons import button_style, make_button
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_actions import GuardActions
from scanner.screen.lettering import icon_of
from scanner.screen.options import WindowOptions
from scanner.screen.passage_list import PassageList
from scanner.screen.strip import Strip
from scanner.screen.themes import ThemeName, after
from scanner.screen.top_bar import TopBar

if TYPE_CHECKING:
    from scanner.screen.worker import ActionDone, StationState
    from scanner.station import ScanResult

_PANEL_SHARE: Final = 0.44


class GuardWindow(GateWindow):
    """For someone who stands beside the gate and may see names."""

    def __init__(self, options: WindowOptions, player: Player) -> None:
        super().__init__(options, player)
        self.top = TopBar(options)
        self.passages = PassageList(self.theme, self.language, options.site)
        self.strip = Strip(self.theme, self.language)
        self.look_only_button = make_button(self, self._toggle_look_only, "F2", checkable=True)
        self.language_button = make_button(self, self._other_language, "F3")
        self.theme_button = make_button(self, self._next_theme, "F4")
        self.large_button = make_button(self, self._toggle_large, "F5", checkable=True)
        self.sound_button = make_button(self, self._toggle_sound, "F6", checkable=True)
        for button in (self.language_button, self.theme_button, self.large_button):
            self.top.add_button(button)
        self.top.add_button(self.sound_button)
        if options.look_only is not None:
            self.strip.add_action(self.look_only_button)
        else:
            self.look_only_button.setParent(None)
        self.guard_actions = GuardActions(self, options.actions, options.pace)
        self.guard_actions.asked.connect(self.action_asked)
        self.guard_actions.taken_back.connect(self.passages.take_back)
        for button in self.guard_actions.buttons.values():
            self.strip.add_action(button)
        self._lay_out()
        QShortcut(QKeySequence("F11"), self, self.toggle_full_screen)
        QShortcut(QKeySequence("Esc"), self, self.leave_full_screen)
        self._dress()

    @Slot(object)
    def show_state(self, state: StationState) -> None:
        """Show strip and camera overlay."""
        super().show_state(state)
        self.strip.status.show_freshness(state.freshness)

    def tick(self) -> None:
        """Bring clock and sound fault up to date."""
        self.top.tick()
        self.strip.status.show_sound_fault(self.player.fault())

    def passage_noted(self, result: ScanResult) -> None:
        """Put the result on top of the list."""
        self.passages.add(result)
        self.guard_actions.note(result)

    @Slot(str)
    def take_typed(self, text: str) -> None:
        """Take a temperature that was asked for; anything else is a code."""
        if not self.guard_actions.take_typed(text):
            super().take_typed(text)

    @Slot(object)
    def show_done(self, done: ActionDone) -> None:
        """Show what became of an action, and ask what comes after it."""
        super().show_done(done)
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
        self._dress()

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
        self.guard_actions.place((0, self.top.height(), self.width(), middle))
        self._dress_buttons()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self.picture)
        self._middle.addWidget(self.passages, 1)
        column.addWidget(self.top)
        column.addLayout(self._middle, 1)
        column.addWidget(self.panel)
        column.addWidget(self.strip)

    def _toggle_look_only(self) -> None:
        switch = self.options.look_only
        if switch is not None:
            (switch.clear if switch.is_set() else switch.set)()
        self._dress()

    def _other_language(self) -> None:
        self.set_language(Language.EN if self.language is Language.ZH else Language.ZH)

    def _next_theme(self) -> None:
        self.set_theme(after(self.theme.name), large=self.large)

    def _toggle_large(self) -> None:
        self.set_theme(self.theme.name, large=not self.large)

    def _toggle_sound(self) -> None:
        self.set_muted(not self.muted)

    def _dress(self) -> None:
        """Bring words, colours and pressed states of all parts up to date."""
        self.top.set_theme(self.theme)
        self.passages.set_theme(self.theme, large=self.large)
        self.strip.status.set_look(self.theme, self.language)
        self.guard_actions.dress(self.theme, self.language)
        look_only = self.looks_only()
        self.top.show_mode(self.tr("Look only: nothing is logged") if look_only else "")
        self.setStyleSheet(button_style(self.theme))
        self._dress_buttons()
        self.tick()

    def _dress_buttons(self) -> None:
        other = "EN" if self.language is Language.ZH else "中文"
        rows = (
            (self.look_only_button, self.tr("Look only"), "F2", self.looks_only(), None),
            (self.language_button, self.tr("Language"), "F3", False, None),
            (self.theme_button, self.tr("Theme"), "F4", False, f"theme_{self.theme.name}"),
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
                side = round(button.height() * 0.6)
                button.setIcon(icon_of(icon, self.theme.surface if pressed else self.theme.text))
                button.setIconSize(QSize(side, side))
        self.look_only_button.setText(self.tr("Look only"))
        self.language_button.setText(other)
