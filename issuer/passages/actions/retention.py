"""Retention: passages older than the office keeps them lose what says who passed.

Rows, their places and hashes stay, so that figures and the stations' chains stand, and a row that
is delivered once more is known. Cut anywhere, the next run goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from issuer.errors import BadInput, Code
from issuer.passages.store import retention as store
from issuer.people.office import Office

DAY_S: Final = 86_400
DAYS_MAX: Final = 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What a run did. before: unix seconds; rows emptied, kept batches dropped."""

    before: int
    rows: int
    evidence: int


def retain(office: Office, days: int, *, by: str) -> Retained:
    """Empty what is older than `days` (1 to 3,650; else BadInput), and log it where there was
    something. Deleted bytes are overwritten in the database's files.
    """
    if not 1 <= days <= DAYS_MAX:
        raise BadInput(Code.BAD_TIME, f"1 to {DAYS_MAX} days")
    before = office.now() - days * DAY_S
    rows = 0
    while True:
        with office.database.write() as connection:
            emptied = store.empty_rows(connection, before)
        rows += emptied
        if not emptied:
            break
    with office.database.write() as connection:
        evidence = store.drop_evidence(connection, before)
    if rows or evidence:
        office.log(by, "passages.retain", "", days=days, before=before, rows=rows, kept=evidence)
        office.database.compact()
    return Retained(before=before, rows=rows, evidence=evidence)
