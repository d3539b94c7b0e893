"""Who waits for a hand check: shown to the guard until decided, newest first (no Qt here)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from keys.verdicts import Verdict
from scanner.screen.answers import Answer

if TYPE_CHECKING:
    from scanner.station import ScanResult

# More never wait at one gate; who falls out stays in the log as a hand check that nobody decided.
_MOST: Final = 50


class HandChecks:
    """Who came since the start, and behind them who waited before it, as the log tells.

    personal: names may stay on the screen.
    """

    def __init__(self, *, personal: bool = True) -> None:
        self._personal = personal
        self._waiting: tuple[Answer, ...] = ()
        self._before: tuple[Answer, ...] = ()

    @property
    def waiting(self) -> tuple[Answer, ...]:
        """Those not decided yet, newest first; each has a passage_id."""
        return (*self._waiting, *self._before)[:_MOST]

    def remember(self, results: tuple[ScanResult, ...]) -> None:
        """Take those who waited before the start and still wait, instead of what was told last."""
        known = {answer.result.passage_id for answer in self._waiting}
        self._before = tuple(
            Answer(result=result, personal=self._personal)
            for result in results
            if result.passage_id not in known
        )

    def note(self, result: ScanResult) -> None:
        """Take a result that counts: it ends what waited of the same row or the same pass, and
        waits itself if it asks for a hand check.
        """
        identity = result.judgement.identity
        self._keep(
            lambda answer: (
                answer.result.passage_id != result.about
                and (identity is None or answer.result.judgement.identity != identity)
            )
        )
        if result.judgement.verdict is Verdict.HAND_CHECK and result.passage_id is not None:
            self._waiting = (Answer(result=result, personal=self._personal), *self._waiting)[:_MOST]

    def drop(self, passage_id: bytes) -> None:
        """Take out the row that was decided or taken back."""
        self._keep(lambda answer: answer.result.passage_id != passage_id)

    def _keep(self, waits: Callable[[Answer], bool]) -> None:
        self._waiting = tuple(filter(waits, self._waiting))
        self._before = tuple(filter(waits, self._before))
