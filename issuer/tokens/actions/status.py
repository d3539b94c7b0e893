"""Finding passes and setting their status: deed and audit entry in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from issuer import audit
from issuer.database.facts import take_number
from issuer.errors import BadInput, Code
from issuer.people.office import Office
from issuer.tokens.actions.publish import CHANGES
from issuer.tokens.rules.passes import read_identity
from issuer.tokens.rules.reasons import STATUS_WORDS, check_change
from issuer.tokens.store import passes as store
from keys.claims import Status
from keys.passages import PassIdentity

FOUND_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """What a change did. changed: False where the pass had that status already."""

    identity: PassIdentity
    old: Status
    new: Status
    reason: str
    changed: bool


def set_status(office: Office, *, text: str, status: Status, reason: str, by: str) -> StatusChange:
    """Set the status of the pass that `text` names; logged also where it had that status already.

    BadInput unknown_pass, unknown_reason; Refused reason_not_for_status, withdrawn_is_final.
    """
    identity = read_identity(text, issuer=office.settings.issuer)
    place = {"list_number": identity.list_number, "entry": identity.index}
    now = office.now()
    with office.database.write() as connection:
        store.lock_pass(connection, **place)
        found = store.find_pass(connection, **place)
        if found is None:
            raise BadInput(Code.UNKNOWN_PASS, f"no pass {identity}")
        check_change(old=found.status, new=status, reason=reason)
        store.put_entry(connection, **place, status=status, reason=reason, at=now)
        if found.status is not status:
            take_number(connection, CHANGES)
        details = {
            "old": STATUS_WORDS[found.status],
            "new": STATUS_WORDS[status],
            "reason": reason,
        }
        audit.append(
            connection,
            at=now,
            operator=by,
            action="pass.status",
            subject=str(identity),
            details=details,
        )
    return StatusChange(
        identity=identity,
        old=found.status,
        new=status,
        reason=reason,
        changed=found.status is not status,
    )


def find_pass(office: Office, text: str) -> store.StoredPass:
    """Return the pass that `<issuer>/<list>/<index>` names, else BadInput unknown_pass."""
    identity = read_identity(text, issuer=office.settings.issuer)
    with office.database.read() as connection:
        found = store.find_pass(connection, identity.list_number, identity.index)
    if found is None:
        raise BadInput(Code.UNKNOWN_PASS, f"no pass {identity}")
    return found


def find_by_tail(office: Office, *, id_tail: str, name: str) -> list[store.StoredPass]:
    """Return the newest passes with this ID tail, and this masked name where one is given; 50 at
    most.
    """
    with office.database.read() as connection:
        return store.passes_by_tail(connection, id_tail=id_tail, name=name, limit=FOUND_MAX)
