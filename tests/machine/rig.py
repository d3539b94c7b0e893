"""A virtual checkpoint: an office, a box set up as an operator does, and what was seen there."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.conftest import ROOT
from tests.machine.box import Box, seen_in
from tests.machine.image import carry
from tests.machine.office import Office

PYTHON: Final = "/opt/kakou/.venv/bin/python"
STATION: Final = "kakou-station"
CAMERA: Final = "/dev/video10"
_DATA: Final = "/var/lib/kakou-station"
_SCANNER: Final = (
    f"cd / && runuser -u kakou -- env KAKOU_SCANNER_DATA={_DATA} /opt/kakou/.venv/bin/kakou-scanner"
)
_PASSES: Final = 400
_HELD_S: Final = 4
# The people in front of the camera come back with the power, as the station does.
_PEOPLE: Final = f"""[Unit]
Before={STATION}.service
[Service]
ExecStartPre=/sbin/modprobe v4l2loopback video_nr=10 card_label=Webcam exclusive_caps=1
ExecStart={PYTHON} /opt/inside/show_passes.py {CAMERA} /opt/inside/passes.txt {_HELD_S}
Nice=5
[Install]
WantedBy=multi-user.target
"""
STARTED_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One assertion: what must hold, what was seen, and whether that is it."""

    scene: str
    what: str
    seen: str
    well: bool


@dataclass(slots=True, kw_only=True)
class Rig:
    """box, office and folder of one run; `results` grows."""

    box: Box
    office: Office
    folder: Path
    accelerated: bool
    passes: list[str] = field(default_factory=list)
    results: list[Seen] = field(default_factory=list)
    scene: str = ""

    def check(self, what: str, well: object, seen: object = "") -> bool:
        """Write down one assertion, and say it at once; return whether it holds."""
        result = Seen(scene=self.scene, what=what, seen=str(seen), well=bool(well))
        self.results.append(result)
        sign = "ok  " if result.well else "FAIL"
        sys.stdout.write(f"{sign}  {result.scene:<9} {result.what:<66} {result.seen}\n")
        sys.stdout.flush()
        return result.well

    def check_within(self, what: str, limit_s: float, look: Callable[[], object]) -> float | None:
        """Write down whether `look` gives something true within so many seconds; after how many."""
        took_s = seen_in(limit_s, look)
        self.check(what, took_s is not None, "never" if took_s is None else f"{took_s:.1f} s")
        return took_s

    def install(self, wheel: Path) -> None:
        """Do what packaging/README.md tells an operator, on the running box."""
        carried = self.folder / "carried"
        name = carry(carried, wheel).name
        self.box.run(f"systemctl stop {STATION}; rm -rf /root/station")
        self.box.put(carried, "/root/station")
        script = "/root/station/packaging/station.sh"
        self.box.run(f"sh {script} /root/station/dist/{name} framebuffer", timeout_s=900)
        self.scanner(f"enrol {self.office.code()} --issuer {self.office.address}")
        self.scanner(
            f"settings --set face=kiosk --set unattended=on --set language=en "
            f"--set camera={CAMERA} --set camera_size=640x480 --set camera_format=yuyv"
        )
        self.box.put(ROOT / "tests" / "machine" / "inside", "/opt/inside")
        self.passes = self.office.passes(_PASSES)
        texts = "\n".join(self.passes).encode()
        self.box.run("cat > /opt/inside/passes.txt", stdin=texts)
        self.box.run("chmod -R a+rX /opt/inside")
        self.box.run("cat > /etc/systemd/system/people.service", stdin=_PEOPLE.encode())
        self.box.run("systemctl daemon-reload && systemctl enable --now people")

    def scanner(self, arguments: str, timeout_s: float = 300.0) -> str:
        """Return what `kakou-scanner` with these arguments prints for the station's user."""
        return self.box.run(f"{_SCANNER} {arguments}", timeout_s=timeout_s)

    def rows(self) -> list[dict[str, Any]]:
        """Return the station's log."""
        return [json.loads(line) for line in self.scanner("--json log").splitlines()]

    def unit(self, name: str) -> str:
        """Return one property of the station's unit."""
        return self.box.run(f"systemctl show -p {name} --value {STATION}")

    def station_is_active(self) -> bool:
        """Return whether systemd has been told that the station is ready."""
        return self.unit("ActiveState") == "active"

    def told(self) -> list[dict[str, Any]]:
        """Return the lines that the station has said on the box's second serial port."""
        lines = self.box.told.read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def watch(self, name: str, tool: str, arguments: str) -> Callable[[], list[dict[str, Any]]]:
        """Start a tool of tests/machine/inside as the station's user; return what reads its lines
        so far. A tool of the same name that runs is ended.
        """
        self.stop_watching(name)
        self.box.run(
            f"systemd-run --quiet --unit={name} -p User=kakou -p WorkingDirectory=/ "
            "-p SupplementaryGroups='video audio dialout input gpio' "
            f"-p StandardOutput=truncate:/run/{name}.txt "
            f"{PYTHON} /opt/inside/{tool}.py {arguments}"
        )

        def lines() -> list[dict[str, Any]]:
            text = self.box.run(f"cat /run/{name}.txt")
            return [json.loads(line) for line in text.splitlines() if line.endswith("}")]

        return lines

    def stop_watching(self, name: str) -> None:
        """End a tool that was started by `watch`."""
        self.box.ask(f"systemctl stop {name}; systemctl reset-failed {name}")
