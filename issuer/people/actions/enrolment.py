"""A station enrols: it proves its key and the code, and gets its certificate and its checkpoint's
secret.

What may happen, and what then: code unknown, expired, tried five times, used by another key:
refused with its code. Wrong proof: one try less. The answer lost on the way: the same station asks
again and gets the same answer. The office dies in between: nothing was stored, the station asks
again.
"""

from __future__ import annotations

from issuer import audit
from issuer.database.engine import Transaction
from issuer.errors import BadInput, Code, Denied
from issuer.people.office import Office
from issuer.people.rules.stations import DAY_S, StoredCode, check_open, repeated_answer
from issuer.people.store import stations as store
from issuer.people.store.lastheads import find_last_head
from keys.batches import station_kid
from keys.certificate import StationCertificate, seal_certificate
from keys.enrolment import (
    LAST_PLACE_MAX,
    EnrolRequest,
    LastHead,
    check_request_mac,
    check_request_root,
    open_request,
    seal_answer,
)
from keys.errors import BadSignature, UntrustedData
from keys.trustlist import Purpose


def enrol(office: Office, raw: bytes) -> bytes:
    """Return the signed answer to a station's request; Denied with the code of what is wrong."""
    try:
        request = open_request(raw)
    except UntrustedData as error:
        is_forged = error.code == "bad_signature"
        wrong = Code.BAD_SIGNATURE if is_forged else Code.MALFORMED_REQUEST
        raise BadInput(wrong, error.code) from None
    now = office.now()
    with office.database.read() as connection:
        code = store.find_code(connection, request.code_id)
    if code is None:
        raise Denied(Code.UNKNOWN_CODE)
    check_open(code, now=now)
    if not _proves(request, code):
        with office.database.write() as connection:
            store.count_try(connection, code.code_id)
        raise Denied(Code.UNKNOWN_CODE)
    return _answer(office, request, now)


def _proves(request: EnrolRequest, code: StoredCode) -> bool:
    try:
        check_request_mac(request, code.mac_key)
    except UntrustedData:
        return False
    return True


def _answer(office: Office, request: EnrolRequest, now: int) -> bytes:
    try:
        check_request_root(request, office.root())
    except UntrustedData:
        raise Denied(Code.WRONG_ROOT) from None
    with office.database.write() as connection:
        # Read again: another request with the same code may have come first.
        code = store.find_code(connection, request.code_id)
        station = store.find_station(connection, code.station) if code else None
        checkpoint = store.find_checkpoint(connection, station.checkpoint) if station else None
        if code is None or station is None or checkpoint is None:
            raise Denied(Code.UNKNOWN_CODE)
        check_open(code, now=now)
        repeated = repeated_answer(code, public_key=request.public_key)
        if repeated is not None and code.request == request.raw:
            return repeated
        if store.owner_of_key(connection, request.public_key) not in {None, station.name}:
            raise Denied(Code.STATION_MISMATCH)
        certificate = _certificate(office, station, request, now)
        last = _last_head(connection, station.name, request.public_key)
        answer = _seal(office, request, code, certificate, checkpoint.secret, last)
        enrolled = store.Enrolment(
            station=station.name,
            public_key=request.public_key,
            kid=station_kid(request.public_key),
            certificate=certificate,
            at=now,
        )
        store.enrol(connection, enrolled, code.code_id, request=request.raw, answer=answer)
        audit.append(
            connection,
            at=now,
            operator=f"station:{station.name}",
            action="station.enrol",
            subject=station.name,
            details={"key": enrolled.kid.hex()}
            | ({} if last is None else {"behind": last.sequence}),
        )
    return answer


def _last_head(connection: Transaction, station: str, public_key: bytes) -> LastHead | None:
    """Return what the new box of a station goes on behind; None for a station's first box."""
    last = find_last_head(connection, station, below=LAST_PLACE_MAX)
    if last is None and store.has_other_key(connection, station, public_key):
        return LastHead()
    return last


def _certificate(office: Office, station: store.Station, request: EnrolRequest, now: int) -> bytes:
    key = office.keys.of(Purpose.STATION)
    certificate = StationCertificate(
        issuer=office.settings.issuer,
        station=station.name,
        checkpoint=station.checkpoint,
        zone=station.zone,
        public_key=request.public_key,
        iat=now,
        exp=now + office.settings.certificate_days * DAY_S,
    )
    return seal_certificate(key.key, key.kid, certificate)


def _seal(
    office: Office,
    request: EnrolRequest,
    code: StoredCode,
    certificate: bytes,
    secret: bytes,
    last: LastHead | None,
) -> bytes:
    key = office.keys.of(Purpose.STATION)
    try:
        return seal_answer(
            key.key,
            key.kid,
            request,
            code.mac_key,
            certificate=certificate,
            checkpoint_secret=secret,
            last=last,
        )
    except BadSignature:
        raise BadInput(Code.MALFORMED_REQUEST, "a key that nothing can be sealed to") from None
