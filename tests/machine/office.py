"""The office of a virtual station: it runs beside the box, where QEMU's own network finds it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx

from demo.programs import Background, call
from demo.proxy import free_port
from tests.machine.box import BoxFailed, seen_in

_SEEN_FROM_BOX = "10.0.2.2"  # what QEMU's user network calls the host's loopback


class Office:
    """An issuing office that serves until it is closed, and serves again when it is opened."""

    def __init__(self, folder: Path) -> None:
        self._data, self._log = folder / "office", folder / "office.log"
        self._port = free_port()
        self.address = f"http://{_SEEN_FROM_BOX}:{self._port}"
        self._program: Background | None = None
        call("issuer", self._data, "init", "--offline", str(folder / "safe"))

    def open(self) -> None:
        """Serve; BoxFailed after 60 s."""
        command = [sys.executable, "-m", "issuer", "--data", str(self._data)]
        command += ["serve", "--port", str(self._port)]
        self._program = Background(command, lambda _: None, self._log)
        if seen_in(60, self._answers) is None:
            raise BoxFailed(f"the office does not serve; see {self._log}")

    def _answers(self) -> bool:
        try:
            httpx.get(f"http://127.0.0.1:{self._port}/", timeout=2)
        except httpx.HTTPError:
            return False
        return True

    def close(self) -> None:
        """Be out of reach."""
        if self._program is not None:
            self._program.stop()
            self._program = None

    def code(self) -> str:
        """Return a code by which one station may join."""
        return str(
            call("issuer", self._data, "station", "add", "gate", "--checkpoint", "北门")["code"]
        )

    def passes(self, number: int) -> list[str]:
        """Return the codes of so many new green passes: FULL, then DENSE, and so
        on in turns.
        """
        people = [
            # A digit is no name that DENSE has signs for.
            {"name": ("王*2", "王*")[place % 2], "id_tail": f"{place:04}"}
            for place in range(number)
        ]
        lines = "\n".join(json.dumps(person) for person in people)
        minted = call("issuer", self._data, "mint", "--batch", "-", stdin=lines)
        call("issuer", self._data, "publish")
        return [str(one["dense"] or one["full"]) for one in minted]
