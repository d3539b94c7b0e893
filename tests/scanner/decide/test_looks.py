"""One glance, one meaning: words, signs, tones and colours of the verdicts."""

from __future__ import annotations

from itertools import combinations

import pytest

from keys.passages import Verdict
from scanner.decide.looks import LOOKS, MACHINE_AT_FAULT, Language, Sign, Tone
from tests.scanner.decide.colours import DEUTAN, NORMAL, PROTAN, TRITAN, Matrix, contrast, distance


def test_every_verdict_has_all_four_signals_of_its_own() -> None:
    assert set(LOOKS) == set(Verdict)
    looks = list(LOOKS.values())
    assert {look.sign for look in looks} == set(Sign)
    assert {look.tone for look in looks} == set(Tone)
    for language in Language:
        assert len({look.word.of(language) for look in looks}) == len(Verdict)


def test_only_the_two_admitting_verdicts_share_a_ground() -> None:
    admitting = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE}
    for one, other in combinations(Verdict, 2):
        same = LOOKS[one].ground == LOOKS[other].ground
        assert same == ({one, other} == admitting)
    assert LOOKS[Verdict.ADMIT_WITH_NOTE].band_ground is not None


@pytest.mark.parametrize("sight", [NORMAL, PROTAN, DEUTAN, TRITAN])
def test_the_grounds_lie_apart_for_every_kind_of_sight(sight: Matrix) -> None:
    grounds = {look.ground for look in LOOKS.values()}
    assert len(grounds) == 4
    for one, other in combinations(sorted(grounds), 2):
        assert distance(one, other, sight) >= 26, (one, other)


@pytest.mark.parametrize(
    ("verdict", "at_least"),
    [
        (Verdict.ADMIT, 4.5),
        (Verdict.ADMIT_WITH_NOTE, 4.5),
        (Verdict.HAND_CHECK, 11.9),
        (Verdict.REFUSE, 10),
        (Verdict.CANNOT_JUDGE, 8.5),
    ],
)
def test_the_word_stands_out_from_its_ground(verdict: Verdict, at_least: float) -> None:
    look = LOOKS[verdict]
    assert contrast(look.ground, look.text) >= at_least


def test_the_note_stands_out_from_its_band() -> None:
    look = LOOKS[Verdict.ADMIT_WITH_NOTE]
    assert look.band_ground is not None
    assert look.band_text is not None
    assert contrast(look.band_ground, look.band_text) >= 11.9


def test_an_admission_is_short_and_everything_else_stays_longer() -> None:
    assert LOOKS[Verdict.ADMIT].hold_s == 3
    assert {look.hold_s for verdict, look in LOOKS.items() if verdict is not Verdict.ADMIT} == {8}


def test_the_machine_takes_the_blame_in_both_languages() -> None:
    assert MACHINE_AT_FAULT.of(Language.ZH) != MACHINE_AT_FAULT.of(Language.EN)
