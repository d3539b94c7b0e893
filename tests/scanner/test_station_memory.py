"""What a station remembers of somebody who still stands there must never speak for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from keys.passages import ClockGrade, Direction, PassIdentity, Reason, Verdict
from keys.policies import Passback, PassbackRule, PlaceType, Policy, Quota, TemperatureRule
from scanner.decide.actions import (
    Decide,
    LookUp,
    NoteIncident,
    OpenForEmergency,
    Register,
    TakeBack,
)
from scanner.decide.judge import Beliefs
from scanner.decide.neighbours import Sighting
from scanner.decide.policy_prepared import Prepared, prepare
from scanner.errors import ActionRefused
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.scan.around import Surroundings
from scanner.scan.desk import HELD_OPEN_S, MEASURED_WITHIN_S
from scanner.station import Station
from tests.fakes.publisher import ZONE, Publisher
from tests.scanner.rigs import NOW, World, beliefs_of, frames_of, station_with, write_frames

ELSEWHERE = Sighting("west-2", Direction.ENTRY, 14)
NOBODY = PassIdentity("hangzhou", 0, 99)
HELD = (Verdict.HAND_CHECK, Reason.SEEN_ELSEWHERE)


@pytest.fixture
def office() -> Publisher:
    return Publisher(NOW)


@pytest.fixture
def world(office: Publisher) -> World:
    return World(beliefs_of(office), secret=bytes(range(32)))


@contextmanager
def gate(world: World, data: Path, **rules: object) -> Iterator[Station]:
    """Give a station, under a policy with `rules` if there are any."""
    if rules:
        policy = Policy(version=1, name="estate", place=PlaceType.ESTATE)
        world.prepared = prepare(replace(policy, **rules), ZONE)  # type: ignore[arg-type]
    frames = write_frames(data / "frames", frames_of(None))
    with station_with(world, data / "gate", frames) as station:
        yield station


def scan(station: Station, world: World, text: str | None, after_s: float) -> tuple[object, object]:
    """Show a code after some time has passed, and return what it was told."""
    world.mono_now_s += after_s
    world.now_s += int(after_s)
    assert text is not None
    result = station.scan(text, world.mono_now_s)
    assert result is not None
    return result.judgement.verdict, result.judgement.reason


def test_who_could_not_be_judged_at_first_is_asked_of_the_neighbours_once_it_can_be(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    world.others.word = ELSEWHERE
    world.grade = ClockGrade.ROLLED_BACK
    with gate(world, tmp_path) as station:
        assert scan(station, world, office.mint(1).dense, 60)[0] is Verdict.CANNOT_JUDGE
        world.grade = ClockGrade.CONFIRMED
        assert scan(station, world, office.mint(1).full, 3) == HELD


def test_who_was_refused_at_first_is_asked_of_the_log_once_its_code_is_good(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    ended = office.mint(1, iat=NOW - 7260, exp=NOW - 3600)
    with gate(world, tmp_path, passback=PassbackRule(mode=Passback.HARD)) as station:
        assert scan(station, world, ended.full, 60)[0] is Verdict.REFUSE
        assert scan(station, world, office.mint(1).dense, 3)[0] is Verdict.ADMIT


def test_a_number_looked_up_meanwhile_does_not_make_forget_what_the_lanes_said(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    world.others.word = ELSEWHERE
    with gate(world, tmp_path) as station:
        assert scan(station, world, office.mint(1).dense, 60) == HELD
        station.act(LookUp(number="0-1"))
        assert scan(station, world, office.mint(1).full, 3) == HELD
    assert [people for _, people in world.gate.shown] == [0, 0]


def test_a_number_admitted_by_hand_does_not_speak_for_the_code_of_who_stands_there(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    world.others.word = ELSEWHERE
    with gate(world, tmp_path) as station:
        assert scan(station, world, office.mint(1).dense, 60) == HELD
        asked = station.act(LookUp(number="0-1"))
        assert asked is not None
        assert asked.passage_id is not None
        station.act(Decide(passage_id=asked.passage_id, admitted=True, papers_seen=True))
        assert scan(station, world, office.mint(1).full, 3) == HELD


def test_an_emergency_is_let_go_of_in_time_although_the_station_was_built_anew(
    world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        station.act(OpenForEmergency())
    with gate(world, tmp_path) as station:
        station.step(0.01)
        assert world.gate.held == [True]
        world.mono_now_s += HELD_OPEN_S
        station.step(0.01)
        assert world.gate.held == [True, False]


def test_taking_back_one_emergency_does_not_close_the_gate_on_the_next(
    world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        first = station.act(OpenForEmergency())
        assert first is not None
        assert first.passage_id is not None
        world.mono_now_s += 10
        second = station.act(OpenForEmergency())
        assert second is not None
        assert second.passage_id is not None
        station.act(TakeBack(passage_id=first.passage_id))
        station.step(0.01)
        assert world.gate.held == [True, True]
        station.act(TakeBack(passage_id=second.passage_id))
        station.step(0.01)
        assert world.gate.held == [True, True, False]


def test_a_note_is_no_hand_check_that_somebody_could_decide(world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        station.act(NoteIncident(text="a dog"))
        database = open_database(tmp_path / "gate")
        [noted] = PassageLog(database, "west-1").entries()
        database.close()
        about = noted.row.passage.passage_id
        with pytest.raises(ActionRefused) as caught:
            station.act(Decide(passage_id=about, admitted=True, papers_seen=True))
    assert caught.value.code == "not_a_hand_check"
    assert world.gate.shown == []


def test_half_a_sign_of_a_broken_input_method_keeps_nobody_from_being_registered(
    world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        result = station.act(Register(name="王\ud83d", id_tail="", note="", admitted=False))
    assert result is not None
    assert result.judgement.name == "王?"


def test_a_thermometer_that_reads_too_late_does_not_break_the_station(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    rule = TemperatureRule(limit_tenths=373)
    code = office.mint(1).full
    with gate(world, tmp_path, temperature=rule) as station:
        missing = Verdict.HAND_CHECK, Reason.TEMPERATURE_MISSING
        assert scan(station, world, code, 60) == missing
        for _ in range(int(MEASURED_WITHIN_S / 5) + 1):
            assert scan(station, world, code, 5) == missing  # held up all the time
        world.gate.tenths = 365
        step = station.step(0.01)
        assert step is None or step.results == ()


@dataclass
class LostLog(World):
    """A world in which the log before this one was lost. begun_s: since when there is one."""

    begun_s: float | None = None

    def surroundings(self) -> Surroundings:
        """Return the functions that a station asks."""
        return replace(super().surroundings(), log_begun_s=lambda: self.begun_s)


@pytest.mark.parametrize(
    "rules", [{"passback": PassbackRule(mode=Passback.HARD)}, {"quota": Quota(a_day=1)}]
)
def test_what_stood_in_a_lost_log_is_not_taken_for_never(
    office: Publisher, tmp_path: Path, rules: dict[str, object]
) -> None:
    world = LostLog(beliefs_of(office), secret=bytes(range(32)), begun_s=NOW)
    code = office.mint(1).full
    with gate(world, tmp_path, **rules) as station:
        assert scan(station, world, code, 60) == (Verdict.HAND_CHECK, Reason.RULE_NOT_JUDGED)


def test_who_was_looked_at_once_after_a_lost_log_is_known_again(
    office: Publisher, tmp_path: Path
) -> None:
    world = LostLog(beliefs_of(office), secret=bytes(range(32)), begun_s=NOW)
    code = office.mint(1).full
    with gate(world, tmp_path, passback=PassbackRule(mode=Passback.HARD)) as station:
        checked = station.scan(code, world.mono_now_s)
        assert checked is not None
        assert checked.passage_id is not None
        station.act(Decide(passage_id=checked.passage_id, admitted=True, papers_seen=True))
        assert scan(station, world, code, 60) == (Verdict.REFUSE, Reason.PASSED_ALREADY)
        world.direction = Direction.EXIT
        assert scan(station, world, code, 60)[0] is Verdict.ADMIT


def test_a_log_that_is_older_than_the_policy_looks_back_is_believed(
    office: Publisher, tmp_path: Path
) -> None:
    long_ago = NOW - 40 * 86_400.0
    world = LostLog(beliefs_of(office), secret=bytes(range(32)), begun_s=long_ago)
    rules = {"passback": PassbackRule(mode=Passback.HARD), "quota": Quota(a_day=1)}
    with gate(world, tmp_path, **rules) as station:
        assert scan(station, world, office.mint(1).full, 60)[0] is Verdict.ADMIT


class PulledMeanwhile(World):
    """A world in which a pull ends between any two questions of one scan: first the new policy is
    there, then the new keys.
    """

    def surroundings(self) -> Surroundings:
        """Return the functions that a station asks."""
        asked = replace(super().surroundings(), beliefs=self._beliefs, prepared=self._prepared)
        self.after = self.beliefs
        self.beliefs = Beliefs(None, {})
        return asked

    def _pull(self) -> None:
        policy = Policy(version=2, name="estate", place=PlaceType.ESTATE, only=(NOBODY,))
        self.prepared, self.beliefs = prepare(policy, ZONE), self.after

    def _beliefs(self) -> Beliefs:
        held = self.beliefs
        self._pull()
        return held

    def _prepared(self) -> Prepared:
        held = self.prepared
        self._pull()
        return held


def test_new_keys_never_meet_the_policy_of_before(office: Publisher, tmp_path: Path) -> None:
    world = PulledMeanwhile(beliefs_of(office), secret=bytes(range(32)))
    with gate(world, tmp_path) as station:
        assert scan(station, world, office.mint(1).full, 60)[0] is Verdict.CANNOT_JUDGE
        refused = Verdict.REFUSE, Reason.NOT_ON_LIST
        assert scan(station, world, office.mint(1).full, 60) == refused
