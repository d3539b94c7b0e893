"""Every page of every face, as a test walks through them: what opens it, on a window of that face.

A page that is not in here is not walked: `test_every_page` compares the list with the classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from keys.passages import Reason, Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.notices_desk import ACTION_FAULTS
from scanner.decide.place_code import place_text
from scanner.screen.asking import Asking
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_desk import GuardDesk
from scanner.screen.guard_pages import CauseQuestion
from scanner.screen.guard_window import GuardWindow
from scanner.screen.options import Face
from scanner.screen.shop_window import ShopWindow
from scanner.screen.supervisor_pages import SupervisorPages
from scanner.screen.worker import StationState
from tests.scanner.screen.render_scenes import outlook
from tests.scanner.screen.scenes import freshness, result


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. face: where it is opened; a page that all faces share is walked on each."""

    name: str
    face: Face
    opens: Callable[[GateWindow], None]

    def open(self, window: GateWindow) -> Asking:
        """Open the page and return it."""
        self.opens(window)
        assert window.questions.current is not None
        return window.questions.current


def usual(data: Path) -> dict[str, object]:
    """Return options under which every page can be had. data: an existing folder."""
    return {
        "actions": frozenset(ActionName),
        "look_only": Event(),
        "outward": Event(),
        "data": data,
        "allowed": 60,
        "place_code": place_text("北门", 7),
    }


def fill(window: GateWindow) -> None:
    """Let somebody wait for a hand check, and the station say how it is."""
    window.passage_noted(result(Verdict.HAND_CHECK, reason=Reason.CONDITION_NOT_MET))
    state = StationState(freshness=freshness(), camera_fault=None, outlook=outlook())
    window.show_state(state)


def pages() -> Iterator[Page]:
    """Yield every page on every face that has it."""
    for name, opens in (
        ("hand_list", lambda window: _desk(window).open_hand_list()),
        ("register", lambda window: _desk(window).open_register()),
        ("look_up", lambda window: _desk(window).open_look_up()),
        ("incident", lambda window: _desk(window).open_incident()),
        ("party", lambda window: _desk(window).open_party()),
        ("shift", lambda window: _desk(window).open_shift()),
        ("temperature", _open_temperature),
        ("cause", _open_cause),
        ("telling", _open_telling),
    ):
        yield Page(name=name, face=Face.GUARD, opens=opens)
    yield Page(name="place", face=Face.SHOP, opens=_open_place)
    yield Page(name="supervisor", face=Face.KIOSK, opens=lambda w: SupervisorPages(w).open())
    for face in Face:
        # A kiosk's tiles are the supervisor's.
        tiles = () if face is Face.KIOSK else ("more",)
        for name in (*tiles, "code", "station", "camera", "support"):
            yield Page(name=name, face=face, opens=_staff_opens(name))


def _staff_opens(name: str) -> Callable[[GateWindow], None]:
    return lambda window: getattr(window.staff, f"open_{name}")()


def _desk(window: GateWindow) -> GuardDesk:
    assert isinstance(window, GuardWindow)
    return window.desk


def _open_temperature(window: GateWindow) -> None:
    assert isinstance(window, GuardWindow)
    window.guard_actions.ask_temperature()


def _open_cause(window: GateWindow) -> None:
    window.questions.ask(CauseQuestion(window, window.theme, lambda: window.language))


def _open_telling(window: GateWindow) -> None:
    desk = _desk(window)
    # The longest of what may keep an action from being done.
    longest = max(ACTION_FAULTS.values(), key=lambda one: len(one.title.en + one.next_step.en))
    window.questions.ask(desk.pages.telling(longest))


def _open_place(window: GateWindow) -> None:
    assert isinstance(window, ShopWindow)
    window.open_place()
