"""What this station keeps of its checkpoint's secret: written over the secret it was enrolled with,
and moved on each day, so that a stolen disk tells nothing of the days before (keys.tags).

What can go wrong: the time is not confirmed -> keys are made in memory and the file stays, since a
clock that runs ahead would burn days for good; the day lies before the chain's -> no keys; the file
is damaged -> no keys; the disk is full -> the old file stays and is replaced at the next scan. No
keys means no tags, and whatever needs one is a hand check.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

from keys.errors import KeysError
from keys.tags import (
    KEPT_MAX,
    SECRET_BYTES,
    CheckpointKeys,
    DayKey,
    advance,
    day_keys,
    decode_checkpoint_keys,
    encode_checkpoint_keys,
    split_secret,
)
from scanner.errors import StationFault
from scanner.record.files import write_whole
from scanner.record.identity import CHECKPOINT_FILE

log = logging.getLogger(__name__)


class CheckpointFile:
    """The keys of one data folder, for several threads. raw: what the file held at the start."""

    def __init__(self, folder: Path, raw: bytes) -> None:
        self._path: Final = folder / CHECKPOINT_FILE
        self._lock = threading.Lock()
        # The bare secret, until the first confirmed day takes its place.
        self._secret = raw if len(raw) == SECRET_BYTES else None
        self._held: CheckpointKeys | None = None
        self._unwritten = self._secret is not None
        if self._secret is None:
            try:
                self._held = decode_checkpoint_keys(raw)
            except KeysError as error:
                log.warning("checkpoint keys: %s", error.code)
        self._made: tuple[tuple[int, int | None, bool], tuple[DayKey, ...]] | None = None

    def keys_of(self, day: int, *, confirmed: bool, days_back: int | None) -> tuple[DayKey, ...]:
        """Return the keys to look with on `day`, today's first; () where there are none.

        days_back: how many days before are needed; None: not known now, let go of nothing. Only
        with `confirmed` are older ones destroyed.
        """
        with self._lock:
            asked = day, days_back, confirmed
            settled = not (confirmed and self._unwritten)
            if settled and self._made is not None and self._made[0] == asked:
                return self._made[1]
            keys = self._as_of(day, days_back)
            if keys is None:
                return ()
            if confirmed:
                self._keep(keys)
            made = day_keys(keys)
            self._made = asked, made
            return made

    def hello_key(self, day: int) -> bytes | None:
        """Return the key of the lanes' announcements, None where there is none."""
        with self._lock:
            keys = self._as_of(day, None) or self._held
        return None if keys is None else keys.hello

    def _as_of(self, day: int, days_back: int | None) -> CheckpointKeys | None:
        try:
            if self._secret is not None:
                return split_secret(self._secret, day)
            if self._held is None:
                return None
            return advance(self._held, day, days_back=KEPT_MAX if days_back is None else days_back)
        except KeysError:
            return None

    def _keep(self, keys: CheckpointKeys) -> None:
        if keys == self._held and not self._unwritten:
            return
        self._held, self._secret = keys, None
        try:
            write_whole(self._path, encode_checkpoint_keys(keys))
            self._unwritten = False
        except StationFault as fault:
            log.warning("checkpoint keys: %s", fault.code)
            self._unwritten = True
