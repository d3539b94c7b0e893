"""Duplicate tags and the chain of day keys that only goes forward."""

from __future__ import annotations

import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import cbor_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.passages import PassIdentity
from keys.tags import (
    CHECKPOINT_KEYS_MAX_BYTES,
    FIRST_DAY,
    KEPT_MAX,
    LAST_DAY,
    CheckpointKeys,
    DayKey,
    advance,
    day_keys,
    day_of,
    decode_checkpoint_keys,
    encode_checkpoint_keys,
    split_secret,
    tag_of,
)
from tests.conftest import ROOT
from tests.keys.makers import ISSUER, NOW

SECRET = bytes(range(32))
TODAY = day_of(NOW)
PASS = PassIdentity(ISSUER, 3, 777_777)
VECTORS: dict[str, Any] = json.loads(
    (ROOT / "tests" / "vectors" / "lanes.json").read_text("utf-8")
)["tags"]


def keys_of(day: int = TODAY, days_back: int = 0) -> CheckpointKeys:
    return advance(split_secret(SECRET, day - days_back), day, days_back=days_back)


def refusal(raw: bytes) -> str:
    with pytest.raises(UntrustedData) as caught:
        decode_checkpoint_keys(raw)
    return caught.value.code


def test_the_vectors_stand() -> None:
    secret = bytes.fromhex(VECTORS["checkpoint_secret"])
    for vector in VECTORS["accept"]:
        keys = split_secret(secret, vector["day"])
        today = day_keys(keys)[0]
        identity = PassIdentity(vector["issuer"], vector["list"], vector["index"])
        assert keys.chain.hex() == vector["chain"]
        assert keys.hello.hex() == VECTORS["hello_key"]
        assert today.key.hex() == vector["day_key"]
        assert tag_of(today, identity).hex() == vector["tag"]


def test_the_tag_is_the_hmac_that_the_page_names() -> None:
    chain = hmac.digest(SECRET, b"kakou-day-chain", "sha256")
    for _ in range(FIRST_DAY, TODAY):
        chain = hmac.digest(chain, b"kakou-day-next", "sha256")
    key = hmac.digest(chain, b"kakou-day-key", "sha256")
    whole = hmac.digest(key, cbor_encode([ISSUER, 3, 777_777]), "sha256")
    assert tag_of(day_keys(keys_of())[0], PASS) == whole[:16]


def test_every_station_of_a_checkpoint_has_the_same_tag_however_it_came_to_the_day() -> None:
    enrolled_today = split_secret(SECRET, TODAY)
    enrolled_long_ago = advance(split_secret(SECRET, TODAY - 40), TODAY, days_back=1)
    tags = {tag_of(day_keys(keys)[0], PASS) for keys in (enrolled_today, enrolled_long_ago)}
    assert len(tags) == 1


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, KEPT_MAX))
def test_steps_and_one_stride_lead_to_the_same_keys(a: int, b: int, days_back: int) -> None:
    start = split_secret(SECRET, TODAY)
    middle = advance(start, TODAY + a, days_back=days_back)
    end = TODAY + a + b
    assert advance(middle, end, days_back=days_back) == advance(start, end, days_back=days_back)


def test_yesterdays_key_is_there_as_long_as_it_was_asked_for_and_then_gone() -> None:
    yesterday = split_secret(SECRET, TODAY - 1)
    old_tag = tag_of(day_keys(yesterday)[0], PASS)
    kept = advance(yesterday, TODAY, days_back=1)
    assert [key.day for key in day_keys(kept)] == [TODAY, TODAY - 1]
    assert old_tag == tag_of(day_keys(kept)[1], PASS)
    assert old_tag != tag_of(day_keys(kept)[0], PASS)
    later = advance(kept, TODAY + 1, days_back=1)
    assert [key.day for key in day_keys(later)] == [TODAY + 1, TODAY]
    assert [key.day for key in day_keys(advance(later, TODAY + 1, days_back=0))] == [TODAY + 1]


def test_there_is_no_way_back() -> None:
    with pytest.raises(UntrustedData) as caught:
        advance(keys_of(), TODAY - 1, days_back=0)
    assert caught.value.code == "day_destroyed"


