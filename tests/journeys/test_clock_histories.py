"""Twenty histories of a station's clocks, across reboots, with the state on a real disk between.

Each is a script; `truth` is the real time, which nobody at the gate knows. After every step it must
hold that now is not before the bound, that the time is confirmed only by a signed list of this very
boot, and that what is judged grows no greener than the clock is sure.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from keys.clock import ClockReading, confirm, reset_bound, trusted_now
from keys.errors import UntrustedData
from keys.manifest import check_newer
from keys.passages import ClockGrade, Verdict
from scanner.decide.judge import Beliefs, Moment, judge
from scanner.decide.policy import Rules
from scanner.record.cache import StatusCache
from tests.keys.makers import NOW, keyring, manifest
from tests.scanner.decide.makers import code, universe

OK, UNSURE, BACK = ClockGrade.CONFIRMED, ClockGrade.NOT_CONFIRMED, ClockGrade.ROLLED_BACK
HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400
ADMITTING: Final = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE}


class Machine:
    """A station's clocks, its disk, and the real time around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = StatusCache(folder, bytes(32))
        self.truth = float(NOW)
        self.wall = float(NOW)
        self.boot, self.boots = 50.0, 1
        self.synced_boot = 0
        self.list_made = 0.0

    # --- what happens

    def waits(self, seconds: float) -> Machine:
        self.truth += seconds
        self.wall += seconds
        self.boot += seconds
        return self.holds()

    def suspends(self, seconds: float) -> Machine:
        """Sleep: the boot clock counts on (CLOCK_BOOTTIME), as the wall does."""
        return self.waits(seconds)

    def wall_moves(self, seconds: float) -> Machine:
        self.wall += seconds
        return self.holds()

    def wall_is(self, seconds: float) -> Machine:
        self.wall = seconds
        return self.holds()

    def reboots(self, off_s: float = 60, *, wall: float | None = None) -> Machine:
        """Be switched off for a while; wall: what the clock shows after (None: it ran on)."""
        self.truth += off_s
        self.wall = self.wall + off_s if wall is None else wall
        self.boot, self.boots = 20.0, self.boots + 1
        self.cache = StatusCache(self.folder, bytes(32))
        return self.holds()

    def restarts(self) -> Machine:
        self.cache = StatusCache(self.folder, bytes(32))
        return self.holds()

    def syncs(self, *, made_ago: float = 0, life: int = DAY) -> Machine:
        """Fetch the office's newest list, made at the office's (true) time; a refused one changes
        nothing.
        """
        made = int(self.truth - made_ago)
        offered = manifest(iat=made, exp=made + life)
        try:
            check_newer(offered, b"", held=None, held_raw=None, epoch=1, now=self.now()[0])
        except UntrustedData:
            return self.holds()
        held, look = self.cache.clock(), self.reading()
        self.cache.keep_clock(confirm(held, iat=made, exp=made + life, reading=look))
        self.synced_boot, self.list_made = self.boots, float(made)
        return self.holds()

    def sees_a_pass_of(self, when: float) -> Machine:
        """Read a pass with a date of its own: it must leave no trace in the clock."""
        before = self.cache.clock()
        self.verdict(iat=int(when) // 60 * 60)
        assert self.cache.clock() == before
        return self.holds()

    def begins_an_epoch(self) -> Machine:
        self.cache.keep_clock(reset_bound(self.cache.clock(), bound_s=0))
        self.synced_boot = 0
        return self.holds()

    def loses_its_clock_file(self) -> Machine:
        (self.folder / "clock.json").unlink()
        self.synced_boot = 0
        return self.holds()

    def damages_its_clock_file(self) -> Machine:
        (self.folder / "clock.json").write_bytes(b'{"bound_s": 99999999999}')
        self.synced_boot = 0
        return self.holds()

    # --- what is asked

    def reading(self) -> ClockReading:
        return ClockReading(wall_s=self.wall, boot_s=self.boot, boot_id=f"boot {self.boots}")

    def now(self) -> tuple[int, ClockGrade]:
        now = trusted_now(self.cache.clock(), self.reading())
        return now.now_s, now.grade

    def verdict(self, iat: int | None = None) -> Verdict:
        """Return what becomes of a green pass that lives for years, by the list held."""
        moment = trusted_now(self.cache.clock(), self.reading())
        made = NOW - HOUR if iat is None else iat
        shown = code(iat=made, exp=made + 3 * YEAR)
        held = Beliefs(keyring(), {"hangzhou": universe(made_at_s=int(self.list_made))})
        here = Moment(moment.now_s, moment.grade, moment.bound_s, 12)
        judged = judge(shown.full, held, Rules(), here)
        assert judged is not None
        return judged.verdict

    def holds(self) -> Machine:
        """Check what must hold at every moment."""
        state = self.cache.clock()
        now_s, grade = self.now()
        assert now_s >= state.bound_s
        if grade is OK:
            assert self.synced_boot == self.boots
            assert self.wall >= state.bound_s
        elif self.list_made:
            assert self.verdict() not in ADMITTING
        return self

    def is_(self, grade: ClockGrade, *, late_s: float = 0) -> Machine:
        """Check the grade, and that now is the truth less `late_s`."""
        now_s, found = self.now()
        assert found is grade
        assert abs(self.truth - late_s - now_s) <= 2, (self.truth - now_s, late_s)
        return self

    def says(self, verdict: Verdict) -> Machine:
        assert self.verdict() is verdict
        return self


History = Callable[[Machine], object]
HISTORIES: Final[dict[str, History]] = {
    "a day in order": lambda m: (
        m.syncs().is_(OK).says(Verdict.ADMIT).waits(DAY).is_(OK).syncs().is_(OK).says(Verdict.ADMIT)
    ),
    "never synchronised": lambda m: m.is_(UNSURE).waits(DAY).is_(UNSURE),
    "a week without a network": lambda m: (
        m.syncs()
        .says(Verdict.ADMIT)
        .waits(7 * HOUR)
        .says(Verdict.ADMIT_WITH_NOTE)
        .waits(3 * DAY)
        .is_(OK)
        .says(Verdict.HAND_CHECK)
        .waits(11 * DAY)
        .is_(OK)
        .says(Verdict.CANNOT_JUDGE)
    ),
    "power cut, the wall clock ran on": lambda m: (
        m.syncs().reboots(HOUR).is_(UNSURE).says(Verdict.HAND_CHECK).syncs().is_(OK)
    ),
    "power cut, no battery: 1970": lambda m: (
        m.syncs()
        .waits(HOUR)
        .reboots(60, wall=0)
        .is_(BACK, late_s=HOUR + 60)
        .says(Verdict.CANNOT_JUDGE)
        .syncs()
        .is_(BACK)
        .wall_is(m.truth)
        .is_(OK)
    ),
    "power cut, battery a day behind": lambda m: (
        m.syncs().waits(60).reboots(60, wall=NOW - DAY).is_(BACK, late_s=120)
    ),
    "power cut, clock a year ahead": lambda m: (
        m.syncs()
        .reboots(60, wall=NOW + YEAR)
        .is_(UNSURE, late_s=60 - YEAR)
        .syncs()
        .is_(UNSURE, late_s=60 - YEAR)
    ),
    "somebody sets the wall clock back an hour": lambda m: (
        m.syncs(made_ago=600).waits(HOUR).wall_moves(-2 * HOUR).is_(BACK).says(Verdict.CANNOT_JUDGE)
    ),
    "and a little, not below the bound": lambda m: (
        m.syncs(made_ago=600).waits(HOUR).wall_moves(-HOUR).is_(OK).says(Verdict.ADMIT)
    ),
    "somebody sets it ahead, to let the list look old": lambda m: (
        m.syncs().waits(60).wall_moves(YEAR).is_(OK).says(Verdict.ADMIT)
    ),
    "ahead, then a reboot keeps it ahead": lambda m: (
        m.syncs().wall_moves(DAY).reboots(60).is_(UNSURE, late_s=-DAY).says(Verdict.HAND_CHECK)
    ),
    "back, then a reboot keeps it back": lambda m: (
        m.syncs().wall_moves(-DAY).reboots(60).is_(BACK, late_s=60)
    ),
    "the box slept over the weekend": lambda m: (
        m.syncs().suspends(2 * DAY).is_(OK).says(Verdict.ADMIT_WITH_NOTE)
    ),
    "the program restarts all night": lambda m: (
        [m.syncs().waits(60).restarts().is_(OK) for _ in range(20)]
    ),
    "a pass of 2051 is shown": lambda m: (
        m.syncs().sees_a_pass_of(NOW + 25 * YEAR).is_(OK).says(Verdict.ADMIT)
    ),
    "a pass of 2051 is shown after a reboot": lambda m: (
        m.syncs().reboots(60).sees_a_pass_of(NOW + 25 * YEAR).is_(UNSURE).syncs().is_(OK)
    ),
    "an old list arrives after a newer one": lambda m: (
        m.syncs()
        .waits(HOUR)
        .syncs()
        .syncs(made_ago=2 * HOUR)
        .is_(OK)
        .reboots(60, wall=NOW)
        .is_(BACK, late_s=60)
    ),
    "the clock's file is lost": lambda m: (
        m.syncs().loses_its_clock_file().is_(UNSURE).says(Verdict.HAND_CHECK).syncs().is_(OK)
    ),
    "the clock's file is damaged": lambda m: (
        m.syncs().damages_its_clock_file().is_(UNSURE).syncs().is_(OK)
    ),
    "a thief's list of next year, and the root's way back": lambda m: (
        m.syncs(made_ago=-YEAR, life=2 * YEAR)
        .is_(BACK, late_s=-YEAR)
        .syncs()
        .is_(BACK, late_s=-YEAR)
        .begins_an_epoch()
        .is_(UNSURE)
        .syncs()
        .is_(OK)
    ),
    "ten power cuts in one day, each with a sync": lambda m: (
        [m.syncs().is_(OK).waits(HOUR).reboots(HOUR).is_(UNSURE) for _ in range(10)]
    ),
    "ten power cuts without a sync": lambda m: (
        m.syncs(),
        [m.reboots(HOUR).is_(UNSURE).says(Verdict.HAND_CHECK) for _ in range(10)],
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_clock_is_never_surer_than_it_may_be(name: str, tmp_path: Path) -> None:
    HISTORIES[name](Machine(tmp_path))


def test_there_are_twenty_histories() -> None:
    assert len(HISTORIES) >= 20
