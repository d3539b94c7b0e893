"""What must hold when the demo ends, each with what was seen; and the table of who was judged how
and why.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from demo.people import Expected, Person

READ_AT_LEAST: Final = 38
JUDGED_OFFLINE_AT_LEAST: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold: what, whether it did, and the figure behind it."""

    what: str
    held: bool
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything the demo saw. log: the station's rows. exported: the supervisor's rows. shown: ids
    of verdicts shown.

    hints: quiet hints shown, None where a window showed them. offline_s: when the cut began and
    ended (unix seconds). bytes_while_cut: what went through the network then. stored_while_cut:
    rows that reached the office then.
    """

    people: list[Person]
    expected: dict[str, Expected]
    log: list[dict[str, Any]]
    exported: list[dict[str, Any]]
    shown: list[str] | None
    hints: int | None
    offline_s: tuple[float, float]
    bytes_while_cut: int
    stored_while_cut: int
    still_waiting: int


def unix_s(text: str) -> float:
    """Return unix seconds of an ISO time."""
    return datetime.fromisoformat(text).timestamp()


def check_all(seen: Seen) -> list[Check]:
    """Return every check in the order of the story."""
    return [
        _read(seen),
        _nothing_wrong(seen),
        _offline(seen),
        _cable_was_cut(seen),
        _shown_is_stored(seen),
        _delivered_once(seen),
        _nothing_waits(seen),
    ]


def _forged_rows(seen: Seen) -> list[dict[str, Any]]:
    return [row for row in seen.log if row["reason"] == "bad_signature"]


def _read(seen: Seen) -> Check:
    logged = {row["pass"] for row in seen.log}
    genuine = sum(1 for person in seen.people if person.pass_ in logged and person.pass_)
    forged = sum(1 for person in seen.people if person.story == "forged")
    hints = 1 if seen.hints is None else min(seen.hints, 1)
    read = genuine + min(forged, len(_forged_rows(seen))) + hints
    return Check(
        what=f"at least {READ_AT_LEAST} of {len(seen.people)} people were read",
        held=read >= READ_AT_LEAST,
        seen=str(read),
    )


def wrong_rows(seen: Seen) -> list[dict[str, Any]]:
    """Return the rows whose verdict or reason is not what the office's records ask for."""
    wrong = []
    for row in seen.log:
        asked = seen.expected.get(row["pass"] or "")
        right = asked.answer_at(unix_s(row["seen_at"])) if asked else ("refuse", "bad_signature")
        if (row["verdict"], row["reason"]) != right:
            wrong.append(row)
    return wrong


def _nothing_wrong(seen: Seen) -> Check:
    forged = sum(1 for person in seen.people if person.story == "forged")
    wrong = len(wrong_rows(seen))
    strangers = max(0, len(_forged_rows(seen)) - forged)
    twice = sum(count - 1 for count in Counter(r["pass"] for r in seen.log if r["pass"]).values())
    return Check(
        what="no verdict differs from the office's records, nobody is counted twice",
        held=wrong + strangers + twice == 0,
        seen=f"{wrong} wrong, {strangers} unknown, {twice} twice",
    )


def _offline(seen: Seen) -> Check:
    start, end = seen.offline_s
    judged = sum(1 for row in seen.log if start <= unix_s(row["seen_at"]) <= end)
    return Check(
        what="the gate went on judging while the network was cut",
        held=judged >= JUDGED_OFFLINE_AT_LEAST,
        seen=f"{judged} judged in {end - start:.0f} s",
    )


def _cable_was_cut(seen: Seen) -> Check:
    return Check(
        what="nothing reached the office while the network was cut",
        held=seen.bytes_while_cut == 0 and seen.stored_while_cut == 0,
        seen=f"{seen.bytes_while_cut} bytes, {seen.stored_while_cut} passages",
    )


def _shown_is_stored(seen: Seen) -> Check:
    logged = {row["passage_id"] for row in seen.log}
    lost = 0 if seen.shown is None else sum(1 for shown in seen.shown if shown not in logged)
    return Check(
        what="every verdict that was shown is in the station's log",
        held=lost == 0,
        seen=f"{lost} lost",
    )


def _delivered_once(seen: Seen) -> Check:
    logged = Counter(row["passage_id"] for row in seen.log)
    exported = Counter(row["passage_id"] for row in seen.exported)
    return Check(
        what="the supervisor's export holds every passage of the log exactly once",
        held=logged == exported and bool(logged) and max(logged.values()) == 1,
        seen=f"{sum(exported.values())} exported of {sum(logged.values())}",
    )


def _nothing_waits(seen: Seen) -> Check:
    return Check(
        what="nothing waits at the station any more",
        held=seen.still_waiting == 0,
        seen=f"{seen.still_waiting} waiting",
    )


def table(seen: Seen) -> list[str]:
    """Return the lines of the supervisor's table: who was judged how and why, and whether the
    network was there.
    """
    rows = {row["pass"]: row for row in seen.exported if row["pass"]}
    forged = [row for row in seen.exported if row["reason"] == "bad_signature"]
    lines = [f"{'carried':<8}{'story':<14}{'pass':<18}{'verdict':<12}{'reason':<15}{'network'}"]
    for person in seen.people:
        row = forged.pop(0) if person.story == "forged" and forged else rows.get(person.pass_)
        verdict, reason, network = "-", "no passage", "-"
        if row is not None:
            cut = seen.offline_s[0] <= unix_s(row["seen_at"]) <= seen.offline_s[1]
            verdict, reason, network = row["verdict"], row["reason"], "cut" if cut else "up"
        place = person.pass_ or "-"
        lines.append(
            f"{person.carried:<8}{person.story:<14}{place:<18}{verdict:<12}{reason:<15}{network}"
        )
    return lines
