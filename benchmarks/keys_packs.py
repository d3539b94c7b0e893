"""Status lists and packs: bytes against the entropy, reading against SHA-256 of the array, memory,
and what one hour's publication costs.

Not green: 70 % yellow, 30 % red. A universe of 1 or 14 million codes is 1 or 14 lists of 2^20.
The entropy is that of which entries have which status when only how many is known; of an hour's
changes, when the old state is known too.
"""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import in_turn, table, verdict
from keys.claims import LIST_ENTRIES
from keys.ed25519 import SigningKey
from keys.manifest import NO_PREVIOUS, Manifest, seal_manifest
from keys.statusarray import Packed, counts_of, state_of
from keys.statuslist import LIST_BYTES, open_status_list, seal_status_list
from keys.statuspack import apply_pack, encode_pack
from scanner.decide.judge import Universe

KEY: Final = SigningKey(bytes(32))
NOTHING: Final[Packed] = np.zeros(0, np.uint8)
SHARES: Final = (0.001, 0.01, 0.05)
SNAPSHOT_GOAL: Final = 1.02
LIST_GOALS: Final = dict(zip(SHARES, (1.40, 1.31, 1.23), strict=True))
DELTAS: Final = ((1, 357, 1.08), (14, 5000, 1.015))
ENVELOPE_BYTES: Final = 130
Values = NDArray[np.uint8]


def drawn(rng: np.random.Generator, count: int) -> Values:
    """Return `count` statuses that are not green."""
    return np.where(rng.random(count) < 0.7, 2, 3).astype(np.uint8)


def universe(lists: int, share: float, seed: int = 5) -> Values:
    """Return the statuses of a universe, one a byte."""
    rng = np.random.default_rng(seed)
    values = np.zeros(lists * LIST_ENTRIES, np.uint8)
    chosen = rng.choice(len(values), round(len(values) * share), replace=False)
    values[chosen] = drawn(rng, len(chosen))
    return values


