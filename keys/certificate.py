"""Station certificates: "this public key is station X of checkpoint Y until Z" (CWT with cnf, RFC
8747).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from keys.claims import TIME_END
from keys.ed25519 import SigningKey
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from keys.shapes import is_bytes, is_count, is_issuer_name, is_name, need

CERTIFICATE_TYP: Final = "application/kakou-station+cwt"
CERTIFICATE_MAX_BYTES: Final = 2048
_CHECKPOINT_CLAIM: Final = -65543


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCertificate:
    """Who a station is. zone: 0..65535 (0: the checkpoint has none). iat, exp: seconds since 1970
    UTC.
    """

    issuer: str
    station: str
    checkpoint: str
    zone: int
    public_key: bytes
    iat: int
    exp: int


def seal_certificate(key: SigningKey, kid: int, certificate: StationCertificate) -> bytes:
    """Return the signed certificate; `key` is an issuer key of purpose `station`."""
    payload = {
        1: certificate.issuer,
        2: certificate.station,
        4: certificate.exp,
        6: certificate.iat,
        8: {1: {1: 1, -1: 6, -2: certificate.public_key}},
        _CHECKPOINT_CLAIM: [certificate.checkpoint, certificate.zone],
    }
    return seal_envelope(
        key, kid=kid.to_bytes(2, "big"), typ=CERTIFICATE_TYP, payload=cbor_encode(payload)
    )


def open_certificate(raw: bytes, keys_of: Callable[[bytes], Iterable[bytes]]) -> StationCertificate:
    """Return the certificate after its signature and shape stand; else UntrustedData. Its life is
    the caller's.
    """
    payload, _ = open_envelope(
        raw, typ=CERTIFICATE_TYP, max_bytes=CERTIFICATE_MAX_BYTES, keys_of=keys_of
    )
    try:
        value = cbor_decode(payload, max_bytes=CERTIFICATE_MAX_BYTES)
        need(
            type(value) is dict and set(value) == {1, 2, 4, 6, 8, _CHECKPOINT_CLAIM},
            "not a certificate",
        )
        need(is_issuer_name(value[1]) and is_name(value[2]), "name")
        need(is_count(value[4]) and is_count(value[6]) and value[6] < value[4] < TIME_END, "time")
        place = value[_CHECKPOINT_CLAIM]
        need(type(place) is list and len(place) == 2 and is_name(place[0]), "checkpoint")
        need(is_count(place[1]) and place[1] < 1 << 16, "zone")
        public_key = _confirmed_key(value[8])
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_certificate") from None
    return StationCertificate(
        issuer=value[1],
        station=value[2],
        checkpoint=place[0],
        zone=place[1],
        public_key=public_key,
        iat=value[6],
        exp=value[4],
    )


def _confirmed_key(cnf: Any) -> bytes:
    need(type(cnf) is dict and set(cnf) == {1} and type(cnf[1]) is dict, "cnf")
    need(set(cnf[1]) == {1, -1, -2} and is_bytes(cnf[1][-2], 32), "cnf")
    need(cnf[1] == {1: 1, -1: 6, -2: cnf[1][-2]}, "cnf")
    return bytes(cnf[1][-2])
