"""Hand scanners that are keyboards, grabbed for this program alone (Linux, evdev; for kiosks).

A grabbed scanner cannot type into any window, whatever has the focus, and its keys are read as
keys: the computer's layout bends nothing. Needs the package evdev and the right to open the device.
"""

from __future__ import annotations

import importlib
import select
from typing import Any

from scanner.capture.handscan import OpenScanner, ScannerOpener
from scanner.capture.source import SourceState

_WAIT_S = 0.2
_PAUSE_WAITS = 2
_LONGEST = 2048
_KEY_EVENT = 1  # EV_KEY
_LOST = (0, 3)  # EV_SYN, SYN_DROPPED: the kernel keeps 64 events for a reader that is late
_DOWN = 1
_SHIFTS = frozenset({42, 54})
_CAPS_LOCK = 58
_ENDS = frozenset({28, 96, 15})  # Enter, Enter of the number pad, Tab

# Key numbers of Linux (input-event-codes.h) and what they type on a US keyboard, which is what
# scanners are set to: first number, signs, the same with Shift.
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (55, "*", "*"),
    (98, "/", "/"),
)
_PLAIN = {first + i: sign for first, plain, _ in _ROWS for i, sign in enumerate(plain)}
_SHIFTED = {first + i: sign for first, _, shifted in _ROWS for i, sign in enumerate(shifted)}


class KeyTyping:
    """Puts key numbers together to texts."""

    def __init__(self) -> None:
        self._begun: list[str] = []
        self._shifts: set[int] = set()
        self._capitals = False
        self._bent = False

    def lost(self) -> None:
        """Give up the text that has begun, to its end: strokes of it are missing. Whoever scanned
        scans again; half a code would be refused as a bad one.
        """
        self._shifts.clear()
        self._bent = True

    def key(self, number: int, value: int) -> str:
        """Return the text that this key ends, or "". value: 1 pressed, 0 let go, 2 repeated."""
        if number in _SHIFTS:
            (self._shifts.add if value else self._shifts.discard)(number)
            return ""
        if value != _DOWN:
            return ""
        if number in _ENDS:
            return self.pause()
        if number == _CAPS_LOCK:
            self._capitals = not self._capitals
            return ""
        sign = (_SHIFTED if self._shifts else _PLAIN).get(number, "")
        # Caps Lock turns letters round and leaves digits and signs alone.
        self._begun.append(sign.swapcase() if self._capitals else sign)
        if len(self._begun) > _LONGEST:
            self._begun.clear()
        return ""

    def pause(self) -> str:
        """Return the text that nothing more came for, or ""."""
        text = "" if self._bent else "".join(self._begun)
        self._begun.clear()
        self._bent = False
        return text


class GrabbedKeyboard:
    """One grabbed device."""

    def __init__(self, device: Any) -> None:
        self._device = device
        self._typing = KeyTyping()
        self._waits = 0

    def read(self) -> list[str]:
        """Return what was scanned; waits for up to 0.2 s. Raises OSError when it has gone."""
        if not select.select([self._device.fd], [], [], _WAIT_S)[0]:
            self._waits += 1
            text = self._typing.pause() if self._waits >= _PAUSE_WAITS else ""
            return [text] if text else []
        self._waits = 0
        texts = []
        for event in self._device.read():
            if (event.type, event.code) == _LOST:
                self._typing.lost()
            elif event.type == _KEY_EVENT:
                texts.append(self._typing.key(event.code, event.value))
        return [text for text in texts if text]

    def close(self) -> None:
        """Give the keyboard back to everybody."""
        self._device.close()


def grabbed_opener(path: str) -> ScannerOpener:
    """Return what grabs the keyboard at /dev/input/by-id/..., at every plugging in."""

    def opened() -> OpenScanner | SourceState:
        try:
            evdev = importlib.import_module("evdev")
        except ImportError:  # the package is for kiosks only
            return SourceState.NO_RIGHTS
        try:
            device = evdev.InputDevice(path)
        except FileNotFoundError:
            return SourceState.UNPLUGGED
        except PermissionError:
            return SourceState.NO_RIGHTS
        except OSError:
            return SourceState.UNPLUGGED
        try:
            device.grab()
        except OSError:  # another program holds it
            device.close()
            return SourceState.BUSY
        return GrabbedKeyboard(device)

    return opened
