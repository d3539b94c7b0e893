"""The network of the demo: a port that stays its own, and a line that is cut and mended."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import pytest

from demo.proxy import Network, free_port
from tests.issuer.rigs import wait_until


def test_a_free_port_is_none_that_somebody_has_or_that_systems_hand_out_by_themselves() -> None:
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert max(ports) < 32_768
    following = max(ports) + 1
    with socket.socket() as somebody:
        with suppress(OSError):  # somebody else has it: as good
            somebody.bind(("127.0.0.1", following))
        assert free_port() != following


def test_a_line_carries_until_it_is_cut_and_again_when_it_is_mended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as far:
        threading.Thread(target=_echo, args=(far,), daemon=True).start()
        network = Network(far.getsockname()[1])
        for round_ in (1, 2):
            network.mend()
            with socket.create_connection(("127.0.0.1", network.port), timeout=60) as line:
                line.sendall(b"hello")
                assert line.recv(5, socket.MSG_WAITALL) == b"hello"
                wait_until(lambda times=round_: network.bytes_carried == 10 * times)  # type: ignore[misc]
                network.cut()
                assert line.recv(5) == b""
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", network.port), timeout=60)


def _echo(far: socket.socket) -> None:
    """Answer every connection with what it says, until nobody asks any more."""
    try:
        while True:
            line, _ = far.accept()
            with line:
                while said := line.recv(64):
                    line.sendall(said)
    except OSError:
        return
