"""Telling a hand scanner that types from a person who types, by time alone.

A scanner presses its keys a few milliseconds apart, nobody's fingers do. So each stroke is held
back for a moment: if the next comes at once, both belong to a scan, and no field, button or list
gets to see them; if not, the stroke is handed back and goes where it was meant to go.

    a pause within a scan (a radio scanner)   the scan goes on for up to PAUSE_S
    a scan that just stops                    whole if long enough, else handed back
    a person who rolls over two keys at once  two strokes are no scan: handed back
    a key held down, that repeats itself      is a person's: no code is one sign over and over
    Enter or Tab after a scan                 end it; alone they are a person's
    Shift, and keys let go                    keep their place among what is held
    a scan longer than any code               is dropped to its end, not half taken
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

GAP_S = 0.045
PAUSE_S = 0.35
_SURE_AFTER = 4  # strokes within the gap of each other
_SHORTEST = 8
_LONGEST = 720
_MOST_HELD = 2 * _LONGEST  # a book on the keyboard types for hours
_ENDS = frozenset("\r\n\t")

Stroke = TypeVar("Stroke")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered(Generic[Stroke]):
    """What became of strokes.

    scanned: a whole text, or "". released: strokes that are a person's, to be delivered now, in
    order. wake_s: call `wait` after this many seconds; None if nothing is held.
    """

    scanned: str = ""
    released: tuple[Stroke, ...] = ()
    wake_s: float | None = None


class WedgeFilter(Generic[Stroke]):
    """Sorts the strokes of one window; deliver none of them unless it is handed back."""

    def __init__(self) -> None:
        self._held: list[tuple[str, Stroke]] = []
        self._signs = 0
        self._same = True  # all signs that are held are one and the same
        self._last_s = 0.0
        self._sure = False

    def press(self, sign: str, stroke: Stroke, at_s: float) -> Filtered[Stroke]:
        """Take one stroke. sign: what it types, "" for none; stroke: what to hand back."""
        before = self.wait(at_s)
        if sign in _ENDS and self._scans():
            return self._joined(before, self._ended(whole=True))
        if not sign or sign in _ENDS or not sign.isprintable():
            return self._joined(before, self._control(stroke))
        if self._signs >= _MOST_HELD and self._same:
            return self._joined(before, Filtered(released=(*self._let_go(), stroke)))
        self._last_s = at_s
        if self._signs >= _MOST_HELD:  # too long for a code already: nothing more is kept of it
            return self._joined(before, Filtered(wake_s=PAUSE_S))
        self._held.append((sign, stroke))
        self._signs += 1
        self._same = self._same and sign == self._held[0][0]
        self._sure = self._sure or self._signs >= _SURE_AFTER
        return self._joined(before, Filtered(wake_s=self._patience_s()))

    def beside(self, stroke: Stroke, at_s: float) -> Filtered[Stroke]:
        """Take what types nothing by itself: Shift, or a key let go. It comes back in its place
        among the strokes that are held, or at once if none is; with a scan it is gone.
        """
        before = self.wait(at_s)
        if not self._held:
            return self._joined(before, Filtered(released=(stroke,)))
        if self._signs < _MOST_HELD:
            self._held.append(("", stroke))
        return before

    def wait(self, at_s: float) -> Filtered[Stroke]:
        """Take the time: what was held too long is handed back, or is a scan that just stopped."""
        left_s = self._patience_s() - (at_s - self._last_s)
        if not self._held:
            return Filtered()
        if left_s > 0:
            return Filtered(wake_s=left_s)
        return self._ended(whole=self._scans() and self._signs >= _SHORTEST)

    def _scans(self) -> bool:
        return self._sure and not self._same

    def _patience_s(self) -> float:
        return PAUSE_S if self._scans() else GAP_S

    def _control(self, stroke: Stroke) -> Filtered[Stroke]:
        if self._scans():  # F5 amid a scan is somebody else's: the scan goes on
            return Filtered(released=(stroke,), wake_s=PAUSE_S)
        # Control keys are nobody's code; what was held before them goes first.
        return Filtered(released=(*self._let_go(), stroke))

    def _ended(self, *, whole: bool) -> Filtered[Stroke]:
        text = "".join(sign for sign, _ in self._held)
        strokes = self._let_go()
        if not whole:
            return Filtered(released=strokes)
        return Filtered(scanned=text if len(text) <= _LONGEST else "")

    def _let_go(self) -> tuple[Stroke, ...]:
        strokes = tuple(stroke for _, stroke in self._held)
        self._held = []
        self._signs = 0
        self._same = True
        self._sure = False
        return strokes

    @staticmethod
    def _joined(first: Filtered[Stroke], then: Filtered[Stroke]) -> Filtered[Stroke]:
        return Filtered(
            scanned=first.scanned or then.scanned,
            released=(*first.released, *then.released),
            wake_s=then.wake_s,
        )
