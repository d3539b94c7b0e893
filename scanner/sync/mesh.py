"""The lane mesh: stations of one checkpoint tell each other what passed, without any server.

One thread, one UDP socket. A passage goes out at once to every known neighbour and twice more
within half a second, because a datagram may be lost and nothing asks for it again; a neighbour that
appears is told what passed in the last minute.

What can go wrong: no network, or the port is taken -> `fault` says so, tried again every few
seconds; a neighbour is away -> what is sent is lost, nobody waits; anything not believed is counted
by its code and shown (scanner.sync.mesh_listener); the loop itself fails -> logged, it goes on.
Nothing here ever holds up a scan: `publish` hands over and returns.
"""

from __future__ import annotations

import heapq
import logging
import selectors
import socket
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from keys.certificate import StationCertificate
from keys.ed25519 import SigningKey
from keys.lane import DATAGRAM_MAX_BYTES, LaneMessage, join_datagram, seal_lane
from scanner.sync.mesh_listener import (
    Heard,
    Ignored,
    LaneListener,
    LaneMoment,
    LaneTrust,
    TrafficBudget,
)
from scanner.sync.mesh_neighbours import Neighbours
from scanner.sync.mesh_peers import PEERS_MOST, Address, PeerBook

log = logging.getLogger(__name__)
SEND_AGAIN_S: Final = (0.15, 0.5)
RETRY_S: Final = 5.0
CATCH_UP_S: Final = 60.0
_WAITING_MOST: Final = 256
_TURN_MOST: Final = 64
NO_SOCKET: Final = "lane_port_unusable"
NO_ROUTE: Final = "lane_no_route"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneIdentity:
    """Who speaks: the station's key, its certificate as signed and as read."""

    key: SigningKey
    card: bytes
    certificate: StationCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOptions:
    """host, port: where to listen (IPv4; port 0: any free one). peers: neighbours known by
    settings, for networks that carry no multicast.
    """

    host: str = "0.0.0.0"  # noqa: S104 - the neighbours' network; every datagram must be signed
    port: int = 0
    peers: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshState:
    """What the mesh knows of itself. port: None while it cannot listen. peers: where it sends.
    lanes: stations heard, with seconds since. ignored: how many datagrams by code. last_ignored:
    the newest of them that is worth a look. fault: a code, None if well.
    """

    port: int | None = None
    peers: tuple[Address, ...] = ()
    lanes: tuple[tuple[str, float], ...] = ()
    ignored: dict[str, int] = field(default_factory=dict)
    last_ignored: Ignored | None = None
    fault: str | None = None


# Heard again and again without anything being wrong: our own repeats, and their echoes.
_ORDINARY: Final = frozenset({"repeated", "own_echo"})


