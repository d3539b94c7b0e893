"""Cameras, keyboards and serial ports through the drivers of Debian's kernel."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.machine.box import seen_in
from tests.machine.keyboard import type_text
from tests.machine.rig import PYTHON, STATION, Rig

Lines = Callable[[], list[dict[str, Any]]]

_BY_ID: Final = "usb-Virtual_vivid-video-index0"
_NODE: Final = f"/dev/v4l/by-id/{_BY_ID}"
_DRIVER: Final = "/sys/bus/platform/drivers/vivid"
_START_S: Final = 120.0  # a Python with OpenCV on an emulated processor
_SAID_S: Final = 3.0
_SCAN_S: Final = 20.0
_CLOCK: Final = "date +%s.%N"


def camera(rig: Rig) -> None:
    """vivid as a webcam: by index and by id, formats, gain, pulled and plugged in again."""
    rig.box.run(f"systemctl stop {STATION} people; modprobe -r v4l2loopback")
    rig.box.run("modprobe vivid n_devs=1 node_types=0x1 && udevadm settle")
    rig.box.run(f"v4l2-ctl -d {_NODE} -c horizontal_movement=6,gain_automatic=1")
    _opened(rig, "0", "pixel_format=mjpg gain=77")
    gain = rig.box.run(f"v4l2-ctl -d {_NODE} -C gain").split()[-1]
    rig.check("  the gain is fixed, though it was automatic", gain == "77", gain)
    lines = _opened(rig, _BY_ID, "pixel_format=yuyv")
    _pulled(rig, lines, "disconnected (ENODEV)", f"v4l2-ctl -d {_NODE} -c disconnect=1")
    _pulled(rig, lines, "unbound from its driver", f"echo vivid.0 > {_DRIVER}/unbind")
    rig.stop_watching("eye")
    rig.box.run(f"modprobe -r vivid; systemctl --no-block start people {STATION}")


def _opened(rig: Rig, source: str, wishes: str) -> Lines:
    """Open vivid as the station does; return what reads the lines of that."""
    lines = rig.watch("eye", "watch_camera", f"{source} width=640 height=360 {wishes}")
    rig.check_within(f"live by {source} ({wishes})", _START_S, lambda: _last(lines) == "live")
    rig.check("  the size that was asked for", _shape(lines) == [360, 640], _shape(lines))
    took = rig.box.run(f"v4l2-ctl -d {_NODE} -V | grep 'Pixel Format'").split("'")[1]
    # vivid gives no MJPG: a refused wish is no fault.
    rig.check("  in a format that the device has", took != "MJPG", took)
    return lines


def _pulled(rig: Rig, lines: Lines, what: str, command: str) -> None:
    gone_s = float(rig.box.run(f"{_CLOCK}; {command}").split()[0])
    seen_in(_SAID_S + 5, lambda: _last(lines) == "unplugged")
    _said(rig, lines, f"{what}: told as unplugged", gone_s, "unplugged")
    again = f"echo vivid.0 > {_DRIVER}/unbind; sleep 1; {_CLOCK}; echo vivid.0 > {_DRIVER}/bind"
    back_s = float(rig.box.run(again))
    seen_in(_SAID_S + 5, lambda: _last(lines) == "live")
    _said(rig, lines, "  and live again after it came back", back_s, "live")


def _said(rig: Rig, lines: Lines, what: str, since_s: float, state: str) -> None:
    """Check that this state was told within 3 s of that moment, by the box's clock."""
    at = next((one["at"] for one in lines() if one["at"] > since_s and one["state"] == state), None)
    rig.check(what, at is not None and at - since_s <= _SAID_S, at and f"{at - since_s:.1f} s")


def _last(lines: Lines) -> str:
    seen = lines()
    return str(seen[-1]["state"]) if seen else ""


def _shape(lines: Lines) -> Any:
    return next((line["shape"] for line in reversed(lines()) if line["shape"]), None)


def _has(lines: Lines, number: int) -> bool:
    return len(_texts(lines)) >= number


def _texts(lines: Lines) -> list[str]:
    return [line["text"] for line in lines() if line["text"] is not None]


