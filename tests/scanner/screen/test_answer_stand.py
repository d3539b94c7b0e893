"""Whose answer stands, how long, and what goes away by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.screen.answer_stand import AnswerStand, Pace
from scanner.screen.answers import Answer, person_of
from scanner.station import ScanResult
from tests.scanner.screen.scenes import result


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

    def verdict(self) -> Verdict | None:
        return self.stand.current.verdict if self.stand.current else None


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
    qtbot.waitUntil(lambda: watched.shown[-1] is None, timeout=2000)
    assert watched.stand.current is None


def test_an_admission_goes_sooner_than_a_refusal(qtbot: QtBot) -> None:
    admitted, refused = Watched(Pace(speed=20)), Watched(Pace(speed=20))
    refused.offer(result(Verdict.REFUSE))
    admitted.offer(result(Verdict.ADMIT))
    qtbot.waitUntil(lambda: admitted.verdict() is None)
    assert refused.verdict() is Verdict.REFUSE


def test_unattended_the_name_goes_before_the_answer(qtbot: QtBot) -> None:
    watched = Watched(Pace(unattended=True, speed=50))
    watched.offer(result(Verdict.REFUSE))
    qtbot.waitUntil(
        lambda: watched.stand.current is not None and not watched.stand.current.personal
    )
    assert watched.verdict() is Verdict.REFUSE
    assert watched.stand.current is not None
    assert person_of(watched.stand.current) == ""
    qtbot.waitUntil(lambda: watched.shown[-1] is None)


def test_attended_the_name_stays_as_long_as_the_answer(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=50))
    watched.offer(result(Verdict.REFUSE))
    qtbot.waitUntil(lambda: watched.shown[-1] is None)
    assert all(answer.personal for answer in watched.shown if answer is not None)


def test_two_people_at_once_stand_one_after_the_other_the_refusal_first(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=50))
    watched.offer(result(Verdict.ADMIT, number=1), result(Verdict.REFUSE, number=2))
    current = watched.stand.current
    assert current is not None
    assert (current.verdict, current.place, current.of) == (Verdict.REFUSE, 1, 2)
    qtbot.waitUntil(lambda: watched.verdict() is Verdict.ADMIT)
    assert watched.stand.current is not None
    assert (watched.stand.current.place, watched.stand.current.of) == (2, 2)
    qtbot.waitUntil(lambda: watched.verdict() is None)
    assert watched.heard == [Verdict.REFUSE, Verdict.ADMIT]


def test_a_green_answer_a_moment_later_does_not_hide_a_red_one(qtbot: QtBot) -> None:
    watched = Watched(Pace())
    watched.offer(result(Verdict.REFUSE, number=1))
    watched.offer(result(Verdict.ADMIT, number=2))
    assert watched.verdict() is Verdict.REFUSE
    assert watched.stand.current is not None
    assert watched.stand.current.of == 2
    assert watched.heard == [Verdict.REFUSE]


def test_a_red_answer_a_moment_later_comes_before_a_green_one(qtbot: QtBot) -> None:
    watched = Watched(Pace())
    watched.offer(result(Verdict.ADMIT, number=1))
    watched.offer(result(Verdict.REFUSE, number=2))
    assert watched.verdict() is Verdict.REFUSE
    assert watched.heard == [Verdict.ADMIT, Verdict.REFUSE]


def test_a_code_still_held_up_prolongs_its_answer_without_a_second_sound(qtbot: QtBot) -> None:
    watched = Watched(Pace(speed=20))
    one = result(Verdict.ADMIT)
    watched.offer(one)
    for _ in range(10):
        qtbot.wait(30)  # 0.6 s of the stand's time: 6 s in all, twice the answer's own
        watched.offer(_again(one))
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