@pytest.mark.parametrize("day", [FIRST_DAY - 1, LAST_DAY + 1])
def test_a_day_of_no_clock_is_refused(day: int) -> None:
    with pytest.raises(UntrustedData) as caught:
        split_secret(SECRET, day)
    assert caught.value.code == "no_such_day"


@pytest.mark.parametrize("days_back", [-1, KEPT_MAX + 1])
def test_an_unreasonable_window_is_a_mistake_of_the_caller(days_back: int) -> None:
    with pytest.raises(ValueError, match="days_back"):
        advance(keys_of(), TODAY, days_back=days_back)


def test_a_secret_of_another_size_is_refused() -> None:
    with pytest.raises(MalformedBytes):
        split_secret(SECRET[:31], TODAY)


def test_another_pass_day_or_checkpoint_has_another_tag() -> None:
    today = day_keys(keys_of())[0]
    others = [
        tag_of(today, PassIdentity(ISSUER, 3, 777_778)),
        tag_of(today, PassIdentity(ISSUER, 4, 777_777)),
        tag_of(today, PassIdentity("suzhou", 3, 777_777)),
        tag_of(day_keys(keys_of(TODAY + 1))[0], PASS),
        tag_of(day_keys(split_secret(SECRET[::-1], TODAY))[0], PASS),
    ]
    assert len({tag_of(today, PASS), *others}) == 6


def test_no_key_shows_in_a_repr() -> None:
    keys = keys_of(days_back=2)
    shown = repr(keys) + repr(day_keys(keys))
    for secret in (keys.chain, keys.hello, day_keys(keys)[0].key):
        assert repr(secret) not in shown
        assert secret.hex() not in shown


@given(st.integers(FIRST_DAY + KEPT_MAX, FIRST_DAY + 4000), st.integers(0, KEPT_MAX))
def test_kept_keys_come_back_from_their_bytes(day: int, days_back: int) -> None:
    keys = keys_of(day, days_back)
    assert decode_checkpoint_keys(encode_checkpoint_keys(keys)) == keys
    assert len(keys.kept) == days_back


def test_the_most_that_can_be_kept_fits_the_bound() -> None:
    assert len(encode_checkpoint_keys(keys_of(days_back=KEPT_MAX))) < CHECKPOINT_KEYS_MAX_BYTES


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw: bytes) -> None:
    assert refusal(raw) == "malformed_checkpoint_keys"


DOMAIN = "kakou-checkpoint-keys-1"
KEY = bytes(32)
GOOD: list[Any] = [DOMAIN, TODAY, KEY, [[TODAY - 1, KEY]], KEY]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "kakou-checkpoint-keys-2"),
        (1, FIRST_DAY - 1),
        (1, LAST_DAY + 1),
        (1, "today"),
        (2, KEY[:31]),
        (2, None),
        (3, None),
        (3, [KEY]),
        (3, [[TODAY - 1]]),
        (3, [[TODAY - 1, KEY[:31]]]),
        (3, [[None, KEY]]),
        (3, [[TODAY, KEY]]),
        (3, [[TODAY - 1, KEY], [TODAY - 2, KEY]]),
        (3, [[TODAY - 40 + n, KEY] for n in range(KEPT_MAX + 1)]),
        (4, KEY[:31]),
        (4, "key"),
    ],
)
def test_keys_of_another_shape_are_refused(place: int, value: Any) -> None:
    assert decode_checkpoint_keys(cbor_encode(GOOD)).kept == (DayKey(day=TODAY - 1, key=KEY),)
    bent = [*GOOD[:place], value, *GOOD[place + 1 :]]
    assert refusal(cbor_encode(bent)) == "malformed_checkpoint_keys"


@pytest.mark.parametrize("raw", [cbor_encode(GOOD[:4]), cbor_encode([*GOOD, 1]), cbor_encode({})])
def test_more_less_or_something_else_is_refused(raw: bytes) -> None:
    assert refusal(raw) == "malformed_checkpoint_keys"
