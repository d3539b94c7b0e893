"""The lane mesh on real sockets: a passage on one lane is known on the next."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from keys.passages import Direction
from keys.roster import StationState
from scanner.sync.mesh import NO_ROUTE, NO_SOCKET, SEND_AGAIN_S
from scanner.sync.mesh_discovery import NO_MULTICAST, LaneDiscovery, own_addresses
from tests.keys.makers import THIEF
from tests.scanner.sync.lanes import (
    LOOPBACK,
    NOW_MS,
    TAG,
    Lane,
    datagram,
    entry,
    identity,
    message,
    moment,
    trust,
    until,
)


def send(raw: bytes, lane: Lane) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(raw, lane.address)


def test_a_passage_is_known_on_every_other_lane_well_within_two_seconds() -> None:
    with ExitStack() as stack:
        lanes = [stack.enter_context(Lane(f"west-{number}")) for number in range(1, 5)]
        for lane in lanes:
            for other in lanes:
                if other is not lane:
                    lane.mesh.found(other.address)
        took_s = []
        for sequence in range(1, 4):
            tag, began_s = bytes([sequence]) * 16, time.monotonic()
            lanes[0].mesh.publish(message(sequence, tag=tag))
            until(lambda tag=tag: all(lane.knows(tag) for lane in lanes[1:]))  # type: ignore[misc]
            took_s.append(time.monotonic() - began_s)
        # The best of three: what a machine does beside this makes it longer only.
        assert min(took_s) < 2
        lanes[0].mesh.publish(message(4))
        until(lambda: all(lane.knows() for lane in lanes[1:]))
        assert not lanes[0].knows()
        seen = lanes[3].neighbours.seen_elsewhere(TAG, time.monotonic())
        assert seen is not None
        assert (seen.lane, seen.direction) == ("west-1", Direction.ENTRY)
        assert [name for name, _ in lanes[3].mesh.state.lanes] == ["west-1"]


def test_one_fixed_address_on_one_side_is_enough_for_both() -> None:
    with Lane("west-1") as first, Lane("west-2", peers=(first.address,)) as second:
        second.mesh.publish(message(1, tag=b"from the second!"))
        until(lambda: first.knows(b"from the second!"))
        assert second.address in first.mesh.state.peers
        first.mesh.publish(message(1, tag=b"from the first!!"))
        until(lambda: second.knows(b"from the first!!"))


def test_a_lane_that_comes_late_is_told_what_passed_in_the_last_minute() -> None:
    with Lane("west-1") as first:
        first.mesh.publish(message())
        until(lambda: len(first.mesh._recent) == 1)
        with Lane("west-2") as second:
            first.mesh.found(second.address)
            until(second.knows)


def test_what_passed_longer_ago_is_not_told_again() -> None:
    with Lane("west-1") as first, Lane("west-2") as second:
        first.mesh.publish(message(1, tag=b"a long time ago."))
        until(lambda: len(first.mesh._recent) == 1 and not first.mesh._again)
        first.moment = lambda: replace(moment(), mono_s=moment().mono_s + 61)
        first.mesh.found(second.address)
        first.mesh.publish(message(2))
        until(second.knows)
        assert not second.knows(b"a long time ago.")


def test_each_passage_is_sent_again_and_counted_once() -> None:
    with Lane("west-1") as first, Lane("west-2") as second:
        first.mesh.found(second.address)
        first.mesh.publish(message())
        until(lambda: second.mesh.state.ignored.get("repeated") == len(SEND_AGAIN_S))
        assert len(second.neighbours) == 1
        assert second.mesh.state.last_ignored is None


def test_a_replay_by_a_stranger_changes_nothing_and_brings_him_nothing() -> None:
    with Lane("west-1") as first:
        raw = datagram(identity("west-2"), message())
        send(raw, first)
        until(first.knows)
        peers = first.mesh.state.peers
        send(raw, first)
        until(lambda: first.mesh.state.ignored.get("repeated") == 1)
        assert first.mesh.state.peers == peers


def test_a_withdrawn_neighbour_is_ignored_and_shown() -> None:
    with Lane("west-1") as first, Lane("west-2", peers=(first.address,)) as second:
        first.trusted = trust(entry(second.who.certificate, StationState.WITHDRAWN))
        second.mesh.publish(message())
        until(lambda: "station_withdrawn" in first.mesh.state.ignored)
        shown = first.mesh.state.last_ignored
        assert shown is not None
        assert (shown.code, shown.station) == ("station_withdrawn", "west-2")
        assert not first.knows()
        assert first.mesh.state.lanes == ()


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (identity("east-1", checkpoint="east gate"), "foreign_checkpoint"),
        (identity("west-9", signer=THIEF), "bad_signature"),
    ],
)
def test_a_stranger_on_the_same_network_is_ignored_and_shown(who: object, code: str) -> None:
    with Lane("west-1") as first, Lane("x", who=who, peers=(first.address,)) as stranger:  # type: ignore[arg-type]
        stranger.mesh.publish(message())
        until(lambda: code in first.mesh.state.ignored)
        assert not first.knows()
        assert stranger.address not in first.mesh.state.peers


def test_a_word_of_another_time_is_ignored_and_shown() -> None:
    with Lane("west-1") as first, Lane("west-2", peers=(first.address,)) as second:
        second.mesh.publish(message(seen_at_ms=NOW_MS - 600_000))
        until(lambda: "stale_time" in first.mesh.state.ignored)
        assert not first.knows()


def test_without_a_trust_list_nobody_is_believed() -> None:
    with Lane("west-1") as first, Lane("west-2", peers=(first.address,)) as second:
        first.trusted = None
        second.mesh.publish(message())
        until(lambda: "trust_missing" in first.mesh.state.ignored)
        assert not first.knows()


def test_a_flood_of_rubbish_is_cut_off_and_neighbours_are_still_heard() -> None:
    with Lane("west-1") as first, Lane("west-2", peers=(first.address,)) as second:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.bind(("127.0.0.2", 0))  # another host, as far as the budget sees
            while "flood" not in first.mesh.state.ignored:
                out.sendto(bytes(200), first.address)
        second.mesh.publish(message())
        until(first.knows)


def test_a_taken_port_is_a_fault_that_ends_when_the_port_is_free() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOOPBACK, 0))
        lane = Lane("west-1", port=taken.getsockname()[1])
        ahead_s = [0.0]
        lane.moment = lambda: replace(moment(), mono_s=moment().mono_s + ahead_s[0])
        lane.mesh.publish(message())
        lane.__enter__()
        assert lane.mesh.state.fault == NO_SOCKET
    ahead_s[0] = 10.0
    lane.mesh.found((LOOPBACK, 9))
    until(lambda: lane.mesh.state.port is not None and lane.mesh.state.fault is None)
    lane.mesh.stop()


def test_no_way_to_a_neighbour_is_a_fault_that_ends_with_the_next_that_gets_through() -> None:
    with Lane("west-1") as first, Lane("west-2") as second:
        # From a loopback address no other network is reached.
        first.mesh.found(("192.0.2.77", 47_800))
        first.mesh.publish(message())
        until(lambda: first.mesh.state.fault == NO_ROUTE)
        first.mesh._peers._met.clear()
        first.mesh.found(second.address)
        first.mesh.publish(message(2))
        until(second.knows)
        until(lambda: first.mesh.state.fault is None)


def test_a_mishap_in_the_loop_is_logged_and_the_mesh_goes_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.sync.mesh.RETRY_S", 0.01)
    with Lane("west-1") as first, Lane("west-2") as second:
        first.mesh.publish(message(tag="no bytes", seen_at_ms=1.5))
        until(lambda: "lane mesh" in caplog.text)
        first.mesh.found(second.address)
        first.mesh.publish(message(2))
        until(second.knows)


def test_the_mesh_ends_when_told_and_may_be_told_twice() -> None:
    before = set(threading.enumerate())
    lane = Lane("west-1")
    with lane:
        lane.mesh.publish(message())
    lane.mesh.stop()
    lane.mesh.publish(message())
    assert set(threading.enumerate()) <= before


# --- finding each other


# Drawn anew: another run of these tests on the same machine must find other lanes.
HELLO_KEY = secrets.token_bytes(32)


def discovery(lane: Lane, key: bytes = HELLO_KEY, addresses: Any = None) -> LaneDiscovery:
    return LaneDiscovery(
        key,
        secrets.token_bytes(8),
        lane.mesh.found,
        port=lambda: lane.mesh.state.port,
        addresses=addresses or (lambda: (LOOPBACK,)),
    )


def test_lanes_find_each_other_by_mdns_and_strangers_are_left_out() -> None:
    with Lane("west-1") as first, Lane("west-2") as second, Lane("east-1") as stranger:
        finders = [
            discovery(stranger, secrets.token_bytes(32)),
            discovery(first),
            discovery(second),
        ]
        for finder in finders:
            finder.start()
        until(lambda: second.address in first.mesh.state.peers)
        until(lambda: first.address in second.mesh.state.peers)
        first.mesh.publish(message())
        until(second.knows)
        assert stranger.address not in first.mesh.state.peers + second.mesh.state.peers
        assert [finder.fault for finder in finders] == [None, None, None]
        for finder in finders:
            finder.stop()
            finder.stop()


@pytest.mark.parametrize("addresses", [(), ("192.0.2.99",)])
def test_without_a_network_nobody_is_found_and_it_says_so(addresses: tuple[str, ...]) -> None:
    with Lane("west-1") as lane:
        finder = discovery(lane, addresses=lambda: addresses)
        finder.start()
        until(lambda: finder.fault == NO_MULTICAST)
        finder.stop()


def test_a_lane_that_gets_another_address_is_announced_anew_and_mishaps_are_survived(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.sync.mesh_discovery.LOOK_AGAIN_S", 0.01)
    mishaps: list[Any] = [ZeroDivisionError("?"), ("127.0.0.1",)]

    def addresses() -> tuple[str, ...]:
        first = mishaps[0] if len(mishaps) == 1 else mishaps.pop(0)
        if isinstance(first, Exception):
            raise first
        return tuple(first)

    with Lane("west-1") as first, Lane("west-2") as second:
        finders = [discovery(first, addresses=addresses), discovery(second)]
        for finder in finders:
            finder.start()
        until(lambda: first.address in second.mesh.state.peers)
        assert "ZeroDivisionError" in caplog.text
        second.mesh._peers._met.clear()
        mishaps.append(("127.0.0.1", "127.0.0.3"))
        until(lambda: ("127.0.0.3", first.address[1]) in second.mesh.state.peers)
        for finder in finders:
            finder.stop()


def test_the_machines_own_addresses_are_those_that_others_can_reach() -> None:
    assert all(not address.startswith("127.") for address in own_addresses())
