"""The live schedule: which looks each frame gets, so that reading is early and idling is cheap.

    a frame in motion    as it is; then the likeliest region through one view that suits its noise;
                         every few frames one view of the whole frame, each in turn
    codes are followed   a small window around each; the whole frame every fifth time, or, while
                         nothing moves outside the windows, every fifteenth
    nothing moves        every view gets its turn on the still scene, then one look every few frames
    a hostile scene      parts of the frame, as many pixels as the budget allows (codes_effort)
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from scanner.capture import codes_views as views
from scanner.capture.codes_decoders import SeenCode, first_reader, read_zbar
from scanner.capture.codes_effort import (
    CpuClock,
    MotionGate,
    Spending,
    Track,
    inside,
    window_of,
)
from scanner.capture.codes_regions import CellMaker, Cells, Region, Window, regions_in
from scanner.capture.codes_views import View
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

# What a region gets, by its contrast in units of the noise: bright, indoor, dim.
_BRIGHT = (views.SHARP, views.SOFT, views.SHARP, views.BAND)
_INDOOR = (views.SOFT, views.STEADY, views.SOFT, views.SHARP, views.SOFT, views.BAND)
_DIM = (views.STEADY, views.SOFT, views.STEADY, views.STRETCH, views.STEADY, views.BAND)
_BRIGHT_FROM, _INDOOR_FROM = 4.5, 2.4
_WHOLE = (
    views.INVERSE,
    views.BLUR,
    views.HISTOGRAM,
    views.BRIGHT,
    views.THRESHOLD,
    views.MEDIAN,
    views.HALF,
    views.DARK,
)
_FAINTEST = 9.0  # score of a region worth a look; the faintest code that ever read had 14
_RANKS = (0, 0, 0, 1, 0, 0, 0, 2)  # which of the regions has its turn
_UNLIKELY_EVERY = 3
_WHOLE_EVERY = 10
_ZBAR_EVERY = 300
_STILL_LOOKS = 40  # in a scene that does not move: every view twice, then now and then
_STILL_EVERY = 8
_TRACKED_WHOLE_EVERY = 5
_TRACKED_STILL_EVERY = 15
_LOST_AFTER = 3
_LARGE_MODULE_PX = 4.6  # larger ones are read at half size, for a third of the cost
_HARD_AFTER = 4


class LiveReader:
    """Reads one stream, frame after frame. Used from one thread; cpu_s is that thread's CPU clock."""

    def __init__(self, cpu_s: CpuClock = time.thread_time) -> None:
        self._first = first_reader()
        self._views = self._first is not read_zbar  # pyzbar alone reads frames as they are
        self._spending = Spending(cpu_s)
        self._cells = CellMaker()
        self._gate = MotionGate()
        self._tracks: list[Track] = []
        self._still = 0
        self._turn = 0
        self._since_whole = 0

    def read(self, grey: Grey) -> list[SeenCode]:
        """Return the codes in the next frame of the stream, in no order."""
        if not self._views:
            return self._first(grey, views.PLAIN.name)
        cells = self._spending.unit(lambda: self._cells.cells(grey))
        kept = [track.window(grey.shape) for track in self._tracks]
        moved = self._gate.moved(cells, kept)
        self._turn += 1
        if self._tracks:
            codes = self._follow(grey, cells, moved)
        else:
            codes = self._search(grey, cells, moved)
        self._remember(codes)
        return codes

    def _search(self, grey: Grey, cells: Cells, moved: bool) -> list[SeenCode]:
        """Nothing is followed: look at everything, as far as anything may have changed."""
        self._still = 0 if moved else self._still + 1
        if self._still > _STILL_LOOKS and self._turn % _STILL_EVERY:
            return []
        codes = []
        if self._still <= _STILL_LOOKS or self._turn % (3 * _STILL_EVERY) == 0:
            codes = self._whole(grey)
        return codes + self._look_closer(grey, cells, codes)

    def _follow(self, grey: Grey, cells: Cells, moved: bool) -> list[SeenCode]:
        """Look where the codes were; now and then, or when one is lost, at everything."""
        codes: list[SeenCode] = []
        for track in self._tracks:
            codes += _look_at(grey, track)
        seen = {code.text for code in codes}
        lost = any(track.code.text not in seen for track in self._tracks)
        self._since_whole += 1
        every = _TRACKED_WHOLE_EVERY if moved or lost else _TRACKED_STILL_EVERY
        if self._since_whole >= every or (lost and not codes):
            codes += self._whole(grey)
            codes += self._look_closer(grey, cells, codes)
        return codes

    def _whole(self, grey: Grey) -> list[SeenCode]:
        self._since_whole = 0
        return self._spending.whole(lambda part: views.PLAIN.read(grey, part), grey)

    def _look_closer(
        self, grey: Grey, cells: Cells, found: list[SeenCode]
    ) -> list[SeenCode]:
        """One view of one likely region; and from time to time one view of the whole frame."""
        taken = [window_of(code.quad, grey.shape) for code in found]
        regions = [
            region
            for region in regions_in(cells, 3, _FAINTEST)
            if not inside(region, taken)
        ]
        codes = self._look_into(grey, cells, regions)
        if not found and not codes and not self._spending.strained:
            codes = self._rare_view(grey)
        return codes

    def _look_into(self, grey: Grey, cells: Cells, regions: list[Region]) -> list[SeenCode]:
        """Two views of the region that is likely to be a code, or, seldom, one of another."""
        rank = _RANKS[self._turn % len(_RANKS)]
        likely = [region for region in regions if region.likely]
        if not likely and (not regions or self._turn % _UNLIKELY_EVERY):
            return []
        chosen = likely or regions
        window = chosen[min(rank, len(chosen) - 1)].window(grey.shape)
        suited = _views_for(window.of(grey), cells.noise)
        for look in range(2 if likely else 1):
            view = suited[(2 * self._turn + look) % len(suited)]
            codes = self._spending.view("region", partial(view.read, grey, window))
            if codes:
                return codes
        return []

    def _rare_view(self, grey: Grey) -> list[SeenCode]:
        """A view of the whole frame when its turn has come, [] in between."""
        if self._turn % _ZBAR_EVERY == 0 or self._still == _STILL_LOOKS:
            view = views.ZBAR
        elif self._turn % _WHOLE_EVERY == 0 or 0 < self._still <= 2 * len(_WHOLE):
            view = _WHOLE[(self._still or self._turn // _WHOLE_EVERY) % len(_WHOLE)]
        else:
            return []
        return self._spending.view(view.name, lambda: view.read(grey))

    def _remember(self, codes: list[SeenCode]) -> None:
        """Follow what was read; forget what was not seen for a few frames."""
        by_text = {code.text: code for code in codes}
        for track in self._tracks:
            track.missed += 1
            found = by_text.pop(track.code.text, None)
            if found is not None:
                if found.view not in _BY_NAME:  # remember what read it when it was hard
                    found = replace(found, view=track.code.view)
                track.code, track.missed = found, 0
        self._tracks = [track for track in self._tracks if track.missed < _LOST_AFTER]
        self._tracks += [Track(code=code) for code in by_text.values()]


def _views_for(part: Grey, noise: float) -> tuple[View, ...]:
    """The views that suit the region's contrast, in the order in which they pay."""
    contrast = float(cv2.meanStdDev(part)[1][0, 0]) / max(noise, 0.5)
    return _BRIGHT if contrast > _BRIGHT_FROM else _INDOOR if contrast > _INDOOR_FROM else _DIM


_BY_NAME = {v.name: v for v in (views.SHARP, views.SOFT, views.STEADY, views.BAND, views.STRETCH)}


def _look_at(grey: Grey, track: Track) -> list[SeenCode]:
    """Look for a followed code where it was: as it is, else through the view that read it before."""
    window = track.window(grey.shape)
    plain = views.HALF if track.module_px > _LARGE_MODULE_PX else views.PLAIN
    codes: list[SeenCode] = []
    if track.hard < _HARD_AFTER or track.hard % _HARD_AFTER == 0:
        codes = plain.read(grey, window)
    track.hard = 0 if codes else track.hard + 1
    if not codes:
        codes = _BY_NAME.get(track.code.view, views.SOFT).read(grey, window)
    return codes
