"""What happens to each row of a batch: stored, known already, in conflict, or set aside - and what
its station showed.

A passage that happened is a fact: a row is refused only where it cannot be read or its id is taken
by another; anything else is stored, and marked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.batches import Batch, SetAside
from keys.passages import FIRST_HASH, PassageRow, row_hash

CONFLICT: Final = "conflict"
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Mark(StrEnum):
    """What is odd about a stored row, or about the station that sent it."""

    WITHDRAWN_STATION = "withdrawn_station"
    REVOKED_KEY = "revoked_key"
    BROKEN_CHAIN = "broken_chain"
    FORK = "fork"
    GAP = "gap"
    SUCCESSION = "succession"
    SEALED = "sealed"
    UNREADABLE = "unreadable"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row to store, with its marks."""

    row: PassageRow
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is stored of a station that a batch must fit.

    by_id: rows with ids of the batch. hashes: by place, of the batch's own chain, from the place
    before its first row on. heads: hashes at the place before the first row, of any chain.
    begins_chain: this chain was never seen. is_second_chain: its key has begun another one.
    """

    by_id: Mapping[bytes, PassageRow]
    hashes: Mapping[int, AbstractSet[bytes]]
    heads: AbstractSet[bytes]
    begins_chain: bool
    is_second_chain: bool


def sort_rows(batch: Batch, held: Held, station_marks: Sequence[Mark]) -> Sorted:
    """Return what to do with every row. station_marks: what is odd about the station or its key."""
    seen = dict(held.by_id)
    new: list[NewRow] = []
    stored: list[bytes] = []
    aside = list(batch.set_aside)
    found: set[str] = set()
    first_odd = _first_odd(batch, held)
    for row, is_broken in zip(batch.rows, _broken(batch), strict=True):
        passage_id = row.passage.passage_id
        known = seen.get(passage_id)
        if known is not None and _is_other(known, row):
            aside.append(SetAside(sequence=row.sequence, passage_id=passage_id, code=CONFLICT))
            found.add(CONFLICT)
            continue
        stored.append(passage_id)
        if known is not None:
            continue
        odd = [Mark.BROKEN_CHAIN] if is_broken else []
        if held.hashes.get(row.sequence, {row.hash}) != {row.hash}:
            odd.append(Mark.FORK)
        begins = row.sequence == batch.first_sequence
        if first_odd is not None and begins:
            odd.append(first_odd)
        found.update(odd)
        marks = tuple(dict.fromkeys([*station_marks, *odd]))
        if begins and not odd and held.begins_chain and row.sequence > 1:
            # Nothing odd: the new box of a station says behind which row it goes on.
            marks = (*marks, Mark.SUCCESSION)
        new.append(NewRow(row=row, marks=marks))
        seen[passage_id] = row
    return Sorted(
        new=tuple(new),
        stored=tuple(dict.fromkeys(stored)),
        set_aside=tuple(aside),
        evidence=tuple(sorted(str(kind) for kind in found)),
    )


def _is_other(known: PassageRow, row: PassageRow) -> bool:
    """Return whether `row` says something else than what is stored under its id. Of a row that
    retention has emptied the hash is left, which covers everything that stood there.
    """
    return known != row if known.passage.body else known.hash != row.hash


def _first_odd(batch: Batch, held: Held) -> Mark | None:
    """Return GAP or FORK where the batch does not continue what is stored, None where it does."""
    if held.is_second_chain and held.begins_chain:
        # One enrolment, one chain: a second one could hide what the first says. It is told where it
        # begins; a station whose log was damaged goes on in one, and keeps that batch's evidence.
        return Mark.FORK
    if batch.first_sequence == 1:
        return None if batch.previous_hash == FIRST_HASH else Mark.FORK
    # A replaced box begins a new chain behind the last head of the old one.
    before = held.heads if held.begins_chain else held.hashes.get(batch.first_sequence - 1, set())
    if batch.previous_hash in before:
        return None
    return Mark.FORK if before and not held.begins_chain else Mark.GAP


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
