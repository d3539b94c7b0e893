"""Which hand checks of the last hours nobody has decided, by what stands in clear in the log.

A decision names its row inside a sealed body, which the station cannot open. It bears the person's
day tag in clear, as the hand check does: the newest word on a tag says whether somebody waits.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from keys.passages import NOTE_REASONS, PassageRow, Reason, Verdict
from scanner.record.rows import ask, read_row

# What a busy gate writes in a shift; looking through them takes 5 ms.
_LOOKED_AT: Final = 5000
_NEWEST: Final = (
    "SELECT sequence, seen_at_ms, verdict, reason, tag FROM logged"
    " WHERE tag IS NOT NULL ORDER BY sequence DESC LIMIT ?"
)
_ROW: Final = "SELECT * FROM logged WHERE sequence = ?"
# A row that was taken back did not happen; every other note leaves the person waiting.
_SAYS_NOTHING: Final = frozenset(reason.value for reason in NOTE_REASONS - {Reason.TAKEN_BACK})


def undecided(
    connection: sqlite3.Connection, *, since_ms: int, most: int
) -> tuple[PassageRow, ...]:
    """Return up to `most` hand checks seen since then (milliseconds since 1970 UTC), newest first,
    behind which no row speaks of the same person. Damaged rows are left out. StationFault.
    """
    waiting: list[PassageRow] = []
    spoken_of: set[bytes] = set()
    for sequence, seen_at_ms, verdict, reason, tag in ask(connection, _NEWEST, (_LOOKED_AT,)):
        if reason in _SAYS_NOTHING or tag in spoken_of:
            continue
        spoken_of.add(tag)
        asks = verdict == Verdict.HAND_CHECK.value and reason != Reason.TAKEN_BACK.value
        if not asks or seen_at_ms < since_ms:
            continue
        try:
            waiting.append(read_row(ask(connection, _ROW, (sequence,))[0]))
        except (ValueError, TypeError):
            continue
        if len(waiting) == most:
            break
    return tuple(waiting)
