"""The camera's self-test: the printed card before the camera, in the three lights of a gate's day.

The picture and its figures are live; a measurement takes eight seconds, and its verdict and figures
are kept in the data folder (camera-check/, no picture) and shown here and by `doctor`. The gate
goes on judging meanwhile: the frames are those it scans.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QElapsedTimer, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent

from scanner.capture.camera_card import module_mm_of, write_card
from scanner.capture.camera_check import ADVICE, Advice, CheckReport, Fitness, Light
from scanner.capture.codes_decoders import NoDecoder
from scanner.decide.looks import Language
from scanner.errors import StationFault
from scanner.record.camera_checks import FOLDER, KeptCheck, keep_check, kept_checks
from scanner.screen.asking import Asking
from scanner.screen.camera_figures import CameraFigures
from scanner.screen.camera_watch import CameraWatch, Looked
from scanner.screen.card_printing import print_card
from scanner.screen.gate_window import GateWindow
from scanner.screen.live_picture import LivePicture, Outline
from scanner.screen.options import WindowOptions
from scanner.screen.themes import Theme
from scanner.screen.words import clock_words

MEASURE_S: Final = 8.0
CARD: Final = "test-card.png"
_TICK_MS: Final = 250
_MOST_ADVICE: Final = 2
_SIGNS: Final = {"good": "✓", "usable": "!", "unfit": "✕"}


class CameraPage(Asking):
    """Measures under the chosen light. `support_asked`: somebody wants to make a recording."""

    support_asked = Signal()
    shape = (12, 7)
    roomy = True
    outlasts = True
    away_columns = 5

    def __init__(
        self,
        window: GateWindow,
        theme: Theme,
        options: WindowOptions,
        data: Path,
        language: Callable[[], Language],
    ) -> None:
        """data: where results are kept. language: asked anew for every line."""
        self._options = options
        self._data = data
        self._language = language
        self._kept = kept_checks(data)
        self._light = self._next_light()
        self._told = ""
        self.watch = CameraWatch(self._light, options.mono_s)
        self._since = QElapsedTimer()
        self._tick = QTimer()
        self._gate = window
        super().__init__(window, theme)
        self.picture = LivePicture(theme, language(), mirrored=options.mirrored, aim=True)
        self.figures = CameraFigures(theme)
        self.grid.addWidget(self.picture, 1, 0, 5, 7)
        self.grid.addWidget(self.figures, 6, 0, 2, 7)
        for row, light in enumerate(Light, 1):
            choose, words = partial(self.choose, light), partial(self._light_words, light)
            self.add(light.value, (row, 7, 1, 5), choose, words).setCheckable(True)
        self.verdict = self.add_label((4, 7, 2, 5), self._verdict_words, bold=True)
        self.add("measure", (6, 7, 1, 5), self.measure, self._measure_words)
        self.add("card", (7, 7, 1, 3), self.print_card, lambda: self.tr("Print card"))
        self.add("support", (7, 10, 1, 2), self.support_asked.emit, lambda: self.tr("Record"))
        self.picture.painted.connect(self.watch.painted)
        self.watch.looked.connect(self.show_look)
        self._tick.setParent(self)
        self._tick.timeout.connect(self._go_on)
        self.say()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at every frame that is scanned."""
        super().showEvent(event)
        self._gate.watch(self.watch.look, on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave off, a measurement too; but not for an answer, behind which it goes on."""
        super().hideEvent(event)
        if self._gate.questions.current is self:
            return
        self._gate.watch(self.watch.look, on=False)
        self._tick.stop()

    def opened(self) -> None:
        """Begin with the measurement."""
        self.buttons["measure"].setFocus()

    def title_words(self) -> str:
        """Return what is checked."""
        return self.tr("Camera check")

    def say(self) -> None:
        """Say everything anew."""
        super().say()
        if not hasattr(self, "figures"):
            return
        for light in Light:
            self.buttons[light.value].setChecked(light is self._light)
        self.figures.say()
        self.picture.set_language(self._language())

    def dress(self, theme: Theme) -> None:
        """Change the colours."""
        super().dress(theme)
        self.picture.set_theme(theme)
        self.figures.set_theme(theme)

    @property
    def measuring(self) -> bool:
        """Whether a measurement goes on."""
        return self._tick.isActive()

    def choose(self, light: Light) -> None:
        """Turn to another light; a measurement that goes on is for the one before."""
        if not self.measuring:
            self._light, self._told = light, ""
        self.say()

    def measure(self) -> None:
        """Begin a measurement, or leave off."""
        if self.measuring:
            self._tick.stop()
            self.watch.end()
        else:
            self._told = ""
            self.watch.begin(self._light)
            self._since.start()
            self._tick.start(_TICK_MS)
        self.say()

    def print_card(self) -> None:
        """Print the card, or say where its picture lies if there is no printer."""
        path = self._data / FOLDER / CARD
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_card(path)
        except (OSError, NoDecoder):
            self._told = self.tr("The card could not be written: is the disk full?")
        else:
            printer = print_card(path)
            said = self.tr("Sent to {0}.").format(printer) if printer else ""
            self._told = said or self.tr("No printer here. Print this at true size: {0}").format(
                path
            )
        self.say()

    @Slot(object)
    def show_look(self, looked: Looked) -> None:
        """Show one frame and the figures of the newest ones."""
        cards = (code for code in looked.codes if module_mm_of(code.text))
        outlines = tuple(Outline(quad=code.quad, verdict=None) for code in cards)
        self.picture.show_frame(looked.frame, outlines)
        self.figures.show_report(looked.report)

    def _go_on(self) -> None:
        if self._since.elapsed() < self._options.pace.milliseconds(MEASURE_S):
            self.buttons["measure"].setText(self._measure_words())
            return
        self._tick.stop()
        report = self.watch.end()
        if report is not None:
            self._keep(report)
        self.say()
        self.figures.show_report(report)

    def _keep(self, report: CheckReport) -> None:
        try:
            keep_check(self._data, report.light.value, report.row(), self._options.now())
        except StationFault:
            self._told = self.tr("The result could not be kept: is the disk full?")
        self._kept = kept_checks(self._data)

    def _next_light(self) -> Light:
        """Return the first light not done yet, the first of all when all are."""
        return next((light for light in Light if light.value not in self._kept), Light.OFFICE)

    def _name_of(self, light: Light) -> str:
        match light:
            case Light.OFFICE:
                return self.tr("Usual light")
            case Light.SUN:
                return self.tr("Sun")
            case Light.DARK:
                return self.tr("Dark")

    def _guide_of(self, light: Light) -> str:
        match light:
            case Light.OFFICE:
                return self.tr("Light as on most days. Hold the card still, 20 to 40 cm away.")
            case Light.SUN:
                return self.tr("Sun or a strong lamp on the card, or behind it. Hold it still.")
            case Light.DARK:
                return self.tr("As dark as at night here. Hold the card still.")

    def _light_words(self, light: Light) -> str:
        kept = self._kept.get(light.value)
        if kept is None:
            return f"– {self._name_of(light)}"
        when = ""
        if kept.checked_at is not None:
            at = kept.checked_at.astimezone(self._options.site.zone)
            when = f" · {at:%m-%d} {clock_words(kept.checked_at, self._options.site.zone)}"
        return f"{_SIGNS[kept.fitness]} {self._name_of(light)}{when}"

    def _measure_words(self) -> str:
        if not self.measuring:
            return self.tr("Measure")
        gone_s = self._since.elapsed() / self._options.pace.milliseconds(1.0)
        return self.tr("{0} s. Leave off").format(max(1, round(MEASURE_S - gone_s)))

    def _verdict_words(self) -> str:
        """Return what to do now: what was told last, or the kept verdict, or the guide."""
        kept = self._kept.get(self._light.value)
        if self._told:
            return self._told
        if kept is None or self.measuring:
            return self._guide_of(self._light)
        return " ".join((self._fitness_words(kept), *self._advice_of(kept)))

    def _fitness_words(self, kept: KeptCheck) -> str:
        match Fitness(kept.fitness):
            case Fitness.GOOD:
                return self.tr("✓ Good for a gate.")
            case Fitness.USABLE:
                return self.tr("! Usable.")
            case Fitness.UNFIT:
                return self.tr("✕ Not good enough.")

    def _advice_of(self, kept: KeptCheck) -> list[str]:
        chinese = self._language() is Language.ZH
        known = [Advice(code) for code in kept.advice if code in set(Advice)]
        return [ADVICE[advice][0 if chinese else 1] for advice in known[:_MOST_ADVICE]]
