"""The hand-check list: who waits, why and since when; papers seen or not, let through or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QListWidgetItem, QWidget

from keys.verdicts import Verdict
from scanner.decide.actions import Decide
from scanner.decide.looks import Language
from scanner.screen.answers import Answer, Site, person_of, why_of
from scanner.screen.asking import Asking, Words
from scanner.screen.hand_checks import HandChecks
from scanner.screen.lettering import tied
from scanner.screen.themes import Theme
from scanner.screen.words import age_words, clock_words

_ID_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_AGE_EVERY_MS: Final = 10_000


class HandListPage(Asking):
    """Shows `checks`; `decided` carries a Decide. language: asked anew for every line."""

    decided = Signal(object)  # Decide
    shape = (8, 2)
    roomy = True
    topic = "hand_list"

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        checks: HandChecks,
        *,
        now: Callable[[], datetime],
        language: Callable[[], Language],
        site: Site,
    ) -> None:
        super().__init__(parent, theme)
        self._checks = checks
        self._now = now
        self._language = language
        self._site = site
        self.rows = self.add_list((1, 0, 2, 5))
        self.grid.removeWidget(self.title)
        self.grid.addWidget(self.title, 0, 0, 1, 4)
        self.papers = self.add_tick("papers", (0, 4, 1, 3), lambda: self.tr("Papers seen"))
        rows: tuple[tuple[str, bool, Words, Verdict], ...] = (
            ("admit", True, lambda: self.tr("Let through"), Verdict.ADMIT),
            ("refuse", False, lambda: self.tr("Turn away"), Verdict.REFUSE),
        )
        for row, (key, admitted, words, verdict) in enumerate(rows, 1):
            does = partial(self._decide, admitted)
            self.add(key, (row, 5, 1, 3), does, words, verdict=verdict)
        self.rows.currentRowChanged.connect(self._other_chosen)
        self._ages = QTimer(self)
        self._ages.timeout.connect(self.checks_changed)
        self._ages.start(_AGE_EVERY_MS)

    def title_words(self) -> str:
        """Return how many wait."""
        count = len(self._checks.waiting)
        return self.tr("Hand checks: {0}").format(count) if count else self.tr("Nobody waits")

    def opened(self) -> None:
        """Begin with the newest."""
        self.rows.setFocus()

    def say(self) -> None:
        """Say everything anew, the rows as well."""
        super().say()
        self.rows.setAccessibleName(self.tr("Waiting for a hand check"))
        self.checks_changed()

    def checks_changed(self) -> None:
        """Bring the rows up to date; the chosen one stays chosen while it waits."""
        chosen = self._chosen()
        self.rows.blockSignals(True)
        self.rows.clear()
        for answer in self._checks.waiting:
            item = QListWidgetItem(self._line(answer))
            item.setData(_ID_ROLE, answer.result.passage_id)
            self.rows.addItem(item)
        ids = [answer.result.passage_id for answer in self._checks.waiting]
        self.rows.setCurrentRow(ids.index(chosen) if chosen in ids else 0)
        self.rows.blockSignals(False)
        self.rows.fit()
        if self._chosen() != chosen:
            self._other_chosen()
        for key in ("papers", "admit", "refuse"):
            self.buttons[key].setEnabled(bool(ids))
        self.title.setText(self.title_words())

    def _line(self, answer: Answer) -> str:
        language = self._language()
        age_s = int((self._now() - answer.result.seen_at).total_seconds())
        why = why_of(answer, language, self._site)
        return tied(f"{self._who(answer)}   {age_words(max(0, age_s), language)}\n{why}")

    def _who(self, answer: Answer) -> str:
        """Return the name; of a row whose name only the office can open, its time and number."""
        result = answer.result
        if (person := person_of(answer)) or result.sequence is None:
            return person or "—"
        words = self.tr("{0} · row {1}")
        if not result.judgement.name:
            words = self.tr("{0} · row {1}, name sealed")
        return words.format(clock_words(result.seen_at, self._site.zone), result.sequence)

    def _chosen(self) -> bytes | None:
        row = self.rows.currentRow()
        return bytes(self.rows.item(row).data(_ID_ROLE)) if row >= 0 else None

    def _other_chosen(self, _row: int = 0) -> None:
        # A tick belongs to the person whose papers were seen, never to the next one.
        self.papers.setChecked(False)
        Asking.say(self)

    def _decide(self, admitted: bool, _checked: bool = False) -> None:
        chosen = self._chosen()
        if chosen is not None:
            papers = self.papers.isChecked()
            self.decided.emit(Decide(passage_id=chosen, admitted=admitted, papers_seen=papers))
