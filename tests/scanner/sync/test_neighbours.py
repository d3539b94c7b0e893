"""Recognised neighbours: their own manifests for their own passes, passed on by the home office."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from keys.claims import LIST_ENTRIES, Status
from keys.clock import trusted_now
from keys.manifest import FOREIGN_ENTRIES_MAX
from keys.passages import ClockGrade, Reason, Verdict
from scanner.decide.judge import Moment, judge
from scanner.decide.policy import Rules
from scanner.sync.refresh import beliefs_from
from tests.fakes.office import Office
from tests.fakes.publisher import ISSUER
from tests.scanner.sync.rigs import NOW, Puller, reading

NEIGHBOUR = "ningbo"
HERE = Moment(NOW, ClockGrade.CONFIRMED, 0, 12)


@pytest.fixture
def neighbour() -> Office:
    office = Office(NOW, name=NEIGHBOUR)
    office.set_status(5, Status.RED)
    office.set_status(6, Status.YELLOW)
    office.publish()
    return office


@pytest.fixture
def home(neighbour: Office) -> Office:
    """Return a home office that recognises the neighbour; its yellow means red here."""
    office = Office(NOW)
    office.publish()
    entry = neighbour.entry(status_map=((0, 0), (2, 3), (3, 3)))
    office.change_trust(
        issuers={**office.trust.issuers, NEIGHBOUR: entry},
        keys=(*office.trust.keys, *neighbour.trust.keys),
    )
    pass_on(neighbour, office)
    return office


def pass_on(neighbour: Office, home: Office) -> None:
    """Mirror what the neighbour publishes below the home office's folder."""
    for path, raw in neighbour.published.items():
        if path == "manifest" or path.startswith("packs/"):
            home.published[f"issuers/{NEIGHBOUR}/{path}"] = raw


def answer(station: Puller, text: str) -> tuple[Verdict, Reason]:
    """Return what the station says of a code with what it believes now."""
    judged = judge(text, beliefs_from(station.cache, ISSUER), Rules(), HERE)
    assert judged is not None
    return judged.verdict, judged.reason


def test_a_neighbours_pass_is_judged_by_the_neighbours_list_and_the_home_map(
    home: Office, neighbour: Office, tmp_path: Path
) -> None:
    station = Puller(home, tmp_path)
    assert station.pull().left_out == ()
    assert answer(station, neighbour.mint(1).full) == (Verdict.ADMIT, Reason.GREEN)
    assert answer(station, neighbour.mint(5).full) == (Verdict.REFUSE, Reason.RED)
    assert answer(station, neighbour.mint(6).full) == (Verdict.REFUSE, Reason.RED)
    assert answer(station, home.mint(5).full) == (Verdict.ADMIT, Reason.GREEN)


def test_a_neighbour_whose_universe_is_endless_takes_no_gates_memory(
    home: Office, neighbour: Office, tmp_path: Path
) -> None:
    neighbour.universe = np.zeros((FOREIGN_ENTRIES_MAX + LIST_ENTRIES) // 4, np.uint8)
    neighbour.publish()
    pass_on(neighbour, home)
    station = Puller(home, tmp_path)
    assert station.pull().left_out == ((NEIGHBOUR, "universe_too_large"),)
    assert answer(station, home.mint(1).full) == (Verdict.ADMIT, Reason.GREEN)


def test_without_the_neighbours_list_nobody_of_theirs_is_admitted_and_ours_are(
    home: Office, neighbour: Office, tmp_path: Path
) -> None:
    del home.published[f"issuers/{NEIGHBOUR}/manifest"]
    station = Puller(home, tmp_path)
    report = station.pull()
    assert [issuer for issuer, _ in report.left_out] == [NEIGHBOUR]
    assert answer(station, neighbour.mint(1).full) == (Verdict.CANNOT_JUDGE, Reason.LIST_MISSING)
    assert answer(station, home.mint(1).full) == (Verdict.ADMIT, Reason.GREEN)


def test_a_neighbour_cannot_speak_for_our_universe(
    home: Office, neighbour: Office, tmp_path: Path
) -> None:
    home.published["manifest"] = neighbour.published["manifest"]
    assert Puller(home, tmp_path).refused() == "bad_signature"


def test_we_cannot_speak_for_the_neighbours_universe(
    home: Office, neighbour: Office, tmp_path: Path
) -> None:
    home.published[f"issuers/{NEIGHBOUR}/manifest"] = home.published["manifest"]
    station = Puller(home, tmp_path)
    assert station.pull().left_out == ((NEIGHBOUR, "bad_signature"),)


def test_a_neighbours_rollback_is_left_out_and_ours_goes_on(
    home: Office, neighbour: Office, tmp_path: Path
) -> None:
    station = Puller(home, tmp_path)
    older = dict(home.published)
    neighbour.set_status(7, Status.RED)
    neighbour.publish()
    pass_on(neighbour, home)
    station.pull()
    home.published[f"issuers/{NEIGHBOUR}/manifest"] = older[f"issuers/{NEIGHBOUR}/manifest"]
    home.now_s += 60
    home.publish()
    report = station.pull()
    assert report.left_out == ((NEIGHBOUR, "rollback"),)
    assert report.manifest_version == 2
    assert answer(station, neighbour.mint(7).full) == (Verdict.REFUSE, Reason.RED)


def test_a_neighbours_date_never_moves_our_clock(
    home: Office, neighbour: Office, tmp_path: Path
) -> None:
    station = Puller(home, tmp_path)
    station.pull()
    before = station.cache.clock()
    neighbour.now_s = NOW + 3600
    neighbour.publish(exp=NOW + 400 * 24 * 3600)
    pass_on(neighbour, home)
    assert station.pull().changed
    assert station.cache.clock() == before
    assert trusted_now(station.cache.clock(), reading()).now_s < NOW + 60
