"""Lock and fire contact on GPIO lines of the kernel's gpio-sim."""

from __future__ import annotations

from functools import partial
from typing import Final

from tests.machine.rig import STARTED_S, STATION, Rig

_BANK: Final = "/sys/kernel/config/gpio-sim/gate"
_LOCK, _GREEN, _PASSAGE, _FIRE = 0, 1, 4, 5
_MOVES_S: Final = 10.0
_FIRE_OVER_S: Final = 30.0  # the gate stays open for 10 s after the contact closes


def gpio(rig: Rig) -> None:
    """A gate on a GPIO chip: what the station drives and reads."""
    rig.box.run(f"systemctl stop {STATION}; modprobe gpio-sim && mkdir -p {_BANK}/lines")
    rig.box.run(f"echo 8 > {_BANK}/lines/num_lines; echo 1 > {_BANK}/live; udevadm settle")
    chip = "/dev/" + rig.box.run(f"cat {_BANK}/lines/chip_name")
    owner = rig.box.run(f"stat -c '%G %a' {chip}")
    rig.check("the station's group may open the chip", owner == "gpio 660", owner)
    places = {"lock": f"{_LOCK}", "green": f"{_GREEN}", "passage": f"{_PASSAGE}:nc", "fire": _FIRE}
    words = " ".join(f"--set {part}=gpio:{chip}:{line}" for part, line in places.items())
    rig.scanner(f"settings {words}")
    rig.box.run("systemctl stop people")
    rig.box.run(f"systemctl --no-block start {STATION}")
    rig.check_within("the station holds the lines", STARTED_S, partial(_held, rig))
    # Nothing hangs at the fire line, which is pulled up: as if its wire were cut.
    rig.check_within(
        "a cut wire is a fire: the lock is held open", _MOVES_S, partial(_is, rig, _LOCK, 1)
    )
    _pull(rig, _FIRE, "down")
    rig.check_within("the contact closes: locked", _FIRE_OVER_S, partial(_is, rig, _LOCK, 0))
    none = " ".join(f"--set {part}=" for part in places)
    rig.scanner(f"settings {none}")
    rig.box.run(f"systemctl stop {STATION}; echo 0 > {_BANK}/live")
    rig.box.run(f"systemctl --no-block start people {STATION}")


def _line(rig: Rig, line: int) -> str:
    names = rig.box.run(f"cat {_BANK}/dev_name {_BANK}/lines/chip_name").split()
    return f"/sys/devices/platform/{'/'.join(names)}/sim_gpio{line}"


def _held(rig: Rig) -> bool:
    lines = rig.box.run("cat /sys/kernel/debug/gpio | grep -c '|kakou' || true")
    return int(lines) == 4


def _is(rig: Rig, line: int, value: int) -> bool:
    return rig.box.run(f"cat {_line(rig, line)}/value") == str(value)


def _pull(rig: Rig, line: int, way: str) -> None:
    rig.box.run(f"echo pull-{way} > {_line(rig, line)}/pull")
