"""What a station takes over from the trust repository besides keys: policy, passage key, roster."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keys.certificate import open_certificate
from keys.passages import Direction, PassIdentity, Verdict
from keys.policies import Passback, PassbackRule, PlaceType, Policy
from keys.policyfile import encode_policy
from keys.roster import RosterEntry, StationState, encode_roster
from keys.sealing import encode_passage_key, open_body, passage_kid, passage_public
from keys.trustmeta import TARGETS
from scanner.commands import everyday
from scanner.decide.policy_prepared import PLAIN_POLICY
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.telling import outlook_of
from scanner.sync.tasks import TaskState
from tests.fakes.office_server import OfficeServer, serving
from tests.fakes.trust_office import TrustOffice
from tests.keys.trustmakers import STATIONS

WHO = PassIdentity("hangzhou", 0, 5)

POLICY = Policy(
    version=3,
    name="gate",
    place=PlaceType.ESTATE,
    checkpoints=("west gate",),
    passback=PassbackRule(mode=Passback.HARD, window_s=5 * 86_400),
)


@pytest.fixture
def office() -> TrustOffice:
    office = TrustOffice(int(time.time()))
    office.repository.contents[STATIONS].pop("policies/gate", None)
    publish(office)
    office.publish()
    return office


@pytest.fixture
def server(office: TrustOffice) -> Iterator[OfficeServer]:
    with serving(office) as running:
        yield running


@pytest.fixture
def data(office: TrustOffice, server: OfficeServer, tmp_path: Path) -> Path:
    """The folder of an enrolled station that has pulled once."""
    report = everyday.enrol(tmp_path / "data", office.add_station(), server.url)
    assert report["pull"]["ok"], report
    return tmp_path / "data"


def publish(office: TrustOffice) -> None:
    """Publish the repository as it is now."""
    office.repository.publish()
    office.show_trust()


def target(office: TrustOffice, path: str, raw: bytes, role: str = STATIONS) -> None:
    """Publish one target."""
    office.repository.contents[role][path] = raw
    publish(office)


def synced(data: Path) -> Known:
    """Pull, and return what the station knows then."""
    assert everyday.sync(data)["pull"]["ok"]
    return open_known(data)


def shown_policy(known: Known) -> str:
    """Return what the station page says of the policy."""
    return outlook_of(known, TaskState(), TaskState(), None, 0.0).policy


def test_without_a_policy_the_plain_one_holds(data: Path) -> None:
    known = open_known(data)
    assert known.prepared.policy == PLAIN_POLICY
    assert known.prepared.entry.plain
    assert shown_policy(known) == "plain"


def test_a_policy_holds_after_the_next_pull_and_after_a_restart(
    office: TrustOffice, data: Path
) -> None:
    target(office, "policies/gate", encode_policy(POLICY))
    known = synced(data)
    assert known.prepared.policy == POLICY
    assert known.prepared.entry.rules.zone == known.identity.record.zone
    assert shown_policy(known) == "gate 3"
    assert len(known.tags_of(WHO, known.moment())) == 1


def test_anothers_policy_changes_nothing(office: TrustOffice, data: Path) -> None:
    other = Policy(version=9, name="other", place=PlaceType.SHOP, checkpoints=("east gate",))
    target(office, "policies/other", encode_policy(other))
    assert synced(data).prepared.policy == PLAIN_POLICY


@pytest.mark.parametrize("raw", [b"strict", b"", b"\xa1\x18\x63\x01"])
def test_a_policy_that_cannot_be_read_admits_nobody_without_a_look(
    office: TrustOffice, data: Path, raw: bytes
) -> None:
    target(office, "policies/gate", raw)
    known = synced(data)
    assert known.policy_fault == shown_policy(known) == "malformed_policy"
    for way in Direction:
        assert known.prepared.way(way).checks
    assert known.prepared.entry.rules.by_status[0] is Verdict.ADMIT
    target(office, "policies/gate", encode_policy(POLICY))
    assert synced(data).policy_fault is None


def test_bodies_are_sealed_as_soon_as_there_is_a_passage_key(
    office: TrustOffice, data: Path
) -> None:
    office.repository.contents[TARGETS].pop("passage-keys/default", None)
    publish(office)
    assert synced(data).seal(b"\xa0") == b"\xa0"
    secret = bytes(range(32))
    public = passage_public(secret)
    target(office, "passage-keys/default", encode_passage_key(public), TARGETS)
    known = synced(data)
    sealed = known.seal(b"\xa0")
    assert open_body(sealed, {passage_kid(public): secret}) == b"\xa0"
    # A key that cannot be read does not bring clear text back.
    target(office, "passage-keys/default", b"no key", TARGETS)
    assert everyday.sync(data)["pull"]["ok"]
    known.read_again()
    assert open_body(known.seal(b"\xa0"), {passage_kid(public): secret}) == b"\xa0"


def test_a_station_that_the_roster_withdrew_is_known_to_the_lanes(
    office: TrustOffice, data: Path
) -> None:
    known = open_known(data)
    first = known.lane_trust
    assert first is not None
    known.read_again()
    assert known.lane_trust is first  # the same until trust changes
    own = open_certificate(known.identity.certificate, first.keys_of)
    line = RosterEntry(
        station=own.station,
        checkpoint=own.checkpoint,
        public_key=own.public_key,
        exp=own.exp,
        state=StationState.WITHDRAWN,
    )
    target(office, "station-roster", encode_roster((line,)))
    assert everyday.sync(data)["pull"]["ok"]
    known.read_again()
    assert known.lane_trust is not None
    assert known.lane_trust.roster == {own.public_key: line}
    target(office, "station-roster", b"\x81\x01")
    assert everyday.sync(data)["pull"]["ok"]
    known.read_again()
    assert known.lane_trust is None  # who may speak is not known: nobody is heard


@pytest.mark.parametrize("days", [-400, 5])
def test_rows_are_dated_by_trusted_time_whatever_the_wall_clock_says(data: Path, days: int) -> None:
    known = open_known(data)
    look = known.read()
    moved = replace(look, wall_s=look.wall_s + days * 86_400)
    known = Known(known.identity, known.cache, lambda: moved)

    assert abs(known.utc_now().timestamp() - look.wall_s) < 60
    assert int(known.utc_now().timestamp()) == known.moment().now_s


def test_without_trust_nobody_is_heard_and_nothing_is_let_go_of(data: Path) -> None:
    before = open_known(data)
    assert before.tags_of(WHO, before.moment())
    (data / "trust" / "set").unlink()
    known = open_known(data)
    assert known.lane_trust is None
    assert known.tags_of(WHO, known.moment()) == before.tags_of(WHO, before.moment())
