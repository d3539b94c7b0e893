"""What the log knows of a person's earlier passages by their tags alone, and of how many are
inside.

A passage counts if it let somebody through: admitted, not a note on another row, not taken back and
not said again by a later row. Answers come from an index over just those rows, so they take as long
at a million rows as at a thousand.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from keys.bodies import ABOUT_MEMBER, PARTY_MEMBER, PassageBody, decode_body
from keys.errors import MalformedBytes
from keys.passages import NOTE_REASONS, Direction, Passage, Reason, Verdict
from scanner.record.rows import ask

NEVER: Final = -1
LET_THROUGH: Final = frozenset({Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE})
# The literal terms of the partial index `counted`: SQLite uses it only where it reads them.
_OF_TAG: Final = (
    "FROM passages INDEXED BY counted"
    " WHERE counts = 1 AND tag IS NOT NULL AND tag = ? AND direction = ?"
)
_LATEST: Final = f"SELECT max(seen_at_ms) {_OF_TAG}"
_SINCE: Final = f"SELECT count(*) {_OF_TAG} AND seen_at_ms >= ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFacts:
    """A person's earlier passages. Seconds since the last entry and the last exit, -1 for never;
    entries since midnight.
    """

    entry_ago_s: int
    exit_ago_s: int
    entries_today: int


def tag_facts(
    connection: sqlite3.Connection, tags: Sequence[bytes], *, now_ms: int, midnight_ms: int
) -> TagFacts:
    """Return what the rows under `tags` say (one person's tag under each day key that is kept).

    now_ms: milliseconds since 1970 UTC. A row of a later time than now counts as just now.
    """
    entries = 0
    for tag in tags:
        entries += ask(connection, _SINCE, (tag, Direction.ENTRY.value, midnight_ms))[0][0]
    return TagFacts(
        entry_ago_s=_ago_s(connection, tags, Direction.ENTRY, now_ms),
        exit_ago_s=_ago_s(connection, tags, Direction.EXIT, now_ms),
        entries_today=entries,
    )


def _ago_s(
    connection: sqlite3.Connection, tags: Sequence[bytes], direction: Direction, now_ms: int
) -> int:
    found = [ask(connection, _LATEST, (tag, direction.value))[0][0] for tag in tags]
    times = [seen_at_ms for seen_at_ms in found if seen_at_ms is not None]
    return max(0, now_ms - max(times)) // 1000 if times else NEVER


def is_counted(passage: Passage) -> bool:
    """Return whether a passage let somebody through."""
    return passage.verdict in LET_THROUGH and passage.reason not in NOTE_REASONS


def people_of(passage: Passage) -> int:
    """Return by how many people a passage with a plain body moves the count of those inside."""
    if not is_counted(passage):
        return 0
    # One row stands for a door that fire holds open: nobody counted who ran.
    if passage.reason == Reason.FIRE_RELEASE and _body_of(passage).identity is None:
        return 0
    # Nearly every body is of one person and says nothing of a party: reading it would cost a tenth
    # of the whole append.
    party = _body_of(passage).party if PARTY_MEMBER in passage.body else 1
    return party if passage.direction is Direction.ENTRY else -party


def replaced(connection: sqlite3.Connection, passage: Passage, in_place_of: bytes | None) -> int:
    """Let the row that a passage with a plain body takes the place of count no longer, and return
    by how many people that one had moved the count. Within the caller's transaction; sqlite3.Error.

    TAKEN_BACK says that the row it names did not happen; a passage that counts and names an earlier
    one is the same person going through the same door, told something else meanwhile. in_place_of:
    the id of the row that counts for this person, where that is not the one that is named.
    """
    if passage.reason != Reason.TAKEN_BACK and not is_counted(passage):
        return 0
    if in_place_of is None and ABOUT_MEMBER not in passage.body:
        return 0
    about = in_place_of or _body_of(passage).about
    found = connection.execute(
        "SELECT sequence, people FROM passages WHERE passage_id = ? AND counts = 1", (about,)
    ).fetchone()
    if found is None:
        return 0
    connection.execute("UPDATE passages SET counts = 0 WHERE sequence = ?", (found[0],))
    return int(found[1])


def _body_of(passage: Passage) -> PassageBody:
    try:
        return decode_body(passage.body)
    except MalformedBytes:
        return PassageBody()  # a body of no known form says nothing of anybody
