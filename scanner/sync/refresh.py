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
from keys.errors import KeysError, UntrustedData
from keys.manifest import (
    MANIFEST_MAX_BYTES,
    Manifest,
    check_foreign,
    check_newer,
    open_manifest,
)
from keys.statuspack import apply_pack
from keys.trustlist import TRUST_LIST_MAX_BYTES, TrustList, open_trust_list
from scanner.decide.judge import Beliefs, Universe
from scanner.errors import IssuerTrouble, NotPublished
from scanner.record.cache import HeldStatus, StatusCache, status_keys
from scanner.record.trustfile import is_repository_root
from scanner.sync.fetch import Fetcher

_EMPTY: Final = np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What one pull brought: versions now in force, and whether anything changed.

    left_out: roles of the trust repository (neighbours) whose new files were not taken, and why.
    """

    trust_version: int
    manifest_version: int
    changed: bool
    fetched_bytes: int
    left_out: tuple[tuple[str, str], ...] = ()


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
    maps = _status_maps(trust, home)
    return Beliefs(cache.keyring(), universes, maps, cache.trust_made_at_s())


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
    if is_repository_root(root):
        return _pull_repository(counting, cache, home, reading)
    trust, trust_changed = _pull_trust(counting, cache, home=home, root=root)
    version, status_changed = _pull_status(counting, cache, home, trust, reading)
    neighbours_changed, left_out = _pull_neighbours(counting, cache, home, trust, reading)
    return PullReport(
        trust_version=trust.version,
        manifest_version=version,
        changed=trust_changed or status_changed or neighbours_changed,
        fetched_bytes=counting.total,
        left_out=left_out,
    )


def _pull_repository(
    counting: _Counting, cache: StatusCache, home: str, reading: ClockReading
) -> PullReport:
    # python-tuf takes 0.15 s to import: after the window's first paint.
    from scanner.sync.trustpull import pull_trust

    failed: KeysError | IssuerTrouble | None = None
    left_out: tuple[tuple[str, str], ...] = ()
    changed = False
    try:
        trust, pulled = pull_trust(counting, cache, home=home, reading=reading)
        changed, left_out = pulled.changed, pulled.left_out
    except (UntrustedData, IssuerTrouble) as error:
        # The trust list held stays in force, and with it the newest statuses: an office that let a
        # date pass must not close its gates. What failed is told after.
        held = cache.trust()
        if held is None:
            raise
        trust, failed = held[0], error
    version, status_changed = _pull_status(counting, cache, home, trust, reading)
    neighbours_changed, late = _pull_neighbours(counting, cache, home, trust, reading)
    if failed is not None:
        raise failed
    return PullReport(
        trust_version=trust.version,
        manifest_version=version,
        changed=changed or status_changed or neighbours_changed,
        fetched_bytes=counting.total,
        left_out=(*left_out, *late),
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


def _pull_neighbours(
    fetcher: Fetcher, cache: StatusCache, home: str, trust: TrustList, reading: ClockReading
) -> tuple[bool, tuple[tuple[str, str], ...]]:
    """Bring the universes of recognised neighbours up to date, as the home office passes them on.

    A neighbour's failure is named and touches nobody else; what was held of it goes on to age.
    """
    changed = False
    left_out: list[tuple[str, str]] = []
    for issuer in trust.issuers:
        if issuer == home:
            continue
        within = _Below(fetcher, f"issuers/{issuer}/")
        try:
            changed |= _pull_status(within, cache, issuer, trust, reading, is_home=False)[1]
        except NotPublished:
            left_out.append((issuer, NotPublished.code))
        except (UntrustedData, IssuerTrouble) as error:
            left_out.append((issuer, error.code))
    return changed, tuple(left_out)


class _Below:
    """A fetcher of one folder of another one."""

    def __init__(self, inner: Fetcher, folder: str) -> None:
        self._inner = inner
        self._folder = folder

    def fetch(self, path: str, max_bytes: int) -> bytes:
        return self._inner.fetch(self._folder + path, max_bytes)


def _pull_status(
    fetcher: Fetcher,
    cache: StatusCache,
    issuer: str,
    trust: TrustList,
    reading: ClockReading,
    *,
    is_home: bool = True,
) -> tuple[int, bool]:
    raw = fetcher.fetch("manifest", MANIFEST_MAX_BYTES)
    now_s = trusted_now(cache.clock(), reading).now_s
    new = _open_new(raw, trust, issuer, now_s)
    if not is_home:
        check_foreign(new)
    # The manifest bars a rollback even where its state was damaged; only a whole pair is built on.
    last, held = cache.manifest(issuer, trust), cache.status(issuer, trust)
    try:
        newer = check_newer(
            new,
            raw,
            held=last[0] if last else None,
            held_raw=last[1] if last else None,
            epoch=trust.issuers[issuer].epoch,
            now=now_s,
        )
    except UntrustedData as error:
        if error.code == "fork":
            cache.keep_evidence(f"manifest-{issuer}", raw)
        raise
    if not newer and held is not None:
        return new.version, False
    packed = _fetch_state(fetcher, new, held)
    if newer and is_home:
        # Before the switch: cut in between, the same manifest is still new and confirms again.
        cache.keep_clock(confirm(cache.clock(), iat=new.iat, exp=new.exp, reading=reading))
    cache.keep_status(issuer, HeldStatus(manifest=new, raw=raw, packed=packed))
    return new.version, True


def _open_new(raw: bytes, trust: TrustList, home: str, now_s: int) -> Manifest:
    """Return the manifest that a key signed which may sign now, and not only before.

    A station whose own clock stands before the manifest takes the manifest's date for now: with a
    dead battery it would otherwise never learn the time.
    """
    said_s = open_manifest(raw, status_keys(trust, home)).iat
    return open_manifest(raw, status_keys(trust, home, max(now_s, said_s)))


def _fetch_state(fetcher: Fetcher, new: Manifest, held: HeldStatus | None) -> bytes | memoryview:
    """Return the packed array of `new`: by the delta from what is held, by the snapshot where that
    fails.
    """
    same_epoch = held is not None and held.manifest.epoch == new.epoch
    first, size = new.pack_from(held.manifest.version if held is not None and same_epoch else 0)
    if held is not None and same_epoch and _same_state(held.manifest, new):
        return held.packed  # only the date is new: nothing to fetch
    if first:
        old = np.frombuffer(held.packed if held else b"", np.uint8)
        try:
            return _apply(fetcher, new, first, size, old)
        except IssuerTrouble as trouble:
            if trouble.retry_after_s is not None:
                raise
        except UntrustedData:
            # A delta that does not lead where the manifest says is not believed; the snapshot may.
            pass
        first, size = new.pack_from(0)
    return _apply(fetcher, new, first, size, _EMPTY)


def _same_state(held: Manifest, new: Manifest) -> bool:
    return (held.state, held.n) == (new.state, new.n)


def _apply(fetcher: Fetcher, new: Manifest, first: int, size: int, old: np.ndarray) -> memoryview:
    pack = fetcher.fetch(f"packs/{first}-{new.version}", size)
    packed = apply_pack(old, pack, n_to=new.n, state=new.state, max_bytes=size)
    return packed.data.toreadonly()  # not copied: there would be three of them for a moment
