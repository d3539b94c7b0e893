"""One virtual checkpoint box: QEMU with KVM, its monitor, and root's shell in it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from demo.proxy import free_port
from tests.machine.image import Image

_QEMU: Final = "qemu-system-x86_64"
_NEEDED: Final = (_QEMU, "qemu-img", "debootstrap", "mke2fs", "ssh", "ssh-keygen")
BOOT_S: Final = 240.0
_CALL_S: Final = 300.0
_TRY_S: Final = 20.0
_ACCELERATED: Final = ("-accel", "kvm", "-cpu", "host")
_EMULATED: Final = ("-accel", "tcg,tb-size=1024", "-cpu", "max")
_LOOK_EVERY_S: Final = 0.1


class BoxFailed(Exception):
    """The box did not do what it must: it does not start, or a command in it failed."""


def kvm_works(image: Image) -> bool:
    """Return whether this kernel starts under KVM here. There is a /dev/kvm on some rented machines
    that runs kernels of its own kind alone.
    """
    kvm = Path("/dev/kvm")
    if not kvm.exists() or not os.access(kvm, os.R_OK | os.W_OK):
        return False
    command = [_QEMU, *_ACCELERATED, "-m", "512", "-nographic", "-no-reboot", "-kernel"]
    command += [str(image.kernel), "-append", "console=ttyS0 panic=-1"]
    try:
        # Without a disk it panics, and QEMU ends.
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TRY_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return b"Kernel panic" in done.stdout


def why_not_here() -> str | None:
    """Return in one line what this machine lacks for a virtual box; None if it lacks nothing."""
    if os.geteuid() != 0:
        return "making the disk of a virtual box needs root (debootstrap, mounts)"
    if missing := [name for name in _NEEDED if shutil.which(name) is None]:
        return (
            f"missing: {' '.join(missing)} (Debian: apt-get install --no-install-recommends "
            "qemu-system-x86 qemu-utils debootstrap e2fsprogs openssh-client)"
        )
    return None


def seen_in(limit_s: float, look: Callable[[], object]) -> float | None:
    """Return after how many seconds `look` first gave something true; None: not within limit_s."""
    begun_s = time.monotonic()
    while (now_s := time.monotonic()) - begun_s < limit_s:
        if look():
            return time.monotonic() - begun_s
        time.sleep(max(0.0, _LOOK_EVERY_S - (time.monotonic() - now_s)))
    return None


class Box:
    """A box with one processor and 2 GB. Its disk is an overlay in `folder`, which outlives power
    cuts; QEMU writes it past the host's cache, so that only what the box has synced or sent to the
    disk is there after one.
    """

    def __init__(self, image: Image, folder: Path, *, accelerated: bool) -> None:
        """accelerated: by KVM; else the processor is emulated, ten to twenty times slower."""
        self._image = image
        self._accelerator = _ACCELERATED if accelerated else _EMULATED
        self._folder = folder
        self._disk = folder / "disk.qcow2"
        self._port = free_port()
        self._monitor: socket.socket | None = None
        self._lines: Any = None
        self._qemu: subprocess.Popen[bytes] | None = None
        self.told = folder / "told.txt"
        backing = ["-b", str(image.disk), "-F", "raw", str(self._disk)]
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *backing], check=True)

    def power_on(self) -> float:
        """Start it and wait for its shell; return the seconds until then."""
        monitor = self._folder / "monitor"
        monitor.unlink(missing_ok=True)
        with (self._folder / "qemu.log").open("ab") as log:
            self._qemu = subprocess.Popen(
                self._command(monitor), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        if seen_in(10, monitor.exists) is None:
            raise BoxFailed("QEMU does not start: " + (self._folder / "qemu.log").read_text())
        self._monitor = socket.socket(socket.AF_UNIX)
        self._monitor.connect(str(monitor))
        self._lines = self._monitor.makefile("r")
        self._lines.readline()
        self.monitor("qmp_capabilities")
        return self.wait_for_shell()

    def wait_for_shell(self) -> float:
        """Return after how many seconds root's shell answers; BoxFailed after 90 s."""
        took_s = seen_in(BOOT_S, lambda: self.ask("true", timeout_s=10).returncode == 0)
        if took_s is None:
            raise BoxFailed(f"no shell after {BOOT_S:.0f} s; see {self._folder}/console.txt")
        return took_s

    def _command(self, monitor: Path) -> list[str]:
        network = f"user,id=wire,hostfwd=tcp:127.0.0.1:{self._port}-:22"
        kernel = ["-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd)]
        parts = [
            [*self._accelerator, "-smp", "1", "-m", "2048"],
            ["-display", "none", "-vga", "std", "-rtc", "base=utc"],
            ["-drive", f"file={self._disk},if=virtio,cache=none,format=qcow2"],
            ["-netdev", network, "-device", "virtio-net-pci,netdev=wire"],
            ["-device", "qemu-xhci,id=usb", "-device", "virtio-rng-pci"],
            ["-qmp", f"unix:{monitor},server=on,wait=off"],
            ["-serial", f"file:{self._folder}/console.txt"],
            # What a station says here was said: no power cut takes it back.
            ["-chardev", f"file,id=told,path={self.told},append=on", "-serial", "chardev:told"],
            [*kernel, "-append", "root=/dev/vda rw console=tty0 console=ttyS0 quiet"],
        ]
        return [_QEMU, *(word for part in parts for word in part)]

    def monitor(self, command: str, **arguments: Any) -> Any:
        """Return QEMU's answer to one command of its monitor; BoxFailed if it refuses."""
        if self._monitor is None:
            raise BoxFailed("the box is off")
        asked = {"execute": command} | ({"arguments": arguments} if arguments else {})
        self._monitor.sendall(json.dumps(asked).encode() + b"\n")
        while True:
            answer = json.loads(self._lines.readline() or '{"error": {"desc": "QEMU ended"}}')
            if "error" in answer:
                raise BoxFailed(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def ask(
        self, command: str, *, stdin: bytes = b"", timeout_s: float = _CALL_S
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one shell command in the box as root and return what became of it."""
        options = ["-q", "-i", str(self._image.key), "-p", str(self._port)]
        for option in (
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            f"ConnectTimeout={min(60, int(timeout_s))}",
            "IdentitiesOnly=yes",
            # One greeting serves all: it costs an emulated processor a second.
            "ControlMaster=auto",
            f"ControlPath={self._folder}/ssh",
            "ControlPersist=yes",
        ):
            options += ["-o", option]
        try:
            return subprocess.run(
                ["ssh", *options, "root@127.0.0.1", command],
                input=stdin,
                capture_output=True,
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return subprocess.CompletedProcess(late.cmd, 124, late.stdout or b"", b"too late")

    def run(self, command: str, *, stdin: bytes = b"", timeout_s: float = _CALL_S) -> str:
        """Run one shell command in the box as root and return what it printed; BoxFailed if it
        failed.
        """
        done = self.ask(command, stdin=stdin, timeout_s=timeout_s)
        if done.returncode:
            told = (done.stdout + done.stderr).decode(errors="replace").strip()
            raise BoxFailed(f"{command[:200]!r} ended with {done.returncode}: {told[-1500:]}")
        return done.stdout.decode(errors="replace").strip()

    def put(self, folder: Path, to: str) -> None:
        """Copy what a folder of the host holds into the folder `to` of the box."""
        packed = subprocess.run(["tar", "-C", str(folder), "-c", "."], stdout=-1, check=True).stdout
        self.run(f"mkdir -p {shlex.quote(to)} && tar -x -C {shlex.quote(to)}", stdin=packed)

    def picture(self, to: Path) -> None:
        """Keep what the box's screen shows now as a PNG."""
        self.monitor("screendump", filename=str(to), format="png")

    def cut_power(self) -> None:
        """End the machine between two instructions: nothing in it gets to do anything any more."""
        if self._qemu is not None:
            self._qemu.kill()
            self._qemu.wait()
        if self._monitor is not None:
            self._lines.close()
            self._monitor.close()
        self._qemu = self._monitor = None
        (self._folder / "ssh").unlink(missing_ok=True)
