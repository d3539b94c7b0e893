"""Which status holds, how old a list may be, and that nothing but a sure green ever admits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from keys.claims import Status
from keys.passages import ClockGrade, Reason, Verdict
from keys.trustlist import keyring_of
from keys.verify import check_time, open_code
from scanner.decide.judge import Beliefs, Moment, judge
from scanner.decide.policy import Rules
from tests.keys.makers import PASS_KEY, THIEF
from tests.scanner.decide.makers import (
    ENTRIES,
    HOUR_S,
    ISSUER,
    NOW,
    RULES,
    KeyState,
    beliefs,
    digits,
    judged,
    moment,
    site,
    trust_list,
    trusted_key,
    universe,
)

ADMITTING = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE}
SEVERITY = [Status.GREEN, Status.YELLOW, Status.RED, Status.WITHDRAWN]
REASONS = {
    Status.GREEN: Reason.GREEN,
    Status.YELLOW: Reason.YELLOW,
    Status.RED: Reason.RED,
    Status.WITHDRAWN: Reason.WITHDRAWN,
}


def believing(held: Status, made_at_s: int) -> Beliefs:
    return beliefs(universes={ISSUER: universe(held, made_at_s=made_at_s)})


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (Status.GREEN, Verdict.ADMIT),
        (Status.YELLOW, Verdict.HAND_CHECK),
        (Status.RED, Verdict.REFUSE),
        (Status.WITHDRAWN, Verdict.REFUSE),
    ],
)
def test_the_list_speaks_for_a_pass_that_is_older(status: Status, verdict: Verdict) -> None:
    judgement = judged(digits(), believing(status, NOW - 60))

    assert judgement[:2] == (verdict, REASONS[status])


@pytest.mark.parametrize("minted", [Status.GREEN, Status.YELLOW, Status.RED])
@pytest.mark.parametrize("held", list(Status))
@pytest.mark.parametrize("ahead_s", [-61, -60, -59, 0, 59, 60, 61])
def test_the_newer_word_holds_and_within_a_minute_the_more_severe(
    minted: Status, held: Status, ahead_s: int
) -> None:
    iat = NOW - HOUR_S
    judgement = judged(digits(status=minted, iat=iat), believing(held, iat - ahead_s))

    if held is Status.WITHDRAWN or ahead_s <= -60:
        expected = held
    elif ahead_s >= 60:
        expected = minted
    else:
        expected = max(minted, held, key=SEVERITY.index)
    assert judgement.reason is REASONS[expected]


@pytest.mark.parametrize("place", [(1, 0), (1, 5), (4095, ENTRIES - 1)])
def test_an_index_beyond_the_list_is_judged_only_if_the_pass_is_younger(
    place: tuple[int, int],
) -> None:
    iat = NOW - HOUR_S
    text = digits(list_number=place[0], entry=place[1], iat=iat)

    for ahead_s, answer in (
        (60, (Verdict.ADMIT, Reason.GREEN)),
        (59, (Verdict.CANNOT_JUDGE, Reason.INDEX_BEYOND_LIST)),
        (-60, (Verdict.CANNOT_JUDGE, Reason.INDEX_BEYOND_LIST)),
    ):
        assert judged(text, believing(Status.GREEN, iat - ahead_s))[:2] == answer


def test_the_last_entry_of_a_universe_is_read_from_its_last_bits() -> None:
    packed = bytearray(ENTRIES // 4)
    packed[-1] = Status.RED << 6
    last = beliefs(universes={ISSUER: universe(packed=bytes(packed))})

    assert judged(digits(entry=ENTRIES - 1), last).reason is Reason.RED
    assert judged(digits(entry=ENTRIES - 2), last).reason is Reason.GREEN


AGES = Rules(zone=7, late_after_s=100, stale_after_s=1000, closed_after_s=10_000)


@pytest.mark.parametrize(
    ("age_s", "answer"),
    [
        (0, (Verdict.ADMIT, Reason.GREEN)),
        (99, (Verdict.ADMIT, Reason.GREEN)),
        (100, (Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE)),
        (999, (Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE)),
        (1000, (Verdict.HAND_CHECK, Reason.LIST_STALE)),
        (9999, (Verdict.HAND_CHECK, Reason.LIST_STALE)),
        (10_000, (Verdict.CANNOT_JUDGE, Reason.LIST_CLOSED)),
        (10_000_000, (Verdict.CANNOT_JUDGE, Reason.LIST_CLOSED)),
    ],
)
def test_a_list_ages_from_fresh_to_late_to_stale_to_closed(
    age_s: int, answer: tuple[Verdict, Reason]
) -> None:
    text = digits(iat=NOW - 600 * HOUR_S, exp=NOW + HOUR_S)

    judgement = judged(text, believing(Status.GREEN, NOW - age_s), AGES)
    assert (*judgement[:2], judgement.list_age_s) == (*answer, age_s)


def test_a_list_from_ahead_of_the_clock_counts_as_fresh_and_never_as_negative() -> None:
    assert judged(digits(), believing(Status.GREEN, NOW + 30)).list_age_s == 0


@pytest.mark.parametrize("age_s", [0, 100, 1000, 10_000])
@pytest.mark.parametrize("verdict", [Verdict.HAND_CHECK, Verdict.CANNOT_JUDGE, Verdict.REFUSE])
def test_no_age_of_a_list_makes_a_verdict_better(age_s: int, verdict: Verdict) -> None:
    rules = Rules(
        zone=7,
        by_status={Status.GREEN: verdict},
        late_after_s=100,
        stale_after_s=1000,
        closed_after_s=10_000,
    )

    assert judged(digits(), believing(Status.GREEN, NOW - age_s), rules).verdict is verdict


def test_what_a_status_means_is_the_gates_own_data() -> None:
    shelter = Rules(zone=7, by_status={Status.RED: Verdict.ADMIT_WITH_NOTE})

    judgement = judged(digits(), believing(Status.RED, NOW - 60), shelter)
    assert judgement[:2] == (Verdict.ADMIT_WITH_NOTE, Reason.RED)


# --- the property: whatever a station believes, only one way leads in

_KEYS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        *[{}] * 10,
        {"state": KeyState.BURNED},
        {"state": KeyState.RETIRED},
        {"public_key": THIEF.public_key},
        {"not_after": NOW - 2 * HOUR_S},
        {"kid": 257},
    ]
)
_SITES = st.none() | st.builds(
    lambda zone, day: site(zone=zone, day_from=day[0], day_to=day[1]),
    st.sampled_from([0, 7, 8]),
    st.sampled_from([(0, 0), (8, 18), (22, 6), (0, 24)]),
)
_TEXTS = st.builds(
    lambda status, life, place, key, where: digits(
        status=status,
        iat=NOW - life[0] * HOUR_S,
        exp=NOW + life[1] * HOUR_S,
        list_number=place[0],
        entry=place[1],
        key=key,
        site=where and where._replace(nbf=NOW - life[0] * HOUR_S),
    ),
    st.sampled_from([0, 2, 3]),
    st.sampled_from([(1, 24), (3, 24), (30, 24), (400, 24), (2, -1), (-1, 24), (1, 1)]),
    st.sampled_from([(0, 5), (0, 5), (0, 6), (0, 7), (1, 5)]),
    st.sampled_from([THIEF] + [PASS_KEY] * 9),
    _SITES,
)
_HELD = st.sampled_from([Status.GREEN] * 3 + list(Status))
_AGES = st.sampled_from(
    [-120, 0, 30] * 3 + [59, 60, 6 * HOUR_S, 72 * HOUR_S, 336 * HOUR_S, 9999 * HOUR_S]
)
_MOMENTS = st.builds(
    Moment,
    st.sampled_from([NOW] * 4 + [NOW - 500 * HOUR_S, NOW + 3 * HOUR_S]),
    st.sampled_from([ClockGrade.CONFIRMED] * 3 + list(ClockGrade)),
    st.integers(0, NOW),
    st.integers(0, 23),
)
_MAPS = st.sampled_from([None] * 8 + [{}, {0: 0}, {0: 2, 2: 0}, {3: 0}, {0: 0, 1: 0, 3: 1}])


@settings(max_examples=300)
@given(text=_TEXTS, key=_KEYS, held=_HELD, age_s=_AGES, at=_MOMENTS, mapping=_MAPS)
def test_nothing_admits_but_a_good_signature_a_green_status_a_sure_clock_and_a_young_list(
    text: str,
    key: dict[str, Any],
    held: Status,
    age_s: int,
    at: Moment,
    mapping: dict[int, int] | None,
) -> None:
    keyring = keyring_of(trust_list(trusted_key(**key)))
    made_at_s = at.now_s - age_s
    believed = beliefs(
        keyring=keyring,
        universes={ISSUER: universe(held, made_at_s=made_at_s)},
        status_maps={} if mapping is None else {ISSUER: mapping},
    )

    judgement = judge(text, believed, RULES, at)

    assert judgement is not None
    event(judgement.verdict.value)
    if judgement.verdict not in ADMITTING:
        return
    signed = open_code(text, keyring)  # raises unless the signature stands
    check_time(signed, at.now_s)
    claims = signed.claims
    in_list = held if (claims.list_number, claims.entry) == (0, 5) else Status.GREEN
    means = {0: 0} if mapping is None else mapping
    assert in_list is not Status.WITHDRAWN
    younger = claims.iat - made_at_s >= 60
    word = claims.status if younger else in_list
    assert means.get(word) == Status.GREEN
    assert at.grade is ClockGrade.CONFIRMED
    assert age_s < RULES.closed_after_s
    if age_s >= RULES.late_after_s:
        assert judgement.verdict is Verdict.ADMIT_WITH_NOTE


@given(st.text(max_size=300) | st.text("0123456789", min_size=190, max_size=290))
def test_no_text_that_was_not_minted_is_ever_admitted(text: str) -> None:
    judgement = judge(text, beliefs(), RULES, moment())

    assert judgement is None or judgement.verdict is Verdict.REFUSE


@given(st.integers(0, 199), st.integers(1, 9))
def test_a_pass_with_one_digit_changed_is_refused(place: int, step: int) -> None:
    text = digits()
    changed = text[:place] + str((int(text[place]) + step) % 10) + text[place + 1 :]

    judgement = judge(changed, beliefs(), RULES, moment())
    assert judgement is not None
    assert judgement.verdict is Verdict.REFUSE


def test_fresh_lists_beside_an_old_trust_list_are_as_old_as_the_trust_list() -> None:
    fresh = beliefs()
    assert fresh.age_s(ISSUER, NOW) == 60
    assert fresh.age_s("nobody", NOW) is None
    newer_trust = beliefs(trust_made_at_s=NOW)
    assert newer_trust.age_s(ISSUER, NOW) == 60
    held_back = beliefs(trust_made_at_s=NOW - 4 * 24 * HOUR_S)
    assert held_back.age_s(ISSUER, NOW) == 4 * 24 * HOUR_S
    assert (answer := judged(digits(), held_back)).verdict is Verdict.HAND_CHECK
    assert answer.reason is Reason.LIST_STALE
