"""The trust list: its one form, every refusal of formats.md 5, and the keys it hands out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import cbor_encode
from keys.envelope import seal_envelope
from keys.errors import UntrustedData
from keys.trustlist import (
    ISSUERS_MAX,
    KEYS_MAX,
    ROOT_KID,
    TRUST_LIST_MAX_BYTES,
    TRUST_LIST_TYP,
    IssuerEntry,
    KeyState,
    Purpose,
    TrustedKey,
    TrustList,
    decode_trust_list,
    encode_trust_list,
    keyring_of,
    open_trust_list,
    seal_trust_list,
)
from tests.keys.makers import (
    ISSUER,
    NOW,
    PASS_KEY,
    PASS_KID,
    ROOT_KEY,
    STATUS_KEY,
    STATUS_KID,
    THIEF,
    issuer_entry,
    signing_key,
    trust_list,
    trusted_key,
)

SEALED = seal_trust_list(ROOT_KEY, trust_list())
NAMES = st.text(st.sampled_from("abcxyz019-"), min_size=1, max_size=32)
LABELS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
STATUS_MAPS = st.none() | st.dictionaries(st.integers(0, 3), st.integers(0, 3)).map(
    lambda pairs: tuple(sorted(pairs.items()))
)


@st.composite
def trust_lists(draw: st.DrawFn) -> TrustList:
    issuers = {}
    keys: list[TrustedKey] = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)):
        first, last = sorted((draw(st.integers(0, 65535)), draw(st.integers(0, 65535))))
        issuers[name] = IssuerEntry(
            epoch=draw(st.integers(0, 1 << 40)),
            kid_ranges=((first, last),),
            status_map=draw(STATUS_MAPS),
            name_zh=draw(LABELS),
            name_en=draw(LABELS),
        )
        for kid in draw(st.sets(st.integers(first, last), max_size=4)):
            not_before = draw(st.integers(0, 1 << 33))
            keys.append(
                TrustedKey(
                    kid=kid,
                    public_key=draw(st.binary(min_size=32, max_size=32)),
                    issuer=name,
                    purpose=draw(st.sampled_from(Purpose)),
                    not_before=not_before,
                    not_after=not_before + draw(st.integers(1, 1 << 33)),
                    state=draw(st.sampled_from(KeyState)),
                    readmit=draw(st.none() | st.binary(min_size=32, max_size=32)),
                )
            )
    return TrustList(version=draw(st.integers(1, 1 << 50)), issuers=issuers, keys=tuple(keys))


@given(trust_lists())
def test_a_trust_list_comes_back_in_its_one_form(trust: TrustList) -> None:
    raw = encode_trust_list(trust)
    assert decode_trust_list(raw) == trust
    assert encode_trust_list(decode_trust_list(raw)) == raw
    assert open_trust_list(seal_trust_list(ROOT_KEY, trust), ROOT_KEY.public_key) == trust


def test_the_bytes_are_the_map_of_the_formats() -> None:
    key = trusted_key(readmit=bytes(32), state=KeyState.BURNED)
    trust = TrustList(
        version=7,
        issuers={ISSUER: issuer_entry(status_map=((0, 0), (3, 2)))},
        keys=(key,),
    )
    assert encode_trust_list(trust) == cbor_encode(
        {
            1: 7,
            2: {
                ISSUER: {
                    1: 1,
                    2: [[256, 511]],
                    3: {0: 0, 3: 2},
                    4: {"zh": "杭州", "en": "Hangzhou"},
                }
            },
            3: [[PASS_KID, PASS_KEY.public_key, ISSUER, "pass", 0, 1 << 32, 2, bytes(32)]],
        }
    )


def refusal(raw: bytes) -> str:
    with pytest.raises(UntrustedData) as caught:
        open_trust_list(raw, ROOT_KEY.public_key)
    return caught.value.code


@given(st.integers(0, 8 * len(SEALED) - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    raw = bytearray(SEALED)
    raw[bit // 8] ^= 1 << bit % 8
    assert refusal(bytes(raw)) in {"malformed_envelope", "wrong_type", "bad_signature"}


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw: bytes) -> None:
    refusal(raw)
    assert refusal(signed_bytes_of(raw)) == "malformed_trust_list"


def signed_bytes_of(payload: bytes) -> bytes:
    return seal_envelope(ROOT_KEY, kid=ROOT_KID, typ=TRUST_LIST_TYP, payload=payload)


def test_only_the_root_s_own_signature_under_its_own_typ_counts() -> None:
    payload = encode_trust_list(trust_list())
    assert refusal(seal_trust_list(THIEF, trust_list())) == "bad_signature"
    assert refusal(seal_envelope(ROOT_KEY, kid=ROOT_KID, typ=None, payload=payload)) == "wrong_type"
    assert refusal(bytes(TRUST_LIST_MAX_BYTES + 1)) == "too_large"


ENTRY: dict[Any, Any] = {1: 1, 2: [[256, 511]], 3: None, 4: {"zh": "杭州", "en": "Hangzhou"}}
KEY: list[Any] = [PASS_KID, PASS_KEY.public_key, ISSUER, "pass", 0, 1 << 32, 0, None]


def whole(**changes: Any) -> dict[Any, Any]:
    value: dict[Any, Any] = {1: 1, 2: {ISSUER: ENTRY}, 3: [KEY]}
    for name, change in changes.items():
        value[int(name.removeprefix("_"))] = change
    return value


def entry(number: int, change: Any) -> dict[Any, Any]:
    return whole(_2={ISSUER: ENTRY | {number: change}})


def key(place: int, change: Any) -> dict[Any, Any]:
    return whole(_3=[[*KEY[:place], change, *KEY[place + 1 :]]])


@pytest.mark.parametrize(
    "value",
    [
        [],
        {1: 1, 2: {ISSUER: ENTRY}},
        whole(_4=0),
        whole(_1=0),
        whole(_1="1"),
        whole(_2=[]),
        whole(_2={}, _3=[]),
        whole(_2={"": ENTRY}, _3=[]),
        whole(_2={"Hangzhou": ENTRY}, _3=[]),
        whole(_2={"a" * 33: ENTRY}, _3=[]),
        whole(_2={"hang zhou": ENTRY}, _3=[]),
        whole(_2={"hangzhou\n": ENTRY}, _3=[]),
        whole(_2={"１": ENTRY}, _3=[]),
        whole(_2={7: ENTRY}, _3=[]),
        whole(_2={ISSUER: []}),
        whole(_2={ISSUER: {1: 1, 2: [[256, 511]], 3: None}}),
        entry(5, None),
        entry(1, -1),
        entry(1, "1"),
        entry(2, None),
        entry(2, [256, 511]),
        entry(2, [[256]]),
        entry(2, [[511, 256]]),
        entry(2, [[256, 65536]]),
        entry(2, [["a", "b"]]),
        entry(3, []),
        entry(3, {0: 4}),
        entry(3, {"0": 0}),
        entry(3, {-1: 0}),
        entry(4, {}),
        entry(4, {"zh": "杭州"}),
        entry(4, {"zh": "杭州", "en": ""}),
        entry(4, {"zh": "杭州", "en": "x" * 65}),
        entry(4, {"zh": "杭州", "en": 1}),
        entry(4, {"zh": "杭州", "en": "x", "fr": "x"}),
        whole(_3=None),
        whole(_3=[{}]),
        whole(_3=[KEY[:7]]),
        whole(_3=[[*KEY, None]]),
        key(0, -1),
        key(0, 65536),
        key(0, "258"),
        key(0, 255),
        key(0, 512),
        key(1, bytes(31)),
        key(1, "key"),
        key(2, "nobody"),
        key(2, None),
        key(2, []),
        key(3, "root"),
        key(3, "PASS"),
        key(3, 0),
        key(4, -1),
        key(4, 1 << 32),
        key(5, 0),
        key(5, None),
        key(6, 3),
        key(6, "live"),
        key(7, bytes(31)),
        key(7, "hash"),
        whole(_3=[KEY, KEY]),
        whole(_3=[KEY, [*KEY[:3], "status", *KEY[4:]]]),
    ],
    ids=lambda value: str(value)[:100],
)  # fmt: skip
def test_a_trust_list_of_another_shape_is_refused_whole_though_signed(value: Any) -> None:
    decode_trust_list(cbor_encode(whole()))
    assert refusal(signed_bytes_of(cbor_encode(value))) == "malformed_trust_list"


@pytest.mark.parametrize("one", [b"\xf5", b"\xf9\x3c\x00"], ids=["true", "1.0"])
def test_true_and_one_point_nought_are_not_one(one: bytes) -> None:
    raw = cbor_encode(whole())
    assert raw[:3] == b"\xa3\x01\x01"
    assert refusal(signed_bytes_of(b"\xa3" + raw[3:] + one + b"\x01")) == "malformed_trust_list"


def test_more_issuers_or_keys_than_a_list_may_hold_are_refused() -> None:
    names = {f"i-{n}": ENTRY for n in range(ISSUERS_MAX + 1)}
    assert refusal(signed_bytes_of(cbor_encode(whole(_2=names, _3=[])))) == "malformed_trust_list"
    many = [KEY] * (KEYS_MAX + 1)
    assert refusal(signed_bytes_of(cbor_encode(whole(_3=many)))) == "malformed_trust_list"


def test_one_number_under_two_issuers_is_no_mistake() -> None:
    neighbour = trusted_key(THIEF, issuer="neighbour")
    trust = trust_list(trusted_key(), neighbour, neighbour=issuer_entry())
    assert decode_trust_list(encode_trust_list(trust)) == trust
    assert len(keyring_of(trust).by_kid[PASS_KID]) == 2


def test_at_most_four_pass_keys_of_a_number_are_tried_whatever_else_has_it() -> None:
    others = [trusted_key(STATUS_KEY, issuer=f"s-{n}", purpose=Purpose.STATUS) for n in range(5)]
    passes = [trusted_key(signing_key(str(n)), issuer=f"p-{n}") for n in range(6)]
    ring = keyring_of(TrustList(version=1, issuers={}, keys=(*others, *passes)))
    assert ring.by_kid == {PASS_KID: tuple(passes[:4])}
    assert ring.other_kids == {PASS_KID}


def test_keys_are_handed_out_by_issuer_purpose_number_and_never_burned() -> None:
    trust = trust_list()
    wanted = (STATUS_KEY.public_key,)
    assert trust.keys_for(ISSUER, Purpose.STATUS, STATUS_KID) == wanted
    assert trust.keys_for(ISSUER, Purpose.PASS, STATUS_KID) == ()
    assert trust.keys_for("neighbour", Purpose.STATUS, STATUS_KID) == ()
    assert trust.keys_for(ISSUER, Purpose.STATUS, 1) == ()
    burned = trusted_key(STATUS_KEY, kid=STATUS_KID, purpose=Purpose.STATUS, state=KeyState.BURNED)
    assert trust_list(burned).keys_for(ISSUER, Purpose.STATUS, STATUS_KID) == ()


@pytest.mark.parametrize(
    ("now", "count"), [(None, 1), (NOW - 1, 0), (NOW, 1), (NOW + 9, 1), (NOW + 10, 0)]
)
def test_what_is_accepted_anew_needs_a_key_in_force(now: int | None, count: int) -> None:
    retired = trusted_key(
        STATUS_KEY,
        kid=STATUS_KID,
        purpose=Purpose.STATUS,
        state=KeyState.RETIRED,
        not_before=NOW,
        not_after=NOW + 10,
    )
    held = trust_list(retired).keys_for(ISSUER, Purpose.STATUS, STATUS_KID, now)
    assert len(held) == count
