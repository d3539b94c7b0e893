"""What a station asks of its machine before it begins: that nobody else gets at what it writes or
holds, and that there is a screen for its window.
"""

from __future__ import annotations

import os
import sys

from scanner.errors import StationFault


def keep_to_ourselves() -> None:
    """Keep what this process writes - log, lists, keys - from whoever else has an account here, and
    what is in its memory out of crash dumps.
    """
    os.umask(0o077)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def check_screen() -> None:
    """Return if Qt can have a screen here; without one it would end the process on the spot.
    StationFault `no_screen`.
    """
    named = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in named):
        raise StationFault(
            "neither DISPLAY nor WAYLAND_DISPLAY is set",
            code="no_screen",
            next_step="Start it from a desktop, set DISPLAY=:0 there, or add --headless.",
        )
