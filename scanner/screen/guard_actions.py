"""The guard's thumb buttons: emergency, undo, temperature. The station says which it can do.

The emergency button opens with one press and asks for its cause afterwards; it is in the strip,
which no verdict and no question covers. Undo takes back the newest passage for 30 s. A temperature
is touched, typed or taken from the thermometer, and belongs to the person judged last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from keys.verdicts import Reason
from scanner.decide.action_names import UNDO_WITHIN_S, ActionName
from scanner.decide.looks import Language
from scanner.screen.buttons import GateButton, make_button
from scanner.screen.options import WindowOptions
from scanner.screen.questions import Questions
from scanner.screen.themes import THEMES, Theme

if TYPE_CHECKING:
    from scanner.decide.actions import EmergencyCause
    from scanner.screen.worker import ActionDone
    from scanner.station import ScanResult

# As long as the station itself holds it (scanner/scan/desk.py).
_HELD_OPEN_S: Final = 60.0
_MEASURE: Final = frozenset({Reason.TEMPERATURE_MISSING, Reason.TEMPERATURE_AGAIN})


class GuardActions(QObject):
    """Owns the buttons and their questions. `asked` carries each Action to the station."""

    asked = Signal(object)
    taken_back = Signal(bytes)

    def __init__(self, window: QWidget, options: WindowOptions, questions: Questions) -> None:
        super().__init__(window)
        self._window = window
        self._options = options
        self._questions = questions
        self._language = options.language
        self._theme = THEMES[options.theme]
        self._newest: bytes | None = None
        self._emergency: bytes | None = None
        self._measure_asked = False
        self.buttons: dict[ActionName, GateButton] = {}
        for name, does, key in (
            (ActionName.TEMPERATURE, self.ask_temperature, "F9"),
            (ActionName.UNDO, self.take_back, "F10"),
            (ActionName.EMERGENCY, self.open_now, "F1"),
        ):
            if name in options.actions:
                self.buttons[name] = make_button(window, does, key)
        self._undo_over = QTimer(self)
        self._undo_over.setSingleShot(True)
        self._undo_over.timeout.connect(self._forget_newest)
        self._held_over = QTimer(self)
        self._held_over.setSingleShot(True)
        self._held_over.timeout.connect(self._let_go)
        self._forget_newest()

    def note(self, result: ScanResult) -> None:
        """Remember the newest passage, which undo takes back, and whether it wants a reading."""
        self._measure_asked = result.judgement.reason in _MEASURE
        self._name_temperature()
        if result.passage_id is not None:
            self._newest = result.passage_id
            self._undo_over.start(self._options.pace.milliseconds(UNDO_WITHIN_S))
            self._enable_undo()

    def done(self, done: ActionDone) -> None:
        """Go on after an action: an emergency asks for its cause, an undo marks its row."""
        from scanner.decide.actions import OpenForEmergency, TakeBack

        if done.fault is not None:
            if isinstance(done.action, OpenForEmergency):
                self._hold_open()
            return
        match done.action:
            case OpenForEmergency() if done.result is not None:
                # The station holds it now: what the window opened by itself must not close on it.
                self._held_over.stop()
                self._emergency = done.result.passage_id
                if self._emergency is not None:
                    self._ask_cause()
            case TakeBack():
                self.taken_back.emit(done.action.passage_id)
            case _:
                pass

    def open_now(self) -> None:
        """Open for an emergency: no question comes first."""
        from scanner.decide.actions import OpenForEmergency

        self.asked.emit(OpenForEmergency())

    def take_back(self) -> None:
        """Take the newest passage back, while that is possible."""
        from scanner.decide.actions import TakeBack

        if self._newest is not None:
            self.asked.emit(TakeBack(passage_id=self._newest))
            self._forget_newest()

    def ask_temperature(self) -> None:
        """Show the keys for a temperature, or take them away again."""
        if self._questions.topic == "temperature":
            self._questions.close()
            return
        # Pages are loaded when they are first asked for: the first paint must not wait for them.
        from scanner.screen.number_pad import TemperaturePad

        devices = self._options.devices
        thermometer = devices.thermometer if devices is not None else None
        pad = TemperaturePad(self._window, self._theme, thermometer)
        pad.measured.connect(self._measured)
        self._questions.ask(pad)

    def dress(self, theme: Theme, language: Language) -> None:
        """Change colours and words of the buttons."""
        self._theme, self._language = theme, language
        words = {ActionName.UNDO: self.tr("Undo"), ActionName.EMERGENCY: self.tr("Emergency")}
        for name, button in self.buttons.items():
            if name in words:
                button.setText(words[name])
                button.setAccessibleName(words[name])
        self._name_temperature()
        if ActionName.EMERGENCY in self.buttons:
            colour = theme.warning
            self.buttons[ActionName.EMERGENCY].setStyleSheet(
                f"QPushButton {{ color: {colour}; border: 4px double {colour}; }}"
            )

    def _hold_open(self) -> None:
        """Open by the gate itself where the station cannot: a broken log locks nobody in."""
        devices = self._options.devices
        if devices is not None and devices.gate is not None:
            devices.gate.set_emergency(True)
            self._held_over.start(self._options.pace.milliseconds(_HELD_OPEN_S))

    def _let_go(self) -> None:
        devices = self._options.devices
        if devices is not None and devices.gate is not None:
            devices.gate.set_emergency(False)

    def _ask_cause(self) -> None:
        from scanner.screen.guard_pages import CauseQuestion

        question = CauseQuestion(self._window, self._theme, lambda: self._language)
        question.given.connect(self._give)
        self._questions.ask(question)

    def _give(self, cause: EmergencyCause) -> None:
        from scanner.decide.actions import GiveCause

        if self._emergency is not None:
            self.asked.emit(GiveCause(passage_id=self._emergency, cause=cause))
        self._questions.close()

    def _measured(self, tenths: int) -> None:
        from scanner.decide.actions import Measured

        self._questions.close()
        self.asked.emit(Measured(tenths=tenths))

    def _name_temperature(self) -> None:
        """Name the button, and mark it while the person judged last is to be measured."""
        button = self.buttons.get(ActionName.TEMPERATURE)
        if button is not None:
            button.setText(self.tr("Temp.") + (" !" if self._measure_asked else ""))
            wanted = self.tr("Temperature wanted") if self._measure_asked else self.tr("Temp.")
            button.setAccessibleName(wanted)

    def _forget_newest(self) -> None:
        self._newest = None
        self._undo_over.stop()
        self._enable_undo()

    def _enable_undo(self) -> None:
        if ActionName.UNDO in self.buttons:
            self.buttons[ActionName.UNDO].setEnabled(self._newest is not None)
