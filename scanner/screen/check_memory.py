"""Who waited for a hand check when the station stopped: asked of its log after the start, and again
when somebody was judged, for as long as one of them still waits.

Lives in the scanning thread, in the worker. What the log cannot say yet is asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from scanner.station import ScanResult


@runtime_checkable
class RemembersChecks(Protocol):
    """A loop that knows from its log who nobody has decided about."""

    def undecided(self) -> tuple[ScanResult, ...] | None:
        """Return them, newest first; None while the log cannot say."""


class CheckMemory:
    """Keeps to those of the first answer: whoever came since is known to the window itself."""

    def __init__(self) -> None:
        self._waiting: tuple[ScanResult, ...] | None = None
        self._is_due = True

    def somebody_came(self) -> None:
        """Note that a row was written: it may be about one of them."""
        self._is_due = self._is_due or bool(self._waiting)

    def news(self, loop: object) -> tuple[ScanResult, ...] | None:
        """Return who waits now if that is not what was returned last, None otherwise."""
        if not self._is_due or not isinstance(loop, RemembersChecks):
            return None
        found = loop.undecided()
        if found is None:
            return None
        self._is_due = False
        before = self._waiting
        if before is not None:
            known = {one.passage_id for one in before}
            found = tuple(one for one in found if one.passage_id in known)
        self._waiting = found
        return found if found != (before or ()) else None
