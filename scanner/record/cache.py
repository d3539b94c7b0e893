"""What the station believes, on disk: trust list, manifests, states and the clock's lower bound.

A state file is named by its hash and written before the manifest that names it; the manifest's
rename is the switch. A crash at any byte leaves the old pair or the new one. On loading only
signature, epoch and state are checked: an accepted manifest stays in force, its age is graded by
policy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from keys.claims import TIME_END
from keys.clock import ClockState
from keys.errors import UntrustedData
from keys.manifest import MANIFEST_MAX_BYTES, Manifest, open_manifest
from keys.trustlist import (
    TRUST_LIST_MAX_BYTES,
    Keyring,
    Purpose,
    TrustList,
    keyring_of,
    open_trust_list,
)
from scanner.errors import StationFault
from scanner.record.files import TOO_LARGE, read_whole, sha256_of, write_whole
from scanner.record.trustfile import TrustFile, is_repository_root

STATE_MAX_BYTES: Final = 1 << 30
_SMALL: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStatus:
    """A manifest in force, its bytes, and the packed array whose SHA-256 it names."""

    manifest: Manifest
    raw: bytes
    packed: bytes | memoryview


class StatusCache:
    """The believed files of one data folder. root: as pinned at enrolment, the first file of the
    trust repository (or the public key that signs the trust list).
    """

    def __init__(self, folder: Path, root: bytes) -> None:
        self._folder = folder
        self._root = root
        self.trust_file = TrustFile(folder, root)
        # By issuer: the state that was read or kept last, by its hash.
        self._loaded: dict[str, tuple[bytes, bytes | memoryview]] = {}

    @property
    def folder(self) -> Path:
        """The data folder that these files are in."""
        return self._folder

    def trust(self) -> tuple[TrustList, bytes] | None:
        """Return the trust list held and its bytes, None before the first or if the file is
        damaged.
        """
        if is_repository_root(self._root):
            return self._trust_of_set()
        raw = _held(self._folder / "trust" / "list", TRUST_LIST_MAX_BYTES)
        if raw is None:
            return None
        try:
            return open_trust_list(raw, self._root), raw
        except UntrustedData:
            return None

    def _trust_of_set(self) -> tuple[TrustList, bytes] | None:
        held = self.trust_file.read()
        if held is None or not held.files:
            return None
        return held.trust_list(), held.files["trust-list"]

    def keyring(self) -> Keyring | None:
        """Return the keys to judge passes with, None before the first trust list."""
        if is_repository_root(self._root):
            held = self.trust_file.read()
            return None if held is None or not held.files else held.keyring()
        found = self.trust()
        return None if found is None else keyring_of(found[0])

    def trust_made_at_s(self) -> int | None:
        """Return when the timestamp of the trust repository in force was made, None where there is
        none.
        """
        held = self.trust_file.read() if is_repository_root(self._root) else None
        return None if held is None else held.iat

    def keep_trust(self, raw: bytes) -> None:
        """Keep the bytes of a trust list that was checked to be newer."""
        write_whole(self._folder / "trust" / "list", raw)

    def manifest(self, issuer: str, trust: TrustList) -> tuple[Manifest, bytes] | None:
        """Return the manifest of `issuer` that was accepted last and its bytes, whether or not its
        state is still there: nothing older is ever taken.
        """
        raw = _held(self._folder / "status" / issuer / "manifest", MANIFEST_MAX_BYTES)
        if raw is None:
            return None
        try:
            return open_manifest(raw, status_keys(trust, issuer)), raw
        except UntrustedData:
            return None

    def status(self, issuer: str, trust: TrustList) -> HeldStatus | None:
        """Return the manifest and state of `issuer` in force, None if there are none or they are
        damaged.
        """
        held = self.manifest(issuer, trust)
        entry = trust.issuers.get(issuer)
        if held is None or entry is None:
            return None
        manifest, raw = held
        packed = self._state(issuer, manifest.state)
        if packed is None or manifest.epoch != entry.epoch or len(packed) * 4 != manifest.n:
            return None
        return HeldStatus(manifest=manifest, raw=raw, packed=packed)

    def _state(self, issuer: str, state: bytes) -> bytes | memoryview | None:
        """Return the packed array whose SHA-256 is `state`, None if the disk has no such one.

        A flipped bit on the disk must not turn a red pass green. What is in memory already is not
        loaded beside itself (14 million codes are 3.5 MB), but the disk is looked at all the same:
        the next start will need it.
        """
        path = self._folder / "status" / issuer / _state_name(state)
        known = self._loaded.get(issuer)
        if known is not None and known[0] == state:
            return known[1] if sha256_of(path) == state else None
        packed = _held(path, STATE_MAX_BYTES)
        if packed is None or hashlib.sha256(packed).digest() != state:
            return None
        self._loaded[issuer] = (state, packed)
        return packed

    def keep_status(self, issuer: str, held: HeldStatus) -> None:
        """Keep a verified state and the manifest that names it; older states are removed
        afterwards.
        """
        folder = self._folder / "status" / issuer
        name = _state_name(held.manifest.state)
        write_whole(folder / name, held.packed)
        write_whole(folder / "manifest", held.raw)
        self._loaded[issuer] = (held.manifest.state, held.packed)
        for old in (*folder.glob("state-*"), *folder.glob(".state-*.part")):
            if old.name != name:
                old.unlink(missing_ok=True)

    def keep_evidence(self, name: str, raw: bytes) -> None:
        """Keep bytes that contradict what is held (two manifests of one version): for the office to
        look at.
        """
        digest = hashlib.sha256(raw).hexdigest()[:16]
        write_whole(self._folder / "evidence" / f"{name}-{digest}", raw)

    def clock(self) -> ClockState:
        """Return the clock's state; damaged or none yet: the empty one, with which nothing is
        silently green.
        """
        raw = _held(self._folder / "clock.json", _SMALL)
        if raw is None:
            return ClockState()
        try:
            state = ClockState(**json.loads(raw))
        except (ValueError, TypeError, RecursionError):
            return ClockState()
        return state if _is_clock(state) else ClockState()

    def keep_clock(self, state: ClockState) -> None:
        """Keep the clock's state."""
        write_whole(self._folder / "clock.json", json.dumps(asdict(state)).encode())


