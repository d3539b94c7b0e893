"""The lanes of a checkpoint, joined to what a station knows: whom it hears and what it tells."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from keys.passages import ClockGrade, Direction, Passage, PassageRow, PassIdentity, Reason, Verdict
from scanner.commands import everyday
from scanner.errors import StationFault
from scanner.record.checkpoint import CheckpointFile
from scanner.settings import StationSettings
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.lanes import NO_KEYS, CheckpointLanes, lane_options
from scanner.sync.mesh import LaneOptions
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer
from tests.scanner.sync.rigs import wait_until

WHO = PassIdentity("hangzhou", 0, 5)

SECRET = bytes(range(32))

LOOPBACK = "127.0.0.1"


def station(office: Office, server: OfficeServer, folder: Path, name: str) -> Known:
    """Return what an enrolled station of the west gate knows; all share one secret."""
    everyday.enrol(folder / name, office.add_station(name), server.url)
    known = open_known(folder / name)
    known.checkpoint = CheckpointFile(folder / name, SECRET)
    return known


def row(tag: bytes | None, sequence: int = 1, direction: Direction = Direction.ENTRY) -> PassageRow:
    """Return a stored row with a tag."""
    passage = Passage(
        passage_id=bytes(16),
        seen_at_ms=0,
        clock=ClockGrade.CONFIRMED,
        verdict=Verdict.ADMIT,
        reason=Reason.GREEN,
        direction=direction,
        tag=tag,
        trace_digest=None,
        body=b"\xa0",
    )
    return PassageRow(sequence=sequence, passage=passage, hash=bytes(32))


def lanes_of(known: Known, *peers: tuple[str, int]) -> CheckpointLanes:
    """Return a station's lanes on loopback, started."""
    options = LaneOptions(host=LOOPBACK, peers=peers)
    made = CheckpointLanes(known, options, nonce=bytes(8), discover=False)
    made.start()
    return made


def port_of(lanes: CheckpointLanes) -> int:
    """Return where the lanes listen."""
    wait_until(lambda: lanes.state.port is not None)
    port = lanes.state.port
    assert port is not None
    return port


def test_what_one_lane_lets_through_the_other_knows(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    west, east = (station(office, server, tmp_path, name) for name in ("west-1", "west-2"))
    tags = west.tags_of(WHO, west.moment())
    assert tags == east.tags_of(WHO, east.moment())
    first = lanes_of(west)
    second = lanes_of(east, (LOOPBACK, port_of(first)))
    try:
        second.tell(row(tags[0]))
        now_s = time.monotonic
        wait_until(lambda: first.seen_elsewhere((bytes(16), *tags), now_s()) is not None)
        seen = first.seen_elsewhere(tags, now_s())
        assert seen is not None
        assert (seen.lane, seen.direction) == ("west-2", Direction.ENTRY)
        assert first.seen_elsewhere((bytes(16),), now_s()) is None
        # Nothing of this can be told without a tag.
        second.tell(row(None, sequence=2))
        wait_until(lambda: [lane for lane, _ in first.state.lanes] == ["west-2"])
    finally:
        for lanes in (first, second):
            lanes.stop()
            lanes.stop()


def test_without_keys_or_trust_there_are_no_lanes_and_nothing_breaks(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    known = station(office, server, tmp_path, "west-1")
    known.checkpoint = CheckpointFile(tmp_path, b"damaged")
    lanes = lanes_of(known)
    assert lanes.state.fault == NO_KEYS
    lanes.tell(row(bytes(16)))
    assert lanes.seen_elsewhere((bytes(16),), 0.0) is None
    known.lane_trust = None
    lanes.start()
    assert lanes.state.fault == "trust_missing"
    lanes.stop()
    lanes.start()
    assert lanes.state.port is None


def test_settings_name_port_and_neighbours() -> None:
    assert lane_options(StationSettings()) == LaneOptions()
    settings = StationSettings(lane_port=47800, lane_peers="10.0.0.7:47800, 10.0.0.8:1")
    options = lane_options(settings)
    assert options.peers == (("10.0.0.7", 47800), ("10.0.0.8", 1))
    assert options.port == 47800


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (StationSettings(lane_port=70_000), "lane_port"),
        (StationSettings(lane_peers="gate.local:47800"), "lane_peer"),
    ],
)
def test_settings_that_name_nothing_are_told(settings: StationSettings, code: str) -> None:
    with pytest.raises(StationFault) as caught:
        lane_options(settings)
    assert caught.value.code == code
