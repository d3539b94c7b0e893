"""A keyboard of uinput that types one code twice: without any pause, then as a person's scanner.

type_fast.py FILE    waits for /run/fast.go; its own node is told in /run/fast.node
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import evdev
from evdev import ecodes

from scanner.capture.handscan_keys import _PLAIN, _SHIFTED

_SHIFT = 42
_ENTER = 28
_SLOW_S = 0.02


def strokes_of(text: str) -> list[tuple[int, int]]:
    """Return key numbers and values that write `text` and end it."""
    plain = {sign: number for number, sign in reversed(_PLAIN.items())}
    shifted = {sign: number for number, sign in reversed(_SHIFTED.items())}
    strokes: list[tuple[int, int]] = []
    for sign in text:
        number = plain.get(sign, shifted.get(sign, 0))
        around = [] if sign in plain else [_SHIFT]
        strokes += [(key, 1) for key in [*around, number]] + [(key, 0) for key in [number, *around]]
    return [*strokes, (_ENTER, 1), (_ENTER, 0)]


def main(name: str) -> None:
    """Type when told to."""
    strokes = strokes_of(Path(name).read_text("utf-8"))
    keyboard = evdev.UInput()
    time.sleep(1)
    Path("/run/fast.node").write_text(keyboard.device.path)
    while not Path("/run/fast.go").exists():
        time.sleep(0.1)
    for pause_s in (0.0, _SLOW_S):
        for number, value in strokes:
            keyboard.write(ecodes.EV_KEY, number, value)
            keyboard.syn()
            if pause_s:
                time.sleep(pause_s)
        time.sleep(2)
    time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