def status_keys(
    trust: TrustList, issuer: str, now: int | None = None
) -> Callable[[bytes], tuple[bytes, ...]]:
    """Return the lookup from a kid to the public keys of `issuer` that may sign its lists and
    manifests; now: only those in force at this second.
    """
    return issuer_keys(trust, issuer, Purpose.STATUS, now)


def issuer_keys(
    trust: TrustList, issuer: str, purpose: Purpose, now: int | None = None
) -> Callable[[bytes], tuple[bytes, ...]]:
    """Return the lookup from a kid (2 bytes) to the keys of `issuer` for `purpose`; another length
    has none.
    """

    def keys_of(kid: bytes) -> tuple[bytes, ...]:
        number = int.from_bytes(kid, "big")
        return trust.keys_for(issuer, purpose, number, now) if len(kid) == 2 else ()

    return keys_of


def _held(path: Path, max_bytes: int) -> bytes | None:
    """Return the bytes of a file of ours, None if there is none or it grew beyond what we write:
    the next pull replaces it.
    """
    try:
        return read_whole(path, max_bytes)
    except StationFault as fault:
        if fault.code != TOO_LARGE:
            raise
        return None


def _is_clock(state: ClockState) -> bool:
    # JSON knows NaN, Infinity and true; with any of them the arithmetic of time would fail or lie.
    wall_s = state.confirmed_wall_s
    seconds = (state.bound_s, 0 if wall_s is None else wall_s, state.confirmed_boot_s)
    return (
        type(state.bound_s) is int
        and type(state.confirmed_boot_id) is str
        and all(type(value) in {int, float} and 0 <= value < TIME_END for value in seconds)
    )


def _state_name(state: bytes) -> str:
    return f"state-{state.hex()}"
