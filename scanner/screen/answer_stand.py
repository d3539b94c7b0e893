"""Which answer stands on the screen, for how long, and who comes next.

A new person's answer replaces the old one at once. People whose codes were read within the same
moment belong together instead: most severe first, each with their place, so that a green answer
never hides a red one. Unattended, name and ID tail go after 5 s even if the answer stays longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from scanner.screen.answers import Answer, answers_of, merged, numbered

if TYPE_CHECKING:
    from scanner.station import ScanResult

PERSONAL_S: Final = 5.0
# Read within this time of each other, two codes were held up together.
_TOGETHER_MS: Final = 700
# How long one of several people is shown before the next one.
_EACH_S: Final = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things stay. speed: 1.0 in life; tests run the same clock faster."""

    unattended: bool = False
    speed: float = 1.0

    def milliseconds(self, seconds: float) -> int:
        """Return `seconds` as Qt's timers want them."""
        return max(1, round(seconds * 1000 / self.speed))


class AnswerStand(QObject):
    """`changed` carries the Answer to show, None for the start view; `sounded` one to be heard."""

    changed = Signal(object)
    sounded = Signal(object)

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace
        self._queue: tuple[Answer, ...] = ()
        self._since = QElapsedTimer()
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.timeout.connect(self._next)
        self._privacy = QTimer(self)
        self._privacy.setSingleShot(True)
        self._privacy.timeout.connect(self._forget_person)

    @property
    def current(self) -> Answer | None:
        """The answer that is shown now."""
        return self._queue[0] if self._queue else None

    @property
    def queue(self) -> tuple[Answer, ...]:
        """The answer that is shown and those that wait behind it."""
        return self._queue

    def offer(
        self, results: tuple[ScanResult, ...], *, look_only: bool, personal: bool = True
    ) -> None:
        """Show what a frame gave; `results` is not empty. personal: names may be shown at all."""
        new = answers_of(results, look_only=look_only, personal=personal)
        if self._still_there(new):
            self._start_hold()
            return
        if self._queue and self._since.elapsed() < self._pace.milliseconds(_TOGETHER_MS / 1000):
            shown = self._queue[0]
            self._queue = merged(self._queue, new)
            if self._queue[0].result is shown.result:
                self.changed.emit(self._queue[0])
                return
        else:
            self._queue = new
        self._show_first()

    def clear(self) -> None:
        """Go back to the start view now."""
        self._hold.stop()
        self._privacy.stop()
        self._queue = ()
        self.changed.emit(None)

    def _still_there(self, new: tuple[Answer, ...]) -> bool:
        """Tell whether this is the person on the screen, whose code is still held up.

        Attended only: a forgotten code must not keep a kiosk's answer up.
        """
        if self._pace.unattended or len(new) != 1 or new[0].result.counted or not self._queue:
            return False
        shown, again = self._queue[0].result.judgement, new[0].result.judgement
        same_person = again.identity is not None and again.identity == shown.identity
        return same_person and again.verdict is shown.verdict

    def _show_first(self) -> None:
        self._since.start()
        self._start_hold()
        if self._pace.unattended:
            self._privacy.start(self._pace.milliseconds(PERSONAL_S))
        self.changed.emit(self._queue[0])
        self.sounded.emit(self._queue[0])

    def _start_hold(self) -> None:
        first = self._queue[0]
        hold_s = _EACH_S if len(self._queue) > 1 else first.look.hold_s
        self._hold.start(self._pace.milliseconds(hold_s))

    def _next(self) -> None:
        if len(self._queue) > 1:
            place, of = self._queue[1].place, self._queue[1].of
            rest = numbered(self._queue[1:])
            # The second of two people stays "2 of 2" when the first one's answer has gone.
            self._queue = (replace(rest[0], place=place, of=of), *self._queue[2:])
            self._show_first()
        else:
            self.clear()

    def _forget_person(self) -> None:
        if self._queue and self._queue[0].personal:
            self._queue = (replace(self._queue[0], personal=False), *self._queue[1:])
            self.changed.emit(self._queue[0])
