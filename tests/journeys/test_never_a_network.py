"""A gate that was enrolled once and never saw a network again: everything goes by stick."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.programs import Issuer, call, enrol, lines, run, scan, show

pytestmark = pytest.mark.usefixtures("uncounted")


def carry(issuer: Issuer, gate: Path, stick: Path) -> int:
    """Take rows to the office and receipts and lists back; return how many were delivered."""
    call("scanner", gate, "log", "export", "--to", str(stick))
    call("issuer", issuer.data, "passages", "import", str(stick), "--purpose", "monthly round")
    call("issuer", issuer.data, "publish", "--to", str(stick))
    report = call("scanner", gate, "sync", "--from", str(stick))
    assert report["pull"]["ok"], report
    assert report["receipts"]["refused"] == []
    return int(report["receipts"]["delivered"])


def test_passages_and_lists_travel_by_stick_and_nothing_is_doubled(
    issuer: Issuer, tmp_path: Path
) -> None:
    minted = issuer.mint_many(4)
    gate, stick = tmp_path / "gate", tmp_path / "stick"
    enrol(issuer, gate)
    issuer.kill()  # no network from here on
    told = scan(gate, show(tmp_path / "first", [m["dense"] for m in minted]))
    assert [line["verdict"] for line in told] == ["admit"] * 4

    issuer.set_status(minted[0]["pass"], "red", "correction")
    issuer.publish()
    assert carry(issuer, gate, stick) == 4
    assert {line["state"] for line in lines("scanner", gate, "log")} == {"delivered"}

    # The list that came back on the stick is believed; what is scanned now goes the next time.
    told += scan(gate, show(tmp_path / "second", [minted[0]["dense"], minted[1]["dense"]]))
    assert [line["verdict"] for line in told[4:]] == ["refuse", "admit"]
    assert carry(issuer, gate, stick) == 2

    exported = issuer.export()
    assert [row["passage_id"] for row in exported] == [line["passage_id"] for line in told]
    assert {row["pass"] for row in exported} == {m["pass"] for m in minted}
    assert {mark for row in exported for mark in row["marks"]} == set()
    verified = run("scanner", gate, "log", "verify")
    assert verified.returncode == 0, verified.stdout
