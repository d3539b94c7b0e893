"""Inviting, replacing, listing and withdrawing stations."""

from __future__ import annotations

from dataclasses import dataclass

from issuer import audit
from issuer.database.engine import Transaction
from issuer.database.facts import read_fact
from issuer.errors import BadInput, Code, Refused
from issuer.people.office import Office
from issuer.people.rules.stations import CODE_LIFE_S, DAY_S, check_zone, place_name
from issuer.people.store import stations as store
from issuer.settings import DEFAULT_PORT
from keys.enrolment import SECRET_BYTES, EnrolCode, code_id, mac_key, root_pin, write_code

SERVED_URL = "served_url"
CHECKPOINT_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a person carries to a new station: the code (once, for ten minutes) and where to reach
    the office.
    """

    station: str
    checkpoint: str
    code: str
    url: str
    expires_at: int
    replaces: bool


def invite(
    office: Office, *, name: str, checkpoint: str | None, zone: int | None, url: str | None, by: str
) -> Invitation:
    """Return a one-time code for station `name`, new or (the same name again) to be replaced.

    checkpoint: None for the station's own, for a new one its name. A station cannot move, nor a
    checkpoint change its zone: Refused checkpoint_differs.
    """
    name = place_name(name, what="station")
    code = EnrolCode(secret=office.draw(SECRET_BYTES), root_pin=root_pin(office.root()))
    now = office.now()
    with office.database.write() as connection:
        known = store.find_station(connection, name)
        place = checkpoint or (known.checkpoint if known else name)
        place = place_name(place, what="checkpoint")
        if known is not None and known.checkpoint != place:
            raise Refused(Code.CHECKPOINT_DIFFERS, f"{name} stands at {known.checkpoint}")
        held = _checkpoint(connection, office, place, zone)
        if known is None:
            store.insert_station(connection, name=name, checkpoint=place, created_at=now)
        store.delete_old_codes(connection, before=now - DAY_S)
        store.insert_code(
            connection,
            code_id=code_id(code.secret),
            mac_key=mac_key(code.secret),
            station=name,
            expires_at=now + CODE_LIFE_S,
        )
        details = {"checkpoint": place, "zone": held.zone}
        audit.append(
            connection, at=now, operator=by, action="station.invite", subject=name, details=details
        )
    return Invitation(
        station=name,
        checkpoint=place,
        code=write_code(code),
        url=url or public_url(office),
        expires_at=now + CODE_LIFE_S,
        replaces=known is not None and known.enrolled_at is not None,
    )


def _checkpoint(
    connection: Transaction, office: Office, place: str, zone: int | None
) -> store.Checkpoint:
    """Return the checkpoint of that name, made if it is new. Refused checkpoint_differs."""
    held = store.find_checkpoint(connection, place)
    if held is None:
        held = store.Checkpoint(
            name=place, zone=check_zone(zone or 0), secret=office.draw(CHECKPOINT_SECRET_BYTES)
        )
        store.insert_checkpoint(connection, held)
    elif zone is not None and zone != held.zone:
        raise Refused(Code.CHECKPOINT_DIFFERS, f"{place} is in zone {held.zone}")
    return held


def public_url(office: Office) -> str:
    """Return where stations reach this office: as set, else where `serve` last answered, else its
    default.
    """
    if office.settings.public_url:
        return office.settings.public_url.rstrip("/")
    with office.database.read() as connection:
        return read_fact(connection, SERVED_URL) or f"http://127.0.0.1:{DEFAULT_PORT}"


def list_stations(office: Office) -> list[store.Station]:
    """Return every station, by name."""
    with office.database.read() as connection:
        return store.list_stations(connection)


def clear_flag(office: Office, *, name: str, by: str) -> store.Station:
    """Take a station's flag away after somebody looked into it; the evidence stays."""
    return _change(office, name, by, action="station.clear", withdraws=False)


def withdraw(office: Office, *, name: str, by: str) -> store.Station:
    """Withdraw a station, stolen or retired: its keys are revoked at once. Unknown: BadInput
    unknown_station.
    """
    return _change(office, name, by, action="station.withdraw", withdraws=True)


def _change(office: Office, name: str, by: str, *, action: str, withdraws: bool) -> store.Station:
    name = place_name(name, what="station")
    now = office.now()
    with office.database.write() as connection:
        found = store.find_station(connection, name)
        if found is None:
            raise BadInput(Code.UNKNOWN_STATION, f"no station {name}")
        if withdraws:
            store.set_withdrawn(connection, name, now)
        else:
            store.set_flag(connection, name, "")
        details = {} if withdraws else {"flag": found.flag}
        audit.append(connection, at=now, operator=by, action=action, subject=name, details=details)
        return store.find_station(connection, name) or found
