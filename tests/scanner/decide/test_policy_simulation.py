"""What a policy would have said of yesterday."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from keys.claims import Status
from keys.passages import Direction, Reason, Verdict
from keys.policies import Capacity, ListAges, PlaceType, StatusVerdicts
from keys.policypresets import PRESETS
from scanner.decide.policy_prepared import PLAIN_POLICY, prepare
from scanner.decide.policy_simulation import PastScan, judged_by, simulate
from scanner.decide.scene import Facts
from tests.scanner.decide.makers import (
    HOUR_S,
    ISSUER,
    NOW,
    beliefs,
    digits,
    judged,
    moment,
    universe,
)
from tests.scanner.decide.policymakers import EXIT, policy


def scan(status: Status = Status.GREEN, age_s: int = 60, **changes: Any) -> PastScan:
    """Return a scan of yesterday, judged under the plain policy."""
    held = universe(status, made_at_s=NOW - age_s)
    base = judged(digits(), beliefs(universes={ISSUER: held}), prepare(PLAIN_POLICY).entry.rules)
    fields: dict[str, Any] = {
        "base": base._replace(name="", id_tail=""),
        "moment": moment(),
        "direction": Direction.ENTRY,
        "verdict": base.verdict,
        "reason": base.reason,
    }
    return PastScan(**fields | changes)


DAY = [scan(), scan(), scan(Status.YELLOW), scan(Status.RED), scan(age_s=23 * HOUR_S)]


def test_the_policy_of_yesterday_says_what_was_said() -> None:
    result = simulate(prepare(PLAIN_POLICY), DAY)

    assert result.scans == 5
    assert result.then == result.now
    assert not result.changed
    assert result.reasons[Reason.GREEN] == 2


def test_another_status_table_shows_who_would_have_been_treated_otherwise() -> None:
    mild = policy(entry=StatusVerdicts(yellow=Verdict.ADMIT_WITH_NOTE, red=Verdict.HAND_CHECK))
    result = simulate(prepare(mild), DAY)

    assert result.changed == {
        (Verdict.HAND_CHECK, Verdict.ADMIT_WITH_NOTE): 1,
        (Verdict.REFUSE, Verdict.HAND_CHECK): 1,
    }


def test_stricter_ages_and_a_limit_of_people_show_in_the_reasons() -> None:
    strict = policy(
        ages=ListAges(late_s=0, stale_s=2 * HOUR_S, closed_s=20 * HOUR_S), capacity=Capacity(hard=9)
    )
    full = [scan(facts=Facts(inside=9)), scan(facts=Facts(inside=3)), scan(age_s=23 * HOUR_S)]
    result = simulate(prepare(strict), full)

    assert result.reasons == {
        Reason.PLACE_FULL: 1,
        Reason.LIST_LATE: 1,
        Reason.LIST_CLOSED: 1,
    }


def test_what_no_policy_can_change_stays() -> None:
    base = judged(digits(iat=NOW - 9 * HOUR_S, exp=NOW - HOUR_S))
    missing = judged(digits(), beliefs(universes={}))
    damaged = judged("1" * 200)
    scans = [
        scan(base=judgement, verdict=judgement.verdict, reason=judgement.reason)
        for judgement in (base, missing, damaged)
    ]
    assert not simulate(prepare(policy(entry=StatusVerdicts(red=Verdict.ADMIT))), scans).changed


def test_each_direction_is_judged_by_its_own_rules() -> None:
    out = scan(Status.RED, direction=EXIT)
    shop = prepare(PRESETS[PlaceType.SHOP])

    judgement = judged_by(shop, out)
    assert judgement[:2] == (Verdict.ADMIT_WITH_NOTE, Reason.RED)
    assert [step.rule for step in judgement.trace] == ["status", "list_age_s", "verdict"]


@given(picks=st.lists(st.sampled_from(DAY), max_size=20), place=st.sampled_from(PlaceType))
def test_counts_add_up(picks: list[PastScan], place: PlaceType) -> None:
    result = simulate(prepare(PRESETS[place]), picks)

    assert result.scans == len(picks) == sum(result.then.values()) == sum(result.now.values())
    assert sum(result.reasons.values()) == len(picks)
    assert sum(result.changed.values()) <= len(picks)
