"""The whole bank on one still image: for photographs, and for "why does this card not read?"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from scanner.capture import codes_views as views
from scanner.capture.codes_deblur import refocused, stilled
from scanner.capture.codes_decoders import SeenCode, first_reader, read_zbar
from scanner.capture.codes_effort import inside, window_of
from scanner.capture.codes_regions import CellMaker, Region, Window, has_room, regions_in
from scanner.capture.codes_views import View
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

_MOST_REGIONS = 5
_DEBLURRED_REGIONS = 2
_LARGE = 2_200_000  # pixels from which on an image is looked at smaller, and no view enlarges it
_FRAME = 1_000_000  # pixels of such a smaller image
_QUIET_PX = 40
_ENLARGED = 5
REGION_VIEWS = (
    views.SHARP,
    views.SOFT,
    views.BAND,
    views.STEADY,
    views.STRETCH,
    views.FINE,
    views.FINE_3,
    views.CRISP,
    views.FINE_5,
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
    """Return the codes that one still image shows, in no order; [] if no view shows any.

    The image as it is first, light codes on dark ground too; if nothing is read, the bank until
    something is. Then likely regions in which nothing was read, as a second code may be harder.
    Raises NoDecoder.
    """
    if first_reader() is read_zbar:
        return read_zbar(grey, views.PLAIN.name)
    codes = views.INVERSE.read(grey)
    if not has_room(grey):
        return codes or _enlarged(grey)
    for look in () if codes else _bank(grey):
        codes = look()
        if codes:
            break
    return codes + _beside(grey, codes) if codes else []


def _bank(grey: Grey) -> Iterator[Look]:
    """Every look at the image, those that pay most first."""
    regions = regions_in(CellMaker().cells(grey), _MOST_REGIONS)
    large = grey.size > _LARGE
    for view in REGION_VIEWS:
        yield from (_at(view, grey, region) for region in regions[:2])
    if large:  # what is hard in a large photograph is mostly the lens, and smaller is sharper
        yield partial(_smaller, grey)
    yield partial(views.ZBAR.read, grey)
    for view in WHOLE_VIEWS:
        if not large or view.scale <= 1:
            yield partial(view.read, grey)
    yield partial(_bordered, grey)
    for view in REGION_VIEWS:
        yield from (_at(view, grey, region) for region in regions[2:])
    for view in DEBLURS:
        yield from (_at(view, grey, region) for region in regions[:_DEBLURRED_REGIONS])


def _at(view: View, grey: Grey, region: Region) -> Look:
    return partial(view.read, grey, region.window(grey.shape, most=400))


def _beside(grey: Grey, codes: list[SeenCode]) -> list[SeenCode]:
    """Codes in likely regions in which nothing was read yet."""
    taken = [window_of(code.quad, grey.shape) for code in codes]
    regions = regions_in(CellMaker().cells(grey), _MOST_REGIONS)
    left = [region for region in regions if region.likely and not inside(region, taken)]
    found: list[SeenCode] = []
    for region in left:
        looks = (_at(view, grey, region) for view in (*REGION_VIEWS, views.ZBAR))
        found += next((more for look in looks if (more := look())), [])
    return found


def _smaller(grey: Grey) -> list[SeenCode]:
    """Everything again on the image at the size of a camera's frame."""
    scale = (_FRAME / grey.size) ** 0.5
    small = views.grey_of(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return [views.moved(code, 1 / scale, None) for code in read_still(small)]


def _bordered(grey: Grey) -> list[SeenCode]:
    """With a quiet zone around: a code that was cut out too closely, dark or light."""
    for tone in (255, 0):
        around = np.pad(grey, _QUIET_PX, constant_values=tone)
        codes = views.INVERSE.read(np.asarray(around, np.uint8))
        if codes:
            return [
                views.moved(code, 1.0, Window(x=-_QUIET_PX, y=-_QUIET_PX, side=0)) for code in codes
            ]
    return []


def _enlarged(grey: Grey) -> list[SeenCode]:
    """A picture of few pixels, each made into a square of them."""
    large = np.kron(grey, np.ones((_ENLARGED, _ENLARGED), np.uint8))
    return [views.moved(code, 1 / _ENLARGED, None) for code in _bordered(large)]
