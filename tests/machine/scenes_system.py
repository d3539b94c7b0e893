"""Boot, watchdog, power cuts: the station under a real systemd."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from tests.machine.rig import STARTED_S, STATION, Rig

# scanner/screen paints an admission in this green, and nothing else (BGR).
_ADMIT_GREEN: Final = (97, 133, 0)
_EXPOSURE_MOST: Final = 3.0
_TOLD_DROP_IN: Final = """[Service]
ExecStart=
ExecStart=/opt/kakou/.venv/bin/kakou-scanner --json run --headless
StandardOutput=file:/dev/ttyS1
"""
_ENOUGH: Final = 6
_ANSWER_S: Final = 240.0


def boot(rig: Rig) -> None:
    """The power comes: the unit starts the kiosk, which judges and shows."""
    rig.box.cut_power()
    shell_s = rig.box.power_on()
    rig.check("the box starts", True, f"shell after {shell_s:.0f} s")
    rig.check_within(
        "the station starts by itself and says READY=1", STARTED_S, rig.station_is_active
    )
    entered_s = int(rig.unit("ActiveEnterTimestampMonotonic")) / 1e6
    rig.check(
        "  at its first try", rig.unit("NRestarts") == "0", f"{entered_s:.0f} s after the kernel"
    )
    picture = rig.folder / "screen.png"
    rig.check_within(
        "an admission is seen on the screen (linuxfb)",
        _ANSWER_S,
        lambda: _shows_green(rig, picture),
    )
    admitted = [row for row in rig.rows() if row["verdict"] == "admit"]
    rig.check("  and stands in the log", admitted, f"{len(admitted)} rows")
    score = rig.box.run(f"systemd-analyze security --no-pager {STATION} | tail -1").split()
    exposure = next((word for word in score if word.replace(".", "").isdigit()), "10")
    rig.check("systemd-analyze security", float(exposure) <= _EXPOSURE_MOST, exposure)


def _shows_green(rig: Rig, picture: Path) -> bool:
    rig.box.picture(picture)
    image = cv2.imread(str(picture))
    if image is None:
        return False
    near = np.abs(image.astype(int) - _ADMIT_GREEN).max(axis=2) <= 3
    return bool(near.mean() > 0.5)


def watchdog(rig: Rig) -> None:
    """A station that lives is petted for, one that dies or hangs is started anew."""
    rig.box.run(f"systemctl start {STATION}")
    process = rig.unit("MainPID")
    before = int(rig.unit("WatchdogTimestampMonotonic"))
    rig.check_within("WATCHDOG=1 comes", 30, lambda: _petted_after(rig, before))
    time.sleep(40)  # longer than WatchdogSec: what is not petted dies of it
    rig.check("  and keeps it alive for longer than WatchdogSec", rig.unit("MainPID") == process)
    for signal, what in (("KILL", "killed (SIGKILL)"), ("STOP", "hanging (SIGSTOP)")):
        process = rig.unit("MainPID")
        rig.box.run(f"kill -{signal} {process}")
        came_back = partial(_is_new, rig, process)
        rig.check_within(f"a station that is {what} is started anew", STARTED_S, came_back)
    barked = rig.box.run(f"journalctl -b -u {STATION} | grep -c 'Watchdog timeout' || true")
    rig.check("  by the watchdog, that one time", barked == "1", f"{barked} in the journal")


def _petted_after(rig: Rig, before: int) -> bool:
    return int(rig.unit("WatchdogTimestampMonotonic")) > before


def _is_new(rig: Rig, old: str) -> bool:
    return rig.unit("MainPID") not in {"0", old} and rig.station_is_active()


def power(rig: Rig) -> None:
    """The power is cut while people pass: nothing that was told is lost, time is not trusted. The
    last scene: the box stays without its office.
    """
    folder = f"/etc/systemd/system/{STATION}.service.d"
    rig.box.run(f"cat > {folder}/told.conf", stdin=_TOLD_DROP_IN.encode())
    rig.box.run(f"systemctl daemon-reload && systemctl restart {STATION}", timeout_s=600)
    _cut(rig, "first")
    rig.office.close()
    begun = _cut(rig, "second")
    _judged(rig, begun, "without network: nobody is admitted", "hand_check clock_not_confirmed")


def _cut(rig: Rig, which: str) -> int:
    """Cut the power among scans and look at the log of the box that comes back by itself; return
    how many lines were told before the cut.
    """
    before = len(_ids(rig))

    def enough() -> bool:
        return len(_ids(rig)) >= before + _ENOUGH

    took_s = rig.check_within(f"{which} cut: people pass before it", _ANSWER_S, enough)
    rig.box.cut_power()
    told = _ids(rig)
    lines = len(rig.told())
    rig.box.power_on()
    rig.check_within("  the station starts by itself", STARTED_S, rig.station_is_active)
    rows = {row["passage_id"] for row in rig.rows()}
    lost = told - rows
    rig.check("  every row that was told of is there", took_s and not lost, f"{len(told)} told")
    verified = rig.box.ask(
        "cd / && runuser -u kakou -- env KAKOU_SCANNER_DATA=/var/lib/kakou-station "
        "/opt/kakou/.venv/bin/kakou-scanner log verify"
    )
    said = verified.stdout.decode(errors="replace").strip()
    rig.check("  log verify finds nothing", verified.returncode == 0, said[-60:])
    rig.check_within("  and people pass again", _ANSWER_S, lambda: len(rig.told()) > lines)
    return lines


def _ids(rig: Rig) -> set[str]:
    return {line["passage_id"] for line in rig.told() if line.get("passage_id")}


def _judged(rig: Rig, begun: int, what: str, wanted: str) -> None:
    """Check that people are judged after the line `begun`, and every one of them as `wanted`."""

    def answers() -> list[str]:
        lines = [line for line in rig.told()[begun:] if "verdict" in line]
        return [f"{line['verdict']} {line['reason']}" for line in lines]

    rig.check_within(f"  {what}: people pass", STARTED_S + _ANSWER_S, answers)
    rig.check(f"  all of them: {wanted}", set(answers()) == {wanted}, len(answers()))
