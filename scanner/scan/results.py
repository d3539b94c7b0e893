"""What a running station tells those who drive it: results, frames, and the state of the strip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from keys.passages import ClockGrade
from scanner.capture.camera import Frame
from scanner.capture.codes import SeenCode
from scanner.decide.judgement import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """One code of one frame, judged. `counted` is False for the same pass seen again: shown, never
    logged twice.

    passage_id: 16 bytes of the stored row, None where nothing was stored (look only, seen again).
    seen_at: aware UTC. about: the passage_id of an earlier row that this answer takes the place of
    (measured again, decided by hand), None for a new person. sequence: the number of the row, told
    of those that waited for a hand check when the station stopped; None for all others.
    """

    judgement: Judgement
    seen: SeenCode | None
    seen_at: datetime
    counted: bool
    passage_id: bytes | None
    about: bytes | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanStep:
    """What one frame gave, and the hand scanner since the one before. `hint`: the code of a quiet
    hint (`not_a_pass`), None otherwise. seen: every code found. frame: None if only the hand
    scanner had something while no frame came.
    """

    frame: Frame | None
    seen: tuple[SeenCode, ...]
    results: tuple[ScanResult, ...]
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The strip below every verdict: what the station knows of itself.

    online: the last exchange with the issuer worked. offline_reason: code of the last failure
    (`no_route`, `captive_portal`, `issuer_error`, `never_synced`), None when online. list_age_s:
    None before the first list. waiting_rows, set_aside_rows: passages not yet delivered, rows the
    issuer could not take. operator: who is on duty, empty for nobody. inside: people inside by the
    log, None where it cannot say. fault: the code of why rows cannot be stored now (`disk_full`,
    `disk_unusable`, `log_damaged`), None if they are. owed_rows: openings that happened and are not
    stored yet.
    """

    online: bool
    offline_reason: str | None
    list_age_s: int | None
    waiting_rows: int
    set_aside_rows: int
    clock: ClockGrade
    operator: str = ""
    inside: int | None = None
    fault: str | None = None
    owed_rows: int = 0


class ScanLoop(Protocol):
    """What the window's worker drives, in the worker's own thread."""

    def step(self, timeout_s: float) -> ScanStep | None:
        """Return what the next frame gave, None if no frame came in time."""

    def ended(self) -> bool:
        """Return whether the source has given its last frame (files and folders only)."""

    def freshness(self) -> Freshness:
        """Return the state of the strip, as of now."""

    def camera_fault(self) -> str | None:
        """Return the code of what is wrong with the camera (`frozen`, `black`, `unplugged`,
        `busy`), None if well.
        """

    def close(self) -> None:
        """Release camera and files."""
