"""Every refusal that formats.md names in sections 2 to 5, one row each: as test_refusals."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from keys.ed25519 import SigningKey
from keys.encoding import cbor_encode, varint_encode
from keys.envelope import seal_envelope
from keys.errors import KeysError
from keys.manifest import (
    Manifest,
    check_newer,
    manifest_hash,
    open_manifest,
    seal_manifest,
)
from keys.statuslist import STATUS_LIST_TYP, open_status_list, seal_status_list
from keys.statuspack import apply_pack, encode_pack
from keys.token import mint
from keys.trustlist import Keyring, KeyState, Purpose, open_trust_list, seal_trust_list
from tests.keys import makers
from tests.keys.makers import (
    NOW,
    PASS_KEY,
    PASS_KID,
    STATUS_KEY,
    STATUS_KID,
    keyring,
    only,
    pass_claims,
    trust_list,
    trusted_key,
)
from tests.keys.test_refusals import Row, code

FULL = mint(PASS_KEY, pass_claims()).full
PACKED = makers.universe(1 << 20, 0.01)


def status_list(
    typ: str | None = STATUS_LIST_TYP, now: int = NOW, **changes: Any
) -> Callable[[], object]:
    """Return a reading of list 3, signed with these claims changed."""
    value: dict[Any, Any] = {2: "s:3", 4: NOW + 9, 6: NOW, 65534: 300}
    value[65533] = {"bits": 2, "lst": zlib.compress(PACKED.tobytes())}
    value |= {int(name.removeprefix("_")): change for name, change in changes.items()}
    value = {number: member for number, member in value.items() if member is not None}
    raw = seal_envelope(STATUS_KEY, kid=b"\x01\x2c", typ=typ, payload=cbor_encode(value))
    return lambda: open_status_list(
        raw, list_number=3, now=now, keys_of=only(STATUS_KEY.public_key)
    )


def lst(raw: bytes, bits: int = 2) -> Callable[[], object]:
    return status_list(_65533={"bits": bits, "lst": raw})


def by_a_pass_key() -> object:
    """Open a list that a key of purpose `pass` has signed under its own number."""
    raw = seal_status_list(PASS_KEY, PASS_KID, list_number=3, packed=bytes(4), iat=1, exp=2, ttl=3)
    trust = trust_list()
    return open_status_list(
        raw,
        list_number=3,
        now=None,
        keys_of=lambda kid: trust.keys_for(
            makers.ISSUER, Purpose.STATUS, int.from_bytes(kid, "big")
        ),
    )


OLD = makers.packed_of(np.array([0, 3, 0, 0, 2, 0, 0, 0], np.uint8))
HEAD = b"\x01\x08\x08"
TO_RED = b"\x08\x00"


def pack(raw: bytes, *, n: int = 8, **more: Any) -> Callable[[], object]:
    return lambda: apply_pack(OLD, raw, n_to=n, **more)


def run(count: int, b: int, rest: str) -> bytes:
    return HEAD + TO_RED + varint_encode(count) + bytes([b]) + bytes.fromhex(rest)


GOOD_PACK = encode_pack(OLD, OLD)
LISTS: list[Row] = [
    (
        "2",
        "typ application/statuslist+cwt",
        status_list("application/statuslist+jwt"),
        "wrong_type",
    ),
    ("2", "key purpose status", by_a_pass_key, "unknown_key"),
    ("2", "sub is the token's uri", status_list(_2="s:4"), "malformed_status_list"),
    ("2", "exp is set", status_list(_4=None), "malformed_status_list"),
    ("2", "ttl is set", status_list(_65534=None), "malformed_status_list"),
    ("2", "exp passed", status_list(now=NOW + 9), "expired_status_list"),
    ("2", "2 bits an entry", lst(zlib.compress(bytes(1 << 18)), 1), "malformed_status_list"),
    ("2", "zlib format", lst(PACKED.tobytes()), "malformed_status_list"),
    ("2", "longer output", lst(zlib.compress(bytes((1 << 18) + 1))), "malformed_status_list"),
    ("2", "shorter output", lst(zlib.compress(bytes((1 << 18) - 1))), "malformed_status_list"),
    (
        "2",
        "bytes after the stream",
        lst(zlib.compress(PACKED.tobytes()) + b"\x00"),
        "malformed_status_list",
    ),
    ("3", "unknown version", pack(b"\x02" + HEAD[1:] + b"\x00\x00"), "malformed_pack"),
    ("3", "s = t", pack(HEAD + b"\x01\x00"), "malformed_pack"),
    ("3", "n that 4 divides", pack(b"\x01\x08\x0a\x00\x00", n=10), "pack_wrong_size"),
    (
        "3",
        "n up to 2^32",
        pack(b"\x01\x08" + varint_encode((1 << 32) + 4) + b"\x00\x00", n=(1 << 32) + 4),
        "pack_wrong_size",
    ),
    ("3", "n_from is the n it holds", pack(b"\x01\x04\x08\x00\x00"), "pack_wrong_base"),
    ("3", "n_to the n it was told", pack(b"\x01\x08\x0c\x00\x00"), "pack_wrong_size"),
    ("3", "n_to < n_from", pack(b"\x01\x08\x04\x00\x00", n=4), "pack_wrong_size"),
    ("3", "k within the class", pack(run(7, 0, "7f")), "malformed_pack"),
    ("3", "k*b + k bits fit what is left", pack(run(6, 24, "00000001")), "malformed_pack"),
    ("3", "trailing bytes", pack(GOOD_PACK + b"\x00"), "malformed_pack"),
    ("3", "set padding bits in lows", pack(run(1, 3, "f801")), "malformed_pack"),
    ("3", "set padding bits in unary", pack(run(1, 0, "81")), "malformed_pack"),
    ("3", "k = 0", pack(run(0, 0, "00")), "malformed_pack"),
    ("3", "a rank beyond the class", pack(run(1, 0, "40")), "malformed_pack"),
    ("3", "sums in 64 bits", pack(run(1, 24, "020000" + 64 * "0" + "01")), "malformed_pack"),
    ("3", "b over 24", pack(run(1, 25, "0000000001")), "malformed_pack"),
    (
        "3",
        "varints over 5 bytes",
        pack(b"\x01\x08\xff\xff\xff\xff\xff\x01\x00\x00"),
        "malformed_pack",
    ),
    ("3", "varints not shortest", pack(b"\x01\x88\x00\x08\x00\x00"), "malformed_pack"),
    (
        "3",
        "an entry named by two runs",
        pack(HEAD + b"\x0c\x00" + b"\x01\x00\x01" * 2),
        "malformed_pack",
    ),
    ("3", "a file longer than the manifest said", pack(GOOD_PACK, max_bytes=4), "pack_too_long"),
    ("3", "a state that it was not told", pack(GOOD_PACK, state=bytes(32)), "pack_wrong_state"),
]

FIRST = makers.manifest()
FIRST_RAW = seal_manifest(STATUS_KEY, STATUS_KID, FIRST)


def manifest(key: SigningKey = STATUS_KEY, **changes: Any) -> Callable[[], object]:
    raw = seal_manifest(key, STATUS_KID, makers.manifest(**changes))
    return lambda: open_manifest(raw, only(STATUS_KEY.public_key))


def newer(
    held: Manifest | None = FIRST, epoch: int = 1, now: int = NOW, **new: Any
) -> Callable[[], object]:
    next_one = {"version": 2, "previous": manifest_hash(FIRST_RAW)} | new
    following = makers.manifest(**next_one)
    return lambda: check_newer(
        following,
        seal_manifest(STATUS_KEY, STATUS_KID, following),
        held=held,
        held_raw=None if held is None else seal_manifest(STATUS_KEY, STATUS_KID, held),
        epoch=epoch,
        now=now,
    )


def as_manifest(raw: bytes) -> Callable[[], object]:
    return lambda: open_manifest(raw, only(STATUS_KEY.public_key))


def trusts(*keys: Any, **issuers: Any) -> Callable[[], object]:
    raw = seal_trust_list(makers.ROOT_KEY, trust_list(*keys, **issuers))
    return lambda: open_trust_list(raw, makers.ROOT_KEY.public_key)


def rooted(value: Any, typ: str = "application/kakou-trustlist") -> Callable[[], object]:
    raw = seal_envelope(makers.ROOT_KEY, kid=b"root", typ=typ, payload=cbor_encode(value))
    return lambda: open_trust_list(raw, makers.ROOT_KEY.public_key)


OUTSIDE = seal_trust_list(makers.THIEF, trust_list())
MANY = tuple((n, 1) for n in range(65))
TRUST: list[Row] = [
    (
        "4",
        "typ application/kakou-manifest+cwt",
        as_manifest(
            seal_envelope(STATUS_KEY, kid=b"\x01\x2c", typ=STATUS_LIST_TYP, payload=b"\xa0")
        ),
        "wrong_type",
    ),
    ("4", "by a key with purpose status", manifest(PASS_KEY), "bad_signature"),
    ("4", "n a multiple of 2^20", manifest(n=4), "malformed_manifest"),
    ("4", "32 zero bytes for version 1", manifest(previous=b"x" * 32), "malformed_manifest"),
    (
        "4",
        "packs ascending",
        manifest(version=9, packs=((0, 1), (5, 1), (4, 1))),
        "malformed_manifest",
    ),
    ("4", "0 is the snapshot", manifest(version=9, packs=((4, 1),)), "malformed_manifest"),
    (
        "4",
        "from a version before",
        manifest(version=9, packs=((0, 1), (9, 1))),
        "malformed_manifest",
    ),
    (
        "4",
        "more packs than any publisher keeps",
        manifest(version=99, packs=MANY),
        "malformed_manifest",
    ),
    ("4", "its epoch is the trust list's", newer(epoch=2), "wrong_epoch"),
    ("4", "its version is higher", newer(makers.manifest(version=3)), "rollback"),
    ("4", "equal version with other bytes", newer(version=1, iat=NOW + 1), "fork"),
    ("4", "another previous", newer(previous=b"x" * 32), "broken_chain"),
    ("4", "it has not expired", newer(now=FIRST.exp), "expired_manifest"),
    (
        "5",
        "a root's own signature",
        lambda: open_trust_list(OUTSIDE, makers.ROOT_KEY.public_key),
        "bad_signature",
    ),
    ("5", "typ application/kakou-trustlist", rooted({}, "application/x"), "wrong_type"),
    ("5", "an unknown field", rooted({1: 1, 2: {}, 3: [], 4: 0}), "malformed_trust_list"),
    (
        "5",
        "a key outside its issuer's ranges",
        trusts(trusted_key(kid=512)),
        "malformed_trust_list",
    ),
    (
        "5",
        "a kid twice in one issuer",
        trusts(trusted_key(), trusted_key(STATUS_KEY, purpose=Purpose.STATUS)),
        "malformed_trust_list",
    ),
    ("5", "issuer [a-z0-9-]{1,32}", trusts(A=makers.issuer_entry()), "malformed_trust_list"),
    (
        "5",
        "purpose is pass, status or station",
        code(FULL, keyring(trusted_key(purpose=Purpose.STATUS))),
        "wrong_key_purpose",
    ),
    ("5", "a key that nobody named", code(FULL, Keyring({})), "unknown_key"),
    (
        "5",
        "retired: before not_after",
        code(FULL, keyring(trusted_key(state=KeyState.RETIRED, not_after=NOW))),
        "key_not_in_force",
    ),
    (
        "5",
        "not before not_before",
        code(FULL, keyring(trusted_key(not_before=NOW + 1))),
        "key_not_in_force",
    ),
    (
        "5",
        "a burned key refuses every pass",
        code(FULL, keyring(trusted_key(state=KeyState.BURNED))),
        "key_burned",
    ),
]

ROWS = LISTS + TRUST


@pytest.mark.parametrize(
    ("call", "expected"),
    [(call, expected) for _, _, call, expected in ROWS],
    ids=[f"{section}: {words}" for section, words, _, _ in ROWS],
)
def test_what_the_formats_refuse_is_refused(call: Callable[[], object], expected: str) -> None:
    with pytest.raises(KeysError) as caught:
        call()
    assert caught.value.code == expected


def test_what_those_cases_are_bent_from_is_accepted() -> None:
    status_list()()
    pack(GOOD_PACK)()
    pack(run(1, 0, "20"))()
    manifest()()
    assert newer()() is True
    trusts()()
    code(FULL)()
