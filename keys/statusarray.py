"""Packed arrays of statuses: states, counts, and the way from a rank inside a class to a place and
back.

An array holds 4 entries of 2 bits a byte, entry i in byte i div 4 at bit 2 * (i mod 4): the byte
order of the Token Status List. Everything is done on 64-bit words of 32 entries, so that 14 million
entries cost milliseconds and no unpacked copy is ever made.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Packed = NDArray[np.uint8]
Words = NDArray[np.uint64]
Places = NDArray[np.int64]
Ends = NDArray[np.integer[Any]]

_WORD_ENTRIES: Final = 32
_CHUNK_WORDS: Final = 1 << 14  # 128 kB: what is made of a chunk stays in the processor's cache
_SELECTED: Final = 1 << 14  # ranks at a time: ten arrays of that many stand beside the result
_LOW_BITS: Final = np.uint64(0x5555555555555555)


def state_of(packed: Packed) -> bytes:
    """Return the `state` of a packed array: its SHA-256."""
    return hashlib.sha256(packed.data).digest()


def counts_of(packed: Packed) -> list[int]:
    """Return how many entries have status 0, 1, 2 and 3."""
    words = words_of(packed)
    counts = [int(np.bitwise_count(members(words, status)).sum()) for status in range(4)]
    counts[0] -= len(words) * _WORD_ENTRIES - len(packed) * 4
    return counts


def words_of(packed: Packed) -> Words:
    """Return the array as little-endian words, padded with entries of status 0 at the end where
    needed.
    """
    if len(packed) % 8:
        packed = np.concatenate((packed, np.zeros(-len(packed) % 8, np.uint8)))
    return packed.view("<u8")


def members(words: Words, status: int) -> Words:
    """Return words whose low bit of each pair is set where the entry has `status`."""
    differs = words ^ (_LOW_BITS * np.uint64(status))
    differs |= differs >> np.uint64(1)
    np.bitwise_not(differs, out=differs)
    differs &= _LOW_BITS
    return differs


class StatusClass(NamedTuple):
    """Every entry of one status in an array: how many stand before each word's end, and in all.

    The array itself is kept, not which of its entries are members: those of the few words that are
    asked for are found again, which is cheaper than the memory.
    """

    words: Words
    status: int
    ends: Ends
    total: int


def class_of(packed: Packed, status: int) -> StatusClass:
    """Return the class of `status` in `packed`, which must not change while the class is used."""
    words = words_of(packed)
    counts = np.empty(len(words), np.uint8)
    for first in range(0, len(words), _CHUNK_WORDS):
        chunk = slice(first, first + _CHUNK_WORDS)
        np.bitwise_count(members(words[chunk], status), out=counts[chunk])
    # Four bytes a word wherever no sum can be larger: this is as long as the array itself.
    few = len(words) * _WORD_ENTRIES < 1 << 32
    ends: Ends = np.cumsum(counts, dtype=np.uint32 if few else np.int64)
    padding = len(words) * _WORD_ENTRIES - len(packed) * 4 if status == 0 else 0
    return StatusClass(words, status, ends, int(ends[-1]) - padding if len(ends) else 0)


def places_of(ranks: Places, group: StatusClass, entries: int) -> Places:
    """Return the entry numbers of ascending `ranks` in a class of at least that many entries."""
    if group.total == entries:
        return ranks  # everything has this status (a snapshot from nothing): rank and place are one
    places = np.empty(len(ranks), np.int64)
    for first in range(0, len(ranks), _SELECTED):
        part = ranks[first : first + _SELECTED]
        # In the type of the sums: another one would have them all copied.
        at = np.searchsorted(group.ends, part.astype(group.ends.dtype), side="right")
        mine = members(group.words[at], group.status)
        # How many members to skip inside the word: at most 31.
        skip = part - group.ends[at] + np.bitwise_count(mine)
        places[first : first + _SELECTED] = at * _WORD_ENTRIES + _select(mine, skip)
    return places


def _select(members: Words, skip: Places) -> Places:
    """Return for each word the entry (0..31) of its member number `skip`: a binary search by
    population count.
    """
    place = np.zeros(len(members), np.int64)
    left = skip.copy()
    for half in (16, 8, 4, 2, 1):
        below = members >> (2 * place).astype(np.uint64) & np.uint64((1 << 2 * half) - 1)
        count = np.bitwise_count(below)
        beyond = left >= count
        place += np.where(beyond, half, 0)
        left -= np.where(beyond, count, 0)
    return place


def ranks_of(places: Places, group: StatusClass) -> Places:
    """Return the rank of each entry of `places` (ascending, all of the class) inside its class."""
    words, inside = places // _WORD_ENTRIES, places % _WORD_ENTRIES
    mine = members(group.words[words], group.status)
    below = mine & ((np.uint64(1) << (2 * inside).astype(np.uint64)) - np.uint64(1))
    before = group.ends[words].astype(np.int64) - np.bitwise_count(mine)
    return before + np.bitwise_count(below)
