"""`./go demo`: a gate judges a stream of people, loses its network, goes on, and its log reaches a
supervisor.
"""

from __future__ import annotations

import argparse
import sys

from demo.programs import DemoFailed
from demo.sabotage import KINDS
from demo.story import play_camera, play_reel


def main() -> int:
    """Play the demo; 0 only if every check held."""
    parser = argparse.ArgumentParser(prog="./go demo", description=__doc__)
    parser.add_argument("--camera", help="a real webcam instead of the rendered reel, e.g. 0")
    parser.add_argument("--sabotage", choices=KINDS, help="switch one check off: must then fail")
    parser.add_argument("--headless", action="store_true", help="no window even with a display")
    options = parser.parse_args()
    try:
        if options.camera is not None:
            return play_camera(options.camera)
        return play_reel(sabotage=options.sabotage, headless=options.headless)
    except DemoFailed as failure:
        sys.stderr.write(f"\nThe demo stopped: {failure}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
