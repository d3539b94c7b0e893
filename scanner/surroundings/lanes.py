"""The lanes of this checkpoint, joined to the running station: whom it hears, what it tells.

Off unless the settings say `lanes`: an open port on whatever network a gate hangs on is for its
keeper to decide, and most checkpoints have one station.

What can go wrong: no trust list yet, no checkpoint keys, a certificate that no key of today signed
-> no mesh, `fault` says which, tried again after every pull; the rest is in scanner.sync.mesh.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from keys.certificate import open_certificate
from keys.errors import UntrustedData
from keys.lane import LaneMessage
from keys.passages import PassageRow
from keys.tags import day_of
from scanner.decide.neighbours import Sighting
from scanner.errors import StationFault
from scanner.settings import StationSettings
from scanner.surroundings.known import Known
from scanner.sync.mesh import LaneIdentity, LaneMesh, LaneOptions, MeshState
from scanner.sync.mesh_listener import LaneMoment
from scanner.sync.mesh_neighbours import Neighbours
from scanner.sync.mesh_peers import parse_peer

log = logging.getLogger(__name__)
NO_TRUST: Final = "trust_missing"
NO_KEYS: Final = "checkpoint_keys_missing"


def lane_options(settings: StationSettings) -> LaneOptions:
    """Return where to listen and whom to tell; StationFault `lane_peer`, `lane_port`."""
    if not 0 <= settings.lane_port < 1 << 16:
        raise StationFault(
            f"{settings.lane_port}: no port",
            code="lane_port",
            next_step="Set lane_port to 0 for any free port, or to one up to 65535.",
        )
    texts = [text for text in settings.lane_peers.split(",") if text.strip()]
    peers = tuple(parse_peer(text) for text in texts)
    return LaneOptions(port=settings.lane_port, peers=peers)


class CheckpointLanes:
    """The other lanes. nonce: 8 random bytes, new at each start. mono_s: the clock of the frames.
    discover: by mDNS too, beside the addresses of the settings.
    """

    def __init__(
        self, known: Known, options: LaneOptions, *, nonce: bytes, discover: bool = True
    ) -> None:
        self._known = known
        self._options = options
        self._nonce = nonce
        self._discover = discover
        self._neighbours = Neighbours()
        self._lock = threading.Lock()
        self._parts: _Parts | None = None
        self._stopped = False
        self._fault: str | None = None

    def start(self) -> None:
        """Begin to listen and to tell, if the station knows enough; else later, after a pull."""
        with self._lock:
            if self._parts is not None or self._stopped:
                return
            try:
                identity = self._identity()
            except UntrustedData as error:
                self._fault = error.code
                return
            hello_key = self._known.checkpoint.hello_key(day_of(self._known.moment().now_s))
            if hello_key is None:
                self._fault = NO_KEYS
                return
            self._fault = None
            self._parts = _Parts(self._mesh(identity), hello_key, self._nonce, self._discover)

    def stop(self) -> None:
        """Say farewell and stop listening. May be called twice."""
        with self._lock:
            self._stopped = True
            if self._parts is not None:
                self._parts.stop()

    def _identity(self) -> LaneIdentity:
        trust, own = self._known.lane_trust, self._known.identity
        if trust is None:
            raise UntrustedData(code=NO_TRUST)
        certificate = open_certificate(own.certificate, trust.keys_of)
        return LaneIdentity(key=own.key, card=own.certificate, certificate=certificate)

    def _mesh(self, identity: LaneIdentity) -> LaneMesh:
        return LaneMesh(
            identity,
            self._neighbours,
            trust=lambda: self._known.lane_trust,
            moment=self._moment,
            options=self._options,
        )

    def _moment(self) -> LaneMoment:
        return LaneMoment(now_ms=self._known.moment().now_s * 1000, mono_s=time.monotonic())

    @property
    def state(self) -> MeshState:
        """What the mesh knows of itself; its fault says why there is none."""
        parts = self._parts
        return MeshState(fault=self._fault) if parts is None else parts.state

    def seen_elsewhere(self, tags: tuple[bytes, ...], mono_s: float) -> Sighting | None:
        """Return the latest word of another lane on one of `tags`, None if there is none."""
        said = [self._neighbours.seen_elsewhere(tag, mono_s) for tag in tags]
        heard = [one for one in said if one is not None]
        if not heard:
            return None
        latest = min(heard, key=lambda one: one.age_s)
        return Sighting(latest.lane, latest.direction, latest.age_s)

    def tell(self, row: PassageRow) -> None:
        """Tell the others of a stored passage that carries a tag."""
        parts, tag = self._parts, row.passage.tag
        if parts is None or tag is None:
            return
        # By trusted time, not by the wall clock of the row: that is what the others compare with.
        seen_at_ms = self._known.moment().now_s * 1000
        parts.mesh.publish(
            LaneMessage(
                tag=tag,
                direction=row.passage.direction,
                seen_at_ms=seen_at_ms,
                sequence=row.sequence,
            )
        )


class _Parts:
    """Mesh and discovery, running."""

    def __init__(self, mesh: LaneMesh, hello_key: bytes, nonce: bytes, discover: bool) -> None:
        # zeroconf takes 0.1 s to import: only where lanes are on, after the window's first paint.
        from scanner.sync.mesh_discovery import LaneDiscovery

        self.mesh = mesh
        self._discovery = LaneDiscovery(
            hello_key, nonce, mesh.found, port=lambda: self.mesh.state.port
        )
        mesh.start()
        if discover:
            self._discovery.start()

    @property
    def state(self) -> MeshState:
        return self.mesh.state

    def stop(self) -> None:
        self._discovery.stop()
        self.mesh.stop()
