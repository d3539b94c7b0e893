"""How many people are inside: counted by the station's log, or by the window where it has none."""

from __future__ import annotations

from dataclasses import dataclass

from keys.verdicts import Direction, Verdict

_ADMITTING = frozenset({Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE})


@dataclass(slots=True)
class DoorCounter:
    """Counts one door. allowed: how many may be inside at once, None for no limit. corrected: the
    people of the last correction by hand, which can be undone; 0 for none. asked: corrections on
    their way to the log, which until then knows less than the counter.
    """

    allowed: int | None = None
    inside: int = 0
    corrected: int = 0
    asked: int = 0

    def note(self, verdict: Verdict, direction: Direction) -> None:
        """Count a person who was let through; a hand check or a refusal counts nobody."""
        if verdict in _ADMITTING:
            self.step(1 if direction is Direction.ENTRY else -1)

    def step(self, people: int) -> None:
        """Add `people` who came without a code, or take away who left; never below nobody."""
        self.inside = max(0, self.inside + people)

    def correct(self, people: int) -> None:
        """Step by hand, and remember what can be undone."""
        before = self.inside
        self.step(people)
        self.corrected = self.inside - before

    def undo(self) -> None:
        """Take the last correction back, whoever came through since."""
        self.step(-self.corrected)
        self.corrected = 0

    def logged(self, inside: int) -> None:
        """Take over what the log counted, unless a correction is still on its way there."""
        if not self.asked:
            self.inside = inside

    @property
    def full(self) -> bool:
        """Whether the next person has to wait outside."""
        return self.allowed is not None and self.inside >= self.allowed

    def words(self) -> str:
        """Return the count: `23 / 60`, or `23` without a limit."""
        return f"{self.inside}" if self.allowed is None else f"{self.inside} / {self.allowed}"
