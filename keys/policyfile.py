"""The bytes of a policy: deterministic CBOR `{number: value, ...}`, where a field that holds its
default is absent and every other part is a list of its fields in order; docs/policies.md has the
numbers. One policy has one form, and a field that is not named here refuses the whole: a
restriction that a gate does not know must not be skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, Final

from keys.claims import Kind
from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.passages import Direction, PassIdentity, Verdict
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
    COMPANIONS_MAX,
    CONDITIONS_MAX,
    LISTED_MAX,
    LOGIC_MAX_CHARACTERS,
    PLACES_MAX,
    check_policy,
)
from keys.shapes import need

POLICY_MAX_BYTES: Final = 1 << 20
FOLDER: Final = "policies/"


def policy_path(name: str) -> str:
    """Return the target's path of the policy called `name`."""
    return FOLDER + name


def encode_policy(policy: Policy) -> bytes:
    """Return the policy in its one byte form; out of range: MalformedBytes."""
    check_policy(policy)
    for condition in policy.conditions:
        read_logic(condition.logic)
    value = {
        number: _plain(getattr(policy, name))
        for name, number in FIELD_NUMBERS.items()
        if getattr(policy, name) != _DEFAULTS[name]
    }
    raw = cbor_encode(value)
    need(len(raw) <= POLICY_MAX_BYTES, "too large")
    return raw


def decode_policy(raw: bytes) -> Policy:
    """Return the policy of a target whose hash stands; another form, range or field: UntrustedData
    `malformed_policy`.
    """
    try:
        value = cbor_decode(raw, max_bytes=POLICY_MAX_BYTES)
        need(type(value) is dict and all(type(number) is int for number in value), "not a policy")
        names = {number: name for name, number in FIELD_NUMBERS.items()}
        need(value.keys() <= names.keys(), "a field that is not known here")
        held = {names[number]: _READERS[names[number]](item) for number, item in value.items()}
        policy = Policy(**held)
        need(encode_policy(policy) == raw, "not in its one form")
    except (MalformedBytes, ValueError, TypeError) as error:
        raise UntrustedData(f"policy: {error}", code="malformed_policy") from None
    return policy


def policy_for(files: Mapping[str, bytes], checkpoint: str) -> Policy | None:
    """Return the policy in force at `checkpoint`: the one that names it, else the one that names
    nobody, of several the highest version; None if there is none. files: targets by path.
    UntrustedData if any policy is malformed or not where its name says: it might be the one.
    """
    held = [_decode_at(path, raw) for path, raw in files.items() if path.startswith(FOLDER)]
    fitting = [p for p in held if checkpoint in p.checkpoints or not p.checkpoints]
    return max(fitting, key=lambda p: (bool(p.checkpoints), p.version, p.name), default=None)


def _decode_at(path: str, raw: bytes) -> Policy:
    policy = decode_policy(raw)
    if path != policy_path(policy.name):
        # Who may write a policy is delegated by path: another's name must not be borrowed.
        raise UntrustedData(f"{path}: holds {policy.name}", code="malformed_policy")
    return policy


def read_logic(text: str) -> Any:
    """Return the JSON value of a condition's text; floats, too long or not in its one form:
    MalformedBytes. That it is CertLogic is checked where it is compiled.
    """
    need(len(text) <= LOGIC_MAX_CHARACTERS, "logic too long")
    try:
        value = json.loads(text, parse_float=_never, parse_constant=_never)
        again = write_logic(value)
    except (ValueError, RecursionError) as error:
        raise MalformedBytes(f"logic: {error}") from None
    need(again == text, "logic not in its one form")
    return value


def write_logic(value: Any) -> str:
    """Return the JSON text of a condition: no spaces, names in their order, nothing escaped that
    need not be.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _never(text: str) -> Any:
    raise ValueError(f"{text} is no integer")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, StrEnum):
        return value.value
    # Nothing that is signed holds a boolean, and a kind is written as its number.
    return int(value) if isinstance(value, (bool, Kind)) else value


_Reader = Callable[[Any], Any]


def _as_is(value: Any) -> Any:
    return value


def _flag(value: Any) -> bool:
    need(value in {0, 1}, "flag")
    return bool(value)


def _record(kind: type[Any], *readers: _Reader) -> _Reader:
    names = [field.name for field in fields(kind)]

    def read(value: Any) -> Any:
        need(type(value) is list and len(value) == len(names), kind.__name__)
        parts = zip(names, readers, value, strict=True)
        return kind(**{name: reader(part) for name, reader, part in parts})

    return read


def _pass(value: Any) -> PassIdentity:
    need(type(value) is list and len(value) == 3, "pass")
    return PassIdentity(*value)


def _optional(reader: _Reader) -> _Reader:
    return lambda value: None if value is None else reader(value)


def _several(reader: _Reader, most: int) -> _Reader:
    def read(value: Any) -> tuple[Any, ...]:
        need(type(value) is list and len(value) <= most, "too many")
        return tuple(reader(item) for item in value)

    return read


_statuses: Final = _record(StatusVerdicts, *[Verdict] * 4)
_kinds: Final = _several(_as_is, len(Kind))
# In the order of their numbers, from 1; never reordered, new ones at the end.
_READERS: Final[dict[str, _Reader]] = {
    "version": _as_is,
    "name": _as_is,
    "place": PlaceType,
    "checkpoints": _several(_as_is, PLACES_MAX),
    "entry": _statuses,
    "exit": _optional(_statuses),
    "ages": _record(ListAges, *[_as_is] * 3),
    "clocks": _record(Clocks, *[Verdict] * 2),
    "zones": _several(_as_is, PLACES_MAX),
    "hours": _optional(_record(Hours, *[_as_is] * 2)),
    "party": _optional(_record(PartyLimit, _as_is, Verdict)),
    "temperature": _optional(_record(TemperatureRule, _as_is, _as_is, _flag, Verdict)),
    "capacity": _optional(_record(Capacity, *[_as_is] * 2)),
    "passback": _optional(_record(PassbackRule, Passback, _as_is)),
    "denied": _several(_pass, LISTED_MAX),
    "only": _several(_pass, LISTED_MAX),
    "kinds": _kinds,
    "quota": _optional(_record(Quota, _as_is, Verdict)),
    "companions": _several(_record(CompanionRule, _kinds, _kinds, _as_is, Verdict), COMPANIONS_MAX),
    "conditions": _several(
        _record(Condition, _as_is, _as_is, Verdict, _optional(Direction)), CONDITIONS_MAX
    ),
    "refusal": Verdict,
}
_DEFAULTS: Final = {field.name: field.default for field in fields(Policy)}
FIELD_NUMBERS: Final[Mapping[str, int]] = {name: n for n, name in enumerate(_READERS, 1)}
