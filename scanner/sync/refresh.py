"""Pull: trust list -> manifest -> pack, each taken only if it is newer and signed; then the gate
believes it.

What happens in each failure: nothing changes, the old beliefs go on to be used and age. A
contradiction (two manifests of one version) is kept as evidence and told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from keys.clock import ClockReading, confirm, reset_bound, trusted_now
from keys.errors import UntrustedData
from keys.manifest import MANIFEST_MAX_BYTES, Manifest, check_newer, open_manifest
from keys.statuspack import apply_pack
from keys.trustlist import TRUST_LIST_MAX_BYTES, TrustList, keyring_of, open_trust_list
from scanner.decide.judge import Beliefs, Universe
from scanner.record.cache import HeldStatus, StatusCache, status_keys
from scanner.sync.fetch import Fetcher

_EMPTY: Final = np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What one pull brought: versions now in force, and whether anything changed."""

    trust_version: int
    manifest_version: int
    changed: bool
    fetched_bytes: int


class _Counting:
    """A fetcher that adds up what it fetched."""

    def __init__(self, inner: Fetcher) -> None:
        self._inner = inner
        self.total = 0

    def fetch(self, path: str, max_bytes: int) -> bytes:
        raw = self._inner.fetch(path, max_bytes)
        self.total += len(raw)
        return raw


def beliefs_from(cache: StatusCache, home: str) -> Beliefs:
    """Return what the files of `cache` allow the station to believe now; empty beliefs admit
    nobody.
    """
    held = cache.trust()
    if held is None:
        return Beliefs(None, {})
    trust = held[0]
    universes = {}
    for issuer in trust.issuers:
        status = cache.status(issuer, trust)
        if status is not None:
            universes[issuer] = _universe(status)
    return Beliefs(keyring_of(trust), universes, _status_maps(trust, home))


def _universe(held: HeldStatus) -> Universe:
    return Universe(held.packed, held.manifest.iat, held.manifest.version)


def _status_maps(trust: TrustList, home: str) -> dict[str, dict[int, int]]:
    return {
        name: dict(entry.status_map)
        for name, entry in trust.issuers.items()
        if entry.status_map is not None and name != home
    }


def pull_once(
    fetcher: Fetcher, cache: StatusCache, *, home: str, root: bytes, reading: ClockReading
) -> PullReport:
    """Bring trust and status up to date with one manifest and one pack. UntrustedData or
    ScannerError: nothing changed.

    home: the station's own issuer; only its manifest moves the clock. reading: the machine's clocks
    now.
    """
    counting = _Counting(fetcher)
    trust, trust_changed = _pull_trust(counting, cache, home=home, root=root)
    version, status_changed = _pull_status(counting, cache, home, trust, reading)
    return PullReport(
        trust_version=trust.version,
        manifest_version=version,
        changed=trust_changed or status_changed,
        fetched_bytes=counting.total,
    )


def _pull_trust(
    fetcher: Fetcher, cache: StatusCache, *, home: str, root: bytes
) -> tuple[TrustList, bool]:
    raw = fetcher.fetch("trust/list", TRUST_LIST_MAX_BYTES)
    new = open_trust_list(raw, root)
    held = cache.trust()
    if held is not None:
        old, old_raw = held
        if raw == old_raw:
            return old, False
        # A list older than the one held is a rollback even if its signature is good: keep the
        # newer.
        if new.version < old.version:
            raise UntrustedData(code="trust_rollback")
        if new.version == old.version:
            cache.keep_evidence("trust", raw)
            raise UntrustedData(code="trust_fork")
        if (
            home in old.issuers
            and home in new.issuers
            and new.issuers[home].epoch != old.issuers[home].epoch
        ):
            cache.keep_clock(reset_bound(cache.clock(), bound_s=0))
    if home not in new.issuers:
        raise UntrustedData(code="home_issuer_missing")
    cache.keep_trust(raw)
    return new, True


def _pull_status(
    fetcher: Fetcher, cache: StatusCache, home: str, trust: TrustList, reading: ClockReading
) -> tuple[int, bool]:
    raw = fetcher.fetch("manifest", MANIFEST_MAX_BYTES)
    new = open_manifest(raw, status_keys(trust, home))
    held = cache.status(home, trust)
    now_s = trusted_now(cache.clock(), reading).now_s
    try:
        newer = check_newer(
            new,
            raw,
            held=held.manifest if held else None,
            held_raw=held.raw if held else None,
            epoch=trust.issuers[home].epoch,
            now=now_s,
        )
    except UntrustedData as error:
        if error.code == "fork":
            cache.keep_evidence("manifest", raw)
        raise
    if not newer:
        return new.version, False
    packed = _fetch_state(fetcher, new, held)
    cache.keep_status(home, HeldStatus(manifest=new, raw=raw, packed=packed))
    cache.keep_clock(confirm(cache.clock(), iat=new.iat, reading=reading))
    return new.version, True


def _fetch_state(fetcher: Fetcher, new: Manifest, held: HeldStatus | None) -> bytes:
    """Return the packed array of `new`: by the delta from what is held, by the snapshot where that
    fails.
    """
    same_epoch = held is not None and held.manifest.epoch == new.epoch
    first, size = new.pack_from(held.manifest.version if held is not None and same_epoch else 0)
    if held is not None and same_epoch and held.manifest.state == new.state:
        return held.packed  # only the date is new: nothing to fetch
    if first:
        old = np.frombuffer(held.packed if held else b"", np.uint8)
        try:
            return _apply(fetcher, new, first, size, old)
        except UntrustedData:
            # A delta that does not lead where the manifest says is not believed; the snapshot may.
            first, size = new.pack_from(0)
    return _apply(fetcher, new, first, size, _EMPTY)


def _apply(fetcher: Fetcher, new: Manifest, first: int, size: int, old: np.ndarray) -> bytes:
    pack = fetcher.fetch(f"packs/{first}-{new.version}", size)
    return apply_pack(old, pack, n_to=new.n, state=new.state, max_bytes=size).tobytes()
