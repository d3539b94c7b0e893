"""The two programs as their users run them, in processes of their own, and pictures of codes for
the camera.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import segno

from demo.proxy import free_port

# A command takes a second or two here; a machine that is ten times slower is no fault of it.
TIMEOUT_S = 180


def run(program: str, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, whatever its exit status."""
    command = [sys.executable, "-m", program, "--data", str(data), "--json", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)


def call(program: str, data: Path, *arguments: str) -> Any:
    """Run one command that must succeed, and return its JSON (the last line)."""
    done = run(program, data, *arguments)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def lines(program: str, data: Path, *arguments: str) -> list[dict[str, Any]]:
    """Run one command that prints JSON lines."""
    done = run(program, data, *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line]


def code_of_error(done: subprocess.CompletedProcess[str]) -> str:
    """Return the code of the error that a failed command told."""
    assert done.returncode != 0
    return str(json.loads(done.stderr.splitlines()[-1])["error"]["code"])


def until(holds: Callable[[], bool], what: str, timeout_s: float = TIMEOUT_S) -> None:
    """Wait until something holds; fail with `what` if it does not in time."""
    end_s = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end_s, f"never happened: {what}"
        time.sleep(0.02)


class Issuer:
    """An office in a folder, serving on a fixed loopback port when started."""

    def __init__(self, folder: Path, port: int) -> None:
        self.data = folder / "office"
        self.offline = folder / "offline"
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "office.log"

    @classmethod
    def made(cls, folder: Path) -> Self:
        """Return a new office, made in `folder` by its own command."""
        office = cls(folder, free_port())
        asked = ("--offline", str(office.offline), "--url", office.url)
        call("issuer", office.data, "init", *asked)
        return office

    def copied(self, folder: Path) -> Self:
        """Return an office in `folder` that begins where this one stands, at the same address."""
        copy = type(self)(folder, self.port)
        shutil.copytree(self.data, copy.data)
        shutil.copytree(self.offline, copy.offline)
        return copy

    def start(self) -> None:
        """Serve, and return when the port answers."""
        command = [sys.executable, "-m", "issuer", "--data", str(self.data)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "serve", "--port", str(self.port)], stdout=log, stderr=log
            )
        until(self._answers, "the issuer serves")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def mint(self, name: str = "王*明", **options: object) -> dict[str, Any]:
        """Mint one pass; options as on the command line, with underscores."""
        extra = [
            text
            for key, value in options.items()
            for text in (f"--{key.replace('_', '-')}", str(value))
        ]
        minted: dict[str, Any] = call(
            "issuer", self.data, "mint", "--name", name, "--id-tail", "104X", *extra
        )
        return minted

    def mint_many(self, count: int) -> list[dict[str, Any]]:
        """Mint `count` green passes in one command."""
        return self.mint_batch({"name": f"A{number}"} for number in range(count))

    def mint_batch(self, people: Iterable[Mapping[str, object]]) -> list[dict[str, Any]]:
        """Mint a pass a person in one command; fields as in the lines of a batch."""
        requests = self.data.parent / "requests.jsonl"
        requests.write_text("".join(json.dumps(person) + "\n" for person in people))
        minted: list[dict[str, Any]] = call("issuer", self.data, "mint", "--batch", str(requests))
        return minted

    def set_status(self, identity: str, status: str, reason: str) -> None:
        """Set a status with its reason."""
        call("issuer", self.data, "status", "set", identity, status, "--reason", reason)

    def publish(self) -> None:
        """Publish a new version now."""
        call("issuer", self.data, "publish")

    def station_code(self, name: str = "north") -> str:
        """Return a one-time code for a station."""
        return str(call("issuer", self.data, "station", "add", name)["code"])

    def export(self) -> list[dict[str, Any]]:
        """Return what a supervisor exports."""
        return lines("issuer", self.data, "passages", "export", "--format", "jsonl")


def enrol(issuer: Issuer, data: Path, name: str = "north") -> None:
    """Enrol a station of `data` at a serving issuer."""
    call("scanner", data, "enrol", issuer.station_code(name), "--issuer", issuer.url)


def show(folder: Path, texts: Iterable[str]) -> Path:
    """Write one picture a text into a new folder, as a camera would see a held-up code."""
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        mode = "numeric" if text.isdigit() else None
        code = segno.make(text, error="m", mode=mode, micro=False, boost_error=False)
        code.save(str(folder / f"{number:05}.png"), scale=6, border=6)
    return folder


def scan(data: Path, pictures: Path) -> list[dict[str, Any]]:
    """Let the station judge a folder of pictures without a window, and return its verdict lines."""
    told = lines("scanner", data, "run", "--headless", "--once", "--camera", str(pictures))
    return [line for line in told if "verdict" in line]


def start_scanning(data: Path, pictures: Path) -> subprocess.Popen[str]:
    """Start a station on a folder of pictures; its lines come on stdout as they happen."""
    command = [sys.executable, "-m", "scanner", "--data", str(data), "--json", "run", "--headless"]
    return subprocess.Popen(
        [*command, "--camera", str(pictures)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
