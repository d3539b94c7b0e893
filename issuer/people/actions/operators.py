"""Adding operators, giving them new one-time passwords, closing and opening their accounts."""

from __future__ import annotations

from issuer import audit
from issuer.errors import BadInput, Code, Refused
from issuer.people.hashing import hash_password
from issuer.people.office import Office
from issuer.people.rules.passwords import ONE_TIME_BYTES, one_time_password
from issuer.people.rules.roles import Role, operator_name
from issuer.people.store import operators as store


def add_operator(office: Office, *, name: str, role: Role, by: str) -> tuple[str, str]:
    """Return (name as stored, one-time password) of a new operator; a name in use: Refused
    name_taken.
    """
    name = operator_name(name)
    password = one_time_password(office.draw(ONE_TIME_BYTES))
    hashed = hash_password(password, office.settings.password_cost)
    now = office.now()
    with office.database.write() as connection:
        if store.find_operator(connection, name) is not None:
            raise Refused(Code.NAME_TAKEN, f"there is an operator {name} already")
        store.insert_operator(
            connection, name=name, role=role, password_hash=hashed, created_at=now
        )
        details = {"role": role.value}
        audit.append(
            connection, at=now, operator=by, action="operator.add", subject=name, details=details
        )
    return name, password


def reset_password(office: Office, *, name: str, by: str) -> str:
    """Return a new one-time password for `name`, whose sessions end."""
    name = operator_name(name)
    password = one_time_password(office.draw(ONE_TIME_BYTES))
    hashed = hash_password(password, office.settings.password_cost)
    with office.database.write() as connection:
        if store.find_operator(connection, name) is None:
            raise BadInput(Code.UNKNOWN_OPERATOR, f"no operator {name}")
        store.set_password(connection, name=name, password_hash=hashed, must_change=True)
        store.delete_sessions(connection, name)
        audit.append(
            connection,
            at=office.now(),
            operator=by,
            action="operator.reset",
            subject=name,
            details={},
        )
    return password


def set_disabled(office: Office, *, name: str, disabled: bool, by: str) -> None:
    """Close (or open again) the account of `name`, whose sessions end. The last open admin stays:
    Refused last_admin.
    """
    name = operator_name(name)
    with office.database.write() as connection:
        if store.find_operator(connection, name) is None:
            raise BadInput(Code.UNKNOWN_OPERATOR, f"no operator {name}")
        if disabled and store.open_admins(connection) == [name]:
            raise Refused(Code.LAST_ADMIN)
        store.set_disabled(connection, name=name, disabled=disabled)
        store.delete_sessions(connection, name)
        action = "operator.disable" if disabled else "operator.enable"
        audit.append(
            connection, at=office.now(), operator=by, action=action, subject=name, details={}
        )


def list_operators(office: Office) -> list[store.Operator]:
    """Return every operator, by name."""
    with office.database.read() as connection:
        return store.list_operators(connection)
