"""Files of a neighbour, from its address or from a folder: bounded in size and in time, never
redirected.

What a neighbour's card gives as its address is the neighbour's own word: whatever stands there is
its own failure, and holds up nobody else's lists.
"""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx

from issuer.errors import Code, IssuerError, Refused
from issuer.people.office import Office
from issuer.trust.actions.passing import Fetch, pass_on, places
from issuer.trustfiles import read_trust

_TIMEOUT_S: Final = 15.0
# A server that gives a byte now and then keeps every read in time: one visit has its end.
LONGEST_S: Final = 300.0
_READ: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW
# What httpcore tells a tracer of, with the stream that is open then.
_CONNECTED: Final = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


@contextmanager
def fetching(source: str, *, longest_s: float = LONGEST_S) -> Iterator[Fetch]:
    """Give a fetch from `source`: http(s)://... or a folder. What cannot be had, or not within
    `longest_s` in all: Refused passing_failed.
    """
    if not source.startswith(("http://", "https://")):
        yield lambda path, max_bytes: _from_folder(Path(source), path, max_bytes)
        return
    with _client(source) as client:
        web = _Web(client)
        timer = threading.Timer(longest_s, web.cut)
        timer.daemon = True
        timer.start()
        try:
            yield web.fetch
        finally:
            timer.cancel()


def _client(source: str) -> httpx.Client:
    try:
        url = httpx.URL(source)
        url.host.encode("idna")  # as it will be looked up
    except (httpx.InvalidURL, ValueError):
        raise Refused(Code.PASSING_FAILED, "not a web address") from None
    headers = {"Accept-Encoding": "identity"}
    return httpx.Client(base_url=url, timeout=_TIMEOUT_S, headers=headers, follow_redirects=False)


class _Web:
    """One visit to one server."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._stream: Any = None
        self._was_cut = False

    def cut(self) -> None:
        """End the visit, whatever is being read."""
        self._was_cut = True
        line = None if self._stream is None else self._stream.get_extra_info("socket")
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return the file at `path`."""
        try:
            raw = self._read(path, max_bytes)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Refused(Code.PASSING_FAILED, f"{path}: {type(error).__name__}") from None
        if self._was_cut:
            # What was cut may look like a file that ended.
            raise Refused(Code.PASSING_FAILED, f"{path}: too slow")
        return raw

    def _read(self, path: str, max_bytes: int) -> bytes:
        follow = {"trace": self._follow}
        with self._client.stream("GET", "/" + path, extensions=follow) as answer:
            if answer.status_code != httpx.codes.OK:
                raise Refused(Code.PASSING_FAILED, f"{path}: HTTP {answer.status_code}")
            parts, size = [], 0
            for part in answer.iter_raw():
                size += len(part)
                if size > max_bytes:
                    raise Refused(Code.PASSING_FAILED, f"{path}: more than {max_bytes} bytes")
                parts.append(part)
        return b"".join(parts)

    def _follow(self, event: str, told: Mapping[str, Any]) -> None:
        if event in _CONNECTED:
            self._stream = told["return_value"]


def _from_folder(folder: Path, path: str, max_bytes: int) -> bytes:
    try:
        # Neither a link nor a pipe on a stick is followed or waited for.
        with os.fdopen(os.open(folder / path, _READ), "rb") as source:
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                raise Refused(Code.PASSING_FAILED, f"{path}: no plain file")
            raw = source.read(max_bytes + 1)
    except OSError as error:
        raise Refused(Code.PASSING_FAILED, f"{path}: {error.strerror}") from None
    if len(raw) > max_bytes:
        raise Refused(Code.PASSING_FAILED, f"{path}: more than {max_bytes} bytes")
    return raw


def pass_on_all(office: Office) -> dict[str, str]:
    """Pass on the newest lists of every neighbour whose card gives a web address; return what
    failed, by neighbour. One that cannot be reached keeps no other waiting for more than its
    timeouts.
    """
    failed: dict[str, str] = {}
    for name, place in places(read_trust(office.folder.trust)).items():
        if name == office.settings.issuer or not place.startswith(("http://", "https://")):
            continue
        try:
            with fetching(place) as fetch:
                pass_on(office, name, fetch)
        except IssuerError as error:
            failed[name] = error.detail or error.code
    return failed
