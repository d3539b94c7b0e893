"""The station roster as the office knows it now."""

from __future__ import annotations

from issuer.people.office import Office
from issuer.trust.store.stations import EnrolledKey, enrolled_keys
from keys.certificate import open_certificate
from keys.errors import UntrustedData
from keys.roster import RosterEntry, StationState, encode_roster
from keys.trustlist import Purpose, TrustList


def current_roster(office: Office, trust: TrustList) -> bytes:
    """Return the roster's bytes: every station key that this office's certificates stand behind."""
    with office.database.read() as connection:
        keys = enrolled_keys(connection)
    entries = (_entry(key, trust, office.settings.issuer) for key in keys)
    return encode_roster(entry for entry in entries if entry is not None)


def _entry(key: EnrolledKey, trust: TrustList, issuer: str) -> RosterEntry | None:
    try:
        certificate = open_certificate(
            key.certificate,
            lambda kid: trust.keys_for(issuer, Purpose.STATION, int.from_bytes(kid, "big")),
        )
    except UntrustedData:
        # Its signer was burned: nobody believes the certificate, so nobody need be told of it.
        return None
    return RosterEntry(
        station=key.station,
        checkpoint=key.checkpoint,
        public_key=key.public_key,
        exp=certificate.exp,
        state=StationState.WITHDRAWN if key.revoked else StationState.ENROLLED,
    )
