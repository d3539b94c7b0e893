"""A guard at work at a real gate of a real office: on duty, by hand, without a pass, both ways."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.rules.passes import PassRequest
from keys.claims import Kind, Status
from keys.passages import Direction, Reason, Verdict
from scanner.gate.gate import Part
from scanner.gate.turnstile import Phase
from scanner.screen.guard_forms import RegisterPage
from scanner.screen.guard_window import GuardWindow
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.number_pad import PassNumberPad
from scanner.screen.shop_window import ShopWindow
from scanner.screen.simulated_gate import SimulatedGatePanel
from scanner.screen.station_page import StationPage
from tests.journeys.in_process import ServedOffice
from tests.journeys.window_gate import Gate, mint, people

OpenGate = Callable[..., Gate]


def guard_of(gate: Gate) -> GuardWindow:
    """Return the window as the guard's."""
    assert isinstance(gate.window, GuardWindow)
    return gate.window


def reasons(gate: Gate) -> list[str]:
    """Return the reason of every row, oldest first."""
    return [row.passage.reason for row in gate.rows()]


def staff_pass(office: ServedOffice) -> str:
    """Mint a staff pass and return its digits."""
    request = PassRequest(name="陈*", id_tail="7001", kind=Kind.STAFF, hours=24 * 60)
    minted = mint_passes(office.office, [request], by="test")
    office.publish()
    return minted[0].dense or ""


def test_a_guard_comes_on_duty_by_the_camera_and_decides_a_hand_check(
    gate: OpenGate, town: ServedOffice
) -> None:
    staff = staff_pass(town)
    (yellow,) = people(town, Status.YELLOW)
    here = gate(face="guard")
    window = guard_of(here)
    window.desk.open_shift()
    here.camera.show(staff)
    here.wait(lambda: window.desk.operator != "")
    here.camera.show(None)
    assert window.top.mode.text() == window.desk.operator
    assert reasons(here) == [Reason.SHIFT_BEGUN]

    here.wait(lambda: window.questions.current is None and window.panel.answer is None)
    assert here.judged(yellow) == (Verdict.HAND_CHECK, Reason.YELLOW)
    here.press(Qt.Key.Key_F7)
    page = window.questions.current
    assert isinstance(page, HandListPage)
    page.buttons["papers"].click()
    page.buttons["admit"].click()
    here.wait(lambda: reasons(here)[-1] == Reason.HAND_CHECKED)
    here.wait(lambda: window.desk.checks.waiting == ())
    assert here.onlooker.seen[-1].judged == (Verdict.ADMIT, Reason.HAND_CHECKED)


def test_without_pass_or_phone_people_are_written_down_and_sent_on(
    gate: OpenGate, town: ServedOffice
) -> None:
    (minted,) = mint(town, Status.RED)
    here = gate(face="guard")
    window = guard_of(here)
    here.wait(lambda: window.state is not None)
    window.desk.open_register()
    form = window.questions.current
    assert isinstance(form, RegisterPage)
    form.name.setText("吴")
    form.buttons["admit"].click()
    here.wait(lambda: reasons(here) == [Reason.REGISTERED_BY_HAND])
    window.desk.open_look_up()
    pad = window.questions.current
    assert isinstance(pad, PassNumberPad)
    pad.field.setText(f"{minted.identity.list_number}-{minted.identity.index}")
    pad.done()
    here.wait(lambda: len(here.rows()) == 2)
    assert here.rows()[1].passage.verdict in {Verdict.HAND_CHECK, Verdict.REFUSE}
    window.staff.open_station()
    page = window.questions.current
    assert isinstance(page, StationPage)
    # Sent to the office: nothing waits any more, and the page says so.
    here.wait(lambda: "待传 0，搁置 0" in page.lines())
    here.wait(lambda: any(line.startswith("通行记录：") for line in page.lines()))


def test_a_gate_of_air_opens_for_an_admission_and_closes_behind_the_person(
    gate: OpenGate, town: ServedOffice
) -> None:
    green, red = people(town, Status.GREEN, Status.RED)
    here = gate(face="guard", simulate_gate=True)
    window = guard_of(here)
    devices = window.options.devices
    assert devices is not None
    assert devices.gate is not None
    turnstile = devices.gate
    panel = SimulatedGatePanel(window, window.theme, devices, lambda: window.language)
    assert here.judged(red)[0] is Verdict.REFUSE
    assert turnstile.state.phase is Phase.LOCKED
    assert here.judged(green)[0] is Verdict.ADMIT
    here.wait(lambda: panel.lamps[Part.GREEN].on)
    panel.walk.click()
    here.wait(lambda: turnstile.state.passed == 1)
    here.wait(lambda: turnstile.state.phase is Phase.LOCKED)
    here.press(Qt.Key.Key_F1)
    here.wait(lambda: turnstile.state.emergency)
    # The gate opens first; its row follows between two frames.
    here.wait(lambda: reasons(here)[-1] == Reason.EMERGENCY)


def test_the_way_out_is_switched_at_the_window_and_stands_in_the_rows(
    gate: OpenGate, town: ServedOffice
) -> None:
    first, second = people(town, Status.GREEN, Status.GREEN)
    here = gate(face="guard")
    here.person(first)
    here.press(Qt.Key.Key_F12)
    here.person(second)
    assert [row.passage.direction for row in here.rows()] == [Direction.ENTRY, Direction.EXIT]


def test_the_shops_count_is_the_logs_and_is_corrected_there(
    gate: OpenGate, town: ServedOffice
) -> None:
    (green,) = people(town, Status.GREEN)
    here = gate(face="shop", allowed=60)
    window = here.window
    assert isinstance(window, ShopWindow)
    here.person(green)
    here.wait(lambda: window.count.text() == "1 / 60")
    window.came_button.click()
    window.came_button.click()
    here.wait(lambda: window.counter.asked == 0)
    here.wait(lambda: window.count.text() == "3 / 60")
    here.press(Qt.Key.Key_F9)
    here.wait(lambda: window.counter.asked == 0 and window.count.text() == "2 / 60")
