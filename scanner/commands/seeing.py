"""The station's commands about seeing: read, watch, check-camera, support-recording."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from scanner.errors import StationFault
from scanner.settings import StationSettings, read_settings

# Answers a command, one object a line.
Answers = Iterator[dict[str, Any]]


def _add_read(read: argparse.ArgumentParser) -> None:
    read.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="PNG or JPEG")
    read.set_defaults(answers=_read)


def _add_watch(watch: argparse.ArgumentParser) -> None:
    watch.add_argument("clip", type=Path, metavar="CLIP_DIR", help="folder of images, by name")
    watch.set_defaults(answers=_watch)


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("--camera", metavar="SOURCE", help="as for run (default: as in settings)")
    check.add_argument(
        "--light",
        choices=("office", "sun", "dark"),
        default="office",
        help="what light there is while measuring (default: office)",
    )
    check.add_argument("--seconds", type=float, default=10.0, help="how long (default: 10)")
    check.add_argument("--card", type=Path, metavar="FILE.png", help="write the card to print")
    check.set_defaults(report=_check_camera)


def _add_support(support: argparse.ArgumentParser) -> None:
    support.add_argument("--delete", action="store_true", help="delete them")
    support.set_defaults(report=_support_recording)


# By name: a line of help, and what adds the command's own arguments. `answers` of the parsed
# options gives what a command prints line by line, `report` its only answer.
SEEING: Final[dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]]] = {
    "read": ("read still images with every means", _add_read),
    "watch": ("play a folder of frames, tell what was read when", _add_watch),
    "check-camera": ("measure what this camera can read", _add_check),
    "support-recording": ("pictures that were recorded for support, if any", _add_support),
}


def _read(options: argparse.Namespace) -> Answers:
    from scanner.capture.reading import read_stills

    return read_stills(options.images)


def _watch(options: argparse.Namespace) -> Answers:
    from scanner.capture.reading import watch_clip

    return watch_clip(options.clip)


def _check_camera(options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    if options.card is not None:
        from scanner.capture.camera_card import write_card

        write_card(options.card)
        return {"card": str(options.card), "print": "at true size, on white paper"}, True
    settings = read_settings(options.data)
    if options.camera is not None:
        settings = replace(settings, camera=options.camera)
    report = camera_report(options.data, settings, options.light, options.seconds)
    return report, report["fitness"] != "unfit"


def camera_report(
    folder: Path, settings: StationSettings, light: str, seconds: float
) -> dict[str, Any]:
    """Measure a camera with the printed card before it, keep the result and return it. No frame is
    stored.
    """
    from scanner.capture.camera import open_camera
    from scanner.capture.camera_check import Light, check_camera
    from scanner.capture.camera_wishes import wishes_of
    from scanner.record.camera_checks import keep_check

    camera = open_camera(settings.camera, wishes_of(settings))
    try:
        *_, report = check_camera(camera, Light(light), seconds, time.monotonic)
    finally:
        camera.close()
    keep_check(folder, light, report, datetime.now(UTC))
    return report


def _support_recording(options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    from scanner.capture.support_recording import FOLDER, delete_recording, recorded

    kept = recorded(options.data) or (0, 0)
    report: dict[str, Any] = {"pictures": kept[0], "bytes": kept[1]}
    if options.delete:
        try:
            report["deleted"] = delete_recording(options.data)
        except OSError as error:
            folder = options.data / FOLDER
            raise StationFault(f"{folder}: {error.strerror}", code="disk_unusable") from None
    elif kept[0]:
        report["folder"] = str(options.data / FOLDER)
    return report, True
