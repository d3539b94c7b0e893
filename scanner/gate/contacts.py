"""Boards that come and go, and the single outputs and inputs that hang on them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from scanner.gate.boards import Board
from scanner.gate.faults import REFUSED, DeviceFault

log = logging.getLogger(__name__)
REASSERT_S: Final = 1.0
RETRY_S: Final = 1.0


class BoardLink:
    """A board that may come and go."""

    def __init__(self, open_board: Callable[[], Board]) -> None:
        self._open_board = open_board
        self._board: Board | None = None
        self._next_try_s = float("-inf")
        self._fault: str | None = None

    def do(self, action: Callable[[Board], None], now_s: float) -> str | None:
        """Do something with the board, opened first if need be; return the code of what is wrong,
        None if that worked.
        """
        if self._board is None and now_s < self._next_try_s:
            return self._fault
        try:
            if self._board is None:
                self._board = self._open_board()
            action(self._board)
        except DeviceFault as error:
            return self._failed(error, now_s)
        self._fault = None
        return None

    def _failed(self, error: DeviceFault, now_s: float) -> str:
        if self._fault != error.code:
            log.warning("gate: %s: %s", error.code, error)
        self._fault = error.code
        # A board that refuses one thing is there, and does the others.
        if error.code != REFUSED:
            self.close()
            self._next_try_s = now_s + RETRY_S
        return error.code

    def close(self) -> None:
        """Let go of the board."""
        if self._board is not None:
            self._board.close()
            self._board = None


@dataclass(slots=True, kw_only=True)
class Contact:
    """One output or input: a channel of a board. inverted: active means open (a contact that a cut
    wire opens too). on, said_s: what was last said to an output and when. was_active: of an input.
    fault: the code of what is wrong, None if well.
    """

    link: BoardLink
    channel: int
    inverted: bool = False
    on: bool | None = None
    said_s: float = float("-inf")
    was_active: bool = False
    fault: str | None = None

    def drive(self, on: bool, now_s: float) -> None:
        """Switch the output, if it is not so already or it is time to say it again."""
        if on is self.on and now_s - self.said_s < REASSERT_S:
            return
        self.fault = self.link.do(
            lambda board: board.set(self.channel, on is not self.inverted), now_s
        )
        self.on, self.said_s = (on, now_s) if self.fault is None else (None, float("-inf"))

    def look(self, board: Board) -> None:
        """Take over the input as its board last saw it; it stays so while the board is away."""
        self.was_active = board.is_active(self.channel) is not self.inverted


def look_at(contacts: Iterable[Contact], board: Board) -> None:
    """Read the inputs of one board, once for all that hangs on it."""
    board.poll()
    for contact in contacts:
        contact.look(board)
