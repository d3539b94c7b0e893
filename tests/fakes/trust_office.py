"""The office of tests/fakes/office.py whose trust list is a target of a trust repository, as the
real one's is.
"""

from __future__ import annotations

import hashlib
from typing import Any

from keys.manifest import Manifest
from keys.sealing import encode_passage_key, passage_key_path, passage_public
from keys.trustmeta import TARGETS
from keys.trustrepo import RoleKeys, sign_root
from tests.fakes.office import Office
from tests.keys.trustmakers import DAY, NEIGHBOUR, ROOTS, STATIONS, Repository, top_roles

# What opens the bodies that stations of this office seal.
PASSAGE_SECRET = hashlib.sha256(b"passage key of tests").digest()


class TrustOffice(Office):
    """As Office, with `repository` to bend. Every publication signs the timestamp anew."""

    repository: Repository

    def publish_trust(self) -> bytes:
        """Publish the trust list as it is; return the timestamp that leads to it."""
        if not hasattr(self, "repository"):
            raw = self._root(1, top_roles())
            self.repository = Repository(roots=[raw])
            sealed_to = encode_passage_key(passage_public(PASSAGE_SECRET))
            self.repository.contents[TARGETS][passage_key_path()] = sealed_to
            # What the formats' own tests have there is no policy; a gate goes by the plain one.
            del self.repository.contents[STATIONS]["policies/gate"]
        self.repository.now_s = self.now_s
        self.repository.with_trust_list(self.trust)
        first = not self.repository.roles
        self.repository.publish(sign=(TARGETS, STATIONS, NEIGHBOUR) if first else (TARGETS,))
        return self.show_trust()

    def show_trust(self) -> bytes:
        """Put the repository's files where stations look."""
        for path, raw in self.repository.files.items():
            self.published[f"trust/{path}"] = raw
        self.root = self.repository.roots[-1]
        self.published["trust/root"] = self.root
        return self.repository.timestamp

    def publish(self, *, deltas_from: list[int] | None = None, **changes: Any) -> Manifest:
        """Publish the next manifest, and a timestamp of the same moment."""
        self.repository.now_s = self.now_s
        self.repository.stamp()
        self.show_trust()
        return super().publish(deltas_from=deltas_from, **changes)

    def rotate(self, **roles: RoleKeys) -> None:
        """Publish a root with other keys for these roles, and everything signed anew."""
        self.repository.now_s = self.now_s
        self.repository.roots.append(self._root(len(self.repository.roots) + 1, top_roles(**roles)))
        self.repository.publish()
        self.show_trust()

    def change_epoch(self) -> None:
        """Begin the next epoch: root, trust list and manifests, whose versions begin anew."""
        self.epoch += 1
        self.version, self.manifest_raw, self.states = 0, b"", {}
        self.repository.roots.append(self._root(len(self.repository.roots) + 1, top_roles()))
        self.change_trust(issuers={self.name: self.entry()})

    def _root(self, version: int, roles: dict[str, RoleKeys]) -> bytes:
        expires = self.now_s + 365 * DAY
        return sign_root(version, roles, epoch=self.epoch, expires=expires, signers=ROOTS)
