"""The live schedule: which looks each frame gets, so that reading is early and idling is cheap.

- A frame in motion is read as it is; then its likeliest region through views that suit its noise;
  every few frames the whole frame through one more view, each in turn.
- Codes that were read are followed in a small window each. The whole frame is looked at every fifth
  time, unless nothing moves outside the windows, and every fifteenth in any case.
- When nothing moves, every view gets its turn on the still scene, then one look every few frames.
- Of a hostile scene, parts are read, as many pixels as the budget allows (codes_effort).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from scanner.capture import codes_views as views
from scanner.capture.codes_decoders import SeenCode, first_reader, read_zbar
from scanner.capture.codes_effort import (
    CPU_CLOCK,
    CpuClock,
    MotionGate,
    Spending,
    Track,
    inside,
    window_of,
)
from scanner.capture.codes_regions import CellMaker, Cells, Region, Window, has_room, regions_in
from scanner.capture.codes_views import View
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

# What a region gets, by its contrast in units of the noise: bright, indoor, dim.
_BRIGHT = (views.SHARP, views.SOFT, views.FINE_3, views.BAND, views.SHARP, views.SOFT)
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
_TRACKED_FULL_EVERY = 15
_LOST_AFTER = 3
_MOST_FOLLOWED = 5
_LARGE_MODULE_PX = 4.6  # larger ones are read at half size, for a third of the cost
_HARD_AFTER = 4


class LiveReader:
    """Reads one stream, frame after frame, from one thread; cpu_s is that thread's CPU clock."""

    def __init__(self, cpu_s: CpuClock = CPU_CLOCK) -> None:
        self._first = first_reader()
        self._views = self._first is not read_zbar  # pyzbar alone reads frames as they are
        self._spending = Spending(cpu_s)
        self._cells = CellMaker()
        self._gate = MotionGate()
        self._tracks: list[Track] = []
        self._still = 0
        self._turn = 0
        self._since_whole = 0
        self._dull: list[Window] = []  # looked at in vain since codes are followed

    def read(self, grey: Grey) -> list[SeenCode]:
        """Return the codes in the next frame of the stream, in no order."""
        if not self._views or not has_room(grey):
            return self._first(grey, views.PLAIN.name)
        self._turn += 1
        codes = self._follow(grey) if self._tracks else self._search(grey)
        self._remember(codes)
        return codes

    def _seen_cells(self, grey: Grey) -> Cells:
        return self._spending.unit(lambda: self._cells.cells(grey))

    def _search(self, grey: Grey) -> list[SeenCode]:
        """Nothing is followed: look at everything, as far as anything may have changed."""
        if self._still > _STILL_LOOKS and self._turn % 2:
            return []  # a scene that stood still so long may be noticed a frame late
        codes: list[SeenCode] = []
        awake = self._still <= _STILL_LOOKS
        at_once = awake and not self._spending.strained
        if at_once:
            codes = self._whole(grey, views.PLAIN)
            if codes:
                # Somebody waits for this answer; a second code beside it is looked for from the
                # next frame on, as beside every followed one.
                self._still = 0
                return codes
        self._dull = []
        cells = self._seen_cells(grey)
        self._still = 0 if self._gate.moved(cells, []) else self._still + 1
        if self._still > _STILL_LOOKS and self._turn % _STILL_EVERY:
            return codes
        rarely = self._turn % (3 * _STILL_EVERY) == 0
        if not at_once and (self._still <= _STILL_LOOKS or rarely):
            codes = self._whole(grey, views.PLAIN)
        return codes + self._look_closer(grey, cells, codes)

    def _follow(self, grey: Grey) -> list[SeenCode]:
        """Look where the codes were; now and then, or when one is lost, at everything."""
        codes: list[SeenCode] = []
        if len(self._tracks) <= _MOST_FOLLOWED:  # a sheet of codes is cheaper to read as a whole
            for track in self._tracks:
                codes += _look_at(grey, track)
        self._since_whole += 1
        if codes and self._since_whole % _TRACKED_WHOLE_EVERY:
            return codes
        cells = self._seen_cells(grey)
        spare = [track.window(grey.shape) for track in self._tracks]
        full = not codes or self._since_whole >= _TRACKED_FULL_EVERY
        if full:
            self._dull = []
        if full or self._gate.moved(cells, spare):
            codes += self._whole(grey, views.PLAIN if full else views.HISTOGRAM)
            codes += self._look_closer(grey, cells, codes, looks=1)
            self._since_whole = 0 if full else self._since_whole
        return codes

    def _whole(self, grey: Grey, view: View) -> list[SeenCode]:
        return self._spending.whole(lambda part: view.read(grey, part), grey)

    def _look_closer(
        self, grey: Grey, cells: Cells, found: list[SeenCode], looks: int = 2
    ) -> list[SeenCode]:
        """One view of one likely region; and from time to time one view of the whole frame."""
        taken = [window_of(code.quad, grey.shape) for code in found] + self._dull
        regions = [
            region for region in regions_in(cells, 3, _FAINTEST) if not inside(region, taken)
        ]
        codes = self._look_into(grey, cells, regions, looks)
        if not found and not codes and not self._spending.strained:
            codes = self._rare_view(grey)
        return codes

    def _look_into(
        self, grey: Grey, cells: Cells, regions: list[Region], looks: int
    ) -> list[SeenCode]:
        """A view or two of the region that is likely to be a code; seldom, one of another."""
        rank = _RANKS[self._turn % len(_RANKS)]
        likely = [region for region in regions if region.likely]
        if not likely and (not regions or self._turn % _UNLIKELY_EVERY):
            return []
        chosen = likely or regions
        window = chosen[min(rank, len(chosen) - 1)].window(grey.shape)
        suited = _views_for(window.of(grey), cells.noise)
        for look in range(looks if likely else 1):
            view = suited[(2 * self._turn + look) % len(suited)]
            codes = self._spending.view("region", partial(view.read, grey, window))
            if codes:
                return codes
        if self._tracks:
            self._dull.append(window)
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


_FOR_REGIONS = (views.SHARP, views.FINE_3, views.SOFT, views.STEADY, views.BAND, views.STRETCH)
_BY_NAME = {view.name: view for view in _FOR_REGIONS}


def _look_at(grey: Grey, track: Track) -> list[SeenCode]:
    """Look for a followed code where it was: as it is, else as it read before."""
    window = track.window(grey.shape)
    plain = views.HALF if track.module_px > _LARGE_MODULE_PX else views.PLAIN
    codes: list[SeenCode] = []
    if track.hard < _HARD_AFTER or track.hard % _HARD_AFTER == 0:
        codes = plain.read(grey, window)
    track.hard = 0 if codes else track.hard + 1
    if not codes:
        codes = _BY_NAME.get(track.code.view, views.SOFT).read(grey, window)
    return codes
