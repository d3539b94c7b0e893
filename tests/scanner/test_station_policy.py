"""A station that obeys the policy of its place: facts of its own log, thermometer, lanes, fire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from keys.bodies import decode_body
from keys.claims import Kind, Status
from keys.passages import Direction, PassageRow, Reason, Verdict
from keys.policies import (
    Capacity,
    CompanionRule,
    Passback,
    PassbackRule,
    PlaceType,
    Policy,
    Quota,
    TemperatureRule,
)
from scanner.decide.neighbours import Sighting
from scanner.decide.policy_prepared import prepare, unreadable
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.station import Station
from tests.fakes.publisher import ZONE, Publisher
from tests.scanner.rigs import NOW, World, beliefs_of, frames_of, station_with, write_frames

POLICY = Policy(version=1, name="estate", place=PlaceType.ESTATE)
SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def office() -> Publisher:
    return Publisher(NOW)


@pytest.fixture
def world(office: Publisher) -> World:
    return World(beliefs_of(office), secret=SECRET)


@contextmanager
def gate(world: World, data: Path, **rules: object) -> Iterator[Station]:
    """Give a station under the estate's policy with `rules`."""
    world.prepared = prepare(replace(POLICY, **rules), ZONE)  # type: ignore[arg-type]
    frames = write_frames(data / "frames", frames_of(None))
    with station_with(world, data / "gate", frames) as station:
        yield station


def scan(
    station: Station, world: World, text: str | None, after_s: float = 60.0
) -> tuple[Verdict, Reason]:
    """Show a code after some time has passed, and return what it was told."""
    world.mono_now_s += after_s
    world.now_s += int(after_s)
    assert text is not None
    result = station.scan(text, world.mono_now_s)
    assert result is not None
    return result.judgement.verdict, result.judgement.reason


def rows(data: Path) -> list[PassageRow]:
    """Return every stored row, oldest first."""
    database = open_database(data / "gate")
    found = [entry.row for entry in PassageLog(database, "west-1").entries()]
    database.close()
    return found


