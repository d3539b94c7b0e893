"""The station roster: which stations an office stands behind, for its neighbours at the same
checkpoint (a target of the trust repository).

Deterministic CBOR `[[station, checkpoint, public key, exp, state], ...]`, ascending by station.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any, Final

from keys.claims import TIME_END
from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.shapes import is_bytes, is_count, is_name, need

ROSTER_MAX_BYTES: Final = 4 << 20


class StationState(IntEnum):
    """ENROLLED may speak; WITHDRAWN (stolen, broken, replaced) may not."""

    ENROLLED = 0
    WITHDRAWN = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """One station's key. exp: when its certificate ends, unix seconds."""

    station: str
    checkpoint: str
    public_key: bytes
    exp: int
    state: StationState


def encode_roster(entries: Iterable[RosterEntry]) -> bytes:
    """Return the roster in its one byte form."""
    ordered = sorted(entries, key=lambda entry: (entry.station, entry.public_key))
    return cbor_encode(
        [[e.station, e.checkpoint, e.public_key, e.exp, int(e.state)] for e in ordered]
    )


def decode_roster(raw: bytes) -> tuple[RosterEntry, ...]:
    """Return the stations of a roster whose hash stands; another form: UntrustedData
    `malformed_roster`.
    """
    try:
        value = cbor_decode(raw, max_bytes=ROSTER_MAX_BYTES, max_items=1 << 19)
        need(type(value) is list, "not a roster")
        entries = tuple(_entry(item) for item in value)
        order = [(entry.station, entry.public_key) for entry in entries]
        need(all(first < second for first, second in pairwise(order)), "order of stations")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_roster") from None
    return entries


def _entry(item: Any) -> RosterEntry:
    need(type(item) is list and len(item) == 5, "station")
    station, checkpoint, public_key, exp, state = item
    need(is_name(station) and is_name(checkpoint) and is_bytes(public_key, 32), "station")
    need(is_count(exp) and exp < TIME_END and type(state) is int and state in {0, 1}, "station")
    return RosterEntry(
        station=station,
        checkpoint=checkpoint,
        public_key=public_key,
        exp=exp,
        state=StationState(state),
    )
