"""Whatever a policy says: nobody is admitted whom the pass, the list, the clock or a rule that
stands in the policy keeps out, and no rule that fails lets anybody in.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from keys.claims import Kind, Status
from keys.passages import ClockGrade, Direction, PassIdentity, Verdict
from keys.policies import (
    Capacity,
    Clocks,
    CompanionRule,
    Condition,
    Hours,
    ListAges,
    PartyLimit,
    Passback,
    PassbackRule,
    Policy,
    Quota,
    StatusVerdicts,
    TemperatureRule,
)
from keys.policyfile import decode_policy, encode_policy
from scanner.decide.judge import Beliefs, judge
from scanner.decide.judgement import Judgement
from scanner.decide.policy_prepared import prepare, settle
from scanner.decide.scene import Facts, Observation
from tests.keys.makers import THIEF
from tests.scanner.decide.makers import (
    HOUR_S,
    INDEX,
    ISSUER,
    NOW,
    beliefs,
    digits,
    moment,
    site,
    universe,
)
from tests.scanner.decide.policymakers import policy
from tests.scanner.decide.test_policy_prepared import rotating

SEVERITY = {
    Verdict.ADMIT: 0,
    Verdict.ADMIT_WITH_NOTE: 1,
    Verdict.HAND_CHECK: 2,
    Verdict.REFUSE: 3,
    Verdict.CANNOT_JUDGE: 3,
}
HELD = 2
WHO = PassIdentity(ISSUER, 0, INDEX)
OBJECTIONS = st.sampled_from([Verdict.ADMIT_WITH_NOTE, Verdict.HAND_CHECK, Verdict.REFUSE])
UNSURE = st.sampled_from([Verdict.ADMIT_WITH_NOTE, Verdict.HAND_CHECK, Verdict.CANNOT_JUDGE])
ANY = st.sampled_from([Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE, Verdict.HAND_CHECK, Verdict.REFUSE])
BACK = st.sampled_from([Verdict.HAND_CHECK, Verdict.REFUSE])
SPANS = st.sampled_from([0, 30, 60, 61, HOUR_S, 24 * HOUR_S])
LOGIC = st.sampled_from(
    [
        "true",
        "false",
        "1",
        '{"or":[true]}',
        "[",
        '{"<":[{"var":"external.inside"},5]}',
        '{"===":[{"var":"payload.kind"},"phone"]}',
    ]
)


@cache
def texts() -> dict[str, str]:
    """Return one code of each sort; minted once."""
    return {
        "phone": digits(),
        "child": digits(kind=int(Kind.DEPENDANT)),
        "site": digits(site=site(zone=7, day_from=8, day_to=18, party=3)),
        "elsewhere": digits(site=site(zone=8)),
        "rotating": rotating(),
        "forged": digits(key=THIEF),
        "ended": digits(iat=NOW - 9 * HOUR_S, exp=NOW - HOUR_S),
        "early": digits(site=site(nbf=NOW + 30 * HOUR_S)),
        "damaged": "1" * 200,
    }


@cache
def world(status: Status, age_s: int) -> Beliefs:
    return beliefs(universes={ISSUER: universe(status, made_at_s=NOW - age_s)})


STATUSES = st.builds(StatusVerdicts, green=ANY, yellow=ANY, red=ANY, withdrawn=BACK)
AGES = st.just(ListAges()) | st.tuples(SPANS, SPANS, SPANS).map(
    lambda spans: ListAges(
        **dict(zip(("late_s", "stale_s", "closed_s"), sorted(spans), strict=True))
    )
)
QUESTIONS: dict[str, st.SearchStrategy[Any]] = {
    "entry": STATUSES,
    "exit": STATUSES,
    "ages": AGES,
    "clocks": st.builds(Clocks, not_confirmed=UNSURE, rolled_back=UNSURE),
    "zones": st.just((8,)),
    "hours": st.sampled_from([Hours(start=8, end=18), Hours(start=18, end=8)]),
    "party": st.builds(PartyLimit, most=st.integers(1, 4), verdict=OBJECTIONS),
    "temperature": st.builds(
        TemperatureRule, remeasures=st.integers(0, 2), required=st.booleans(), verdict=OBJECTIONS
    ),
    "capacity": st.sampled_from([Capacity(soft=5), Capacity(hard=9), Capacity(soft=5, hard=9)]),
    "passback": st.builds(PassbackRule, mode=st.sampled_from(Passback), window_s=st.just(60)),
    "denied": st.just((WHO,)),
    "only": st.sampled_from([(WHO,), (PassIdentity(ISSUER, 0, INDEX + 1),)]),
    "kinds": st.sampled_from([(Kind.PHONE,), (Kind.DEPENDANT, Kind.STAFF)]),
    "quota": st.builds(Quota, a_day=st.integers(1, 2), verdict=OBJECTIONS),
    "companions": st.tuples(
        st.builds(
            CompanionRule,
            kinds=st.just((Kind.DEPENDANT,)),
            with_kinds=st.just((Kind.PHONE,)),
            within_s=st.just(60),
            verdict=OBJECTIONS,
        )
    ),
    "conditions": st.tuples(
        st.builds(
            Condition,
            name=st.just("rule"),
            logic=LOGIC,
            verdict=OBJECTIONS,
            direction=st.none() | st.sampled_from(Direction),
        )
    ),
    "refusal": BACK,
}


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Return a policy with at most three questions: one that asks everything admits nobody, and
    then nothing is tried.
    """
    asked = draw(st.sets(st.sampled_from(list(QUESTIONS)), max_size=3))
    return policy(**{name: draw(QUESTIONS[name]) for name in sorted(asked)})


