"""Scans among a person's strokes, told apart by time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.wedge import GAP_S, PAUSE_S, Filtered, WedgeFilter

DENSE = "1234567890" * 20
FULL = "KK1:" + "ABCDEFGH %$*+-./:0" * 12


def typed(keys: WedgeFilter[str], text: str, start_s: float, gap_s: float) -> tuple[list[str], str]:
    """Type a text; return the scans and the strokes that came back, after a long pause."""
    scans, back, now_s = [], "", start_s
    for sign in text:
        seen = keys.press(sign, sign, now_s)
        scans += [seen.scanned] if seen.scanned else []
        back += "".join(seen.released)
        now_s += gap_s
    seen = keys.wait(now_s + 5.0)
    scans += [seen.scanned] if seen.scanned else []
    return scans, back + "".join(seen.released)


@pytest.mark.parametrize("text", [DENSE, FULL])
@pytest.mark.parametrize("end", ["\r", "\n", "\t", ""])
def test_a_scan_is_taken_whole_and_types_nothing(text: str, end: str) -> None:
    assert typed(WedgeFilter(), text + end, 10.0, 0.004) == ([text], "")


def test_a_person_who_types_keeps_every_stroke_in_order() -> None:
    assert typed(WedgeFilter(), "Wang 37.2\r", 10.0, 0.11) == ([], "Wang 37.2\r")


def test_two_keys_pressed_at_once_are_no_scan() -> None:
    keys: WedgeFilter[str] = WedgeFilter()
    assert not keys.press("a", "a", 1.0).released
    assert not keys.press("s", "s", 1.01).released
    assert keys.wait(1.02 + GAP_S).released == ("a", "s")


def test_a_stroke_held_too_long_is_handed_back_with_the_next_one() -> None:
    keys: WedgeFilter[str] = WedgeFilter()
    assert keys.press("a", "a", 1.0).wake_s == GAP_S
    seen = keys.press("b", "b", 1.5)
    assert seen.released == ("a",)
    assert seen.wake_s == GAP_S


def test_enter_alone_is_a_persons_and_ends_nothing() -> None:
    keys: WedgeFilter[str] = WedgeFilter()
    assert keys.press("\r", "\r", 1.0).released == ("\r",)
    assert keys.press("", "F1", 1.1).released == ("F1",)


def test_a_radio_scanner_may_pause_within_a_code() -> None:
    keys: WedgeFilter[str] = WedgeFilter()
    scans, back = [], ""
    at_s = 1.0
    for i, sign in enumerate(DENSE):
        at_s += PAUSE_S * 0.9 if i == 100 else 0.01
        seen = keys.press(sign, sign, at_s)
        back += "".join(seen.released)
    scans.append(keys.press("\r", "\r", at_s + 0.01).scanned)
    assert (scans, back) == ([DENSE], "")


def test_a_burst_that_is_no_code_goes_back_to_the_field() -> None:
    assert typed(WedgeFilter(), "abcde", 1.0, 0.01) == ([], "abcde")


@pytest.mark.parametrize("end", ["", "\r"])
def test_one_sign_over_and_over_is_a_key_held_down(end: str) -> None:
    assert typed(WedgeFilter(), "a" * 40 + end, 1.0, 0.03) == ([], "a" * 40 + end)


def test_a_book_on_the_keyboard_is_not_kept_for_ever() -> None:
    keys: WedgeFilter[int] = WedgeFilter()
    back = sum(len(keys.press("a", i, i * 0.03).released) for i in range(5000))
    assert back > 4000


def test_a_key_held_down_before_a_scan_does_not_hide_it() -> None:
    assert typed(WedgeFilter(), "00000" + DENSE + "\r", 1.0, 0.004)[0] == ["00000" + DENSE]


def test_keys_let_go_and_shift_come_back_in_their_place() -> None:
    keys: WedgeFilter[str] = WedgeFilter()
    assert keys.beside("shift", 1.0).released == ("shift",)
    assert keys.press("A", "A", 1.0).wake_s == GAP_S
    assert not keys.beside("A up", 1.01).released
    assert not keys.beside("shift up", 1.02).released
    assert keys.press("b", "b", 1.2).released == ("A", "A up", "shift up")


def test_a_control_key_amid_a_scan_is_somebody_elses() -> None:
    keys: WedgeFilter[str] = WedgeFilter()
    for i, sign in enumerate("KK1:AB"):
        keys.press(sign, sign, 1.0 + i * 0.004)
    assert keys.press("", "F5", 1.03).released == ("F5",)
    assert keys.press("C", "C", 1.034).released == ()
    assert keys.press("\r", "enter", 1.038).scanned == "KK1:ABC"


def test_two_scans_in_a_row_are_two() -> None:
    keys: WedgeFilter[str] = WedgeFilter()
    assert typed(keys, DENSE + "\r", 1.0, 0.002)[0] == [DENSE]
    assert typed(keys, FULL + "\r", 20.0, 0.002)[0] == [FULL]


def test_a_text_longer_than_any_code_is_dropped_to_its_end() -> None:
    assert typed(WedgeFilter(), "12" * 450 + "\r", 1.0, 0.001) == ([], "")
    assert typed(WedgeFilter(), "12" * 4500 + "\r", 1.0, 0.001) == ([], "")


def test_keys_let_go_are_not_kept_for_ever_either() -> None:
    keys: WedgeFilter[int] = WedgeFilter()
    for i in range(3000):
        keys.press("12"[i % 2], i, i * 0.002)
        keys.beside(-i, i * 0.002 + 0.001)
    assert keys.press("\r", 0, 6.001) == Filtered()


@given(st.lists(st.tuples(st.sampled_from("ab1 \r\t"), st.floats(0, 0.6)), max_size=60))
def test_no_stroke_is_lost_or_doubled(strokes: list[tuple[str, float]]) -> None:
    keys: WedgeFilter[int] = WedgeFilter()
    at_s, taken = 0.0, 0
    back: list[int] = []
    for i, (sign, gap_s) in enumerate(strokes):
        at_s += gap_s
        seen = keys.press(sign, i, at_s)
        back += seen.released
        taken += len(seen.scanned)
    seen = keys.wait(at_s + 9)
    back += seen.released
    taken += len(seen.scanned)
    ends = len(strokes) - len(back) - taken  # the strokes that ended scans
    assert back == sorted(set(back))
    assert 0 <= ends <= sum(sign in "\r\t" for sign, _ in strokes)
