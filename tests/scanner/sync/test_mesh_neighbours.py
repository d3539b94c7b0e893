"""The short memory of what the neighbour lanes saw, and what their word does to a judgement."""

from __future__ import annotations

import threading

import pytest

from keys.passages import Direction, Reason, Verdict
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.neighbours import with_neighbour
from scanner.errors import StationFault
from scanner.sync.mesh_neighbours import Neighbours, NeighbourSighting
from scanner.sync.mesh_peers import PEERS_MOST, PeerBook, parse_peer

TAG, OTHER_TAG = bytes(16), b"o" * 16


def memory(**limits: float) -> Neighbours:
    kept = Neighbours(keep_s=limits.get("keep_s", 60), most=int(limits.get("most", 100)))
    kept.heard(TAG, lane="west-2", direction=Direction.ENTRY, age_s=4.0, mono_s=100.0)
    return kept


def test_a_neighbour_saw_it_so_many_seconds_ago() -> None:
    seen = memory().seen_elsewhere(TAG, 110.0)
    assert seen == NeighbourSighting(lane="west-2", direction=Direction.ENTRY, age_s=14)
    assert memory().seen_elsewhere(OTHER_TAG, 110.0) is None


def test_what_is_old_is_forgotten() -> None:
    kept = memory(keep_s=60)
    assert kept.seen_elsewhere(TAG, 156.0) is not None
    assert kept.seen_elsewhere(TAG, 156.1) is None
    assert len(kept) == 1
    kept.heard(OTHER_TAG, lane="west-3", direction=Direction.EXIT, age_s=0, mono_s=161.0)
    assert len(kept) == 1


def test_the_later_of_two_sightings_counts() -> None:
    kept = memory()
    kept.heard(TAG, lane="west-3", direction=Direction.EXIT, age_s=0, mono_s=101.0)
    kept.heard(TAG, lane="west-4", direction=Direction.ENTRY, age_s=50.0, mono_s=102.0)
    seen = kept.seen_elsewhere(TAG, 102.0)
    assert seen is not None
    assert (seen.lane, seen.direction) == ("west-3", Direction.EXIT)


def test_a_sighting_of_the_future_is_one_of_now() -> None:
    kept = Neighbours()
    kept.heard(TAG, lane="west-2", direction=Direction.ENTRY, age_s=-9, mono_s=100.0)
    seen = kept.seen_elsewhere(TAG, 99.0)
    assert seen is not None
    assert seen.age_s == 0


def test_memory_stays_within_its_bound() -> None:
    kept = memory(most=50)
    for number in range(500):
        tag = number.to_bytes(16, "big")
        kept.heard(tag, lane="west-2", direction=Direction.ENTRY, age_s=0, mono_s=101.0)
    assert len(kept) == 50
    assert kept.seen_elsewhere((499).to_bytes(16, "big"), 101.0) is not None
    assert kept.seen_elsewhere((449).to_bytes(16, "big"), 101.0) is None


def test_it_may_be_told_and_asked_from_many_threads() -> None:
    kept = Neighbours(most=100)

    def tell(lane: int) -> None:
        for number in range(500):
            tag = (number * 10 + lane).to_bytes(16, "big")
            kept.heard(tag, lane=str(lane), direction=Direction.ENTRY, age_s=0, mono_s=1.0)
            kept.seen_elsewhere(tag, 1.0)

    threads = [threading.Thread(target=tell, args=(lane,)) for lane in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 100


# --- a neighbour's word is a hand check, never more and never less

GREEN = Judgement(Verdict.ADMIT, Reason.GREEN, trace=(TraceStep("status", 0),))


def after(judgement: Judgement, theirs: Direction = Direction.ENTRY) -> Judgement:
    return with_neighbour(judgement, lane="west-2", age_s=14, theirs=theirs, ours=Direction.ENTRY)


def test_a_pass_seen_on_another_lane_is_checked_by_hand_and_the_trace_says_where() -> None:
    checked = after(GREEN)
    assert (checked.verdict, checked.reason) == (Verdict.HAND_CHECK, Reason.SEEN_ELSEWHERE)
    assert checked.trace == (
        TraceStep("seen_on_lane", "west-2"),
        TraceStep("seen_age_s", 14),
        TraceStep("status", 0),
    )
    noted = GREEN._replace(verdict=Verdict.ADMIT_WITH_NOTE, reason=Reason.LIST_LATE)
    assert after(noted).verdict is Verdict.HAND_CHECK


@pytest.mark.parametrize("verdict", [Verdict.REFUSE, Verdict.HAND_CHECK, Verdict.CANNOT_JUDGE])
def test_no_neighbour_softens_or_hardens_another_verdict(verdict: Verdict) -> None:
    judgement = GREEN._replace(verdict=verdict, reason=Reason.RED)
    assert after(judgement) == judgement


def test_who_came_in_by_another_lane_may_leave_by_this_one() -> None:
    assert after(GREEN, Direction.EXIT) == GREEN


# --- where the neighbours are


def test_an_address_is_an_ipv4_address_and_a_port() -> None:
    assert parse_peer(" 10.0.0.7:47800 ") == ("10.0.0.7", 47_800)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0.7",
        "10.0.0.7:",
        "10.0.0.7:0",
        "10.0.0.7:65536",
        "10.0.0.7:+1",
        "lane-2:47800",
        "10.0.0:47800",
        "::1:47800",
        "10.0.0.7:四",
        "10.0.0.7:999999999",
        "10.0.0.07:1",
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(StationFault) as caught:
        parse_peer(text)
    assert caught.value.code == "lane_peer"


def test_addresses_of_the_settings_stay_and_the_others_take_turns() -> None:
    book = PeerBook([("10.0.0.1", 1), ("10.0.0.1", 1)])
    assert not book.meet(("10.0.0.1", 1))
    assert book.meet(("10.0.0.2", 1))
    assert not book.meet(("10.0.0.2", 1))
    for number in range(200):
        book.meet(("10.0.1.1", number + 1))
    assert len(book.addresses) == PEERS_MOST
    assert ("10.0.0.1", 1) in book.addresses
    assert ("10.0.0.2", 1) not in book.addresses


def test_settings_that_fill_the_book_leave_no_room_for_others() -> None:
    book = PeerBook(("10.0.0.1", number) for number in range(1, 100))
    assert not book.meet(("10.0.0.2", 1))
    assert len(book.addresses) == PEERS_MOST
