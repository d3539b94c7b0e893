"""A temperature belongs to who stands there, typed by a guard or read by the gate itself."""

from __future__ import annotations

from pathlib import Path

from keys.passages import Reason, Verdict
from keys.policies import (
    TemperatureRule,
)
from scanner.decide.actions import (
    Decide,
    Measured,
)
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import World
from tests.scanner.scan.acting import (
    GREEN,
    answers,
    gate,
    reasons,
    refused,
    rows,
    scan,
    scanned,
)


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
