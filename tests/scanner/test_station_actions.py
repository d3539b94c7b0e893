"""What a guard does besides scanning, on a real log: each action a row of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from keys.bodies import PassageBody, decode_body
from keys.claims import Kind, Status
from keys.passages import ClockGrade, Direction, Passage, PassIdentity, Reason, Verdict
from keys.policies import (
    PartyLimit,
    Passback,
    PassbackRule,
    PlaceType,
    Policy,
    TemperatureRule,
)
from scanner.decide.actions import (
    Action,
    BeginShift,
    CountParty,
    Decide,
    EmergencyCause,
    EndShift,
    GiveCause,
    LookUp,
    Measured,
    NoteIncident,
    OpenForEmergency,
    Register,
    SetInside,
    TakeBack,
)
from scanner.decide.judge import Beliefs
from scanner.decide.policy_prepared import prepare
from scanner.errors import ActionRefused, StationFault
from scanner.record.database import FILE_NAME, open_database
from scanner.record.passages import PassageLog
from scanner.scan.desk import HELD_OPEN_S
from scanner.station import ScanResult, Station
from tests.fakes.publisher import ISSUER, ZONE, Publisher
from tests.scanner.rigs import NOW, World, beliefs_of, frames_of, station_with, write_frames

GREEN, RED, YELLOW, STAFF = 1, 2, 4, 5
NOBODYS = bytes(16)


@pytest.fixture(scope="module")
def office() -> Publisher:
    office = Publisher(NOW)
    office.set_status(RED, Status.RED)
    office.set_status(YELLOW, Status.YELLOW)
    return office


@pytest.fixture
def world(office: Publisher) -> World:
    return World(beliefs_of(office), secret=bytes(range(32)))


@contextmanager
def gate(world: World, data: Path, *, lasting: bool = False, **rules: object) -> Iterator[Station]:
    """Give a station, under a policy with `rules` if there are any."""
    if rules:
        policy = Policy(version=1, name="estate", place=PlaceType.ESTATE)
        world.prepared = prepare(replace(policy, **rules), ZONE)  # type: ignore[arg-type]
    frames = write_frames(data / "frames", frames_of(None))
    with station_with(world, data / "gate", frames, lasting=lasting) as station:
        yield station


def scan(station: Station, world: World, text: str | None, after_s: float = 60.0) -> ScanResult:
    """Show a code after some time has passed."""
    world.mono_now_s += after_s
    assert text is not None
    result = station.scan(text, world.mono_now_s)
    assert result is not None
    return result


def scanned(station: Station, world: World, text: str | None, after_s: float = 60.0) -> bytes:
    """Show a code and return the id of its row."""
    found = scan(station, world, text, after_s).passage_id
    assert found is not None
    return found


def refused(station: Station, action: Action) -> str:
    """Return the code with which an action is refused."""
    with pytest.raises(ActionRefused) as caught:
        station.act(action)
    return caught.value.code


def answers(station: Station) -> tuple[ScanResult, ...]:
    """Return what the station says by itself, with nobody's code in the picture."""
    step = station.step(0.01)
    return () if step is None else step.results


def rows(data: Path) -> list[tuple[Passage, PassageBody]]:
    """Return every stored row with its body, oldest first."""
    database = open_database(data / "gate")
    found = [entry.row.passage for entry in PassageLog(database, "west-1").entries()]
    database.close()
    return [(passage, decode_body(passage.body)) for passage in found]


def reasons(data: Path) -> list[str]:
    """Return the reasons of every stored row."""
    return [passage.reason for passage, _ in rows(data)]


# --- emergency


