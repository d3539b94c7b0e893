"""Small pages of the guard's desk: what else there is, who is on duty, why somebody opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from scanner.decide.actions import CAUSES, EmergencyCause
from scanner.decide.looks import Language
from scanner.decide.notices import Notice
from scanner.screen.asking import Asking, Words
from scanner.screen.themes import Theme

if TYPE_CHECKING:
    from scanner.screen.worker import StationState

_TILES_A_ROW: Final = 4
_PARTY_MOST: Final = 16  # formats.md 1.1: the largest party of one pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One thing that a guard seldom needs. opens: called by its press."""

    key: str
    words: Words
    opens: Callable[[], None]


class MorePage(Asking):
    """Tiles for what is seldom needed, in rows of two where they are few or the screen upright."""

    roomy = True
    topic = "more"

    def __init__(self, parent: QWidget, theme: Theme, tiles: tuple[Tile, ...]) -> None:
        few = len(tiles) <= _TILES_A_ROW or parent.height() > parent.width()
        across = 2 if few else _TILES_A_ROW
        self.shape = (across, -(-len(tiles) // across))
        super().__init__(parent, theme)
        for place, tile in enumerate(tiles):
            row, column = divmod(place, across)
            self.add(tile.key, (row + 1, column, 1, 1), tile.opens, tile.words)

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("What else?")

    def opened(self) -> None:
        """Begin with the first tile."""
        next(button for key, button in self.buttons.items() if key != "✕").setFocus()


class ShiftPage(Asking):
    """Asks for a staff pass; the next code begins a shift. operator: who is on duty, as of now.
    stay_ms: then it goes by itself.
    """

    ended = Signal()
    shape = (6, 2)
    roomy = True
    topic = "shift"

    def __init__(
        self, parent: QWidget, theme: Theme, operator: Callable[[], str], *, stay_ms: int
    ) -> None:
        super().__init__(parent, theme)
        self._operator = operator
        # While it stands nothing is logged: left open by mistake, it goes.
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.timeout.connect(self.leave)
        self._over.start(stay_ms)
        self.add_label((1, 0, 1, 6), self._duty_words, bold=True)
        self.add("end", (2, 0, 1, 3), self.ended.emit, lambda: self.tr("End the shift"))

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("Scan your staff pass")

    def say(self) -> None:
        """Say everything anew; nobody on duty cannot go off duty."""
        super().say()
        self.buttons["end"].setEnabled(bool(self._operator()))

    def state_noted(self, _state: StationState) -> None:
        """Say anew who is on duty."""
        self.say()

    def _duty_words(self) -> str:
        operator = self._operator()
        if not operator:
            return self.tr("Nobody is on duty")
        return self.tr("On duty: {0}").format(operator)


class PartyPage(Asking):
    """How many people stand there on the pass judged last: one press. `counted` carries it."""

    counted = Signal(int)
    shape = (8, 2)
    roomy = True

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme)
        for people in range(1, _PARTY_MOST + 1):
            row, column = divmod(people - 1, 8)
            self.add(str(people), (row + 1, column, 1, 1), partial(self._count, people))

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("How many people on this pass?")

    def opened(self) -> None:
        """Begin with one."""
        self.buttons["1"].setFocus()

    def _count(self, people: int, _checked: bool = False) -> None:
        self.counted.emit(people)


class Telling(Asking):
    """Says what became of an action, and goes by itself."""

    shape = (6, 1)

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        notice: Notice,
        *,
        language: Callable[[], Language],
        stay_ms: int,
    ) -> None:
        super().__init__(parent, theme)
        self._notice = notice
        self._language = language
        self.add_label((1, 0, 1, 6), partial(self._step, notice))
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.timeout.connect(self.leave)
        self._over.start(stay_ms)

    def title_words(self) -> str:
        """Return what became of it."""
        return self._notice.title.of(self._language())

    def _step(self, notice: Notice) -> str:
        return notice.next_step.of(self._language())


class CauseQuestion(Asking):
    """Why somebody opened. `given` carries the EmergencyCause."""

    given = Signal(object)
    shape = (5, 1)

    def __init__(self, parent: QWidget, theme: Theme, language: Callable[[], Language]) -> None:
        super().__init__(parent, theme)
        self._language = language
        for column, cause in enumerate(CAUSES):
            does = partial(self._give, cause)
            self.add(cause.value, (1, column, 1, 1), does, partial(self._word, cause))

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("Opened and logged. Why?")

    def _word(self, cause: EmergencyCause) -> str:
        return CAUSES[cause].of(self._language())

    def _give(self, cause: EmergencyCause, _checked: bool = False) -> None:
        self.given.emit(cause)
