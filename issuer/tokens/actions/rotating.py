"""Rotating passes (formats.md 1.4): the office reserves list, index and minute; the phone, which
then knows its salt, draws its secret and sends the anchor; the office signs. The secret never
leaves the phone.
"""

from __future__ import annotations

import hashlib

from issuer import audit
from issuer.errors import BadInput, Code, Refused
from issuer.people.office import Office
from issuer.tokens.actions.mint import Minted, place_pass
from issuer.tokens.rules.passes import (
    PassRequest,
    check_key_in_force,
    claims_for,
    read_identity,
    rotating_hours,
)
from issuer.tokens.rules.reasons import kind_of, status_of
from issuer.tokens.store import passes as store
from keys import token
from keys.claims import Claims
from keys.passages import PassIdentity
from keys.rotating import LINK_BYTES
from keys.trustlist import Purpose


def reserve(office: Office, request: PassRequest, *, by: str) -> Claims:
    """Return the claims of a rotating pass, its entry taken and nothing signed yet.

    The phone needs kid, list, index, iat and exp of it. BadInput bad_time beyond 168 hours.
    """
    key = office.keys.of(Purpose.PASS)
    now = office.now()
    claims = claims_for(rotating_hours(request), kid=key.kid, now=now)
    check_key_in_force(
        office.trust_list(), issuer=office.settings.issuer, kid=key.kid, iat=claims.iat
    )
    with office.database.write() as connection:
        return place_pass(office, connection, claims, by=by, now=now)


def read_anchor(text: str) -> bytes:
    """Return the anchor that hexadecimal `text` spells; another form: BadInput bad_anchor."""
    try:
        anchor = bytes.fromhex(text) if text.isascii() and len(text) <= 2 * LINK_BYTES else b""
    except ValueError:
        anchor = b""
    if len(anchor) != LINK_BYTES:
        raise BadInput(Code.BAD_ANCHOR, f"an anchor is {LINK_BYTES} bytes in hexadecimal")
    return anchor


def complete(office: Office, *, text: str, anchor: bytes, by: str) -> Minted:
    """Return the signed pass of a reservation; the same anchor (16 bytes) again gives the same
    pass.

    BadInput unknown_pass; Refused already_signed (another anchor, or no reservation).
    """
    identity = read_identity(text, issuer=office.settings.issuer)
    place = {"list_number": identity.list_number, "entry": identity.index}
    key = office.keys.of(Purpose.PASS)
    with office.database.write() as connection:
        store.lock_pass(connection, **place)
        found = store.find_pass(connection, **place)
        if found is None:
            raise BadInput(Code.UNKNOWN_PASS, f"no pass {identity}")
        claims = _claims(found, identity, key.kid, anchor)
        signed = token.mint(key.key, claims)
        held, digest = found.cose_hash, hashlib.sha256(signed.cose).digest()
        if found.kid != key.kid or held not in {None, digest}:
            raise Refused(Code.ALREADY_SIGNED, str(identity))
        if held is None:
            store.set_cose_hash(connection, claims, digest)
            audit.append(
                connection,
                at=office.now(),
                operator=by,
                action="pass.complete",
                subject=str(identity),
                details={"anchor": anchor.hex()},
            )
    return Minted(
        identity=identity,
        claims=claims,
        dense=None,
        full="",
        carrier=signed.carrier,
    )


def _claims(found: store.StoredPass, identity: PassIdentity, kid: int, anchor: bytes) -> Claims:
    return Claims(
        kid=kid,
        kind=int(kind_of(found.kind)),
        # A status set since the reservation is the list's to tell; what was minted stays.
        status=int(status_of(found.minted_status)),
        iat=found.iat,
        exp=found.exp,
        list_number=identity.list_number,
        entry=identity.index,
        name=found.name,
        id_tail=found.id_tail,
        anchor=anchor,
    )
