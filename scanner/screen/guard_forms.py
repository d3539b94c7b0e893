"""What a guard fills in: somebody without a pass, and what happened at the gate."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QWidget

from keys.bodies import NOTE_MAX, TEXT_MAX
from keys.verdicts import Verdict
from scanner.decide.actions import NoteIncident, Register
from scanner.decide.incidents import INCIDENTS
from scanner.decide.looks import Language, Wording
from scanner.screen.asking import Asking, Words
from scanner.screen.themes import Theme

About = tuple[bytes, str] | None
_TAIL_MAX: Final = 4
_INCIDENTS_A_ROW: Final = 3


class RegisterPage(Asking):
    """A person without a pass. `registered` carries a Register; a name is asked for, no more."""

    registered = Signal(object)  # Register
    shape = (8, 3)
    roomy = True

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme)
        self.add_label((1, 0, 1, 1), lambda: self.tr("Name"))
        self.name = self.add_field(
            "name", (1, 1, 1, 3), lambda: self.tr("Name"), most=TEXT_MAX, labelled=True
        )
        self.add_label((1, 4, 1, 2), lambda: self.tr("ID, last four"))
        self.tail = self.add_field(
            "tail",
            (1, 6, 1, 2),
            lambda: self.tr("ID, last four"),
            most=_TAIL_MAX,
            labelled=True,
        )
        letters = QRegularExpression("[0-9A-Za-z]{0,4}")
        self.tail.setValidator(QRegularExpressionValidator(letters, self.tail))
        self.add_label((2, 0, 1, 1), lambda: self.tr("Why"))
        self.note = self.add_field(
            "note", (2, 1, 1, 7), lambda: self.tr("Why"), most=NOTE_MAX, labelled=True
        )
        rows: tuple[tuple[str, bool, Words, Verdict], ...] = (
            ("admit", True, lambda: self.tr("Let through"), Verdict.ADMIT),
            ("refuse", False, lambda: self.tr("Turn away"), Verdict.REFUSE),
        )
        for place, (key, admitted, words, verdict) in enumerate(rows):
            does = partial(self._register, admitted)
            self.add(key, (3, 4 * place, 1, 4), does, words, verdict=verdict)

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("Somebody without a pass")

    def _register(self, admitted: bool, _checked: bool = False) -> None:
        name = self.name.text().strip()
        if not name:
            self.complain(self.tr("A name, please"))
            self.name.setFocus()
            return
        tail, note = self.tail.text().upper(), self.note.text().strip()
        self.registered.emit(Register(name=name, id_tail=tail, note=note, admitted=admitted))


class IncidentPage(Asking):
    """What happened. `noted` carries a NoteIncident. about: the newest passage and who it was,
    None if there is none.
    """

    noted = Signal(object)  # NoteIncident
    shape = (6, 4)
    roomy = True

    def __init__(
        self, parent: QWidget, theme: Theme, language: Callable[[], Language], about: About
    ) -> None:
        super().__init__(parent, theme)
        self._language = language
        self._about = about
        for number, wording in enumerate(INCIDENTS):
            row, column = divmod(number, _INCIDENTS_A_ROW)
            does, words = partial(self._begin_with, wording), partial(self._word_of, wording)
            self.add(wording.en, (row + 1, column * 2, 1, 2), does, words)
        self.text = self.add_field(
            "text", (3, 0, 1, 6), lambda: self.tr("What happened?"), most=NOTE_MAX
        )
        self.text.returnPressed.connect(self._note)
        self.of_person = self.add_tick("about", (4, 0, 1, 3), self._about_words)
        self.of_person.setEnabled(about is not None)
        self.add("note", (4, 3, 1, 3), self._note, lambda: self.tr("Write down"))

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("What happened?")

    def _word_of(self, wording: Wording) -> str:
        return wording.of(self._language())

    def _about_words(self) -> str:
        if self._about is None:
            return self.tr("About nobody")
        return self.tr("About {0}").format(self._about[1])

    def _begin_with(self, wording: Wording) -> None:
        more = self.text.text().strip()
        self.text.setText(" ".join(part for part in (wording.of(self._language()), more) if part))
        self.text.setFocus()

    def _note(self) -> None:
        text = self.text.text().strip()
        if not text:
            self.complain(self.tr("A few words, please"))
            self.text.setFocus()
            return
        chosen = self._about is not None and self.of_person.isChecked()
        about = self._about[0] if self._about is not None and chosen else None
        self.noted.emit(NoteIncident(text=text, about=about))
