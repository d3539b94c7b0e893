"""The repository on disk: decided by one rename, checked before it is published."""

from __future__ import annotations

import os

from issuer.errors import Code
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.rotation import renew
from issuer.trust.actions.signers import Media
from issuer.trustfiles import READY, read_trust
from tests.issuer.rigs import TestClock
from tests.issuer.trust.rigs import BY, refused


def test_a_change_cut_after_its_decision_is_finished(office: Office, media: Media) -> None:
    trust = office.folder.trust
    before = {path: path.read_bytes() for path in trust.rglob("*") if path.is_file()}
    renew(office, media=media, by=BY)
    after = read_trust(trust)
    ready = trust / READY
    ready.mkdir()
    for path in list(trust.rglob("*")):
        inside = path.relative_to(trust)
        if path.is_file() and before.get(path) != path.read_bytes() and READY not in inside.parts:
            (ready / inside).parent.mkdir(parents=True, exist_ok=True)
            path.rename(ready / inside)
    for path, raw in before.items():
        path.write_bytes(raw)
    assert read_trust(trust).root.version == after.root.version
    publish(office)
    assert not ready.exists()
    assert read_trust(trust).root.version == after.root.version


def test_a_damaged_repository_is_a_fault_and_is_not_published(office: Office) -> None:
    path = next(office.folder.trust.rglob("*.trust-list"))
    path.write_bytes(b"x")
    assert refused(office.trust_list) is Code.TRUST_DAMAGED
    path.unlink()
    assert refused(office.trust_list) is Code.TRUST_DAMAGED
    (office.folder.trust / "timestamp.json").unlink()
    (office.folder.trust / "timestamp.json").mkdir()
    assert refused(office.trust_list) is Code.TRUST_DAMAGED


def test_what_nothing_names_any_more_is_taken_away_after_a_day(
    office: Office, media: Media, clock: TestClock
) -> None:
    renew(office, media=media, by=BY)
    old = [
        top / "trust" / "1.targets.json" if top.name == "published" else top / "1.targets.json"
        for top in (office.folder.published, office.folder.trust)
    ]
    assert all(path.exists() for path in old)
    for path in old:
        os.utime(path, (0, 0))
    publish(office)
    assert not any(path.exists() for path in old)
