"""Log-in, operators and stations for scripts: JSON in, JSON out."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from issuer.errors import BadInput, Code
from issuer.people.actions import login, operators, stations
from issuer.people.commands import station_json
from issuer.people.console import utc_text
from issuer.people.rules.roles import PERMISSIONS, Permission, Role
from issuer.people.web.ask import SESSION_COOKIE, Ask, call, json_answer
from issuer.people.web.pages import set_session


class _Login(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    password: str


class _Password(msgspec.Struct, forbid_unknown_fields=True):
    old: str
    new: str


class _NewOperator(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    role: str


class _NewStation(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    checkpoint: str | None = None
    zone: int | None = None
    url: str | None = None


class _Named(msgspec.Struct, forbid_unknown_fields=True):
    name: str


def _session_json(session: login.Session) -> dict[str, Any]:
    role = session.operator.role
    return {
        "operator": session.operator.name,
        "role": role.value,
        "permissions": sorted(permission.value for permission in PERMISSIONS[role]),
        "must_change": session.operator.must_change,
        "csrf": session.csrf,
    }


def _log_in(ask: Ask) -> Response:
    given = ask.json(_Login)
    began = login.log_in(ask.office, name=given.name, password=given.password, address=ask.address)
    answer = json_answer(_session_json(began.session))
    set_session(answer, ask, began.token)
    return answer


def _log_out(ask: Ask) -> Response:
    login.log_out(ask.office, ask.token)
    answer = json_answer({})
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


def _me(ask: Ask) -> Response:
    return json_answer(_session_json(ask.known))


def _password(ask: Ask) -> Response:
    given = ask.json(_Password)
    login.change_password(
        ask.office, name=ask.who, old=given.old, new=given.new, address=ask.address
    )
    return json_answer({})


def _operators(ask: Ask) -> Response:
    if ask.method == "POST":
        given = ask.json(_NewOperator)
        if given.role not in {role.value for role in Role}:
            raise BadInput(Code.BAD_ARGUMENTS, f"role is one of {', '.join(Role)}")
        name, password = operators.add_operator(
            ask.office, name=given.name, role=Role(given.role), by=ask.who
        )
        value = {"operator": name, "role": given.role, "password": password}
        return json_answer(value, status=201)
    found = operators.list_operators(ask.office)
    return json_answer(
        [
            {"operator": item.name, "role": item.role.value, "disabled": item.disabled}
            for item in found
        ]
    )


def _stations(ask: Ask) -> Response:
    found = stations.list_stations(ask.office)
    return json_answer([station_json(item) for item in found])


def _invite(ask: Ask) -> Response:
    given = ask.json(_NewStation)
    invitation = stations.invite(
        ask.office,
        name=given.name,
        checkpoint=given.checkpoint,
        zone=given.zone,
        url=given.url,
        by=ask.who,
    )
    value = {
        "code": invitation.code,
        "url": invitation.url,
        "station": invitation.station,
        "checkpoint": invitation.checkpoint,
        "expires_at": utc_text(invitation.expires_at),
    }
    return json_answer(value, status=201)


def _withdraw(ask: Ask) -> Response:
    given = ask.json(_Named)
    return json_answer(station_json(stations.withdraw(ask.office, name=given.name, by=ask.who)))


def routes() -> list[Route]:
    """Return the routes of these calls."""
    both = ("GET", "POST")
    return [
        call("/api/login", _log_in, is_open=True),
        call("/api/logout", _log_out, before_change=True),
        call("/api/me", _me, methods=("GET",), before_change=True),
        call("/api/password", _password, before_change=True),
        call("/api/operators", _operators, methods=both, permission=Permission.MANAGE_OPERATORS),
        call("/api/stations", _stations, methods=("GET",), permission=Permission.SEE_STATIONS),
        call("/api/stations", _invite, permission=Permission.MANAGE_STATIONS),
        call("/api/stations/withdraw", _withdraw, permission=Permission.MANAGE_STATIONS),
    ]
