"""A gate of air beside the window (`--simulate-gate`): press what sensors would, see what lamps do.

For trying policies, turnstile times and the guard's answers without a gate. It presses inputs of
the simulated board only: what follows goes the way of a real gate, through its own thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from scanner.decide.looks import Language, Wording
from scanner.gate.devices import ALL_SIMULATED, GateDevices, places_of
from scanner.gate.faults import UNPLUGGED
from scanner.gate.gate import Part
from scanner.gate.turnstile import Phase
from scanner.screen.buttons import FittingButton, button_style
from scanner.screen.lettering import fitting_pixels, font_of
from scanner.screen.themes import Theme

_LOOK_EVERY_MS: Final = 100
_WALK_MS: Final = 400
_COOL, _HOT = 340, 410  # tenths of a degree on the slider; below the coolest nobody stands there
# Each output when it is off, and when it is on.
_OUTPUTS: Final = {
    Part.LOCK: (Wording(zh="锁住", en="locked"), Wording(zh="开锁", en="unlocked")),
    Part.GREEN: (Wording(zh="绿灯灭", en="green off"), Wording(zh="绿灯亮", en="green on")),
    Part.AMBER: (Wording(zh="黄灯灭", en="amber off"), Wording(zh="黄灯亮", en="amber on")),
    Part.RED: (Wording(zh="红灯灭", en="red off"), Wording(zh="红灯亮", en="red on")),
    Part.BUZZER: (Wording(zh="蜂鸣停", en="buzzer off"), Wording(zh="蜂鸣响", en="buzzer on")),
}
_PHASES: Final = {
    Phase.LOCKED: Wording(zh="关闭", en="locked"),
    Phase.OPEN: Wording(zh="开放", en="open"),
    Phase.PASSING: Wording(zh="通过中", en="passing"),
    Phase.HELD: Wording(zh="常开", en="held open"),
}
_TITLE: Final = Wording(zh="模拟通道", en="Simulated gate")
_WALK: Final = Wording(zh="有人走过", en="Walk through")
_FIRE: Final = Wording(zh="火警", en="Fire alarm")
_UNPLUG: Final = Wording(zh="拔掉插头", en="Pull the plug")
_NOBODY: Final = Wording(zh="无人", en="nobody")
_TEMPERATURE: Final = Wording(zh="体温", en="Temperature")
_COUNTS: Final = Wording(zh="走过 {0} · 强闯 {1}", en="passed {0} · forced {1}")
_LIT: Final = {Part.GREEN: "#008560", Part.AMBER: "#B37400", Part.RED: "#C4002F"}


class Lamp(QWidget):
    """One output: full when it is on, a ring when it is off, with its name below."""

    def __init__(self, parent: QWidget, theme: Theme, colour: str) -> None:
        super().__init__(parent)
        self.on = False
        self._theme = theme
        self._colour = colour
        self._name = ""

    def show_output(self, name: str, *, on: bool) -> None:
        """Show whether it is on; `name` says so too."""
        if (name, on) != (self._name, self.on):
            self._name, self.on = name, on
            self.setAccessibleName(name)
            self.update()

    def sizeHint(self) -> QSize:
        """Return room for disc and name."""
        return QSize(90, 80)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint disc and name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width() * 0.5, self.height() * 0.55)
        disc = QRectF((self.width() - side) / 2, 4, side, side)
        painter.setPen(QPen(QColor(self._theme.text), 3))
        painter.setBrush(QColor(self._colour) if self.on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(disc)
        words = QRectF(0, disc.bottom(), self.width(), self.height() - disc.bottom())
        painter.setFont(font_of(fitting_pixels(self._name, self.width() * 0.96, 18)))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self._name)
        painter.end()


class SimulatedGatePanel(QWidget):
    """A small window of its own. devices: with a simulated board."""

    def __init__(
        self, parent: QWidget, theme: Theme, devices: GateDevices, language: Callable[[], Language]
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._devices = devices
        self._language = language
        self._channels = {part: place.channel for part, place in places_of(ALL_SIMULATED).items()}
        self.lamps = {part: Lamp(self, theme, _LIT.get(part, theme.text)) for part in _OUTPUTS}
        self.walk = self._button(self.walk_through)
        self.fire = self._button(self.set_fire, checkable=True)
        self.unplug = self._button(self.pull_out, checkable=True)
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setFont(font_of(18))
        self.degrees = QLabel(self)
        self.degrees.setFont(font_of(18))
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(_COOL - 1, _HOT)
        self.slider.setValue(_COOL - 1)
        self.slider.valueChanged.connect(self.set_temperature)
        self._lay_out()
        self._walked = QTimer(self)
        self._walked.setSingleShot(True)
        self._walked.timeout.connect(partial(self._press, Part.PASSAGE, False))
        self._look = QTimer(self)
        self._look.timeout.connect(self.show_gate)
        self._look.start(_LOOK_EVERY_MS)
        self.set_theme(theme)
        self.show_gate()

    def walk_through(self) -> None:
        """Cover the passage sensor as long as somebody who walks through does."""
        self._press(Part.PASSAGE, True)
        self._walked.start(_WALK_MS)

    def set_fire(self) -> None:
        """Set off the fire input, or end it."""
        self._press(Part.FIRE, self.fire.isChecked())

    def pull_out(self) -> None:
        """Pull the gate's plug, or put it back."""
        if self._devices.panel is not None:
            self._devices.panel.fault = UNPLUGGED if self.unplug.isChecked() else None

    def set_temperature(self, tenths: int) -> None:
        """Let the thermometer see that; left of the coolest: nobody."""
        if self._devices.simulated is not None:
            self._devices.simulated.hundredths = None if tenths < _COOL else tenths * 10
        self.show_gate()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.setStyleSheet(
            f"{button_style(theme)} QLabel {{ color: {theme.text}; }}"
            f" SimulatedGatePanel {{ background: {theme.ground}; }}"
        )

    def show_gate(self) -> None:
        """Bring lamps and words up to date."""
        language = self._language()
        outputs = {} if self._devices.panel is None else dict(self._devices.panel.outputs)
        for part, lamp in self.lamps.items():
            on = outputs.get(self._channels[part], False)
            lamp.show_output(_OUTPUTS[part][on].of(language), on=on)
        self.setWindowTitle(_TITLE.of(language))
        for button, words in ((self.walk, _WALK), (self.fire, _FIRE), (self.unplug, _UNPLUG)):
            if button.text() != words.of(language):
                button.setText(words.of(language))
                button.setAccessibleName(words.of(language))
        self.told.setText(self._gate_words(language))
        tenths = self.slider.value()
        nobody = tenths < _COOL
        self.degrees.setText(_NOBODY.of(language) if nobody else f"{tenths / 10:.1f} °C")
        self.slider.setAccessibleName(_TEMPERATURE.of(language))

    def _gate_words(self, language: Language) -> str:
        if self._devices.gate is None:
            return ""
        state = self._devices.gate.state
        counts = _COUNTS.of(language).format(state.passed, state.forced)
        faults = ", ".join(f"{part}: {code}" for part, code in state.faults.items())
        parts = (_PHASES[state.phase].of(language), counts, faults)
        return " · ".join(part for part in parts if part)

    def _button(self, does: Callable[[], None], *, checkable: bool = False) -> FittingButton:
        button = FittingButton(self)
        button.setCheckable(checkable)
        button.setMinimumSize(120, 52)
        button.clicked.connect(does)
        return button

    def _press(self, part: Part, on: bool) -> None:
        if self._devices.panel is not None:
            self._devices.panel.pressed[self._channels[part]] = on

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        for place, lamp in enumerate(self.lamps.values()):
            grid.addWidget(lamp, 0, place * 3, 1, 3)
        grid.addWidget(self.told, 1, 0, 1, 15)
        for place, button in enumerate((self.walk, self.fire, self.unplug)):
            grid.addWidget(button, 2, place * 5, 1, 5)
        grid.addWidget(self.slider, 3, 0, 1, 11)
        grid.addWidget(self.degrees, 3, 11, 1, 4)
        self.resize(560, 280)
