"""What a supervisor may do at a kiosk, behind the number: look at station and camera, type a code,
close the program. Left alone, it goes by itself: whoever comes next wants to pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from scanner.screen.guard_pages import Tile
from scanner.screen.staff_pages import StaffPages

if TYPE_CHECKING:
    from scanner.screen.gate_window import GateWindow

_IDLE_S: Final = 120.0
_PRESSES: Final = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}
)


class SupervisorPages(StaffPages):
    """Shows the pages over the kiosk from `open` until the last of them is left."""

    def __init__(self, window: GateWindow) -> None:
        super().__init__(window)
        self._idle = IdleWatch(window, window.options.pace.milliseconds(_IDLE_S))
        self._idle.over.connect(window.questions.close)
        window.questions.closed.connect(self._end)

    def open(self) -> None:
        """Show what there is."""
        self._idle.begin()
        self.show(self.more())

    def tiles(self) -> Iterator[Tile]:
        """Yield a tile for each page, and one to close the program."""
        yield from super().tiles()
        yield Tile(key="close", words=lambda: self.tr("Close the kiosk"), opens=self._close)

    def _close(self) -> None:
        self.window.close()

    def _end(self) -> None:
        """Go with the last page: the number is asked for again."""
        self._idle.end()
        self.deleteLater()


class IdleWatch(QObject):
    """Notes that nobody has touched `window` for a while. `over`: so it is."""

    over = Signal()

    def __init__(self, window: QWidget, idle_ms: int) -> None:
        super().__init__(window)
        self._window = window
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(idle_ms)
        self._idle.timeout.connect(self.over)

    def begin(self) -> None:
        """Watch from now on."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        self._idle.start()

    def end(self) -> None:
        """Watch no longer."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
        self._idle.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Begin anew with every press."""
        if event.type() in _PRESSES:
            self._idle.start()
        return False
