"""How one code is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """How one code is told: HTTP status, what is wrong, and what to do next."""

    status: int
    title_zh: str
    title_en: str
    next_zh: str
    next_en: str

    def title(self, language: str) -> str:
        """Return what is wrong."""
        return self.title_zh if language == "zh" else self.title_en

    def next(self, language: str) -> str:
        """Return what to do next."""
        return self.next_zh if language == "zh" else self.next_en
