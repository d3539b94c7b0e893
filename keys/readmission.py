"""The re-admission list: which passes of a burned key were genuine (formats.md 5).

A deterministic CBOR array of SHA-256 hashes of COSE bytes, ascending, each once. The trust list
names the whole file by its hash, so it needs no signature of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.shapes import is_bytes, need
from keys.trustlist import KeyState, TrustList

# A million passes: 34 MB.
READMISSION_MAX_BYTES: Final = 35_000_000


def encode_readmission(hashes: Iterable[bytes]) -> bytes:
    """Return the list of these SHA-256 hashes, in its one byte form."""
    return cbor_encode(sorted(set(hashes)))


def decode_readmission(raw: bytes) -> frozenset[bytes]:
    """Return the hashes of a list; another form: UntrustedData `malformed_readmission`."""
    try:
        value = cbor_decode(raw, max_bytes=READMISSION_MAX_BYTES, max_items=1 << 21)
        need(type(value) is list and all(is_bytes(item, 32) for item in value), "hashes")
        need(all(first < second for first, second in pairwise(value)), "order of hashes")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_readmission") from None
    return frozenset(value)


def readmission_path(issuer: str, kid: int) -> str:
    """Return the target's path of a burned key's list."""
    return f"readmit/{issuer}-{kid}"


def readmitted_passes(
    trust: TrustList, files: Mapping[str, bytes]
) -> dict[tuple[str, int], frozenset[bytes]]:
    """Return the hashes to believe by burned (issuer, kid). files: targets by path.

    A list that is missing, or is not the one the trust list names, readmits nobody: the burn holds.
    """
    readmitted: dict[tuple[str, int], frozenset[bytes]] = {}
    for key in trust.keys:
        raw = files.get(readmission_path(key.issuer, key.kid))
        if key.state is not KeyState.BURNED or key.readmit is None or raw is None:
            continue
        if hashlib.sha256(raw).digest() == key.readmit:
            readmitted[key.issuer, key.kid] = decode_readmission(raw)
    return readmitted
