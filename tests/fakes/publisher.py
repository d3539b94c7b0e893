"""An issuer's keys, trust list, passes and status lists, made for real; the office's half that
publishes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from keys.claims import LIST_ENTRIES, Claims, Site, Status
from keys.ed25519 import SigningKey
from keys.manifest import NO_PREVIOUS, Manifest, manifest_hash, seal_manifest
from keys.statusarray import Packed, state_of
from keys.statuspack import encode_pack
from keys.token import MintedPass, mint
from keys.trustlist import (
    IssuerEntry,
    KeyState,
    Purpose,
    TrustedKey,
    TrustList,
    seal_trust_list,
)

ISSUER = "hangzhou"
PASS_KID, STATUS_KID, STATION_KID = 258, 300, 301
DAY_S = 24 * 3600
FOREVER = 1 << 32
ZONE = 7


def signing_key(name: str) -> SigningKey:
    """Return the key that belongs to `name`: the same in every run."""
    return SigningKey(hashlib.sha256(name.encode()).digest())


class Publisher:
    """An issuer's keys and lists. `published`: path -> bytes. now_s: its time, for tests to set."""

    def __init__(self, now_s: int, *, name: str = ISSUER, seed: str = "", lists: int = 1) -> None:
        self.name = name
        self.now_s = now_s
        self.root_key = signing_key(f"{seed}{name} root")
        self.pass_key = signing_key(f"{seed}{name} pass")
        self.status_key = signing_key(f"{seed}{name} status")
        self.station_key = signing_key(f"{seed}{name} station")
        self.root = self.root_key.public_key
        self.published: dict[str, bytes] = {"trust/root": self.root}
        self.universe: Packed = np.zeros(lists * LIST_ENTRIES // 4, np.uint8)
        self.epoch = 1
        self.version = 0
        self.manifest_raw = b""
        self.states: dict[int, Packed] = {}
        self.trust = self.first_trust()
        self.publish_trust()

    # --- trust

    def first_trust(self) -> TrustList:
        """Return the trust list with one key of each purpose."""
        keys = [
            (PASS_KID, self.pass_key, Purpose.PASS),
            (STATUS_KID, self.status_key, Purpose.STATUS),
            (STATION_KID, self.station_key, Purpose.STATION),
        ]
        return TrustList(
            version=1,
            issuers={self.name: self.entry()},
            keys=tuple(self.trusted(kid, key, purpose) for kid, key, purpose in keys),
        )

    def entry(self, **changes: Any) -> IssuerEntry:
        """Return this issuer's entry of a trust list."""
        fields: dict[str, Any] = {
            "epoch": self.epoch,
            "kid_ranges": ((256, 511),),
            "status_map": None,
            "name_zh": "杭州",
            "name_en": "Hangzhou",
        }
        return IssuerEntry(**fields | changes)

    def trusted(self, kid: int, key: SigningKey, purpose: Purpose, **changes: Any) -> TrustedKey:
        """Return the trust list's entry for `key`."""
        fields: dict[str, Any] = {
            "kid": kid,
            "public_key": key.public_key,
            "issuer": self.name,
            "purpose": purpose,
            "not_before": 0,
            "not_after": FOREVER,
            "state": KeyState.LIVE,
        }
        return TrustedKey(**fields | changes)

    def change_trust(self, **changes: Any) -> bytes:
        """Publish the next version of the trust list with `changes` and return its bytes."""
        fields = {"issuers": self.trust.issuers, "keys": self.trust.keys}
        version = changes.pop("version", self.trust.version + 1)
        self.trust = TrustList(version=version, **{**fields, **changes})
        return self.publish_trust()

    def publish_trust(self) -> bytes:
        """Publish the trust list as it is and return its bytes."""
        raw = seal_trust_list(self.root_key, self.trust)
        self.published["trust/list"] = raw
        return raw

    # --- passes and statuses

    def claims(self, index: int = 1, **changes: Any) -> Claims:
        """Return the claims of a resident's phone pass, minted an hour before now."""
        iat = (self.now_s - 3600) // 60 * 60
        claims = Claims(PASS_KID, 0, 0, iat, iat + 72 * 3600, 0, index, "王*明", "123X")
        return claims._replace(**changes)

    def site(self, **changes: Any) -> Site:
        """Return a site that holds at every hour in the stations' zone, for one person."""
        return Site((self.now_s - 3600) // 60 * 60, ZONE, 0, 0, 1)._replace(**changes)

    def mint(self, index: int = 1, key: SigningKey | None = None, **changes: Any) -> MintedPass:
        """Return a minted pass, signed by another `key` where one is given."""
        return mint(key or self.pass_key, self.claims(index, **changes))

    def set_status(self, place: int, status: Status) -> None:
        """Set one entry of the universe; it counts from the next `publish` on."""
        self.universe[place >> 2] &= 0xFF ^ 3 << 2 * (place & 3)
        self.universe[place >> 2] |= status << 2 * (place & 3)

    def grow(self) -> None:
        """Add one list of entries that are all green."""
        self.universe = np.concatenate((self.universe, np.zeros(LIST_ENTRIES // 4, np.uint8)))

    def publish(self, *, deltas_from: list[int] | None = None, **changes: Any) -> Manifest:
        """Publish the next manifest and its packs; `changes` bend the manifest before it is signed.

        deltas_from: versions that deltas start at; the last three unless told.
        """
        self.version += 1
        new = self.universe.copy()
        version = changes.pop("version", self.version)
        froms = sorted(self.states)[-3:] if deltas_from is None else deltas_from
        packs = {0: encode_pack(np.zeros(0, np.uint8), new)}
        packs |= {first: encode_pack(self.states[first], new) for first in froms}
        fields: dict[str, Any] = {
            "version": version,
            "epoch": self.epoch,
            "n": len(new) * 4,
            "state": state_of(new),
            "previous": manifest_hash(self.manifest_raw) if version > 1 else NO_PREVIOUS,
            "packs": tuple((first, len(pack)) for first, pack in sorted(packs.items())),
            "iat": self.now_s,
            "exp": self.now_s + DAY_S,
        }
        manifest = Manifest(**fields | changes)
        self.version = version
        self.manifest_raw = seal_manifest(self.status_key, STATUS_KID, manifest)
        self.states[self.version] = new
        self.published["manifest"] = self.manifest_raw
        for path in [path for path in self.published if path.startswith("packs/")]:
            del self.published[path]
        for first, pack in packs.items():
            self.published[f"packs/{first}-{self.version}"] = pack
        return manifest

    def write_folder(self, folder: Path) -> None:
        """Write everything published as files below `folder`."""
        for path, raw in self.published.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(raw)
