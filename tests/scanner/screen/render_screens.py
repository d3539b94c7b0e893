"""Draw every screen into docs/screens: `python -m tests.scanner.screen.render_screens [FOLDER]`."""

from __future__ import annotations

import io
import os
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dataclasses import replace

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from keys.passages import Verdict
from scanner.capture.codes import SeenCode
from scanner.decide.action_names import ActionName
from scanner.decide.looks import Language
from scanner.decide.place_code import place_text
from scanner.gate.devices import ALL_SIMULATED, open_devices
from scanner.gate.gate import Part
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_window import GuardWindow
from scanner.screen.options import Face
from scanner.screen.run import open_window
from scanner.screen.shop_window import ShopWindow
from scanner.screen.simulated_gate import SimulatedGatePanel
from scanner.screen.supervisor_pages import SupervisorPages
from scanner.screen.themes import THEMES, ThemeName
from scanner.screen.worker import StationState
from scanner.station import ScanResult
from tests.scanner.screen.render_scenes import (
    Scene,
    desk_scenes,
    outlook,
    past,
    scenes,
)
from tests.scanner.screen.render_unattended import staff_scenes, unattended_scenes
from tests.scanner.screen.scenes import options, step
from tests.scanner.screen.street import PHONE, street

FOLDER = Path(__file__).parents[3] / "docs" / "screens"


def window_of(scene: Scene) -> GateWindow:
    """Return the window in that state, shown and painted."""
    outward = Event()
    if scene.outward:
        outward.set()
    window = open_window(
        options(
            scene.language,
            theme=scene.theme,
            size=scene.size,
            large_type=scene.large,
            face=scene.face,
            low=scene.low,
            mirrored=scene.face is Face.KIOSK,
            allowed=60 if scene.face is Face.SHOP else None,
            look_only=Event(),
            actions=frozenset(ActionName),
            outward=outward,
            place_code=place_text("北门", 7),
        ),
        RecordingPlayer(),
    )
    fresh = scene.state
    if isinstance(window, ShopWindow):
        fresh = replace(fresh, inside=scene.inside)
    else:
        for one in past():
            window.passage_noted(one)
    window.show()
    state = StationState(freshness=fresh, camera_fault=scene.camera_fault, outlook=outlook())
    window.show_state(state)
    held_up = tuple(held(one, place) for place, one in enumerate(scene.results))
    window.show_step(replace(step(*held_up, hint=scene.hint), frame=street()))
    if scene.before:
        window.show_undecided(scene.before)
    if scene.page:
        open_page(window, scene.page)
    return window


def open_page(window: GateWindow, page: str) -> None:
    """Open the page of that name: of the face itself, of its desk, or of every face's staff."""
    owners: list[object] = [window, window.staff]
    if isinstance(window, GuardWindow):
        owners.insert(0, window.desk)
    if page == "supervisor":
        SupervisorPages(window).open()
    elif isinstance(window, GuardWindow) and page == "measure":
        window.guard_actions.ask_temperature()
    else:
        owner = next(one for one in owners if hasattr(one, f"open_{page}"))
        getattr(owner, f"open_{page}")()


def held(one: ScanResult, place: int) -> ScanResult:
    """Return the result with its code where the drawn phone is, if there was one; a second one
    beside it.
    """
    if one.seen is None:
        return one
    a, b, c, d = ((x - 330.0 * place, y + 90.0 * place) for x, y in PHONE)
    return replace(one, seen=SeenCode(text=f"code {place}", quad=(a, b, c, d), view="frame"))


def draw_gate_of_air(app: QCoreApplication, folder: Path) -> None:
    """Draw the panel of the simulated gate after an admission, in both languages."""
    devices = open_devices(ALL_SIMULATED, time.monotonic, lambda _event: None)
    window = open_window(options(devices=devices), RecordingPlayer())
    for language, theme in ((Language.ZH, ThemeName.NIGHT), (Language.EN, ThemeName.DAY)):
        speaks = partial(Language, language.value)
        panel = SimulatedGatePanel(window, THEMES[theme], devices, speaks)
        panel.slider.setValue(365)
        panel.show()
        assert devices.gate is not None
        devices.gate.show(Verdict.ADMIT, 1)
        while not panel.lamps[Part.GREEN].on:
            app.processEvents()
        save(panel, folder / f"simulated-gate-{language}.png")
        panel.close()
    window.close()
    devices.close()


def save(window: QWidget, path: Path) -> None:
    """Write what the window shows, in 256 colours: a third of the size."""
    raw = QByteArray()
    buffer = QBuffer(raw)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    picture = Image.open(io.BytesIO(raw.data())).convert("RGB")
    picture.quantize(256, method=Image.Quantize.FASTOCTREE).save(path, optimize=True)


def main() -> None:
    """Draw all scenes, or those whose name contains the second argument."""
    # The screen without a monitor complains of every window that sets a size.
    qInstallMessageHandler(lambda *_: None)
    app = QApplication.instance() or QApplication([])
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    folder.mkdir(parents=True, exist_ok=True)
    for scene in (*scenes(), *desk_scenes(), *unattended_scenes(), *staff_scenes()):
        if wanted not in scene.name:
            continue
        window = window_of(scene)
        app.processEvents()
        path = folder / f"{scene.name}.png"
        save(window, path)
        window.close()
        window.deleteLater()
        app.processEvents()
        print(path.name, path.stat().st_size)
    if wanted in "simulated-gate":
        draw_gate_of_air(app, folder)


if __name__ == "__main__":
    main()
