"""The bytes of a policy: one form each, every limit kept, nothing unknown let through."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes, UntrustedData
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
    PlaceType,
    Policy,
    Quota,
    StatusVerdicts,
    TemperatureRule,
)
from keys.policychecks import (
    AGE_MAX_S,
    COMPANIONS_MAX,
    CONDITIONS_MAX,
    LISTED_MAX,
    LOGIC_MAX_CHARACTERS,
    PLACES_MAX,
)
from keys.policyfile import (
    FIELD_NUMBERS,
    POLICY_MAX_BYTES,
    decode_policy,
    encode_policy,
    policy_for,
    policy_path,
    read_logic,
    write_logic,
)

PLAIN = Policy(version=1, name="plain", place=PlaceType.ESTATE)
CONDITION = Condition(name="always", logic="true")
COMPANION = CompanionRule(kinds=(2,), with_kinds=(0, 1), within_s=60)
FULL = Policy(
    version=7,
    name="east-gate",
    place=PlaceType.FACTORY,
    checkpoints=("east gate", "东门"),
    entry=StatusVerdicts(yellow=Verdict.ADMIT_WITH_NOTE),
    exit=StatusVerdicts(red=Verdict.HAND_CHECK, withdrawn=Verdict.HAND_CHECK),
    ages=ListAges(late_s=0, stale_s=10, closed_s=AGE_MAX_S),
    clocks=Clocks(not_confirmed=Verdict.ADMIT_WITH_NOTE, rolled_back=Verdict.HAND_CHECK),
    zones=(3, 65535),
    hours=Hours(start=22, end=6),
    party=PartyLimit(most=4),
    temperature=TemperatureRule(required=False, remeasures=0),
    capacity=Capacity(soft=10, hard=10),
    passback=PassbackRule(mode=Passback.TIMED, window_s=60),
    denied=(PassIdentity("hangzhou", 0, 5), PassIdentity("hangzhou", 0, 6)),
    only=(PassIdentity("ningbo", 4095, (1 << 20) - 1),),
    kinds=(0, 3),
    quota=Quota(a_day=2, verdict=Verdict.HAND_CHECK),
    companions=(COMPANION,),
    conditions=(CONDITION, Condition(name="exit", logic="[]", direction=None)),
    refusal=Verdict.HAND_CHECK,
)


@pytest.mark.parametrize("policy", [PLAIN, FULL])
def test_a_policy_comes_back_as_it_was(policy: Policy) -> None:
    assert decode_policy(encode_policy(policy)) == policy


@pytest.mark.parametrize("name", sorted(FIELD_NUMBERS.keys() - {"version", "name", "place"}))
def test_each_field_alone_comes_back_and_its_default_takes_no_room(name: str) -> None:
    policy = replace(PLAIN, **{name: getattr(FULL, name)})
    raw = encode_policy(policy)

    assert decode_policy(raw) == policy
    assert set(cbor_decode(raw, max_bytes=999)) == {1, 2, 3, FIELD_NUMBERS[name]}
    written = cbor_decode(encode_policy(FULL), max_bytes=9999)
    default = cbor_decode(encode_policy(PLAIN), max_bytes=999)
    spelled_out = {**default, FIELD_NUMBERS[name]: written[FIELD_NUMBERS[name]]}
    assert cbor_encode(spelled_out) == raw


IDENTITY = PassIdentity("hangzhou", 1, 1)
BAD: list[dict[str, Any]] = [
    {"version": 0},
    {"version": 1 << 53},
    {"name": ""},
    {"name": "East"},
    {"name": "a/b"},
    {"name": "a" * 49},
    {"name": 3},
    {"checkpoints": ("",)},
    {"checkpoints": (3,)},
    {"checkpoints": ("b", "a")},
    {"checkpoints": ("a", "a")},
    {"checkpoints": tuple(f"{n:03}" for n in range(PLACES_MAX + 1))},
    {"entry": StatusVerdicts(green=Verdict.CANNOT_JUDGE)},
    {"entry": StatusVerdicts(withdrawn=Verdict.ADMIT)},
    {"exit": StatusVerdicts(withdrawn=Verdict.ADMIT_WITH_NOTE)},
    {"exit": StatusVerdicts(red=Verdict.CANNOT_JUDGE)},
    {"ages": ListAges(late_s=-1)},
    {"ages": ListAges(closed_s=AGE_MAX_S + 1)},
    {"ages": ListAges(late_s=20, stale_s=10)},
    {"ages": ListAges(stale_s=20, closed_s=10, late_s=5)},
    {"clocks": Clocks(not_confirmed=Verdict.ADMIT)},
    {"clocks": Clocks(rolled_back=Verdict.REFUSE)},
    {"zones": (0,)},
    {"zones": (65536,)},
    {"zones": (2, 1)},
    {"hours": Hours(start=24, end=1)},
    {"hours": Hours(start=8, end=25)},
    {"hours": Hours(start=8, end=8)},
    {"hours": Hours(start=-1, end=8)},
    {"party": PartyLimit(most=0)},
    {"party": PartyLimit(most=17)},
    {"party": PartyLimit(most=1, verdict=Verdict.ADMIT)},
    {"temperature": TemperatureRule(limit_tenths=359)},
    {"temperature": TemperatureRule(limit_tenths=421)},
    {"temperature": TemperatureRule(remeasures=10)},
    {"temperature": TemperatureRule(remeasures=-1)},
    {"temperature": TemperatureRule(verdict=Verdict.ADMIT)},
    {"temperature": TemperatureRule(required=2)},  # type: ignore[arg-type]
    {"capacity": Capacity()},
    {"capacity": Capacity(soft=0)},
    {"capacity": Capacity(hard=1_000_001)},
    {"capacity": Capacity(soft=11, hard=10)},
    {"passback": PassbackRule(mode=Passback.TIMED)},
    {"passback": PassbackRule(mode=Passback.HARD, window_s=-1)},
    {"denied": (IDENTITY, IDENTITY)},
    {"denied": (PassIdentity("Hangzhou", 1, 1),)},
    {"only": (PassIdentity("hangzhou", 4096, 1),)},
    {"only": (PassIdentity("hangzhou", 1, 1 << 20),)},
    {"only": tuple(PassIdentity("hangzhou", 1, n) for n in range(LISTED_MAX + 1))},
    {"kinds": (6,)},
    {"kinds": (1, 0)},
    {"quota": Quota(a_day=0)},
    {"quota": Quota(a_day=1, verdict=Verdict.CANNOT_JUDGE)},
    {"companions": (replace(COMPANION, kinds=()),)},
    {"companions": (replace(COMPANION, with_kinds=()),)},
    {"companions": (replace(COMPANION, with_kinds=(1, 1)),)},
    {"companions": (replace(COMPANION, within_s=0),)},
    {"companions": (replace(COMPANION, verdict=Verdict.ADMIT),)},
    {"companions": (COMPANION,) * (COMPANIONS_MAX + 1)},
    {"conditions": (replace(CONDITION, name="A"),)},
    {"conditions": (replace(CONDITION, verdict=Verdict.ADMIT),)},
    {"conditions": (CONDITION, CONDITION)},
    {"conditions": tuple(replace(CONDITION, name=f"c{n:02}") for n in range(CONDITIONS_MAX + 1))},
    {"conditions": (replace(CONDITION, logic="1.5"),)},
    {"conditions": (replace(CONDITION, logic=" true"),)},
    {"conditions": (replace(CONDITION, logic="["),)},
    {"conditions": (Condition(name="a", logic=3),)},  # type: ignore[arg-type]
    {"conditions": (replace(CONDITION, logic='"' + "a" * LOGIC_MAX_CHARACTERS + '"'),)},
    {"refusal": Verdict.ADMIT},
    {"refusal": Verdict.CANNOT_JUDGE},
]


def spelled(value: Any) -> Any:
    if isinstance(value, tuple):
        return [spelled(item) for item in value]
    if is_dataclass(value):
        return [spelled(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Enum):
        return value.value
    return int(value) if isinstance(value, bool) else value


def unchecked(policy: Policy) -> bytes:
    """Return the bytes that somebody signs who checks nothing."""
    every = {field.name: getattr(policy, field.name) for field in fields(policy)}
    held = {name: v for name, v in every.items() if v != getattr(PLAIN, name)} | {
        name: every[name] for name in ("version", "name", "place")
    }
    return cbor_encode({FIELD_NUMBERS[name]: spelled(value) for name, value in held.items()})


def test_the_numbers_of_fields_follow_their_order() -> None:
    assert list(FIELD_NUMBERS) == [field.name for field in fields(Policy)]
    assert unchecked(FULL) == encode_policy(FULL)
    assert unchecked(PLAIN) == encode_policy(PLAIN)


@pytest.mark.parametrize("changes", BAD, ids=lambda changes: str(changes)[:60])
def test_what_is_out_of_range_is_neither_written_nor_read(changes: dict[str, Any]) -> None:
    bad = replace(PLAIN, **changes)
    with pytest.raises(MalformedBytes):
        encode_policy(bad)
    with pytest.raises(UntrustedData) as caught:
        decode_policy(unchecked(bad))
    assert caught.value.code == "malformed_policy"


def test_a_flag_is_no_version() -> None:
    with pytest.raises(MalformedBytes):
        encode_policy(replace(PLAIN, version=True))


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"1": 1},
        {1: 1, 2: "a"},
        {1: 1, 2: "a", 3: "castle"},
        {1: 1, 2: "a", 3: ["estate"]},
        {1: 1, 2: "a", 3: "estate", 22: 1},
        {1: 1, 2: "a", 3: "estate", 0: 1},
        {1: 1, 2: "a", 3: "estate", 4: []},
        {1: 1, 2: "a", 3: "estate", 4: "gate"},
        {1: 1, 2: "a", 3: "estate", 5: ["admit", "refuse", "refuse"]},
        {1: 1, 2: "a", 3: "estate", 5: ["admit", "refuse", "hand_check", "refuse"]},
        {1: 1, 2: "a", 3: "estate", 5: ["admit", "refuse", "maybe", "refuse"]},
        {1: 1, 2: "a", 3: "estate", 6: None},
        {1: 1, 2: "a", 3: "estate", 9: [[1]]},
        {1: 1, 2: "a", 3: "estate", 9: ["1"]},
        {1: 1, 2: "a", 3: "estate", 10: {1: 2}},
        {1: 1, 2: "a", 3: "estate", 12: [373, 2, 7, "refuse"]},
        {1: 1, 2: "a", 3: "estate", 12: [373, 2, [], "refuse"]},
        {1: 1, 2: "a", 3: "estate", 12: [373, 2, None, "refuse"]},
        {1: 1, 2: "a", 3: "estate", 15: [["hangzhou", 1]]},
        {1: 1, 2: "a", 3: "estate", 15: [[["hangzhou"], 1, 1]]},
        {1: 1, 2: "a", 3: "estate", 15: ["hangzhou/1/1"]},
        {1: 1, 2: "a", 3: "estate", 20: [["a", "true", "refuse", "sideways"]]},
        {1: 1, 2: "a", 3: "estate", 20: [["a", b"true", "refuse", None]]},
    ],
)
def test_any_other_shape_is_refused(value: Any) -> None:
    with pytest.raises(UntrustedData) as caught:
        decode_policy(cbor_encode(value))
    assert caught.value.code == "malformed_policy"


def test_a_policy_is_bounded_in_bytes() -> None:
    with pytest.raises(UntrustedData):
        decode_policy(bytes(POLICY_MAX_BYTES + 1))
    # All that its fields hold at the most fits.
    passes = tuple(
        PassIdentity("h" * 32, 4095, (1 << 20) - LISTED_MAX + n) for n in range(LISTED_MAX)
    )
    assert len(encode_policy(replace(PLAIN, denied=passes, only=passes))) < POLICY_MAX_BYTES


@given(at=st.integers(0), bit=st.integers(0, 7))
def test_a_flipped_bit_gives_another_policy_or_none(at: int, bit: int) -> None:
    raw = bytearray(encode_policy(FULL))
    raw[at % len(raw)] ^= 1 << bit
    try:
        other = decode_policy(bytes(raw))
    except UntrustedData:
        return
    assert other != FULL
    assert encode_policy(other) == raw


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_untrusted(raw: bytes) -> None:
    with suppress(UntrustedData):
        assert encode_policy(decode_policy(raw)) == raw


@pytest.mark.parametrize(
    "value", [True, 3, "a", "门", [], [1, [2]], {"var": "a"}, {"and": [{"var": "b"}, False]}]
)
def test_logic_has_one_text(value: Any) -> None:
    assert read_logic(write_logic(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tru",
        "1.0",
        "1e3",
        "NaN",
        "Infinity",
        "-0",
        "[1, 2]",
        '{"a":1,"a":2}',
        '"\\u0041"',
        '"\\ud800"',
        "[" * 4000,
        "9" * 4090 + "a",
        "[" * 2000 + "]" * 2000 + " ",
    ],
)
def test_logic_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedBytes):
        read_logic(text)


def _files(*policies: Policy) -> dict[str, bytes]:
    return {policy_path(policy.name): encode_policy(policy) for policy in policies}


def test_a_checkpoint_takes_its_own_policy_before_the_common_one() -> None:
    common = replace(PLAIN, version=9)
    old = replace(FULL, name="old", version=2)
    files = {"trust-list": b"other", **_files(common, old, FULL)}

    assert policy_for(files, "东门") == FULL
    assert policy_for(files, "west gate") == common
    assert policy_for(_files(old), "west gate") is None
    assert policy_for({}, "west gate") is None


@pytest.mark.parametrize("path", ["policies/other", "policies/"])
def test_a_policy_under_another_name_is_refused(path: str) -> None:
    with pytest.raises(UntrustedData) as caught:
        policy_for({path: encode_policy(FULL)}, "east gate")
    assert caught.value.code == "malformed_policy"


def test_words_in_a_policy_are_those_of_passages() -> None:
    assert {direction.value for direction in Direction} == {"entry", "exit"}
    assert {grade.value for grade in ClockGrade} == {"confirmed", "not_confirmed", "rolled_back"}
