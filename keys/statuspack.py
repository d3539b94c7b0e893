"""Status packs: one state of an issuer's universe turned into another, at the entropy limit
(formats.md 3).

    0x01 | varint n_from | varint n_to | mask (2 bytes, little-endian) | one run for every bit set
    run = varint k | b (1 byte) | lows: ceil(k*b/8) bytes | unary part

An entry is named by its rank inside the class of its old status (keys.statusarray); the gaps
between ranks are Rice-coded.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from keys.encoding import varint_decode, varint_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.statusarray import Packed, Places, StatusClass, class_of, places_of, ranks_of, state_of

VERSION: Final = 1
ENTRIES_MAX: Final = 1 << 32
UNTOLD_ENTRIES_MAX: Final = 1 << 26
B_MAX: Final = 24
_CHUNK: Final = 1 << 16


def _extended(packed: Packed, entries: int) -> Packed:
    if len(packed) * 4 == entries:
        return packed
    return np.concatenate((packed, np.zeros(entries // 4 - len(packed), np.uint8)))


# --- writing


def encode_pack(old: Packed, new: Packed) -> bytes:
    """Return the pack that turns `old` into `new` (both packed; `new` not shorter). The shortest
    Rice parameters.
    """
    if len(new) < len(old):
        raise ValueError("a universe never shrinks")
    before = _extended(old, len(new) * 4)
    places, pairs = _changes(before, new)
    mask = 0
    runs: list[bytes] = []
    for status in range(4):
        group: StatusClass | None = None
        for to in range(4):
            chosen = places[pairs == status * 4 + to]
            if not len(chosen):
                continue
            group = group or class_of(before, status)
            mask |= 1 << status * 4 + to
            runs.append(_encode_run(ranks_of(chosen, group)))
    head = (
        bytes([VERSION])
        + varint_encode(len(old) * 4)
        + varint_encode(len(new) * 4)
        + mask.to_bytes(2, "little")
    )
    return head + b"".join(runs)


def _changes(old: Packed, new: Packed) -> tuple[Places, NDArray[np.uint8]]:
    """Return (entries that differ, ascending; 4 * old status + new status of each)."""
    at = np.flatnonzero(old != new)
    before, after = old[at], new[at]
    shifts = np.arange(0, 8, 2, dtype=np.uint8)
    pairs = (before[:, None] >> shifts & 3) * 4 + (after[:, None] >> shifts & 3)
    places = at[:, None] * 4 + np.arange(4)
    differs = pairs // 4 != pairs % 4
    return places[differs], pairs[differs]


def _encode_run(ranks: Places) -> bytes:
    gaps = np.diff(ranks, prepend=-1) - 1
    count = len(gaps)
    sizes = [
        (count * b + 7) // 8 + (int((gaps >> b).sum()) + count + 7) // 8 for b in range(B_MAX + 1)
    ]
    b = sizes.index(min(sizes))
    lows = np.packbits(
        (gaps[:, None] >> np.arange(b) & 1).astype(np.uint8).ravel(), bitorder="little"
    )
    ones = np.cumsum((gaps >> b) + 1) - 1
    unary = np.zeros(int(ones[-1]) + 1, np.uint8)
    unary[ones] = 1
    return (
        varint_encode(count)
        + bytes([b])
        + lows.tobytes()
        + np.packbits(unary, bitorder="little").tobytes()
    )


# --- reading


class _Run(NamedTuple):
    status: int
    to: int
    ranks: Places


def apply_pack(
    old: Packed, pack: bytes, *, n_to: int, state: bytes | None = None, max_bytes: int | None = None
) -> Packed:
    """Return the new packed array; `old` is never changed. n_to: entries that the manifest names.
    state: its SHA-256.

    Any deviation from the one form, or another resulting state: UntrustedData, codes
    `malformed_pack`, `pack_too_long`, `pack_wrong_base`, `pack_wrong_size`, `pack_wrong_state`.
    Nothing is allocated before the sizes are checked.
    """
    if max_bytes is not None and len(pack) > max_bytes:
        raise UntrustedData(code="pack_too_long")
    try:
        mask, at = _read_header(old, pack, n_to)
        new = _apply_runs(old, pack, n_to, mask, at)
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_pack") from None
    if state is not None and state_of(new) != state:
        raise UntrustedData(code="pack_wrong_state")
    return new


def said_size(pack: bytes) -> int:
    """Return n_to as the pack itself says it, at most 2^26 entries: for a reader that no manifest
    told.

    Larger ones need the size from outside, so that a few bytes never ask for a gigabyte.
    """
    try:
        _, at = varint_decode(pack, 1)
        said_to, _ = varint_decode(pack, at)
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_pack") from None
    if said_to > UNTOLD_ENTRIES_MAX:
        raise UntrustedData("give the number of entries", code="pack_wrong_size")
    return said_to


def _read_header(old: Packed, pack: bytes, n_to: int) -> tuple[int, int]:
    if pack[:1] != bytes([VERSION]):
        raise MalformedBytes("unknown version")
    said_from, at = varint_decode(pack, 1)
    said_to, at = varint_decode(pack, at)
    if said_from != len(old) * 4:
        raise UntrustedData(code="pack_wrong_base")
    if said_to != n_to or n_to < said_from or n_to % 4 or n_to > ENTRIES_MAX:
        raise UntrustedData(code="pack_wrong_size")
    mask = int.from_bytes(pack[at : at + 2], "little")
    if len(pack) < at + 2 or mask & 0b1000_0100_0010_0001:
        raise MalformedBytes("mask")
    return mask, at + 2


def _apply_runs(old: Packed, pack: bytes, n_to: int, mask: int, at: int) -> Packed:
    before = _extended(old, n_to)
    changes: list[tuple[int, Places]] = []
    for status in range(4):
        if not mask >> 4 * status & 15:
            continue
        group = _class_of(before, status, len(old))
        named: list[Places] = []
        for to in range(4):
            if mask >> status * 4 + to & 1:
                ranks, at = _read_run(pack, at, group.total)
                changes.append((status ^ to, places_of(ranks, group, n_to)))
                named.append(ranks)
        _check_distinct(named)
        del group  # half as large as the array: not beside the new one
    if at != len(pack):
        raise MalformedBytes("trailing bytes")
    # Every place is known before the first entry changes, and an array just made is nobody else's.
    new = before.copy() if before is old else before
    for flip, places in changes:
        flips = np.left_shift(flip, 2 * (places & 3)).astype(np.uint8)
        np.bitwise_xor.at(new, places >> 2, flips)
    return new


def _class_of(before: Packed, status: int, held_bytes: int) -> StatusClass:
    if held_bytes:
        return class_of(before, status)
    # From nothing: every entry is green, which need not be counted.
    nothing = class_of(before[:0], status)
    return nothing._replace(total=0 if status else len(before) * 4)


def _check_distinct(named: list[Places]) -> None:
    if len(named) > 1:
        together = np.sort(np.concatenate(named), kind="stable")
        if (together[1:] == together[:-1]).any():
            raise MalformedBytes("an entry named by two runs")


def _read_run(pack: bytes, at: int, total: int) -> tuple[Places, int]:
    """Return (ascending ranks, next position) of the run at `at` in a class of `total` entries."""
    count, at = varint_decode(pack, at)
    if at >= len(pack):
        raise MalformedBytes("cut run")
    b, at = pack[at], at + 1
    if not 1 <= count <= total or b > B_MAX:
        raise MalformedBytes("k or b out of range")
    if count * b + count > 8 * (len(pack) - at):
        raise MalformedBytes("run beyond the file")
    size = (count * b + 7) // 8
    gaps = _read_lows(pack[at : at + size], count, b)
    highs, at = _read_unary(pack, at + size, count)
    # The unary bits bound the sum of all highs by 8 * len(pack) < 2^36, so these sums stay below
    # 2^61.
    gaps += highs << b
    gaps += 1
    ranks = np.cumsum(gaps, out=gaps)
    ranks -= 1
    if ranks[-1] >= total:
        raise MalformedBytes("rank beyond the class")
    return ranks, at


def _read_lows(raw: bytes, count: int, b: int) -> Places:
    if count * b % 8 and raw[-1] >> count * b % 8:
        raise MalformedBytes("padding set in lows")
    if b == 0:
        return np.zeros(count, np.int64)
    # Each value lies inside the 4 bytes that begin at its first byte: 7 + 24 bits at most.
    padded = np.frombuffer(raw + bytes(4), np.uint8)
    windows = np.lib.stride_tricks.as_strided(padded, (len(raw) + 1, 4), (1, 1))
    out = np.empty(count, np.int64)
    for first in range(0, count, _CHUNK):
        bits = np.arange(first, min(first + _CHUNK, count), dtype=np.int64) * b
        values = windows[bits >> 3].view("<u4")[:, 0].astype(np.int64)
        out[first : first + _CHUNK] = values >> (bits & 7) & (1 << b) - 1
    return out


def _read_unary(pack: bytes, at: int, count: int) -> tuple[Places, int]:
    """Return (count numbers of zeros before each 1, next position)."""
    rest = np.frombuffer(pack, np.uint8, offset=at)
    ones = np.cumsum(np.bitwise_count(rest), dtype=np.int64)
    last = int(np.searchsorted(ones, count))
    if last == len(rest) or ones[last] != count:
        raise MalformedBytes("unary part cut, or padding set in it")
    bits = np.unpackbits(rest[: last + 1], bitorder="little").view(np.bool_)  # 4x as fast to search
    places = np.flatnonzero(bits)
    return np.diff(places, prepend=-1) - 1, at + last + 1
