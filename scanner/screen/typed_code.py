"""Asks for the code itself, typed or touched: the digits below a code that no camera reads.

The digits stand in groups of five as they are printed, large, and every stroke is checked: a sign
that no code has in that place is shown where it stands. Whether a whole code is right only its
signature can say; until the answer is there the typed digits stay, to be compared with the paper.
They are forgotten with the dialog, after two minutes without a stroke at the latest.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from scanner.capture.handtext import FULL_PREFIX, GROUP, Typed, TypedState
from scanner.screen.asking import Asking
from scanner.screen.code_field import CodeField
from scanner.screen.themes import Theme

if TYPE_CHECKING:
    from scanner.station import ScanResult

_KEYS: Final = ("123", "456", "789", "⌫0✓")
_DELETE: Final = "⌫"
_DONE: Final = "✓"
_IDLE_MS: Final = 120_000
_SLIPS: Final = frozenset({TypedState.WRONG_SIGN, TypedState.TOO_LONG})


class TypedCode(Asking):
    """The dialog. `entered` carries a whole code, to be judged like a scanned one."""

    entered = Signal(str)
    shape = (9, 4)
    roomy = True
    outlasts = True
    away_columns = 3

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme)
        self._wrong = self._waits = False
        self.field = CodeField(self)
        self.grid.addWidget(self.field, 1, 0, 3, 6)
        self.said = self.add_label((4, 0, 1, 6), self.state_words, bold=True)
        for row, faces in enumerate(_KEYS, 1):
            for column, face in enumerate(faces, 6):
                key = self.add(face, (row, column, 1, 1), partial(self.touch, face))
                key.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # typing goes on in the field
        self.field.changed.connect(self._changed)
        self.field.done.connect(self.done)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.leave)
        self._idle.start(_IDLE_MS)
        self.field.set_theme(theme)
        self._changed(self.field.typed)

    def dress(self, theme: Theme) -> None:
        """Change the colours, of the digits as well."""
        super().dress(theme)
        self.field.set_theme(theme)
        self._show_state()

    def opened(self) -> None:
        """Type at once."""
        self.field.setFocus()

    def say(self) -> None:
        """Say everything anew."""
        super().say()
        if not hasattr(self, "said"):
            return
        self.field.setAccessibleName(self.tr("Code"))
        self.field.setAccessibleDescription(self.said.text())
        self.buttons[_DELETE].setAccessibleName(self.tr("Delete"))
        self.buttons[_DONE].setAccessibleName(self.tr("Confirm"))

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("Digits below the code")

    def state_words(self) -> str:
        """Return how far the code has come, or where it slipped."""
        typed = self.field.typed
        if self._wrong:
            return self.tr("This is no valid code. Compare the groups with the paper.")
        match typed.state:
            case TypedState.EMPTY:
                return self.tr("Type the groups as they are printed.")
            case TypedState.COMPLETE:
                return self.tr("Complete. Press ✓.")
            case TypedState.TOO_LONG:
                return self.tr("Too long. Was a group typed twice?")
            case TypedState.WRONG_SIGN:
                return self._slip_words(typed)
            case TypedState.GOES_ON:
                return self._progress_words(typed)

    def touch(self, face: str) -> None:
        """Take one key."""
        if face == _DONE:
            self.done()
        elif face == _DELETE:
            self.field.delete()
        else:
            self.field.insert(face)

    def done(self) -> None:
        """Have a whole code judged; of any other say what it lacks."""
        if self.field.typed.state is TypedState.COMPLETE:
            self._waits = True
            self.entered.emit(self.field.typed.text)
        else:
            self.field.setFocus()

    def answered(self, result: ScanResult | None) -> None:
        """Go, when a key has vouched for what was typed; else leave it to be compared. Answers to
        others' codes are none of this dialog's.
        """
        if not self._waits:
            return
        self._waits = False
        if result is not None and result.judgement.identity is not None:
            self.leave()
        else:
            self._wrong = True
            self._show_state()

    def _changed(self, typed: Typed) -> None:
        self._wrong = self._waits = False
        self._idle.start(_IDLE_MS)
        self.buttons[_DONE].setEnabled(typed.state is TypedState.COMPLETE)
        self._show_state()

    def _show_state(self) -> None:
        slipped = self._wrong or self.field.typed.state in _SLIPS
        colour = self.theme.warning if slipped else self.theme.text
        self.said.setText(self.state_words())
        self.said.setStyleSheet(f"color: {colour};")
        self.field.setAccessibleDescription(self.said.text())

    def _progress_words(self, typed: Typed) -> str:
        if typed.text.startswith(FULL_PREFIX[0]):
            return self.tr("{0} signs. Go on.").format(len(typed.text))
        groups = -(-(len(typed.text) + typed.missing) // GROUP)
        begun = len(typed.text) // GROUP + 1
        return self.tr("Group {0} of {1}, {2} digits to go").format(begun, groups, typed.missing)

    def _slip_words(self, typed: Typed) -> str:
        at = typed.wrong_at or 0
        if typed.text.startswith(FULL_PREFIX):
            return self.tr("Sign {0} is in no code.").format(at + 1)
        group, sign = divmod(at, GROUP + 1)
        return self.tr("Group {0}, sign {1} is no digit.").format(group + 1, sign + 1)
