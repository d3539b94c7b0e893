"""A picture of somebody who holds up a phone, drawn here: what the screens in docs show."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from scanner.capture.camera import Frame, SourceState

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
# Where the code of the drawn phone lies, clockwise from its own top left.
PHONE: Quad = ((702.0, 296.0), (860.0, 270.0), (886.0, 428.0), (728.0, 454.0))


def street(lift: float = 1.0) -> Frame:
    """Return the frame, 1280x720. lift: how far the phone is held up, 0 (not at all) to 1."""
    bgr = _street(lift)
    return Frame(
        grey=np.ascontiguousarray(bgr[:, :, 1]),
        bgr=bgr,
        seen_mono_s=0.0,
        number=0,
        state=SourceState.LIVE,
    )


@cache
def _street(lift: float) -> NDArray[np.uint8]:
    picture = Image.new("RGB", (1280, 720), "#39424c")
    draw = ImageDraw.Draw(picture)
    for x in range(-200, 1400, 160):
        draw.rectangle((x, 60, x + 90, 470), fill="#4a5561")
        draw.rectangle((x + 12, 90, x + 78, 230), fill="#77879a")
    draw.rectangle((0, 520, 1280, 720), fill="#2b3036")
    draw.polygon([(0, 520), (1280, 500), (1280, 560), (0, 600)], fill="#5a5040")
    picture = picture.filter(ImageFilter.GaussianBlur(7))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((350, 70, 560, 330), fill="#8a7668")
    draw.pieslice((335, 40, 575, 300), 180, 360, fill="#23201f")
    draw.rounded_rectangle((365, 215, 545, 320), 40, fill="#9fb6c4")
    coat = [(180, 720), (250, 400), (380, 350), (530, 350), (660, 410), (720, 720)]
    draw.polygon(coat, fill="#2f4a63")
    down = round((1.0 - lift) * 560)
    draw.line([(640, 640), (790, 520 + down)], fill="#2f4a63", width=110)
    picture = picture.filter(ImageFilter.GaussianBlur(2.2))
    phone = _phone().rotate(9.3, expand=True, resample=Image.Resampling.BICUBIC)
    picture.paste(phone, (660, 185 + down), phone)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((700, 560 + down, 790, 640 + down), fill="#8a7668")
    for y in (430, 480, 530):
        draw.rounded_rectangle((690, y + down, 735, y + down + 38), 18, fill="#94806f")
    # Few colours keep the files small.
    picture = picture.quantize(40, dither=Image.Dither.NONE).convert("RGB")
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def _phone() -> Image.Image:
    phone = Image.new("RGBA", (216, 400), (0, 0, 0, 0))
    draw = ImageDraw.Draw(phone)
    draw.rounded_rectangle((0, 0, 215, 399), 26, fill="#0d0f12")
    draw.rounded_rectangle((9, 12, 206, 387), 18, fill="#f6f8fa")
    raw = io.BytesIO()
    segno.make("4" * 200, error="m", boost_error=False).save(raw, kind="png", scale=4, border=0)
    code = Image.open(io.BytesIO(raw.getvalue())).convert("RGB").resize((160, 160))
    phone.paste(code, (28, 92))
    draw.rounded_rectangle((60, 44, 156, 62), 8, fill="#008560")
    draw.rounded_rectangle((40, 284, 176, 296), 6, fill="#c3ccd5")
    draw.rounded_rectangle((64, 312, 152, 324), 6, fill="#c3ccd5")
    return phone
