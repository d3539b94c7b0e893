"""A pass is withdrawn while the gate has no network: admitted until the next sync, refused after
it.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.journeys.programs import Issuer, call, enrol, run, scan, show

pytestmark = pytest.mark.usefixtures("uncounted")


def test_a_pass_withdrawn_while_offline_is_caught_after_one_sync(
    issuer: Issuer, tmp_path: Path
) -> None:
    # Minted well before the list that the station holds, so that the list speaks (formats.md 7).
    minted = issuer.mint(issued_at=int(time.time()) - 7200, hours=24)
    issuer.publish()
    station = tmp_path / "gate"
    enrol(issuer, station)
    issuer.kill()

    issuer.set_status(minted["pass"], "withdrawn", "lost")
    issuer.publish()
    before = scan(station, show(tmp_path / "before", [minted["dense"]]))
    assert [(line["verdict"], line["reason"]) for line in before] == [("admit", "green")]
    assert run("scanner", station, "sync").returncode == 1

    issuer.start()
    report = call("scanner", station, "sync")
    assert report["pull"]["changed"]
    assert report["waiting"] == 0
    after = scan(station, show(tmp_path / "after", [minted["dense"]]))
    assert [(line["verdict"], line["reason"]) for line in after] == [("refuse", "withdrawn")]
