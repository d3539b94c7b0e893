"""The passage log: rows that never change, each at its place in the station's chain, and which of
them wait for sync.

`append` returns only after the row is on disk. A row leaves the waiting table when a signed receipt
names it or says why it cannot be taken; the row itself stays.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from sqlite_utils import Database

from keys.ed25519 import SigningKey
from keys.errors import MalformedBytes
from keys.passages import FIRST_HASH, Passage, PassageRow, encode_row, row_hash
from scanner.errors import StationFault
from scanner.record import counting, heads
from scanner.record.counting import TagFacts
from scanner.record.database import DATABASE_ERRORS, fault_code, transaction
from scanner.record.rows import EMPTIED, LoggedPassage, ask, insert_row, read_row
from scanner.record.undecided import undecided

_OLDEST_WAITING: Final = (
    "SELECT w.sequence, p.* FROM"
    " (SELECT sequence FROM waiting WHERE sequence > ? ORDER BY sequence LIMIT ?) w"
    " LEFT JOIN logged p ON p.sequence = w.sequence ORDER BY w.sequence"
)
_STATES: Final = (
    "SELECT p.*, w.sequence IS NOT NULL, s.code FROM logged p"
    " LEFT JOIN waiting w ON w.sequence = p.sequence"
    " LEFT JOIN set_aside s ON s.sequence = p.sequence ORDER BY p.sequence"
)
# Where the chain goes on, and how many are inside: by the newest row, or as counted behind it.
_LAST: Final = (
    "SELECT p.sequence, p.hash,"
    " CASE WHEN c.sequence >= coalesce(p.sequence, 0) THEN c.inside ELSE p.inside END FROM place c"
    " LEFT JOIN (SELECT sequence, hash, inside FROM passages ORDER BY sequence DESC LIMIT 1) p"
)
_SET_INSIDE: Final = (
    "UPDATE place SET inside = ?, sequence = (SELECT coalesce(max(sequence), 0) FROM passages)"
)


class WaitingRow(NamedTuple):
    """One row ready for a batch: its place, its id (16 bytes) and its encoded bytes."""

    sequence: int
    passage_id: bytes
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRows:
    """The oldest waiting rows, encoded for a batch. `unreadable`: sequence numbers of damaged rows
    met on the way.
    """

    first_sequence: int
    previous_hash: bytes
    rows: tuple[WaitingRow, ...]
    unreadable: tuple[int, ...]


class PassageLog:
    """The log of one station, for one thread. station: its name, part of every row's hash.

    seal: what closes a body before it is stored (keys.sealing); None where there is no passage key
    yet: bodies then stand in clear until there is one (scanner.record.resealing). sign: what signs
    the head that each row makes (keys.heads.row_signer); None for whoever only reads or marks.
    behind: the place and the hash that the first row of this file goes on from. newest: place
    and hash of the last row appended here and how many were inside then, None before the first.
    """

    def __init__(
        self,
        database: Database,
        station: str,
        seal: Callable[[bytes], bytes] | None = None,
        sign: Callable[[int, bytes, int], bytes] | None = None,
        behind: tuple[int, bytes] = (0, FIRST_HASH),
    ) -> None:
        self._connection: sqlite3.Connection = database.conn
        self._behind = behind
        self.newest: tuple[int, bytes, int] | None = None
        self._station = station
        self._seal = seal
        self._sign = sign

    def append(self, passage: Passage, *, in_place_of: bytes | None = None) -> PassageRow:
        """Store `passage`, whose body is a plain one, at the end of the chain and return its row as
        stored (body sealed); on disk when this returns. StationFault.

        In the same transaction the count of those inside moves, and the row whose place this one
        takes (in_place_of, or see scanner.record.counting.replaced) counts no longer.
        """
        connection = self._connection
        people = counting.people_of(passage)
        stored = passage
        if self._seal is not None:
            stored = replace(passage, body=self._seal(passage.body))
        with transaction(connection, "passage not stored"):
            last, previous, inside = connection.execute(_LAST).fetchone()
            sequence = (last or self._behind[0]) + 1
            chained = row_hash(self._station, sequence, previous or self._behind[1], stored)
            row = PassageRow(sequence=sequence, passage=stored, hash=chained)
            inside = max(0, inside - counting.replaced(connection, passage, in_place_of))
            people = max(people, -inside)
            insert_row(
                connection,
                row,
                signature=self._signature(row),
                counts=counting.is_counted(passage),
                people=people,
                inside=inside + people,
            )
            connection.execute("INSERT INTO waiting VALUES (?)", (sequence,))
        self.newest = (sequence, chained, inside + people)
        return row

    def _signature(self, row: PassageRow) -> bytes | None:
        if self._sign is None:
            return None
        return self._sign(row.sequence, row.hash, row.passage.seen_at_ms // 1000)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """What holds the file open, also after somebody removed it."""
        return self._connection

    def tag_facts(self, tags: Sequence[bytes], *, now_ms: int, midnight_ms: int) -> TagFacts:
        """Return what the log knows of the person behind `tags` (scanner.record.counting)."""
        return counting.tag_facts(self._connection, tags, now_ms=now_ms, midnight_ms=midnight_ms)

    def is_empty(self) -> bool:
        """Return whether no row stands in this file. StationFault."""
        return not ask(self._connection, "SELECT 1 FROM passages LIMIT 1")

    def last_place(self) -> int:
        """Return the place of the newest row; of the one that the log goes on from if it is empty.
        StationFault.
        """
        newest = ask(self._connection, "SELECT max(sequence) FROM passages")[0][0]
        return int(newest or self._behind[0])

    def hash_at(self, place: int) -> bytes | None:
        """Return the hash of the row at a place, None if no row stands there. StationFault."""
        found = ask(self._connection, "SELECT hash FROM passages WHERE sequence = ?", (place,))
        return bytes(found[0][0]) if found else None

    def inside(self) -> int:
        """Return how many people are inside by this station's rows."""
        return int(ask(self._connection, _LAST)[0][2])

    def set_inside(self, people: int) -> None:
        """Let `people` (0 or more) be inside: somebody counted them. StationFault."""
        with transaction(self._connection, "count not stored"):
            self._connection.execute(_SET_INSIDE, (max(0, people),))

    def row_of(self, passage_id: bytes) -> PassageRow | None:
        """Return the row with that id (16 bytes) as stored, None if there is none that can be
        read.
        """
        query = "SELECT * FROM logged WHERE passage_id = ?"
        for values in ask(self._connection, query, (passage_id,)):
            try:
                return read_row(values)
            except (ValueError, TypeError):
                return None
        return None

    def undecided(self, *, since_ms: int, most: int) -> tuple[PassageRow, ...]:
        """Return the hand checks that nobody has decided (scanner.record.undecided)."""
        return undecided(self._connection, since_ms=since_ms, most=most)

    def sign_head(self, key: SigningKey, *, chain: bytes, now_s: int) -> bytes | None:
        """Return the newest row's head, signed and kept: at every upload, at shutdown, every five
        minutes. None while the log is empty. StationFault.
        """
        return heads.sign_head(self._connection, self._station, key, chain=chain, now_s=now_s)

    def last_head(self) -> bytes | None:
        """Return the newest signed head that is kept, None before the first."""
        kept = heads.kept_heads(self._connection)
        return kept[-1] if kept else None

    def waiting_count(self) -> int:
        """Return how many rows no receipt has named yet."""
        return int(ask(self._connection, "SELECT count(*) FROM waiting")[0][0])

    def newest_set_aside(self, most: int) -> tuple[tuple[int, int, str], ...]:
        """Return (sequence, seen_at_ms, code) of the newest rows that the issuer could not take."""
        query = (
            "SELECT s.sequence, p.seen_at_ms, s.code FROM set_aside s"
            " JOIN passages p ON p.sequence = s.sequence ORDER BY s.sequence DESC LIMIT ?"
        )
        return tuple(
            (int(n), int(at), str(code)) for n, at, code in ask(self._connection, query, (most,))
        )

    def set_aside_count(self) -> int:
        """Return how many rows the issuer could not take, or that cannot be read here."""
        return int(ask(self._connection, "SELECT count(*) FROM set_aside")[0][0])

    def waiting_rows(self, most: int, after: int = 0) -> WaitingRows | None:
        """Return up to `most` of the oldest waiting rows behind place `after`, None if none waits.
        They are consecutive in the chain.
        """
        found = ask(self._connection, _OLDEST_WAITING, (after, most))
        if not found:
            return None
        rows: list[WaitingRow] = []
        unreadable: list[int] = []
        first = int(found[0][0])
        for place, (sequence, *values) in enumerate(found):
            if sequence != first + place:
                break  # a gap: rows delivered or set aside between; the next batch goes on there
            try:
                rows.append(WaitingRow(sequence, values[1], encode_row(read_row(values))))
            except (MalformedBytes, ValueError, TypeError):
                unreadable.append(sequence)
                break
        return WaitingRows(
            first_sequence=first,
            previous_hash=self._hash_before(first),
            rows=tuple(rows),
            unreadable=tuple(unreadable),
        )

    def _hash_before(self, sequence: int) -> bytes:
        before = self.hash_at(sequence - 1)
        if before is not None:
            return before
        return self._behind[1] if sequence == self._behind[0] + 1 else FIRST_HASH

    def mark(self, *, delivered: Iterable[int], set_aside: Iterable[tuple[int, str]]) -> None:
        """Take rows off the waiting table: those that a receipt names, and those that cannot be
        delivered.
        """
        aside = list(set_aside)
        gone = [(sequence,) for sequence in (*delivered, *(sequence for sequence, _ in aside))]
        with transaction(self._connection, "receipt not stored"):
            self._connection.executemany("DELETE FROM waiting WHERE sequence = ?", gone)
            self._connection.executemany("INSERT OR REPLACE INTO set_aside VALUES (?, ?)", aside)

    def entries(self) -> Iterator[LoggedPassage]:
        """Yield every readable row, oldest first."""
        try:
            for *values, waits, code in self._connection.execute(_STATES):
                try:
                    row = read_row(values)
                except (ValueError, TypeError):
                    continue
                state = "set_aside" if code else "waiting" if waits else "delivered"
                yield LoggedPassage(row=row, state=state, code=code, emptied=bool(values[EMPTIED]))
        except DATABASE_ERRORS as error:
            raise StationFault(f"log not readable: {error}", code=fault_code(error)) from error
