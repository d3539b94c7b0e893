"""What happens to each row of a batch: stored, known already, in conflict, or set aside - and what
its station showed.

A passage that happened is a fact: a row is refused only where it cannot be read or its id is taken
by another; anything else is stored, and marked.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.batches import Batch, SetAside
from keys.passages import FIRST_HASH, PassageRow, encode_row, row_hash

CONFLICT: Final = "conflict"
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Mark(StrEnum):
    """What is odd about a stored row, or about the station that sent it."""

    WITHDRAWN_STATION = "withdrawn_station"
    REVOKED_KEY = "revoked_key"
    BROKEN_CHAIN = "broken_chain"
    FORK = "fork"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """A row that is stored. digest: SHA-256 of its encoding."""

    passage_id: bytes
    sequence: int
    hash: bytes
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row to store, with its digest and its marks."""

    row: PassageRow
    digest: bytes
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """A batch taken apart. stored: ids to confirm, new or known, in order. evidence: why the batch
    itself is kept.
    """

    new: tuple[NewRow, ...]
    stored: tuple[bytes, ...]
    set_aside: tuple[SetAside, ...]
    evidence: tuple[str, ...]


def row_digest(row: PassageRow) -> bytes:
    """Return the SHA-256 of a row's encoding: two rows are the same only if all their bytes are."""
    return hashlib.sha256(encode_row(row)).digest()


def sort_rows(
    batch: Batch,
    *,
    by_id: Mapping[bytes, KnownRow],
    by_sequence: Mapping[int, Sequence[KnownRow]],
    station_marks: Sequence[Mark],
) -> Sorted:
    """Return what to do with every row.

    by_id: stored rows of this station with ids of the batch. by_sequence: stored rows of this
    station from the place before the first to the last. station_marks: what is odd about the
    station or its key now.
    """
    seen = dict(by_id)
    new: list[NewRow] = []
    stored: list[bytes] = []
    aside = list(batch.set_aside)
    found: set[str] = set()
    first_odd = _first_odd(batch, by_sequence)
    for row, is_broken in zip(batch.rows, _broken(batch), strict=True):
        digest = row_digest(row)
        passage_id = row.passage.passage_id
        known = seen.get(passage_id)
        if known is not None and known.digest != digest:
            aside.append(SetAside(sequence=row.sequence, passage_id=passage_id, code=CONFLICT))
            found.add(CONFLICT)
            continue
        stored.append(passage_id)
        if known is not None:
            continue
        odd = _oddities(row, by_sequence, is_broken=is_broken)
        if row.sequence == batch.first_sequence and first_odd is not None:
            odd.append(first_odd)
        found.update(mark.value for mark in odd)
        marks = tuple(dict.fromkeys([*station_marks, *odd]))
        new.append(NewRow(row=row, digest=digest, marks=marks))
        seen[passage_id] = KnownRow(
            passage_id=passage_id, sequence=row.sequence, hash=row.hash, digest=digest
        )
    return Sorted(
        new=tuple(new),
        stored=tuple(dict.fromkeys(stored)),
        set_aside=tuple(aside),
        evidence=tuple(sorted(found)),
    )


def _first_odd(batch: Batch, by_sequence: Mapping[int, Sequence[KnownRow]]) -> Mark | None:
    """Return GAP or FORK where the batch does not continue what is stored, None where it does."""
    before = by_sequence.get(batch.first_sequence - 1, ())
    if batch.first_sequence == 1:
        return None if batch.previous_hash == FIRST_HASH else Mark.FORK
    if not before:
        return Mark.GAP
    return None if any(known.hash == batch.previous_hash for known in before) else Mark.FORK


def _oddities(
    row: PassageRow, by_sequence: Mapping[int, Sequence[KnownRow]], *, is_broken: bool
) -> list[Mark]:
    odd = [Mark.BROKEN_CHAIN] if is_broken else []
    if any(known.hash != row.hash for known in by_sequence.get(row.sequence, ())):
        odd.append(Mark.FORK)
    return odd


def _broken(batch: Batch) -> list[bool]:
    """Return for each readable row whether its hash or place does not follow from the row before.

    After a row that could not be read the hash before is not known: the next row is believed, and
    those after follow.
    """
    unread = {item.sequence for item in batch.set_aside}
    place, previous, is_sure = batch.first_sequence, batch.previous_hash, True
    out: list[bool] = []
    for row in batch.rows:
        while place in unread:
            place, is_sure = place + 1, False
        fits = row.sequence == place
        if fits and is_sure:
            fits = row.hash == row_hash(batch.station, row.sequence, previous, row.passage)
        out.append(not fits)
        place, previous, is_sure = place + 1, row.hash, True
    return out


def shown_text(text: str) -> str:
    """Return what a body says, without the characters that could break a line, a page or a database
    (NUL).
    """
    return "".join(
        "\ufffd" if unicodedata.category(character) in _HIDDEN else character for character in text
    )
