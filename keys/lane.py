"""What stations of one checkpoint tell each other on their own network (protocols.md, Lane mesh).

A lane message says "this tag passed here, that way, then", signed by the station's own key. It
travels with the station's certificate, so that a neighbour needs no roster to know the key:

    datagram = 0x01 | size of the certificate (2 bytes, big-endian) | certificate | message
    message  = COSE_Sign1, kid as of a batch, payload [tag, direction, seen_at_ms, sequence]
    hello    = nonce (8 bytes) | HMAC-SHA-256(hello key, nonce | port (2 bytes, big-endian))[:16]

The hello is all that a station announces beside its port: who does not share the checkpoint's
secret learns neither which checkpoint it is nor which station.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from keys.batches import station_kid
from keys.certificate import CERTIFICATE_MAX_BYTES, StationCertificate
from keys.ed25519 import SigningKey
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from keys.passages import Direction
from keys.shapes import is_bytes, is_count, need
from keys.tags import TAG_BYTES

LANE_TYP: Final = "application/kakou-lane"
LANE_MAX_BYTES: Final = 256
DATAGRAM_MAX_BYTES: Final = 3 + CERTIFICATE_MAX_BYTES + LANE_MAX_BYTES
HELLO_BYTES: Final = 24
_NONCE_BYTES: Final = 8
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneMessage:
    """One passage as told to the neighbours.

    tag: 16 bytes (keys.tags). seen_at_ms: milliseconds since 1970 UTC, by the sender's clock.
    sequence: the sender's own, from 1, never used twice: that of the passage's row in its log.
    """

    tag: bytes
    direction: Direction
    seen_at_ms: int
    sequence: int


def seal_lane(key: SigningKey, message: LaneMessage) -> bytes:
    """Return the message signed by the station that holds `key`."""
    payload = cbor_encode(
        [message.tag, message.direction.value, message.seen_at_ms, message.sequence]
    )
    return seal_envelope(key, kid=station_kid(key.public_key), typ=LANE_TYP, payload=payload)


def open_lane(raw: bytes, certificate: StationCertificate) -> LaneMessage:
    """Return the message after the certificate's key is found to have signed it; else
    UntrustedData. Whether it is fresh and new is the caller's to judge.
    """
    payload, _ = open_envelope(
        raw, typ=LANE_TYP, max_bytes=LANE_MAX_BYTES, keys_of=_only(certificate.public_key)
    )
    try:
        value = cbor_decode(payload, max_bytes=LANE_MAX_BYTES)
        need(type(value) is list and len(value) == 4, "not a lane message")
        tag, direction, seen_at_ms, sequence = value
        need(is_bytes(tag, TAG_BYTES) and is_count(seen_at_ms), "not a lane message")
        need(is_count(sequence) and sequence >= 1, "sequence")
        need(type(direction) is str and direction in {"entry", "exit"}, "direction")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_lane") from None
    return LaneMessage(
        tag=tag, direction=Direction(direction), seen_at_ms=seen_at_ms, sequence=sequence
    )


def _only(public_key: bytes) -> Callable[[bytes], tuple[bytes, ...]]:
    # The key goes by its certificate; a message that names another one is another station's.
    return lambda kid: (public_key,) if kid == station_kid(public_key) else ()


def join_datagram(certificate: bytes, message: bytes) -> bytes:
    """Return the datagram of a signed certificate and a signed message."""
    return b"".join((bytes([_VERSION]), len(certificate).to_bytes(2, "big"), certificate, message))


def split_datagram(raw: bytes) -> tuple[bytes, bytes]:
    """Return (certificate, message) of a datagram, both unchecked; UntrustedData `too_large`,
    `malformed_lane`.
    """
    if len(raw) > DATAGRAM_MAX_BYTES:
        raise UntrustedData(code="too_large")
    size = int.from_bytes(raw[1:3], "big")
    if raw[:1] != bytes([_VERSION]) or not 0 < size < len(raw) - 3:
        raise UntrustedData("not a lane datagram", code="malformed_lane")
    return raw[3 : 3 + size], raw[3 + size :]


def make_hello(hello_key: bytes, port: int, nonce: bytes) -> bytes:
    """Return what to announce beside `port`; nonce: 8 random bytes."""
    return nonce + _proof(hello_key, port, nonce)


def is_hello(hello_key: bytes, port: int, hello: bytes) -> bool:
    """Return whether somebody of this checkpoint announced `port` with these bytes.

    True says where to send, nothing more: a hello can be repeated by anybody who heard it.
    """
    if len(hello) != HELLO_BYTES or not 0 < port < 1 << 16:
        return False
    nonce, proof = hello[:_NONCE_BYTES], hello[_NONCE_BYTES:]
    return hmac.compare_digest(proof, _proof(hello_key, port, nonce))


def _proof(hello_key: bytes, port: int, nonce: bytes) -> bytes:
    return hmac.digest(hello_key, nonce + port.to_bytes(2, "big"), "sha256")[:16]
