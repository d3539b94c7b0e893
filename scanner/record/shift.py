"""Who is on duty, kept in the data folder so that a restart does not end a shift.

Only the identity of the staff pass stands there: a number without a name. What can go wrong: the
file is damaged or cannot be read -> nobody is on duty; it cannot be written -> the shift holds
until the next restart, and its row stands in the log all the same.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Final

from scanner.errors import StationFault
from scanner.record.files import read_whole, write_whole

log = logging.getLogger(__name__)
_FILE: Final = "shift.json"
_SMALL: Final = 4096
_OPERATOR_MAX: Final = 64


class ShiftFile:
    """The shift of one data folder. `operator`: identity text of the staff pass, empty: nobody."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self.operator = self._read()

    def begin(self, operator: str) -> None:
        """Let `operator` be on duty."""
        self._write(operator)

    def end(self) -> None:
        """Let nobody be on duty."""
        self._write("")

    def _write(self, operator: str) -> None:
        self.operator = operator
        try:
            write_whole(self._path, json.dumps({"operator": operator}).encode())
        except StationFault as fault:
            log.warning("shift: %s", fault.code)

    def _read(self) -> str:
        try:
            value: Any = json.loads(read_whole(self._path, _SMALL) or b"{}")
        except (StationFault, ValueError, RecursionError):
            return ""
        operator = value.get("operator") if isinstance(value, dict) else None
        # What cannot be written into a row must not keep rows from being written.
        good = isinstance(operator, str) and operator.isascii() and len(operator) <= _OPERATOR_MAX
        return str(operator) if good else ""
