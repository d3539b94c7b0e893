"""Lane messages, datagrams and hellos: each has one form, and nothing else is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.batches import station_kid
from keys.certificate import StationCertificate, open_certificate, seal_certificate
from keys.encoding import cbor_encode
from keys.envelope import seal_envelope
from keys.errors import UntrustedData
from keys.lane import (
    DATAGRAM_MAX_BYTES,
    LANE_MAX_BYTES,
    LANE_TYP,
    LaneMessage,
    is_hello,
    join_datagram,
    make_hello,
    open_lane,
    seal_lane,
    split_datagram,
)
from keys.passages import Direction
from tests.conftest import ROOT
from tests.keys.makers import BOX_KEY, NOW, STATION_KEY, STATION_KID, THIEF, certificate, only

Trusted = Callable[[bytes], tuple[bytes, ...]]
TAG = bytes(range(16))
SENT = LaneMessage(tag=TAG, direction=Direction.ENTRY, seen_at_ms=NOW * 1000, sequence=7)
SEALED = seal_lane(BOX_KEY, SENT)
KID = station_kid(BOX_KEY.public_key)
HELLO_KEY = bytes(range(32))
VECTORS: dict[str, Any] = json.loads((ROOT / "tests" / "vectors" / "lanes.json").read_text("utf-8"))


def refusal(raw: bytes) -> str:
    with pytest.raises(UntrustedData) as caught:
        open_lane(raw, certificate())
    return caught.value.code


def split_refusal(raw: bytes) -> str:
    with pytest.raises(UntrustedData) as caught:
        split_datagram(raw)
    return caught.value.code


def signed(payload: bytes, *, kid: bytes = KID, typ: str | None = LANE_TYP) -> bytes:
    return seal_envelope(BOX_KEY, kid=kid, typ=typ, payload=payload)


def read(raw: bytes, trusted: Trusted) -> tuple[StationCertificate, LaneMessage]:
    card, message = split_datagram(raw)
    held = open_certificate(card, trusted)
    return held, open_lane(message, held)


def test_the_vectors_stand() -> None:
    trusted = only(bytes.fromhex(VECTORS["keys"]["station"]))
    for vector in VECTORS["datagrams"]["accept"]:
        held, heard = read(bytes.fromhex(vector["datagram"]), trusted)
        assert held.station == vector["station"]
        assert heard.tag.hex() == vector["tag"]
        assert heard.direction.value == vector["direction"]
        assert (heard.seen_at_ms, heard.sequence) == (vector["seen_at_ms"], vector["sequence"])
    for vector in VECTORS["datagrams"]["refuse"]:
        with pytest.raises(UntrustedData) as caught:
            read(bytes.fromhex(vector["datagram"]), trusted)
        assert caught.value.code == vector["code"], vector["why"]
    for vector in VECTORS["hellos"]:
        key, hello = bytes.fromhex(vector["hello_key"]), bytes.fromhex(vector["hello"])
        assert is_hello(key, vector["port"], hello) is vector["ours"], vector["why"]


@given(
    st.binary(min_size=16, max_size=16),
    st.sampled_from(Direction),
    st.integers(0, (1 << 53) - 1),
    st.integers(1, (1 << 53) - 1),
)
def test_a_message_comes_back(tag: bytes, way: Direction, seen_at_ms: int, sequence: int) -> None:
    sent = LaneMessage(tag=tag, direction=way, seen_at_ms=seen_at_ms, sequence=sequence)
    raw = seal_lane(BOX_KEY, sent)
    assert open_lane(raw, certificate()) == sent
    assert len(raw) <= LANE_MAX_BYTES


@given(st.integers(0, 8 * len(SEALED) - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    raw = bytearray(SEALED)
    raw[bit // 8] ^= 1 << bit % 8
    assert refusal(bytes(raw)) in {
        "malformed_envelope",
        "wrong_type",
        "unknown_key",
        "bad_signature",
    }


@given(st.binary(max_size=LANE_MAX_BYTES + 20))
def test_any_bytes_are_refused(raw: bytes) -> None:
    refusal(raw)
    if len(raw) <= 100:
        assert refusal(signed(raw)) == "malformed_lane"


def test_another_key_name_kind_or_size_is_refused() -> None:
    assert refusal(seal_lane(THIEF, SENT)) == "unknown_key"
    payload = cbor_encode([TAG, "entry", NOW, 1])
    assert refusal(signed(payload, kid=b"another!")) == "unknown_key"
    thieves = seal_envelope(THIEF, kid=KID, typ=LANE_TYP, payload=payload)
    assert refusal(thieves) == "bad_signature"
    assert refusal(signed(payload, typ="application/kakou-passages")) == "wrong_type"
    assert refusal(signed(payload, typ=None)) == "wrong_type"
    assert refusal(bytes(LANE_MAX_BYTES + 1)) == "too_large"


GOOD: list[Any] = [TAG, "entry", NOW * 1000, 1]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, TAG[:15]),
        (0, TAG.hex()),
        (0, None),
        (1, "sideways"),
        (1, None),
        (1, 1),
        (2, -1),
        (2, 1 << 53),
        (2, "now"),
        (3, 0),
        (3, -1),
        (3, None),
    ],
)
def test_a_message_of_another_shape_is_refused_though_signed(place: int, value: Any) -> None:
    assert open_lane(signed(cbor_encode(GOOD)), certificate()).sequence == 1
    bent = [*GOOD[:place], value, *GOOD[place + 1 :]]
    assert refusal(signed(cbor_encode(bent))) == "malformed_lane"


@pytest.mark.parametrize("value", [GOOD[:3], [*GOOD, 1], {}, TAG])
def test_more_less_or_something_else_is_refused_though_signed(value: Any) -> None:
    assert refusal(signed(cbor_encode(value))) == "malformed_lane"


@given(st.binary(min_size=1, max_size=300), st.binary(min_size=1, max_size=300))
def test_a_datagram_comes_apart_as_it_was_joined(card: bytes, message: bytes) -> None:
    assert split_datagram(join_datagram(card, message)) == (card, message)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x01",
        b"\x01\x00",
        b"\x01\x00\x00",
        b"\x01\x00\x01a",
        b"\x02\x00\x01ab",
        b"\x01\x00\x00ab",
    ],
)
def test_what_is_no_datagram_is_refused(raw: bytes) -> None:
    assert split_refusal(raw) == "malformed_lane"
    assert split_datagram(b"\x01\x00\x01ab") == (b"a", b"b")


@given(st.binary(max_size=400))
def test_any_datagram_comes_apart_or_is_refused(raw: bytes) -> None:
    size = int.from_bytes(raw[1:3], "big")
    if raw[:1] == b"\x01" and 0 < size < len(raw) - 3:
        assert join_datagram(*split_datagram(raw)) == raw
    else:
        assert split_refusal(raw) == "malformed_lane"


def test_a_datagram_of_more_than_the_most_is_refused_unread() -> None:
    assert split_refusal(bytes(DATAGRAM_MAX_BYTES + 1)) == "too_large"
    longest = certificate(station="x" * 64, checkpoint="门" * 64, issuer="a" * 32)
    card = seal_certificate(STATION_KEY, STATION_KID, longest)
    last = (1 << 53) - 1
    message = seal_lane(
        BOX_KEY, LaneMessage(tag=TAG, direction=Direction.ENTRY, seen_at_ms=last, sequence=last)
    )
    assert len(join_datagram(card, message)) <= DATAGRAM_MAX_BYTES
    # One Ethernet frame: nothing of it is lost for being cut in two on the way.
    assert len(join_datagram(card, message)) < 1200


@given(st.binary(min_size=8, max_size=8), st.integers(1, 65535))
def test_a_hello_is_known_by_those_who_share_the_secret(nonce: bytes, port: int) -> None:
    hello = make_hello(HELLO_KEY, port, nonce)
    assert is_hello(HELLO_KEY, port, hello)
    assert not is_hello(bytes(32), port, hello)
    assert not is_hello(HELLO_KEY, port % 65535 + 1, hello)
    assert not is_hello(HELLO_KEY, port, hello[:-1])
    assert not is_hello(HELLO_KEY, port, hello[:-1] + bytes([hello[-1] ^ 1]))


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_there_is_no_hello_of_a_port_that_cannot_be(port: int) -> None:
    assert not is_hello(HELLO_KEY, port, bytes(24))


def test_the_page_shows_the_first_example() -> None:
    page = (ROOT / "docs" / "lanes.md").read_text("utf-8")
    tags = VECTORS["tags"]
    first = tags["accept"][0]
    for shown in (tags["checkpoint_secret"], tags["hello_key"], first["day_key"], first["tag"]):
        assert f"`{shown}`" in page
    assert LANE_TYP in page
