"""Write the tables of docs/policies.md anew: `python -m tests.scanner.decide.write_policies_page`.

What stands before the first of the two headings is written by hand and stays.
"""

from __future__ import annotations

from pathlib import Path

from scanner.decide.presets_page import fields_table, presets_table

PAGE = Path(__file__).parents[3] / "docs" / "policies.md"
PRESETS_HEADING = "## Presets\n\n"
FIELDS_HEADING = "## Bytes\n\n"
_BYTES = """\
A map from these numbers to values; a field that holds its default is absent, every other part is a
list of its fields in the order of `keys/policies.py`, verdicts and modes as their words, flags as 0
or 1. Numbers are never reused, and a number that a gate does not know refuses the whole policy.

"""


def with_tables(page: str) -> str:
    """Return the page with both tables as they are now."""
    head = page.partition(PRESETS_HEADING)[0]
    presets = f"{PRESETS_HEADING}{presets_table()}\n\n"
    return f"{head}{presets}{FIELDS_HEADING}{_BYTES}{fields_table()}\n"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(PAGE)
