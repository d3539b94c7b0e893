"""The way in for stations: signed bytes in, signed bytes out. Nobody logs in; the signature says
who speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from issuer.people.actions.enrolment import enrol
from issuer.people.office import Office
from issuer.people.web.bodies import read_body
from keys.enrolment import REQUEST_MAX_BYTES

COSE: Final = "application/cose"
# 4 MiB over a poor mobile network.
TIMEOUT_S: Final = 120.0


def machine(
    path: str,
    answer: Callable[[Office, bytes, Mapping[str, str]], bytes],
    *,
    max_bytes: int,
    timeout_s: float = TIMEOUT_S,
) -> Route:
    """Return the route of a signed exchange: answer(office, body, headers), in a thread."""

    async def endpoint(request: Request) -> Response:
        body = await read_body(request, max_bytes=max_bytes, timeout_s=timeout_s)
        office: Office = request.app.state.shell.office
        raw = await run_in_threadpool(answer, office, body, request.headers)
        return Response(raw, media_type=COSE, headers={"Cache-Control": "no-store"})

    return Route(path, endpoint, methods=["POST"])


def _enrol(office: Office, body: bytes, _headers: Mapping[str, str]) -> bytes:
    return enrol(office, body)


def routes() -> list[Route]:
    """Return POST /enrol."""
    return [machine("/enrol", _enrol, max_bytes=REQUEST_MAX_BYTES, timeout_s=20.0)]
