"""A code in the picture is judged once, a person before the gate counted once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keys.passages import PassIdentity
from scanner.decide.samecode import (
    PERSON_WINDOW_S,
    REMEMBERED_MAX,
    TEXT_WINDOW_S,
    Presence,
    Recent,
)

WANG = PassIdentity("hangzhou", 0, 1)
LI = PassIdentity("hangzhou", 0, 2)


def test_a_thing_is_new_once_and_new_again_after_its_window() -> None:
    recent: Recent[str] = Recent(10.0)

    assert recent.is_new("a", 0.0)
    assert not recent.is_new("a", 10.0)
    assert not recent.is_new("a", 20.0)  # seeing again prolonged it
    assert recent.is_new("a", 30.1)
    assert recent.is_new("b", 30.1)


def test_a_forgotten_thing_is_new_again() -> None:
    recent: Recent[str] = Recent(10.0)
    recent.is_new("a", 0.0)

    recent.forget("a")
    recent.forget("never seen")

    assert recent.is_new("a", 1.0)


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    recent: Recent[int] = Recent(10.0, remembered_max=3)
    for number in range(4):
        recent.is_new(number, 0.0)

    assert not recent.is_new(3, 0.0)
    assert not recent.is_new(2, 0.0)
    assert recent.is_new(0, 0.0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 30)), max_size=60))
def test_recent_says_new_exactly_when_the_last_look_is_longer_ago_than_the_window(
    looks: list[tuple[str, float]],
) -> None:
    recent: Recent[str] = Recent(10.0)
    last: dict[str, float] = {}
    now_s = 0.0
    for thing, later_s in looks:
        now_s += later_s
        expected = thing not in last or now_s - last[thing] > 10.0
        assert recent.is_new(thing, now_s) is expected
        last[thing] = now_s


def test_a_text_that_stays_in_the_picture_is_looked_at_once() -> None:
    presence = Presence()

    assert presence.is_new_text("x", 0.0)
    assert not presence.is_new_text("x", 0.04)
    assert not presence.is_new_text("x", 0.04 + TEXT_WINDOW_S)
    assert presence.is_new_text("x", 0.1 + 2 * TEXT_WINDOW_S)


def test_a_pass_held_up_for_a_minute_is_one_person_also_after_a_blink() -> None:
    presence = Presence()
    presence.is_new_text("x", 0.0)
    assert presence.is_new_person(WANG, "x", 0.0)
    for tick in range(1, 600):
        assert not presence.is_new_text("x", tick / 10)

    # A hand before the camera for a moment: the text is new, the person is not.
    assert presence.is_new_text("x", 59.9 + 2 * TEXT_WINDOW_S)
    assert not presence.is_new_person(WANG, "x", 59.9 + 2 * TEXT_WINDOW_S)


def test_a_rotating_code_that_shows_four_texts_in_a_minute_is_one_person() -> None:
    presence = Presence()
    counted = 0
    for tick in range(600):
        text = f"slot {tick // 150}"
        if presence.is_new_text(text, tick / 10):
            counted += presence.is_new_person(WANG, text, tick / 10)

    assert counted == 1


def test_the_same_person_comes_back_later_and_is_counted_again() -> None:
    presence = Presence()
    assert presence.is_new_person(WANG, "x", 0.0)
    assert not presence.is_new_person(WANG, "other carrier", PERSON_WINDOW_S)
    assert presence.is_new_person(LI, "y", PERSON_WINDOW_S)

    assert presence.is_new_person(WANG, "x", 2 * PERSON_WINDOW_S + 0.1)


def test_what_was_not_written_down_is_new_at_the_next_look() -> None:
    presence = Presence()
    presence.is_new_text("x", 0.0)
    presence.is_new_person(WANG, "x", 0.0)

    presence.forget(WANG, "x")

    assert presence.is_new_text("x", 0.04)
    assert presence.is_new_person(WANG, "x", 0.04)


def test_a_flood_of_texts_does_not_fill_the_memory() -> None:
    presence = Presence()
    for number in range(REMEMBERED_MAX + 10):
        presence.is_new_text(f"{number}", 0.0)
        presence.is_new_person(f"{number}", f"{number}", 0.0)

    assert len(presence._shown_by) == REMEMBERED_MAX
    assert not presence.is_new_text(f"{REMEMBERED_MAX}", 0.1)


def test_who_is_taken_back_is_new_and_the_code_still_held_up_is_not() -> None:
    presence = Presence()
    assert presence.is_new_text("code", 0.0)
    assert presence.is_new_person("code", "code", 0.0)
    presence.undo("code", "code")
    assert not presence.is_new_text("code", 0.5)
    assert presence.is_new_person("code", "other carrier", 0.6)


def test_how_long_ago_a_person_was_seen_goes_by_the_code_held_up() -> None:
    presence = Presence()
    assert presence.seen_ago_s(WANG, 0.0) is None
    presence.is_new_text("code", 0.0)
    presence.is_new_person(WANG, "code", 0.0)
    assert presence.seen_ago_s(WANG, 2.0) == 2.0
    presence.is_new_text("code", 1.0)
    assert presence.seen_ago_s(WANG, 1.5) == 0.5
