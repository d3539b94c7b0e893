"""Which datagrams are believed: from a station of our checkpoint, in force, fresh and new.

What is not believed, and its code: not a datagram, or a bad signature -> the code of keys.errors;
a certificate by another issuer -> `foreign_issuer`, of another checkpoint -> `foreign_checkpoint`;
begun in the future or ended -> `certificate_not_in_force`; withdrawn by the roster ->
`station_withdrawn`; our own coming back -> `own_echo`; a time more than two minutes off ->
`stale_time`; a sequence number heard before, or too old to tell -> `repeated`; more than anybody
needs to say -> `flood`. Pure: bytes and the moment in, a word or its refusal out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from keys.certificate import StationCertificate, open_certificate
from keys.errors import UntrustedData
from keys.lane import LaneMessage, open_lane, split_datagram
from keys.roster import RosterEntry, StationState
from keys.trustlist import Purpose, TrustList

# As for a pass from the future (formats.md 1.1): what two clocks of one gate may differ by.
STALE_MS: Final = 120_000
_MOST: Final = 256  # stations and sources remembered; a checkpoint has tens
_WINDOW: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneMoment:
    """now_ms: trusted time in milliseconds since 1970 UTC. mono_s: the monotonic clock."""

    now_ms: int
    mono_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTrust:
    """Who may speak. keys_of: keys that may have signed a certificate, by key id. roster: what the
    office says of a station's public key; a key that is not there is as good as its certificate.
    """

    keys_of: Callable[[bytes], Iterable[bytes]]
    roster: Mapping[bytes, RosterEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A neighbour's word that is believed. age_s: how long ago it says to have seen the pass."""

    lane: str
    message: LaneMessage
    age_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A datagram that is not believed, and why. station: its name where a certificate of ours or of
    a neighbour's told it.
    """

    code: str
    station: str | None = None


def lane_trust(trust: TrustList, issuer: str, roster: Iterable[RosterEntry] = ()) -> LaneTrust:
    """Return who may speak by a trust list and the roster of its issuer. To be made once for each
    trust list, not for each datagram: what was read under it is remembered as long as it stands.
    """

    def keys_of(kid: bytes) -> tuple[bytes, ...]:
        number = int.from_bytes(kid, "big") if len(kid) == 2 else -1
        return trust.keys_for(issuer, Purpose.STATION, number)

    return LaneTrust(keys_of=keys_of, roster={entry.public_key: entry for entry in roster})


class ReplayWindow:
    """Which of a station's numbers were heard: the highest, and which of the 63 below it.

    As in RFC 4303 section 3.4.3: datagrams may overtake each other, and none counts twice.
    """

    __slots__ = ("_bits", "_highest")

    def __init__(self) -> None:
        self._highest = 0
        self._bits = 0

    def is_new(self, sequence: int) -> bool:
        """Return whether `sequence` (>= 1) is heard for the first time, and remember it."""
        ahead = sequence - self._highest
        if ahead > 0:
            self._bits = (self._bits << min(ahead, _WINDOW) | 1) & (1 << _WINDOW) - 1
            self._highest = sequence
            return True
        if ahead <= -_WINDOW or self._bits >> -ahead & 1:
            return False
        self._bits |= 1 << -ahead
        return True


class LaneListener:
    """Judges datagrams for one station. Lives in one thread."""

    def __init__(self, own: StationCertificate) -> None:
        self._own = own
        self._trust: LaneTrust | None = None
        self._certificates: OrderedDict[bytes, StationCertificate] = OrderedDict()
        self._windows: OrderedDict[bytes, ReplayWindow] = OrderedDict()

    def take(self, raw: bytes, trust: LaneTrust, moment: LaneMoment) -> Heard | Ignored:
        """Return what one datagram says, or why it is not believed."""
        try:
            card, sealed = split_datagram(raw)
            certificate = self._certificate(card, trust)
        except UntrustedData as error:
            return Ignored(code=error.code)
        name = certificate.station
        code = self._unwelcome(certificate, trust, moment.now_ms // 1000)
        if code is not None:
            return Ignored(code=code, station=name)
        try:
            message = open_lane(sealed, certificate)
        except UntrustedData as error:
            return Ignored(code=error.code, station=name)
        age_ms = moment.now_ms - message.seen_at_ms
        if abs(age_ms) > STALE_MS:
            return Ignored(code="stale_time", station=name)
        if not self._window(certificate.public_key).is_new(message.sequence):
            return Ignored(code="repeated", station=name)
        return Heard(lane=name, message=message, age_s=max(0, age_ms) / 1000)

    def _certificate(self, card: bytes, trust: LaneTrust) -> StationCertificate:
        if trust is not self._trust:
            # A key that is no longer trusted must not live on in what was read before.
            self._certificates.clear()
            self._trust = trust
        known = self._certificates.get(card)
        if known is None:
            known = open_certificate(card, trust.keys_of)
            self._certificates[card] = known
            _keep_newest(self._certificates)
        return known

    def _unwelcome(
        self, certificate: StationCertificate, trust: LaneTrust, now_s: int
    ) -> str | None:
        if certificate.public_key == self._own.public_key:
            return "own_echo"
        if certificate.issuer != self._own.issuer:
            return "foreign_issuer"
        entry = trust.roster.get(certificate.public_key)
        if entry is not None and entry.state is StationState.WITHDRAWN:
            return "station_withdrawn"
        # The office may have moved a station since its certificate was signed.
        places = {certificate.checkpoint, entry.checkpoint if entry else certificate.checkpoint}
        if places != {self._own.checkpoint}:
            return "foreign_checkpoint"
        if not certificate.iat - STALE_MS // 1000 <= now_s < certificate.exp:
            return "certificate_not_in_force"
        return None

    def _window(self, public_key: bytes) -> ReplayWindow:
        window = self._windows.setdefault(public_key, ReplayWindow())
        self._windows.move_to_end(public_key)
        _keep_newest(self._windows)
        return window


def _keep_newest(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _MOST:
        kept.popitem(last=False)


class TrafficBudget:
    """How many datagrams are looked at: a noisy neighbour must not take the time of the scans.

    Each source has a bucket of `burst` that fills by `per_s`, and all together one of four times
    that. At 0.2 ms a datagram the whole of it is 4 % of one core.
    """

    def __init__(self, *, per_s: float = 50.0, burst: float = 150.0) -> None:
        self._per_s = per_s
        self._burst = burst
        self._all = (4 * burst, 0.0)
        self._sources: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, source: str, mono_s: float) -> bool:
        """Return whether one more datagram of `source` (a host's address) may be looked at."""
        mine = self._filled(self._sources.get(source, (self._burst, mono_s)), 1, mono_s)
        everybody = self._filled(self._all, 4, mono_s)
        allowed = mine >= 1 and everybody >= 1
        spent = 1 if allowed else 0
        self._sources[source] = (mine - spent, mono_s)
        self._sources.move_to_end(source)
        self._all = (everybody - spent, mono_s)
        _keep_newest(self._sources)
        return allowed

    def _filled(self, bucket: tuple[float, float], share: int, mono_s: float) -> float:
        level, at_s = bucket
        return min(share * self._burst, level + max(0.0, mono_s - at_s) * share * self._per_s)
