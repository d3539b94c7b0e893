"""The guard's desk: hand checks, registration, look-up, incidents, shifts, the station itself.

Everything here is asked over picture and list while the gate goes on: answers keep coming below,
and a question that stands is never taken away by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from keys.passages import Reason
from scanner.decide.actions import (
    ActionName,
    BeginShift,
    Decide,
    EndShift,
    LookUp,
    NoteIncident,
    Register,
    TakeBack,
)
from scanner.decide.looks import Language
from scanner.decide.notices import Notice
from scanner.decide.notices_desk import action_notice
from scanner.decide.reasons import REASONS
from scanner.gate.sounds_player import Player
from scanner.screen.answers import Answer, person_of
from scanner.screen.asking import Questions
from scanner.screen.buttons import GateButton, make_button
from scanner.screen.guard_forms import IncidentPage, RegisterPage
from scanner.screen.guard_pages import MorePage, ShiftPage, Telling, Tile
from scanner.screen.guard_shift import GuardShift
from scanner.screen.hand_checks import HandChecks
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.number_pad import PassNumberPad
from scanner.screen.options import WindowOptions
from scanner.screen.station_page import StationPage
from scanner.screen.themes import THEMES, Theme
from scanner.screen.typed_code import TypedCode

if TYPE_CHECKING:
    from scanner.screen.gate_window import GateWindow
    from scanner.screen.worker import ActionDone, StationState
    from scanner.station import ScanResult

_TELLING_S: Final = 6.0
_DESK_ACTIONS: Final = (Decide, Register, LookUp, NoteIncident, BeginShift, EndShift)


class GuardDesk(QObject):
    """Owns the pages and their two buttons. `asked` carries Actions to the station, `code_typed`
    each code that was typed in by hand.
    """

    asked = Signal(object)
    code_typed = Signal(str)

    def __init__(
        self, window: GateWindow, options: WindowOptions, questions: Questions, player: Player
    ) -> None:
        super().__init__(window)
        self._window = window
        self._options = options
        self._questions = questions
        self._player = player
        self._theme = THEMES[options.theme]
        self._language = options.language
        self._state: StationState | None = None
        self._newest: ScanResult | None = None
        self.shift = GuardShift(window, options, questions)
        self.shift.asked.connect(self.asked)
        self.checks = HandChecks()
        self.more_tiles: list[Tile] = self._tiles()
        self.buttons: dict[str, GateButton] = {}
        if ActionName.HAND_LIST in options.actions:
            self.buttons["hand_list"] = make_button(window, self.open_hand_list, "F7")
        self.buttons["more"] = make_button(window, self.open_more, "F8")

    @property
    def operator(self) -> str:
        """Who is on duty; empty for nobody."""
        fresh = self._state.freshness if self._state is not None else None
        return fresh.operator if fresh is not None else ""

    def note(self, result: ScanResult) -> None:
        """Take a result that counts."""
        self._newest = result if result.passage_id is not None else self._newest
        self.checks.note(result)
        self._checks_changed()

    def show_state(self, state: StationState) -> None:
        """Show what the station says of itself where that is open."""
        self._state = state
        page = self._questions.current
        if isinstance(page, StationPage):
            page.show_state(state)
        elif isinstance(page, ShiftPage):
            page.say()

    def done(self, done: ActionDone) -> None:
        """Go on after an action: close its page, or say there why it was not done."""
        if done.fault is not None:
            self._not_done(done)
            return
        match done.action:
            case Decide() | TakeBack():
                self.checks.drop(done.action.passage_id)
                self._checks_changed()
                if isinstance(self._questions.current, HandListPage) and not self.checks.waiting:
                    self._questions.close()
            case NoteIncident():
                self._tell_reason(Reason.INCIDENT)
            case BeginShift():
                self._tell_reason(Reason.SHIFT_BEGUN)
            case EndShift():
                self._tell_reason(Reason.SHIFT_ENDED)
            case Register() | LookUp():
                self._questions.close()
            case _:
                pass

    def dress(self, theme: Theme, language: Language) -> None:
        """Change colours and words of the buttons and of what is open."""
        self._theme, self._language = theme, language
        page = self._questions.current
        if isinstance(page, IncidentPage):
            page.speak(language)
        self._checks_changed()
        self.buttons["more"].setAccessibleName(self.tr("More"))

    def open_hand_list(self) -> None:
        """Show who waits for a hand check, or take the list away again."""
        if isinstance(self._questions.current, HandListPage):
            self._questions.close()
            return
        page = HandListPage(
            self._window,
            self._theme,
            self.checks,
            now=self._options.now,
            language=self._speaks,
            site=self._options.site,
        )
        page.decided.connect(self.asked)
        self._questions.ask(page)

    def open_more(self) -> None:
        """Show what else there is, or take it away again."""
        if isinstance(self._questions.current, MorePage):
            self._questions.close()
        else:
            self._questions.ask(MorePage(self._window, self._theme, tuple(self.more_tiles)))

    def open_register(self) -> None:
        """Ask for somebody without a pass."""
        page = RegisterPage(self._window, self._theme)
        page.registered.connect(self.asked)
        self._questions.ask(page)

    def open_look_up(self) -> None:
        """Ask for the number that is printed on a pass."""
        page = PassNumberPad(self._window, self._theme)
        page.looked_up.connect(self._look_up)
        self._questions.ask(page)

    def open_incident(self) -> None:
        """Ask what happened."""
        about = None
        if self._newest is not None and self._newest.passage_id is not None:
            person = person_of(Answer(result=self._newest))
            about = self._newest.passage_id, person or self.tr("the last passage")
        page = IncidentPage(self._window, self._theme, self._language, about)
        page.noted.connect(self.asked)
        self._questions.ask(page)

    def open_shift(self) -> None:
        """Ask for a staff pass; nothing is logged as a passage meanwhile."""
        self.shift.open(self._theme, lambda: self.operator)

    def open_typed_code(self) -> None:
        """Ask for the digits below a code that no camera reads."""
        page = TypedCode(self._window, self._theme)
        page.entered.connect(self.code_typed)
        self._questions.ask(page)

    def judged(self, result: ScanResult | None) -> None:
        """Tell a typed code what it gave, None for no pass."""
        page = self._questions.current
        if isinstance(page, TypedCode):
            page.answered(result)

    def open_station(self) -> None:
        """Show what the station says of itself, and let sound and lamps be tried."""
        page = StationPage(self._window, self._theme, self._options, self._player, self._speaks)
        if self._state is not None:
            page.show_state(self._state)
        self._questions.ask(page)

    def open_camera(self) -> None:
        """Measure the camera with the printed card."""
        # Brings the image libraries along, which the first paint must not wait for.
        from scanner.screen.camera_page import CameraPage

        if (data := self._options.data) is not None:
            page = CameraPage(self._window, self._theme, self._options, data, self._speaks)
            page.support_asked.connect(self.open_support)
            self._questions.ask(page)

    def open_support(self) -> None:
        """Record pictures for support, or delete them."""
        from scanner.screen.support_page import SupportPage

        if (data := self._options.data) is not None:
            self._questions.ask(SupportPage(self._window, self._theme, self._options, data))

    def _tiles(self) -> list[Tile]:
        offered = self._options.actions
        rows = (
            (ActionName.REGISTER, lambda: self.tr("No pass"), self.open_register),
            (ActionName.LOOK_UP, lambda: self.tr("By number"), self.open_look_up),
            (ActionName.INCIDENT, lambda: self.tr("Incident"), self.open_incident),
            (ActionName.SHIFT, lambda: self.tr("Shift"), self.open_shift),
        )
        tiles = [Tile(key=name, words=w, opens=o) for name, w, o in rows if name in offered]
        camera = Tile(key="camera", words=lambda: self.tr("Camera"), opens=self.open_camera)
        return [
            Tile(key="code", words=lambda: self.tr("Type a code"), opens=self.open_typed_code),
            *tiles,
            Tile(key="station", words=lambda: self.tr("Station"), opens=self.open_station),
            *([camera] if self._options.data is not None else []),
        ]

    def _speaks(self) -> Language:
        return self._language

    def _look_up(self, number: str) -> None:
        self.asked.emit(LookUp(number=number))

    def _not_done(self, done: ActionDone) -> None:
        notice = action_notice(done.fault or "")
        page = self._questions.current
        if page is not None and isinstance(done.action, _DESK_ACTIONS):
            title, step = (text.of(self._language) for text in (notice.title, notice.next_step))
            page.complain(f"{title} · {step}")
        elif page is None:
            self._tell(notice)

    def _tell_reason(self, reason: Reason) -> None:
        row = REASONS[reason]
        self._tell(Notice(side=row.side, title=row.title, next_step=row.next_step))

    def _tell(self, notice: Notice) -> None:
        stay_ms = self._options.pace.milliseconds(_TELLING_S)
        self._questions.ask(
            Telling(self._window, self._theme, notice, language=self._speaks, stay_ms=stay_ms)
        )

    def _checks_changed(self) -> None:
        if "hand_list" in self.buttons:
            count = len(self.checks.waiting)
            words = self.tr("Checks") + (f" {count}" if count else "")
            self.buttons["hand_list"].setText(words)
            self.buttons["hand_list"].setAccessibleName(
                self.tr("Hand checks: {0}").format(count) if count else self.tr("Nobody waits")
            )
        page = self._questions.current
        if isinstance(page, HandListPage):
            page.show_waiting()