def an_hour_later(values: Values, changes: int, seed: int = 6) -> Values:
    """Return the statuses after `changes` entries changed, half of them back to green."""
    rng = np.random.default_rng(seed)
    later = values.copy()
    back = rng.choice(np.flatnonzero(values), changes // 2, replace=False)
    green = np.flatnonzero(values == 0)
    fresh = rng.choice(green, changes - len(back), replace=False)
    later[back] = 0
    later[fresh] = drawn(rng, len(fresh))
    return later


def packed(values: Values) -> Packed:
    """Return statuses packed four to a byte."""
    quads = values.reshape(-1, 4) << np.arange(0, 8, 2, dtype=np.uint8)
    out: Packed = np.bitwise_or.reduce(quads, axis=1)
    return out


def entropy_bytes(*counts: int) -> float:
    """Return log2 of the ways to place so many of each kind, in bytes."""
    nats = math.lgamma(sum(counts) + 1) - sum(math.lgamma(count + 1) for count in counts)
    return nats / math.log(2) / 8


def change_entropy_bytes(old: Values, new: Values) -> float:
    """Return the entropy of `new` when `old` is known, from how many went from which to which."""
    joint = np.bincount(old.astype(np.int64) * 4 + new, minlength=16).reshape(4, 4)
    return sum(entropy_bytes(*map(int, row)) for row in joint)


def list_of(array: Packed, number: int) -> bytes:
    """Return the signed status list `number` of an array."""
    part = array[number * LIST_BYTES : (number + 1) * LIST_BYTES].tobytes()
    return seal_status_list(KEY, 2, list_number=number, packed=part, iat=1, exp=2, ttl=300)


def sizes() -> None:
    """Print bytes against the entropy."""
    rows = []
    for lists in (1, 14):
        for share in SHARES:
            values = universe(lists, share)
            array = packed(values)
            limit = entropy_bytes(*counts_of(array))
            snapshot = len(encode_pack(NOTHING, array))
            lists_bytes = sum(len(list_of(array, n)) - ENVELOPE_BYTES for n in range(lists))
            cells = (f"{lists} M codes, {share:.1%} not green", f"{limit:,.0f}", f"{snapshot:,}")
            ratios = (snapshot / limit, lists_bytes / limit)
            goals = (SNAPSHOT_GOAL, LIST_GOALS[share])
            judged = [
                cell
                for ratio, goal in zip(ratios, goals, strict=True)
                for cell in (f"{ratio:.4f}", verdict(ratio, goal))
            ]
            rows.append((*cells, *judged))
    head = ("snapshot and standard lists", "entropy", "bytes", "pack", "goal", "lists", "goal")
    table("Bytes against the entropy", head, rows)


def deltas() -> None:
    """Print an hour's changes against their conditional entropy."""
    rows = []
    for lists, changes, goal in DELTAS:
        old = universe(lists, 0.01)
        new = an_hour_later(old, changes)
        limit = change_entropy_bytes(old, new)
        size = len(encode_pack(packed(old), packed(new)))
        cells = (f"{lists} M codes, 1 %, {changes:,} changes", f"{limit:,.0f}", f"{size:,}")
        rows.append((*cells, f"{size / limit:.4f}", verdict(size / limit, goal)))
    head = ("an hour's delta", "entropy", "bytes", "ratio", "goal")
    table("Changes against their conditional entropy", head, rows)


def peak_above(call: Callable[[], Packed], array_bytes: int) -> float:
    """Return MB that a call needed at its peak beyond the array that it returns."""
    tracemalloc.start()
    try:
        call()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (peak - array_bytes) / 1e6


def reading() -> None:
    """Print reading at 14 M and 1 % against SHA-256 of the array, and memory."""
    values = universe(14, 0.01)
    later = an_hour_later(values, 5000)
    old, new = packed(values), packed(later)
    snapshot, delta = encode_pack(NOTHING, new), encode_pack(old, new)
    n, state = len(later), state_of(new)
    signed = list_of(new, 0)
    calls: dict[str, Callable[[], Packed]] = {
        "snapshot": partial(apply_pack, NOTHING, snapshot, n_to=n, state=state),
        "an hour's delta": partial(apply_pack, old, delta, n_to=n, state=state),
    }
    rounds = in_turn({"sha": partial(state_of, new), **calls}, rounds=60)
    one_list = in_turn(
        {
            "sha": partial(state_of, new[:LIST_BYTES]),
            "list": partial(
                open_status_list,
                signed,
                list_number=0,
                now=None,
                keys_of=lambda _: (KEY.public_key,),
            ),
        },
        rounds=60,
    )
    rows = []
    for (name, call), goal in zip(calls.items(), (6, 7), strict=True):
        ratio = rounds.ratio(name, "sha")
        memory = peak_above(call, len(new))
        limits = (verdict(ratio, goal), f"{memory:.1f}", verdict(memory, 20))
        rows.append((name, f"{rounds.median(name) * 1e3:.1f}", f"{ratio:.2f}", *limits))
    ratio = one_list.ratio("list", "sha")
    rows.append(
        ("one standard list", f"{one_list.median('list') * 1e3:.2f}", f"{ratio:.2f}", "", "", "")
    )
    head = ("reading, SHA-256 included", "ms", "x SHA-256", "goal", "MB above", "goal")
    table("Reading 14 M codes at 1 %", head, rows)


def lookup() -> None:
    """Print one status looked up as a gate does it, against a bare NumPy index."""
    array = packed(universe(14, 0.01))
    held = Universe(packed=array.tobytes(), made_at_s=0, version=1)
    places = np.random.default_rng(1).integers(0, len(array) * 4, 1000).tolist()

    def bare(some: Iterable[int] = places) -> None:
        for place in some:
            array[place >> 2]

    def as_a_gate(some: Iterable[int] = places) -> None:
        for place in some:
            held.packed[place >> 2] >> 2 * (place & 3) & 3

    rounds = in_turn({"bare": bare, "gate": as_a_gate}, rounds=60)
    ratio = f"{rounds.ratio('gate', 'bare'):.2f}"
    rows = [("bare NumPy index", f"{rounds.median('bare') * 1e6:.0f}", "1.00")]
    rows.append(("status of an entry", f"{rounds.median('gate') * 1e6:.0f}", ratio))
    table("Looking up a status", ("lookup", "ns each", "ratio"), rows)


def publication() -> None:
    """Print the CPU time of everything that one hour's publication makes at 14 M codes."""
    values = universe(14, 0.01)
    array = packed(values)
    olds = [packed(an_hour_later(values, min(5000 * hours, 120_000), hours)) for hours in AGES]
    parts = {
        "snapshot": lambda: encode_pack(NOTHING, array),
        f"{len(olds)} deltas": lambda: [encode_pack(old, array) for old in olds],
        "14 standard lists, strongest zlib": lambda: [list_of(array, n) for n in range(14)],
        "state and manifest": lambda: seal_manifest(KEY, 2, manifest(state_of(array))),
    }
    rounds = in_turn(parts, rounds=2)
    rows = [(name, f"{min(rounds.seconds[name]):.2f}", "") for name in parts]
    total = sum(min(rounds.seconds[name]) for name in parts)
    rows.append(("all", f"{total:.2f}", verdict(total, 6)))
    table("One hour's publication, 14 M codes at 1 %", ("made", "CPU s", "goal"), rows)


AGES: Final = (*range(1, 25), 48, 72)


def manifest(state: bytes) -> Manifest:
    """Return a manifest that names `state`."""
    packs = ((0, 150_000),)
    return Manifest(
        version=1,
        epoch=1,
        n=LIST_ENTRIES,
        state=state,
        previous=NO_PREVIOUS,
        packs=packs,
        iat=1,
        exp=2,
    )


def main() -> None:
    """Print every table."""
    sizes()
    deltas()
    reading()
    lookup()
    publication()


if __name__ == "__main__":
    main()
