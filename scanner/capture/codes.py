"""Codes in frames: one frame at a time, or a live stream with its schedule of views."""

from __future__ import annotations

from scanner.capture.codes_decoders import NoDecoder, SeenCode, first_reader, read_zbar
from scanner.capture.codes_views import BANK
from scanner.capture.source import Grey

__all__ = ["CodeReader", "NoDecoder", "SeenCode", "in_order", "read_codes"]


def read_codes(grey: Grey) -> list[SeenCode]:
    """Return the codes in one frame, top left first; [] when nothing is readable. Raises NoDecoder.

    grey: luma of shape (height, width), 0 black to 255 white.
    """
    return in_order(first_reader()(grey, "frame"))


def in_order(codes: list[SeenCode]) -> list[SeenCode]:
    """Return the codes once each, top left first."""
    by_text: dict[str, SeenCode] = {}
    for code in codes:
        by_text.setdefault(code.text, code)
    return sorted(by_text.values(), key=lambda code: min(x + y for x, y in code.quad))


class CodeReader:
    """Reads a live stream: every frame as it is, and one further view of it, a different one each time."""

    def __init__(self) -> None:
        self._first = first_reader()
        self._turn = 0
        self._bank = [] if self._first is read_zbar else list(BANK)

    def read(self, grey: Grey) -> list[SeenCode]:
        """Return the codes in the next frame of the stream, top left first."""
        codes = self._first(grey, "frame")
        if not codes and self._bank:
            codes = self._bank[self._turn % len(self._bank)](grey)
            self._turn += 1
        return in_order(codes)