def test_a_pass_that_went_in_does_not_go_in_again_but_out_and_in(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    code = office.mint(1).dense
    with gate(world, tmp_path, passback=PassbackRule(mode=Passback.HARD)) as station:
        assert scan(station, world, code)[0] is Verdict.ADMIT
        assert scan(station, world, code) == (Verdict.REFUSE, Reason.PASSED_ALREADY)
        world.direction = Direction.EXIT
        assert scan(station, world, code)[0] is Verdict.ADMIT
        world.direction = Direction.ENTRY
        assert scan(station, world, code)[0] is Verdict.ADMIT
    assert [row.passage.verdict for row in rows(tmp_path)] == [
        Verdict.ADMIT,
        Verdict.REFUSE,
        Verdict.ADMIT,
        Verdict.ADMIT,
    ]


def test_what_went_in_before_a_restart_is_known_after_it(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    rule = PassbackRule(mode=Passback.HARD)
    with gate(world, tmp_path, passback=rule) as station:
        scan(station, world, office.mint(1).dense)
    with gate(world, tmp_path, passback=rule) as station:
        found = scan(station, world, office.mint(1).full)
    assert found == (Verdict.REFUSE, Reason.PASSED_ALREADY)


def test_who_still_stands_there_is_not_told_to_have_passed_already(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, passback=PassbackRule(mode=Passback.HARD)) as station:
        scan(station, world, office.mint(1).dense)
        # The other carrier of the same pass, while the first one is hardly down.
        assert scan(station, world, office.mint(1).full, after_s=3)[0] is Verdict.ADMIT
    assert len(rows(tmp_path)) == 1


def test_without_checkpoint_keys_passback_is_a_hand_check(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    world.secret = None
    with gate(world, tmp_path, passback=PassbackRule(mode=Passback.HARD)) as station:
        found = scan(station, world, office.mint(1).dense)
    assert found == (Verdict.HAND_CHECK, Reason.RULE_NOT_JUDGED)
    assert rows(tmp_path)[0].passage.tag is None


def test_a_full_place_refuses_until_somebody_leaves(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, capacity=Capacity(soft=1, hard=2)) as station:
        assert scan(station, world, office.mint(1).dense)[0] is Verdict.ADMIT
        told = scan(station, world, office.mint(2).dense)
        assert told == (Verdict.ADMIT_WITH_NOTE, Reason.PLACE_NEARLY_FULL)
        full = scan(station, world, office.mint(3).dense)
        assert full == (Verdict.REFUSE, Reason.PLACE_FULL)
        assert station.freshness().inside == 2
        world.direction = Direction.EXIT
        scan(station, world, office.mint(1).dense)
        world.direction = Direction.ENTRY
        assert scan(station, world, office.mint(3).dense)[0] is Verdict.ADMIT_WITH_NOTE


def test_entries_of_a_day_are_counted(office: Publisher, world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path, quota=Quota(a_day=2)) as station:
        found = [scan(station, world, office.mint(1).dense)[1] for _ in range(3)]
    assert found == [Reason.GREEN, Reason.GREEN, Reason.QUOTA_USED]


def test_a_child_comes_with_somebody(office: Publisher, world: World, tmp_path: Path) -> None:
    rule = CompanionRule(kinds=(Kind.DEPENDANT,), with_kinds=(Kind.PHONE,), within_s=120)
    child = office.mint(5, kind=int(Kind.DEPENDANT)).full
    with gate(world, tmp_path, companions=(rule,)) as station:
        alone = scan(station, world, child)
        assert alone == (Verdict.HAND_CHECK, Reason.COMPANION_MISSING)
        scan(station, world, office.mint(1).dense)
        assert scan(station, world, child)[0] is Verdict.ADMIT
        assert scan(station, world, child, after_s=600)[1] is Reason.COMPANION_MISSING


def test_the_thermometer_speaks_for_who_stands_there(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    rule = TemperatureRule(limit_tenths=373, remeasures=0)
    with gate(world, tmp_path, temperature=rule) as station:
        missing = scan(station, world, office.mint(1).dense)
        assert missing == (Verdict.HAND_CHECK, Reason.TEMPERATURE_MISSING)
        world.gate.tenths = 366
        assert scan(station, world, office.mint(2).dense)[0] is Verdict.ADMIT
        world.gate.tenths = 384
        hot = scan(station, world, office.mint(3).dense)
        assert hot == (Verdict.REFUSE, Reason.TEMPERATURE_HIGH)
    bodies = [decode_body(row.passage.body) for row in rows(tmp_path)]
    assert [body.temperatures for body in bodies] == [(), (366,), (384,)]


def test_a_policy_without_a_temperature_asks_nobodys(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    world.gate.tenths = 399
    with gate(world, tmp_path) as station:
        assert scan(station, world, office.mint(1).dense)[0] is Verdict.ADMIT
    assert decode_body(rows(tmp_path)[0].passage.body).temperatures == ()


def test_a_policy_that_cannot_be_read_is_a_hand_check_for_everybody(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        world.prepared = unreadable("malformed_policy", ZONE)
        found = scan(station, world, office.mint(1).dense)
        assert found == (Verdict.HAND_CHECK, Reason.RULE_NOT_JUDGED)
        world.direction = Direction.EXIT
        assert scan(station, world, office.mint(2).dense)[0] is Verdict.HAND_CHECK


def test_a_neighbours_word_is_a_look_at_the_papers(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    world.others.word = Sighting("west-2", Direction.ENTRY, 14)
    with gate(world, tmp_path) as station:
        found = scan(station, world, office.mint(1).dense)
        assert found == (Verdict.HAND_CHECK, Reason.SEEN_ELSEWHERE)
        assert [row.sequence for row in world.others.told] == [1]
        world.others.word = None
        # Still held up: what was heard when the person came counts for as long.
        assert scan(station, world, office.mint(1).full, after_s=3)[0] is Verdict.HAND_CHECK
    assert len(rows(tmp_path)) == 1


@pytest.mark.parametrize("status", [Status.GREEN, Status.RED])
def test_a_neighbours_word_of_the_other_way_or_of_a_refused_pass_changes_nothing(
    world: World, tmp_path: Path, status: Status
) -> None:
    office = Publisher(NOW)
    office.set_status(1, status)
    world.beliefs = beliefs_of(office)
    theirs = Direction.EXIT if status is Status.GREEN else Direction.ENTRY
    world.others.word = Sighting("west-2", theirs, 14)
    with gate(world, tmp_path) as station:
        found = scan(station, world, office.mint(1).dense)
    assert found[1] is (Reason.GREEN if status is Status.GREEN else Reason.RED)


def test_the_lanes_hear_of_everybody_but_the_refused(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, kinds=(int(Kind.PHONE), int(Kind.PAPER))) as station:
        scan(station, world, office.mint(1).dense)
        scan(station, world, office.mint(2, kind=int(Kind.EMPLOYEE)).full)
        scan(station, world, "KK1:" + "A" * 30)
        scan(station, world, office.mint(3).dense)
    assert [row.sequence for row in world.others.told] == [1, 4]
    assert all(row.passage.tag for row in world.others.told)


def test_fire_lets_everybody_through_and_is_written_down_once(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, kinds=(int(Kind.STAFF),)) as station:
        world.gate.burns = True
        world.gate.events = ["fire"]
        station.step(0.01)
        station.step(0.01)
        found = scan(station, world, office.mint(1).dense)
        assert found == (Verdict.ADMIT, Reason.FIRE_RELEASE)
        world.gate.burns = False
        assert scan(station, world, office.mint(1).dense)[1] is Reason.KIND_NOT_HERE
    reasons = [row.passage.reason for row in rows(tmp_path)]
    assert reasons == [Reason.INCIDENT, Reason.FIRE_RELEASE, Reason.KIND_NOT_HERE]
    assert decode_body(rows(tmp_path)[0].passage.body).note == "gate: fire"


def test_the_gate_opens_for_whom_it_admits_and_once(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, kinds=(int(Kind.PHONE),)) as station:
        scan(station, world, office.mint(1).dense)
        scan(station, world, office.mint(1).full, after_s=2)
        scan(station, world, office.mint(2, kind=int(Kind.STAFF)).full)
    assert world.gate.shown == [(Verdict.ADMIT, 1), (Verdict.REFUSE, 0)]


def test_looking_only_moves_no_gate_and_tells_no_lane(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    world.is_look_only = True
    with gate(world, tmp_path) as station:
        scan(station, world, office.mint(1).dense)
    assert (world.gate.shown, world.others.told) == ([], [])


def test_another_answer_to_the_same_person_is_written_down_too(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, temperature=TemperatureRule(remeasures=0)) as station:
        world.gate.tenths = 390
        assert scan(station, world, office.mint(1).dense)[0] is Verdict.REFUSE
        world.prepared = prepare(POLICY, ZONE)
        assert scan(station, world, office.mint(1).full, after_s=3)[0] is Verdict.ADMIT
    assert [row.passage.verdict for row in rows(tmp_path)] == [Verdict.REFUSE, Verdict.ADMIT]
    assert world.gate.shown[-1] == (Verdict.ADMIT, 1)
