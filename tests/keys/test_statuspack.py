"""Status packs against a slow decoder written from the page, and every refusal it names."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.encoding import varint_decode, varint_encode
from keys.errors import UntrustedData
from keys.statusarray import (
    Packed,
    class_of,
    counts_of,
    members,
    places_of,
    ranks_of,
    state_of,
    words_of,
)
from keys.statuspack import apply_pack, encode_pack, said_size
from tests.keys.makers import packed_of, universe, values_of

NOTHING = np.zeros(0, np.uint8)


@st.composite
def arrays(draw: st.DrawFn, entries: int | None = None) -> Packed:
    """Draw a packed array, sparse or dense, of a length that 4 divides."""
    entries = draw(st.integers(0, 200)) * 4 if entries is None else entries
    if draw(st.booleans()):
        return universe(entries, draw(st.sampled_from([0, 0.01, 0.3, 1])), draw(st.integers(0, 99)))
    return np.frombuffer(draw(st.binary(min_size=entries // 4, max_size=entries // 4)), np.uint8)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Packed, Packed]:
    """Draw two states of a universe that may have grown."""
    old = draw(arrays())
    new = draw(arrays(len(old) * 4 + 4 * draw(st.integers(0, 30))))
    if draw(st.booleans()) and len(old):
        few = values_of(new)
        few[: len(old) * 4] = values_of(old)
        few[draw(st.integers(0, len(few) - 1))] = draw(st.integers(0, 3))
        new = packed_of(few)
    return old, new


def slow_apply(old: Packed, pack: bytes) -> Packed:
    """Return the new state, read bit by bit as formats.md 3 tells it."""
    n_from, at = varint_decode(pack, 1)
    n_to, at = varint_decode(pack, at)
    before = [*values_of(old).tolist(), *[0] * (n_to - n_from)]
    after = list(before)
    mask, at = int.from_bytes(pack[at : at + 2], "little"), at + 2
    for bit in range(16):
        if mask >> bit & 1:
            count, at = varint_decode(pack, at)
            b, at = pack[at], at + 1
            lows = int.from_bytes(pack[at : at + (count * b + 7) // 8], "little")
            at += (count * b + 7) // 8
            rank, place = -1, 8 * at
            for i in range(count):
                high = 0
                while not pack[place // 8] >> place % 8 & 1:
                    high, place = high + 1, place + 1
                place += 1
                rank += 1 + (high << b | lows >> i * b & (1 << b) - 1)
                members_of = [e for e, status in enumerate(before) if status == bit // 4]
                after[members_of[rank]] = bit % 4
            at = (place + 7) // 8
    assert at == len(pack)
    return packed_of(np.array(after, np.uint8)) if after else NOTHING


@given(pairs())
def test_a_pack_turns_the_old_state_into_the_new_one(states: tuple[Packed, Packed]) -> None:
    old, new = states
    pack = encode_pack(old, new)

    result = apply_pack(old, pack, n_to=len(new) * 4, state=state_of(new), max_bytes=len(pack))
    assert np.array_equal(result, new)
    assert np.array_equal(slow_apply(old, pack), new)
    assert said_size(pack) == len(new) * 4


@given(pairs())
def test_an_old_state_is_never_changed_in_place(states: tuple[Packed, Packed]) -> None:
    old, new = states
    before = old.tobytes()
    old = old.copy()
    old.flags.writeable = False
    apply_pack(old, encode_pack(old, new), n_to=len(new) * 4)
    assert old.tobytes() == before


@settings(max_examples=8)
@given(st.integers(0, 99), st.sampled_from([0.001, 0.01, 0.05, 0.5]))
def test_a_universe_of_a_whole_list_comes_back(seed: int, not_green: float) -> None:
    old, new = universe(1 << 20, not_green, seed), universe(1 << 20, not_green, seed + 1000)
    assert np.array_equal(apply_pack(old, encode_pack(old, new), n_to=1 << 20), new)


@given(arrays())
def test_states_counts_and_ranks_are_those_of_the_values(packed: Packed) -> None:
    values = values_of(packed)
    assert counts_of(packed) == [int((values == status).sum()) for status in range(4)]
    assert len(words_of(packed)) == -(-len(packed) // 8)
    for status in range(4):
        group = class_of(packed, status)
        places = np.flatnonzero(values == status)
        assert group.total == len(places)
        assert np.array_equal(ranks_of(places, group), np.arange(len(places)))
        assert np.array_equal(places_of(np.arange(len(places)), group, len(values)), places)
        assert int(np.bitwise_count(members(words_of(packed), status)).sum()) >= len(places)


@settings(max_examples=200)
@given(pairs(), st.data())
def test_a_bent_pack_is_refused_or_leads_to_another_state_and_nothing_else_happens(
    states: tuple[Packed, Packed], data: st.DataObject
) -> None:
    old, new = states
    pack = bytearray(encode_pack(old, new))
    for _ in range(data.draw(st.integers(1, 3))):
        pack[data.draw(st.integers(0, len(pack) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UntrustedData):
        result = apply_pack(old, bytes(pack), n_to=len(new) * 4, state=state_of(new))
        assert np.array_equal(result, new)


@given(arrays(), st.binary(max_size=60), st.booleans())
def test_any_bytes_are_a_pack_or_refused(old: Packed, raw: bytes, headed: bool) -> None:
    head = b"\x01" + varint_encode(len(old) * 4) * 2
    with suppress(UntrustedData):
        apply_pack(old, (head if headed else b"") + raw, n_to=len(old) * 4)
    with suppress(UntrustedData):
        said_size(raw)


def test_encoders_take_the_parameter_that_makes_the_run_shortest() -> None:
    values = np.zeros(4096, np.uint8)
    values[::64] = 3  # 64 gaps of 63: each parameter's length is known
    pack = encode_pack(NOTHING, packed_of(values))
    count, b = pack[6], pack[7]
    lengths = [(64 * p + 7) // 8 + ((63 >> p) * 63 + 64 + 7) // 8 for p in range(25)]
    assert (count, b) == (64, lengths.index(min(lengths)))


def test_a_universe_never_shrinks() -> None:
    with pytest.raises(ValueError, match="shrinks"):
        encode_pack(universe(8, 0), universe(4, 0))


OLD = packed_of(np.array([0, 3, 0, 0, 2, 0, 0, 0], np.uint8))  # ranks of status 0: 0..5
HEAD = b"\x01\x08\x08"


def run(count: int, b: int, rest: str) -> bytes:
    return varint_encode(count) + bytes([b]) + bytes.fromhex(rest)


def mask(*changes: tuple[int, int]) -> bytes:
    return sum(1 << s * 4 + t for s, t in changes).to_bytes(2, "little")


GREEN_TO_RED = mask((0, 3))
REFUSED = [
    ("nothing at all", b"", "malformed_pack"),
    ("version 0", b"\x00" + HEAD[1:] + mask(), "malformed_pack"),
    ("version 2", b"\x02" + HEAD[1:] + mask(), "malformed_pack"),
    ("only the version", b"\x01", "malformed_pack"),
    ("cut in n_to", b"\x01\x08", "malformed_pack"),
    ("no mask", HEAD, "malformed_pack"),
    ("half a mask", HEAD + b"\x00", "malformed_pack"),
    ("n_from is not the n held", b"\x01\x04\x08" + mask(), "pack_wrong_base"),
    ("n_to is not the n told", b"\x01\x08\x0c" + mask(), "pack_wrong_size"),
    ("n_to < n_from", b"\x01\x08\x04" + mask(), "pack_wrong_size"),
    ("varint not shortest", b"\x01\x88\x00\x08" + mask(), "malformed_pack"),
    ("varint of six bytes", b"\x01\x08\xff\xff\xff\xff\xff\x01" + mask(), "malformed_pack"),
    ("0 to 0", HEAD + mask((0, 0)), "malformed_pack"),
    ("1 to 1", HEAD + mask((1, 1)), "malformed_pack"),
    ("2 to 2", HEAD + mask((2, 2)), "malformed_pack"),
    ("3 to 3", HEAD + mask((3, 3)), "malformed_pack"),
    ("a run that is missing", HEAD + GREEN_TO_RED, "malformed_pack"),
    ("a run cut after k", HEAD + GREEN_TO_RED + b"\x01", "malformed_pack"),
    ("k = 0", HEAD + GREEN_TO_RED + run(0, 0, "00"), "malformed_pack"),
    ("k beyond the class", HEAD + GREEN_TO_RED + run(7, 0, "7f"), "malformed_pack"),
    ("k in an empty class", HEAD + mask((1, 0)) + run(1, 0, "01"), "malformed_pack"),
    ("b = 25", HEAD + GREEN_TO_RED + run(1, 25, "0000000001"), "malformed_pack"),
    ("b = 255", HEAD + GREEN_TO_RED + run(1, 255, "00" * 40), "malformed_pack"),
    ("k*b + k beyond the file", HEAD + GREEN_TO_RED + run(6, 2, "0000"), "malformed_pack"),
    ("lows fill the file to the last bit", HEAD + GREEN_TO_RED + run(1, 7, "00"), "malformed_pack"),
    ("set padding in lows", HEAD + GREEN_TO_RED + run(1, 3, "f801"), "malformed_pack"),
    ("set padding in unary", HEAD + GREEN_TO_RED + run(1, 0, "81"), "malformed_pack"),
    ("unary without its last 1", HEAD + GREEN_TO_RED + run(2, 0, "01"), "malformed_pack"),
    ("unary of zeros", HEAD + GREEN_TO_RED + run(1, 0, "000000"), "malformed_pack"),
    ("rank beyond the class", HEAD + GREEN_TO_RED + run(1, 0, "40"), "malformed_pack"),
    ("rank 2^32+2", HEAD + GREEN_TO_RED + run(1, 24, "020000" + 64 * "0" + "01"), "malformed_pack"),
    ("an entry named twice", HEAD + mask((0, 2), (0, 3)) + run(1, 0, "01") * 2, "malformed_pack"),
    ("trailing byte", HEAD + GREEN_TO_RED + run(1, 0, "01") + b"\x00", "malformed_pack"),
    ("trailing byte of no change", HEAD + mask() + b"\x00", "malformed_pack"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "pack", "code"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_pack_of_another_form_is_refused(why: str, pack: bytes, code: str) -> None:
    with pytest.raises(UntrustedData) as caught:
        apply_pack(OLD, pack, n_to=8)
    assert caught.value.code == code


def test_the_packs_from_which_those_are_bent_are_taken() -> None:
    assert values_of(apply_pack(OLD, HEAD + GREEN_TO_RED + run(1, 0, "20"), n_to=8)).tolist() == [
        *(0, 3, 0, 0, 2, 0, 0, 3)
    ]
    assert np.array_equal(apply_pack(OLD, HEAD + mask(), n_to=8), OLD)


def test_a_result_of_another_state_is_refused() -> None:
    with pytest.raises(UntrustedData) as caught:
        apply_pack(OLD, HEAD + mask(), n_to=8, state=bytes(32))
    assert caught.value.code == "pack_wrong_state"


def test_a_pack_longer_than_the_manifest_said_is_refused_unread() -> None:
    with pytest.raises(UntrustedData) as caught:
        apply_pack(OLD, HEAD + mask(), n_to=8, max_bytes=4)
    assert caught.value.code == "pack_too_long"


@pytest.mark.parametrize("n", [6, (1 << 32) + 4])
def test_a_universe_that_four_does_not_divide_or_beyond_its_limit_is_refused(n: int) -> None:
    with pytest.raises(UntrustedData) as caught:
        apply_pack(NOTHING, b"\x01\x00" + varint_encode(n) + mask(), n_to=n)
    assert caught.value.code == "pack_wrong_size"


def test_nine_bytes_do_not_ask_for_a_gigabyte() -> None:
    pack = b"\x01\x00" + varint_encode(1 << 32) + mask()
    with pytest.raises(UntrustedData) as caught:
        said_size(pack)
    assert caught.value.code == "pack_wrong_size"
    with pytest.raises(UntrustedData):
        apply_pack(NOTHING, pack, n_to=1 << 20)


def test_ranks_are_counted_in_the_old_array_after_its_extension() -> None:
    old = packed_of(np.array([3, 0, 0, 3], np.uint8))
    new = packed_of(np.array([0, 2, 3, 3, 0, 0, 0, 1], np.uint8))
    pack = encode_pack(old, new)
    assert np.array_equal(slow_apply(old, pack), new)
    assert np.array_equal(apply_pack(old, pack, n_to=8), new)
