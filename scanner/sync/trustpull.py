"""Pull of the trust repository, over the web or from a folder (formats.md 5).

The timestamp first: if it is the one held, that was all. Otherwise root after root, timestamp,
snapshot, targets, delegated roles, and the target files that changed. What happens in each failure:
the set held stays in force; a root that was accepted on the way is kept, since it may have taken a
stolen key away; a delegated role that fails is left out and named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from keys.clock import ClockReading, confirm, reset_bound, trusted_now
from keys.errors import UntrustedData
from keys.trustlist import TrustList
from keys.trustmeta import MAX_BYTES, ROOT, TARGETS, TIMESTAMP
from keys.trustset import TrustSet, Wanted
from keys.trustupdate import TrustUpdate
from scanner.errors import IssuerTrouble, NotPublished
from scanner.record.cache import StatusCache
from scanner.sync.fetch import Fetcher

FOLDER: Final = "trust/"
TIMESTAMP_PATH: Final = FOLDER + "timestamp.json"
# A station that slept for years finds a few roots; an endless row of them is an attack.
ROOTS_MAX: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPulled:
    """What a pull brought. changed: `held` is not the set of before. left_out: delegated role and
    why its old files stay.
    """

    held: TrustSet
    changed: bool
    left_out: tuple[tuple[str, str], ...] = ()


def pull_trust(
    fetcher: Fetcher, cache: StatusCache, *, home: str, reading: ClockReading
) -> tuple[TrustList, TrustPulled]:
    """Bring the trust set of `cache` up to date; return its trust list, and what came.

    home: the station's own issuer, whose timestamp moves the clock. UntrustedData, ScannerError:
    the beliefs did not change.
    """
    held = cache.trust_file.read_or_begin()

    def take_root(newer: TrustSet) -> int:
        if newer.epoch != held.epoch:
            # Before the switch: cut in between, the same root is still new and resets once more.
            cache.keep_clock(reset_bound(cache.clock(), bound_s=0))
        cache.trust_file.keep(newer)
        return trusted_now(cache.clock(), reading).now_s

    now_s = trusted_now(cache.clock(), reading).now_s
    pulled = fetch_trust_set(fetcher, held, now_s, take_root=take_root)
    trust = pulled.held.trust_list()
    if not pulled.changed:
        return trust, pulled
    _check_home(trust, home, pulled.held.epoch)
    if pulled.held.iat is not None and pulled.held.timestamp is not None:
        # Before the switch, for the same reason: the same timestamp confirms again.
        exp = pulled.held.timestamp.expires_at
        cache.keep_clock(confirm(cache.clock(), iat=pulled.held.iat, exp=exp, reading=reading))
    cache.trust_file.keep(pulled.held)
    return trust, pulled


def _check_home(trust: TrustList, home: str, epoch: int) -> None:
    entry = trust.issuers.get(home)
    if entry is None:
        raise UntrustedData(code="home_issuer_missing")
    # The targets' keys alone may not begin a new epoch, which would forget every version.
    if entry.epoch != epoch:
        raise UntrustedData(f"epoch {entry.epoch}, the root says {epoch}", code="wrong_epoch")


def fetch_trust_set(
    fetcher: Fetcher,
    held: TrustSet,
    now_s: int | None,
    *,
    take_root: Callable[[TrustSet], int | None],
) -> TrustPulled:
    """Return what the repository brings over `held`. now_s: trusted time, None where there is none
    to judge by. take_root: told of every set that differs in its root alone; returns the time after
    that.
    """
    raw = fetcher.fetch(TIMESTAMP_PATH, MAX_BYTES[TIMESTAMP])
    if held.timestamp is not None and raw == held.timestamp.raw:
        return TrustPulled(held=held, changed=False)
    update = TrustUpdate(held, now_s)
    for _ in range(ROOTS_MAX):
        if not _add_next_root(fetcher, update):
            break
        update.now = take_root(update.held)
    if not update.add_timestamp(raw):
        return TrustPulled(held=update.held, changed=False)
    update.add_snapshot(_get(fetcher, update, update.wanted_snapshot()))
    update.add_targets(_get(fetcher, update, update.wanted_targets()))
    _add_files(fetcher, update, TARGETS)
    for wanted in update.wanted_roles():
        _add_role(fetcher, update, wanted)
    new = update.finish()
    return TrustPulled(held=new, changed=True, left_out=tuple(sorted(update.left_out.items())))


def _add_next_root(fetcher: Fetcher, update: TrustUpdate) -> bool:
    try:
        raw = fetcher.fetch(FOLDER + update.next_root_path(), MAX_BYTES[ROOT])
    except NotPublished:
        return False
    update.add_root(raw)
    return True


def _get(fetcher: Fetcher, update: TrustUpdate, wanted: Wanted) -> bytes:
    held = update.at_hand(wanted)
    return fetcher.fetch(FOLDER + wanted.path, wanted.length) if held is None else held


def _add_files(fetcher: Fetcher, update: TrustUpdate, role: str) -> None:
    for wanted in update.wanted_files(role):
        update.add_file(wanted, _get(fetcher, update, wanted))


def _add_role(fetcher: Fetcher, update: TrustUpdate, wanted: Wanted) -> None:
    try:
        update.add_role(wanted.name, _get(fetcher, update, wanted))
        _add_files(fetcher, update, wanted.name)
    except UntrustedData as error:
        update.leave_out(wanted.name, error.code)
    except IssuerTrouble as trouble:
        # One neighbour's missing file is its own matter; a server that asks for patience is not.
        if trouble.retry_after_s is not None:
            raise
        update.leave_out(wanted.name, trouble.code)
