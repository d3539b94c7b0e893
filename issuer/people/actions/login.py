"""Logging in and out, the life of sessions, and changing one's password.

What is defended here: guessing (limits by name and by address, counted before the password is
looked at, so parallel tries count too), telling names apart by time (an unknown name costs the same
hash), stolen databases (tokens are stored hashed), forgotten screens (idle limit).
"""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass

from issuer import audit
from issuer.database.facts import take_number
from issuer.errors import Code, Denied, IssuerError
from issuer.people.hashing import hash_password, password_fits
from issuer.people.office import Office
from issuer.people.rules.limits import (
    TRIES_PER_ADDRESS,
    TRIES_PER_NAME,
    WINDOW_S,
    session_lives,
    wait_s,
)
from issuer.people.rules.passwords import MAX_BYTES, check_new_password, password_bytes
from issuer.people.rules.roles import operator_name
from issuer.people.store import operators as store

_TOUCH_EVERY_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is logged in. csrf: what every form and call must carry."""

    operator: store.Operator
    csrf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session that just began, with the token that only its holder has."""

    token: str
    session: Session


def log_in(office: Office, *, name: str, password: str, address: str) -> NewSession:
    """Return a new session; Denied login_wrong, or too_many_tries with the time to wait."""
    try:
        name = operator_name(name)
    except IssuerError:
        name = "?"  # no operator has this name, and the answer takes as long as any other
    tries = _count_try(office, name=name, address=address)
    with office.database.read() as connection:
        found = store.find_operator(connection, name)
    hashed = _no_password(office.settings.password_cost) if found is None else found[1]
    sized = len(password_bytes(password)) <= MAX_BYTES
    fits = password_fits(password if sized else "", hashed) and sized
    if found is None or not fits or found[0].disabled:
        raise Denied(Code.LOGIN_WRONG)
    return _begin(office, found[0], tries)


@functools.cache
def _no_password(cost: str) -> str:
    # Nobody's: what a try at an unknown name is compared with, at the same price.
    return hash_password("no operator", cost)


def _count_try(office: Office, *, name: str, address: str) -> list[bytes]:
    now = office.now()
    limits = ((f"name:{name}", TRIES_PER_NAME), (f"address:{address}", TRIES_PER_ADDRESS))
    tries = [office.draw(16) for _ in limits]
    with office.database.write() as connection:
        # Tries take turns, so that none of several at once is counted too late.
        take_number(connection, "tries")
        store.delete_old_tries(connection, before=now - WINDOW_S)
        for who, allowed in limits:
            at = store.tries_of(connection, who, since=now - WINDOW_S)
            wait = wait_s(tries_at=at, allowed=allowed, now=now)
            if wait:
                raise Denied(Code.TOO_MANY_TRIES, retry_after_s=wait)
        for (who, _), try_id in zip(limits, tries, strict=True):
            store.insert_try(connection, try_id=try_id, who=who, at=now)
    return tries


def _begin(office: Office, operator: store.Operator, tries: list[bytes]) -> NewSession:
    token = base64.urlsafe_b64encode(office.draw(32)).decode().rstrip("=")
    csrf = office.draw(16).hex()
    now = office.now()
    with office.database.write() as connection:
        store.delete_old_sessions(connection, began_before=now - office.settings.session_life_s)
        store.delete_tries(connection, who=f"name:{operator.name}", try_ids=tries)
        store.insert_session(
            connection, token_hash=_hash(token), operator=operator.name, csrf=csrf, now=now
        )
        audit.append(
            connection, at=now, operator=operator.name, action="login", subject="", details={}
        )
    return NewSession(token=token, session=Session(operator=operator, csrf=csrf))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def session_of(office: Office, token: str) -> Session:
    """Return the living session of a token; Denied login_needed where there is none."""
    now = office.now()
    with office.database.read() as connection:
        stored = store.find_session(connection, _hash(token))
    if stored is None or stored.operator.disabled:
        raise Denied(Code.LOGIN_NEEDED)
    settings = office.settings
    lives = session_lives(
        began_at=stored.began_at,
        seen_at=stored.seen_at,
        now=now,
        idle_s=settings.session_idle_s,
        life_s=settings.session_life_s,
    )
    if not lives:
        log_out(office, token)
        raise Denied(Code.LOGIN_NEEDED)
    if now - stored.seen_at >= min(_TOUCH_EVERY_S, settings.session_idle_s // 4):
        with office.database.write() as connection:
            store.touch_session(connection, _hash(token), now)
    return Session(operator=stored.operator, csrf=stored.csrf)


def log_out(office: Office, token: str) -> None:
    """End the session of a token."""
    with office.database.write() as connection:
        store.delete_session(connection, _hash(token))


def change_password(office: Office, *, name: str, old: str, new: str, address: str) -> None:
    """Replace one's own password; every session of the operator ends. Denied login_wrong, BadInput
    weak_password.
    """
    tries = _count_try(office, name=name, address=address)
    with office.database.read() as connection:
        found = store.find_operator(connection, name)
    if found is None or not password_fits(old, found[1]):
        raise Denied(Code.LOGIN_WRONG)
    check_new_password(new, operator=name, old=old)
    hashed = hash_password(new, office.settings.password_cost)
    with office.database.write() as connection:
        store.delete_tries(connection, who=f"name:{name}", try_ids=tries)
        store.set_password(connection, name=name, password_hash=hashed, must_change=False)
        store.delete_sessions(connection, name)
        audit.append(
            connection,
            at=office.now(),
            operator=name,
            action="password.change",
            subject=name,
            details={},
        )
