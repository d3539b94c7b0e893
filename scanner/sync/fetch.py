"""Exchange with the issuer over HTTP: bounded, never redirected, every failure named.

A captive portal answers anything with a page or a redirect; nothing here trusts an answer for
having come, only its signature counts, but the guard deserves to read "the network wants a log-in"
instead of "error".
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

import httpx

from scanner.errors import (
    BatchRefused,
    IssuerTrouble,
    NetworkDown,
    NotPublished,
    StationFault,
)

CONNECT_TIMEOUT_S: Final = 5.0
READ_TIMEOUT_S: Final = 20.0
# A line that gives a byte now and then keeps every read in time, those of the answer's head among
# them: the whole exchange has its end.
LONGEST_S: Final = 300.0
RETRY_AFTER_MAX_S: Final = 3600.0
_BATCH_AT_FAULT: Final = frozenset({400, 413, 422})
# httpx would write "a b" as "a%20b" and look for that.
_HOST: Final = re.compile(rb"[0-9A-Za-z_.:-]+")
_TELL_TO_WAIT: Final = frozenset({429, 503})
# What httpcore tells a tracer of, with the stream that is open then.
_CONNECTED: Final = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Fetcher(Protocol):
    """Where published files come from: the web, or a folder on a stick."""

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return the published file at `path` (`trust/list`, `manifest`, ...); at most
        `max_bytes`.
        """


class HttpExchange:
    """The issuer at `base_url`, for one thread. Close it when done."""

    def __init__(
        self,
        base_url: str,
        *,
        mono_s: Callable[[], float] = time.monotonic,
        longest_s: float = LONGEST_S,
    ) -> None:
        """StationFault `issuer_address` if `base_url` is no web address."""
        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        try:
            url = httpx.URL(base_url)
            url.host.encode("idna")  # as it will be looked up: an empty or endless part of a name
        except (httpx.InvalidURL, ValueError):
            url = httpx.URL()
        if url.scheme not in {"http", "https"} or not _HOST.fullmatch(url.raw_host):
            raise StationFault(
                "not the address of an issuer",
                code="issuer_address",
                next_step="Give the address as the office wrote it: --issuer https://...",
            )
        # As it is, never packed: a kilobyte of gzip can hold a gigabyte before any limit sees it.
        headers = {"Accept-Encoding": "identity"}
        self._client = httpx.Client(
            base_url=url, timeout=timeout, headers=headers, follow_redirects=False
        )
        self._mono_s = mono_s
        self._longest_s = longest_s
        self._stream: Any = None
        self._was_cut = False

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return the file at `path`; NetworkDown, IssuerTrouble (codes `captive_portal`,
        `too_large`, ...).
        """
        return self._exchange("GET", path, b"", max_bytes, {})

    def post(
        self, path: str, body: bytes, max_bytes: int, says: Mapping[str, str] | None = None
    ) -> bytes:
        """Return the answer to `body`; as `fetch`, and BatchRefused where the body itself is at
        fault. says: headers that go with it.
        """
        headers = {"Content-Type": "application/cose"} if body else {}
        return self._exchange("POST", path, body, max_bytes, {**headers, **(says or {})})

    def _exchange(
        self, method: str, path: str, body: bytes, max_bytes: int, headers: Mapping[str, str]
    ) -> bytes:
        end_s = self._mono_s() + self._longest_s
        follow = {"trace": self._follow}
        try:
            with (
                self._ending(),
                self._client.stream(
                    method, "/" + path, content=body or None, headers=headers, extensions=follow
                ) as answer,
            ):
                _check_origin(answer)
                raw = self._bounded(answer, max_bytes, end_s)
        except httpx.TransportError as error:
            code = "too_slow" if self._was_cut else None
            raise NetworkDown(type(error).__name__, code=code) from None
        except httpx.HTTPError as error:
            raise IssuerTrouble(type(error).__name__) from None
        if self._was_cut:
            # What was cut may look like an answer that ended.
            raise NetworkDown(f"no end after {self._longest_s:.0f} s", code="too_slow")
        _check_status(answer, raw)
        return raw

    @contextlib.contextmanager
    def _ending(self) -> Iterator[None]:
        """Cut the connection when the exchange takes longer than it may: nothing else ends a read
        that gets a byte of the answer's head now and then.
        """
        self._was_cut = False
        timer = threading.Timer(self._longest_s, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _follow(self, event: str, told: Mapping[str, Any]) -> None:
        if event in _CONNECTED:
            self._stream = told["return_value"]

    def _cut(self) -> None:
        self._was_cut = True
        line = None if self._stream is None else self._stream.get_extra_info("socket")
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _bounded(self, answer: httpx.Response, max_bytes: int, end_s: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_raw():
            size += len(part)
            if size > max_bytes:
                raise IssuerTrouble(f"more than {max_bytes} bytes", code="too_large")
            if self._mono_s() > end_s:
                raise NetworkDown(f"no end after {self._longest_s:.0f} s", code="too_slow")
            parts.append(part)
        return b"".join(parts)


def _check_origin(answer: httpx.Response) -> None:
    """Return if the answer may be the issuer's own; IssuerTrouble if a network speaks for it."""
    status = answer.status_code
    page = answer.headers.get("content-type", "").startswith("text/html")
    if 300 <= status < 400 or status == 511 or (status == httpx.codes.OK and page):
        raise IssuerTrouble(f"a page instead of data ({status})", code="captive_portal")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise IssuerTrouble("packed, though asked not to", code="packed_answer")


def _check_status(answer: httpx.Response, raw: bytes) -> None:
    status = answer.status_code
    if status == httpx.codes.OK:
        return
    code = problem_code(answer, raw)
    # A proxy's own "bad request" says nothing of our rows: only the office's problem does.
    if status in _BATCH_AT_FAULT and code is not None:
        raise BatchRefused(f"HTTP {status}", code=code)
    if status == httpx.codes.NOT_FOUND:
        raise NotPublished(f"HTTP {status}", code=code)
    wait_s = _retry_after_s(answer) if status in _TELL_TO_WAIT else None
    raise IssuerTrouble(f"HTTP {status}", code=code, retry_after_s=wait_s)


def problem_code(answer: httpx.Response, raw: bytes) -> str | None:
    """Return the issuer's own code out of an RFC 9457 problem, None where there is none."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    try:
        code = httpx.Response(200, content=raw).json().get("code")
    except (ValueError, AttributeError, RecursionError):
        return None
    return code if isinstance(code, str) and code.isascii() and len(code) <= 40 else None


def _retry_after_s(answer: httpx.Response) -> float | None:
    text = answer.headers.get("retry-after", "")
    return min(float(text), RETRY_AFTER_MAX_S) if text.isascii() and text.isdigit() else None
