"""The body of a passage row: whose pass it was and what stood on the screen. Sealed on stations,
opened at the office.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from keys.claims import LIST_ENTRIES, LISTS_MAX
from keys.encoding import cbor_decode, cbor_encode
from keys.passages import ROW_MAX_BYTES, PassIdentity
from keys.shapes import is_count, is_issuer_name, need

_ISSUER: Final = 1
_LIST: Final = 2
_INDEX: Final = 3
_TEXTS: Final = {4: "name", 5: "carrier", 6: "id_tail"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageBody:
    """What may say who a person is. All empty where no pass was verified. carrier: `dense`, `full`
    or empty.
    """

    identity: PassIdentity | None = None
    name: str = ""
    id_tail: str = ""
    carrier: str = ""


def encode_body(body: PassageBody) -> bytes:
    """Return the deterministic CBOR map of a body; what is empty is absent."""
    value: dict[int, object] = {}
    if body.identity is not None:
        value |= {
            _ISSUER: body.identity.issuer,
            _LIST: body.identity.list_number,
            _INDEX: body.identity.index,
        }
    value |= {
        number: text
        for number, text in zip((4, 5, 6), (body.name, body.carrier, body.id_tail), strict=True)
        if text
    }
    return cbor_encode(value)


def decode_body(raw: bytes) -> PassageBody:
    """Return the body of its CBOR; another shape: MalformedBytes. Members of a newer version
    (numbers > 6) are skipped.
    """
    value = cbor_decode(raw, max_bytes=ROW_MAX_BYTES)
    need(
        type(value) is dict and len(value) <= 64 and all(is_count(number) for number in value),
        "not a body",
    )
    texts = {name: value.get(number, "") for number, name in _TEXTS.items()}
    need(all(type(text) is str and len(text) <= 64 for text in texts.values()), "not a body")
    identity = None
    if any(number in value for number in (_ISSUER, _LIST, _INDEX)):
        need(is_issuer_name(value.get(_ISSUER)), "issuer")
        number, index = value.get(_LIST), value.get(_INDEX)
        need(
            is_count(number) and number < LISTS_MAX and is_count(index) and index < LIST_ENTRIES,
            "identity",
        )
        identity = PassIdentity(value[_ISSUER], number, index)
    return PassageBody(identity=identity, **texts)
