"""The trust list: who may sign what (formats.md 5), its one byte form, and the keyring that a gate
judges with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final

from keys.ed25519 import SigningKey
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from keys.shapes import is_bytes, is_count, is_issuer_name, is_name, need

TRUST_LIST_TYP: Final = "application/kakou-trustlist"
TRUST_LIST_MAX_BYTES: Final = 1 << 20
ROOT_KID: Final = b"root"
ISSUERS_MAX: Final = 1024
KEYS_MAX: Final = 4096
SAME_KID_MAX: Final = 4
_KID_END: Final = 1 << 16


class Purpose(StrEnum):
    """The one thing that a key may sign."""

    PASS = "pass"  # noqa: S105 - the word for a pass, not a password
    STATUS = "status"
    STATION = "station"


class KeyState(IntEnum):
    """LIVE signs now; RETIRED verifies what it signed before not_after; BURNED was stolen."""

    LIVE = 0
    RETIRED = 1
    BURNED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerEntry:
    """What the home list says of one issuer. kid_ranges: inclusive. status_map: foreign status ->
    own, or None.
    """

    epoch: int
    kid_ranges: tuple[tuple[int, int], ...]
    status_map: tuple[tuple[int, int], ...] | None
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """One key: number, 32-byte public key, whose, for what, from when to when (seconds, half open),
    its state.

    readmit: SHA-256 of the list of COSE hashes that a burned key's genuine passes are in, or None.
    """

    kid: int
    public_key: bytes
    issuer: str
    purpose: Purpose
    not_before: int
    not_after: int
    state: KeyState
    readmit: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """Every issuer and key that is believed, at one version."""

    version: int
    issuers: Mapping[str, IssuerEntry]
    keys: tuple[TrustedKey, ...]

    def keys_for(
        self, issuer: str, purpose: Purpose, kid: int, now: int | None = None
    ) -> tuple[bytes, ...]:
        """Return the public keys of `issuer` for `purpose` with number `kid` that are not burned.

        now: what is accepted anew needs a key in force at this second; what was accepted before
        (a restart) does not, and leaves it out.
        """
        return tuple(
            key.public_key
            for key in self.keys
            if (key.issuer, key.purpose, key.kid) == (issuer, purpose, kid)
            and key.state != KeyState.BURNED
            and (now is None or key.not_before <= now < key.not_after)
        )


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by number, ready for judging.

    by_kid: the pass keys, at most four a number. other_kids: numbers of keys for other purposes.
    readmitted: burned (issuer, kid) -> SHA-256s of COSE bytes believed.
    """

    by_kid: Mapping[int, tuple[TrustedKey, ...]]
    other_kids: frozenset[int] = frozenset()
    readmitted: Mapping[tuple[str, int], frozenset[bytes]] = field(default_factory=dict)


def keyring_of(
    trust: TrustList, readmitted: Mapping[tuple[str, int], frozenset[bytes]] | None = None
) -> Keyring:
    """Return the keyring of a trust list. A number that more than four pass keys share keeps the
    first four.
    """
    by_kid: dict[int, tuple[TrustedKey, ...]] = {}
    for key in trust.keys:
        if key.purpose is Purpose.PASS:
            by_kid[key.kid] = (*by_kid.get(key.kid, ()), key)[:SAME_KID_MAX]
    others = frozenset(key.kid for key in trust.keys if key.purpose is not Purpose.PASS)
    return Keyring(by_kid, others, readmitted or {})


def encode_trust_list(trust: TrustList) -> bytes:
    """Return the one byte form of `trust`."""
    issuers = {
        name: {
            1: entry.epoch,
            2: [list(pair) for pair in entry.kid_ranges],
            3: None if entry.status_map is None else dict(entry.status_map),
            4: {"zh": entry.name_zh, "en": entry.name_en},
        }
        for name, entry in trust.issuers.items()
    }
    return cbor_encode({1: trust.version, 2: issuers, 3: [_encode_key(key) for key in trust.keys]})


def _encode_key(key: TrustedKey) -> list[object]:
    signer = [key.kid, key.public_key, key.issuer, key.purpose.value]
    return [*signer, key.not_before, key.not_after, int(key.state), key.readmit]