SECONDS = st.sampled_from([None, -1, 0, 59, 60, 61])
FACTS = st.builds(
    Facts,
    inside=st.sampled_from([None, 0, 4, 5, 8, 9, 50]),
    entry_ago_s=SECONDS,
    exit_ago_s=SECONDS,
    entries_today=st.sampled_from([None, 0, 1, 2]),
    admitted_ago_s=st.sampled_from([{}, {Kind.PHONE: 60}, {Kind.PHONE: 61}]),
)
SEEN = st.builds(
    Observation,
    temperatures=st.lists(st.sampled_from([0, 365, 373, 400]), max_size=4).map(tuple),
    party=st.integers(1, 5),
)


def rule_floor(
    asked: Policy, judgement: Judgement, facts: Facts, seen: Observation, way: Direction
) -> int:
    """Return how severe a verdict must be at least, from the policy's words alone."""
    floor = 0
    claims = judgement.claims
    assert claims is not None
    for condition in asked.conditions:
        if condition.direction in {None, way} and condition.logic != "true":
            # Whatever is not certainly true objects; what certainly fails is a hand check.
            known = '"===":' in condition.logic and claims.kind == Kind.PHONE
            counted = '"<":' in condition.logic and facts.inside is not None and facts.inside < 5
            floor = max(floor, 0 if known or counted else 1)
            if condition.logic in {"1", "[", '{"or":[true]}'}:
                floor = max(floor, HELD)
    if asked.passback is not None:
        same, other = facts.entry_ago_s, facts.exit_ago_s
        if way is Direction.EXIT:
            same, other = other, same
        if same is None or other is None:
            floor = max(floor, HELD)
        elif 0 <= same < 60 and not 0 <= other < same:
            floor = max(floor, 1 if asked.passback.mode is Passback.SOFT else 3)
        elif 0 <= same < 60 and asked.passback.mode is Passback.TIMED:
            floor = max(floor, 3)
    return floor if way is Direction.EXIT else max(floor, entry_floor(asked, claims, facts, seen))


def entry_floor(asked: Policy, claims: Any, facts: Facts, seen: Observation) -> int:
    floors = [0]
    if WHO in asked.denied or (asked.only and WHO not in asked.only):
        floors.append(3)
    if asked.kinds and claims.kind not in asked.kinds:
        floors.append(3)
    if asked.hours is not None and asked.hours.start == 18:
        floors.append(HELD)  # it is noon, and at best the clock does not know
    if asked.party is not None:
        allowed = claims.site.party if claims.site else 1
        fits = seen.party <= min(asked.party.most, allowed)
        floors.append(0 if fits else SEVERITY[asked.party.verdict])
    if asked.companions and claims.kind == Kind.DEPENDANT and facts.admitted_ago_s != {0: 60}:
        floors.append(SEVERITY[asked.companions[0].verdict])
    return max(*floors, counted_floor(asked, facts, seen), temperature_floor(asked, seen))


