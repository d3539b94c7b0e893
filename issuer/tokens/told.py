"""What is told of passes, reasons and publications in JSON."""

from __future__ import annotations

from typing import Any

from issuer.people.office import Office
from issuer.tokens.actions.mint import Minted
from issuer.tokens.actions.publish import Published
from issuer.tokens.actions.status import StatusChange
from issuer.tokens.rules.reasons import REASONS, STATUS_WORDS
from issuer.tokens.store.passes import StoredPass
from keys.claims import Claims, Status


def minted_json(minted: Minted) -> dict[str, Any]:
    """Return what is told of a new pass. dense: None where the claims do not fit."""
    return {
        "pass": str(minted.identity),
        "dense": minted.dense,
        "full": minted.full,
        "status": STATUS_WORDS[Status(minted.claims.status)],
        "issued_at": minted.claims.iat,
        "expires_at": minted.claims.exp,
    }


def reserved_json(office: Office, claims: Claims) -> dict[str, Any]:
    """Return what the phone needs of a reservation to make its chain."""
    return {
        "pass": f"{office.settings.issuer}/{claims.list_number}/{claims.entry}",
        "kid": claims.kid,
        "list": claims.list_number,
        "index": claims.entry,
        "iat": claims.iat,
        "exp": claims.exp,
    }


def completed_json(minted: Minted) -> dict[str, Any]:
    """Return what the phone shows from: the carrier (99 bytes, hex) that each slot's tail
    follows.
    """
    carrier = minted.carrier
    return {
        "pass": str(minted.identity),
        "carrier": None if carrier is None else carrier.hex(),
        "issued_at": minted.claims.iat,
        "expires_at": minted.claims.exp,
    }


def pass_json(office: Office, found: StoredPass) -> dict[str, Any]:
    """Return what is told of a stored pass."""
    return {
        "pass": f"{office.settings.issuer}/{found.list_number}/{found.entry}",
        "kind": found.kind,
        "name": found.name,
        "id_tail": found.id_tail,
        "status": STATUS_WORDS[found.status],
        "reason": found.reason or None,
        "issued_at": found.iat,
        "expires_at": found.exp,
        "site": found.site,
        "minted_by": found.minted_by,
        "minted_at": found.minted_at,
    }


def change_json(change: StatusChange) -> dict[str, Any]:
    """Return what is told of a change of status."""
    return {
        "pass": str(change.identity),
        "old": STATUS_WORDS[change.old],
        "status": STATUS_WORDS[change.new],
        "reason": change.reason,
        "changed": change.changed,
    }


def reasons_json() -> list[dict[str, Any]]:
    """Return the closed list of reasons and what each may set."""
    return [
        {
            "reason": reason.code,
            "statuses": [STATUS_WORDS[status] for status in reason.statuses],
            "zh": reason.zh,
            "en": reason.en,
        }
        for reason in REASONS.values()
    ]


def published_json(published: Published) -> dict[str, Any]:
    """Return what is told of a publication."""
    return {
        "version": published.version,
        "entries": published.entries,
        "not_green": published.not_green,
        "packs": [list(pack) for pack in published.packs],
    }
