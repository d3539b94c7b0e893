"""What a gate fetches after an outage: one manifest and one pack, beside the standard lists of the
same state.

14 million codes, 1 % not green (70 % yellow, 30 % red), 5,000 changes an hour that keep that share.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

import deflate
import numpy as np
from numpy.typing import NDArray

from benchmarks.keys_packs import entropy_bytes
from benchmarks.measuring import table, verdict
from issuer.tokens.rules.publishing import versions_with_delta
from keys.claims import LIST_ENTRIES
from keys.ed25519 import SigningKey
from keys.manifest import Manifest, seal_manifest
from keys.statusarray import Packed, counts_of, state_of
from keys.statuslist import LIST_BYTES
from keys.statuspack import encode_pack

HOUR_S: Final = 3600
LISTS: Final = 14
CHANGES_AN_HOUR: Final = 5000
NOT_GREEN: Final = 0.01
OUTAGES_H: Final = (1, 24, 5 * 24, 30 * 24)
SIGNATURE_AND_HEADER: Final = 120
GOAL: Final = 0.75


def _packed(entries: NDArray[np.uint8]) -> Packed:
    quads = entries.reshape(-1, 4)
    packed: Packed = quads[:, 0].copy()
    for place in range(1, 4):
        packed |= quads[:, place] << np.uint8(2 * place)
    return packed


def _start(rng: np.random.Generator) -> NDArray[np.uint8]:
    entries = np.zeros(LISTS * LIST_ENTRIES, np.uint8)
    places = rng.choice(len(entries), int(len(entries) * NOT_GREEN), replace=False)
    entries[places] = np.where(rng.random(len(places)) < 0.7, 2, 3)
    return entries


def _hour(entries: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Let one hour pass: half the changes turn green entries yellow or red, half turn them back."""
    half = CHANGES_AN_HOUR // 2
    back = rng.choice(np.flatnonzero(entries), half, replace=False)
    fresh = rng.choice(len(entries), half, replace=False)
    entries[fresh] = np.where(rng.random(half) < 0.7, 2, 3)
    entries[back] = 0


def main() -> None:
    """Print bytes fetched after each outage and their ratio to the standard lists."""
    rng = np.random.default_rng(11)
    entries = _start(rng)
    longest = max(OUTAGES_H)
    held: dict[int, Packed] = {}
    for hour in range(longest):
        if longest - hour in OUTAGES_H:
            held[longest - hour] = _packed(entries)
        _hour(entries, rng)
    new = _packed(entries)
    lists = _lists_bytes(new, lambda raw: deflate.zlib_compress(raw, 12))
    usual = _lists_bytes(new, lambda raw: zlib.compress(raw, 9))
    past = [(hour + 1, hour * HOUR_S) for hour in range(longest)]
    deltas = set(versions_with_delta(past, now=longest * HOUR_S))
    snapshot = len(encode_pack(np.zeros(0, np.uint8), new))
    manifest = _manifest_bytes(longest + 1, new, len(deltas) + 1)
    rows = []
    for hours in OUTAGES_H:
        delta = longest + 1 - hours in deltas
        pack = len(encode_pack(held[hours], new)) if delta else snapshot
        total = manifest + pack
        kind = "delta" if delta else "snapshot"
        ratio = total / lists
        cells = (f"{hours} h", f"{total:,}", "manifest, " + kind, f"{total / usual:.2f}")
        rows.append((*cells, f"{ratio:.2f}", verdict(ratio, GOAL)))
    head = ("offline for", "bytes", "files", "x lists, zlib 9", "x lists, strongest", "goal")
    table("Fetched after an outage", head, rows)
    limit = entropy_bytes(*counts_of(new))
    print(f"  {LISTS} standard lists: {lists:,} bytes as we publish them (the strongest zlib),")
    print(f"  {usual:,} by zlib 9; a manifest: {manifest:,}. The entropy of the statuses alone is")
    print(f"  {limit:,.0f} bytes, {limit / lists:.2f}x: no snapshot can be shorter.")


def _lists_bytes(new: Packed, squeeze: Callable[[bytes], bytes | bytearray]) -> int:
    parts = [new[n * LIST_BYTES : (n + 1) * LIST_BYTES].tobytes() for n in range(LISTS)]
    return sum(len(squeeze(part)) + SIGNATURE_AND_HEADER for part in parts)


def _manifest_bytes(version: int, new: Packed, packs: int) -> int:
    manifest = Manifest(
        version=version,
        epoch=1,
        n=len(new) * 4,
        state=state_of(new),
        previous=bytes(range(32)),
        packs=tuple((0 if n == 0 else version - packs + n, 100_000 + n) for n in range(packs)),
        iat=1_795_000_000,
        exp=1_795_600_000,
    )
    return len(seal_manifest(SigningKey(bytes(32)), 2, manifest))


if __name__ == "__main__":
    main()
