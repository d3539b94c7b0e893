"""The disk of a virtual box: Debian's own kernel and drivers, and a station set up by
`packaging/station.sh`. It is made once for every change of what goes into it, and kept in the
user's cache.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conftest import ROOT

SUITE: Final = "bookworm"
_DISK_SIZE: Final = "6G"
# A bare Debian with a way in. What a station needs, packaging/station.sh installs.
_BARE: Final = (
    "systemd-sysv,udev,kmod,dbus,libpam-systemd,iproute2,ca-certificates,openssh-server,"
    "initramfs-tools,linux-image-amd64"
)
# What plays the devices: a camera that shows what it is fed, and tools to look at all of them.
_DEVICES: Final = ("linux-headers-amd64", "v4l2loopback-dkms", "v4l-utils", "psmisc")
_GPIO: Final = Path(__file__).parent / "gpio-sim.sh"
_FILES: Final = {
    "etc/hostname": "checkpoint\n",
    "etc/fstab": "/dev/vda / ext4 defaults,errors=remount-ro 0 1\n",
    "etc/systemd/network/80-wired.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n",
    # vivid is no USB device, so udev gives it no name by id; a webcam has one.
    "etc/udev/rules.d/90-vivid.rules": (
        'SUBSYSTEM=="video4linux", ATTR{name}=="vivid-000-vid-cap", '
        'SYMLINK+="v4l/by-id/usb-Virtual_vivid-video-index0"\n'
    ),
}
_NOT_HERE: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """disk: a raw file system, never written to. key: opens root's door by ssh."""

    disk: Path
    kernel: Path
    initrd: Path
    key: Path


def cache_folder() -> Path:
    """Return where images are kept, outside the tree."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "kakou" / "machine"


def built_image(wheel: Path, log: Path) -> Image:
    """Return the image, made now if there is none of this kind: five minutes and 3 GB, as root,
    with a way to Debian's and Python's packages. CalledProcessError: `log` says why.
    """
    folder = cache_folder() / f"image-{_fingerprint()}"
    image = Image(
        disk=folder / "disk.raw",
        kernel=folder / "vmlinuz",
        initrd=folder / "initrd.img",
        key=folder / "key",
    )
    if not image.disk.exists():
        for old in cache_folder().glob("image-*"):
            shutil.rmtree(old)
        folder.mkdir(parents=True)
        with log.open("ab") as told:
            _make(image, folder / "tree", wheel, told.fileno())
        shutil.rmtree(folder / "tree")
    return image


def _fingerprint() -> str:
    parts = [Path(__file__), _GPIO, ROOT / "packaging" / "station.sh", ROOT / "lock" / "kiosk.txt"]
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()[:12]


def _make(image: Image, tree: Path, wheel: Path, told: int) -> None:
    # No mirror is named: debootstrap knows Debian's own.
    _run(["debootstrap", "--variant=minbase", f"--include={_BARE}", SUITE, str(tree)], told)
    for name, text in _FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    _run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(image.key)], told)
    door = tree / "root" / ".ssh" / "authorized_keys"
    door.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(image.key.with_suffix(".pub"), door)
    carried = carry(tree / "root" / "station", wheel)
    with _system_folders(tree, told):
        install = ["apt-get", "-q", "-y", "install", "--no-install-recommends"]
        _inside(tree, [*install, *_DEVICES], told)
        shutil.copy(_GPIO, tree / "root" / "gpio-sim.sh")
        _inside(tree, ["sh", "/root/gpio-sim.sh"], told)
        # As an operator does; here without a running systemd, later in the running box once more.
        arguments = [f"/root/station/dist/{carried.name}", "framebuffer"]
        _inside(tree, ["sh", "/root/station/packaging/station.sh", *arguments], told)
        _inside(tree, ["systemctl", "enable", "systemd-networkd", "ssh"], told)
        _inside(tree, ["apt-get", "clean"], told)
    boot = tree / "boot"
    shutil.copy(next(boot.glob("vmlinuz-*")), image.kernel)
    shutil.copy(next(boot.glob("initrd.img-*")), image.initrd)
    half_made = image.disk.with_suffix(".part")
    _run(["mke2fs", "-q", "-t", "ext4", "-d", str(tree), str(half_made), _DISK_SIZE], told)
    half_made.rename(image.disk)


def carry(to: Path, wheel: Path) -> Path:
    """Put into the folder `to` what an operator carries to a box; return the wheel there."""
    for part in ("packaging", "lock"):
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
    (to / "dist").mkdir()
    return Path(shutil.copy(wheel, to / "dist"))


def built_wheel(folder: Path) -> Path:
    """Return the program as a wheel, made from the tree as it stands."""
    command = ["pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), "."]
    subprocess.run(command, cwd=ROOT, check=True)
    return next(folder.glob("kakou-*.whl"))


class _system_folders:  # noqa: N801 - used as a block
    """The kernel's folders inside `tree`, for as long as packages are installed there."""

    def __init__(self, tree: Path, told: int) -> None:
        self._mounts = [
            (["-t", "proc", "proc"], tree / "proc"),
            (["-t", "sysfs", "sysfs"], tree / "sys"),
            (["--bind", "/dev/pts"], tree / "dev" / "pts"),
        ]
        self._told = told

    def __enter__(self) -> None:
        for what, where in self._mounts:
            _run(["mount", *what, str(where)], self._told)

    def __exit__(self, *_exc: object) -> None:
        for _, where in reversed(self._mounts):
            subprocess.run(["umount", "-l", str(where)], check=False, stderr=self._told)


def _inside(tree: Path, command: Sequence[str], told: int) -> None:
    # Where packages come from, and whose certificates count, is a matter of who makes the image.
    asked = {name: to for name, to in os.environ.items() if name.startswith(("PIP_INDEX", "http"))}
    if trusted := os.environ.get("PIP_CERT"):
        shutil.copy(trusted, tree / "tmp" / "index.pem")
        asked["PIP_CERT"] = "/tmp/index.pem"  # noqa: S108 - of the new system, not ours
    shutil.copy("/etc/resolv.conf", tree / "etc" / "resolv.conf")
    subprocess.run(
        ["chroot", str(tree), *command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=told,
        stderr=told,
        env={**_NOT_HERE, "DEBIAN_FRONTEND": "noninteractive", **asked},
    )


def _run(command: Sequence[str], told: int) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
