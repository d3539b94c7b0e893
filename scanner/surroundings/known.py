"""What a station knows: who it is, what it believes of passes, the policy of its place, its clock,
to whom it seals, and whom of its neighbours it hears.

Sync replaces each part as a whole; the scanning thread reads it without a lock.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from keys.clock import ClockReading, ClockState, trusted_now
from keys.errors import KeysError, UntrustedData
from keys.passages import ClockGrade, PassIdentity
from keys.policyfile import policy_for
from keys.roster import RosterEntry, decode_roster
from keys.sealing import PassageKey, passage_key_for
from keys.tags import day_of, tag_of
from keys.trustlist import TrustList
from scanner.decide.judge import Beliefs, Moment
from scanner.decide.policy_prepared import (
    PLAIN_POLICY,
    Prepared,
    days_to_remember,
    prepare,
    unreadable,
)
from scanner.record.cache import StatusCache
from scanner.record.checkpoint import CheckpointFile
from scanner.record.clocksource import read_clocks
from scanner.record.identity import StationIdentity, read_identity
from scanner.record.sealer import BodySealer
from scanner.record.trustfile import is_repository_root
from scanner.sync.mesh_listener import LaneTrust, lane_trust
from scanner.sync.refresh import beliefs_from

log = logging.getLogger(__name__)
# The target of keys.trustset, which takes 0.15 s to import with what is below it.
_ROSTER: Final = "station-roster"


class Known:
    """What the station knows now."""

    def __init__(
        self,
        identity: StationIdentity,
        cache: StatusCache,
        read: Callable[[], ClockReading] = read_clocks,
    ) -> None:
        self.identity = identity
        self.cache = cache
        self.read = read
        self.beliefs = Beliefs(None, {})
        self.clock = ClockState()
        self.prepared: Prepared = prepare(PLAIN_POLICY, identity.record.zone)
        self.policy_fault: str | None = None
        self.passage_key: PassageKey | None = None
        # A row's body as it is stored: in clear where the office has no passage key.
        self.seal = BodySealer(lambda: self.passage_key)
        self.lane_trust: LaneTrust | None = None
        # What happened to the log and is not written down yet; any thread adds to it.
        self.news: deque[str] = deque()
        self.checkpoint = CheckpointFile(cache.folder, identity.checkpoint_secret)
        self._lane_source: tuple[TrustList, bytes | None] | None = None
        self._reading = threading.Lock()
        self.read_again()

    def read_again(self) -> None:
        """Take over what the files say: after a start, and after every pull that changed them."""
        with self._reading:
            self.clock = self.cache.clock()
            files = self._target_files()
            # The policy first: no scan may go by new keys and an older rule of the place.
            self.prepared = self._policy(files)
            self.beliefs = beliefs_from(self.cache, self.identity.record.issuer)
            self.passage_key = self._passage_key(files)
            self._read_lane_trust(files)

    def _target_files(self) -> Mapping[str, bytes] | None:
        """Return the target files in force, {} where the trust list is no repository, None while
        there is none.
        """
        if not is_repository_root(self.identity.root):
            return {}
        held = self.cache.trust_file.read()
        return None if held is None or not held.files else held.files

    def _policy(self, files: Mapping[str, bytes] | None) -> Prepared:
        record = self.identity.record
        try:
            policy = policy_for(files or {}, record.checkpoint)
        except KeysError as error:
            # It might be the one that keeps somebody out: nobody is admitted without a look.
            log.warning("policy: %s", error.code)
            self.policy_fault = error.code
            return unreadable(error.code, record.zone)
        self.policy_fault = None
        return prepare(policy or PLAIN_POLICY, record.zone)

    def _passage_key(self, files: Mapping[str, bytes] | None) -> PassageKey | None:
        if files is None:
            return self.passage_key
        try:
            return passage_key_for(files, self.identity.record.checkpoint)
        except KeysError as error:
            # What was sealed to before still has its secret at the office.
            log.warning("passage key: %s", error.code)
            return self.passage_key

    def _read_lane_trust(self, files: Mapping[str, bytes] | None) -> None:
        held = self.cache.trust()
        raw = None if files is None else files.get(_ROSTER)
        if held is None:
            self.lane_trust = None
            return
        if self._lane_source == (held[0], raw) and self.lane_trust is not None:
            return  # neighbours' certificates are read again only under new trust
        self._lane_source = held[0], raw
        try:
            roster: tuple[RosterEntry, ...] = () if raw is None else decode_roster(raw)
        except UntrustedData as error:
            # Who may speak is not known: then nobody is heard.
            log.warning("lanes: %s", error.code)
            self.lane_trust = None
            return
        self.lane_trust = lane_trust(held[0], self.identity.record.issuer, roster)

    def moment(self) -> Moment:
        """Return when it is, by trusted time."""
        now = trusted_now(self.clock, self.read())
        hour = datetime.fromtimestamp(now.now_s, UTC).astimezone().hour
        return Moment(now.now_s, now.grade, now.bound_s, hour)

    def utc_now(self) -> datetime:
        """Return trusted time with its fraction, aware UTC: what rows are dated by. A wall clock
        that somebody set would otherwise date what the log calls sure, and let a pass in again
        whose day it says is over.
        """
        return datetime.fromtimestamp(trusted_now(self.clock, self.read()).exact_s, UTC)

    def list_age_s(self) -> int | None:
        """Return the age of the home issuer's list, or of the trust list if that is older, in
        seconds; None before the first.
        """
        return self.beliefs.age_s(self.identity.record.issuer, self.moment().now_s)

    def tags_of(self, identity: PassIdentity, moment: Moment) -> tuple[bytes, ...]:
        """Return the duplicate tags of a pass, today's first, then those of the days that the
        policy looks back; () where there are no keys for today.
        """
        known = self.beliefs.keyring is not None and self.policy_fault is None
        keys = self.checkpoint.keys_of(
            day_of(moment.now_s),
            confirmed=moment.grade is ClockGrade.CONFIRMED,
            days_back=days_to_remember(self.prepared.policy) if known else None,
        )
        return tuple(tag_of(key, identity) for key in keys)


def open_known(folder: Path) -> Known:
    """Return what the station of `folder` knows; NotEnrolled, StationFault."""
    identity = read_identity(folder)
    return Known(identity, StatusCache(folder, identity.root))
