"""Results, frames and states as a station would hand them to a window: one valid, bend the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np

from keys.passages import ClockGrade, PassIdentity, Reason, Verdict
from scanner.capture.camera import Frame, SourceState
from scanner.capture.codes import SeenCode
from scanner.decide.judgement import Judgement
from scanner.decide.looks import Language, Wording
from scanner.screen.answers import Site
from scanner.screen.options import WindowOptions
from scanner.station import Freshness, ScanResult, ScanStep

NOW = datetime(2026, 11, 21, 0, 41, 7, tzinfo=UTC)
HANGZHOU = Site(help_phone="12345", zone=timezone(timedelta(hours=8)))
QUAD = ((560.0, 210.0), (720.0, 190.0), (740.0, 350.0), (575.0, 372.0))

# One usual case of every verdict: verdict, reason, masked name, tail, kind, age of the list.
USUAL: dict[Verdict, tuple[Reason, str, str, int | None, int]] = {
    Verdict.ADMIT: (Reason.GREEN, "王*明", "123X", 0, 120),
    Verdict.ADMIT_WITH_NOTE: (Reason.LIST_LATE, "陈*", "0917", 1, 3 * 3600),
    Verdict.HAND_CHECK: (Reason.LIST_STALE, "李*", "4471", 1, 9 * 3600),
    Verdict.REFUSE: (Reason.RED, "张*华", "8820", 0, 120),
    Verdict.CANNOT_JUDGE: (Reason.CLOCK_ROLLED_BACK, "孙*", "7026", 1, 120),
}


def result(verdict: Verdict, *, number: int = 7, **bent: Any) -> ScanResult:
    """Return a usual result of `verdict`; `bent` replaces fields of its judgement."""
    reason, name, tail, kind, age_s = USUAL[verdict]
    judgement = Judgement(
        verdict=verdict,
        reason=reason,
        identity=PassIdentity("hz", 1, number) if name else None,
        name=name,
        id_tail=tail,
        kind=kind,
        ends_at=int(NOW.timestamp()) + 86_400,
        list_age_s=age_s,
    )
    return ScanResult(
        judgement=judgement._replace(**bent),
        seen=SeenCode(text=f"code {number}", quad=QUAD, view="frame"),
        seen_at=NOW,
        counted=True,
        passage_id=bytes(16),
    )


def frame(number: int = 0, *, colour: bool = True) -> Frame:
    """Return a frame of 1280x720 light above and dark below, with a white card."""
    down = np.linspace(150, 40, 720).astype(np.uint8)
    grey = np.repeat(down[:, None], 1280, axis=1)
    grey[:, ::80] //= 2
    grey[180:390, 530:770] = 235
    bgr = np.stack([grey, grey // 8 * 7, grey // 8 * 6], axis=2) if colour else None
    state = SourceState.LIVE
    return Frame(grey=grey, bgr=bgr, seen_mono_s=number / 30, number=number, state=state)


def step(*results: ScanResult, number: int = 0, hint: str | None = None) -> ScanStep:
    """Return a step with these results, their codes found in the frame."""
    seen = tuple(one.seen for one in results if one.seen is not None)
    return ScanStep(frame=frame(number), seen=seen, results=results, hint=hint)


def freshness(**bent: Any) -> Freshness:
    """Return a station that is well."""
    well = Freshness(
        online=True,
        offline_reason=None,
        list_age_s=120,
        waiting_rows=0,
        set_aside_rows=0,
        clock=ClockGrade.CONFIRMED,
    )
    return replace(well, **bent)


def options(language: Language = Language.ZH, **bent: Any) -> WindowOptions:
    """Return the options of a usual guard's window."""
    usual = WindowOptions(
        now=lambda: NOW,
        place=Wording(zh="北门", en="North gate"),
        operator="操作员 07" if language is Language.ZH else "Operator 07",
        language=language,
        site=HANGZHOU,
    )
    return replace(usual, **bent)
