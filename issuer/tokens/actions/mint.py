"""Minting: an entry of the status list first, the signature after, so that no pass exists that
nobody could withdraw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from issuer import audit
from issuer.database.engine import Transaction
from issuer.database.facts import take_number
from issuer.errors import Code, Fault, Refused
from issuer.people.office import Office
from issuer.tokens.actions.publish import CHANGES
from issuer.tokens.rules.passes import PassRequest, check_key_in_force, claims_for, filling_list
from issuer.tokens.rules.reasons import KIND_WORDS, STATUS_WORDS
from issuer.tokens.store import passes as store
from issuer.tokens.store.forms import use_form
from keys import token
from keys.claims import LIST_ENTRIES, Claims, Kind, Status
from keys.passages import PassIdentity
from keys.trustlist import Purpose

# A list is left at three quarters: this many misses in a row mean that the database, not chance, is
# at fault.
_DRAWS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Minted:
    """A new pass. dense: digits, None where the claims do not fit; full: the FULL text.

    carrier: of a rotating pass, whose phone adds the tail of each slot; that has no other text.
    """

    identity: PassIdentity
    claims: Claims
    dense: str | None
    full: str
    carrier: bytes | None = None


def mint_passes(
    office: Office, requests: Sequence[PassRequest], *, by: str, form: str | None = None
) -> list[Minted]:
    """Return one pass for each request: all of them, or none where one is not right (BadInput).

    form: the token of the form that asks; sent before: Refused form_used.
    """
    key = office.keys.of(Purpose.PASS)
    issuer, now = office.settings.issuer, office.now()
    trust = office.trust_list()
    for request in requests:
        claims = claims_for(request, kid=key.kid, now=now)
        check_key_in_force(trust, issuer=issuer, kid=key.kid, iat=claims.iat)
    with office.database.write() as connection:
        if form is not None and not use_form(connection, form, now):
            raise Refused(Code.FORM_USED)
        placed = [
            place_pass(
                office, connection, claims_for(request, kid=key.kid, now=now), by=by, now=now
            )
            for request in requests
        ]
    minted = [token.mint(key.key, claims) for claims in placed]
    with office.database.write() as connection:
        for claims, signed in zip(placed, minted, strict=True):
            store.set_cose_hash(connection, claims, hashlib.sha256(signed.cose).digest())
    return [
        Minted(
            identity=PassIdentity(issuer, claims.list_number, claims.entry),
            claims=claims,
            dense=signed.dense,
            full=signed.full,
        )
        for claims, signed in zip(placed, minted, strict=True)
    ]


def place_pass(
    office: Office, connection: Transaction, claims: Claims, *, by: str, now: int
) -> Claims:
    """Return `claims` at an entry that is now taken in the list being filled, logged."""
    used = store.lists_used(connection)
    number = filling_list(used)
    begins = number not in used
    if begins:
        store.insert_list(connection, number)
    claims = _draw_entry(office, connection, claims._replace(list_number=number), by=by, now=now)
    # A gate must know a new list, or a status that is not green, as soon as it can.
    if begins or claims.status != Status.GREEN:
        take_number(connection, CHANGES)
    audit.append(
        connection,
        at=now,
        operator=by,
        action="pass.mint",
        subject=str(PassIdentity(office.settings.issuer, number, claims.entry)),
        details={
            "kind": KIND_WORDS[Kind(claims.kind)],
            "status": STATUS_WORDS[Status(claims.status)],
        },
    )
    return claims


def _draw_entry(
    office: Office, connection: Transaction, claims: Claims, *, by: str, now: int
) -> Claims:
    for _ in range(_DRAWS_MAX):
        # At random: neighbours in a list must say nothing about who came when.
        drawn = int.from_bytes(office.draw(3), "big") % LIST_ENTRIES
        placed = claims._replace(entry=drawn)
        if store.insert_pass(connection, placed, minted_by=by, minted_at=now):
            return placed
    raise Fault(Code.DATABASE_FAULT, "no free entry found")
