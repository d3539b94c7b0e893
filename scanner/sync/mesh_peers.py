"""Where the neighbours of a lane are: those of the settings for good, others as they are met."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from scanner.errors import StationFault

Address = tuple[str, int]
PEERS_MOST: Final = 64


def parse_peer(text: str) -> Address:
    """Return the address of `10.0.0.7:47800`; anything else: StationFault `lane_peer`. Names are
    not taken: looking one up could hang for seconds, every time, with the network down.
    """
    host, _, port = text.strip().rpartition(":")
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else 0
    try:
        address = str(ipaddress.IPv4Address(host))
    except ValueError:
        number, address = 0, ""
    if not 0 < number < 1 << 16:
        raise StationFault(
            f"{text}: not a neighbour's address",
            code="lane_peer",
            next_step="Write neighbours as IPv4 address and port: 10.0.0.7:47800.",
        )
    return address, number


class PeerBook:
    """At most 64 addresses; a new one takes the place of the one not met for longest, never that of
    one from the settings.
    """

    def __init__(self, fixed: Iterable[Address]) -> None:
        self._fixed = tuple(OrderedDict.fromkeys(fixed))[:PEERS_MOST]
        self._met: OrderedDict[Address, None] = OrderedDict()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address to send to."""
        return (*self._fixed, *self._met)

    def meet(self, address: Address) -> bool:
        """Count `address` among the neighbours; return whether it was not met before."""
        if address in self._fixed:
            return False
        is_new = address not in self._met
        self._met[address] = None
        self._met.move_to_end(address)
        while len(self._fixed) + len(self._met) > PEERS_MOST:
            self._met.popitem(last=False)
        return is_new and address in self._met
