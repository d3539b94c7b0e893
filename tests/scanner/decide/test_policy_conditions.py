"""A policy's own conditions: what they see, and what one that fails comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from keys.claims import Kind
from keys.passages import Reason, Verdict
from keys.policies import (
    Capacity,
    Condition,
)
from keys.policyfile import write_logic
from keys.policylogic import condition_faults
from scanner.decide.judge import judge
from scanner.decide.judgement import TraceStep
from scanner.decide.policy_context import context_of
from scanner.decide.policy_prepared import (
    prepare,
)
from scanner.decide.scene import Facts, Observation, Scene
from tests.scanner.decide.makers import HOUR_S, NOW, beliefs, digits, moment, site
from tests.scanner.decide.policymakers import (
    ENTRY,
    EXIT,
    FULL_PLACE,
    answer,
    base,
    claims,
    policy,
    settled,
)


def condition(logic: Any, **changes: Any) -> Condition:
    text = logic if isinstance(logic, str) else write_logic(logic)
    return replace(Condition(name="rule", logic=text), **changes)


VISITORS_BY_DAY = {
    "if": [
        {"===": [{"var": "payload.kind"}, "visitor"]},
        {"<=": [8, {"var": "external.localHour"}, 17]},
        True,
    ]
}


def test_a_condition_holds_or_objects_with_its_own_verdict() -> None:
    asked = policy(conditions=(condition(VISITORS_BY_DAY, verdict=Verdict.REFUSE),))
    visitor = base(said=claims(kind=Kind.VISITOR))
    night = moment(local_hour=18)

    assert answer(asked, visitor) == (Verdict.ADMIT, Reason.GREEN)
    assert answer(asked, visitor, at=night) == (Verdict.REFUSE, Reason.CONDITION_NOT_MET)
    assert answer(asked, at=night) == (Verdict.ADMIT, Reason.GREEN)
    assert settled(asked, visitor, at=night).trace[1] == TraceStep("condition:rule", "false")
    assert settled(asked, visitor).trace[1] == TraceStep("condition:rule", "true")


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        ('{"or":[true,true]}', "not_certlogic"),
        ("1.5", "not_certlogic"),
        ("nonsense", "not_certlogic"),
        ("1", "not_a_boolean"),
        ('"true"', "not_a_boolean"),
        ('{"var":"payload.name"}', "not_a_boolean"),
        ('{"<":[{"var":"external.inside"},5]}', "operand_type"),
        ('{"!":[{"plusTime":["2021-01-01",0,"day"]}]}', "neither_true_nor_false"),
        ('{"after":[{"plusTime":["x",0,"day"]},{"plusTime":["2021",0,"day"]}]}', "date_format"),
    ],
)
@pytest.mark.parametrize("verdict", [Verdict.ADMIT_WITH_NOTE, Verdict.REFUSE])
def test_a_condition_that_fails_is_a_hand_check_and_never_an_admission(
    logic: str, value: str, verdict: Verdict
) -> None:
    said = settled(policy(conditions=(condition(logic, verdict=verdict),)))
    assert said[:2] == (Verdict.HAND_CHECK, Reason.RULE_NOT_JUDGED)
    assert said.trace[1] == TraceStep("condition:rule", value)


def test_the_office_sees_which_conditions_are_no_certlogic() -> None:
    good = condition(VISITORS_BY_DAY, name="good")
    assert condition_faults(policy(conditions=(good,))) == ()
    wrong = condition('{"or":[1]}', name="wrong")
    broken = condition("{", name="broken")
    assert condition_faults(policy(conditions=(good, wrong, broken))) == (
        ("wrong", "unknown_operation"),
        ("broken", "malformed_bytes"),
    )


def test_conditions_have_a_direction_of_their_own() -> None:
    inward = condition("false", name="in")
    outward = condition("false", name="out", direction=EXIT)
    both = condition("false", name="both", direction=None)
    asked = policy(conditions=(both, inward, outward))

    def rules(direction: Any) -> list[str]:
        return [step.rule for step in settled(asked, direction=direction).trace[1:-1]]

    assert rules(ENTRY) == ["condition:both", "condition:in"]
    assert rules(EXIT) == ["condition:both", "condition:out"]


def test_a_condition_sees_the_pass_the_place_and_the_moment_and_no_person() -> None:
    said = claims(site=site(zone=7, day_from=8, day_to=18, party=3), name="王*明", id_tail="123X")
    facts = Facts(inside=3, entry_ago_s=-1, exit_ago_s=9, entries_today=0)
    seen = Observation(temperatures=(380, 366), party=2, papers_seen=True)
    context = context_of(Scene(base(said=said), moment(now_s=0), EXIT, facts, seen), said)

    assert context["external"] == {
        "validationClock": "1970-01-01T00:00:00Z",
        "clock": "confirmed",
        "localHour": 12,
        "direction": "exit",
        "listAge": 60,
        "inside": 3,
        "entryAgo": -1,
        "exitAgo": 9,
        "entriesToday": 0,
        "temperature": 366,
        "party": 2,
        "papersSeen": True,
    }
    payload = context["payload"]
    assert {name: payload[name] for name in ("issuer", "kind", "status", "profile")} == {
        "issuer": "hangzhou",
        "kind": "phone",
        "status": "green",
        "profile": 2,
    }
    assert (payload["zone"], payload["dayFrom"], payload["dayTo"], payload["party"]) == (
        7,
        8,
        18,
        3,
    )
    assert not {"王*明", "123X", 5} & set(payload.values())


def test_what_is_not_known_is_null_in_a_condition() -> None:
    unknown = base(identity=None, status=None, list_age_s=None)
    assert unknown.claims is not None
    scene = Scene(unknown, moment(), ENTRY, Facts(), Observation())
    context = context_of(scene, unknown.claims)

    nulls = {name for half in context.values() for name, value in half.items() if value is None}
    assert nulls == {
        "issuer",
        "status",
        "zone",
        "dayFrom",
        "dayTo",
        "party",
        "listAge",
        "inside",
        "entryAgo",
        "exitAgo",
        "entriesToday",
        "temperature",
    }


def test_times_in_a_condition_are_what_plus_time_reads() -> None:
    young = {
        "after": [
            {"plusTime": [{"var": "payload.iat"}, 2, "hour"]},
            {"plusTime": [{"var": "external.validationClock"}, 0, "hour"]},
        ]
    }
    asked = policy(conditions=(condition(young),))
    assert answer(asked)[0] is Verdict.ADMIT
    assert answer(asked, base(said=claims(iat=NOW - 3 * HOUR_S)))[0] is Verdict.HAND_CHECK


def test_no_trace_of_any_rule_names_a_person() -> None:
    asked = policy(
        denied=(base().identity,),
        capacity=Capacity(soft=1),
        conditions=(condition(VISITORS_BY_DAY),),
        refusal=Verdict.HAND_CHECK,
    )
    real = judge(digits(), beliefs(), prepare(asked).entry.rules, moment())
    for judgement in (settled(asked, facts=FULL_PLACE), settled(asked, real, facts=FULL_PLACE)):
        words = {str(part) for step in judgement.trace for part in step}
        assert judgement.name
        assert not words & {judgement.name, judgement.id_tail, str(judgement.identity)}
