"""`./go machine [SCENE...]`: a station in a virtual box with Debian's kernel and systemd.

Every assertion is a line; exit status 1 if one fails, 2 if there can be no box here. The picture of
the box's screen and its console stay in the cache folder beside the image.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.machine.box import Box, BoxFailed, kvm_works, why_not_here
from tests.machine.image import built_image, built_wheel, cache_folder
from tests.machine.office import Office
from tests.machine.rig import Rig
from tests.machine.scenes_devices import camera, keyboard, serial
from tests.machine.scenes_gpio import gpio
from tests.machine.scenes_system import boot, power, watchdog

SCENES: Final[dict[str, Callable[[Rig], None]]] = {
    "boot": boot,
    "watchdog": watchdog,
    "camera": camera,
    "keyboard": keyboard,
    "serial": serial,
    "gpio": gpio,
    "power": power,
}
_NO_BOX: Final = 2
_STOPPED: Final = 130


def main(arguments: Sequence[str]) -> int:
    """Play the scenes that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="./go machine", description=__doc__)
    parser.add_argument("scene", nargs="*", help=", ".join(SCENES))
    asked = set(parser.parse_args(arguments).scene or SCENES)
    if unknown := asked - set(SCENES):
        parser.error(f"no such scene: {' '.join(sorted(unknown))}")
    chosen = [name for name in SCENES if name in asked]
    if why := why_not_here():
        sys.stderr.write(f"no virtual box here: {why}\n")
        return _NO_BOX
    kept = cache_folder() / "last"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="kakou-wheel-") as name:
        wheel = built_wheel(Path(name))
        try:
            image = built_image(wheel, kept / "image.log")
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"no image: {error}; see {kept}/image.log\n")
            return _NO_BOX
        accelerated = kvm_works(image)
        how = "KVM" if accelerated else "emulated (no KVM here): ten to twenty times slower"
        sys.stdout.write(f"the box's processor: {how}\n")
        office = Office(kept)
        rig = Rig(
            box=Box(image, kept, accelerated=accelerated),
            office=office,
            folder=kept,
            accelerated=accelerated,
        )
        return _play(rig, wheel, chosen)


def _play(rig: Rig, wheel: Path, chosen: Sequence[str]) -> int:
    begun_s = time.monotonic()
    # Whoever ends this must not leave a box running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_STOPPED))
    try:
        rig.office.open()
        rig.scene = "install"
        rig.box.power_on()
        rig.install(wheel)
        rig.check("packaging/station.sh, enrol, settings", True, "")
        for name in chosen:
            rig.scene = name
            try:
                SCENES[name](rig)
            except BoxFailed as failed:
                rig.check("the scene ends", False, failed)
    finally:
        rig.box.cut_power()
        rig.office.close()
    wrong = sum(not result.well for result in rig.results)
    minutes = (time.monotonic() - begun_s) / 60
    sys.stdout.write(f"\n{len(rig.results)} assertions, {wrong} failed, {minutes:.0f} minutes\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
