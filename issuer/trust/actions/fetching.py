"""Files of a neighbour, from its address or from a folder: bounded, never redirected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from issuer.errors import Code, IssuerError, Refused
from issuer.people.office import Office
from issuer.trust.actions.passing import Fetch, pass_on, places
from issuer.trustfiles import read_trust

_TIMEOUT_S: Final = 15.0


@contextmanager
def fetching(source: str) -> Iterator[Fetch]:
    """Give a fetch from `source`: http(s)://... or a folder. What cannot be had: Refused
    passing_failed.
    """
    if source.startswith(("http://", "https://")):
        headers = {"Accept-Encoding": "identity"}
        with httpx.Client(
            base_url=source, timeout=_TIMEOUT_S, headers=headers, follow_redirects=False
        ) as client:
            yield lambda path, max_bytes: _from_web(client, path, max_bytes)
    else:
        yield lambda path, max_bytes: _from_folder(Path(source), path, max_bytes)


def _from_web(client: httpx.Client, path: str, max_bytes: int) -> bytes:
    try:
        with client.stream("GET", "/" + path) as answer:
            if answer.status_code != httpx.codes.OK:
                raise Refused(Code.PASSING_FAILED, f"{path}: HTTP {answer.status_code}")
            parts, size = [], 0
            for part in answer.iter_raw():
                size += len(part)
                if size > max_bytes:
                    raise Refused(Code.PASSING_FAILED, f"{path}: more than {max_bytes} bytes")
                parts.append(part)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refused(Code.PASSING_FAILED, f"{path}: {type(error).__name__}") from None
    return b"".join(parts)


def _from_folder(folder: Path, path: str, max_bytes: int) -> bytes:
    place = folder / path
    try:
        if place.is_symlink():
            raise Refused(Code.PASSING_FAILED, f"{path}: a link")
        with place.open("rb") as source:
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
