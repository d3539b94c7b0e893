"""Opens a hand scanner as the station does and says what becomes of it: a line of JSON for every
change of state and every text.

    watch_scanner.py NAME    what the setting hand_scanner takes
"""

from __future__ import annotations

import json
import signal
import sys
import time

from scanner.scan.eyes import hand_scanner


def main(name: str) -> None:
    """Watch it until SIGTERM comes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    scanner = hand_scanner(name)
    if scanner is None:
        sys.exit("no name")
    told = ""
    try:
        while True:
            text = scanner.next_text(0.05)
            state = str(getattr(scanner, "state", ""))
            if text is not None or state != told:
                told = state
                print(json.dumps({"state": state, "text": text, "at": time.time()}))
                sys.stdout.flush()
    finally:
        scanner.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
