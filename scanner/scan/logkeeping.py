"""The log as a running station holds it: opened when it is first needed, and opened anew after a
fault, so that a disk that comes back is used without anybody's doing.

What can go wrong: the disk is full or read-only, the file is locked, damaged or gone. Then whoever
asked gets a StationFault, `fault` says which until a row could be stored again, and for a second
nobody is made to wait for the same fault. A damaged file is the one fault that never passes by
itself: whoever can put another log in its place is asked to, and the question is asked once more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from scanner.errors import StationFault
from scanner.record.passages import PassageLog

log = logging.getLogger(__name__)
T = TypeVar("T")
RETRY_S: Final = 1.0
# Neither goes away by opening the file anew: there is no room, or somebody else writes just now.
_WAITED_FOR: Final = frozenset({"SQLITE_FULL", "SQLITE_BUSY"})


class KeptLog:
    """One thread's log. open_log: makes it, StationFault. is_there: False once the file that was
    opened is not the one on the disk any more. replaces: told of every fault, with nothing open any
    more; True if another log is in force now, never raises. leaves: told of a log that is still
    open while its file is not the one on the disk any more, before it is closed; never raises.
    """

    def __init__(
        self,
        open_log: Callable[[], PassageLog],
        mono_s: Callable[[], float],
        is_there: Callable[[], bool] = lambda: True,
        replaces: Callable[[StationFault], bool] = lambda _: False,
        leaves: Callable[[PassageLog], None] = lambda _: None,
    ) -> None:
        self._open_log = open_log
        self._mono_s = mono_s
        self._is_there = is_there
        self._replaces = replaces
        self._leaves = leaves
        self._log: PassageLog | None = None
        self._fault: StationFault | None = None
        self._next_try_s = float("-inf")

    @property
    def fault(self) -> str | None:
        """The code of why rows cannot be stored now, None if they can."""
        return None if self._fault is None else self._fault.code

    def ask(self, what: Callable[[PassageLog], T]) -> T:
        """Return what the log answers; StationFault if it cannot. A read that works says nothing of
        a disk that takes no rows: the fault stays until `store` worked.
        """
        try:
            return self._answer(what)
        except StationFault as fault:
            if not self._replaces(fault):
                raise
        # What failed was not stored, and may be asked of the new log just as well.
        self._fault = None
        return self._answer(what)

    def _answer(self, what: Callable[[PassageLog], T]) -> T:
        try:
            return what(self._opened())
        except StationFault as fault:
            self._failed(fault)
            raise

    def store(self, what: Callable[[PassageLog], T]) -> T:
        """Return what came of a change of the log; StationFault if it was not stored."""
        done = self.ask(what)
        if self._fault is not None:
            log.warning("log: rows are stored again")
            self._fault = None
        return done

    def probe(self) -> None:
        """Try whether rows can be stored again, while there is a fault; never raises."""
        if self._fault is None or self._mono_s() < self._next_try_s:
            return
        try:
            self.store(lambda kept: kept.set_inside(kept.inside()))
        except StationFault:
            return

    def close(self) -> None:
        """Close what is open."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def _opened(self) -> PassageLog:
        if self._log is not None and not self._is_there():
            # SQLite goes on writing to a file that was deleted, and nobody ever sees it.
            self._leaves(self._log)
            self.close()
            raise StationFault("the log's file was replaced or removed", code="log_replaced")
        if self._log is None:
            if self._fault is not None and self._mono_s() < self._next_try_s:
                raise self._fault
            self._log = self._open_log()
            self._is_there()  # which file that is: one put in its place is to be noticed at once
        return self._log

    def _failed(self, fault: StationFault) -> None:
        if fault is self._fault:
            return
        if self.fault != fault.code:
            log.warning("log: %s: %s", fault.code, fault)
        self._fault = fault
        self._next_try_s = self._mono_s() + RETRY_S
        if getattr(fault.__cause__, "sqlite_errorname", "") not in _WAITED_FOR:
            self.close()


def same_file(path: Path) -> Callable[[], bool]:
    """Return a question: is `path` still the file that it was when it was first asked?"""
    first: list[tuple[int, int]] = []

    def ask() -> bool:
        try:
            found = path.stat()
        except OSError:
            first.clear()
            return False
        first.append((found.st_dev, found.st_ino))
        same = first[0] == first[-1]
        del first[1 if same else 0 :]
        return same

    return ask
