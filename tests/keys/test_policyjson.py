"""Policies as people write them: nothing is lost on the way to the signed bytes, no slip passes."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import MalformedBytes
from keys.passages import PassIdentity, Verdict
from keys.policies import PlaceType, Policy
from keys.policyfile import encode_policy
from keys.policyjson import policy_from_json, policy_to_json
from keys.policypresets import PRESETS

PLAIN = {"version": 1, "name": "east", "place": "estate"}


def read(**changes: Any) -> Policy:
    return policy_from_json(json.dumps(PLAIN | changes))


def fault(**changes: Any) -> str:
    with pytest.raises(MalformedBytes) as caught:
        read(**changes)
    return str(caught.value)


@pytest.mark.parametrize("place", PRESETS)
def test_a_preset_comes_back_from_its_json_byte_for_byte(place: PlaceType) -> None:
    preset = PRESETS[place]
    assert encode_policy(policy_from_json(policy_to_json(preset))) == encode_policy(preset)


def test_what_is_left_out_has_its_default_and_is_not_written() -> None:
    policy = read()
    assert policy == Policy(version=1, name="east", place=PlaceType.ESTATE)
    assert json.loads(policy_to_json(policy)) == PLAIN


def test_a_name_that_stands_there_twice_is_refused_and_not_half_taken() -> None:
    twice = '{"version":1,"name":"a","place":"estate","denied":["h/0/1"],"denied":[]}'
    with pytest.raises(MalformedBytes):
        policy_from_json(twice)


@pytest.mark.parametrize("depth", range(950, 1050, 5))
def test_logic_nested_to_the_limit_of_the_machine_is_a_policy_or_our_error(depth: int) -> None:
    nested = "[" * depth + "1" + "]" * depth
    text = json.dumps(PLAIN | {"conditions": [{"name": "x", "verdict": "refuse", "logic": "@"}]})
    with suppress(MalformedBytes):
        assert policy_from_json(text.replace('"@"', nested)).conditions[0].logic == nested


def test_passes_kinds_and_optional_parts_are_read_by_their_words() -> None:
    policy = read(
        denied=["home/0/12345"],
        kinds=["phone", "staff"],
        capacity={"soft": 80},
        exit={"red": "hand_check"},
        conditions=[{"name": "a", "logic": {"var": "x"}, "direction": None}],
    )
    assert policy.denied == (PassIdentity("home", 0, 12345),)
    assert policy.kinds == (0, 5)
    assert (policy.capacity and policy.capacity.hard) is None
    assert policy.exit is not None
    assert policy.exit.red is Verdict.HAND_CHECK
    assert (policy.conditions[0].logic, policy.conditions[0].direction) == ('{"var":"x"}', None)
    assert policy_from_json(policy_to_json(policy)) == policy


def test_given_fields_stand_in_place_of_the_texts() -> None:
    policy = policy_from_json(json.dumps(PLAIN), name="west", version=7)
    assert (policy.name, policy.version) == ("west", 7)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hour": {"start": 1, "end": 2}}, "hour"),
        ({"hours": {"start": 1}}, "hours: end"),
        ({"hours": {"start": 1, "end": 2, "until": 3}}, "until"),
        ({"hours": [1, 2]}, "hours"),
        ({"version": True}, "version"),
        ({"version": "1"}, "version"),
        ({"place": "prison"}, "place"),
        ({"entry": {"green": "open"}}, "entry.green"),
        ({"entry": {"withdrawn": "admit"}}, "withdrawn"),
        ({"zones": 3}, "zones"),
        ({"kinds": "phone"}, "kinds"),
        ({"kinds": ["guest"]}, "kinds"),
        ({"kinds": [["phone"]]}, "kinds"),
        ({"denied": ["home/0"]}, "denied"),
        ({"denied": ["home/0/1x"]}, "denied"),
        ({"denied": [7]}, "denied"),
        ({"refusal": None}, "refusal"),
        ({"conditions": [{"name": "a", "logic": "x" * 5000}]}, "logic"),
        ({"temperature": {"required": 1}}, "temperature.required"),
        ({"hours": {"start": 1.5, "end": 2}}, "1.5"),
    ],
)
def test_a_slip_is_refused_and_its_field_named(changes: dict[str, Any], named: str) -> None:
    assert named in fault(**changes)


@pytest.mark.parametrize("text", ["", "[]", "7", '{"name": NaN}', "[" * 100_000, "x" * (1 << 21)])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(MalformedBytes):
        policy_from_json(text)


def test_a_missing_name_is_said() -> None:
    with pytest.raises(MalformedBytes, match="name"):
        policy_from_json('{"version": 1, "place": "shop"}')


@given(
    st.dictionaries(
        st.sampled_from(list(Policy.__dataclass_fields__)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=9), inner, max_size=3)
            ),
            max_leaves=8,
        ),
    )
)
def test_any_json_is_a_policy_or_our_own_error(value: dict[str, Any]) -> None:
    try:
        policy = policy_from_json(json.dumps(PLAIN | value))
    except MalformedBytes:
        return
    assert policy_from_json(policy_to_json(policy)) == policy


def test_changes_of_a_preset_survive() -> None:
    policy = replace(PRESETS[PlaceType.SHOP], name="shop-7", checkpoints=("七号店",))
    assert policy_from_json(policy_to_json(policy)).checkpoints == ("七号店",)