def keyboard(rig: Rig) -> None:
    """A USB keyboard as hand scanner: grabbed, DENSE codes, pulled and plugged in again."""
    rig.box.run(f"systemctl stop {STATION} people")
    _plug_keyboard(rig)
    path = _by_id(rig, "/dev/input/by-id", "event-kbd")
    lines = rig.watch("wedge", "watch_scanner", path)
    rig.check_within("grabbed by id", _START_S, lambda: _last(lines) == "live")
    second = rig.watch("second", "watch_scanner", path)
    rig.check_within(
        "a second program is told that it is busy", _START_S, lambda: _last(second) == "busy"
    )
    rig.stop_watching("second")
    codes = rig.passes[1:4:2]  # digits
    for number, (code, end) in enumerate(zip(codes, ("ret", "tab"), strict=True)):
        type_text(rig.box, code, end)
        seen_in(_SCAN_S, partial(_has, lines, number + 1))
        rig.check(f"a code of {len(code)} signs, then {end}", _texts(lines)[number:] == [code])
    rig.box.monitor("device_del", id="wedge")
    rig.check_within("pulled: told as unplugged", 5, lambda: _last(lines) == "unplugged")
    _plug_keyboard(rig)
    rig.check_within("  and live again", 10, lambda: _last(lines) == "live")
    type_text(rig.box, codes[0])
    rig.check_within("  and read again", _SCAN_S, lambda: _texts(lines)[2:] == [codes[0]])
    _too_fast(rig, codes[0])
    rig.stop_watching("wedge")
    rig.box.monitor("device_del", id="wedge")
    rig.box.run(f"systemctl --no-block start people {STATION}")


def _too_fast(rig: Rig, code: str) -> None:
    """Strokes that come faster than a late reader takes them are lost in the kernel: no half code
    may come of that, and the next scan must be whole.
    """
    rig.box.run("modprobe uinput")
    typed = f"{PYTHON} /opt/inside/type_fast.py /run/fast.txt"
    rig.box.run("cat > /run/fast.txt", stdin=code.encode())
    rig.box.run(f"systemd-run --quiet --unit=fast {typed}")
    rig.box.run("for i in $(seq 100); do [ -e /run/fast.node ] && break; sleep 0.2; done")
    lines = rig.watch("wedge", "watch_scanner", rig.box.run("cat /run/fast.node"))
    rig.check_within("uinput: grabbed by its path", _START_S, lambda: _last(lines) == "live")
    rig.box.run("touch /run/fast.go")
    rig.check_within(
        "  a slow scan after one without pauses is read", 60, lambda: code in _texts(lines)
    )
    rig.check(
        "  and no half code comes of lost strokes", set(_texts(lines)) == {code}, len(_texts(lines))
    )


def _plug_keyboard(rig: Rig) -> None:
    rig.box.monitor("device_add", driver="usb-kbd", id="wedge", bus="usb.0", serial="SCAN1")


def _by_id(rig: Rig, folder: str, end: str) -> str:
    found = ""

    def look() -> str:
        nonlocal found
        found = rig.box.ask(f"ls {folder}/*{end}").stdout.decode().strip()
        return found

    rig.check_within(f"udev names it in {folder}", 20, look)
    return found


def serial(rig: Rig) -> None:
    """An FTDI adapter as hand scanner: every end of line, pulled and plugged in again."""
    rig.box.run(f"systemctl stop {STATION} people")
    wire = _plug_serial(rig)
    path = _by_id(rig, "/dev/serial/by-id", "port0")
    lines = rig.watch("gun", "watch_scanner", path)
    rig.check_within("open by id", _START_S, lambda: _last(lines) == "live")
    code = rig.passes[2]
    for number, end in enumerate((b"\r", b"\n", b"\r\n", b"\t", b"")):
        wire.sendall(code.encode() + end)
        rig.check_within(
            f"a code that ends with {end!r}", _SCAN_S,
            partial(_has, lines, number + 1),
        )  # fmt: skip
    rig.box.monitor("device_del", id="gun")
    rig.check_within("pulled: told as unplugged", 5, lambda: _last(lines) == "unplugged")
    wire.close()
    rig.box.monitor("chardev-remove", id="gun")
    wire = _plug_serial(rig)
    rig.check_within("  and live again", 10, lambda: _last(lines) == "live")
    time.sleep(1)
    wire.sendall(code.encode() + b"\r")
    rig.check_within("  and read again", _SCAN_S, lambda: _texts(lines) == [code] * 6)
    rig.stop_watching("gun")
    rig.box.monitor("device_del", id="gun")
    wire.close()
    rig.box.run(f"systemctl --no-block start people {STATION}")


def _plug_serial(rig: Rig) -> socket.socket:
    path = str(rig.folder / "gun")
    address = {"type": "unix", "data": {"path": path}}
    backend = {"type": "socket", "data": {"addr": address, "server": True, "wait": False}}
    rig.box.monitor("chardev-add", id="gun", backend=backend)
    arguments = {"id": "gun", "chardev": "gun", "bus": "usb.0", "serial": "GUN1"}
    rig.box.monitor("device_add", driver="usb-serial", **arguments)
    wire = socket.socket(socket.AF_UNIX)
    wire.connect(path)
    return wire
