"""Codes in frames: one frame at a time, or a live stream with its schedule of views."""

from __future__ import annotations

from scanner.capture import codes_still
from scanner.capture.codes_decoders import NoDecoder, SeenCode, first_reader
from scanner.capture.codes_effort import CPU_CLOCK, CpuClock
from scanner.capture.codes_live import LiveReader
from scanner.capture.source import Grey

__all__ = ["CodeReader", "NoDecoder", "SeenCode", "in_order", "read_codes", "read_still"]


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


def read_still(grey: Grey) -> list[SeenCode]:
    """Return the codes that the whole bank of views finds in a still image, top left first."""
    return in_order(codes_still.read_still(grey))


class CodeReader:
    """Reads a live stream frame by frame; gives each frame the looks that it is worth.

    Used from one thread; cpu_s is that thread's CPU clock, by which the budget is kept.
    """

    def __init__(self, cpu_s: CpuClock = CPU_CLOCK) -> None:
        self._live = LiveReader(cpu_s)

    def read(self, grey: Grey) -> list[SeenCode]:
        """Return the codes in the next frame, top left first."""
        return in_order(self._live.read(grey))
