"""The pages of the guard's desk, made and joined to it when they are asked for.

Loaded at the first page, not with the window: the first paint must not wait for what a guard needs
a few times a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from scanner.decide.action_names import ActionName
from scanner.decide.actions import CountParty, LookUp
from scanner.decide.notices import Notice
from scanner.screen.answers import Answer, person_of
from scanner.screen.asking import Asking
from scanner.screen.guard_forms import IncidentPage, RegisterPage
from scanner.screen.guard_pages import PartyPage, Telling, Tile
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.number_pad import PassNumberPad
from scanner.screen.staff_pages import StaffPages

if TYPE_CHECKING:
    from scanner.screen.guard_desk import GuardDesk

_TELLING_S: Final = 6.0


class DeskPages(StaffPages):
    """Makes pages for `desk` in its language and colours of now."""

    def __init__(self, desk: GuardDesk) -> None:
        super().__init__(desk.window)
        self._desk = desk
        self._window = desk.window
        self._options = desk.window.options

    def hand_list(self) -> Asking:
        """Return the list of who waits for a hand check."""
        page = HandListPage(
            self._window,
            self._window.theme,
            self._desk.checks,
            now=self._options.now,
            language=self.speaks,
            site=self._options.site,
        )
        page.decided.connect(self._desk.asked)
        return page

    def register(self) -> Asking:
        """Return the form for somebody without a pass."""
        page = RegisterPage(self._window, self._window.theme)
        page.registered.connect(self._desk.asked)
        return page

    def look_up(self) -> Asking:
        """Return the pad for the number that is printed on a pass."""
        page = PassNumberPad(self._window, self._window.theme)
        page.looked_up.connect(self._look_up)
        return page

    def party(self) -> Asking:
        """Return the question how many people stand there on the pass judged last."""
        page = PartyPage(self._window, self._window.theme)
        page.counted.connect(self._count_party)
        return page

    def incident(self) -> Asking:
        """Return the form for what happened, which may belong to the newest passage."""
        about, newest = None, self._desk.newest
        if newest is not None and newest.passage_id is not None:
            person = person_of(Answer(result=newest, personal=self._desk.personal))
            about = newest.passage_id, person or self.tr("the last passage")
        page = IncidentPage(self._window, self._window.theme, self.speaks, about)
        page.noted.connect(self._desk.asked)
        return page

    def telling(self, notice: Notice) -> Asking:
        """Return a word of what became of an action, that goes by itself."""
        stay_ms = self._options.pace.milliseconds(_TELLING_S)
        window = self._window
        return Telling(window, window.theme, notice, language=self.speaks, stay_ms=stay_ms)

    def tiles(self) -> Iterator[Tile]:
        """Yield what this station offers besides the buttons of the strip."""
        desk = self._desk
        code, *rest = super().tiles()
        yield code
        for name, words, opens in (
            (ActionName.PARTY, lambda: self.tr("Party"), desk.open_party),
            (ActionName.REGISTER, lambda: self.tr("No pass"), desk.open_register),
            (ActionName.LOOK_UP, lambda: self.tr("By number"), desk.open_look_up),
            (ActionName.INCIDENT, lambda: self.tr("Incident"), desk.open_incident),
            (ActionName.SHIFT, lambda: self.tr("Shift"), desk.open_shift),
        ):
            if name in self._options.actions:
                yield Tile(key=str(name), words=words, opens=opens)
        yield from rest

    def _count_party(self, people: int) -> None:
        self._desk.asked.emit(CountParty(people=people))

    def _look_up(self, number: str) -> None:
        self._desk.asked.emit(LookUp(number=number))
