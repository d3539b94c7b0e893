"""Exchange with the issuer over HTTP: bounded, never redirected, every failure named.

A captive portal answers anything with a page or a redirect; nothing here trusts an answer for
having come, only its signature counts, but the guard deserves to read "the network wants a log-in"
instead of "error".
"""

from __future__ import annotations

from typing import Final, Protocol

import httpx

from scanner.errors import BatchRefused, IssuerTrouble, NetworkDown

CONNECT_TIMEOUT_S: Final = 5.0
READ_TIMEOUT_S: Final = 20.0
RETRY_AFTER_MAX_S: Final = 3600.0
_BATCH_AT_FAULT: Final = frozenset({400, 413, 422})
_TELL_TO_WAIT: Final = frozenset({429, 503})


class Fetcher(Protocol):
    """Where published files come from: the web, or a folder on a stick."""

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return the published file at `path` (`trust/list`, `manifest`, ...); at most
        `max_bytes`.
        """


class HttpExchange:
    """The issuer at `base_url`, for one thread. Close it when done."""

    def __init__(self, base_url: str) -> None:
        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        self._client = httpx.Client(base_url=base_url, timeout=timeout, follow_redirects=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return the file at `path`; NetworkDown, IssuerTrouble (codes `captive_portal`,
        `too_large`, ...).
        """
        return self._exchange("GET", path, b"", max_bytes)

    def post(self, path: str, body: bytes, max_bytes: int) -> bytes:
        """Return the answer to `body`; as `fetch`, and BatchRefused where the body itself is at
        fault.
        """
        return self._exchange("POST", path, body, max_bytes)

    def _exchange(self, method: str, path: str, body: bytes, max_bytes: int) -> bytes:
        headers = {"Content-Type": "application/cose"} if body else {}
        try:
            with self._client.stream(
                method, "/" + path, content=body or None, headers=headers
            ) as answer:
                raw = _bounded(answer, max_bytes)
        except httpx.TransportError as error:
            raise NetworkDown(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise IssuerTrouble(type(error).__name__) from None
        _check_status(answer, raw)
        return raw


def _bounded(answer: httpx.Response, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_bytes(1 << 16):
        size += len(part)
        if size > max_bytes:
            raise IssuerTrouble(f"more than {max_bytes} bytes", code="too_large")
        parts.append(part)
    return b"".join(parts)


def _check_status(answer: httpx.Response, raw: bytes) -> None:
    status = answer.status_code
    if status == httpx.codes.OK:
        if answer.headers.get("content-type", "").startswith("text/html"):
            raise IssuerTrouble("a page instead of data", code="captive_portal")
        return
    if 300 <= status < 400:
        raise IssuerTrouble(f"redirected ({status})", code="captive_portal")
    code = problem_code(answer, raw)
    if status in _BATCH_AT_FAULT:
        raise BatchRefused(f"HTTP {status}", code=code)
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
