"""From a minted pass to the supervisor's export, with everything real between."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.programs import Issuer, call, enrol, lines, run, scan, show

PAYMENT = "https://pay.example/qr/8f2c11"


def test_what_the_gate_judged_is_what_the_supervisor_reads(issuer: Issuer, tmp_path: Path) -> None:
    paper = issuer.mint("LI WEI", kind="paper", hours=30 * 24)
    green, yellow, red, lost, old = issuer.mint_batch(
        (
            {"name": "王*明", "id_tail": "104X"},
            {"name": "李*", "status": "yellow"},
            {"name": "张*华"},
            {"name": "陈*"},
            {"name": "赵*", "hours": 24, "issued_at": 1_700_000_000},
        )
    )
    issuer.set_status(red["pass"], "red", "risk_area")
    issuer.set_status(lost["pass"], "withdrawn", "lost")
    issuer.publish()
    station = tmp_path / "gate"
    enrol(issuer, station)

    texts = [green["dense"], paper["full"], yellow["dense"], red["dense"], PAYMENT]
    shown = scan(station, show(tmp_path / "frames", [*texts, lost["full"], old["dense"]]))

    answers = {line["pass"]: (line["verdict"], line["reason"]) for line in shown}
    assert answers == {
        green["pass"]: ("admit", "green"),
        paper["pass"]: ("admit", "green"),
        yellow["pass"]: ("hand_check", "yellow"),
        red["pass"]: ("refuse", "red"),
        lost["pass"]: ("refuse", "withdrawn"),
        old["pass"]: ("refuse", "expired"),
    }
    assert call("scanner", station, "sync")["waiting"] == 0
    logged = lines("scanner", station, "log")
    exported = issuer.export()
    assert [row["passage_id"] for row in logged] == [line["passage_id"] for line in shown]
    assert sorted(row["passage_id"] for row in exported) == sorted(
        row["passage_id"] for row in logged
    )
    told = {row["pass"]: (row["verdict"], row["reason"]) for row in exported}
    assert told == answers
    assert {row["state"] for row in logged} == {"delivered"}


def test_a_pass_of_another_office_is_refused(issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    forged = Issuer.made(tmp_path / "elsewhere").mint()
    station = tmp_path / "gate"
    enrol(issuer, station)
    shown = scan(station, show(tmp_path / "frames", [forged["dense"], forged["full"]]))
    assert [(line["verdict"], line["reason"]) for line in shown] == [
        ("refuse", "bad_signature"),
        ("refuse", "bad_signature"),
    ]


def test_a_person_who_shows_both_carriers_is_counted_once(issuer: Issuer, tmp_path: Path) -> None:
    minted = issuer.mint()
    station = tmp_path / "gate"
    enrol(issuer, station)
    frames = show(tmp_path / "frames", [minted["dense"], minted["full"], minted["dense"]])
    assert [line["counted"] for line in scan(station, frames)][:2] == [True, False]
    assert len(lines("scanner", station, "log")) == 1


def test_rows_of_a_withdrawn_station_are_taken_and_marked(issuer: Issuer, tmp_path: Path) -> None:
    station = tmp_path / "gate"
    enrol(issuer, station)
    call("issuer", issuer.data, "station", "withdraw", "north")
    scan(station, show(tmp_path / "frames", [issuer.mint()["dense"]]))
    # What happened is a fact: it is taken, and marked.
    assert call("scanner", station, "sync")["waiting"] == 0
    assert [bool(row["marks"]) for row in issuer.export()] == [True]


def test_serve_refuses_while_a_root_key_is_in_reach(issuer: Issuer) -> None:
    issuer.kill()
    root = next(issuer.offline.glob("*.key"))
    (issuer.data / "forgotten.txt").write_bytes(root.read_bytes())
    done = run("issuer", issuer.data, "serve", "--port", str(issuer.port))
    assert done.returncode != 0
    assert "root_key_in_reach" in done.stderr
