"""What the first page shows: how many passes, stations and passages, and how fresh the published
list is.
"""

from __future__ import annotations

from dataclasses import dataclass

from issuer import audit
from issuer.passages.rules.searching import Search
from issuer.passages.store import found, passages
from issuer.people.office import Office
from issuer.people.store import stations
from issuer.tokens.store import publications
from issuer.tokens.store.passes import count_statuses
from keys.claims import Status

_DAY_S = 86_400
AUDIT_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts as of now. published_at: seconds, None before the first. verdicts: of the last 24
    hours.
    """

    statuses: dict[Status, int]
    stations: int
    flagged: int
    evidence: int
    verdicts: dict[str, int]
    version: int | None
    published_at: int | None


def figures(office: Office) -> Figures:
    """Return the figures of the first page."""
    with office.database.read() as connection:
        known = stations.list_stations(connection)
        last = publications.newest_publication(connection)
        day = Search(purpose="overview", from_s=max(0, office.now() - _DAY_S))
        return Figures(
            statuses=count_statuses(connection),
            stations=len(known),
            flagged=sum(1 for station in known if station.flag),
            evidence=passages.count_evidence(connection),
            verdicts=found.count_verdicts(connection, day),
            version=None if last is None else last.version,
            published_at=None if last is None else last.at,
        )


def audit_page(office: Office, *, before: int | None) -> list[audit.AuditEntry]:
    """Return up to 100 entries of the audit, newest first."""
    with office.database.read() as connection:
        return audit.newest(connection, before=before, limit=AUDIT_PAGE)
