"""The binding to Qt: a release that loses references would abort the gate within a minute."""

from __future__ import annotations

import gc
import subprocess
import sys
from types import ModuleType

import pytest
from PySide6.QtCore import QElapsedTimer, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from scanner.screen.binding import read_no_sources, uses_pyside


def test_calls_that_return_nothing_do_not_use_up_none() -> None:
    # PySide6 6.12.0 gave None back once too often at every such call (on Python before 3.12).
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    timer = QElapsedTimer()
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(5000):
        painter.fillRect(QRectF(0, 0, 8, 8), QColor("white"))
        timer.start()
    lost = before - sys.getrefcount(None)
    painter.end()
    # The fault costs one reference a call; a little is given back by whatever else ends meanwhile.
    assert lost < 2500


def test_no_source_is_read_and_kept_for_what_is_imported_after_qt() -> None:
    program = (
        "from scanner.screen.binding import read_no_sources\n"
        "assert read_no_sources()\n"
        "import linecache, json.tool, scanner.screen.gate_window\n"
        "print(*[name for name in linecache.cache if 'json' in name or 'gate_window' in name])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=180
    )
    assert done.stdout.split() == []


def test_a_release_that_asks_otherwise_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shibokensupport.feature", ModuleType("another"))
    assert not read_no_sources()


def test_only_the_windows_own_modules_count_as_using_qt() -> None:
    assert uses_pyside(sys.modules["scanner.screen.binding"])
    assert not uses_pyside(gc)
