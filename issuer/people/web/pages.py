"""Log-in, log-out, language, password, operators, stations: the pages."""

from __future__ import annotations

import hmac
from typing import Final

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from issuer.errors import BadInput, Code, Denied, IssuerError
from issuer.people.actions import login, operators, stations
from issuer.people.rules.roles import Permission, Role
from issuer.people.rules.stations import DAY_S
from issuer.people.web.ask import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    SESSION_COOKIE,
    Ask,
    page,
    render,
    see_other,
)
from issuer.people.web.times import typed_number

_FORM_COOKIE: Final = "kakou_form"
_YEAR_S: Final = 365 * 86_400


def set_session(answer: Response, ask: Ask, token: str) -> None:
    """Put a session's token into its cookie: not for scripts, not for other sites, not over plain
    HTTP if we are not.
    """
    answer.set_cookie(
        SESSION_COOKIE, token, path="/", httponly=True, samesite="strict", secure=ask.is_secure
    )


def own_path(text: str) -> str:
    """Return a path of this office's pages; anything that could lead elsewhere becomes the first
    page.
    """
    is_own = text.startswith("/office") and "\\" not in text and "//" not in text
    return text if is_own and text.isprintable() and len(text) < 500 else "/office"


def _login_page(ask: Ask, error: IssuerError | None = None) -> Response:
    # Before there is a session, the form is tied to a cookie that no other site can set or read.
    token = ask.cookies.get(_FORM_COOKIE, "")
    if len(token) != 32:
        token = ask.office.draw(16).hex()
    told = None if error is None else ask.shell.explain(error, ask.language)
    after = own_path(ask.query.get("next", "") or ask.form.get("next", ""))
    status = 200 if told is None else told.status
    answer = render(
        ask,
        "login.html",
        status=status,
        form_token=token,
        told=told,
        after=after,
        changed="changed" in ask.query,
    )
    if told is not None and told.retry_after_s is not None:
        answer.headers["Retry-After"] = str(told.retry_after_s)
    answer.set_cookie(
        _FORM_COOKIE,
        token,
        path="/office",
        httponly=True,
        samesite="strict",
        secure=ask.is_secure,
    )
    return answer


def _log_in(ask: Ask) -> Response:
    if ask.method != "POST":
        return _login_page(ask)
    token = ask.cookies.get(_FORM_COOKIE, "")
    try:
        given = ask.form.get("form_token", "").encode()
        if not token or not hmac.compare_digest(given, token.encode()):
            raise Denied(Code.CSRF_WRONG)
        began = login.log_in(
            ask.office,
            name=ask.form.get("name", ""),
            password=ask.form.get("password", ""),
            address=ask.address,
        )
    except IssuerError as error:
        return _login_page(ask, error)
    answer = see_other(own_path(ask.form.get("next", "")))
    set_session(answer, ask, began.token)
    return answer


def _log_out(ask: Ask) -> Response:
    login.log_out(ask.office, ask.token)
    answer = see_other("/office/login")
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


def _language(ask: Ask) -> Response:
    answer = see_other(own_path(ask.query.get("next", "")))
    chosen = ask.query.get("to", "")
    if chosen in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=_YEAR_S, path="/", httponly=True, samesite="lax"
        )
    return answer


def _password(ask: Ask) -> Response:
    told = None
    if ask.method == "POST":
        try:
            if ask.form.get("new", "") != ask.form.get("again", ""):
                raise BadInput(Code.WEAK_PASSWORD, "the two new passwords differ")
            login.change_password(
                ask.office,
                name=ask.who,
                old=ask.form.get("old", ""),
                new=ask.form.get("new", ""),
                address=ask.address,
            )
        except IssuerError as error:
            told = ask.shell.explain(error, ask.language)
        else:
            return see_other("/office/login?changed=1")
    status = 200 if told is None else told.status
    return render(ask, "password.html", status=status, told=told)


def _operators(ask: Ask) -> Response:
    told = added = None
    if ask.method == "POST":
        try:
            added = _change_operators(ask)
        except IssuerError as error:
            told = ask.shell.explain(error, ask.language)
    return render(
        ask,
        "operators.html",
        status=200 if told is None else told.status,
        told=told,
        added=added,
        operators=operators.list_operators(ask.office),
        roles=[role.value for role in Role],
    )


def _change_operators(ask: Ask) -> tuple[str, str] | None:
    name, deed = ask.form.get("name", ""), ask.form.get("deed", "")
    match deed:
        case "add":
            role = ask.form.get("role", "")
            if role not in {known.value for known in Role}:
                raise BadInput(Code.BAD_ARGUMENTS, "role")
            return operators.add_operator(ask.office, name=name, role=Role(role), by=ask.who)
        case "reset":
            return name, operators.reset_password(ask.office, name=name, by=ask.who)
        case "disable" | "enable":
            is_closed = deed == "disable"
            operators.set_disabled(ask.office, name=name, disabled=is_closed, by=ask.who)
            return None
        case _:
            raise BadInput(Code.BAD_FORM)


def _stations(ask: Ask) -> Response:
    told = invitation = None
    if ask.method == "POST":
        try:
            invitation = _change_stations(ask)
        except IssuerError as error:
            told = ask.shell.explain(error, ask.language)
    qr = None
    if invitation is not None:
        qr = ask.shell.draw_qr(f"kakou-enrol:{invitation.code}@{invitation.url}")
    return render(
        ask,
        "stations.html",
        status=200 if told is None else told.status,
        told=told,
        invitation=invitation,
        qr=qr,
        stations=stations.list_stations(ask.office),
        now=ask.office.now(),
        quiet_s=DAY_S,
    )


def _change_stations(ask: Ask) -> stations.Invitation | None:
    if not ask.may(Permission.MANAGE_STATIONS):
        raise Denied(Code.NOT_ALLOWED)
    name = ask.form.get("name", "")
    deed = ask.form.get("deed", "invite")
    if deed == "withdraw":
        stations.withdraw(ask.office, name=name, by=ask.who)
        return None
    if deed == "clear":
        stations.clear_flag(ask.office, name=name, by=ask.who)
        return None
    return stations.invite(
        ask.office,
        name=name,
        checkpoint=ask.form.get("checkpoint", "").strip() or None,
        zone=typed_number(ask.form.get("zone", ""), "zone"),
        url=None,
        by=ask.who,
    )


def _first(_ask: Ask) -> Response:
    return RedirectResponse("/office", status_code=303)


def routes() -> list[Route]:
    """Return the routes of these pages."""
    both = ("GET", "POST")
    return [
        page("/", _first, is_open=True),
        page("/office/login", _log_in, methods=both, is_open=True),
        page("/office/logout", _log_out, methods=("POST",), before_change=True),
        page("/office/language", _language, is_open=True),
        page("/office/password", _password, methods=both, before_change=True),
        page(
            "/office/operators",
            _operators,
            methods=both,
            permission=Permission.MANAGE_OPERATORS,
        ),
        page("/office/stations", _stations, methods=both, permission=Permission.SEE_STATIONS),
    ]
