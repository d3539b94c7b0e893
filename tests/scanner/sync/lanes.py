"""Stations of one checkpoint for tests of the lane mesh, and the office that stands behind them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Self

from keys.certificate import StationCertificate, seal_certificate
from keys.ed25519 import SigningKey
from keys.lane import LaneMessage, join_datagram, seal_lane
from keys.passages import Direction
from keys.roster import RosterEntry, StationState
from scanner.sync.mesh import LaneIdentity, LaneMesh, LaneOptions
from scanner.sync.mesh_listener import LaneMoment, LaneTrust, lane_trust
from scanner.sync.mesh_neighbours import Neighbours
from tests.keys import makers
from tests.keys.makers import ISSUER, NOW, STATION_KEY, STATION_KID, signing_key, trust_list

NOW_MS = NOW * 1000
TAG = bytes(range(16))
LOOPBACK = "127.0.0.1"


def identity(name: str, *, signer: SigningKey = STATION_KEY, **changes: Any) -> LaneIdentity:
    """Return a station of the west gate with a key of its own."""
    key = signing_key(f"lane {name}")
    certificate = makers.certificate(station=name, public_key=key.public_key, **changes)
    return LaneIdentity(
        key=key, card=seal_certificate(signer, STATION_KID, certificate), certificate=certificate
    )


def message(sequence: int = 1, **changes: Any) -> LaneMessage:
    """Return an entry of TAG, now."""
    fields: dict[str, Any] = {"tag": TAG, "direction": Direction.ENTRY, "seen_at_ms": NOW_MS}
    return LaneMessage(sequence=sequence, **fields | changes)


def datagram(who: LaneIdentity, sent: LaneMessage) -> bytes:
    """Return what `who` sends of `sent`."""
    return join_datagram(who.card, seal_lane(who.key, sent))


def entry(certificate: StationCertificate, state: StationState, **changes: Any) -> RosterEntry:
    """Return the roster's line about a station."""
    fields: dict[str, Any] = {
        "station": certificate.station,
        "checkpoint": certificate.checkpoint,
        "public_key": certificate.public_key,
        "exp": certificate.exp,
        "state": state,
    }
    return RosterEntry(**fields | changes)


def trust(*roster: RosterEntry) -> LaneTrust:
    """Return who may speak by the usual trust list and this roster."""
    return lane_trust(trust_list(), ISSUER, roster)


def moment() -> LaneMoment:
    """Return the moment of the tests' calendar, on the real monotonic clock."""
    mono_s = time.monotonic()
    return LaneMoment(now_ms=NOW_MS, mono_s=mono_s)


class Lane:
    """One lane at work on loopback. `trusted` may be changed while it runs."""

    def __init__(self, name: str, *, who: LaneIdentity | None = None, **options: Any) -> None:
        self.who = who or identity(name)
        self.neighbours = Neighbours()
        self.trusted: LaneTrust | None = trust()
        self.moment: Callable[[], LaneMoment] = moment
        self.mesh = LaneMesh(
            self.who,
            self.neighbours,
            trust=lambda: self.trusted,
            moment=self.now,
            options=LaneOptions(**{"host": LOOPBACK} | options),
        )

    def __enter__(self) -> Self:
        self.mesh.start()
        until(lambda: self.mesh.state.port is not None or self.mesh.state.fault is not None)
        return self

    def __exit__(self, *_: object) -> None:
        self.mesh.stop()

    def now(self) -> LaneMoment:
        """Return the lane's moment, as the test has set it."""
        return self.moment()

    @property
    def address(self) -> tuple[str, int]:
        """Where the lane listens."""
        return LOOPBACK, self.mesh.state.port or 0

    def knows(self, tag: bytes = TAG) -> bool:
        """Return whether a neighbour told of `tag`."""
        return self.neighbours.seen_elsewhere(tag, time.monotonic()) is not None


def until(holds: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Wait until something holds; fail if it does not in time."""
    end_s = time.monotonic() + timeout_s
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < end_s
        pause.wait(0.005)