def temperature_floor(asked: Policy, seen: Observation) -> int:
    rule = asked.temperature
    if rule is None:
        return 0
    real = [tenths for tenths in seen.temperatures if tenths][: rule.remeasures + 1]
    if not real:
        return HELD if seen.temperatures or rule.required else 0
    return min(HELD, SEVERITY[rule.verdict]) if real[-1] >= 373 else 0


def counted_floor(asked: Policy, facts: Facts, seen: Observation) -> int:
    floors = [0]
    if asked.capacity is not None and facts.inside is not None:
        after = facts.inside + seen.party
        floors.append(3 if after > (asked.capacity.hard or 10**9) else 0)
        floors.append(1 if after > (asked.capacity.soft or 10**9) else 0)
    elif asked.capacity is not None:
        floors.append(HELD)
    if asked.quota is not None:
        entries = facts.entries_today
        if entries is None:
            floors.append(HELD)
        elif entries >= asked.quota.a_day:
            floors.append(SEVERITY[asked.quota.verdict])
    return max(floors)


def pass_floor(
    asked: Policy, sort: str, status: Status, age_s: int, grade: ClockGrade, way: Direction
) -> int:
    """Return how severe a verdict must be at least by pass, list and clock."""
    out_of_slot = sort == "rotating" and age_s >= HOUR_S
    if out_of_slot or sort in {"forged", "ended", "early", "damaged"}:
        return HELD
    if sort == "elsewhere" and 8 not in asked.zones:
        return HELD
    verdicts = (asked.exit or asked.entry) if way is Direction.EXIT else asked.entry
    floors = [SEVERITY[getattr(verdicts, status.name.lower())]]
    if grade is not ClockGrade.CONFIRMED:
        unsure = SEVERITY[getattr(asked.clocks, grade.value)]
        floors.append(HELD if sort == "rotating" else min(HELD, unsure))
    if floors[0] < HELD:
        floors.append(1 if age_s >= asked.ages.late_s else 0)
        floors.append(HELD if age_s >= asked.ages.stale_s else 0)
    return max(floors)


@given(
    asked=policies(),
    sort=st.sampled_from(["phone"] * 6 + sorted(texts())),
    status=st.sampled_from([Status.GREEN] * 4 + list(Status)),
    age_s=SPANS,
    grade=st.sampled_from([ClockGrade.CONFIRMED] * 4 + list(ClockGrade)),
    way=st.sampled_from(Direction),
    facts=FACTS,
    seen=SEEN,
)
def test_no_verdict_is_milder_than_pass_list_clock_and_every_rule_allow(
    asked: Policy,
    sort: str,
    status: Status,
    age_s: int,
    grade: ClockGrade,
    way: Direction,
    facts: Facts,
    seen: Observation,
) -> None:
    prepared = prepare(asked, zone=7).way(way)
    at = moment(grade=grade)
    # The list is newer than the pass wherever the pass could speak for itself.
    judged = judge(texts()[sort], world(status, min(age_s, HOUR_S - 60)), prepared.rules, at)
    if age_s >= HOUR_S:
        later = moment(grade=grade, now_s=NOW + age_s - HOUR_S + 60)
        judged = judge(texts()[sort], world(status, HOUR_S - 60), prepared.rules, later)
        at = later
    assert judged is not None
    said = settle(judged, prepared, at, way, facts=facts, observation=seen)

    lowest = pass_floor(asked, sort, status, age_s, grade, way)
    if judged.claims is not None and judged.status is not None and lowest < 3:
        lowest = max(lowest, rule_floor(asked, judged, facts, seen, way))
    if asked.refusal is Verdict.HAND_CHECK:
        lowest = min(lowest, HELD)
    event(said.verdict.value)
    assert SEVERITY[said.verdict] >= lowest
    assert said.trace[-1].value == said.reason.value
    # A hand check or a refusal never comes from nowhere either.
    assert said.identity == judged.identity


@given(asked=policies())
def test_every_drawn_policy_can_be_signed_unless_its_logic_is_no_json(asked: Policy) -> None:
    if all(condition.logic != "[" for condition in asked.conditions):
        assert decode_policy(encode_policy(asked)) == asked
