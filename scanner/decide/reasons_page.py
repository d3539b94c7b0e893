"""The page docs/reasons.md, made from the tables themselves, so that it cannot fall behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.decide.looks import LOOKS
from scanner.decide.notices import CAMERA, HINTS, OFFLINE, SOUND, Notice
from scanner.decide.notices_desk import (
    ACTION_FAULTS,
    ASIDE,
    DEVICES,
    EARLIER_LOGS,
    GATE,
    LOG_FAULTS,
)
from scanner.decide.reasons import REASONS

_HEAD = """# Verdicts, reasons and notices

Made from scanner/decide (looks.py, reasons.py, notices.py, notices_desk.py); a test keeps it so.
Side: on whose side the cause lies, and so who can put it right.
Sign and sound of a reason are those of its usual verdict.
"""


def reasons_page() -> str:
    """Return docs/reasons.md as text, ending in one line feed."""
    parts = [
        _HEAD,
        "## Verdicts\n\n" + _table(("verdict", "word", "sign", "ground / text", "sound"), _looks()),
        "## Reasons\n\n"
        + _table(("code", "side", "usual verdict", "why", "next", "sign", "sound"), _reasons()),
        "## Offline, because\n\n" + _notices(OFFLINE),
        "## Camera\n\n" + _notices(CAMERA),
        "## Sound\n\n" + _notices(SOUND),
        "## Hints (no verdict, no passage)\n\n" + _notices(HINTS),
        "## Rows cannot be stored\n\n" + _notices(LOG_FAULTS),
        "## The log was begun anew\n\n" + _notices(EARLIER_LOGS),
        "## Devices of the gate\n\n" + _notices(DEVICES),
        "## The gate itself\n\n" + _notices(GATE),
        "## Actions that were not done\n\n" + _notices(ACTION_FAULTS),
        "## Rows that the office did not take\n\n" + _notices(ASIDE),
    ]
    return "\n".join(parts)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _looks() -> Iterable[tuple[str, ...]]:
    for verdict, look in LOOKS.items():
        word = f"{look.word.zh} / {look.word.en}"
        band = f", band {look.band_ground} / {look.band_text}" if look.band_ground else ""
        yield f"`{verdict}`", word, look.sign, f"{look.ground} / {look.text}{band}", look.tone


def _reasons() -> Iterable[tuple[str, ...]]:
    for reason, row in REASONS.items():
        look = LOOKS[row.usual]
        why = f"{row.title.zh}<br>{row.title.en}"
        step = f"{row.next_step.zh}<br>{row.next_step.en}"
        yield f"`{reason}`", row.side, row.usual, why, step, look.sign, look.tone


def _notices(rows: Mapping[str, Notice]) -> str:
    heads = ("code", "side", "what", "next")
    cells = (
        (
            f"`{code}`",
            row.side,
            f"{row.title.zh}<br>{row.title.en}",
            f"{row.next_step.zh}<br>{row.next_step.en}",
        )
        for code, row in rows.items()
    )
    return _table(heads, cells)
