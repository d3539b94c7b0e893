"""One process that answers stations and operators, and publishes by itself.

Publishing: at the start, every `publish_every_s`, and within two seconds of a change, whichever
process made it (the count of changes is in the database). A publication that fails is tried again;
what was published stays served.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from issuer.database.facts import write_fact
from issuer.errors import Code, Fault, IssuerError
from issuer.overview import web as overview
from issuer.passages.actions.passagekeys import check_passage_keys, keys_in_force
from issuer.passages.actions.retention import retain
from issuer.passages.web import pages as passage_pages
from issuer.passages.web import sync
from issuer.people.actions.stations import SERVED_URL
from issuer.people.office import Office
from issuer.people.web import api as people_api
from issuer.people.web import machines
from issuer.people.web import pages as people_pages
from issuer.people.web.ask import Shell
from issuer.people.web.times import ago
from issuer.people.web.words import query_text, word
from issuer.problems.web import Edge, explain, tell, tell_http
from issuer.tokens.actions.publish import changes_waiting, publish
from issuer.tokens.pictures import qr_svg
from issuer.tokens.web import api as token_api
from issuer.tokens.web import pages as token_pages
from issuer.tokens.web import published
from issuer.trust.actions.fetching import pass_on_all
from keys.keyfile import find_root_keys
from keys.trustlist import Purpose

_HERE: Final = Path(__file__).parent
_LOOK_EVERY_S: Final = 0.5
_AGAIN_AFTER_S: Final = 15.0
_DAY_S: Final = 86_400
_LOG = logging.getLogger(__name__)


def serve(office: Office, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until told to stop. ready(url) is called once requests are answered.

    Fault root_key_in_reach, key_file, port_in_use before anything is served.
    """
    _check_keys(office)
    listener = _listen(host, port)
    url = f"http://{_shown_host(host)}:{listener.getsockname()[1]}"
    if not office.settings.public_url:
        with office.database.write() as connection:
            write_fact(connection, SERVED_URL, url)
    proxy = office.settings.trusted_proxy
    config = uvicorn.Config(
        build_app(office, lambda: ready(url)),
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Only a proxy that was named may say who is behind it: the address limits log-ins.
        proxy_headers=bool(proxy),
        forwarded_allow_ips=proxy or [],
        timeout_keep_alive=20,
        timeout_graceful_shutdown=10,
        backlog=512,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server stops by itself on these and then raises them once more.
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])
    office.database.close()


def _check_keys(office: Office) -> None:
    found = find_root_keys(office.folder.path)
    if found:
        raise Fault(Code.ROOT_KEY_IN_REACH, ", ".join(str(path) for path in found))
    for purpose in Purpose:
        office.keys.of(purpose)
    check_passage_keys(office.folder.keys)
    if not keys_in_force(office):
        _LOG.warning("no passage key: stations keep who passed in clear (`passages key create`)")
    office.trust_list()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise Fault(Code.PORT_IN_USE, f"{host}:{port}: {error}") from None
    listener.listen(512)
    listener.set_inheritable(True)
    return listener


def _shown_host(host: str) -> str:
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def build_app(office: Office, ready: Callable[[], None] = lambda: None) -> Edge:
    """Return the whole web application of an office."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await _publish_once(office)
        tasks = [
            asyncio.create_task(_keep_publishing(office)),
            asyncio.create_task(_keep_passing_on(office)),
            asyncio.create_task(_keep_retention(office)),
        ]
        ready()
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        # The last one is for a mistake of ours: told like a fault, and raised again for the log.
        exception_handlers={IssuerError: tell, HTTPException: tell_http, Exception: tell},
    )
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {"word": word, "ago": ago, "query_text": query_text}
    app.state.shell = Shell(office=office, templates=templates, explain=explain, draw_qr=qr_svg)
    return Edge(app)


def _routes() -> list[BaseRoute]:
    return [
        Route("/healthz", _health),
        *published.routes(),
        *machines.routes(),
        *sync.routes(),
        *overview.routes(),
        *people_pages.routes(),
        *people_api.routes(),
        *token_pages.routes(),
        *token_api.routes(),
        *passage_pages.routes(),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]


async def _health(request: Request) -> Response:
    office: Office = request.app.state.shell.office
    await run_in_threadpool(changes_waiting, office)
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


async def _publish_once(office: Office) -> bool:
    try:
        done = await run_in_threadpool(publish, office)
    except Exception:  # noqa: BLE001 - a worker loop: said in the log, tried again
        _LOG.exception("publishing failed; it is tried again in %d s", _AGAIN_AFTER_S)
        return False
    _LOG.info("published version %d", done.version)
    return True


async def _keep_publishing(office: Office) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time() + office.settings.publish_every_s
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        if loop.time() < due and not await _changed(office):
            continue
        if await _publish_once(office):
            due = loop.time() + office.settings.publish_every_s
        else:
            await asyncio.sleep(_AGAIN_AFTER_S)


async def _keep_passing_on(office: Office) -> None:
    """Pass on the lists of recognised neighbours; one that fails is said once, and tried again."""
    said: dict[str, str] = {}
    while True:
        failed: dict[str, str] = {}
        try:
            failed = await run_in_threadpool(pass_on_all, office)
        except Exception:  # noqa: BLE001 - a worker loop: said in the log, tried again
            _LOG.exception("passing on neighbours' lists failed; it is tried again")
        for name in failed.keys() - said.keys():
            _LOG.warning("the lists of %s could not be passed on: %s", name, failed[name])
        said = failed
        await asyncio.sleep(office.settings.publish_every_s)


async def _keep_retention(office: Office) -> None:
    """Empty passages whose time is over, at the start and once a day."""
    days = office.settings.retention_days
    while days:
        try:
            await run_in_threadpool(partial(retain, office, days, by="serve"))
        except Exception:  # noqa: BLE001 - a worker loop: said in the log, tried again
            _LOG.exception("old passages could not be emptied; it is tried again")
        await asyncio.sleep(_DAY_S)


async def _changed(office: Office) -> bool:
    try:
        return await run_in_threadpool(changes_waiting, office)
    except IssuerError:
        return False
