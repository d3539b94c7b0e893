"""The manifest: which state of an issuer's universe is the newest (formats.md 4), and when a reader
may take one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from keys.claims import LIST_ENTRIES, LISTS_MAX, TIME_END
from keys.ed25519 import SigningKey
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from keys.shapes import is_bytes, is_count, need

MANIFEST_TYP: Final = "application/kakou-manifest+cwt"
MANIFEST_MAX_BYTES: Final = 8192
PACKS_MAX: Final = 64
NO_PREVIOUS: Final = bytes(32)
PACK_MAX_BYTES: Final = 1 << 30
# 33 million passes, 8 MiB: a neighbour that signs itself a universe of a gigabyte must not be the
# end of every gate that recognises it.
FOREIGN_ENTRIES_MAX: Final = 32 * LIST_ENTRIES
_MANIFEST_CLAIM: Final = -65541


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One version of an issuer's universe.

    n: entries, a multiple of 2^20. state: SHA-256 of the packed array. previous: SHA-256 of the
    manifest before. packs: (from version, bytes) of what can be fetched as packs/<from>-<version>,
    ascending; from 0 is the snapshot.
    """

    version: int
    epoch: int
    n: int
    state: bytes
    previous: bytes
    packs: tuple[tuple[int, int], ...]
    iat: int
    exp: int

    def pack_from(self, held: int) -> tuple[int, int]:
        """Return (from version, bytes) of the pack for a reader that holds version `held`: its
        delta or the snapshot.
        """
        sizes = dict(self.packs)
        return (held, sizes[held]) if held in sizes else (0, sizes[0])


def manifest_hash(raw: bytes) -> bytes:
    """Return the SHA-256 that the next manifest names as `previous`."""
    return hashlib.sha256(raw).digest()


def seal_manifest(key: SigningKey, kid: int, manifest: Manifest) -> bytes:
    """Return the signed manifest; `key` has purpose `status`."""
    fields = [manifest.version, manifest.epoch, manifest.n, manifest.state, manifest.previous]
    payload = {
        4: manifest.exp,
        6: manifest.iat,
        _MANIFEST_CLAIM: [*fields, [list(pair) for pair in manifest.packs]],
    }
    return seal_envelope(
        key, kid=kid.to_bytes(2, "big"), typ=MANIFEST_TYP, payload=cbor_encode(payload)
    )


def open_manifest(raw: bytes, keys_of: Callable[[bytes], Iterable[bytes]]) -> Manifest:
    """Return the manifest after its signature and shape stand; else UntrustedData. Acceptance is
    `check_newer`'s.
    """
    payload, _ = open_envelope(raw, typ=MANIFEST_TYP, max_bytes=MANIFEST_MAX_BYTES, keys_of=keys_of)
    try:
        value = cbor_decode(payload, max_bytes=MANIFEST_MAX_BYTES)
        need(type(value) is dict and set(value) == {4, 6, _MANIFEST_CLAIM}, "not a manifest")
        need(is_count(value[4]) and is_count(value[6]) and value[6] < value[4] < TIME_END, "time")
        fields = value[_MANIFEST_CLAIM]
        need(type(fields) is list and len(fields) == 6, "not a manifest")
        version, epoch, n, state, previous, packs = fields
        need(is_count(version) and version >= 1 and is_count(epoch), "version")
        need(is_count(n) and n % LIST_ENTRIES == 0 and 1 <= n // LIST_ENTRIES <= LISTS_MAX, "n")
        need(is_bytes(state, 32) and is_bytes(previous, 32), "hash")
        need(version > 1 or previous == NO_PREVIOUS, "previous")
        need(
            type(packs) is list
            and 1 <= len(packs) <= PACKS_MAX
            and all(_is_pack(p, version) for p in packs),
            "packs",
        )
        froms = [pack[0] for pack in packs]
        need(
            froms[0] == 0 and all(a < b for a, b in pairwise(froms)),
            "order of packs",
        )
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_manifest") from None
    return Manifest(
        version=version,
        epoch=epoch,
        n=n,
        state=state,
        previous=previous,
        packs=tuple((first, size) for first, size in packs),
        iat=value[6],
        exp=value[4],
    )


def _is_pack(pack: object, version: int) -> bool:
    if type(pack) is not list or len(pack) != 2 or not all(is_count(number) for number in pack):
        return False
    return bool(pack[0] < version and 1 <= pack[1] <= PACK_MAX_BYTES)


def check_foreign(manifest: Manifest) -> None:
    """Return if a neighbour's universe is of a size that other offices' gates hold; else
    UntrustedData `universe_too_large`.
    """
    if manifest.n > FOREIGN_ENTRIES_MAX:
        raise UntrustedData(code="universe_too_large")


def check_newer(
    new: Manifest,
    raw: bytes,
    *,
    held: Manifest | None,
    held_raw: bytes | None,
    epoch: int,
    now: int,
) -> bool:
    """Return True if `new` must replace `held`, False if it is the one held; else UntrustedData
    with its code.

    now: trusted unix seconds, judged once, at acceptance: an accepted manifest never vanishes
    because exp passed. `wrong_epoch`, `rollback`, `fork` (equal version, other bytes: keep both as
    evidence), `broken_chain`, `expired`, `shrunk`.
    """
    if new.epoch != epoch:
        raise UntrustedData(code="wrong_epoch")
    if held is not None and held_raw is not None and held.epoch == new.epoch:
        if new.version == held.version:
            if raw != held_raw:
                raise UntrustedData(code="fork")
            return False
        # A list older than the one held is a rollback even if its signature is good: keep the
        # newer.
        if new.version < held.version:
            raise UntrustedData(code="rollback")
        if new.version == held.version + 1 and new.previous != manifest_hash(held_raw):
            raise UntrustedData(code="broken_chain")
        if new.n < held.n:
            raise UntrustedData(code="shrunk")
    if now >= new.exp:
        raise UntrustedData(code="expired_manifest")
    return True
