"""The guard's desk: hand checks, registration, look-up, incidents, shifts, the station itself.

Everything here is asked over picture and list while the gate goes on: answers keep coming below,
and a question that stands is never taken away by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from keys.verdicts import Reason
from scanner.decide.action_names import ActionName
from scanner.decide.looks import Language
from scanner.decide.notices import Notice
from scanner.decide.reasons import REASONS
from scanner.screen.buttons import GateButton, make_button
from scanner.screen.guard_shift import GuardShift
from scanner.screen.hand_checks import HandChecks
from scanner.screen.questions import Questions

if TYPE_CHECKING:
    from scanner.screen.asking import Asking
    from scanner.screen.desk_pages import DeskPages
    from scanner.screen.gate_window import GateWindow
    from scanner.screen.worker import ActionDone
    from scanner.station import ScanResult

_HAND_LIST: Final = "hand_list"
_MORE: Final = "more"


class GuardDesk(QObject):
    """Opens the pages and owns their two buttons. `asked` carries Actions to the station."""

    asked = Signal(object)

    def __init__(self, window: GateWindow, questions: Questions) -> None:
        super().__init__(window)
        self.window = window
        self.newest: ScanResult | None = None
        # Nobody stands by: names go from the answer after 5 s, and stand nowhere else at all.
        self.personal = not window.options.pace.unattended
        self.checks = HandChecks(personal=self.personal)
        self.shift = GuardShift(window, window.options, questions)
        self.shift.asked.connect(self.asked)
        self._questions = questions
        self._pages: DeskPages | None = None
        self.buttons: dict[str, GateButton] = {}
        if ActionName.HAND_LIST in window.options.actions:
            self.buttons[_HAND_LIST] = make_button(window, self.open_hand_list, "F7")
        self.buttons[_MORE] = make_button(window, self.open_more, "F8")

    @property
    def operator(self) -> str:
        """Who is on duty; empty for nobody."""
        state = self.window.state
        fresh = state.freshness if state is not None else None
        return fresh.operator if fresh is not None else ""

    @property
    def pages(self) -> DeskPages:
        """What makes the pages, loaded at the first of them."""
        if self._pages is None:
            from scanner.screen.desk_pages import DeskPages

            self._pages = DeskPages(self)
        return self._pages

    def speaks(self) -> Language:
        """Return the window's language of now."""
        return self.window.language

    def note(self, result: ScanResult) -> None:
        """Take a result that counts."""
        self.newest = result if result.passage_id is not None else self.newest
        self.checks.note(result)
        self._checks_changed()

    def remember(self, results: tuple[ScanResult, ...]) -> None:
        """Take those whom the log still has waiting, of before the start."""
        self.checks.remember(results)
        self._checks_changed()

    def done(self, done: ActionDone) -> None:
        """Go on after an action: close its page, or say there why it was not done."""
        if done.fault is not None:
            self._not_done(done.fault)
            return
        # Not at the head: it would be loaded before the first paint.
        from scanner.decide import actions as act

        match done.action:
            case act.Decide() | act.TakeBack():
                self.checks.drop(done.action.passage_id)
                self._checks_changed()
                if self._questions.topic == _HAND_LIST and not self.checks.waiting:
                    self._questions.close()
            case act.NoteIncident():
                self._tell_noted(Reason.INCIDENT)
            case act.BeginShift():
                self._tell_noted(Reason.SHIFT_BEGUN)
            case act.EndShift():
                self._tell_noted(Reason.SHIFT_ENDED)
            case act.Register() | act.LookUp() | act.CountParty():
                self._questions.close()
            case _:
                pass

    def dress(self) -> None:
        """Bring the words of the buttons up to date."""
        self._checks_changed()
        self.buttons[_MORE].setAccessibleName(self.tr("More"))

    def open_hand_list(self) -> None:
        """Show who waits for a hand check, or take the list away again."""
        if self._questions.topic == _HAND_LIST:
            self._questions.close()
        else:
            self._ask(self.pages.hand_list())

    def open_more(self) -> None:
        """Show what else there is, or take it away again."""
        self.pages.open_more()

    def open_register(self) -> None:
        """Ask for somebody without a pass."""
        self._ask(self.pages.register())

    def open_look_up(self) -> None:
        """Ask for the number that is printed on a pass."""
        self._ask(self.pages.look_up())

    def open_party(self) -> None:
        """Ask how many people stand there on the pass judged last."""
        self._ask(self.pages.party())

    def open_incident(self) -> None:
        """Ask what happened."""
        self._ask(self.pages.incident())

    def open_shift(self) -> None:
        """Ask for a staff pass; nothing is logged as a passage meanwhile."""
        self.shift.open(self.window.theme, lambda: self.operator)

    def _ask(self, page: Asking | None) -> None:
        if page is not None:
            self._questions.ask(page)

    def _tell_noted(self, reason: Reason) -> None:
        row = REASONS[reason]
        self._tell(Notice(side=row.side, title=row.title, next_step=row.next_step))

    def _tell(self, notice: Notice) -> None:
        self._ask(self.pages.telling(notice))

    def _not_done(self, fault: str) -> None:
        from scanner.decide.notices_desk import action_notice

        notice = action_notice(fault)
        page = self._questions.current
        if page is not None:
            title, step = (text.of(self.speaks()) for text in (notice.title, notice.next_step))
            page.complain(f"{title} · {step}")
        else:
            self._tell(notice)

    def _checks_changed(self) -> None:
        if _HAND_LIST in self.buttons:
            count = len(self.checks.waiting)
            words = self.tr("Checks") + (f" {count}" if count else "")
            self.buttons[_HAND_LIST].setText(words)
            self.buttons[_HAND_LIST].setAccessibleName(
                self.tr("Hand checks: {0}").format(count) if count else self.tr("Nobody waits")
            )
        if self._questions.current is not None:
            self._questions.current.checks_changed()
