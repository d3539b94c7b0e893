"""Numbers that are touched with a thumb or typed: a temperature, the number printed on a pass."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from scanner.decide.actions import tenths_of
from scanner.gate.thermometer import Thermometer
from scanner.screen.asking import Asking
from scanner.screen.themes import Theme

_DELETE: Final = "⌫"
_DONE: Final = "✓"
_READ_EVERY_MS: Final = 400
# The list and the place in it, as printed below a code; the station knows which of them there are.
_PASS_NUMBER: Final = re.compile(r"[0-9]{1,4}-[0-9]{1,8}")


class NumberPad(Asking):
    """A field with large keys. keys: their two rows; the last key takes what is left."""

    shape = (7, 2)
    roomy = True
    keys: tuple[str, str]
    most: int

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme)
        self.grid.removeWidget(self.title)
        self.grid.addWidget(self.title, 0, 0, 1, 3)
        where = (0, 3, 1, self.shape[0] - 4)
        self.field = self.add_field(
            "number", where, self.title_words, most=self.most, labelled=True
        )
        self.field.returnPressed.connect(self.done)
        for row, faces in enumerate(self.keys, 1):
            for column, face in enumerate(faces):
                across = 2 if face == _DONE else 1
                self.add(face, (row, column, 1, across), partial(self.touch, face))
        self.name_keys()

    def say(self) -> None:
        """Say everything anew, the keys' names as well."""
        super().say()
        self.name_keys()

    def name_keys(self) -> None:
        """Say aloud what the marks on the keys mean."""
        names = {
            _DELETE: self.tr("Delete"),
            _DONE: self.tr("Confirm"),
            "-": self.tr("Dash"),
            ".": self.tr("Point"),
        }
        for face, name in names.items():
            if face in self.buttons:
                self.buttons[face].setAccessibleName(name)

    def touch(self, face: str) -> None:
        """Take one key."""
        if face == _DONE:
            self.done()
        elif face == _DELETE:
            self.field.setText(self.field.text()[:-1])
        else:
            self.field.setText((self.field.text() + face)[: self.most])

    def done(self) -> None:
        """Take the number that stands there, or say what is wrong with it."""
        if not self.take(self.field.text()):
            self.field.clear()
            self.complain(self.wanted_words())

    def take(self, typed: str) -> bool:
        """Return whether `typed` is such a number; then it is on its way."""
        raise NotImplementedError

    def wanted_words(self) -> str:
        """Return what the number has to look like."""
        raise NotImplementedError


class TemperaturePad(NumberPad):
    """Asks for the temperature of the person judged last; a thermometer's is taken by one press."""

    measured = Signal(int)  # tenths of a degree Celsius
    topic = "temperature"
    keys = ("1234567", "890.⌫✓")
    most = 4

    def __init__(self, parent: QWidget, theme: Theme, thermometer: Thermometer | None) -> None:
        if thermometer is not None:
            self.shape = (8, 2)
        super().__init__(parent, theme)
        self._thermometer = thermometer
        if thermometer is not None:
            self.add("reading", (1, 7, 2, 1), self.take_reading, self.reading_words)
            self._read = QTimer(self)
            self._read.timeout.connect(self.say_reading)
            self._read.start(_READ_EVERY_MS)
            self.say_reading()

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("Temperature in °C")

    def wanted_words(self) -> str:
        """Return what is a temperature."""
        return self.tr("30.0 to 45.0 °C, please")

    def take(self, typed: str) -> bool:
        """Return whether `typed` is a temperature; then it is on its way."""
        tenths = tenths_of(typed)
        if tenths is not None:
            self.measured.emit(tenths)
        return tenths is not None

    def takes_scan(self, text: str) -> bool:
        """Return whether a thermometer that acts as a keyboard has typed this."""
        return self.take(text)

    def reading(self) -> int | None:
        """Return the thermometer's reading in tenths of a degree, None while there is none."""
        now = self._thermometer.measured() if self._thermometer is not None else None
        return None if now is None else round(now.hundredths / 10)

    def reading_words(self) -> str:
        """Return what stands on the thermometer's button."""
        tenths = self.reading()
        if tenths is not None:
            return f"{tenths / 10:.1f} °C"
        fault = self._thermometer.fault() if self._thermometer is not None else None
        return self.tr("No reading") if fault is None else self.tr("Faulty")

    def say_reading(self) -> None:
        """Bring the thermometer's button up to date."""
        button = self.buttons["reading"]
        button.setText(self.reading_words())
        button.setAccessibleName(self.tr("Thermometer") + " " + button.text())
        button.setEnabled(self.reading() is not None)

    def take_reading(self) -> None:
        """Take what the thermometer says."""
        tenths = self.reading()
        if tenths is not None:
            self.measured.emit(tenths)


class PassNumberPad(NumberPad):
    """Asks for the number that is printed below a code, of somebody who has no phone."""

    looked_up = Signal(str)
    keys = ("1234567", "890-⌫✓")
    most = 14

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("Number on the pass")

    def wanted_words(self) -> str:
        """Return what such a number looks like."""
        return self.tr("Such as 3-777777, please")

    def take(self, typed: str) -> bool:
        """Return whether `typed` is such a number; then it is on its way."""
        good = _PASS_NUMBER.fullmatch(typed) is not None
        if good:
            self.looked_up.emit(typed)
        return good
