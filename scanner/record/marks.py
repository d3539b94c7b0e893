"""Whether the working marks of a log agree with its rows. No signature covers which rows count as
somebody's passage; what stands in the rows, which are signed, says which of them must.

Every row that let somebody through counts, until a later row takes it back or is the same person
once more. Which row that is stands in a sealed body, but it bears the same tag and direction in
clear. So a row with a tag that counts no longer is believed only if such a row follows: one that
takes it back, one that a guard decided, or another passage within the hour. Not judged are rows
without a tag, of which nobody is asked, those of the last minutes of a UTC day, behind which a
person has another tag, and how many people each row moved the count by.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from keys.passages import NOTE_REASONS, Reason
from scanner.record.counting import LET_THROUGH
from scanner.record.database import transaction
from scanner.record.rows import ask

# Somebody may be held up, and told several things, for a while; not for longer.
SAME_VISIT_MS: Final = 3600 * 1000
_DAY_MS: Final = 86_400_000
_BEFORE_MIDNIGHT_MS: Final = 10 * 60 * 1000
_VERDICTS: Final = ", ".join(f"'{verdict.value}'" for verdict in sorted(LET_THROUGH))
_NOTES: Final = ", ".join(f"'{reason.value}'" for reason in sorted(NOTE_REASONS))
_PASSED: Final = f"(verdict IN ({_VERDICTS}) AND reason NOT IN ({_NOTES}))"
# One reading of the table in which nearly no row is handed out.
_NOT_COUNTED: Final = (
    f"SELECT tag, direction, sequence, seen_at_ms, reason FROM passages"  # noqa: S608 our own words
    f" WHERE counts = 0 AND emptied = 0 AND tag IS NOT NULL"
    f" AND ({_PASSED} OR reason = '{Reason.TAKEN_BACK.value}') ORDER BY sequence"
)
_COUNTED_WRONGLY: Final = (
    f"SELECT sequence FROM passages WHERE counts <> 0 AND signature IS NOT NULL"  # noqa: S608 as above
    f" AND NOT {_PASSED} ORDER BY sequence"
)
_COUNTED: Final = (
    "SELECT tag, direction, sequence, seen_at_ms, reason FROM passages INDEXED BY counted"
    " WHERE counts = 1 AND tag IS NOT NULL AND tag = ? AND direction = ?"
)


class _Row(NamedTuple):
    tag: bytes
    direction: str
    sequence: int
    seen_at_ms: int
    reason: str


class OddMarks(NamedTuple):
    """Places of rows, ascending: that must count and do not, and that count and must not."""

    missing: tuple[int, ...]
    wrong: tuple[int, ...]


def odd_marks(connection: sqlite3.Connection) -> OddMarks:
    """Return which marks do not agree with the rows; StationFault."""
    groups: dict[tuple[bytes, str], list[_Row]] = defaultdict(list)
    for values in ask(connection, _NOT_COUNTED):
        row = _Row(*values)
        groups[row.tag, row.direction].append(row)
    missing: list[int] = []
    for group, rows in groups.items():
        counted = [_Row(*values) for values in ask(connection, _COUNTED, group)]
        missing += _without_reason(rows, counted)
    wrong = tuple(place for (place,) in ask(connection, _COUNTED_WRONGLY))
    return OddMarks(tuple(sorted(missing)), wrong)


def _without_reason(rows: Iterable[_Row], counted: Iterable[_Row]) -> list[int]:
    """Return which passages among `rows`, none of which counts, no later row speaks of; each speaks
    of one. All are of one tag and direction.
    """
    passed = [row for row in rows if row.reason != Reason.TAKEN_BACK]
    later = sorted((*rows, *counted), key=lambda row: row.sequence)
    missing: list[int] = []
    for row in reversed(passed):
        said = next((one for one in later if _may_speak_of(row, one)), None)
        if said is not None:
            later.remove(said)
        elif not _is_near_midnight(row):
            missing.append(row.sequence)
    return missing


def _may_speak_of(row: _Row, later: _Row) -> bool:
    if later.sequence <= row.sequence:
        return False
    # Nothing but these may come hours after what they speak of.
    if later.reason in {Reason.TAKEN_BACK, Reason.HAND_CHECKED}:
        return True
    return abs(later.seen_at_ms - row.seen_at_ms) <= SAME_VISIT_MS


def _is_near_midnight(row: _Row) -> bool:
    return _DAY_MS - row.seen_at_ms % _DAY_MS <= _BEFORE_MIDNIGHT_MS


def mend_marks(connection: sqlite3.Connection) -> int:
    """Let every row count that must, and no other, and return how many did not agree; StationFault.

    Whoever passed is known again; how many are inside stays as it is counted.
    """
    odd = odd_marks(connection)
    if odd.missing or odd.wrong:
        with transaction(connection, "marks not mended"):
            for counts, places in ((1, odd.missing), (0, odd.wrong)):
                connection.executemany(
                    "UPDATE passages SET counts = ? WHERE sequence = ?",
                    [(counts, place) for place in places],
                )
    return len(odd.missing) + len(odd.wrong)


def runs(places: Iterable[int]) -> list[tuple[int, int]]:
    """Return ascending places as (first, last) of each stretch without a gap."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
