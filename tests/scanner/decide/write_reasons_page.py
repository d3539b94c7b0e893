"""Write docs/reasons.md from the tables: `python -m tests.scanner.decide.write_reasons_page`."""

from __future__ import annotations

from pathlib import Path

from scanner.decide.reasons_page import reasons_page

if __name__ == "__main__":
    page = Path(__file__).parents[3] / "docs" / "reasons.md"
    page.write_text(reasons_page(), encoding="utf-8")
    print(page)
