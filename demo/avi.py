"""Writes JPEG pictures as a Motion JPEG .avi file that every player and OpenCV can read.

One video stream, no sound, an index at the end (RIFF AVI 1.0, so less than 1 GiB).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

_HAS_INDEX = 0x10
_KEY_FRAME = 0x10


def write_mjpeg_avi(
    path: Path, jpegs: Iterable[bytes], *, size: tuple[int, int], frames_per_s: int
) -> int:
    """Write the pictures in order to path, by way of a temporary file; return how many there were.

    size: (width, height) of every picture.
    """
    aside = path.with_suffix(".part")
    entries: list[tuple[int, int]] = []
    with aside.open("wb") as file:
        file.write(_header(0, 0, 0, size, frames_per_s))
        offset = 4  # counted from the fourcc `movi`
        for jpeg in jpegs:
            even = jpeg + b"\0" * (len(jpeg) & 1)
            file.write(struct.pack("<4sI", b"00dc", len(jpeg)) + even)
            entries.append((offset, len(jpeg)))
            offset += 8 + len(even)
        file.write(_index(entries))
        largest = max((length for _, length in entries), default=0)
        file.seek(0)
        file.write(_header(len(entries), offset, largest, size, frames_per_s))
    aside.replace(path)
    return len(entries)


def _index(entries: list[tuple[int, int]]) -> bytes:
    rows = (struct.pack("<4sIII", b"00dc", _KEY_FRAME, at, length) for at, length in entries)
    return _chunk(b"idx1", b"".join(rows))


def _header(
    count: int, movi_bytes: int, largest: int, size: tuple[int, int], frames_per_s: int
) -> bytes:
    """The file up to the first picture; written again when the figures are known."""
    width, height = size
    main = struct.pack(
        "<14I",
        1_000_000 // frames_per_s,
        largest * frames_per_s,
        0,
        _HAS_INDEX,
        count,
        0,
        1,
        largest,
        width,
        height,
        0,
        0,
        0,
        0,
    )
    stream = struct.pack("<4s4sIHHIIIIIIIIHHHH", b"vids", b"MJPG", 0, 0, 0, 0, 1, frames_per_s,
                         0, count, largest, 0xFFFFFFFF, 0, 0, 0, width, height)  # fmt: skip
    image = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG",
                        width * height * 3, 0, 0, 0, 0)  # fmt: skip
    streams = _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", image))
    headers = _list(b"hdrl", _chunk(b"avih", main) + streams)
    index_bytes = 8 + 16 * count
    riff_bytes = 4 + len(headers) + 8 + movi_bytes + index_bytes
    movi = struct.pack("<4sI4s", b"LIST", movi_bytes, b"movi")
    return struct.pack("<4sI4s", b"RIFF", riff_bytes, b"AVI ") + headers + movi


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) & 1)


def _list(name: bytes, body: bytes) -> bytes:
    return _chunk(b"LIST", name + body)
