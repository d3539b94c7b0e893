"""Any history of a shift (scans, measures, decisions, undo, emergencies, fire) keeps the promises:
nobody is let through but by an answer that admits, each of those has its row, and the count of
people inside is that of the rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.bodies import decode_body
from keys.claims import Kind, Status
from keys.passages import NOTE_REASONS, Passage, Reason, Verdict
from keys.policies import PartyLimit, Passback, PassbackRule, PlaceType, Policy, TemperatureRule
from scanner.decide.actions import (
    CountParty,
    Decide,
    EmergencyCause,
    GiveCause,
    LookUp,
    Measured,
    NoteIncident,
    OpenForEmergency,
    Register,
    TakeBack,
)
from scanner.decide.policy_prepared import prepare
from scanner.errors import ActionRefused
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.station import ScanResult, Station
from tests.fakes.publisher import ZONE, Publisher, signing_key
from tests.scanner.rigs import NOW, World, beliefs_of, frames_of, station_with, write_frames

ADMITTING = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE}
# By hand or by the button: the only ways in against what the machine said.
BY_PEOPLE = {
    Reason.EMERGENCY,
    Reason.HAND_CHECKED,
    Reason.REGISTERED_BY_HAND,
    Reason.FIRE_RELEASE,
}
GREEN, RED, YELLOW, STAFF = range(1, 5)
POLICY = Policy(
    version=1,
    name="gate",
    place=PlaceType.ESTATE,
    passback=PassbackRule(mode=Passback.HARD, window_s=300),
    temperature=TemperatureRule(required=False, remeasures=1),
    party=PartyLimit(most=3),
)
CODES = ("green", "red", "yellow", "staff", "forged", "family")
STEPS = st.one_of(
    st.tuples(st.just("scan"), st.sampled_from(CODES)),
    st.tuples(st.just("measure"), st.sampled_from([300, 365, 372, 373, 400, 450])),
    st.tuples(st.just("party"), st.integers(0, 5)),
    st.tuples(st.just("decide"), st.booleans()),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.sampled_from([1, 11, 40, 400])),
    st.tuples(st.just("fire"), st.booleans()),
    st.tuples(st.sampled_from(["open", "cause", "register", "look_up", "note", "step"]), st.none()),
)


@pytest.fixture(scope="module")
def office() -> Publisher:
    office = Publisher(NOW)
    office.set_status(RED, Status.RED)
    office.set_status(YELLOW, Status.YELLOW)
    return office


class Shift:
    """One guard's shift. results: every answer that was counted, in order."""

    def __init__(self, office: Publisher, world: World, station: Station) -> None:
        self.world = world
        self.station = station
        self.results: list[ScanResult] = []
        self.codes = {
            "green": office.mint(GREEN).dense,
            "red": office.mint(RED).full,
            "yellow": office.mint(YELLOW).dense,
            "family": office.mint(5, kind=int(Kind.VISITOR), site=office.site(party=4)).full,
            "staff": office.mint(STAFF, kind=int(Kind.STAFF)).full,
            "forged": office.mint(9, key=signing_key("thief")).full,
        }

    def play(self, name: str, value: Any) -> None:
        """Do one thing; what the station refuses has not happened."""
        does: dict[str, Callable[[], ScanResult | None]] = {
            "scan": lambda: self.station.scan(self.codes[value] or "", self.world.mono_now_s),
            "measure": lambda: self.station.act(Measured(tenths=value)),
            "party": lambda: self.station.act(CountParty(people=value)),
            "decide": lambda: self.station.act(
                Decide(passage_id=self.id_of(0), admitted=value, papers_seen=True)
            ),
            "undo": lambda: self.station.act(TakeBack(passage_id=self.id_of(value))),
            "open": lambda: self.station.act(OpenForEmergency()),
            "cause": lambda: self.station.act(
                GiveCause(passage_id=self.id_of(0), cause=EmergencyCause.OTHER)
            ),
            "register": lambda: self.station.act(
                Register(name="A", id_tail="", note="", admitted=True)
            ),
            "look_up": lambda: self.station.act(LookUp(number=f"0-{GREEN}")),
            "note": lambda: self.station.act(NoteIncident(text="x", about=self.id_of(0))),
        }
        if name == "wait":
            self.world.mono_now_s += value
            self.world.now_s += value
        elif name == "fire":
            self.world.gate.burns = value
        elif name == "step":
            self.station.step(0.0)
        else:
            with suppress(ActionRefused):
                result = does[name]()
                if result is not None and result.counted:
                    self.results.append(result)

    def id_of(self, back: int) -> bytes:
        """Return the id of the row so many answers ago; nobody's where there is none."""
        found = self.results[-1 - back :][:1]
        return (found[0].passage_id if found else None) or bytes(16)


def rows(data: Path) -> list[Passage]:
    """Return every stored row, oldest first."""
    database = open_database(data)
    found = [entry.row.passage for entry in PassageLog(database, "west-1").entries()]
    database.close()
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, max_size=30))
def test_any_shift_keeps_the_promises(office: Publisher, steps: list[tuple[str, Any]]) -> None:
    world = World(beliefs_of(office), secret=bytes(32), prepared=prepare(POLICY, ZONE))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        frames = write_frames(data / "frames", frames_of(None))
        with station_with(world, data / "gate", frames) as station:
            shift = Shift(office, world, station)
            for name, value in steps:
                shift.play(name, value)
            station.step(0.0)
            inside = station.freshness().inside
        stored = rows(data / "gate")
    passed = {row.passage_id: row for row in stored if row.reason not in NOTE_REASONS}
    # Every answer that was counted has its row, and every row of a passage was an answer.
    assert [one.passage_id for one in shift.results] == list(passed)
    for result in shift.results:
        row = passed[result.passage_id or b""]
        assert (row.verdict, row.reason) == (result.judgement.verdict, result.judgement.reason)
        status = result.judgement.status
        if row.verdict in ADMITTING and row.reason not in BY_PEOPLE:
            assert status == Status.GREEN
    # People are let through by answers that admit alone, and nobody by two rows of one passage.
    assert all(people == 0 for verdict, people in world.gate.shown if verdict not in ADMITTING)
    undone = {decode_body(row.body).about for row in stored if row.reason == Reason.TAKEN_BACK}
    let_in = [row for row in passed.values() if row.verdict in ADMITTING]
    counted = [row for row in let_in if row.passage_id not in undone and _moves(row)]
    assert inside == sum(decode_body(row.body).party for row in counted)


def _moves(row: Passage) -> bool:
    # A fire opens the gate for everybody: a code without a pass behind it is nobody then.
    return row.reason != Reason.FIRE_RELEASE or decode_body(row.body).identity is not None
