"""Operators, their sessions, and tries at passwords, as they stand in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from issuer.database.tables import OPERATORS, SESSIONS, TRIES
from issuer.people.rules.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One who may log in. must_change: the password was given by somebody else."""

    name: str
    role: Role
    must_change: bool
    disabled: bool
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """One log-in. began_at, seen_at: seconds."""

    operator: Operator
    csrf: str
    began_at: int
    seen_at: int


def _operator(row: Any) -> Operator:
    return Operator(
        name=row.name,
        role=Role(row.role),
        must_change=bool(row.must_change),
        disabled=bool(row.disabled),
        created_at=row.created_at,
    )


def find_operator(connection: Connection, name: str) -> tuple[Operator, str] | None:
    """Return (operator, password hash), None where nobody has this name."""
    row = connection.execute(select(OPERATORS).where(OPERATORS.c.name == name)).first()
    return None if row is None else (_operator(row), row.password_hash)


def list_operators(connection: Connection) -> list[Operator]:
    """Return every operator, by name."""
    return [
        _operator(row) for row in connection.execute(select(OPERATORS).order_by(OPERATORS.c.name))
    ]


def insert_operator(
    connection: Connection, *, name: str, role: Role, password_hash: str, created_at: int
) -> None:
    """Store a new operator who must change the password at the first log-in."""
    connection.execute(
        insert(OPERATORS).values(
            name=name,
            role=role.value,
            password_hash=password_hash,
            must_change=1,
            disabled=0,
            created_at=created_at,
        )
    )


def set_password(
    connection: Connection, *, name: str, password_hash: str, must_change: bool
) -> None:
    """Store another password."""
    connection.execute(
        update(OPERATORS)
        .where(OPERATORS.c.name == name)
        .values(password_hash=password_hash, must_change=int(must_change))
    )


def set_disabled(connection: Connection, *, name: str, disabled: bool) -> None:
    """Close or open an account."""
    connection.execute(
        update(OPERATORS).where(OPERATORS.c.name == name).values(disabled=int(disabled))
    )


def open_admins(connection: Connection) -> list[str]:
    """Return the names of the admins whose accounts are open."""
    query = select(OPERATORS.c.name).where(
        OPERATORS.c.role == Role.ADMIN.value, OPERATORS.c.disabled == 0
    )
    return list(connection.scalars(query))


def insert_session(
    connection: Connection, *, token_hash: bytes, operator: str, csrf: str, now: int
) -> None:
    """Store a new session; only the hash of its token is kept."""
    connection.execute(
        insert(SESSIONS).values(
            token_hash=token_hash, operator=operator, csrf=csrf, began_at=now, seen_at=now
        )
    )


def find_session(connection: Connection, token_hash: bytes) -> StoredSession | None:
    """Return the session of a token's hash, None where there is none."""
    query = (
        select(SESSIONS, OPERATORS)
        .join(OPERATORS, OPERATORS.c.name == SESSIONS.c.operator)
        .where(SESSIONS.c.token_hash == token_hash)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return StoredSession(
        operator=_operator(row), csrf=row.csrf, began_at=row.began_at, seen_at=row.seen_at
    )


def touch_session(connection: Connection, token_hash: bytes, now: int) -> None:
    """Note that a session was used."""
    connection.execute(
        update(SESSIONS).where(SESSIONS.c.token_hash == token_hash).values(seen_at=now)
    )


def delete_session(connection: Connection, token_hash: bytes) -> None:
    """End one session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == token_hash))


def delete_sessions(connection: Connection, operator: str) -> None:
    """End every session of `operator`."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.operator == operator))


def delete_old_sessions(connection: Connection, *, began_before: int) -> None:
    """Forget sessions that ended long ago."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.began_at < began_before))


def tries_of(connection: Connection, who: str, *, since: int) -> list[int]:
    """Return the times of tries by `who` after `since`."""
    return list(
        connection.scalars(select(TRIES.c.at).where(TRIES.c.who == who, TRIES.c.at > since))
    )


def insert_try(connection: Connection, *, try_id: bytes, who: str, at: int) -> None:
    """Note one try."""
    connection.execute(insert(TRIES).values(try_id=try_id, who=who, at=at))


def delete_tries(connection: Connection, *, who: str, try_ids: list[bytes]) -> None:
    """Forget every try of `who`, and those with these ids."""
    connection.execute(delete(TRIES).where((TRIES.c.who == who) | TRIES.c.try_id.in_(try_ids)))


def delete_old_tries(connection: Connection, *, before: int) -> None:
    """Forget tries that no limit looks at."""
    connection.execute(delete(TRIES).where(TRIES.c.at < before))
