"""Starts the station's own command over and over, each time as a new process, without paying for
its imports again: the parent has imported everything, and a child of fork becomes the command.

One line of JSON on standard input, `{"run": arguments of kakou-scanner, "data": folder,
"days_ahead": n}`, starts one. Answers: the child's process number, then whatever the child says,
then `{"ended": status}`. Beside the command the log is tidied without a pause, as it will be in so
many days.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

# What a running station imports on its way, so that no child spends its life on it.
_NEEDED = (
    "scanner.app",
    "scanner.commands.everyday",
    "scanner.commands.headless",
    "scanner.wiring",
    "scanner.capture.camera",
    "scanner.capture.codes",
    "scanner.gate.sounds_player",
    "keys.truststore",
    "keys.trustupdate",
    "scanner.sync.trustpull",
    "httpx",
    "sqlite_utils",
)


def main() -> None:
    """Serve until standard input ends."""
    for name in _NEEDED:
        importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(json.dumps({"ended": status}), flush=True)


def _become(asked: dict[str, Any]) -> None:
    from scanner.app import main as station

    print(json.dumps({"began": os.getpid()}), flush=True)
    status = 70
    try:
        arguments = (Path(asked["data"]), asked["days_ahead"] * 86_400)
        threading.Thread(target=_tidy, args=arguments, daemon=True).start()
        status = station(asked["run"])
    finally:
        sys.stdout.flush()
        os._exit(status)


def _tidy(data: Path, ahead_s: int) -> None:
    from scanner.errors import StationFault
    from scanner.record.database import open_database
    from scanner.record.retention import retain
    from scanner.surroundings.known import open_known
    from scanner.surroundings.syncing import owner_of

    try:
        database = open_database(data)
        owner = owner_of(open_known(data))
        while True:
            try:
                retain(database, owner, now_s=int(time.time()) + ahead_s)
            except StationFault as fault:
                print(json.dumps({"tidying": fault.code}), flush=True)
            time.sleep(0.02)
    except Exception as error:  # noqa: BLE001 - a worker that died unseen would show nothing
        print(json.dumps({"tidying": repr(error)}), flush=True)


if __name__ == "__main__":
    main()