def decode_trust_list(raw: bytes) -> TrustList:
    """Return the trust list of signed bytes; an unknown field, a key outside its ranges, a kid
    twice: UntrustedData.
    """
    try:
        value = cbor_decode(raw, max_bytes=TRUST_LIST_MAX_BYTES)
        need(type(value) is dict and set(value) == {1, 2, 3}, "not a trust list")
        need(is_count(value[1]) and value[1] >= 1, "version")
        need(type(value[2]) is dict and 1 <= len(value[2]) <= ISSUERS_MAX, "issuers")
        need(type(value[3]) is list and len(value[3]) <= KEYS_MAX, "keys")
        issuers = {_issuer_name(name): _decode_issuer(entry) for name, entry in value[2].items()}
        keys = tuple(_decode_key(item, issuers) for item in value[3])
        need(len({(key.issuer, key.kid) for key in keys}) == len(keys), "a kid twice in one issuer")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_trust_list") from None
    return TrustList(version=value[1], issuers=issuers, keys=keys)


def _issuer_name(value: object) -> str:
    if not is_issuer_name(value):
        raise MalformedBytes("issuer name")
    return str(value)


def _decode_issuer(entry: Any) -> IssuerEntry:
    need(type(entry) is dict and set(entry) == {1, 2, 3, 4} and is_count(entry[1]), "issuer")
    need(type(entry[2]) is list and all(_is_range(pair) for pair in entry[2]), "kid ranges")
    names, status_map = entry[4], entry[3]
    need(
        type(names) is dict
        and set(names) == {"zh", "en"}
        and all(is_name(text) for text in names.values()),
        "names",
    )
    if status_map is not None:
        need(
            type(status_map) is dict
            and all(_is_status(k) and _is_status(v) for k, v in status_map.items()),
            "map",
        )
    return IssuerEntry(
        epoch=entry[1],
        kid_ranges=tuple((first, last) for first, last in entry[2]),
        status_map=None if status_map is None else tuple(sorted(status_map.items())),
        name_zh=names["zh"],
        name_en=names["en"],
    )


def _is_range(pair: object) -> bool:
    if (
        type(pair) is not list
        or len(pair) != 2
        or not all(is_count(kid) and kid < _KID_END for kid in pair)
    ):
        return False
    return bool(pair[0] <= pair[1])


def _is_status(value: object) -> bool:
    return type(value) is int and 0 <= value <= 3


def _decode_key(item: Any, issuers: Mapping[str, IssuerEntry]) -> TrustedKey:
    need(type(item) is list and len(item) == 8, "key")
    kid, public_key, issuer, purpose, not_before, not_after, state, readmit = item
    need(is_count(kid) and kid < _KID_END and is_bytes(public_key, 32), "key")
    need(type(issuer) is str and issuer in issuers, "key of an unknown issuer")
    need(
        any(first <= kid <= last for first, last in issuers[issuer].kid_ranges),
        "key outside its issuer's ranges",
    )
    need(is_count(not_before) and is_count(not_after) and not_before < not_after, "key's time")
    need(type(purpose) is str and type(state) is int, "key")
    need(readmit is None or is_bytes(readmit, 32), "readmit")
    try:
        return TrustedKey(
            kid=kid,
            public_key=public_key,
            issuer=issuer,
            purpose=Purpose(purpose),
            not_before=not_before,
            not_after=not_after,
            state=KeyState(state),
            readmit=readmit,
        )
    except ValueError:
        raise MalformedBytes("purpose or state") from None


def seal_trust_list(root: SigningKey, trust: TrustList) -> bytes:
    """Return the trust list signed by the root key (until the TUF repository carries it)."""
    return seal_envelope(root, kid=ROOT_KID, typ=TRUST_LIST_TYP, payload=encode_trust_list(trust))


def open_trust_list(raw: bytes, root_public_key: bytes) -> TrustList:
    """Return the trust list that the root signed; anything else: UntrustedData."""
    payload, _ = open_envelope(
        raw,
        typ=TRUST_LIST_TYP,
        max_bytes=TRUST_LIST_MAX_BYTES,
        keys_of=lambda _: (root_public_key,),
    )
    return decode_trust_list(payload)
