"""What a station asks the world for: each a function or a small protocol, so that nothing in the
scan itself holds a clock, a dice, a network or a relay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from keys.passages import Direction, PassageRow, PassIdentity, Verdict
from scanner.capture.codes import SeenCode
from scanner.capture.source import Grey
from scanner.decide.judge import Beliefs, Moment
from scanner.decide.neighbours import Sighting
from scanner.decide.outlook import Outlook
from scanner.decide.policy import DAY_S
from scanner.decide.policy_prepared import PLAIN_POLICY, Prepared, prepare
from scanner.scan.results import Freshness


class Reader(Protocol):
    """Whatever finds the codes in a frame."""

    def read(self, grey: Grey) -> list[SeenCode]:
        """Return the codes of the next frame of a stream, top left first."""


class HandReader(Protocol):
    """A hand scanner that is read directly, in whatever way it is plugged in."""

    def next_text(self, timeout_s: float) -> str | None:
        """Return the oldest text not taken, None after timeout_s."""

    def close(self) -> None:
        """Let go of the device."""


class Entrance(Protocol):
    """The gate itself, as far as this station moves it. Every method returns at once."""

    def show(self, verdict: Verdict, people: int) -> None:
        """Show a verdict on the lamps, and let `people` through if there are any."""

    def hold_open(self, on: bool) -> None:
        """Hold the gate open for an emergency, or let go of it."""

    def is_held(self) -> bool:
        """Return whether it is held open for an emergency now."""

    def fire(self) -> bool:
        """Return whether the fire input is active."""

    def measured(self) -> int | None:
        """Return the temperature of who stands in front, in tenths of a degree; None without."""

    def news(self) -> str | None:
        """Return the oldest event not told yet that belongs into the log (`forced`, `fire`), None
        if there is none.
        """


class NoEntrance:
    """A station beside an open door: it moves nothing and measures nobody."""

    def show(self, verdict: Verdict, people: int) -> None:
        """Do nothing."""

    def hold_open(self, on: bool) -> None:
        """Do nothing."""

    def is_held(self) -> bool:
        """Return False: the door is open anyway."""
        return False

    def fire(self) -> bool:
        """Return False: there is no such input."""
        return False

    def measured(self) -> int | None:
        """Return None: there is no thermometer."""
        return None

    def news(self) -> str | None:
        """Return None: nothing happens."""
        return None


class Lanes(Protocol):
    """The neighbour stations of the same checkpoint. Every method returns at once."""

    def seen_elsewhere(self, tags: tuple[bytes, ...], mono_s: float) -> Sighting | None:
        """Return the latest word of another lane on one of `tags`, None if there is none."""

    def tell(self, row: PassageRow) -> None:
        """Tell the others of a stored passage that carries a tag."""


class NoLanes:
    """A checkpoint with one station."""

    def seen_elsewhere(self, tags: tuple[bytes, ...], mono_s: float) -> Sighting | None:
        """Return None: there is nobody else."""

    def tell(self, row: PassageRow) -> None:
        """Do nothing."""


class Shift(Protocol):
    """Who is on duty. operator: identity text of the staff pass, empty: nobody."""

    operator: str

    def begin(self, operator: str) -> None:
        """Let `operator` be on duty."""

    def end(self) -> None:
        """Let nobody be on duty."""


class NoShift:
    """A shift that is kept nowhere."""

    def __init__(self) -> None:
        self.operator = ""

    def begin(self, operator: str) -> None:
        """Let `operator` be on duty."""
        self.operator = operator

    def end(self) -> None:
        """Let nobody be on duty."""
        self.operator = ""


_PLAIN: Final = prepare(PLAIN_POLICY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """moment: trusted time to judge with. utc_now: the same as an aware time, for the log; mono_s:
    the clock of the frames. passage_id: 16 random bytes. freshness: the strip, given the rows that
    wait and those set aside. outlook: what the station page shows, None where nobody can say.

    prepared: the policy of the place. direction: which way people pass now. tags: the duplicate
    tags of a pass, today's first; () where there are no keys. midnight_s: the gate's last midnight
    before a time, unix seconds. alive: told whenever frames come, or are known not to come for a
    reason that no restart mends. log_begun_s: unix seconds since when the log remembers, None where
    no earlier one was lost. log_news: the oldest event of the log itself that is not told yet,
    None if there is none. idle: what may be made ready between two frames, 0.1 ms at most. advise:
    the hint to give after a frame, from its luma, its time on the frames' clock, and whether
    somebody was read; None mostly.
    """

    beliefs: Callable[[], Beliefs]
    moment: Callable[[], Moment]
    utc_now: Callable[[], datetime]
    mono_s: Callable[[], float]
    passage_id: Callable[[], bytes]
    freshness: Callable[[int, int], Freshness]
    stored: Callable[[], None]
    look_only: Callable[[], bool]
    issuer: str = ""
    prepared: Callable[[], Prepared] = lambda: _PLAIN
    direction: Callable[[], Direction] = lambda: Direction.ENTRY
    tags: Callable[[PassIdentity, Moment], tuple[bytes, ...]] = lambda _pass, _moment: ()
    midnight_s: Callable[[float], float] = lambda now_s: now_s // DAY_S * DAY_S
    outlook: Callable[[], Outlook | None] = lambda: None
    alive: Callable[[], None] = lambda: None
    idle: Callable[[], None] = lambda: None
    advise: Callable[[Grey, float, bool], str | None] = lambda _grey, _mono_s, _is_read: None
    log_news: Callable[[], str | None] = lambda: None
    log_begun_s: Callable[[], float | None] = lambda: None
    entrance: Entrance = field(default_factory=NoEntrance)
    lanes: Lanes = field(default_factory=NoLanes)
    shift: Shift = field(default_factory=NoShift)
