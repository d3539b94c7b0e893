"""What goes wrong at a gate, as its window shows it: camera, network, clock, lists, and a stick."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from pytestqt.qtbot import QtBot

from issuer.tokens.actions.mint import Minted
from issuer.tokens.actions.status import set_status
from keys.claims import Status
from keys.passages import ClockGrade, Reason, Verdict
from scanner.decide.notices import CAMERA, OFFLINE
from scanner.screen.attract_panel import OUT_OF_SERVICE
from scanner.screen.guard_window import GuardWindow
from scanner.screen.kiosk_window import KioskWindow
from scanner.screen.options import Face
from scanner.screen.start_painting import START
from scanner.screen.strip import StripStatus
from tests.journeys.in_process import ServedOffice, served_office
from tests.journeys.programs import TIMEOUT_S
from tests.journeys.window_gate import Gate, GateClock, mint, open_gate, people, spoken

OpenGate = Callable[..., Gate]
HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S
FRESH: Final = (Verdict.ADMIT, Reason.GREEN)


def status_of(gate: Gate) -> StripStatus:
    """Return the guard's strip."""
    assert isinstance(gate.window, GuardWindow)
    return gate.window.strip.status


def is_online(gate: Gate) -> bool:
    """Tell whether the strip says that the station reaches its office."""
    return status_of(gate).connection().text == "Online"


def test_a_camera_that_goes_is_said_and_one_that_comes_back_is_used(
    gate: OpenGate, town: ServedOffice
) -> None:
    first, second = people(town, Status.GREEN, Status.GREEN)
    here = gate(language="zh")
    assert here.judged(first) == FRESH
    here.camera.unplug()
    here.wait(lambda: spoken(here)[0] == CAMERA["unplugged"].title.zh)
    assert here.window.picture.accessibleName() == CAMERA["unplugged"].title.zh
    here.camera.plug_in()
    here.wait(lambda: spoken(here)[0] == START.title.zh)
    assert here.judged(second) == FRESH


def test_a_kiosk_without_its_camera_sends_people_to_the_staffed_lane(gate: OpenGate) -> None:
    here = gate(face=Face.KIOSK.value)
    assert isinstance(here.window, KioskWindow)
    attract = here.window.attract
    here.wait(lambda: attract.accessibleName() == START.title.zh)
    here.camera.unplug()
    here.wait(lambda: attract.accessibleName() == OUT_OF_SERVICE.title.zh)
    here.camera.plug_in()
    here.wait(lambda: attract.accessibleName() == START.title.zh)


def test_without_a_network_the_gate_goes_on_and_delivers_when_it_is_back(
    gate: OpenGate, town: ServedOffice
) -> None:
    first, second, third = people(town, *[Status.GREEN] * 3)
    here = gate(language="en")
    here.wait(lambda: is_online(here))
    assert here.judged(first) == FRESH
    here.wait(lambda: here.waiting() == 0)

    here.network.cut()
    assert here.judged(second) == FRESH
    here.wait(lambda: not is_online(here))
    shown = status_of(here)
    assert OFFLINE["no_route"].title.en in shown.connection().text
    here.wait(lambda: shown.details()[1].text == "1 waiting")
    assert here.judged(third) == FRESH

    here.network.mend()
    here.wait(lambda: is_online(here))
    here.wait(lambda: shown.details()[1].text == "0 waiting")
    assert [row.passage.verdict for row in here.rows()] == [Verdict.ADMIT] * 3


def test_a_clock_set_back_is_no_longer_judged_by_and_is_again_when_it_is_right(
    gate: OpenGate, town: ServedOffice
) -> None:
    first, second, third = people(town, *[Status.GREEN] * 3)
    here = gate(language="en")
    assert here.judged(first) == FRESH
    here.clock.wall_moved_s = -400 * DAY_S
    assert here.judged(second) == (Verdict.CANNOT_JUDGE, Reason.CLOCK_ROLLED_BACK)
    here.wait(lambda: "Clock went back" in [part.text for part in status_of(here).details()])
    here.clock.wall_moved_s = 0
    assert here.judged(third) == FRESH
    here.wait(lambda: "Clock went back" not in [part.text for part in status_of(here).details()])
    assert [row.passage.clock for row in here.rows()] == [
        ClockGrade.CONFIRMED,
        ClockGrade.ROLLED_BACK,
        ClockGrade.CONFIRMED,
    ]


@pytest.fixture
def own_office(tmp_path: Path) -> Iterator[ServedOffice]:
    """Return an office whose clock this test alone moves."""
    with served_office(tmp_path) as office:
        yield office


def test_an_ageing_list_first_warns_then_asks_for_hands_then_closes(
    qtbot: QtBot, tmp_path: Path, own_office: ServedOffice
) -> None:
    texts = people(own_office, *[Status.GREEN] * 5)
    clock = GateClock()
    with open_gate(qtbot, own_office, tmp_path, clock=clock) as here:
        here.network.cut()
        judged = [here.judged(texts[0])]
        for wait_s, text in zip((7 * HOUR_S, 4 * DAY_S, 11 * DAY_S), texts[1:], strict=False):
            clock.advance(wait_s)
            judged.append(here.judged(text))
        assert judged == [
            FRESH,
            (Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE),
            (Verdict.HAND_CHECK, Reason.LIST_STALE),
            (Verdict.CANNOT_JUDGE, Reason.LIST_CLOSED),
        ]
        own_office.clock.advance(clock.ahead_s)
        own_office.publish()
        here.network.mend()
        here.wait(lambda: (here.known.list_age_s() or DAY_S) < HOUR_S)
        assert here.judged(texts[4]) == FRESH


def sync_from(data: Path, stick: Path) -> None:
    """Run the station's own command on a stick, beside the running window."""
    command = [sys.executable, "-m", "scanner", "--data", str(data), "sync", "--from", str(stick)]
    subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT_S)


def copied(office: ServedOffice, stick: Path) -> Path:
    """Copy what the office publishes to a stick."""
    return Path(shutil.copytree(office.office.folder.published, stick))


def turned_red(office: ServedOffice, who: Minted) -> None:
    """Turn a pass red, and publish."""
    set_status(
        office.office, text=str(who.identity), status=Status.RED, reason="risk_area", by="test"
    )
    office.publish()


def version_of(gate: Gate) -> int:
    """Return the version of the list that the window's station believes now."""
    (universe,) = gate.known.beliefs.universes.values()
    return universe.version


def test_a_stick_brings_new_lists_to_an_open_window_without_a_network(
    gate: OpenGate, town: ServedOffice, tmp_path: Path
) -> None:
    first, second = mint(town, Status.GREEN, Status.GREEN)
    here = gate(language="en")
    here.network.cut()
    assert here.judged(first.dense or "") == FRESH
    before = version_of(here)
    turned_red(town, second)
    sync_from(here.data, copied(town, tmp_path / "stick"))
    here.wait(lambda: version_of(here) > before)
    assert here.judged(second.dense or "") == (Verdict.REFUSE, Reason.RED)


def test_the_stick_of_yesterday_turns_nobody_green_again(
    gate: OpenGate, town: ServedOffice, tmp_path: Path
) -> None:
    (person,) = mint(town, Status.GREEN)
    yesterday = copied(town, tmp_path / "stick")
    turned_red(town, person)
    here = gate(language="en")
    here.network.cut()
    before = version_of(here)
    sync_from(here.data, yesterday)
    here.wait(lambda: not is_online(here))
    assert version_of(here) == before
    assert here.judged(person.dense or "") == (Verdict.REFUSE, Reason.RED)
