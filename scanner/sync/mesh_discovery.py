"""Finding the neighbour lanes by mDNS (RFC 6762, RFC 6763), and being found.

What is announced is a random name, a port and a hello that only this checkpoint's stations can make
or tell (keys.lane). A stranger on the network sees that some lane is there, not which.

What can go wrong: no network yet, or one that carries no multicast -> nobody is found this way,
`fault` says why, tried again every ten seconds; fixed addresses in the settings work all the same.
Addresses of the machine change (a cable, a lease) -> announced anew within ten seconds.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Final

import psutil
from zeroconf import Error as ZeroconfError
from zeroconf import ServiceBrowser, ServiceInfo, ServiceStateChange, Zeroconf

from keys.lane import is_hello, make_hello

log = logging.getLogger(__name__)
SERVICE: Final = "_kakou-lane._udp.local."
NO_MULTICAST: Final = "lane_no_multicast"
LOOK_AGAIN_S: Final = 10.0
_ASK_MS: Final = 2000
_PORT_SOON_S: Final = 0.1


def own_addresses() -> tuple[str, ...]:
    """Return this machine's IPv4 addresses but loopback, sorted."""
    found = [
        entry.address
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family == socket.AF_INET and not entry.address.startswith("127.")
    ]
    return tuple(sorted(found))


def _probe(address: str) -> None:
    """Raise OSError if `address` is none of this machine's: Zeroconf would leave a socket open."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))


class LaneDiscovery:
    """Announces `port` and reports each neighbour found. nonce: 8 random bytes, new at each start.

    on_found is called in another thread with (address, port). addresses: on which to announce,
    asked again and again.
    """

    def __init__(
        self,
        hello_key: bytes,
        nonce: bytes,
        on_found: Callable[[tuple[str, int]], None],
        *,
        port: Callable[[], int | None],
        addresses: Callable[[], Iterable[str]] = own_addresses,
    ) -> None:
        self._hello_key = hello_key
        self._nonce = nonce
        self._on_found = on_found
        self._port = port
        self._addresses = addresses
        self._stop = threading.Event()
        self._fault: str | None = None
        self._thread = threading.Thread(target=self._run, name="lane-discovery", daemon=True)

    def start(self) -> None:
        """Start announcing and looking; returns at once."""
        self._thread.start()

    def stop(self, wait_s: float = 5.0) -> None:
        """Take the announcement back and end. May be called twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    @property
    def fault(self) -> str | None:
        """Why nobody can be found this way now; None if well."""
        return self._fault

    def _run(self) -> None:
        while not self._stop.is_set():
            port = self._port()
            try:
                self._announce(tuple(self._addresses()), port)
            except (OSError, ZeroconfError) as error:
                log.warning("lane discovery: %s", error)
                self._fault = NO_MULTICAST
            except Exception:  # the mesh goes on with the neighbours that it has
                log.exception("lane discovery")
                self._fault = NO_MULTICAST
            # A port that is not open yet will be in a moment; a network may take longer.
            self._stop.wait(LOOK_AGAIN_S if port is not None else _PORT_SOON_S)

    def _announce(self, addresses: tuple[str, ...], port: int | None) -> None:
        """Be there until told to stop, or until the machine has other addresses or another port."""
        if not addresses or port is None:
            self._fault = NO_MULTICAST
            return
        for address in addresses:
            _probe(address)
        responder = Zeroconf(interfaces=list(addresses))
        try:
            browser = ServiceBrowser(responder, SERVICE, handlers=[self._seen])
            responder.register_service(self._service(addresses, port))
            self._fault = None
            while not self._stop.wait(LOOK_AGAIN_S):
                if (tuple(self._addresses()), self._port()) != (addresses, port):
                    break
            browser.cancel()
            responder.unregister_all_services()
        finally:
            responder.close()

    def _service(self, addresses: tuple[str, ...], port: int) -> ServiceInfo:
        name = self._nonce.hex()
        return ServiceInfo(
            SERVICE,
            f"{name}.{SERVICE}",
            port=port,
            addresses=[socket.inet_aton(address) for address in addresses],
            properties={b"h": make_hello(self._hello_key, port, self._nonce)},
            server=f"{name}.local.",
        )

    def _seen(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        if state_change is ServiceStateChange.Removed or name.startswith(self._nonce.hex()):
            return
        info = zeroconf.get_service_info(service_type, name, _ASK_MS)
        if info is None or info.port is None:
            return
        if is_hello(self._hello_key, info.port, info.properties.get(b"h") or b""):
            for address in info.parsed_addresses():
                if ":" not in address:
                    self._on_found((address, info.port))
