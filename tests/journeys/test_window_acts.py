"""What a guard does at a real gate: the log keeps it, the office's policy decides it, and a full
disk keeps nobody from opening.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from issuer.passages.actions.passagekeys import passage_secrets
from issuer.trust.actions.policies import publish_policy
from keys.bodies import decode_body
from keys.claims import Status
from keys.passages import Reason, Verdict
from keys.policies import PlaceType, Policy, TemperatureRule
from keys.sealing import open_body
from scanner.decide.samecode import TEXT_WINDOW_S
from scanner.gate.turnstile import Phase
from scanner.screen.guard_pages import CauseQuestion
from scanner.screen.guard_window import GuardWindow
from tests.fakes.disks import fill_up, small_disk
from tests.journeys.in_process import ServedOffice
from tests.journeys.window_gate import Gate, open_gate, people
from tests.scanner.screen.strokes import strike, type_slowly

OpenGate = Callable[..., Gate]
FRESH: Final = (Verdict.ADMIT, Reason.GREEN)
DISK_KIB: Final = 8192


def reasons(gate: Gate) -> list[str]:
    """Return the reason of every row, oldest first."""
    return [str(row.passage.reason) for row in gate.rows()]


def measured(gate: Gate, degrees: str) -> tuple[Verdict, Reason | str]:
    """Type a temperature of the person judged last, and return what stands on the screen then."""
    before = len(gate.onlooker.seen)
    strike(gate.window, Qt.Key.Key_F9)
    type_slowly(gate.window, degrees, Qt.Key.Key_Return)
    gate.wait(lambda: len(gate.onlooker.seen) > before)
    return gate.onlooker.seen[-1].judged


def test_a_policy_made_while_the_gate_was_cut_off_is_obeyed_once_it_is_back(
    gate: OpenGate, town: ServedOffice
) -> None:
    texts = people(town, *[Status.GREEN] * 4)
    here = gate(language="en")
    assert here.judged(texts[0]) == FRESH

    here.network.cut()
    policy = Policy(
        version=1,
        name="window-journey",
        place=PlaceType.FACTORY,
        checkpoints=(here.station.record.checkpoint,),
        temperature=TemperatureRule(limit_tenths=373, remeasures=1),
    )
    publish_policy(town.office, policy, by="test")
    assert here.judged(texts[1]) == FRESH
    here.network.mend()
    here.wait(lambda: here.known.prepared.policy.name == policy.name)

    assert here.judged(texts[2]) == (Verdict.HAND_CHECK, Reason.TEMPERATURE_MISSING)
    assert measured(here, "36.4") == FRESH
    assert here.judged(texts[3]) == (Verdict.HAND_CHECK, Reason.TEMPERATURE_MISSING)
    assert measured(here, "38.1") == (Verdict.HAND_CHECK, Reason.TEMPERATURE_AGAIN)
    assert measured(here, "37.9") == (Verdict.REFUSE, Reason.TEMPERATURE_HIGH)


def test_a_passage_that_is_taken_back_counts_for_nobody(gate: OpenGate, town: ServedOffice) -> None:
    first, second = people(town, Status.GREEN, Status.GREEN)
    here = gate(language="en")
    assert here.judged(first) == FRESH
    assert here.judged(second) == FRESH
    strike(here.window, Qt.Key.Key_F10)
    here.wait(lambda: len(here.rows()) == 3)
    taken = here.rows()[-1].passage
    assert taken.reason == Reason.TAKEN_BACK
    # Only the office can open what stands in it.
    body = decode_body(open_body(taken.body, passage_secrets(town.office.folder.keys)))
    assert body.about == here.rows()[1].passage.passage_id
    # Who was taken back may come again, once the code has left the picture.
    left_s = time.monotonic()
    here.wait(lambda: time.monotonic() - left_s > TEXT_WINDOW_S + 0.1)
    assert here.judged(second) == FRESH


def test_an_emergency_opens_with_a_full_disk_and_is_written_down_when_there_is_room(
    qtbot: QtBot, town: ServedOffice, tmp_path: Path
) -> None:
    (green,) = people(town, Status.GREEN)
    with (
        small_disk(tmp_path / "gate", DISK_KIB) as disk,
        open_gate(qtbot, town, tmp_path, simulate_gate=True, language="en") as here,
    ):
        assert isinstance(here.window, GuardWindow)
        here.wait((disk / "station.db").exists)
        filling = fill_up(disk)
        assert here.judged(green)[0] is Verdict.CANNOT_JUDGE

        strike(here.window, Qt.Key.Key_F1)
        here.wait(lambda: here.onlooker.seen[-1].judged == (Verdict.ADMIT, Reason.EMERGENCY))
        questions = here.window.questions
        here.wait(lambda: isinstance(questions.current, CauseQuestion))
        devices = here.station.devices
        assert devices is not None
        assert devices.gate is not None
        held = devices.gate
        here.wait(lambda: held.state.phase is Phase.HELD)

        filling.unlink()
        here.wait(lambda: Reason.EMERGENCY.value in reasons(here))
        assert reasons(here).count(Reason.EMERGENCY.value) == 1
