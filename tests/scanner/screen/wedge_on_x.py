"""A guard's window with a field that has the focus, on a real X server; tells what it hears.

Started by test_wedge_on_x. One JSON line each: {"ready"}, {"scan"}, {"field"}, {"entered"}.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit

from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.run import open_window
from tests.scanner.screen.scenes import options


def tell(**what: object) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run until standard input is closed; a line on it clears the field."""
    app = QApplication([])
    window = open_window(options(), RecordingPlayer())
    field = QLineEdit(window)
    field.setGeometry(20, 100, 600, 40)
    window.wedge.scanned.connect(lambda text: tell(scan=text))
    field.textChanged.connect(lambda text: tell(field=text))
    field.returnPressed.connect(lambda: tell(entered=field.text()))
    window.show()
    field.setFocus()

    def look() -> None:
        window.activateWindow()
        if field.hasFocus():
            looking.stop()
            tell(ready=int(window.winId()))

    looking = QTimer()
    looking.timeout.connect(look)
    looking.start(50)

    def asked() -> None:
        if sys.stdin.readline():
            field.clear()
        else:
            app.quit()

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(asked)
    app.exec()


if __name__ == "__main__":
    main()
