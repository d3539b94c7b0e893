"""The two programs, started as anybody starts them: by their command lines, in processes of their
own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

CALL_TIMEOUT_S: Final = 120
STOP_TIMEOUT_S: Final = 15


class DemoFailed(Exception):
    """A step of the demo did not go as it must; the message says which and what was seen."""


def call(program: str, data: Path, *arguments: str, stdin: str = "") -> Any:
    """Run one command of `issuer` or `scanner` on a data folder and return its JSON; DemoFailed if
    it fails.
    """
    command = [sys.executable, "-m", program, "--data", str(data), "--json", *arguments]
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=CALL_TIMEOUT_S, check=False
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip()
        raise DemoFailed(f"{program} {' '.join(arguments)} ended with {done.returncode}: {told}")
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return json.loads(lines[-1]) if lines else None


def call_text(program: str, data: Path, *arguments: str) -> str:
    """Run one command and return what it printed, as a person would see it."""
    command = [sys.executable, "-m", program, "--data", str(data), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=CALL_TIMEOUT_S, check=False
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip()
        raise DemoFailed(f"{program} {' '.join(arguments)} ended with {done.returncode}: {told}")
    return done.stdout


def lines_of(program: str, data: Path, *arguments: str) -> list[dict[str, Any]]:
    """Run one command that prints JSON lines and return them."""
    return [json.loads(line) for line in call_text(program, data, *arguments).splitlines() if line]


class Background:
    """A program that runs beside the demo. Each line that it prints goes to `on_line`, in a
    thread.
    """

    def __init__(self, command: Sequence[str], on_line: Callable[[str], None], log: Path) -> None:
        self._log = log.open("wb")
        self._program = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._reader = threading.Thread(target=self._read, args=(on_line,), daemon=True)
        self._reader.start()

    def _read(self, on_line: Callable[[str], None]) -> None:
        if self._program.stdout is not None:
            for line in self._program.stdout:
                on_line(line.rstrip("\n"))

    @property
    def ended(self) -> bool:
        """Whether the program has ended by itself."""
        return self._program.poll() is not None

    def wait(self, timeout_s: float) -> int:
        """Return its exit status; DemoFailed if it does not end in time."""
        try:
            status = self._program.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise DemoFailed("a program did not end in time") from None
        self._reader.join(STOP_TIMEOUT_S)
        return status

    def stop(self) -> None:
        """End the program: asked first, then killed."""
        if not self.ended:
            self._program.terminate()
            try:
                self._program.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._program.kill()
                self._program.wait()
        self._reader.join(STOP_TIMEOUT_S)
        self._log.close()


@contextmanager
def background(
    command: Sequence[str], on_line: Callable[[str], None], log: Path
) -> Iterator[Background]:
    """Run a program for the length of the block."""
    program = Background(command, on_line, log)
    try:
        yield program
    finally:
        program.stop()
