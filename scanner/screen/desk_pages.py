"""The pages of the guard's desk, made and joined to it when they are asked for.

Loaded at the first page, not with the window: the first paint must not wait for what a guard needs
a few times a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from scanner.decide.actions import ActionName, CountParty, LookUp
from scanner.decide.notices import Notice
from scanner.screen.answers import Answer, person_of
from scanner.screen.asking import Asking
from scanner.screen.guard_forms import IncidentPage, RegisterPage
from scanner.screen.guard_pages import MorePage, PartyPage, Telling, Tile
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.number_pad import PassNumberPad
from scanner.screen.station_page import StationPage
from scanner.screen.typed_code import TypedCode

if TYPE_CHECKING:
    from scanner.screen.guard_desk import GuardDesk

_TELLING_S: Final = 6.0


class DeskPages(QObject):
    """Makes pages for `desk` in its language and colours of now."""

    def __init__(self, desk: GuardDesk) -> None:
        super().__init__(desk)
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
            language=self._desk.speaks,
            site=self._options.site,
        )
        page.decided.connect(self._desk.asked)
        return page

    def more(self) -> Asking:
        """Return the tiles of what is seldom needed."""
        return MorePage(self._window, self._window.theme, self.tiles())

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
        page = IncidentPage(self._window, self._window.theme, self._desk.speaks, about)
        page.noted.connect(self._desk.asked)
        return page

    def typed_code(self) -> Asking:
        """Return the page for the digits below a code that no camera reads."""
        page = TypedCode(self._window, self._window.theme)
        page.entered.connect(self._desk.code_typed)
        return page

    def station(self) -> Asking:
        """Return what the station says of itself, with a try of sound and lamps."""
        desk, window = self._desk, self._window
        page = StationPage(window, window.theme, self._options, window.player, desk.speaks)
        if desk.state is not None:
            page.state_noted(desk.state)
        return page

    def camera(self) -> Asking | None:
        """Return the camera's check with the printed card; None where nothing may be kept."""
        # Brings the image libraries along.
        from scanner.screen.camera_page import CameraPage

        window, data = self._window, self._options.data
        if data is None:
            return None
        page = CameraPage(window, window.theme, self._options, data, self._desk.speaks)
        page.support_asked.connect(self._desk.open_support)
        return page

    def support(self) -> Asking | None:
        """Return the recording for support; None where nothing may be kept."""
        from scanner.screen.support_page import SupportPage

        window, data = self._window, self._options.data
        return None if data is None else SupportPage(window, window.theme, self._options, data)

    def telling(self, notice: Notice) -> Asking:
        """Return a word of what became of an action, that goes by itself."""
        stay_ms = self._options.pace.milliseconds(_TELLING_S)
        window = self._window
        speaks = self._desk.speaks
        return Telling(window, window.theme, notice, language=speaks, stay_ms=stay_ms)

    def tiles(self) -> tuple[Tile, ...]:
        """Return what this station offers besides the buttons of the strip."""
        desk, offered = self._desk, self._options.actions
        always = set(offered) | {"code", "station"}
        always |= {"camera"} if self._options.data is not None else set()
        rows = (
            ("code", lambda: self.tr("Type a code"), desk.open_typed_code),
            (ActionName.PARTY, lambda: self.tr("Party"), desk.open_party),
            (ActionName.REGISTER, lambda: self.tr("No pass"), desk.open_register),
            (ActionName.LOOK_UP, lambda: self.tr("By number"), desk.open_look_up),
            (ActionName.INCIDENT, lambda: self.tr("Incident"), desk.open_incident),
            (ActionName.SHIFT, lambda: self.tr("Shift"), desk.open_shift),
            ("station", lambda: self.tr("Station"), desk.open_station),
            ("camera", lambda: self.tr("Camera"), desk.open_camera),
        )
        return tuple(
            Tile(key=str(key), words=words, opens=opens)
            for key, words, opens in rows
            if key in always
        )

    def _count_party(self, people: int) -> None:
        self._desk.asked.emit(CountParty(people=people))

    def _look_up(self, number: str) -> None:
        self._desk.asked.emit(LookUp(number=number))
