"""The office of tests/fakes/office.py on loopback HTTP, and a network that misbehaves on request.

A path can be told to answer as a captive portal, a server in trouble, a cut or endless line, or
not at all until the test lets go. What is signed stays the office's own matter.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from keys.errors import KeysError
from tests.fakes.office import Office, Refusal

LONGEST_S = 30.0
_PORTAL = b"<html><body>Please log in to the hotel's network</body></html>"


class Trouble(StrEnum):
    """What can stand between a station and its office."""

    PORTAL_PAGE = "portal_page"  # 200 and a page, for everything
    PORTAL_BIG_PAGE = "portal_big_page"  # the same, larger than any limit
    PORTAL_REDIRECT = "portal_redirect"  # 302 to a page
    PORTAL_511 = "portal_511"  # 511 Network Authentication Required
    BAD_REQUEST_PAGE = "bad_request_page"  # 400 and a page: a proxy, not the office
    TOO_MANY = "too_many"  # 429, Retry-After 7
    UNAVAILABLE = "unavailable"  # 503, Retry-After 11
    UNAVAILABLE_DATE = "unavailable_date"  # 503, Retry-After as a date
    SERVER_ERROR = "server_error"  # 500
    NOT_FOUND = "not_found"  # 404
    ENDLESS = "endless"  # 200, and it never ends
    DRIP = "drip"  # 200, one byte at a time for ever
    CUT = "cut"  # closed in the middle of the body
    SILENT = "silent"  # accepted, closed without a word
    HANG = "hang"  # no answer until the test lets go
    GARBAGE = "garbage"  # 200 and bytes that mean nothing
    EMPTY = "empty"  # 200 and nothing
    PACKED = "packed"  # 200, Content-Encoding: gzip, a megabyte from a kilobyte


class OfficeServer:
    """A server on loopback. `troubles`: path -> what goes wrong there, `*` for every path."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.troubles: dict[str, Trouble] = {}
        self.asked: list[str] = []
        self.let_go = threading.Event()
        self.before: Callable[[str], None] = lambda path: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address that a station is told."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def count(self, path: str) -> int:
        """Return how often `path` was asked for."""
        return self.asked.count(path)

    def close(self) -> None:
        """Stop listening; hanging answers are let go."""
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(LONGEST_S)


@contextmanager
def serving(office: Office) -> Iterator[OfficeServer]:
    """Serve `office` on loopback until the block ends."""
    server = OfficeServer(office)
    try:
        yield server
    finally:
        server.close()


def _answering(server: OfficeServer) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = LONGEST_S

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

        def _answer(self, body: bytes) -> None:
            path = self.path.lstrip("/")
            server.asked.append(path)
            server.before(path)
            trouble = server.troubles.get(path, server.troubles.get("*"))
            try:
                if trouble is not None:
                    self._misbehave(trouble)
                else:
                    self._behave(path, body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _behave(self, path: str, body: bytes) -> None:
            office = server.office
            try:
                if self.command == "POST":
                    answer = {"enrol": office.enrol, "sync/passages": office.receive}[path](body)
                else:
                    answer = office.published[path]
            except KeyError:
                self._problem(Refusal(404, "not_found"))
            except Refusal as refusal:
                self._problem(refusal)
            except KeysError as error:
                self._problem(Refusal(400, error.code))
            else:
                self._send(200, "application/cose", answer)

        def _problem(self, refusal: Refusal) -> None:
            more = {} if refusal.retry_after_s is None else {"Retry-After": str(refusal.retry_after_s)}
            body = json.dumps({"code": refusal.code, "title": "no"}).encode()
            self._send(refusal.status, "application/problem+json", body, **more)

        def _send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def _misbehave(self, trouble: Trouble) -> None:
            fixed = {
                Trouble.PORTAL_PAGE: (200, "text/html; charset=utf-8", _PORTAL, {}),
                Trouble.PORTAL_BIG_PAGE: (200, "text/html", _PORTAL * 40_000, {}),
                Trouble.PORTAL_REDIRECT: (302, "text/html", b"", {"Location": "/login"}),
                Trouble.PORTAL_511: (511, "text/html", _PORTAL, {}),
                Trouble.BAD_REQUEST_PAGE: (400, "text/html", b"<html>Bad Request</html>", {}),
                Trouble.TOO_MANY: (429, "text/plain", b"", {"Retry_After": "7"}),
                Trouble.UNAVAILABLE: (503, "text/plain", b"", {"Retry_After": "11"}),
                Trouble.UNAVAILABLE_DATE: (
                    503,
                    "text/plain",
                    b"",
                    {"Retry_After": "Fri, 31 Dec 2027 23:59:59 GMT"},
                ),
                Trouble.SERVER_ERROR: (500, "text/plain", b"oops", {}),
                Trouble.NOT_FOUND: (404, "text/plain", b"gone", {}),
                Trouble.GARBAGE: (200, "application/cose", bytes(range(256)), {}),
                Trouble.EMPTY: (200, "application/cose", b"", {}),
            }.get(trouble)
            if fixed is not None:
                status, kind, body, headers = fixed
                self._send(status, kind, body, **headers)
                return
            self.close_connection = True
            {
                Trouble.ENDLESS: self._endless,
                Trouble.DRIP: self._drip,
                Trouble.CUT: self._cut,
                Trouble.SILENT: self._silent,
                Trouble.HANG: self._hang,
                Trouble.PACKED: self._packed,
            }[trouble]()

        def _head(self, **headers: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/cose")
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()

        def _endless(self) -> None:
            self._head(Connection="close")
            while not server.let_go.is_set():
                self.wfile.write(bytes(1 << 16))

        def _drip(self) -> None:
            self._head(Connection="close")
            while not server.let_go.wait(0.02):
                self.wfile.write(b"\0")

        def _cut(self) -> None:
            self._head(Content_Length="100000")
            self.wfile.write(bytes(1000))

        def _silent(self) -> None:
            self.connection.shutdown(socket.SHUT_RDWR)

        def _hang(self) -> None:
            server.let_go.wait(LONGEST_S)

        def _packed(self) -> None:
            import zlib

            packer = zlib.compressobj(9, zlib.DEFLATED, 31)
            body = packer.compress(bytes(1 << 20)) + packer.flush()
            self._head(Content_Length=str(len(body)), Content_Encoding="gzip")
            self.wfile.write(body)

    return Answering
