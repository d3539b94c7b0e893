"""One file of trust metadata (The Update Framework 1.0.31, JSON): bounded, parsed, its shape
checked, its signatures counted.

TUF signs the canonical form of the object that a file spells, not the file's bytes, so here, and
nowhere else in this project, bytes meet a parser before their signature stands. What keeps that
narrow: the size and the depth are bounded first; repeated names, floats and constants are refused
while parsing; every field is checked by exact type, and an unknown one is refused. Parsing and the
canonical form are python-tuf's, all signatures are `keys.ed25519`'s: python-tuf's own verification
and its look at the wall clock are never reached.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Key
from tuf.api.metadata import Metadata, MetaFile, Role, Root, Signed, Snapshot, Targets, Timestamp
from tuf.api.serialization import SerializationError
from tuf.api.serialization.json import CanonicalJSONSerializer

from keys import ed25519
from keys.errors import BadSignature, MalformedBytes, UntrustedData
from keys.shapes import is_count, need

ROOT: Final = Root.type
TIMESTAMP: Final = Timestamp.type
SNAPSHOT: Final = Snapshot.type
TARGETS: Final = Targets.type
# A root with three keys a role is 5 kB, a snapshot of 1,000 neighbours 130 kB.
MAX_BYTES: Final = {ROOT: 1 << 16, TIMESTAMP: 1 << 14, SNAPSHOT: 1 << 18, TARGETS: 1 << 18}
TARGET_MAX_BYTES: Final = 1 << 30
ROOT_KEYS_MIN: Final = 3
ROOT_THRESHOLD_MIN: Final = 2
# TUF's timestamp says until when it is good, not since when: this signed field of ours does.
IAT_FIELD: Final = "x-kakou-iat"
# The epoch of the office's own issuer stands in the root: a change of it takes the root's keys.
EPOCH_FIELD: Final = "x-kakou-epoch"
_OUR_FIELDS: Final = {ROOT: {EPOCH_FIELD}, TIMESTAMP: {IAT_FIELD}}
_DEPTH_MAX: Final = 12
_SIGNATURES_MAX: Final = 32
# Possessive, and a text without an end is one token too: else 64 kB of quotes, which anybody on the
# network can answer with, would be gone through once for each of them.
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_HEX_64: Final = re.compile("[0-9a-f]{64}", re.ASCII)
_HEX_128: Final = re.compile("[0-9a-f]{128}", re.ASCII)
ROLE_NAME: Final = re.compile("[a-z0-9-]{1,48}", re.ASCII)
_TARGET_PATH: Final = re.compile("[a-z0-9-][a-z0-9._-]*(?:/[a-z0-9-][a-z0-9._-]*)*", re.ASCII)
_PATTERN: Final = re.compile("[a-z0-9-][a-z0-9._*-]*(?:/[a-z0-9*-][a-z0-9._*-]*)*", re.ASCII)
_PATH_MAX: Final = 128

T = TypeVar("T", Root, Timestamp, Snapshot, Targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataFile(Generic[T]):
    """One file whose shape stands; whether to believe it is `check_signed`'s and the caller's.

    signed: python-tuf's object, not to be changed. signed_bytes: its canonical form, what the
    signatures cover. expires_at: unix seconds.
    """

    raw: bytes
    signed: T
    signed_bytes: bytes
    signatures: Mapping[str, bytes]
    expires_at: int

    @property
    def version(self) -> int:
        """The number that only grows."""
        return self.signed.version


def read_metadata(raw: bytes, kind: type[T]) -> MetadataFile[T]:
    """Return the file of `kind` that `raw` spells. UntrustedData: `too_large`, `malformed_trust`,
    `wrong_type`, `weak_root`. No signature is checked here.
    """
    if len(raw) > MAX_BYTES[kind.type]:
        raise UntrustedData(f"{kind.type} is too large", code="too_large")
    try:
        value = _parse(raw)
        need(type(value) is dict and set(value) == {"signed", "signatures"}, "members")
        signatures = dict(_signatures(value["signatures"]))
        need(type(value["signed"]) is dict, "signed")
        if value["signed"].get("_type") != kind.type:
            raise UntrustedData(f"not a {kind.type}", code="wrong_type")
        written = (encode_canonical(value["signed"]) or "").encode()
        signed: Any = Metadata.from_dict({"signed": value["signed"], "signatures": []}).signed
        _check_common(signed)
        _CHECKS[kind.type](signed)
        # What is believed must be what was written: python-tuf fills in some fields that are null.
        need(CanonicalJSONSerializer().serialize(signed) == written, "not in one form")
    except (MalformedBytes, SerializationError, ValueError, KeyError, TypeError) as error:
        raise UntrustedData(f"{kind.type}: {error}", code="malformed_trust") from None
    except (AttributeError, OverflowError, RecursionError) as error:
        raise UntrustedData(f"{kind.type}: {error}", code="malformed_trust") from None
    return MetadataFile(
        raw=raw,
        signed=signed,
        signed_bytes=written,
        signatures=signatures,
        expires_at=int(signed.expires.timestamp()),
    )


def _parse(raw: bytes) -> Any:
    depth = 0
    for token in _TOKEN.finditer(raw):
        mark = token[0][:1]
        depth += (mark in b"[{") - (mark in b"]}")
        need(depth <= _DEPTH_MAX, "too deep")
    return json.loads(
        raw.decode("utf-8"),
        object_pairs_hook=_object,
        parse_float=_never,
        parse_constant=_never,
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    need(len(value) == len(pairs), "a name twice")
    return value


def _never(text: str) -> Any:
    raise MalformedBytes(f"{text} is never signed")


def _signatures(items: Any) -> Iterator[tuple[str, bytes]]:
    need(type(items) is list and len(items) <= _SIGNATURES_MAX, "signatures")
    seen: set[str] = set()
    for item in items:
        need(type(item) is dict and set(item) == {"keyid", "sig"}, "signature")
        keyid, text = item["keyid"], item["sig"]
        need(_is_hex(keyid, _HEX_64) and _is_hex(text, _HEX_128), "signature")
        need(keyid not in seen, "a signature twice")
        seen.add(keyid)
        yield keyid, bytes.fromhex(text)


def _is_hex(value: object, form: re.Pattern[str]) -> bool:
    return type(value) is str and form.fullmatch(value) is not None


def _check_common(signed: Signed) -> None:
    need(is_count(signed.version), "version")
    need(type(signed.spec_version) is str, "spec_version")
    need(set(signed.unrecognized_fields) == _OUR_FIELDS.get(signed.type, set()), "unknown field")


def _check_root(root: Root) -> None:
    need(root.consistent_snapshot is True, "consistent_snapshot")
    need(is_count(root.unrecognized_fields[EPOCH_FIELD]), EPOCH_FIELD)
    _check_keys(root.keys)
    for role in root.roles.values():
        _check_role(role, root.keys)
    own = root.roles[ROOT]
    # One stolen key, or one lost key, must not be the end of everything.
    if own.threshold < ROOT_THRESHOLD_MIN or len(own.keyids) < ROOT_KEYS_MIN:
        raise UntrustedData("the root needs two of three keys", code="weak_root")


def _check_keys(keys: Mapping[str, Key]) -> None:
    for keyid, key in keys.items():
        need(_is_hex(keyid, _HEX_64) and not key.unrecognized_fields, "key")
        need((key.keytype, key.scheme) == ("ed25519", "ed25519"), "kind of key")
        need(set(key.keyval) == {"public"} and _is_hex(key.keyval["public"], _HEX_64), "key")
        try:
            ed25519.x25519_public(bytes.fromhex(key.keyval["public"]))
        except BadSignature:
            # Anybody can sign for a small-order key.
            raise MalformedBytes("a key outside the main group") from None
    publics = [key.keyval["public"] for key in keys.values()]
    # One key under two names would count twice towards a threshold.
    need(len(set(publics)) == len(publics), "a key under two names")


def _check_role(role: Role, keys: Mapping[str, Key]) -> None:
    need(type(role.keyids) is list and not role.unrecognized_fields, "role")
    need(all(type(keyid) is str and keyid in keys for keyid in role.keyids), "role's keys")
    need(type(role.threshold) is int and role.threshold <= len(role.keyids), "threshold")


def _check_meta_file(meta: MetaFile, max_bytes: int) -> None:
    need(is_count(meta.version) and not meta.unrecognized_fields, "version of a file")
    need(is_count(meta.length) and cast("int", meta.length) <= max_bytes, "length of a file")
    _check_hashes(meta.hashes)


def _check_hashes(hashes: Mapping[str, str] | None) -> None:
    need(type(hashes) is dict and set(hashes) == {"sha256"}, "hashes")
    need(_is_hex(cast("dict[str, str]", hashes)["sha256"], _HEX_64), "hash")


def _check_timestamp(timestamp: Timestamp) -> None:
    _check_meta_file(timestamp.snapshot_meta, MAX_BYTES[SNAPSHOT])
    iat = timestamp.unrecognized_fields[IAT_FIELD]
    need(is_count(iat) and iat < timestamp.expires.timestamp(), IAT_FIELD)


def _check_snapshot(snapshot: Snapshot) -> None:
    need(f"{TARGETS}.json" in snapshot.meta, "no targets")
    for name, meta in snapshot.meta.items():
        need(name.endswith(".json") and ROLE_NAME.fullmatch(name[:-5]) is not None, "file name")
        _check_meta_file(meta, MAX_BYTES[TARGETS])


def _check_targets(targets: Targets) -> None:
    for path, file in targets.targets.items():
        need(len(path) <= _PATH_MAX and _TARGET_PATH.fullmatch(path) is not None, "path")
        need(is_count(file.length) and file.length <= TARGET_MAX_BYTES, "length of a target")
        need(not file.unrecognized_fields, "unknown field of a target")
        _check_hashes(file.hashes)
    if targets.delegations is None:
        return
    need(not targets.delegations.unrecognized_fields, "unknown field of delegations")
    need(targets.delegations.roles is not None, "succinct roles")
    _check_keys(targets.delegations.keys)
    for name, role in (targets.delegations.roles or {}).items():
        need(type(name) is str and ROLE_NAME.fullmatch(name) is not None, "role's name")
        need(name not in MAX_BYTES and role.terminating is True, "role")
        need(type(role.paths) is list and bool(role.paths), "role's paths")
        need(all(_is_pattern(path) for path in role.paths or ()), "role's paths")
        _check_role(role, targets.delegations.keys)


def _is_pattern(path: str) -> bool:
    return len(path) <= _PATH_MAX and _PATTERN.fullmatch(path) is not None


_CHECKS: Final[Mapping[str, Any]] = {
    ROOT: _check_root,
    TIMESTAMP: _check_timestamp,
    SNAPSHOT: _check_snapshot,
    TARGETS: _check_targets,
}


def is_signed(file: MetadataFile[T], role: Role, keys: Mapping[str, Key]) -> bool:
    """Return whether enough keys of `role` signed `file`.

    keys: by key id; each counts once, and ids that the role does not name count nothing.
    """
    return sum(_has_signed(file, keys[keyid]) for keyid in role.keyids) >= role.threshold


def check_signed(file: MetadataFile[T], role: Role, keys: Mapping[str, Key]) -> None:
    """Return if `is_signed`; else UntrustedData `too_few_signatures`."""
    if not is_signed(file, role, keys):
        raise UntrustedData(f"not {role.threshold} good signatures", code="too_few_signatures")


def _has_signed(file: MetadataFile[T], key: Key) -> bool:
    signature = file.signatures.get(key.keyid)
    if signature is None:
        return False
    try:
        ed25519.verify(bytes.fromhex(key.keyval["public"]), signature, file.signed_bytes)
    except BadSignature:
        return False
    return True
