"""Commands for operators and stations."""

from __future__ import annotations

import argparse
from typing import Any, Final

from issuer.people.actions import operators, stations
from issuer.people.console import Add, Answer, Group, add_who, utc_text, who
from issuer.people.office import Office
from issuer.people.rules.roles import Role
from issuer.people.store.stations import Station

_LISTED: Final = "as `station list` prints it"


def add_commands(group: Group) -> None:
    """Add `operator` and `station`."""
    _add_operator_commands(group("operator", "people who may log in"))
    _add_station_commands(group("station", "devices at gates"))


def _add_operator_commands(add: Add) -> None:
    parser = add("add", "add an operator; prints a one-time password", _operator_add)
    parser.add_argument("name", metavar="NAME", help="letters, digits, . _ - and spaces")
    words = [role.value for role in Role]
    parser.add_argument(
        "--role", required=True, choices=words, metavar="ROLE", help=", ".join(words)
    )
    add_who(parser)
    add("list", "list operators", _operator_list)
    for name, text, run in (
        ("reset", "give an operator a new one-time password", _operator_reset),
        ("disable", "close an account", _operator_disable),
        ("enable", "open an account again", _operator_enable),
    ):
        parser = add(name, text, run)
        parser.add_argument("name", metavar="NAME", help="as `operator list` prints it")
        add_who(parser)


def _add_station_commands(add: Add) -> None:
    parser = add("add", "invite a station (the same name again: replace it)", _station_add)
    parser.add_argument("name", metavar="NAME", help="letters, digits, . _ - and spaces")
    parser.add_argument("--checkpoint", help="where it stands (default: a place of its own)")
    parser.add_argument("--zone", type=int, help="zone of the checkpoint, 0 to 65535 (0: none)")
    parser.add_argument("--url", help="where the station reaches this office (default: public_url)")
    add_who(parser)
    add("list", "list stations", _station_list)
    parser = add("clear", "take a station's flag away after looking into it", _station_clear)
    parser.add_argument("name", metavar="NAME", help=_LISTED)
    add_who(parser)
    parser = add("withdraw", "withdraw a station: its key is revoked", _station_withdraw)
    parser.add_argument("name", metavar="NAME", help=_LISTED)
    add_who(parser)


def _operator_add(office: Office, arguments: argparse.Namespace) -> Answer:
    name, password = operators.add_operator(
        office, name=arguments.name, role=Role(arguments.role), by=who(arguments)
    )
    value = {"operator": name, "role": arguments.role, "password": password}
    return Answer(
        value=value,
        text=f"{name} ({arguments.role}), one-time password, shown only now: {password}",
    )


def _operator_list(office: Office, _arguments: argparse.Namespace) -> Answer:
    found = operators.list_operators(office)
    value = [
        {"operator": item.name, "role": item.role.value, "disabled": item.disabled}
        for item in found
    ]
    lines = [
        f"{item.name}\t{item.role.value}{'	closed' if item.disabled else ''}" for item in found
    ]
    return Answer(value=value, text="\n".join(lines))


def _operator_reset(office: Office, arguments: argparse.Namespace) -> Answer:
    password = operators.reset_password(office, name=arguments.name, by=who(arguments))
    value = {"operator": arguments.name, "password": password}
    return Answer(value=value, text=f"one-time password, shown only now: {password}")


def _operator_disable(office: Office, arguments: argparse.Namespace) -> Answer:
    return _set_disabled(office, arguments, disabled=True)


def _operator_enable(office: Office, arguments: argparse.Namespace) -> Answer:
    return _set_disabled(office, arguments, disabled=False)


def _set_disabled(office: Office, arguments: argparse.Namespace, *, disabled: bool) -> Answer:
    operators.set_disabled(office, name=arguments.name, disabled=disabled, by=who(arguments))
    value = {"operator": arguments.name, "disabled": disabled}
    return Answer(value=value, text=f"{arguments.name} is {'closed' if disabled else 'open'}")


def _station_add(office: Office, arguments: argparse.Namespace) -> Answer:
    invitation = stations.invite(
        office,
        name=arguments.name,
        checkpoint=arguments.checkpoint,
        zone=arguments.zone,
        url=arguments.url,
        by=who(arguments),
    )
    value = {
        "code": invitation.code,
        "url": invitation.url,
        "station": invitation.station,
        "checkpoint": invitation.checkpoint,
        "expires_at": utc_text(invitation.expires_at),
    }
    text = (
        f"{invitation.station}, for ten minutes, once:\n"
        f"  kakou-scanner enrol {invitation.code} --issuer {invitation.url}"
    )
    return Answer(value=value, text=text)


def station_json(station: Station) -> dict[str, Any]:
    """Return what is told of a station."""
    return {
        "station": station.name,
        "checkpoint": station.checkpoint,
        "zone": station.zone,
        "state": station.state.value,
        "flag": station.flag,
        "enrolled_at": utc_text(station.enrolled_at) or None,
        "withdrawn_at": utc_text(station.withdrawn_at) or None,
        "contact_at": utc_text(station.contact_at) or None,
        "waiting_rows": station.waiting_rows,
        "list_version": station.list_version,
    }


def _station_list(office: Office, _arguments: argparse.Namespace) -> Answer:
    found = stations.list_stations(office)
    lines = [
        f"{item.name}\t{item.checkpoint}\t{item.state.value}\t{utc_text(item.contact_at) or '-'}"
        f"{'	' + item.flag if item.flag else ''}"
        for item in found
    ]
    text = "\n".join(lines) or "none: `station add NAME` lets one in"
    return Answer(value=[station_json(item) for item in found], text=text)


def _station_withdraw(office: Office, arguments: argparse.Namespace) -> Answer:
    station = stations.withdraw(office, name=arguments.name, by=who(arguments))
    return Answer(
        value=station_json(station), text=f"{station.name} is withdrawn; its key is revoked"
    )


def _station_clear(office: Office, arguments: argparse.Namespace) -> Answer:
    station = stations.clear_flag(office, name=arguments.name, by=who(arguments))
    return Answer(value=station_json(station), text=f"{station.name} has no flag any more")
