"""The pages that every face has for whoever looks after the gate: typed codes, the station itself,
the camera. None of them names anybody.

Loaded at the first page, not with the window: the first paint must not wait for what is needed a
few times a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from scanner.screen.asking import Asking
from scanner.screen.guard_pages import MorePage, Tile
from scanner.screen.station_page import StationPage
from scanner.screen.typed_code import TypedCode

if TYPE_CHECKING:
    from scanner.decide.looks import Language
    from scanner.screen.gate_window import GateWindow


class StaffPages(QObject):
    """Makes pages for `window` in its language and colours of now, and shows them."""

    def __init__(self, window: GateWindow) -> None:
        super().__init__(window)
        self.window = window

    def speaks(self) -> Language:
        """Return the window's language of now."""
        return self.window.language

    def show(self, page: Asking | None) -> None:
        """Show `page` instead of what stands there; None: that cannot be had here."""
        if page is not None:
            self.window.questions.ask(page)

    def typed_code(self) -> Asking:
        """Return the page for the digits below a code that no camera reads."""
        page = TypedCode(self.window, self.window.theme)
        page.entered.connect(self.window.text_typed)
        return page

    def station(self) -> Asking:
        """Return what the station says of itself, with a try of sound and lamps."""
        window = self.window
        page = StationPage(window, window.theme, window.options, window.player, self.speaks)
        if window.state is not None:
            page.state_noted(window.state)
        return page

    def camera(self) -> Asking | None:
        """Return the camera's check with the printed card; None where nothing may be kept."""
        # Brings the image libraries along.
        from scanner.screen.camera_page import CameraPage

        window, data = self.window, self.window.options.data
        if data is None:
            return None
        page = CameraPage(window, window.theme, window.options, data, self.speaks)
        page.support_asked.connect(self.open_support)
        return page

    def support(self) -> Asking | None:
        """Return the recording for support; None where nothing may be kept."""
        from scanner.screen.support_page import SupportPage

        window, data = self.window, self.window.options.data
        return None if data is None else SupportPage(window, window.theme, window.options, data)

    def more(self) -> Asking:
        """Return the tiles of what there is."""
        return MorePage(self.window, self.window.theme, tuple(self.tiles()))

    def tiles(self) -> Iterator[Tile]:
        """Yield a tile for each page."""
        yield Tile(key="code", words=lambda: self.tr("Type a code"), opens=self.open_code)
        yield Tile(key="station", words=lambda: self.tr("Station"), opens=self.open_station)
        if self.window.options.data is not None:
            yield Tile(key="camera", words=lambda: self.tr("Camera"), opens=self.open_camera)

    def open_more(self) -> None:
        """Show what there is, or take it away again."""
        if self.window.questions.topic == MorePage.topic:
            self.window.questions.close()
        else:
            self.show(self.more())

    def open_code(self) -> None:
        """Ask for the digits below a code that no camera reads."""
        self.show(self.typed_code())

    def open_station(self) -> None:
        """Show what the station says of itself, and let sound and lamps be tried."""
        self.show(self.station())

    def open_camera(self) -> None:
        """Measure the camera with the printed card."""
        self.show(self.camera())

    def open_support(self) -> None:
        """Record pictures for support, or delete them."""
        self.show(self.support())
