"""Every face of the window over a real station: who is judged how, and what stood on the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from keys.claims import Status
from keys.passages import Reason, Verdict
from scanner.decide.looks import LOOKS, Language
from scanner.screen.answers import person_of
from scanner.screen.options import Face
from scanner.screen.start_painting import START
from tests.journeys.in_process import ServedOffice
from tests.journeys.window_gate import Gate, people, spoken

OpenGate = Callable[..., Gate]
HOUR_S = 3600


@pytest.mark.parametrize("face", Face)
def test_every_verdict_stands_on_the_screen_and_on_the_disk(
    gate: OpenGate, town: ServedOffice, face: Face
) -> None:
    statuses = (Status.GREEN, Status.YELLOW, Status.RED, Status.GREEN, Status.GREEN)
    green, yellow, red, late, unsure = people(town, *statuses)
    here = gate(face=face.value)

    seen = [here.person(text) for text in (green, yellow, red)]
    here.clock.advance(7 * HOUR_S)
    seen.append(here.person(late))
    here.clock.wall_moved_s = -30 * 24 * HOUR_S
    seen.append(here.person(unsure))

    judged = [
        (Verdict.ADMIT, Reason.GREEN),
        (Verdict.HAND_CHECK, Reason.YELLOW),
        (Verdict.REFUSE, Reason.RED),
        (Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE),
        (Verdict.CANNOT_JUDGE, Reason.CLOCK_ROLLED_BACK),
    ]
    assert [one.judged for one in seen] == judged
    assert [one.ground for one in seen] == [LOOKS[verdict].ground for verdict, _ in judged]
    written = [(row.passage.verdict, row.passage.reason) for row in here.rows()]
    assert written == judged
    assert [verdict for verdict, _ in here.player.played] == [verdict for verdict, _ in judged]
    names = {person_of(one.answer) for one in seen}
    assert names == ({"王*明 · 104X"} if face is Face.GUARD else {""})


@pytest.mark.parametrize("face", Face)
def test_the_language_changes_while_an_answer_stands(
    gate: OpenGate, town: ServedOffice, face: Face
) -> None:
    red, green = people(town, Status.RED, Status.GREEN)
    here = gate(face=face.value, language=Language.EN.value, slow=True)
    here.camera.show(red)
    here.wait(lambda: here.window.panel.answer is not None)
    english = spoken(here)
    here.press(Qt.Key.Key_F3)
    chinese = spoken(here)
    assert here.window.panel.answer is not None
    assert english[1] != chinese[1]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese[1])

    here.window.stand.clear()
    here.camera.show(None)
    if face is not Face.KIOSK:  # where a language goes with whoever chose it
        assert spoken(here) == (START.title.zh, START.detail.zh)
        here.press(Qt.Key.Key_F3)
    assert spoken(here) == (START.title.en, START.detail.en)
    here.camera.show(green)
    here.wait(lambda: here.window.panel.answer is not None)
    assert LOOKS[Verdict.ADMIT].word.en in spoken(here)[0]
