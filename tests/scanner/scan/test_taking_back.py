"""What is taken back has not been: a row of its own that names the row it is about."""

from __future__ import annotations

from pathlib import Path

from keys.passages import Reason, Verdict
from keys.policies import (
    Passback,
    PassbackRule,
)
from scanner.decide.actions import (
    OpenForEmergency,
    TakeBack,
)
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import World, frames_of, station_with, write_frames
from tests.scanner.scan.acting import (
    GREEN,
    NOBODYS,
    gate,
    reasons,
    refused,
    rows,
    scan,
    scanned,
)


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
