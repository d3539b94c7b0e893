"""The office of tests/fakes/office.py on loopback HTTP, and a network that misbehaves on request.

A path can be told to answer as a captive portal, a server in trouble, a cut or endless line, or
not at all until the test lets go. What is signed stays the office's own matter.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

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
    OFFICE_400 = "office_400"  # 400 and a problem, in the office's own words
    TOO_MANY = "too_many"  # 429, Retry-After 7
    UNAVAILABLE = "unavailable"  # 503, Retry-After 11
    UNAVAILABLE_DATE = "unavailable_date"  # 503, Retry-After as a date
    SERVER_ERROR = "server_error"  # 500
    NOT_FOUND = "not_found"  # 404
    ENDLESS = "endless"  # 200, and it never ends
    DRIP = "drip"  # 200, one byte at a time for ever
    DRIP_HEAD = "drip_head"  # 200, and a header that never ends, one byte at a time
    CUT = "cut"  # closed in the middle of the body
    SILENT = "silent"  # accepted, closed without a word
    HANG = "hang"  # no answer until the test lets go
    GARBAGE = "garbage"  # 200 and bytes that mean nothing
    EMPTY = "empty"  # 200 and nothing
    PACKED = "packed"  # 200, Content-Encoding: gzip, a megabyte from a kilobyte


# Those that a station knows to be troubles at once; the others go on for as long as it lets them.
SHORT_TROUBLES: Final = tuple(
    sorted(set(Trouble) - {Trouble.HANG, Trouble.DRIP, Trouble.DRIP_HEAD})
)


class OfficeServer(ThreadingHTTPServer):
    """A server on loopback. `troubles`: path -> what goes wrong there, `*` for every path.

    asked: every path that was asked for, oldest first. before: called with each, in its thread.
    """

    daemon_threads = True

    def __init__(self, office: Office) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.office = office
        self.troubles: dict[str, Trouble] = {}
        self.asked: list[str] = []
        self.let_go = threading.Event()
        self.before: Callable[[str], None] = lambda path: None
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address that a station is told."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, path: str) -> int:
        """Return how often `path` was asked for."""
        return self.asked.count(path)

    def close(self) -> None:
        """Stop listening; hanging answers are let go."""
        self.let_go.set()
        self.shutdown()
        self.server_close()
        self._thread.join(LONGEST_S)


@contextmanager
def serving(office: Office) -> Iterator[OfficeServer]:
    """Serve `office` on loopback until the block ends."""
    server = OfficeServer(office)
    try:
        yield server
    finally:
        server.close()


_PACKED: Final = gzip.compress(bytes(1 << 20))
# Answers that are whole and wrong: status, type, body, further headers.
_WHOLE: Final[dict[Trouble, tuple[int, str, bytes, dict[str, str]]]] = {
    Trouble.PORTAL_PAGE: (200, "text/html; charset=utf-8", _PORTAL, {}),
    Trouble.PORTAL_BIG_PAGE: (200, "text/html", _PORTAL * 40_000, {}),
    Trouble.PORTAL_REDIRECT: (302, "text/html", b"", {"Location": "/login"}),
    Trouble.PORTAL_511: (511, "text/html", _PORTAL, {}),
    Trouble.BAD_REQUEST_PAGE: (400, "text/html", b"<html>Bad Request</html>", {}),
    Trouble.OFFICE_400: (400, "application/problem+json", b'{"code": "odd_request"}', {}),
    Trouble.TOO_MANY: (429, "text/plain", b"", {"Retry-After": "7"}),
    Trouble.UNAVAILABLE: (503, "text/plain", b"", {"Retry-After": "11"}),
    Trouble.UNAVAILABLE_DATE: (
        503,
        "text/plain",
        b"",
        {"Retry-After": "Fri, 31 Dec 2027 23:59:59 GMT"},
    ),
    Trouble.SERVER_ERROR: (500, "text/plain", b"oops", {}),
    Trouble.NOT_FOUND: (404, "text/plain", b"gone", {}),
    Trouble.GARBAGE: (200, "application/cose", bytes(range(256)), {}),
    Trouble.EMPTY: (200, "application/cose", b"", {}),
    Trouble.PACKED: (200, "application/cose", _PACKED, {"Content-Encoding": "gzip"}),
}


class _Answering(BaseHTTPRequestHandler):
    server: OfficeServer
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
        self.server.asked.append(path)
        self.server.before(path)
        trouble = self.server.troubles.get(path, self.server.troubles.get("*"))
        try:
            if trouble is None:
                self._behave(path, body)
            elif trouble in _WHOLE:
                status, kind, raw, headers = _WHOLE[trouble]
                self._send(status, kind, raw, headers)
            else:
                self._break_off(trouble)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _behave(self, path: str, body: bytes) -> None:
        office = self.server.office
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
            self._send(200, "application/cose", answer, {})

    def _problem(self, refusal: Refusal) -> None:
        wait_s = refusal.retry_after_s
        headers = {} if wait_s is None else {"Retry-After": str(wait_s)}
        body = json.dumps({"code": refusal.code, "title": "no"}).encode()
        self._send(refusal.status, "application/problem+json", body, headers)

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _break_off(self, trouble: Trouble) -> None:
        self.close_connection = True
        if trouble is Trouble.HANG:
            self.server.let_go.wait(LONGEST_S)
        elif trouble is Trouble.SILENT:
            self.connection.shutdown(socket.SHUT_RDWR)
        elif trouble is Trouble.CUT:
            self._head(200, {"Content-Length": "100000"})
            self.wfile.write(bytes(1000))
        elif trouble is Trouble.DRIP_HEAD:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-More: ")
            self._write_on(b"a", 0.02)
        else:
            self._run_on(slow=trouble is Trouble.DRIP)

    def _run_on(self, *, slow: bool) -> None:
        self._head(200, {"Connection": "close"})
        self._write_on(bytes(1 if slow else 1 << 16), 0.02 if slow else 0)

    def _write_on(self, piece: bytes, pause_s: float) -> None:
        while not self.server.let_go.wait(pause_s):
            self.wfile.write(piece)
