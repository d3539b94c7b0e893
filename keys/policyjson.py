"""A policy as JSON for people: every field by its name, verdicts, kinds and modes as words, passes
as `<issuer>/<list>/<index>`, conditions as CertLogic itself. What is left out has its default.

Only the bytes of `keys.policyfile` are signed; this is how an office writes and reads them.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from keys.claims import Kind
from keys.errors import MalformedBytes
from keys.passages import PassIdentity
from keys.policies import Policy
from keys.policyfile import POLICY_MAX_BYTES, encode_policy, read_logic, write_logic
from keys.shapes import need

_KINDS: Final = {kind.name.lower(): kind for kind in Kind}
# Fields whose numbers stand for kinds of pass, and the one that holds JSON as text.
_KIND_FIELDS: Final = frozenset({"kinds", "with_kinds"})
_LOGIC_FIELD: Final = "logic"


def policy_to_json(policy: Policy) -> str:
    """Return a policy as indented JSON, without the fields that hold their default."""
    value = {
        field.name: _write(field.name, getattr(policy, field.name))
        for field in fields(policy)
        if getattr(policy, field.name) != field.default
    }
    return json.dumps(value, ensure_ascii=False, indent=2)


def policy_from_json(text: str, **given: Any) -> Policy:
    """Return the policy that `text` describes and `encode_policy` takes. given: top-level fields
    that stand in place of the text's.

    MalformedBytes, whose text names the field: an unknown or missing one, a wrong type or word, a
    number out of range.
    """
    need(len(text) <= POLICY_MAX_BYTES, "larger than a policy may be")
    try:
        policy = _policy(text, given)
    except RecursionError:
        # Whichever of reading and writing meets the machine's limit first.
        raise MalformedBytes("nested too deeply") from None
    return policy


def _policy(text: str, given: dict[str, Any]) -> Policy:
    try:
        value = json.loads(
            text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_each_once
        )
    except ValueError as error:
        raise MalformedBytes(f"not JSON: {error}") from None
    need(type(value) is dict, "not a JSON object")
    policy: Policy = _read_record("policy", Policy, value | given)
    encode_policy(policy)
    return policy


def _no_float(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON keeps the last of two: a list of the refused, written twice, would lose its first half.
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name stands there twice")
    return value


def _write(name: str, value: Any) -> Any:
    if name in _KIND_FIELDS:
        return [Kind(kind).name.lower() for kind in value]
    if name == _LOGIC_FIELD:
        return read_logic(value)
    if isinstance(value, PassIdentity):
        return str(value)
    if isinstance(value, tuple):
        return [_write("", item) for item in value]
    if is_dataclass(value):
        return {
            field.name: _write(field.name, getattr(value, field.name)) for field in fields(value)
        }
    return value.value if isinstance(value, StrEnum) else value


def _read_record(where: str, kind: Any, value: Any) -> Any:
    need(type(value) is dict, f"{where}: not an object")
    known = {field.name: field for field in fields(kind)}
    unknown = sorted(value.keys() - known.keys())
    need(not unknown, f"{where}: no field {', '.join(unknown)}")
    missing = [f.name for f in known.values() if f.default is MISSING and f.name not in value]
    need(not missing, f"{where}: {', '.join(missing)} is missing")
    types = get_type_hints(kind)
    return kind(
        **{name: _read_field(where, name, types[name], item) for name, item in value.items()}
    )


def _read_field(where: str, name: str, kind: Any, value: Any) -> Any:
    place = name if where == "policy" else f"{where}.{name}"
    if name in _KIND_FIELDS:
        need(type(value) is list, f"{place}: not a list")
        return tuple(_word(place, _KINDS, item) for item in value)
    if name != _LOGIC_FIELD:
        return _read(place, kind, value)
    return write_logic(value)


def _read(place: str, kind: Any, value: Any) -> Any:
    if get_origin(kind) is UnionType:
        inner = next(part for part in get_args(kind) if part is not NoneType)
        return None if value is None else _read(place, inner, value)
    if get_origin(kind) is tuple:
        need(type(value) is list, f"{place}: not a list")
        return tuple(_read(place, get_args(kind)[0], item) for item in value)
    if kind is PassIdentity:
        return _identity(place, value)
    if is_dataclass(kind):
        return _read_record(place, kind, value)
    if issubclass(kind, StrEnum):
        return _word(place, {word.value: word for word in kind}, value)
    need(type(value) is kind, f"{place}: not {kind.__name__}")
    return value


def _word(place: str, words: dict[str, Any], value: Any) -> Any:
    need(type(value) is str and value in words, f"{place}: one of {', '.join(words)}")
    return words[value]


def _identity(place: str, value: Any) -> PassIdentity:
    parts = value.split("/") if type(value) is str else []
    numbers = [part for part in parts[1:] if part.isascii() and part.isdigit() and len(part) < 9]
    need(len(parts) == 3 and len(numbers) == 2, f"{place}: a pass is <issuer>/<list>/<index>")
    return PassIdentity(parts[0], int(numbers[0]), int(numbers[1]))
