"""How many people are inside, as this door has seen them come and go since it was opened."""

from __future__ import annotations

from dataclasses import dataclass

from keys.passages import Direction, Verdict

_ADMITTING = frozenset({Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE})


@dataclass(slots=True)
class DoorCounter:
    """Counts one door. allowed: how many may be inside at once, None for no limit."""

    allowed: int | None = None
    inside: int = 0

    def note(self, verdict: Verdict, direction: Direction) -> None:
        """Count a person who was let through; a hand check or a refusal counts nobody."""
        if verdict in _ADMITTING:
            self.step(1 if direction is Direction.ENTRY else -1)

    def step(self, people: int) -> None:
        """Add `people` who came without a code, or take away who left; never below nobody."""
        self.inside = max(0, self.inside + people)

    @property
    def full(self) -> bool:
        """Whether the next person has to wait outside."""
        return self.allowed is not None and self.inside >= self.allowed

    def words(self) -> str:
        """Return the count: `23 / 60`, or `23` without a limit."""
        return f"{self.inside}" if self.allowed is None else f"{self.inside} / {self.allowed}"
