"""Minting, statuses and publishing for scripts: JSON in, JSON out."""

from __future__ import annotations

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from issuer.errors import BadInput, Code
from issuer.people.rules.roles import Permission
from issuer.people.web.ask import Ask, call, json_answer
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.publish import publish
from issuer.tokens.actions.rotating import complete, read_anchor, reserve
from issuer.tokens.actions.status import find_pass, set_status
from issuer.tokens.rules.passes import PassRequest, SiteRequest
from issuer.tokens.rules.reasons import kind_of, status_of
from issuer.tokens.told import (
    change_json,
    completed_json,
    minted_json,
    pass_json,
    published_json,
    reasons_json,
    reserved_json,
)

BATCH_MAX = 500


class _Site(msgspec.Struct, forbid_unknown_fields=True):
    zone: int = 0
    day_from: int = 0
    day_to: int = 0
    party: int = 1
    starts: int | None = None


class _NewPass(msgspec.Struct, forbid_unknown_fields=True):
    name: str = ""
    id_tail: str = ""
    kind: str = "phone"
    status: str = "green"
    hours: int | None = None
    issued_at: int | None = None
    site: _Site | None = None


class _NewStatus(msgspec.Struct, forbid_unknown_fields=True):
    status: str
    reason: str


def _request_of(given: _NewPass) -> PassRequest:
    site = None
    if given.site is not None:
        site = SiteRequest(
            zone=given.site.zone,
            day_from=given.site.day_from,
            day_to=given.site.day_to,
            party=given.site.party,
            starts_at=given.site.starts,
        )
    return PassRequest(
        name=given.name,
        id_tail=given.id_tail,
        kind=kind_of(given.kind),
        status=status_of(given.status),
        hours=given.hours,
        issued_at=given.issued_at,
        site=site,
    )


def _mint(ask: Ask) -> Response:
    minted = mint_passes(ask.office, [_request_of(ask.json(_NewPass))], by=ask.who)
    return json_answer(minted_json(minted[0]), status=201)


def _mint_batch(ask: Ask) -> Response:
    given = ask.json(list[_NewPass])
    if not 1 <= len(given) <= BATCH_MAX:
        raise BadInput(Code.BAD_ARGUMENTS, f"1 to {BATCH_MAX} passes")
    minted = mint_passes(ask.office, [_request_of(item) for item in given], by=ask.who)
    return json_answer([minted_json(item) for item in minted], status=201)


class _Anchor(msgspec.Struct, forbid_unknown_fields=True):
    anchor: str


def _reserve(ask: Ask) -> Response:
    claims = reserve(ask.office, _request_of(ask.json(_NewPass)), by=ask.who)
    return json_answer(reserved_json(ask.office, claims), status=201)


def _complete(ask: Ask) -> Response:
    anchor = read_anchor(ask.json(_Anchor).anchor)
    minted = complete(ask.office, text=_identity(ask), anchor=anchor, by=ask.who)
    return json_answer(completed_json(minted))


def _identity(ask: Ask) -> str:
    return f"{ask.office.settings.issuer}/{ask.params['list']}/{ask.params['entry']}"


def _show(ask: Ask) -> Response:
    return json_answer(pass_json(ask.office, find_pass(ask.office, _identity(ask))))


def _set_status(ask: Ask) -> Response:
    given = ask.json(_NewStatus)
    change = set_status(
        ask.office,
        text=_identity(ask),
        status=status_of(given.status),
        reason=given.reason,
        by=ask.who,
    )
    return json_answer(change_json(change))


def _reasons(_ask: Ask) -> Response:
    return json_answer(reasons_json())


def _publish(ask: Ask) -> Response:
    done = publish(ask.office)
    return json_answer(published_json(done))


def routes() -> list[Route]:
    """Return the routes of these calls."""
    one = "/api/passes/{list:int}/{entry:int}"
    return [
        call("/api/passes", _mint, permission=Permission.MINT),
        call("/api/passes/batch", _mint_batch, permission=Permission.MINT),
        call("/api/rotating", _reserve, permission=Permission.MINT),
        call(f"{one}/anchor", _complete, permission=Permission.MINT),
        call(one, _show, methods=("GET",), permission=Permission.SEE_PASS),
        call(f"{one}/status", _set_status, permission=Permission.SET_STATUS),
        call("/api/reasons", _reasons, methods=("GET",)),
        call("/api/publish", _publish, permission=Permission.PUBLISH),
    ]
