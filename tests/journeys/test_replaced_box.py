"""A station whose box burns: a new one takes its place, and nothing that either wrote is lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.programs import Issuer, call, enrol, lines, run, scan, show

pytestmark = pytest.mark.usefixtures("uncounted")


def verified(gate: Path) -> dict[str, Any]:
    """Return the last line of a log that holds and of which nothing is told."""
    done = run("scanner", gate, "log", "verify", "--json")
    assert done.returncode == 0, done.stdout
    [report] = lines("scanner", gate, "log", "verify")
    return report


def test_a_new_box_goes_on_where_the_burned_one_stood_and_late_rows_are_kept(
    issuer: Issuer, tmp_path: Path
) -> None:
    minted = [one["dense"] for one in issuer.mint_many(7)]
    old, new, stick = tmp_path / "old", tmp_path / "new", tmp_path / "stick"
    enrol(issuer, old)
    scan(old, show(tmp_path / "first", minted[:3]))
    assert call("scanner", old, "sync")["push"]["ok"]
    issuer.kill()  # the network is gone, and then the box is: two rows were not sent
    scan(old, show(tmp_path / "second", minted[3:5]))
    burned = Path(shutil.copytree(old, tmp_path / "burned"))
    shutil.rmtree(old)
    issuer.start()

    enrol(issuer, new)
    assert json.loads((new / "station.json").read_text())["behind"] == 3
    scan(new, show(tmp_path / "third", minted[5:]))
    assert call("scanner", new, "sync")["push"]["ok"]
    assert [line["sequence"] for line in lines("scanner", new, "log")] == [4, 5, 6]

    issuer.kill()
    # What was on the old disk is found after all, and comes on a stick beside rows of the new box.
    scan(new, show(tmp_path / "fourth", minted[:1]))
    for gate in (burned, new):
        call("scanner", gate, "log", "export", "--to", str(stick))
    call("issuer", issuer.data, "passages", "import", str(stick), "--purpose", "the old box")
    assert call("scanner", new, "sync", "--from", str(stick))["receipts"]["delivered"] == 1
    assert call("scanner", burned, "sync", "--from", str(stick))["receipts"]["delivered"] == 2

    rows = sorted(issuer.export(), key=lambda row: (row["sequence"], row["marks"]))
    told = [(row["sequence"], row["marks"]) for row in rows]
    assert told == [
        (1, []),
        (2, []),
        (3, []),
        (4, ["revoked_key"]),
        (4, ["succession"]),
        (5, []),
        (5, ["revoked_key"]),
        (6, []),
        (7, []),
    ]
    assert len({row["passage_id"] for row in rows}) == len(rows)
    [station] = call("issuer", issuer.data, "station", "list")
    assert station["flag"] == ""
    assert verified(burned)["last"] == 5
    assert (verified(new)["first"], verified(new)["behind"]) == (4, 3)
