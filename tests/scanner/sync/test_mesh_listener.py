"""Which neighbours are believed: ours, in force, fresh and new; others are named and ignored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.lane import join_datagram, seal_lane
from keys.roster import StationState
from keys.trustlist import KeyState, Purpose
from scanner.sync.mesh_listener import (
    STALE_MS,
    Heard,
    Ignored,
    LaneListener,
    LaneMoment,
    ReplayWindow,
    TrafficBudget,
    lane_trust,
)
from tests.keys.makers import (
    ISSUER,
    NOW,
    STATION_KEY,
    STATION_KID,
    THIEF,
    trust_list,
    trusted_key,
)
from tests.scanner.sync.lanes import NOW_MS, TAG, datagram, entry, identity, message, trust

OWN, OTHER = identity("west-1"), identity("west-2")
HERE = LaneMoment(now_ms=NOW_MS, mono_s=1000.0)
TRUST = trust()
GOOD = datagram(OTHER, message())


def listener() -> LaneListener:
    return LaneListener(OWN.certificate)


def heard(raw: bytes, at: LaneMoment = HERE, trusted: Any = TRUST) -> Heard | Ignored:
    return listener().take(raw, trusted, at)


def test_a_neighbours_word_is_heard() -> None:
    word = heard(datagram(OTHER, message(seen_at_ms=NOW_MS - 14_000)))
    assert isinstance(word, Heard)
    assert (word.lane, word.message.tag, word.age_s) == ("west-2", TAG, 14.0)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (identity("west-1"), "own_echo"),
        (identity("east-1", checkpoint="east gate"), "foreign_checkpoint"),
        (identity("west-3", issuer="suzhou"), "foreign_issuer"),
        (identity("west-4", exp=NOW, iat=NOW - 10), "certificate_not_in_force"),
        (identity("west-5", iat=NOW + 121), "certificate_not_in_force"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.certificate.station,
)
def test_a_station_that_is_none_of_ours_is_ignored_by_name(who: Any, code: str) -> None:
    assert heard(datagram(who, message())) == Ignored(code=code, station=who.certificate.station)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "malformed_lane"),
        (b"\x01\x00\x05hello, world", "malformed_envelope"),
        (bytes(9999), "too_large"),
        (datagram(identity("west-6", signer=THIEF), message()), "bad_signature"),
        (join_datagram(seal_lane(OTHER.key, message()), b"?"), "wrong_type"),
    ],
    ids=str,
)
def test_what_no_office_signed_is_ignored_without_a_name(raw: bytes, code: str) -> None:
    assert heard(raw) == Ignored(code=code)


def test_a_message_by_another_key_than_the_certificates_is_ignored() -> None:
    forged = join_datagram(OTHER.card, seal_lane(THIEF, message()))
    assert heard(forged) == Ignored(code="unknown_key", station="west-2")


def test_a_withdrawn_station_is_ignored_from_the_next_roster_on() -> None:
    ears = listener()
    assert isinstance(ears.take(GOOD, trust(), HERE), Heard)
    enrolled = trust(entry(OTHER.certificate, StationState.ENROLLED))
    assert isinstance(ears.take(datagram(OTHER, message(2)), enrolled, HERE), Heard)
    withdrawn = trust(entry(OTHER.certificate, StationState.WITHDRAWN))
    word = ears.take(datagram(OTHER, message(3)), withdrawn, HERE)
    assert word == Ignored(code="station_withdrawn", station="west-2")


def test_a_station_that_the_office_moved_is_ignored_though_its_certificate_runs_on() -> None:
    moved = trust(entry(OTHER.certificate, StationState.ENROLLED, checkpoint="east gate"))
    assert heard(GOOD, trusted=moved) == Ignored(code="foreign_checkpoint", station="west-2")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": KeyState.BURNED}, "unknown_key"),
        ({"purpose": Purpose.STATUS}, "unknown_key"),
        ({"kid": STATION_KID + 1}, "unknown_key"),
    ],
)
def test_a_certificate_of_a_key_that_is_not_trusted_any_more_is_ignored(
    changes: dict[str, Any], code: str
) -> None:
    ears = listener()
    assert isinstance(ears.take(GOOD, TRUST, HERE), Heard)
    fields = {"kid": STATION_KID, "purpose": Purpose.STATION} | changes
    other_list = trust_list(trusted_key(STATION_KEY, **fields))
    word = ears.take(datagram(OTHER, message(2)), lane_trust(other_list, ISSUER), HERE)
    assert word == Ignored(code=code)


@pytest.mark.parametrize("ahead_ms", [STALE_MS + 1, -STALE_MS - 1])
def test_a_word_of_another_time_is_stale(ahead_ms: int) -> None:
    late = heard(datagram(OTHER, message(seen_at_ms=NOW_MS + ahead_ms)))
    assert late == Ignored(code="stale_time", station="west-2")
    edge = heard(datagram(OTHER, message(seen_at_ms=NOW_MS + ahead_ms - ahead_ms // abs(ahead_ms))))
    assert isinstance(edge, Heard)


def test_a_word_from_a_clock_ahead_of_ours_is_of_this_moment() -> None:
    word = heard(datagram(OTHER, message(seen_at_ms=NOW_MS + 5000)))
    assert isinstance(word, Heard)
    assert word.age_s == 0


def test_a_replay_is_heard_once() -> None:
    ears = listener()
    assert isinstance(ears.take(GOOD, TRUST, HERE), Heard)
    assert ears.take(GOOD, TRUST, HERE) == Ignored(code="repeated", station="west-2")
    other_tag = datagram(OTHER, message(tag=bytes(16)))
    assert ears.take(other_tag, TRUST, HERE) == Ignored(code="repeated", station="west-2")


def test_two_stations_may_use_the_same_numbers() -> None:
    ears = listener()
    for name in ("west-2", "west-3"):
        assert isinstance(ears.take(datagram(identity(name), message()), TRUST, HERE), Heard)


def test_numbers_that_nobody_believes_do_not_use_themselves_up() -> None:
    ears = listener()
    ears.take(datagram(OTHER, message(seen_at_ms=1)), TRUST, HERE)
    assert isinstance(ears.take(GOOD, TRUST, HERE), Heard)


@given(st.binary(max_size=500))
def test_any_bytes_are_ignored(raw: bytes) -> None:
    assert isinstance(heard(raw), Ignored)


@given(st.integers(0, 8 * len(GOOD) - 1))
def test_any_flipped_bit_is_ignored(bit: int) -> None:
    raw = bytearray(GOOD)
    raw[bit // 8] ^= 1 << bit % 8
    assert isinstance(heard(bytes(raw)), Ignored)


# --- the window of numbers


@given(st.lists(st.integers(1, 200), max_size=60))
def test_no_number_is_new_twice_and_none_within_the_window_is_lost(numbers: list[int]) -> None:
    window, heard_before, highest = ReplayWindow(), set[int](), 0
    for number in numbers:
        expected = number not in heard_before and number > highest - 64
        assert window.is_new(number) is expected
        heard_before.add(number)
        highest = max(highest, number)


def test_a_leap_of_any_size_is_taken() -> None:
    window = ReplayWindow()
    assert window.is_new(1)
    assert window.is_new((1 << 53) - 1)
    assert not window.is_new(2)
    assert window.is_new((1 << 53) - 64)
    assert not window.is_new((1 << 53) - 65)


def test_stations_and_certificates_are_remembered_within_a_bound() -> None:
    ears = listener()
    for number in range(300):
        who = identity(f"lane-{number}")
        assert isinstance(ears.take(datagram(who, message()), TRUST, HERE), Heard)
    assert len(ears._windows) == len(ears._certificates) == 256


# --- the budget


def test_a_noisy_source_is_cut_off_and_others_are_not() -> None:
    budget = TrafficBudget(per_s=10, burst=20)
    taken = [budget.allows("10.0.0.9", 0.0) for _ in range(100)]
    assert taken.count(True) == 20
    assert budget.allows("10.0.0.2", 0.0)
    later = [budget.allows("10.0.0.9", 1.0) for _ in range(100)]
    assert later.count(True) == 10


def test_many_noisy_sources_together_are_cut_off_too() -> None:
    budget = TrafficBudget(per_s=10, burst=20)
    taken = [budget.allows(f"10.0.{number // 250}.{number % 250}", 50.0) for number in range(5000)]
    assert taken.count(True) == 80
    assert len(budget._sources) == 256


def test_a_clock_that_stands_still_fills_nothing() -> None:
    budget = TrafficBudget(per_s=10, burst=1)
    assert budget.allows("10.0.0.9", 5.0)
    assert not budget.allows("10.0.0.9", 5.0)
    assert not budget.allows("10.0.0.9", 4.0)


def test_what_changed_in_a_certificate_is_another_certificate() -> None:
    renewed = replace(OTHER, card=identity("west-2", exp=NOW + 99).card)
    ears = listener()
    assert isinstance(ears.take(GOOD, TRUST, HERE), Heard)
    assert isinstance(ears.take(datagram(renewed, message(2)), TRUST, HERE), Heard)
