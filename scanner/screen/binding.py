"""What PySide does to every import, and how it is spared that.

Once PySide is loaded it reads the source of each module that is imported after it, to see whether
`PySide6` stands in it: for its `from __feature__ import ...`, which nothing here uses. The sources
stay in Python's line cache. For a station that is 500 files, 0.1 s and 18 MB.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Final

import PySide6.QtCore  # noqa: F401 - what is told something below is loaded by this

_ASKER: Final = "shibokensupport.feature"
_QUESTION: Final = "_mod_uses_pyside"
_OWN: Final = "scanner.screen"


def read_no_sources() -> bool:
    """Have PySide go by a module's name from now on; returns whether it still asks what is answered
    here (another release may not: then it does as it likes, only slower).
    """
    asker = sys.modules.get(_ASKER)
    if asker is None or not hasattr(asker, _QUESTION):
        return False
    setattr(asker, _QUESTION, uses_pyside)
    return True


def uses_pyside(module: ModuleType) -> bool:
    """Return whether PySide's features could matter to `module`."""
    return module.__name__.startswith(_OWN)
