"""Who was admitted just before, by kind of pass."""

from __future__ import annotations

from keys.passages import PassIdentity
from scanner.decide.companions import Companions

CHILD, MOTHER, OTHER = (PassIdentity("hangzhou", 0, number) for number in range(3))


def test_nobody_was_admitted_at_first() -> None:
    assert Companions().ago_s(CHILD, 5.0) == {}


def test_the_latest_of_each_kind_is_told() -> None:
    seen = Companions()
    seen.admitted(MOTHER, 0, 10.0)
    seen.admitted(OTHER, 0, 20.5)
    seen.admitted(OTHER, 1, 1.0)
    assert seen.ago_s(CHILD, 30.0) == {0: 9, 1: 29}


def test_nobody_accompanies_themselves() -> None:
    seen = Companions()
    seen.admitted(MOTHER, 0, 10.0)
    seen.admitted(CHILD, 0, 20.0)
    seen.admitted(CHILD, 0, 25.0)
    assert seen.ago_s(CHILD, 30.0) == {0: 20}
    assert seen.ago_s(MOTHER, 30.0) == {0: 5}


def test_who_is_taken_back_accompanies_nobody() -> None:
    seen = Companions()
    seen.admitted(MOTHER, 0, 10.0)
    seen.taken_back(MOTHER)
    assert seen.ago_s(CHILD, 30.0) == {}