class LaneMesh:
    """Tells the neighbours and listens to them. `moment` and `trust` are asked in the mesh's own
    thread; `trust` returns None while there is no trust list, and the same object until it changes.
    """

    def __init__(
        self,
        identity: LaneIdentity,
        neighbours: Neighbours,
        *,
        trust: Callable[[], LaneTrust | None],
        moment: Callable[[], LaneMoment],
        options: LaneOptions,
    ) -> None:
        self._identity = identity
        self._neighbours = neighbours
        self._trust = trust
        self._moment = moment
        self._options = options
        self._listener = LaneListener(identity.certificate)
        self._budget = TrafficBudget()
        self._peers = PeerBook(options.peers)
        self._lanes: OrderedDict[str, float] = OrderedDict()
        self._ignored: Counter[str] = Counter()
        self._waiting: deque[LaneMessage] = deque(maxlen=_WAITING_MOST)
        self._found: deque[Address] = deque(maxlen=_WAITING_MOST)
        self._again: list[tuple[float, int, bytes]] = []
        self._recent: deque[tuple[float, bytes]] = deque(maxlen=_TURN_MOST)
        self._socket: socket.socket | None = None
        self._next_try_s = 0.0
        self._state = MeshState()
        self._stop = threading.Event()
        self._ear, self._bell = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="lane-mesh", daemon=True)

    # --- called from other threads

    def start(self) -> None:
        """Start listening and telling."""
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._thread.start()

    def stop(self, wait_s: float = 5.0) -> None:
        """End the thread and close the socket. May be called twice."""
        self._stop.set()
        self._ring()
        if self._thread.is_alive():
            self._thread.join(wait_s)
        self._ear.close()
        self._bell.close()

    def publish(self, message: LaneMessage) -> None:
        """Tell the neighbours of a passage that was let through; returns at once."""
        self._waiting.append(message)
        self._ring()

    def found(self, address: Address) -> None:
        """Take in a neighbour that discovery found."""
        self._found.append(address)
        self._ring()

    @property
    def state(self) -> MeshState:
        """The last known state; replaced as a whole, safe to read from any thread."""
        return self._state

    def _ring(self) -> None:
        try:
            self._bell.send(b"!")
        except OSError:
            # Full: it rings already. Closed: nobody listens any more.
            return

    # --- the mesh's own thread

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._ear, selectors.EVENT_READ)
            while not self._stop.is_set():
                try:
                    self._turn(selector)
                except Exception:  # the gate goes on judging without its neighbours
                    log.exception("lane mesh")
                    self._stop.wait(RETRY_S)
            if self._socket is not None:
                self._socket.close()

    def _turn(self, selector: selectors.BaseSelector) -> None:
        moment = self._moment()
        if self._socket is None and moment.mono_s >= self._next_try_s:
            self._open(selector, moment)
        ready = selector.select(self._pause_s(moment.mono_s))
        moment = self._moment()
        for key, _ in ready:
            if key.fileobj is self._ear:
                self._ear.recv(4096)
            else:
                self._hear(moment)
        self._tell(moment)
        self._note(moment)

    def _pause_s(self, mono_s: float) -> float:
        due = [RETRY_S]
        if self._again:
            due.append(self._again[0][0] - mono_s)
        if self._socket is None:
            due.append(self._next_try_s - mono_s)
        return max(0.0, min(due))

    def _open(self, selector: selectors.BaseSelector, moment: LaneMoment) -> None:
        fresh = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            fresh.bind((self._options.host, self._options.port))
            fresh.setblocking(False)
        except OSError as error:
            fresh.close()
            log.warning("lane mesh: port %d: %s", self._options.port, error.strerror)
            self._next_try_s = moment.mono_s + RETRY_S
            self._change(fault=NO_SOCKET)
            return
        self._socket = fresh
        selector.register(fresh, selectors.EVENT_READ)
        self._change(port=fresh.getsockname()[1], fault=None)

    def _hear(self, moment: LaneMoment) -> None:
        assert self._socket is not None  # noqa: S101 - it was what became readable
        for _ in range(_TURN_MOST):
            try:
                raw, source = self._socket.recvfrom(DATAGRAM_MAX_BYTES + 1)
            except BlockingIOError:
                return
            except OSError:
                # Some systems report here that an earlier datagram of ours found nobody.
                continue
            self._take(raw, source, moment)

    def _take(self, raw: bytes, source: Address, moment: LaneMoment) -> None:
        trust = self._trust()
        if not self._budget.allows(source[0], moment.mono_s):
            heard: Heard | Ignored = Ignored(code="flood")
        elif trust is None:
            heard = Ignored(code="trust_missing")
        else:
            heard = self._listener.take(raw, trust, moment)
        if isinstance(heard, Ignored):
            self._ignored[heard.code] += 1
            if heard.code not in _ORDINARY:
                self._change(last_ignored=heard)
            return
        message = heard.message
        self._neighbours.heard(
            message.tag,
            lane=heard.lane,
            direction=message.direction,
            age_s=heard.age_s,
            mono_s=moment.mono_s,
        )
        self._lanes[heard.lane] = moment.mono_s
        self._lanes.move_to_end(heard.lane)
        while len(self._lanes) > PEERS_MOST:
            self._lanes.popitem(last=False)
        # Who speaks to us well is answered, even where only one side could find the other.
        self._meet(source, moment)

    def _tell(self, moment: LaneMoment) -> None:
        while self._found:
            self._meet(self._found.popleft(), moment)
        while self._waiting:
            sealed = seal_lane(self._identity.key, self._waiting.popleft())
            raw = join_datagram(self._identity.card, sealed)
            self._recent.append((moment.mono_s, raw))
            self._send(raw, self._peers.addresses)
            for number, later_s in enumerate(SEND_AGAIN_S):
                heapq.heappush(self._again, (moment.mono_s + later_s, number, raw))
        while self._again and self._again[0][0] <= moment.mono_s:
            self._send(heapq.heappop(self._again)[2], self._peers.addresses)

    def _meet(self, address: Address, moment: LaneMoment) -> None:
        """Count `address` among the neighbours; a new one hears what passed in the last minute."""
        if self._peers.meet(address):
            for told_s, raw in self._recent:
                if moment.mono_s - told_s <= CATCH_UP_S:
                    self._send(raw, (address,))

    def _send(self, raw: bytes, peers: Iterable[Address]) -> None:
        if self._socket is None:
            return
        fault = None
        for peer in peers:
            try:
                self._socket.sendto(raw, peer)
            except OSError:
                fault = NO_ROUTE
        self._change(fault=fault)

    def _note(self, moment: LaneMoment) -> None:
        lanes = tuple((name, moment.mono_s - at_s) for name, at_s in self._lanes.items())
        self._change(peers=self._peers.addresses, lanes=lanes, ignored=dict(self._ignored))

    def _change(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)