def test_an_emergency_opens_first_is_written_down_and_asks_why_later(
    world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        result = station.act(OpenForEmergency())
        assert result is not None
        assert (result.judgement.verdict, result.judgement.reason) == (
            Verdict.ADMIT,
            Reason.EMERGENCY,
        )
        assert result.passage_id is not None
        assert world.gate.held == [True]
        station.step(0.01)
        cause = GiveCause(passage_id=result.passage_id, cause=EmergencyCause.CHILDBIRTH)
        assert station.act(cause) is None
        world.mono_now_s += HELD_OPEN_S
        station.step(0.01)
        assert world.gate.held == [True, False]
    (opened, _), (caused, body) = rows(tmp_path)
    assert (opened.reason, opened.verdict, opened.tag) == (Reason.EMERGENCY, Verdict.ADMIT, None)
    assert (caused.reason, caused.verdict) == (Reason.CAUSE_GIVEN, Verdict.ADMIT)
    assert (body.cause, body.about) == ("childbirth", opened.passage_id)


def test_an_emergency_needs_no_list_no_clock_and_no_pass(tmp_path: Path) -> None:
    world = World(Beliefs(None, {}), grade=ClockGrade.ROLLED_BACK)
    with gate(world, tmp_path) as station:
        result = station.act(OpenForEmergency())
    assert result is not None
    assert result.judgement.verdict is Verdict.ADMIT
    assert reasons(tmp_path) == [Reason.EMERGENCY]


def test_who_was_refused_a_moment_before_stands_in_the_emergencys_trace(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        scan(station, world, office.mint(RED).dense)
        soon = station.act(OpenForEmergency())
        world.mono_now_s += 300
        later = station.act(OpenForEmergency())
    assert soon is not None
    assert later is not None
    assert ("instead_of", "refuse") in soon.judgement.trace
    assert ("instead_of", "refuse") not in later.judgement.trace


def test_an_emergency_on_a_locked_disk_opens_now_and_is_stored_later(
    world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, lasting=True) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(tmp_path / "gate" / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        result = station.act(OpenForEmergency())
        station.step(0.01)
        assert result is not None
        assert (result.judgement.verdict, world.gate.held) == (Verdict.ADMIT, [True])
        fresh = station.freshness()
        assert (fresh.owed_rows, fresh.fault) == (1, "disk_unusable")
        assert result.passage_id is not None
        station.act(GiveCause(passage_id=result.passage_id, cause=EmergencyCause.MEDICAL))
        assert reasons(tmp_path) == []
        other.execute("ROLLBACK")
        other.close()
        station.step(0.01)
        fresh = station.freshness()
        assert (fresh.owed_rows, fresh.fault) == (0, None)
    assert reasons(tmp_path) == [Reason.EMERGENCY, Reason.CAUSE_GIVEN]
    assert rows(tmp_path)[1][1].cause == "medical"


def test_a_cause_is_for_an_emergency(office: Publisher, world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        passed = scanned(station, world, office.mint(GREEN).dense)
        for passage_id, code in ((passed, "not_an_emergency"), (NOBODYS, "unknown_passage")):
            cause = GiveCause(passage_id=passage_id, cause=EmergencyCause.OTHER)
            assert refused(station, cause) == code
    assert reasons(tmp_path) == [Reason.GREEN]


# --- taken back


def test_what_is_taken_back_has_not_been_and_is_so_once(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, passback=PassbackRule(mode=Passback.HARD)) as station:
        passage_id = scanned(station, world, office.mint(GREEN).dense)
        assert station.freshness().inside == 1
        assert station.act(TakeBack(passage_id=passage_id)) is None
        assert station.freshness().inside == 0
        assert refused(station, TakeBack(passage_id=passage_id)) == "already_decided"
        again = scan(station, world, office.mint(GREEN).dense)
        assert again.judgement.verdict is Verdict.ADMIT
    (first, _), (undone, body), _ = rows(tmp_path)
    assert (undone.reason, undone.verdict, undone.tag) == (
        Reason.TAKEN_BACK,
        Verdict.ADMIT,
        first.tag,
    )
    assert body.about == first.passage_id


def test_a_code_that_is_still_held_up_is_not_counted_again_when_it_is_taken_back(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    text = office.mint(GREEN).dense
    frames = write_frames(tmp_path / "frames", frames_of(*[text] * 4))
    with station_with(world, tmp_path / "gate", frames) as station:
        step = station.step(1.0)
        assert step is not None
        passage_id = step.results[0].passage_id
        assert passage_id is not None
        station.act(TakeBack(passage_id=passage_id))
        rest = [station.step(1.0) for _ in range(3)]
    assert [one.results for one in rest if one is not None] == [(), (), ()]
    assert reasons(tmp_path) == [Reason.GREEN, Reason.TAKEN_BACK]


def test_half_a_minute_is_the_end_of_taking_back(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        passage_id = scanned(station, world, office.mint(GREEN).dense)
        world.mono_now_s += 40
        assert refused(station, TakeBack(passage_id=passage_id)) == "too_late"
        assert refused(station, TakeBack(passage_id=NOBODYS)) == "unknown_passage"


def test_what_was_written_before_a_restart_can_be_taken_back_by_its_row(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        passage_id = scanned(station, world, office.mint(GREEN).dense)
    with gate(world, tmp_path) as station:
        station.act(TakeBack(passage_id=passage_id))
        assert station.freshness().inside == 0


def test_an_emergency_taken_back_closes_the_gate(world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        result = station.act(OpenForEmergency())
        assert result is not None
        assert result.passage_id is not None
        station.act(TakeBack(passage_id=result.passage_id))
        station.step(0.01)
    assert world.gate.held == [True, False]
    assert reasons(tmp_path) == [Reason.EMERGENCY, Reason.TAKEN_BACK]


# --- temperature


def test_a_temperature_lets_in_who_waited_for_it(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, temperature=TemperatureRule(remeasures=1)) as station:
        first = scan(station, world, office.mint(GREEN).dense)
        assert first.judgement.reason is Reason.TEMPERATURE_MISSING
        hot = station.act(Measured(tenths=381))
        assert hot is not None
        assert hot.judgement.reason is Reason.TEMPERATURE_AGAIN
        well = station.act(Measured(tenths=366))
        assert well is not None
        assert (well.judgement.verdict, well.about) == (Verdict.ADMIT, hot.passage_id)
        assert station.freshness().inside == 1
        again = scan(station, world, office.mint(GREEN).full, after_s=2)
        assert (again.judgement.verdict, again.counted) == (Verdict.ADMIT, False)
    assert [body.temperatures for _, body in rows(tmp_path)] == [(), (381,), (381, 366)]
    assert world.gate.shown[-1] == (Verdict.ADMIT, 1)


def test_no_third_measure_makes_a_fever_go_away(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, temperature=TemperatureRule(remeasures=1)) as station:
        scan(station, world, office.mint(GREEN).dense)
        found = [station.act(Measured(tenths=tenths)) for tenths in (381, 380, 362)]
    last = found[-1]
    assert last is not None
    assert (last.judgement.verdict, last.judgement.reason) == (
        Verdict.REFUSE,
        Reason.TEMPERATURE_HIGH,
    )


def test_who_was_admitted_and_is_hot_was_not_admitted(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    rule = TemperatureRule(required=False, remeasures=0)
    with gate(world, tmp_path, temperature=rule) as station:
        assert scan(station, world, office.mint(GREEN).dense).judgement.verdict is Verdict.ADMIT
        hot = station.act(Measured(tenths=395))
        assert hot is not None
        assert hot.judgement.verdict is Verdict.REFUSE
        assert station.freshness().inside == 0
    assert reasons(tmp_path) == [Reason.GREEN, Reason.TAKEN_BACK, Reason.TEMPERATURE_HIGH]


def test_an_admitted_person_measured_well_is_counted_and_let_through_once(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, temperature=TemperatureRule(required=False)) as station:
        scan(station, world, office.mint(GREEN).dense)
        station.act(Measured(tenths=365))
        assert station.freshness().inside == 1
    assert world.gate.shown == [(Verdict.ADMIT, 1), (Verdict.ADMIT, 0)]


def test_a_temperature_belongs_to_somebody(office: Publisher, world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path, temperature=TemperatureRule()) as station:
        assert refused(station, Measured(tenths=365)) == "nobody_there"
        scan(station, world, "KK1:" + "A" * 40)
        assert refused(station, Measured(tenths=365)) == "nobody_there"
        asked = scanned(station, world, office.mint(GREEN).dense)
        world.mono_now_s += 200
        assert refused(station, Measured(tenths=365)) == "nobody_there"
        world.mono_now_s -= 200
        station.act(Decide(passage_id=asked, admitted=True, papers_seen=False))
        assert refused(station, Measured(tenths=365)) == "already_decided"


def test_who_waits_for_the_thermometer_is_answered_as_soon_as_it_has_read_them(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, temperature=TemperatureRule(remeasures=1)) as station:
        first = scan(station, world, office.mint(GREEN).dense)
        assert first.judgement.reason is Reason.TEMPERATURE_MISSING
        assert station.step(0.01) is not None  # the empty frame of the folder
        world.mono_now_s += 1
        world.gate.tenths = 381
        [hot] = answers(station)
        assert (hot.judgement.reason, hot.about) == (Reason.TEMPERATURE_AGAIN, first.passage_id)
        assert answers(station) == ()  # the same fever, read on, is measured once
        world.gate.tenths = None
        assert answers(station) == ()
        world.gate.tenths = 366
        [well] = answers(station)
        assert well.judgement.verdict is Verdict.ADMIT
        assert answers(station) == ()
    assert world.gate.shown[-1] == (Verdict.ADMIT, 1)


def test_a_reading_of_who_went_before_is_not_the_next_persons(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, temperature=TemperatureRule()) as station:
        scan(station, world, office.mint(GREEN).dense)
        world.gate.tenths = 366
        [well] = answers(station)
        assert well.judgement.verdict is Verdict.ADMIT
        behind = scan(station, world, office.mint(3).dense, after_s=0.5)
        assert behind.judgement.reason is Reason.TEMPERATURE_MISSING
        world.mono_now_s += 1
        assert answers(station) == ()
        world.mono_now_s += 2
        [own] = answers(station)
        assert own.judgement.verdict is Verdict.ADMIT
        assert own.about == behind.passage_id


def test_the_next_persons_temperature_is_not_that_of_who_has_gone(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, temperature=TemperatureRule()) as station:
        scan(station, world, office.mint(GREEN).dense)
        station.step(0.01)
        world.mono_now_s += 5
        world.gate.tenths = 366
        assert answers(station) == ()
    assert reasons(tmp_path) == [Reason.TEMPERATURE_MISSING]


# --- several people on one pass


def family(office: Publisher, people: int) -> str:
    """Return a visitors' pass for so many people."""
    text = office.mint(GREEN, kind=int(Kind.VISITOR), site=office.site(party=people)).full
    assert text is not None
    return text


def test_a_family_on_one_pass_is_counted_and_let_through_together(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, party=PartyLimit(most=3)) as station:
        first = scan(station, world, family(office, 4))
        result = station.act(CountParty(people=3))
        assert result is not None
        assert (result.judgement.verdict, result.about) == (Verdict.ADMIT, first.passage_id)
        assert station.freshness().inside == 3
        # One went through at the scan, the other two now.
        assert world.gate.shown == [(Verdict.ADMIT, 1), (Verdict.ADMIT, 2)]
        many = station.act(CountParty(people=4))
        assert many is not None
        assert (many.judgement.verdict, many.judgement.reason) == (
            Verdict.HAND_CHECK,
            Reason.PARTY_TOO_LARGE,
        )
        assert station.freshness().inside == 0
        assert many.passage_id is not None
        station.act(Decide(passage_id=many.passage_id, admitted=True, papers_seen=True))
        assert station.freshness().inside == 4
    assert [body.party for _, body in rows(tmp_path)][-1] == 4


def test_without_a_rule_a_pass_is_for_as_many_as_it_says(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        assert refused(station, CountParty(people=2)) == "nobody_there"
        scan(station, world, office.mint(GREEN).dense)
        assert refused(station, CountParty(people=2)) == "party_too_large"
        scan(station, world, family(office, 2), after_s=20)
        assert station.act(CountParty(people=2)) is not None
        for people in (0, 3, 17):
            assert refused(station, CountParty(people=people)) == "party_too_large"


# --- hand checks


def test_a_guard_decides_a_hand_check_once(office: Publisher, world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        asked = scanned(station, world, office.mint(YELLOW, name="欧阳*").full)
        decide = Decide(passage_id=asked, admitted=True, papers_seen=True)
        result = station.act(decide)
        assert result is not None
        assert (result.judgement.verdict, result.judgement.reason, result.about) == (
            Verdict.ADMIT,
            Reason.HAND_CHECKED,
            asked,
        )
        assert result.judgement.name == "欧阳*"
        assert refused(station, decide) == "already_decided"
        still = scan(station, world, office.mint(YELLOW).dense, after_s=2)
        assert (still.judgement.reason, still.counted) == (Reason.HAND_CHECKED, False)
        assert station.freshness().inside == 1
    (first, _), (second, body) = rows(tmp_path)
    assert (second.tag, body.about, body.papers_seen) == (first.tag, first.passage_id, True)
    assert body.identity == PassIdentity(ISSUER, 0, YELLOW)
    assert world.gate.shown == [(Verdict.HAND_CHECK, 0), (Verdict.ADMIT, 1)]


def test_a_guard_who_refuses_lets_nobody_through(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        asked = scanned(station, world, office.mint(YELLOW).dense)
        result = station.act(Decide(passage_id=asked, admitted=False, papers_seen=True))
    assert result is not None
    assert result.judgement.verdict is Verdict.REFUSE
    assert world.gate.shown[-1] == (Verdict.REFUSE, 0)


def test_a_refusal_is_no_hand_check(office: Publisher, world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        red = scanned(station, world, office.mint(RED).dense)
        green = scanned(station, world, office.mint(GREEN).dense)
        for passage_id in (red, green):
            decide = Decide(passage_id=passage_id, admitted=True, papers_seen=True)
            assert refused(station, decide) == "not_a_hand_check"
        decide = Decide(passage_id=NOBODYS, admitted=True, papers_seen=True)
        assert refused(station, decide) == "unknown_passage"


def test_a_hand_check_of_before_a_restart_is_decided_without_its_name(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        asked = scanned(station, world, office.mint(YELLOW, name="王*").full)
    with gate(world, tmp_path) as station:
        result = station.act(Decide(passage_id=asked, admitted=True, papers_seen=True))
    assert result is not None
    assert (result.judgement.verdict, result.judgement.name) == (Verdict.ADMIT, "")
    (first, _), (second, body) = rows(tmp_path)
    assert (second.tag, body.about) == (first.tag, asked)


# --- people without a pass


def test_a_person_without_a_pass_is_registered_by_hand(world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        known = Register(name=" 王小明 ", id_tail="123X", note="lost the phone", admitted=True)
        result = station.act(known)
        assert result is not None
        assert result.judgement.reason is Reason.REGISTERED_BY_HAND
        assert station.freshness().inside == 1
        turned = station.act(replace(known, admitted=False))
        assert turned is not None
        assert turned.judgement.verdict is Verdict.REFUSE
        assert refused(station, replace(known, name=" ")) == "name_missing"
        assert refused(station, replace(known, name="A" * 65)) == "text_too_long"
        assert refused(station, replace(known, id_tail="12345")) == "text_too_long"
        assert refused(station, replace(known, note="n" * 201)) == "text_too_long"
    (passage, body), _ = rows(tmp_path)
    assert (passage.tag, body.name, body.id_tail, body.note) == (
        None,
        "王小明",
        "123X",
        "lost the phone",
    )


def test_a_number_that_was_said_is_a_hand_check_at_most(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        green = station.act(LookUp(number=f"0-{GREEN}"))
        red = station.act(LookUp(number=f"0-{RED}"))
        assert green is not None
        assert red is not None
        assert (green.judgement.verdict, green.judgement.reason) == (
            Verdict.HAND_CHECK,
            Reason.LOOKED_UP,
        )
        assert red.judgement.verdict is Verdict.REFUSE
        assert refused(station, LookUp(number="abc")) == "unknown_number"
        assert green.passage_id is not None
        done = station.act(Decide(passage_id=green.passage_id, admitted=True, papers_seen=True))
        assert done is not None
        assert done.judgement.verdict is Verdict.ADMIT
    (looked, body), *_ = rows(tmp_path)
    assert looked.tag is not None
    assert body.identity == PassIdentity(ISSUER, 0, GREEN)
    assert world.others.told == []


# --- notes and shifts


def test_an_incident_is_written_down_with_the_row_it_is_about(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        red = scanned(station, world, office.mint(RED).dense)
        station.act(NoteIncident(text="shouted", about=red))
        station.act(NoteIncident(text="a broken pane"))
        assert refused(station, NoteIncident(text=" ")) == "name_missing"
        assert refused(station, NoteIncident(text="x" * 201)) == "text_too_long"
        assert refused(station, NoteIncident(text="x", about=NOBODYS)) == "unknown_passage"
    _, (first, body), (second, other) = rows(tmp_path)
    assert (first.reason, first.verdict, body.note, body.about) == (
        Reason.INCIDENT,
        Verdict.REFUSE,
        "shouted",
        red,
    )
    assert (second.verdict, other.about) == (Verdict.HAND_CHECK, None)


def test_every_row_of_a_shift_says_whose_it_was(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    staff = office.mint(STAFF, kind=int(Kind.STAFF)).full
    with gate(world, tmp_path) as station:
        assert staff is not None
        station.act(BeginShift(text=staff))
        assert station.freshness().operator == f"{ISSUER}/0/{STAFF}"
        scan(station, world, office.mint(GREEN).dense)
        station.act(EndShift())
        station.act(EndShift())
        assert station.freshness().operator == ""
        scan(station, world, office.mint(GREEN).dense)
    assert reasons(tmp_path) == [
        Reason.SHIFT_BEGUN,
        Reason.GREEN,
        Reason.SHIFT_ENDED,
        Reason.GREEN,
    ]
    on_duty = f"{ISSUER}/0/{STAFF}"
    assert [body.operator for _, body in rows(tmp_path)] == [on_duty, on_duty, on_duty, ""]


def test_only_a_staff_pass_that_is_admitted_begins_a_shift(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        for text in (office.mint(GREEN).full, "https://qr.example/pay", "KK1:AAAA"):
            assert text is not None
            assert refused(station, BeginShift(text=text)) == "not_a_staff_pass"
        red = office.mint(RED, kind=int(Kind.STAFF)).full
        assert red is not None
        assert refused(station, BeginShift(text=red)) == "shift_refused"
        assert station.freshness().operator == ""
    assert reasons(tmp_path) == []


def test_a_shift_that_cannot_be_written_down_does_not_begin(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    staff = office.mint(STAFF, kind=int(Kind.STAFF)).full
    assert staff is not None
    with gate(world, tmp_path) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(tmp_path / "gate" / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StationFault):
            station.act(BeginShift(text=staff))
        assert world.shift.operator == ""
        other.execute("ROLLBACK")
        other.close()


def test_somebody_at_the_door_counts_anew(world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        assert station.act(SetInside(count=12)) is None
        assert station.freshness().inside == 12
    with gate(world, tmp_path) as station:
        assert station.freshness().inside == 12


# --- a gate that nobody starts anew


def test_a_lasting_station_says_that_it_cannot_judge_and_goes_on(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(*[office.mint(GREEN).dense] * 4))
    data = tmp_path / "gate"
    with station_with(world, data, frames, frame_s=0.6, lasting=True) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(data / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        step = station.step(1.0)
        assert step is not None
        [result] = step.results
        assert (result.judgement.verdict, result.judgement.reason, result.counted) == (
            Verdict.CANNOT_JUDGE,
            Reason.STATION_FAULT,
            False,
        )
        assert station.freshness().fault == "disk_unusable"
        other.execute("ROLLBACK")
        other.close()
        held_back, again = station.step(1.0), station.step(1.0)
        assert held_back is not None
        assert again is not None
        assert held_back.results == ()
        assert [one.judgement.verdict for one in again.results] == [Verdict.ADMIT]
        assert station.freshness().fault is None
    assert reasons(tmp_path) == [Reason.GREEN]


def test_the_way_is_switched_while_the_station_runs(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        scan(station, world, office.mint(GREEN).dense)
        world.direction = Direction.EXIT
        scan(station, world, office.mint(GREEN).dense)
    assert [passage.direction for passage, _ in rows(tmp_path)] == [
        Direction.ENTRY,
        Direction.EXIT,
    ]


def test_a_flood_of_made_up_codes_is_answered_and_written_down_a_dozen_times(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        for number in range(40):
            told = scan(station, world, "KK1:" + "A" * (number + 4), after_s=0.1)
            assert told.judgement.verdict is Verdict.REFUSE
        scan(station, world, office.mint(GREEN).dense, after_s=0.1)
        world.mono_now_s += 120
        station.step(0.01)
        scan(station, world, "KK1:AAAAAAA", after_s=0.1)
    found = rows(tmp_path)
    assert [passage.reason for passage, _ in found][-3:] == [
        Reason.GREEN,
        Reason.INCIDENT,
        Reason.MALFORMED_CODE,
    ]
    assert len(found) == 12 + 3
    assert found[-2][1].note == "left out: 28 codes that are no pass"


def test_what_was_left_out_is_written_down_at_the_end(world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        for number in range(15):
            scan(station, world, "KK1:" + "A" * (number + 4), after_s=0.1)
    assert rows(tmp_path)[-1][1].note == "left out: 3 codes that are no pass"


def test_on_a_dead_disk_fire_still_sends_nobody_away(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, lasting=True) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(tmp_path / "gate" / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        world.gate.burns = True
        told = scan(station, world, office.mint(GREEN).dense)
        assert (told.judgement.verdict, told.judgement.reason, told.counted) == (
            Verdict.ADMIT,
            Reason.FIRE_RELEASE,
            False,
        )
        other.execute("ROLLBACK")
        other.close()
