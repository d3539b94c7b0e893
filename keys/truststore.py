"""The trust set in force as one file, so that a crash leaves the old set or the new one, never a
mix.

Deterministic CBOR `{1: newest root, 2: root the rest was accepted under, 3: timestamp, 4: snapshot,
5: {role: bytes}, 6: {path: bytes}}`, 3 and 4 null before the first update. On loading every
signature and hash is checked again (a flipped bit on the disk must not change what is believed);
expiry is not: what was accepted stays in force.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.shapes import need
from keys.trustmeta import TARGETS
from keys.trustset import TrustSet, first_trust_set
from keys.trustupdate import TrustUpdate

STORED_MAX_BYTES: Final = 1 << 28


def encode_trust_set(held: TrustSet) -> bytes:
    """Return the bytes to keep of `held`."""
    return cbor_encode(
        {
            1: held.root.raw,
            2: held.signed_under.raw,
            3: None if held.timestamp is None else held.timestamp.raw,
            4: None if held.snapshot is None else held.snapshot.raw,
            5: {name: role.raw for name, role in held.roles.items()},
            6: dict(held.files),
        }
    )


def decode_trust_set(raw: bytes) -> TrustSet:
    """Return the set that was kept; UntrustedData with its code if one byte of it changed since."""
    try:
        value = cbor_decode(raw, max_bytes=STORED_MAX_BYTES)
        need(type(value) is dict and set(value) == {1, 2, 3, 4, 5, 6}, "not a trust set")
        need(type(value[1]) is bytes and type(value[2]) is bytes, "roots")
        need(_is_files(value[5]) and _is_files(value[6]), "files")
        timestamp, snapshot = value[3], value[4]
        complete = type(timestamp) is bytes and type(snapshot) is bytes
        need(complete or (timestamp is None and snapshot is None), "timestamp")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_trust") from None
    newest, under = first_trust_set(value[1]), first_trust_set(value[2])
    if newest.root.version < under.root.version:
        raise UntrustedData("roots out of order", code="wrong_version")
    if timestamp is None:
        return newest
    accepted = _accepted(under, timestamp, snapshot, value[5], value[6])
    return replace(accepted, root=newest.root)


def _is_files(value: Any) -> bool:
    return type(value) is dict and all(
        type(name) is str and type(raw) is bytes for name, raw in value.items()
    )


def _accepted(
    under: TrustSet,
    timestamp: bytes,
    snapshot: bytes,
    roles: dict[str, bytes],
    files: dict[str, bytes],
) -> TrustSet:
    update = TrustUpdate(under, None, wanted=files.__contains__)
    update.add_timestamp(timestamp)
    update.add_snapshot(snapshot)
    update.add_targets(roles.pop(TARGETS, b""))
    for name, raw in roles.items():
        update.restore_role(name, raw)
    for name in (TARGETS, *roles):
        for wanted in update.wanted_files(name):
            update.add_file(wanted, files[wanted.name])
    accepted = update.finish()
    # A path that nobody signed is one that was bent: what it named (a gate's policy, say) would be
    # missing from now on, and nobody would be told.
    if accepted.files.keys() != files.keys():
        raise UntrustedData("a file that nobody names", code="incomplete_trust")
    accepted.trust_list()
    return accepted
