"""The one place that imports OpenCV; others say `from scanner.capture.opencv import cv2`.

The import costs a third of a second: it happens at the first use, after the first paint.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import TYPE_CHECKING, Any

# opencv-python points Qt at its own plugins and fonts; PySide6 started after that would crash.
_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def _load() -> ModuleType:
    # A webcam that falls silent is given up after 2 s instead of OpenCV's 10.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
    # A missing camera is told by its state, not by lines on stderr.
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    before = {name: os.environ.get(name) for name in _QT_VARIABLES}
    module = importlib.import_module("cv2")
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    # Frames of one camera are small work: more threads cost more CPU than they save time, and the
    # second core is busy with decoding the next frame and painting the last.
    module.setNumThreads(1)
    return module


class _LateModule:
    """Stands for cv2 and imports it when the first name in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        module = _load() if "_module" not in self.__dict__ else self.__dict__["_module"]
        self.__dict__["_module"] = module
        found = getattr(module, name)
        self.__dict__[name] = found  # the next use of this name costs nothing
        return found


if TYPE_CHECKING:
    import cv2
else:
    cv2 = _LateModule()

__all__ = ["cv2"]
