"""The published files over HTTP, with ETags. Any plain web server can serve the same folder
instead.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from issuer.errors import BadInput, Code
from issuer.people.office import Office
from issuer.tokens.actions.publish import etag_of
from keys.shapes import is_issuer_name

_STATUS_LIST: Final = "application/statuslist+cwt"
_FRESH: Final = "no-cache"
_TRUST_PATH: Final = re.compile(r"[a-z0-9-][a-z0-9._-]{0,127}(/[a-z0-9-][a-z0-9._-]{0,199}){0,8}")
# A pack's name says which two versions it joins: its bytes never change.
_FOREVER: Final = "public, max-age=86400, immutable"


async def _serve(request: Request, name: str, media_type: str, cache: str) -> Response:
    office: Office = request.app.state.shell.office
    raw = await run_in_threadpool(_read, office, name)
    headers = {"ETag": etag_of(raw), "Cache-Control": cache}
    known = [
        tag.strip().removeprefix("W/")
        for tag in request.headers.get("if-none-match", "").split(",")
    ]
    if headers["ETag"] in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(raw, media_type=media_type, headers=headers)


def _read(office: Office, name: str) -> bytes:
    try:
        return (office.folder.published / name).read_bytes()
    except OSError:
        raise BadInput(Code.NOT_FOUND, name) from None


async def _trust(request: Request) -> Response:
    path: str = request.path_params["path"]
    if _TRUST_PATH.fullmatch(path) is None:
        raise BadInput(Code.NOT_FOUND, path[:80])
    if path.startswith("targets/releases/"):
        return _release(request, path)
    # All but two are named by their version or their hash.
    cache = _FRESH if path in {"root", "timestamp.json"} else _FOREVER
    kind = "application/json" if path.endswith(".json") else "application/octet-stream"
    return await _serve(request, f"trust/{path}", kind, cache)


def _release(request: Request, path: str) -> Response:
    """Send a file that may be large piece by piece, and in parts to who asks for them."""
    office: Office = request.app.state.shell.office
    place = office.folder.published / "trust" / path
    if not place.is_file():
        raise BadInput(Code.NOT_FOUND, path[:80])
    headers = {"Cache-Control": _FOREVER}
    return FileResponse(place, media_type="application/octet-stream", headers=headers)


async def _manifest(request: Request) -> Response:
    return await _serve(request, "manifest", "application/cose", _FRESH)


async def _pack(request: Request) -> Response:
    first, last = request.path_params["first"], request.path_params["last"]
    return await _serve(request, f"packs/{first}-{last}", "application/octet-stream", _FOREVER)


async def _neighbour_manifest(request: Request) -> Response:
    name = _neighbour(request)
    return await _serve(request, f"issuers/{name}/manifest", "application/cose", _FRESH)


async def _neighbour_pack(request: Request) -> Response:
    name = _neighbour(request)
    pack = f"{request.path_params['first']}-{request.path_params['last']}"
    path = f"issuers/{name}/packs/{pack}"
    return await _serve(request, path, "application/octet-stream", _FOREVER)


def _neighbour(request: Request) -> str:
    name: str = request.path_params["name"]
    if not is_issuer_name(name):
        raise BadInput(Code.NOT_FOUND, name[:80])
    return name


async def _status(request: Request) -> Response:
    return await _serve(request, f"status/{request.path_params['number']}", _STATUS_LIST, _FRESH)


def routes() -> list[Route]:
    """Return the routes of everything that is published."""
    return [
        Route("/trust/{path:path}", _trust),
        Route("/manifest", _manifest),
        Route("/packs/{first:int}-{last:int}", _pack),
        Route("/status/{number:int}", _status),
        Route("/issuers/{name}/manifest", _neighbour_manifest),
        Route("/issuers/{name}/packs/{first:int}-{last:int}", _neighbour_pack),
    ]
