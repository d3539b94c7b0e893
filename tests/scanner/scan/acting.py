"""A station at which guards act, and what its log holds afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from keys.bodies import PassageBody, decode_body
from keys.passages import Passage
from keys.policies import (
    PlaceType,
    Policy,
)
from scanner.decide.actions import (
    Action,
)
from scanner.decide.policy_prepared import prepare
from scanner.errors import ActionRefused
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.station import ScanResult, Station
from tests.fakes.publisher import ZONE
from tests.scanner.rigs import World, frames_of, station_with, write_frames

GREEN, RED, YELLOW, STAFF = 1, 2, 4, 5
NOBODYS = bytes(16)


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
