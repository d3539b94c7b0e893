"""The network between station and issuer: a proxy on loopback that can be cut and mended, and that
counts what went by.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
from contextlib import suppress
from itertools import count, islice
from typing import Final

_CHUNK: Final = 1 << 16
_HOST: Final = "127.0.0.1"
# Linux hands out 32768 and above by itself, other systems 49152 and above.
_FIRST_PORT: Final = 20_000
_MOST_PORTS: Final = 12_000
# Processes that begin at the same time look in different places.
_NUMBERS: Final = count(os.getpid() * 101)


def free_port() -> int:
    """Return a port of loopback that nobody has, TCP and UDP, for who must know it beforehand.

    It lies below those that systems hand out to whoever asks for any: between this look and the
    server's start, and while a server is away, no connection of another program takes it.
    """
    for number in islice(_NUMBERS, _MOST_PORTS):
        port = _FIRST_PORT + number % _MOST_PORTS
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            try:
                stream.bind((_HOST, port))
                datagram.bind((_HOST, port))
            except OSError:
                continue
        return port
    raise OSError(errno.EADDRINUSE, "no port is free")


class Network:
    """Carries connections from `port` to `target_port` until cut; `bytes_carried` counts both
    directions.
    """

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self.bytes_carried = 0
        self._target_port = target_port
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def mend(self) -> None:
        """Listen (again)."""
        listener = socket.create_server((_HOST, self.port), reuse_port=False)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Stop listening and break every connection, as a pulled cable would."""
        listener, self._listener = self._listener, None
        if listener is not None:
            # Closing alone would leave a thread in accept() that takes one more connection.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                inside, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(inside,), daemon=True).start()

    def _join(self, inside: socket.socket) -> None:
        try:
            outside = socket.create_connection((_HOST, self._target_port), timeout=5)
        except OSError:
            inside.close()
            return
        outside.settimeout(None)
        with self._lock:
            self._open |= {inside, outside}
        back = threading.Thread(target=self._carry, args=(outside, inside), daemon=True)
        back.start()
        self._carry(inside, outside)
        back.join()
        with self._lock:
            self._open -= {inside, outside}
        inside.close()
        outside.close()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                self.bytes_carried += len(chunk)
                target.sendall(chunk)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
