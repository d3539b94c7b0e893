"""Minting and statuses: the pages."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from issuer.errors import BadInput, IssuerError
from issuer.people.rules.roles import Permission, check_may
from issuer.people.web.ask import Ask, page, render, see_other
from issuer.people.web.times import shown_time, typed_number, typed_time, zone_of
from issuer.tokens.actions.mint import Minted, mint_passes
from issuer.tokens.actions.status import find_by_tail, find_pass, set_status
from issuer.tokens.pictures import code_text
from issuer.tokens.rules.passes import DEFAULT_HOURS, PassRequest, SiteRequest
from issuer.tokens.rules.reasons import KIND_WORDS, REASONS, STATUS_WORDS, kind_of, status_of
from keys.claims import Kind, Status

_FORM_BYTES: Final = 16


def _mint(ask: Ask) -> Response:
    told = minted = None
    if ask.method == "POST":
        try:
            asked = [_request_of(ask)]
            form = ask.form.get("form", "")[:64] or None
            minted = mint_passes(ask.office, asked, by=ask.who, form=form)[0]
        except IssuerError as error:
            told = ask.shell.explain(error, ask.language)
    if minted is not None:
        return _minted_page(ask, minted)
    return render(
        ask,
        "mint.html",
        status=200 if told is None else told.status,
        told=told,
        form=ask.form,
        # Sent twice (a doubled press, a reloaded page) it must not mint twice.
        form_token=ask.office.draw(_FORM_BYTES).hex(),
        kinds=[(KIND_WORDS[kind], DEFAULT_HOURS[kind]) for kind in Kind],
    )


def _request_of(ask: Ask) -> PassRequest:
    form = ask.form
    site = None
    if form.get("profile") == "2":
        site = SiteRequest(
            zone=typed_number(form.get("zone", ""), "zone") or 0,
            day_from=typed_number(form.get("day_from", ""), "day_from") or 0,
            day_to=typed_number(form.get("day_to", ""), "day_to") or 0,
            party=typed_number(form.get("party", ""), "party") or 1,
            starts_at=typed_time(form.get("starts", ""), zone_of(ask.office.settings)),
        )
    return PassRequest(
        name=form.get("name", "").strip(),
        id_tail=form.get("id_tail", "").strip().upper(),
        kind=kind_of(form.get("kind", "")),
        status=status_of(form.get("status", "green")),
        hours=typed_number(form.get("hours", ""), "hours"),
        site=site,
    )


def _minted_page(ask: Ask, minted: Minted) -> Response:
    zone = zone_of(ask.office.settings)
    claims = minted.claims
    return render(
        ask,
        "minted.html",
        identity=str(minted.identity),
        claims=claims,
        kind=KIND_WORDS[Kind(claims.kind)],
        status_word=STATUS_WORDS[Status(claims.status)],
        until=shown_time(claims.exp, zone),
        since=shown_time(claims.iat, zone),
        text=code_text(minted.dense, minted.full),
        is_dense=minted.dense is not None,
        qr=ask.shell.draw_qr(code_text(minted.dense, minted.full)),
    )


def _find(ask: Ask) -> Response:
    asked = ask.query.get("q", "").strip()
    told, found = None, None
    if "/" in asked:
        try:
            one = find_pass(ask.office, asked)
            return see_other(f"/office/passes/{one.list_number}/{one.entry}")
        except BadInput as error:
            told = ask.shell.explain(error, ask.language)
    elif asked:
        tail, _, name = asked.partition(" ")
        found = find_by_tail(ask.office, id_tail=tail.upper(), name=name.strip())
    return render(
        ask,
        "passes.html",
        status=200 if told is None else told.status,
        told=told,
        asked=asked,
        found=found,
        words=STATUS_WORDS,
        shown=_shown(ask),
    )


def _shown(ask: Ask) -> object:
    zone = zone_of(ask.office.settings)
    return lambda seconds: shown_time(seconds, zone)


def _pass(ask: Ask) -> Response:
    issuer = ask.office.settings.issuer
    text = f"{issuer}/{ask.params['list']}/{ask.params['entry']}"
    told = change = None
    if ask.method == "POST":
        try:
            check_may(ask.known.operator.role, Permission.SET_STATUS)
            change = set_status(
                ask.office,
                text=text,
                status=status_of(ask.form.get("status", "")),
                reason=ask.form.get("reason", ""),
                by=ask.who,
            )
        except IssuerError as error:
            told = ask.shell.explain(error, ask.language)
    found = find_pass(ask.office, text)
    return render(
        ask,
        "pass.html",
        status=200 if told is None else told.status,
        told=told,
        change=change,
        words=STATUS_WORDS,
        identity=text,
        found=found,
        form=ask.form,
        reasons=list(REASONS.values()),
        statuses=list(STATUS_WORDS.values()),
        is_expired=found.exp <= ask.office.now(),
        shown=_shown(ask),
    )


def routes() -> list[Route]:
    """Return the routes of these pages."""
    both = ("GET", "POST")
    return [
        page("/office/mint", _mint, methods=both, permission=Permission.MINT),
        page("/office/passes", _find, permission=Permission.SEE_PASS),
        page(
            "/office/passes/{list:int}/{entry:int}",
            _pass,
            methods=both,
            permission=Permission.SEE_PASS,
        ),
    ]
