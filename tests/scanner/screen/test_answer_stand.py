"""Whose answer stands, how long, and what goes away by itself."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.screen.answer_stand import AnswerStand, Pace
from scanner.screen.answers import Answer, person_of
from scanner.station import ScanResult
from tests.scanner.screen.scenes import result

# A moment lasts a minute: two answers belong together however long the machine stands between them.
SLOW = 0.01


class Watched:
    """A stand and what it told, oldest first."""

    def __init__(self, pace: Pace) -> None:
        self.stand = AnswerStand(pace)
        self.shown: list[Answer | None] = []
        self.heard: list[Verdict] = []
        self.stand.changed.connect(self.shown.append)
        self.stand.sounded.connect(lambda answer: self.heard.append(answer.verdict))

    def offer(self, *results: ScanResult) -> None:
        self.stand.offer(results, look_only=False)

    def answers(self) -> list[Answer]:
        return [answer for answer in self.shown if answer is not None]

    def verdict(self) -> Verdict | None:
        return self.stand.current.verdict if self.stand.current else None


def _note_end(gone: list[Verdict], verdict: Verdict, answer: Answer | None) -> None:
    if answer is None:
        gone.append(verdict)


def _again(one: ScanResult) -> ScanResult:
    return replace(one, counted=False, passage_id=None)


def test_a_new_person_replaces_the_old_answer_at_once(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=1000))
    watched.offer(result(Verdict.REFUSE, number=1))
    qtbot.wait(2)  # 2 s of the stand's own time: past the moment that counts as together
    watched.offer(result(Verdict.ADMIT, number=2))
    assert watched.verdict() is Verdict.ADMIT
    assert watched.heard == [Verdict.REFUSE, Verdict.ADMIT]


@pytest.mark.parametrize("verdict", Verdict)
def test_every_answer_goes_back_to_the_start_by_itself(qtbot: QtBot, verdict: Verdict) -> None:
    watched = Watched(Pace(speed=200))
    watched.offer(result(verdict))
    qtbot.waitUntil(lambda: watched.shown[-1] is None)
    assert watched.stand.current is None


def test_an_admission_goes_sooner_than_a_refusal(qtbot: QtBot) -> None:
    gone: list[Verdict] = []
    stands: list[Watched] = []
    for verdict in (Verdict.REFUSE, Verdict.ADMIT):
        watched = Watched(Pace(speed=20))
        watched.offer(result(verdict))
        watched.stand.changed.connect(partial(_note_end, gone, verdict))
        stands.append(watched)
    qtbot.waitUntil(lambda: len(gone) == 2)
    assert gone == [Verdict.ADMIT, Verdict.REFUSE]


def test_unattended_the_name_goes_before_the_answer(qtbot: QtBot) -> None:
    watched = Watched(Pace(unattended=True, speed=50))
    watched.offer(result(Verdict.REFUSE))
    qtbot.waitUntil(lambda: watched.shown[-1] is None)
    named, nameless = watched.answers()
    assert (named.verdict, named.personal) == (Verdict.REFUSE, True)
    assert (nameless.verdict, nameless.personal) == (Verdict.REFUSE, False)
    assert person_of(nameless) == ""


def test_attended_the_name_stays_as_long_as_the_answer(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=50))
    watched.offer(result(Verdict.REFUSE))
    qtbot.waitUntil(lambda: watched.shown[-1] is None)
    assert all(answer.personal for answer in watched.answers())


def test_two_people_at_once_stand_one_after_the_other_the_refusal_first(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=50))
    watched.offer(result(Verdict.ADMIT, number=1), result(Verdict.REFUSE, number=2))
    qtbot.waitUntil(lambda: watched.shown[-1] is None)
    stood = [(answer.verdict, answer.place, answer.of) for answer in watched.answers()]
    assert stood == [(Verdict.REFUSE, 1, 2), (Verdict.ADMIT, 2, 2)]
    assert watched.heard == [Verdict.REFUSE, Verdict.ADMIT]


def test_a_green_answer_a_moment_later_does_not_hide_a_red_one(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=SLOW))
    watched.offer(result(Verdict.REFUSE, number=1))
    watched.offer(result(Verdict.ADMIT, number=2))
    assert watched.verdict() is Verdict.REFUSE
    assert watched.stand.current is not None
    assert watched.stand.current.of == 2
    assert watched.heard == [Verdict.REFUSE]


def test_a_red_answer_a_moment_later_comes_before_a_green_one(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=SLOW))
    watched.offer(result(Verdict.ADMIT, number=1))
    watched.offer(result(Verdict.REFUSE, number=2))
    assert watched.verdict() is Verdict.REFUSE
    assert watched.heard == [Verdict.ADMIT, Verdict.REFUSE]


def test_a_code_still_held_up_prolongs_its_answer_without_a_second_sound(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=20))
    one = result(Verdict.ADMIT)
    watched.offer(one)
    # 0.6 s of the stand's time, 6 s in all, twice the answer's own; by a timer, as a machine that
    # stands still for a moment delays all timers and leaves them in their order.
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        watched.offer(_again(one))

    camera = QTimer()
    camera.timeout.connect(look)
    camera.start(30)
    qtbot.waitUntil(lambda: len(looks) >= 10)
    assert None not in watched.shown
    assert watched.verdict() is Verdict.ADMIT
    assert watched.heard == [Verdict.ADMIT]


def test_unattended_a_code_left_in_view_does_not_keep_its_answer_up(qtbot: QtBot) -> None:
    watched = Watched(Pace(unattended=True, speed=20))
    one = result(Verdict.ADMIT)
    watched.offer(one)
    qtbot.waitUntil(lambda: watched.shown[-1] is None)
    assert watched.heard == [Verdict.ADMIT]


def test_clearing_brings_the_start_view_at_once(qtbot: QtBot) -> None:
    watched = Watched(Pace())
    watched.offer(result(Verdict.HAND_CHECK))
    watched.stand.clear()
    assert watched.shown[-1] is None
    assert watched.stand.queue == ()
