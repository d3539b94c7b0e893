"""Enrolment from the station's side: pinned root, proof of key and code, and a folder that is
enrolled whole or not at all.

Cut anywhere, the same command with the same code goes on: the key is on disk before it is first
shown, and the issuer repeats its answer to the same key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from keys.certificate import StationCertificate, open_certificate
from keys.ed25519 import SigningKey
from keys.enrolment import (
    ANSWER_MAX_BYTES,
    EnrolAnswer,
    EnrolCode,
    LastHead,
    check_root,
    open_answer,
    read_code,
    seal_request,
)
from keys.errors import MalformedBytes, UntrustedData
from keys.trustlist import TRUST_LIST_MAX_BYTES, KeyState, Purpose, TrustList, open_trust_list
from scanner.errors import BatchRefused, EnrolmentRefused, IssuerTrouble, StationFault
from scanner.record.cache import StatusCache
from scanner.record.identity import is_enrolled, own_key, write_identity
from scanner.record.stationrecord import StationRecord
from scanner.record.succession import ENROLLED, Place, left_logs, new_log
from scanner.record.trustfile import is_repository_root

ENROL_PATH: Final = "enrol"
ROOT_MAX_BYTES: Final = 1 << 16
_NO_RETRY: Final = frozenset(
    {
        "code_used",
        "code_expired",
        "code_locked",
        "unknown_code",
        "wrong_code",
        "wrong_root",
        "station_mismatch",
    }
)


Keep = Callable[[StatusCache], None]


class Exchange(Protocol):
    """The issuer as enrolment needs it."""

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return a published file."""

    def post(self, path: str, body: bytes, max_bytes: int) -> bytes:
        """Return the answer to `body`."""


def enrol_station(
    folder: Path,
    exchange: Exchange,
    code_text: str,
    *,
    issuer_url: str,
    seed: bytes,
    nonce: bytes,
    chain: bytes,
    now_s: int | None = None,
) -> StationRecord:
    """Enrol the station of `folder` with the code that a person brought, and return its record.

    seed (32), nonce (16), chain (16): random bytes. now_s: the wall clock, against which the trust
    files' dates are judged; None: they are not. EnrolmentRefused with the issuer's code,
    `root_swapped`, `malformed_code`, `already_enrolled`; NetworkDown and IssuerTrouble may be tried
    again with the same code. A station that was enrolled before goes on behind the last of its rows
    that the office has.
    """
    code = _read_code(folder, code_text)
    key = own_key(folder, seed)
    root, trust, keep = _pinned_trust(exchange, code, now_s)
    answer = _ask(exchange, key, code, nonce, trust)
    certificate = _certificate(answer, key, trust)
    record = _record(certificate, issuer_url, chain)
    record = _behind(folder, record, key, answer.last, now_s=certificate.iat)
    keep(StatusCache(folder, root))
    write_identity(
        folder,
        record,
        certificate=answer.certificate,
        checkpoint_secret=answer.checkpoint_secret,
        root=root,
    )
    return record


def _read_code(folder: Path, text: str) -> EnrolCode:
    if is_enrolled(folder):
        raise StationFault(
            f"{folder} is enrolled already",
            code="already_enrolled",
            next_step="Use another --data folder, or remove this one if its log is delivered.",
        )
    try:
        return read_code(text)
    except MalformedBytes:
        raise EnrolmentRefused(
            "not an enrolment code",
            code="malformed_code",
            next_step="Type the code again, all 80 letters.",
        ) from None


def _behind(
    folder: Path, record: StationRecord, key: SigningKey, last: LastHead | None, *, now_s: int
) -> StationRecord:
    """Return the record of a station that takes the place of another box, or of itself after its
    record was lost: its log is made, behind the last row that the office has.
    """
    known = last or LastHead()
    chain = bytes.fromhex(record.chain)
    left = left_logs(folder, key, chain=known.chain if known.sequence else chain, now_s=now_s)
    if last is None and not left:
        return record
    place = Place(sequence=known.sequence, hash=known.hash)
    new = new_log(folder, record, key, place, chain=chain, now_s=now_s, why=ENROLLED)
    return replace(new, earlier=left)


def _pinned_trust(
    exchange: Exchange, code: EnrolCode, now_s: int | None
) -> tuple[bytes, TrustList, Keep]:
    """Return (root, trust list, how to keep it) of the server, whose root must be the one that the
    code names.
    """
    try:
        root = exchange.fetch("trust/root", ROOT_MAX_BYTES)
        check_root(root, code)
        if is_repository_root(root):
            return root, *_repository(exchange, root, now_s)
        raw = exchange.fetch("trust/list", TRUST_LIST_MAX_BYTES)
        return root, open_trust_list(raw, root), lambda cache: cache.keep_trust(raw)
    except UntrustedData as error:
        raise EnrolmentRefused(
            str(error),
            code=error.code,
            next_step="Check --issuer: the code was made for another server.",
        ) from None
    except BatchRefused as refusal:
        raise IssuerTrouble(str(refusal), code=refusal.code) from None


def _repository(exchange: Exchange, root: bytes, now_s: int | None) -> tuple[TrustList, Keep]:
    from keys.trustset import first_trust_set
    from scanner.sync.trustpull import fetch_trust_set

    first = first_trust_set(root)
    pulled = fetch_trust_set(exchange, first, now_s, take_root=lambda _: now_s)
    return pulled.held.trust_list(), lambda cache: cache.trust_file.keep(pulled.held)


def _station_keys(trust: TrustList, kid: bytes) -> tuple[bytes, ...]:
    return tuple(
        key.public_key
        for key in trust.keys
        if key.purpose is Purpose.STATION
        and key.state is KeyState.LIVE
        and key.kid.to_bytes(2, "big") == kid
    )


def _ask(
    exchange: Exchange, key: SigningKey, code: EnrolCode, nonce: bytes, trust: TrustList
) -> EnrolAnswer:
    request = seal_request(key, code, nonce)
    try:
        raw = exchange.post(ENROL_PATH, request, ANSWER_MAX_BYTES)
        return open_answer(
            raw, key=key, code=code, request=request, keys_of=lambda kid: _station_keys(trust, kid)
        )
    except BatchRefused as refusal:
        raise EnrolmentRefused(f"the office refused: {refusal.code}", code=refusal.code) from None
    except IssuerTrouble as trouble:
        if trouble.code in _NO_RETRY:
            raise EnrolmentRefused(
                f"the office refused: {trouble.code}", code=trouble.code
            ) from None
        raise
    except UntrustedData as error:
        raise EnrolmentRefused(
            f"the answer is not the office's: {error.code}", code=error.code
        ) from None


def _record(certificate: StationCertificate, issuer_url: str, chain: bytes) -> StationRecord:
    return StationRecord(
        station=certificate.station,
        checkpoint=certificate.checkpoint,
        zone=certificate.zone,
        issuer=certificate.issuer,
        issuer_url=issuer_url,
        chain=chain.hex(),
    )


def _certificate(answer: EnrolAnswer, key: SigningKey, trust: TrustList) -> StationCertificate:
    try:
        certificate = open_certificate(answer.certificate, lambda kid: _station_keys(trust, kid))
    except UntrustedData as error:
        raise EnrolmentRefused(str(error), code=error.code) from None
    if certificate.public_key != key.public_key or certificate.issuer not in trust.issuers:
        raise EnrolmentRefused("a certificate for another station", code="wrong_certificate")
    return certificate
