"""Opening the bodies of rows that came before their key: an operator brings it, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from issuer.passages.rules.opening import opened
from issuer.passages.rules.sorting import Mark
from issuer.passages.store import sealed as store
from issuer.people.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRows:
    """What an opening did. opened: rows that can be searched by name now. unreadable: no key will
    help. sealed: still waiting for their key.
    """

    opened: int
    unreadable: int
    sealed: int


def open_rows(
    office: Office, secrets: Mapping[bytes, bytes], *, purpose: str, by: str
) -> OpenedRows:
    """Open every stored row that waits for one of `secrets` (X25519 by key id). Logged before the
    first is opened; cut anywhere, the same call goes on.
    """
    kids = sorted(kid.hex() for kid in secrets)
    office.log(by, "passages.open", "", purpose=purpose, keys=kids)
    counts = {Mark.SEALED: 0, Mark.UNREADABLE: 0, None: 0}
    place: store.RowId | None = None
    while True:
        with office.database.write() as connection:
            rows = store.sealed_rows(connection, after=place)
            for row in rows:
                found = opened(row.body, secrets)
                mark = found.marks[0] if found.marks else None
                counts[mark] += 1
                if mark is not Mark.SEALED:
                    store.set_opened(connection, row, found)
        if not rows:
            break
        place = rows[-1].row_id
    return OpenedRows(
        opened=counts[None], unreadable=counts[Mark.UNREADABLE], sealed=counts[Mark.SEALED]
    )
