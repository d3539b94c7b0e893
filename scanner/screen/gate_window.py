"""What every face of the gate has in common: results come in, an answer stands, a sound goes out.

A face lays out its parts and says which of them it has; what happens when is here, once.

No face overrides a slot (a method called show_...): an overridden slot is unknown to Qt and would
run in the thread of whoever sends. It overrides what the slots call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from keys.verdicts import Verdict
from scanner.decide.looks import Language
from scanner.decide.notices import hint_notice, trouble_notice
from scanner.gate.sounds_player import Player
from scanner.screen.answer_stand import AnswerStand
from scanner.screen.answers import Answer
from scanner.screen.language import Speech
from scanner.screen.live_picture import LivePicture, Outline
from scanner.screen.options import WindowOptions
from scanner.screen.questions import Questions
from scanner.screen.start_painting import START, scene_of
from scanner.screen.themes import THEMES, Theme, ThemeName
from scanner.screen.verdict_panel import VerdictPanel
from scanner.screen.wedge import KeyboardWedge

if TYPE_CHECKING:
    from scanner.capture.codes import SeenCode
    from scanner.screen.staff_pages import StaffPages
    from scanner.screen.worker import ActionDone, StationState, TextScan, Watcher
    from scanner.station import ScanResult, ScanStep

_HINT_S: Final = 3.0
_TICK_MS: Final = 1000


class GateWindow(QWidget):
    """The base of the faces. `frame_painted`: the screen is free; `closing`: the window goes."""

    frame_painted = Signal()
    first_painted = Signal()
    closing = Signal()
    text_typed = Signal(str)
    action_asked = Signal(object)  # Action
    watching = Signal(object)  # tuple[Watcher, ...]
    shows_names = True

    def __init__(self, options: WindowOptions, player: Player) -> None:
        super().__init__()
        self.options = options
        self.player = player
        self.muted = False
        self.large = options.large_type
        self.language = options.language
        self.theme: Theme = THEMES[options.theme]
        self._speech = Speech()
        self._speech.speak(self.language)
        self._painted_once = False
        self._watchers: tuple[Watcher, ...] = ()
        self._verdicts: dict[str, Verdict] = {}
        self.panel = self.make_panel()
        self.panel.set_theme(self.theme, large=self.large)
        self.picture = self.make_picture()
        self.picture.painted.connect(self.frame_painted)
        self.stand = AnswerStand(options.pace)
        self.stand.changed.connect(self._show_answer)
        self.stand.changed.connect(self._paint_answer)
        self.stand.sounded.connect(self._sound)
        self.scene = START
        self.questions = Questions(self)
        self.state: StationState | None = None
        self._staff: StaffPages | None = None
        self._hint: str | None = None
        self._hint_timer = QTimer(self)
        self._hint_timer.setSingleShot(True)
        self._hint_timer.timeout.connect(self._end_hint)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.tick)
        self._tick.timeout.connect(self._live)
        self._tick.start(_TICK_MS)
        self.wedge = KeyboardWedge(self)
        self.wedge.scanned.connect(self.take_typed)
        self.setWindowTitle("卡口 Kakou")
        # No button has the focus at first: Enter, which hand scanners send, must press nothing.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(480, 360)  # letters follow the size: what they need now is no limit
        self.resize(*options.size)

    def make_panel(self) -> VerdictPanel:
        """Return the panel of this face."""
        return VerdictPanel(self.theme, self.language, self.options.site)

    @property
    def staff(self) -> StaffPages:
        """The pages for whoever looks after the gate, loaded at the first of them."""
        if self._staff is None:
            from scanner.screen.staff_pages import StaffPages

            self._staff = StaffPages(self)
        return self._staff

    def make_picture(self) -> LivePicture:
        """Return the live picture of this face."""
        return LivePicture(self.theme, self.language, mirrored=self.options.mirrored)

    @Slot(object)
    def show_step(self, step: ScanStep) -> None:
        """Show one frame and what it gave."""
        self.codes_seen(step.seen)
        if step.results:
            self._take(step.results)
        elif step.hint is not None:
            self._show_hint(step.hint)
        if step.frame is not None:
            outlines = tuple(self._outline(code) for code in step.seen)
            self.picture.show_frame(step.frame, outlines)

    @Slot(object)
    def show_text_scan(self, scan: TextScan) -> None:
        """Show what a hand scanner's text gave."""
        if scan.result is not None:
            self._take((scan.result,))
        elif scan.hint is not None:
            self._show_hint(scan.hint)
        if self.questions.current is not None:
            self.questions.current.answered(scan.result)

    def take_typed(self, text: str) -> None:
        """Send what was typed to be judged, unless a page has asked for it."""
        page = self.questions.current
        if page is None or not page.takes_scan(text):
            self.text_typed.emit(text)

    @Slot(object)
    def show_done(self, done: ActionDone) -> None:
        """Show what became of an action."""
        if done.result is not None:
            # The guard's own doing: it stands above whatever a scan said a moment ago.
            self.stand.clear()
            self._take((done.result,))
        self.action_done(done)

    @Slot(object)
    def show_state(self, state: StationState) -> None:
        """Show what the station says of itself."""
        self.state = state
        self._show_scene()
        if self.questions.current is not None:
            self.questions.current.state_noted(state)
        self.state_noted(state)

    @Slot(object)
    def show_undecided(self, results: tuple[ScanResult, ...]) -> None:
        """Show who waited for a hand check when the station stopped."""
        self.checks_remembered(results)

    @Slot()
    def _live(self) -> None:
        self.options.alive()

    def tick(self) -> None:
        """Bring up to date what changes by itself; once a second."""

    def set_language(self, language: Language) -> None:
        """Speak `language` from now on, everywhere in the window."""
        self.language = language
        self._speech.speak(language)
        self.panel.set_language(language)
        self.picture.set_language(language)

    def set_theme(self, name: ThemeName, *, large: bool) -> None:
        """Change the colours around the answer, and the size of names and reasons."""
        self.theme, self.large = THEMES[name], large
        self.panel.set_theme(self.theme, large=large)
        self.picture.set_theme(self.theme)
        self.update()

    def set_muted(self, muted: bool) -> None:
        """Stop or start the sounds; sign, word and colour stay."""
        self.muted = muted

    def codes_seen(self, seen: tuple[SeenCode, ...]) -> None:
        """Note the codes of one frame; a face that asked for one says what becomes of it."""

    def state_noted(self, state: StationState) -> None:
        """Show what the station says of itself; a face says where."""

    def action_done(self, done: ActionDone) -> None:
        """Go on after an action; a face that offers any says how."""

    def checks_remembered(self, results: tuple[ScanResult, ...]) -> None:
        """Note who waited before the start; a face with a list of them says where."""

    def passage_noted(self, result: ScanResult) -> None:
        """Note a result that counts; a face with a list or a counter says how."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the window's ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.ground))
        painter.end()
        if not self._painted_once:
            self._painted_once = True
            QTimer.singleShot(0, self, self.first_painted.emit)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the focus away from the buttons."""
        super().showEvent(event)
        self.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell the worker that nobody looks any more."""
        self._tick.stop()
        self._speech.fall_silent()
        self.closing.emit()
        super().closeEvent(event)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or leave it again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def leave_full_screen(self) -> None:
        """Go back to a window."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)

    def watch(self, watcher: Watcher, *, on: bool) -> None:
        """Show every step to `watcher` in the scanning thread, or no longer."""
        others = tuple(one for one in self._watchers if one != watcher)
        self._watchers = (*others, watcher) if on else others
        self.watching.emit(self._watchers)

    def looks_only(self) -> bool:
        """Return whether results are shown without being logged."""
        return self.options.look_only is not None and self.options.look_only.is_set()

    def _take(self, results: tuple[ScanResult, ...]) -> None:
        self._end_hint()
        for result in results:
            if result.seen is not None:
                self._verdicts[result.seen.text] = result.judgement.verdict
        # The answer first: it is painted at once, and lists and counters come behind it.
        self.stand.offer(results, look_only=self.looks_only(), personal=self.shows_names)
        for result in results:
            if result.counted:
                self.passage_noted(result)

    def _outline(self, code: SeenCode) -> Outline:
        """Return the outline of a code; of several people's each has its place in it."""
        places = (
            str(answer.place)
            for answer in self.stand.queue
            if answer.of > 1 and answer.result.seen is not None
            if answer.result.seen.text == code.text
        )
        verdict = self._verdicts.get(code.text)
        return Outline(quad=code.quad, verdict=verdict, label=next(places, ""))

    def _show_answer(self, answer: Answer | None) -> None:
        if answer is None:
            # The texts of codes are kept no longer than the answer that they gave.
            self._verdicts.clear()
            self.picture.clear_outlines()
        self.panel.show_answer(answer)

    def _paint_answer(self, answer: Answer | None) -> None:
        """Paint an answer now: Qt waits 5 ms for others that want to be painted as well."""
        if answer is not None:
            self.panel.repaint()

    def _sound(self, answer: Answer) -> None:
        if not self.muted:
            self.player.play(answer.verdict)

    def _show_hint(self, code: str) -> None:
        self._hint = code
        self._hint_timer.start(self.options.pace.milliseconds(_HINT_S))
        self._show_scene()

    def _end_hint(self) -> None:
        if self._hint is not None:
            self._hint = None
            self._hint_timer.stop()
            self._show_scene()

    def _show_scene(self) -> None:
        """Show the most pressing of: camera fault, hint, how to hold the code."""
        trouble = None
        scene = START
        if self._hint is not None:
            scene = scene_of(hint_notice(self._hint), alarm=False)
        if self.state is not None and self.state.camera_fault is not None:
            scene = trouble = scene_of(trouble_notice(self.state.camera_fault), alarm=True)
        self.picture.show_trouble(trouble)
        self.scene = scene
        self.panel.show_scene(scene)
