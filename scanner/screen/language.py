"""Which language the window speaks; changed while it runs.

The window's own words are English in the source and Chinese in kakou_zh.ts (Qt Linguist). Words
that people at the gate read stand in scanner/decide instead, because both languages of a verdict
are on the screen at once, which a translator that holds one language cannot give.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QTranslator

from scanner.decide.looks import Language

_COMPILED: Final = Path(__file__).with_name("kakou_zh.qm")


class Speech:
    """Holds the application's translator, which Qt does not keep alive by itself."""

    def __init__(self) -> None:
        self._translator = QTranslator()
        self._loaded = self._translator.load(str(_COMPILED))

    def fall_silent(self) -> None:
        """Take the translator away from the application, for the window that comes after."""
        QCoreApplication.removeTranslator(self._translator)

    def speak(self, language: Language) -> None:
        """Make every `tr` from now on answer in `language`."""
        if language is Language.ZH and self._loaded:
            QCoreApplication.installTranslator(self._translator)
        else:
            self.fall_silent()
