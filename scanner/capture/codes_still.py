"""The whole bank on one still image: for photographs, and for "why does this card not read?"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from scanner.capture import codes_views as views
from scanner.capture.codes_deblur import refocused, stilled
from scanner.capture.codes_decoders import SeenCode, first_reader, read_zbar
from scanner.capture.codes_effort import inside, window_of
from scanner.capture.codes_regions import CellMaker, Region, has_room, regions_in
from scanner.capture.codes_views import View
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

_MOST_REGIONS = 5
_DEBLURRED_REGIONS = 2
_WIDEST = 1600  # a photograph wider than this is also looked at smaller
REGION_VIEWS = (
    views.SHARP,
    views.SOFT,
    views.BAND,
    views.STEADY,
    views.STRETCH,
    views.FINE,
    views.FINE_3,
    views.CRISP,
)
WHOLE_VIEWS = (
    views.HISTOGRAM,
    views.BLUR,
    views.THRESHOLD,
    views.BRIGHT,
    views.MEDIAN,
    views.DARK,
    views.EQUAL,
    views.HALF,
    views.DOUBLE,
    views.SHARP_WHOLE,
    views.THRESHOLD_SMALL,
    views.QUARTER,
)
DEBLURS = (
    *(
        View(name=f"movement{n}", make=partial(stilled, length_px=n), scale=2.0)
        for n in (6, 4, 5, 3)
    ),
    *(
        View(name=f"defocus{n}", make=partial(refocused, radius_px=n), scale=2.0)
        for n in (2.0, 2.5, 3.0, 1.5)
    ),
)
Look = Callable[[], list[SeenCode]]


def read_still(grey: Grey) -> list[SeenCode]:
    """Return every code that any view of one still image shows, in no order; [] if none does.

    The image as it is and the second reader always; then the bank until something is read; then
    the likely regions that nothing read so far lies in, as a second code may be harder.
    Raises NoDecoder.
    """
    if first_reader() is read_zbar or not has_room(grey):
        return first_reader()(grey, views.PLAIN.name)
    codes = views.INVERSE.read(grey)
    for look in () if codes else _bank(grey):
        codes = look()
        if codes:
            break
    return codes + _beside(grey, codes) if codes else []


def _bank(grey: Grey) -> Iterator[Look]:
    """Every look at the image, those that pay most first."""
    regions = regions_in(CellMaker().cells(grey), _MOST_REGIONS)
    for view in REGION_VIEWS:
        yield from (_at(view, grey, region) for region in regions[:2])
    yield partial(views.ZBAR.read, grey)
    for view in WHOLE_VIEWS:
        yield partial(view.read, grey)
    for view in REGION_VIEWS:
        yield from (_at(view, grey, region) for region in regions[2:])
    for view in DEBLURS:
        yield from (_at(view, grey, region) for region in regions[:_DEBLURRED_REGIONS])
    if grey.shape[1] > _WIDEST:
        yield partial(_smaller, grey)


def _at(view: View, grey: Grey, region: Region) -> Look:
    return partial(view.read, grey, region.window(grey.shape, most=400))


def _beside(grey: Grey, codes: list[SeenCode]) -> list[SeenCode]:
    """Codes in likely regions in which nothing was read yet."""
    taken = [window_of(code.quad, grey.shape) for code in codes]
    found: list[SeenCode] = []
    for region in regions_in(CellMaker().cells(grey), _MOST_REGIONS):
        if not region.likely or inside(region, taken):
            continue
        for view in REGION_VIEWS:
            more = _at(view, grey, region)()
            if more:
                found += more
                break
    return found


def _smaller(grey: Grey) -> list[SeenCode]:
    """Everything again on the image at the size of a camera's frame."""
    scale = _WIDEST / grey.shape[1] * 0.8
    small = views.grey_of(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return [views.moved(code, 1 / scale, None) for code in read_still(small)]
