"""The body of a passage row: whose pass it was, what stood on the screen, what the guard saw.

Sealed on stations, opened at the office.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from keys.claims import LIST_ENTRIES, LISTS_MAX
from keys.encoding import cbor_decode, cbor_encode
from keys.passages import ROW_MAX_BYTES, PassIdentity
from keys.shapes import is_bytes, is_count, is_issuer_name, need

TEXT_MAX: Final = 64
NOTE_MAX: Final = 200
TEMPERATURES_MAX: Final = 8
PARTY_MAX: Final = 255
_ISSUER: Final = 1
_LIST: Final = 2
_INDEX: Final = 3
_ABOUT: Final = 7
_TEMPERATURES: Final = 9
_PAPERS: Final = 12
_PARTY: Final = 13
_SALT: Final = 14
PARTY_MEMBER: Final = bytes([_PARTY])  # stands in every body of more than one person
ABOUT_MEMBER: Final = bytes([_ABOUT, 0x50])  # stands in every body that names another row
# number -> (field, most characters)
_TEXTS: Final = {
    4: ("name", TEXT_MAX),
    5: ("carrier", TEXT_MAX),
    6: ("id_tail", TEXT_MAX),
    8: ("operator", TEXT_MAX),
    10: ("note", NOTE_MAX),
    11: ("cause", TEXT_MAX),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageBody:
    """What may say who a person is, all empty where no pass was verified, and what a guard added.

    carrier: `dense`, `full` or empty. about: the passage_id (16 bytes) of the row that this one
    speaks of. operator: who was on duty. temperatures: tenths of a degree Celsius, as measured.
    note: at most 200 characters, other texts 64. papers_seen: a document was compared. party: how
    many people went through on it, 1 to 255. salt: 16 random bytes, without which nobody can try
    out what the trace behind the row's digest said.
    """

    identity: PassIdentity | None = None
    name: str = ""
    id_tail: str = ""
    carrier: str = ""
    about: bytes | None = None
    operator: str = ""
    temperatures: tuple[int, ...] = ()
    note: str = ""
    cause: str = ""
    papers_seen: bool = False
    party: int = 1
    salt: bytes | None = field(default=None, compare=False, repr=False)


def encode_body(body: PassageBody) -> bytes:
    """Return the deterministic CBOR map of a body; what is empty is absent."""
    value: dict[int, object] = {}
    if body.identity is not None:
        value |= {
            _ISSUER: body.identity.issuer,
            _LIST: body.identity.list_number,
            _INDEX: body.identity.index,
        }
    for number, (name, _) in _TEXTS.items():
        text = getattr(body, name)
        if text:
            value[number] = text
    if body.about is not None:
        value[_ABOUT] = body.about
    if body.temperatures:
        value[_TEMPERATURES] = list(body.temperatures)
    if body.papers_seen:
        value[_PAPERS] = 1
    if body.party != 1:
        value[_PARTY] = body.party
    if body.salt is not None:
        value[_SALT] = body.salt
    return cbor_encode(value)


def decode_body(raw: bytes) -> PassageBody:
    """Return the body of its CBOR; another shape: MalformedBytes. Members of a newer version
    (numbers > 14) are skipped.
    """
    value = cbor_decode(raw, max_bytes=ROW_MAX_BYTES)
    need(
        type(value) is dict and len(value) <= 64 and all(is_count(number) for number in value),
        "not a body",
    )
    texts = {name: _text(value.get(number, ""), most) for number, (name, most) in _TEXTS.items()}
    about = value.get(_ABOUT)
    need(about is None or is_bytes(about, 16), "about")
    salt = value.get(_SALT)
    need(salt is None or is_bytes(salt, 16), "salt")
    papers, party = value.get(_PAPERS, 0), value.get(_PARTY, 1)
    need(is_count(papers) and papers <= 1, "papers")
    need(is_count(party) and 1 <= party <= PARTY_MAX, "party")
    return PassageBody(
        identity=_identity(value),
        about=about,
        temperatures=_temperatures(value.get(_TEMPERATURES, [])),
        papers_seen=papers == 1,
        party=party,
        salt=salt,
        **texts,
    )


def _text(value: Any, most: int) -> str:
    need(type(value) is str and len(value) <= most, "text")
    return str(value)


def _identity(value: dict[int, Any]) -> PassIdentity | None:
    if not any(number in value for number in (_ISSUER, _LIST, _INDEX)):
        return None
    need(is_issuer_name(value.get(_ISSUER)), "issuer")
    number: Any = value.get(_LIST)
    index: Any = value.get(_INDEX)
    need(
        is_count(number) and number < LISTS_MAX and is_count(index) and index < LIST_ENTRIES,
        "identity",
    )
    return PassIdentity(value[_ISSUER], number, index)


def _temperatures(value: Any) -> tuple[int, ...]:
    need(type(value) is list and len(value) <= TEMPERATURES_MAX, "temperatures")
    need(all(is_count(tenths) and tenths < 1000 for tenths in value), "temperatures")
    return tuple(value)
