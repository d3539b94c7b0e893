"""What the station says of itself, line by line; and a try of its sound and its lamps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from keys.verdicts import ClockGrade, Verdict
from scanner.decide.looks import LOOKS, Language
from scanner.decide.notices import OFFLINE, offline_notice, sound_notice
from scanner.decide.notices_desk import (
    aside_notice,
    device_notice,
    earlier_log_notice,
    log_notice,
)
from scanner.gate.sounds_player import Player
from scanner.screen.asking import Asking
from scanner.screen.lettering import tied
from scanner.screen.options import WindowOptions
from scanner.screen.themes import Theme
from scanner.screen.words import age_words, count_words

if TYPE_CHECKING:
    from scanner.decide.outlook import Outlook, TaskOutlook
    from scanner.screen.worker import StationState
    from scanner.station import Freshness

_SOUND_EVERY_S: Final = 1.6
_LAMPS_S: Final = 4.0


class StationPage(Asking):
    """Shows the newest StationState; the lines are read aloud one by one."""

    shape = (6, 5)
    roomy = True

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        options: WindowOptions,
        player: Player,
        language: Callable[[], Language],
    ) -> None:
        super().__init__(parent, theme)
        self._options = options
        self._player = player
        self._language = language
        self._state: StationState | None = None
        self._to_play: list[Verdict] = []
        self.rows = self.add_list((1, 0, 4, 6))
        self.add("sound", (5, 0, 1, 3), self.try_sound, lambda: self.tr("Try the sounds"))
        lamps = self.add("lamps", (5, 3, 1, 3), self.try_lamps, lambda: self.tr("Try the lamps"))
        devices = options.devices
        lamps.setEnabled(devices is not None and devices.gate is not None)
        self._next_sound = QTimer(self)
        self._next_sound.timeout.connect(self._play_next)

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("This station")

    def opened(self) -> None:
        """Begin with the lines."""
        self.rows.setFocus()

    def say(self) -> None:
        """Say everything anew, the lines as well."""
        super().say()
        self.rows.setAccessibleName(self.tr("This station"))
        self._show_lines()

    def state_noted(self, state: StationState) -> None:
        """Bring the lines up to date."""
        self._state = state
        self._show_lines()

    def try_sound(self) -> None:
        """Play the sound of every verdict, one after the other, at the loudness of life."""
        self._to_play = list(Verdict)
        self._play_next()
        self._next_sound.start(self._options.pace.milliseconds(_SOUND_EVERY_S))

    def try_lamps(self) -> None:
        """Light and sound everything at the gate for a while."""
        devices = self._options.devices
        if devices is not None and devices.gate is not None:
            devices.gate.test_lamps(_LAMPS_S)

    def lines(self) -> list[str]:
        """Return what is shown, line by line."""
        fresh = self._state.freshness if self._state is not None else None
        if fresh is None:
            return [self.tr("Starting")]
        outlook = self._state.outlook if self._state is not None else None
        lines = [*self._strip_lines(fresh)]
        if outlook is not None:
            lines += self._outlook_lines(outlook)
        return [*lines, *self._device_lines()]

    def _show_lines(self) -> None:
        lines = [tied(line) for line in self.lines()]
        if lines == [self.rows.item(row).text() for row in range(self.rows.count())]:
            return
        chosen = self.rows.currentRow()
        self.rows.clear()
        self.rows.addItems(lines)
        self.rows.setCurrentRow(min(max(0, chosen), len(lines) - 1))
        self.rows.fit()

    def _strip_lines(self, fresh: Freshness) -> Iterator[str]:
        language = self._language()
        if fresh.online:
            yield self.tr("Online")
        else:
            notice = offline_notice(fresh.offline_reason)
            words = notice.title.of(language), notice.next_step.of(language)
            yield " · ".join((self.tr("Offline"), *words))
        if fresh.fault is not None:
            log = log_notice(fresh.fault)
            yield f"{log.title.of(language)} · {log.next_step.of(language)}"
        if fresh.list_age_s is not None:
            yield self.tr("List {0} old").format(age_words(fresh.list_age_s, language))
        grades = {
            ClockGrade.CONFIRMED: self.tr("Time confirmed"),
            ClockGrade.NOT_CONFIRMED: self.tr("Time not confirmed"),
            ClockGrade.ROLLED_BACK: self.tr("Clock went back"),
        }
        yield grades[fresh.clock]
        waiting, aside = count_words(fresh.waiting_rows), count_words(fresh.set_aside_rows)
        yield self.tr("{0} waiting, {1} set aside").format(waiting, aside)

    def _outlook_lines(self, outlook: Outlook) -> Iterator[str]:
        language = self._language()
        yield f"{outlook.station} · {outlook.issuer} · {outlook.policy}"
        if outlook.trust_age_s is None:
            yield self.tr("No trust list yet")
        else:
            yield self.tr("Trust list {0} old").format(age_words(outlook.trust_age_s, language))
        yield self._task_words(self.tr("Lists"), outlook.pull)
        yield self._task_words(self.tr("Passages"), outlook.push)
        sealed = self.tr("New rows are sealed"), self.tr("New rows are not sealed")
        yield sealed[0] if outlook.sealed else sealed[1]
        if outlook.earlier_log is not None:
            lost = earlier_log_notice(outlook.earlier_log)
            yield f"{lost.title.of(language)} · {lost.next_step.of(language)}"
        if outlook.mesh_fault is not None:
            lanes = self.tr("Neighbour lanes: fault {0}").format(outlook.mesh_fault)
            yield lanes + " · " + self.tr("The gate goes on alone; tell maintenance")
        for lane in outlook.lanes:
            yield self.tr("Lane {0}, heard {1} s ago").format(lane.lane, lane.heard_ago_s)
        for row in outlook.set_aside:
            notice = aside_notice(row.code)
            words = notice.title.of(language), notice.next_step.of(language)
            yield " · ".join((self.tr("Row {0}").format(row.sequence), row.code, *words))

    def _task_words(self, name: str, task: TaskOutlook) -> str:
        ago = self.tr("never done")
        if task.success_ago_s is not None:
            ago = self.tr("done {0} s ago").format(count_words(task.success_ago_s))
        after = self.tr("again in {0} s").format(count_words(task.next_try_in_s))
        parts = (ago, self._fault_words(task.error), after)
        colon, comma = ("：", "，") if self._language() is Language.ZH else (": ", ", ")
        return name + colon + comma.join(part for part in parts if part)

    def _fault_words(self, code: str | None) -> str:
        """Return what kept a task from being done: in words where there are any."""
        if code is None:
            return ""
        words = OFFLINE[code].title.of(self._language()) if code in OFFLINE else code
        return self.tr("fault {0}").format(words)

    def _device_lines(self) -> Iterator[str]:
        language, devices = self._language(), self._options.devices
        if (fault := self._player.fault()) is not None:
            sound = sound_notice(fault)
            yield f"{sound.title.of(language)} · {sound.next_step.of(language)}"
        if devices is None:
            return
        if devices.gate is not None:
            for part, code in devices.gate.state.faults.items():
                notice = device_notice(code)
                yield f"{part}: {notice.title.of(language)} · {notice.next_step.of(language)}"
        if devices.thermometer is not None and (fault := devices.thermometer.fault()) is not None:
            notice = device_notice(fault)
            what = self.tr("Thermometer")
            yield f"{what}: {notice.title.of(language)} · {notice.next_step.of(language)}"

    def _play_next(self) -> None:
        if not self._to_play:
            self._next_sound.stop()
            self.title.setText(self.title_words())
            return
        verdict = self._to_play.pop(0)
        self.title.setText(LOOKS[verdict].word.of(self._language()))
        self._player.play(verdict)
