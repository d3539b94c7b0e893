"""The first page, and the audit as a page and as JSON."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from issuer.audit import AuditEntry
from issuer.overview.actions import AUDIT_PAGE, audit_page, figures
from issuer.people.console import utc_text
from issuer.people.rules.roles import Permission
from issuer.people.web.ask import Ask, call, json_answer, page, render
from issuer.people.web.bodies import count_or_none
from issuer.people.web.times import shown_time, zone_of
from issuer.tokens.rules.reasons import STATUS_WORDS


def _home(ask: Ask) -> Response:
    found = figures(ask.office)
    return render(
        ask,
        "home.html",
        figures=found,
        statuses={STATUS_WORDS[status]: count for status, count in found.statuses.items()},
        published=shown_time(found.published_at, zone_of(ask.office.settings)),
        age_s=None if found.published_at is None else max(0, ask.office.now() - found.published_at),
        late_s=3 * ask.office.settings.publish_every_s,
    )


def _entries(ask: Ask) -> list[AuditEntry]:
    return audit_page(ask.office, before=count_or_none(ask.query.get("before")))


def _audit(ask: Ask) -> Response:
    zone = zone_of(ask.office.settings)
    entries = _entries(ask)
    more = entries[-1].sequence if len(entries) == AUDIT_PAGE else None
    return render(
        ask,
        "audit.html",
        entries=[(entry, json.loads(entry.details)) for entry in entries],
        more=more,
        shown=lambda seconds: shown_time(seconds, zone, to_second=True),
    )


def _audit_json(ask: Ask) -> Response:
    return json_answer([_entry_json(entry) for entry in _entries(ask)])


def _entry_json(entry: AuditEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": utc_text(entry.at),
        "operator": entry.operator,
        "action": entry.action,
        "subject": entry.subject,
        "details": json.loads(entry.details),
        "hash": entry.hash.hex(),
    }


def routes() -> list[Route]:
    """Return the routes of the first page and the audit."""
    return [
        page("/office", _home),
        page("/office/audit", _audit, permission=Permission.READ_AUDIT),
        call("/api/audit", _audit_json, methods=("GET",), permission=Permission.READ_AUDIT),
    ]
