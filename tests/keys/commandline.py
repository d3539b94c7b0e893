"""`python -m keys` for tests: as a program of its own, and inside this process."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from keys.command import main
from tests.conftest import ROOT


def run(*arguments: object, lines: bytes = b"", **environment: str) -> tuple[int, str, str]:
    """Return (exit code, standard output, standard error) of one run as a program of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "keys", *map(str, arguments)],
        input=lines,
        capture_output=True,
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
        timeout=180,
    )
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


class Inside:
    """Runs commands inside this process: a program of its own takes a second to start."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[bytes]
    ) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: object, lines: bytes = b"") -> tuple[int, str, str]:
        """Return (exit code, standard output, standard error)."""
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        code = main([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        return code, said.out.decode(), said.err.decode()
